//! Whole frames through the public face of the crate: what must be read, and what must not.

use std::time::{Duration, Instant};

use decoder::synth::{self, Damage, Picture, Placement, Scene};
use decoder::{Cascade, CascadeOptions, Engine, FrameDecoder, Rqrr, Stage};

fn texts(decoder: &mut dyn FrameDecoder, frame: &decoder::GrayFrame<'_>) -> Vec<String> {
    decoder
        .decode(frame)
        .into_iter()
        .map(|code| code.text)
        .collect()
}

fn only(stage: Stage) -> CascadeOptions {
    CascadeOptions {
        half: stage == Stage::Half,
        full: stage == Stage::Full,
        inverted: stage == Stage::Inverted,
        stretch: stage == Stage::Stretch,
        refocus: stage == Stage::Refocus,
        sharpen: stage == Stage::Sharpen,
        second_opinion: stage == Stage::SecondOpinion,
        upright: stage == Stage::Upright,
        ..CascadeOptions::default()
    }
}

fn pure_rust() -> CascadeOptions {
    let rqrr_deadline = Duration::from_secs(20);
    CascadeOptions {
        engine: Engine::Rqrr,
        rqrr_deadline,
        ..CascadeOptions::default()
    }
}

/// Three codes on white paper: two side by side, a little askew, and one below.
fn sheet() -> decoder::GrayFrame<'static> {
    let mut picture = Picture::blank(1280, 720, 255.0);
    for (text, x, y) in [
        ("BELOW", 400.0, 560.0),
        ("RIGHT", 900.0, 160.0),
        ("LEFT", 300.0, 190.0),
    ] {
        let mut at = Placement::centred(1280, 720, 160.0);
        at.centre = (x, y);
        Scene::new(text, at).draw(&mut picture);
    }
    picture.into_frame()
}

/// A code that shows light on dark, as phones in dark mode do.
fn dark_mode(text: &str) -> decoder::GrayFrame<'static> {
    synth::clean_frame(text, 1280, 720).inverted()
}

#[test]
fn a_clean_ticket_is_read_by_every_decoder_at_the_cheapest_stage() {
    let text = synth::ticket_text(11);
    let frame = synth::clean_frame(&text, 1280, 720);
    let decoded = Cascade::default().read(&frame);
    assert_eq!(decoded.codes[0].text, text);
    assert_eq!(decoded.stage, Some(Stage::Half));
    assert_eq!(decoded.times[0].stage, Stage::Half);
    assert!(decoded.took >= decoded.times.iter().map(|time| time.took).sum());
    assert_eq!(texts(&mut Rqrr::default(), &frame).concat(), text);
    assert_eq!(texts(&mut Cascade::new(pure_rust()), &frame).concat(), text);
}

#[test]
fn several_codes_come_top_to_bottom_then_left_to_right() {
    let frame = sheet();
    for options in [
        CascadeOptions::default(),
        CascadeOptions::live(),
        pure_rust(),
    ] {
        let engine = options.engine;
        let mut cascade = Cascade::new(options);
        assert_eq!(
            texts(&mut cascade, &frame),
            ["LEFT", "RIGHT", "BELOW"],
            "{engine:?}"
        );
    }
}

#[test]
fn corners_are_those_of_the_frame_whatever_the_stage() {
    let frame = synth::clean_frame(&synth::ticket_text(3), 1280, 720);
    for stage in [Stage::Half, Stage::Full] {
        let decoded = Cascade::new(only(stage)).read(&frame);
        let corners = decoded.codes[0].corners.expect("corners");
        // The code is 432 pixels wide, in the middle of 1280 × 720.
        for (corner, (x, y)) in corners
            .iter()
            .zip([(424, 144), (856, 144), (856, 576), (424, 576)])
        {
            assert!(
                (corner.x - x).abs() < 16 && (corner.y - y).abs() < 16,
                "{stage:?} {corners:?}"
            );
        }
    }
}

#[test]
fn inverted_codes_are_read_by_both_engines() {
    let frame = dark_mode("GERBANG");
    assert_eq!(texts(&mut Cascade::default(), &frame), ["GERBANG"]);
    let decoded = Cascade::new(pure_rust()).read(&frame);
    assert_eq!(decoded.stage, Some(Stage::Inverted));
    let off = CascadeOptions {
        inverted: false,
        ..pure_rust()
    };
    assert_eq!(Cascade::new(off).read(&frame).codes, []);
}

#[test]
fn frames_without_a_code_give_nothing() {
    let blank = |tone: u8| decoder::GrayFrame::new(640, 480, vec![tone; 640 * 480]);
    let mut frames = vec![blank(0).expect("black"), blank(255).expect("white")];
    frames.extend((0..12).map(synth::empty_frame));
    frames.push(decoder::GrayFrame::new(1, 1, vec![9]).expect("a pixel"));
    frames.push(decoder::GrayFrame::new(3, 1, vec![9, 0, 255]).expect("a line"));
    let mut cascade = Cascade::default();
    for frame in &frames {
        let decoded = cascade.read(frame);
        assert_eq!((decoded.codes, decoded.stage), (vec![], None), "{frame:?}");
    }
}

#[test]
fn deep_stages_run_on_every_nth_frame_only() {
    let empty = synth::empty_frame(5);
    let mut cascade = Cascade::new(CascadeOptions {
        deep_every: 3,
        ..CascadeOptions::default()
    });
    let ran: Vec<bool> = (0..7)
        .map(|_| {
            cascade
                .read(&empty)
                .times
                .iter()
                .any(|time| time.stage > Stage::Full)
        })
        .collect();
    assert_eq!(ran, [true, false, false, true, false, false, true]);
    let mut never = Cascade::new(CascadeOptions {
        deep_every: 0,
        ..CascadeOptions::default()
    });
    assert!(
        never
            .read(&empty)
            .times
            .iter()
            .all(|time| time.stage <= Stage::Full)
    );
}

#[test]
fn a_cascade_without_stages_reads_nothing() {
    let mut options = only(Stage::Half);
    options.half = false;
    let decoded = Cascade::new(options).read(&synth::clean_frame("GERBANG", 640, 480));
    assert_eq!((decoded.codes.len(), decoded.times.len()), (0, 0));
}

#[test]
fn the_second_opinion_ends_at_its_deadline() {
    let mut options = pure_rust();
    options.rqrr_deadline = Duration::ZERO;
    let mut cascade = Cascade::new(options);
    let frame = synth::degraded("GERBANG", Damage::Moire, 1);
    let start = Instant::now();
    for _ in 0..5 {
        cascade.read(&frame);
    }
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(cascade.overruns() > 0);
}

#[test]
fn a_damaged_image_is_told_apart_from_one_without_a_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("frame.png");
    let frame = synth::clean_frame("GERBANG", 320, 240);
    image::save_buffer(&path, frame.luma(), 320, 240, image::ColorType::L8).expect("saved");
    let whole = decoder::GrayFrame::load(&path).expect("a frame");
    assert_eq!(texts(&mut Cascade::default(), &whole), ["GERBANG"]);
    let bytes = std::fs::read(&path).expect("bytes");
    std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
    let error = decoder::GrayFrame::load(&path).expect_err("half an image");
    assert_eq!(error.code(), "image_damaged");
}

#[cfg(feature = "zxing")]
#[test]
fn seeded_damage_that_must_stay_readable() {
    let cases = [
        (Damage::Glare, 1),
        (Damage::Blur, 2),
        (Damage::Motion, 4),
        (Damage::Tilt, 4),
        (Damage::Rotation, 5),
        (Damage::LowLight, 6),
        (Damage::Noise, 7),
        (Damage::Small, 8),
        (Damage::Inverted, 9),
        (Damage::Moire, 10),
        (Damage::Crease, 11),
        (Damage::Occlusion, 12),
        (Damage::Shadow, 13),
        (Damage::Mixed, 14),
    ];
    let mut cascade = Cascade::default();
    for (damage, seed) in cases {
        let text = synth::ticket_text(seed);
        let frame = synth::degraded(&text, damage, seed);
        assert_eq!(texts(&mut cascade, &frame), [text], "{damage:?} {seed}");
    }
}

#[cfg(feature = "zxing")]
#[test]
fn the_cascade_reads_more_than_each_decoder_alone() {
    let options = CascadeOptions {
        rqrr_deadline: Duration::from_secs(5),
        ..Default::default()
    };
    let mut cascade = Cascade::new(options);
    let (mut zxing, mut rqrr) = (decoder::Zxing::default(), Rqrr::default());
    let mut read = [0; 3];
    for case in synth::cases(42, 99) {
        let decoders: [&mut dyn FrameDecoder; 3] = [&mut cascade, &mut zxing, &mut rqrr];
        for (count, decoder) in read.iter_mut().zip(decoders) {
            let texts = texts(decoder, &case.frame);
            assert!(
                texts.iter().all(|text| *text == case.text),
                "{:?} {}",
                case.damage,
                case.seed
            );
            *count += texts.len();
        }
    }
    assert!(
        read[0] > read[1] && read[1] > read[2],
        "cascade, zxing, rqrr: {read:?}"
    );
    assert!(read[0] * 100 >= 85 * 42, "{read:?}");
}
