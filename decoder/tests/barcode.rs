//! Code 128, as on wristbands: alone, beside a QR code, and upright. The bars are drawn here, from
//! the standard's table, so that the reader is not tested against its own writer.
#![cfg(feature = "zxing")]

use decoder::synth::{Picture, Placement, Scene};
use decoder::{Cascade, CascadeOptions, Format, GrayFrame, Stage};

/// Bar, gap, bar, gap, bar, gap of the values 0 to 105, in modules.
const WIDTHS: &str = "\
    212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 \
    122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 \
    321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 \
    211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 \
    213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 \
    121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 \
    241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 \
    412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 \
    211214 211232";
const STOP: &str = "2331112";
const START_B: usize = 104;

/// Dark (true) and light modules of a text in code set B, with start, check and stop symbol.
fn modules(text: &str) -> Vec<bool> {
    let table: Vec<&str> = WIDTHS.split_whitespace().collect();
    let mut values = vec![START_B];
    values.extend(text.bytes().map(|letter| usize::from(letter - 32)));
    let check = (1..values.len())
        .map(|place| place * values[place])
        .sum::<usize>()
        + START_B;
    values.push(check % 103);
    let symbols = values.iter().map(|&value| table[value]).chain([STOP]);
    let widths = symbols.flat_map(|symbol| symbol.bytes().enumerate());
    widths
        .flat_map(|(n, w)| std::iter::repeat_n(n % 2 == 0, usize::from(w - b'0')))
        .collect()
}

/// Draws the bars, three pixels per module, with their top left at this point.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels of a frame"
)]
fn draw(text: &str, (left, top): (usize, usize), picture: &mut Picture) {
    let modules = modules(text);
    let (width, height) = (modules.len() * 3, 80);
    picture.each(|x, y, old| {
        let (x, y) = (x as usize, y as usize);
        let inside = (left..left + width).contains(&x) && (top..top + height).contains(&y);
        if inside && modules[(x - left) / 3] {
            20.0
        } else {
            old
        }
    });
}

fn upright(frame: &GrayFrame<'_>) -> GrayFrame<'static> {
    let (width, height) = (frame.width() as usize, frame.height() as usize);
    let turned = (0..width).flat_map(|x| (0..height).map(move |y| (x, y)));
    let luma: Vec<u8> = turned.map(|(x, y)| frame.luma()[y * width + x]).collect();
    GrayFrame::new(frame.height(), frame.width(), luma).expect("a frame")
}

fn wristband(text: &str) -> GrayFrame<'static> {
    let mut picture = Picture::blank(1280, 720, 240.0);
    draw(text, (300, 300), &mut picture);
    picture.into_frame()
}

#[test]
fn a_wristband_is_read() {
    let decoded = Cascade::default().read(&wristband("GB1-7Q4XK2M9"));
    assert_eq!(decoded.codes.len(), 1);
    assert_eq!(
        (decoded.codes[0].format, decoded.codes[0].text.as_str()),
        (Format::Code128, "GB1-7Q4XK2M9",)
    );
}

#[test]
fn an_upright_wristband_is_read_by_a_stage_of_its_own() {
    let frame = upright(&wristband("GB1-7Q4XK2M9"));
    let decoded = Cascade::default().read(&frame);
    assert_eq!(decoded.stage, Some(Stage::Upright));
    assert_eq!(decoded.codes[0].text, "GB1-7Q4XK2M9");
    let off = CascadeOptions {
        upright: false,
        ..CascadeOptions::default()
    };
    assert_eq!(Cascade::new(off).read(&frame).codes, []);
}

#[test]
fn a_camera_reads_an_upright_wristband_wherever_it_is_held() {
    for left in [20, 500, 1_000] {
        let mut picture = Picture::blank(720, 1280, 240.0);
        draw("GB1-7Q4XK2M9", (200, left), &mut picture);
        let frame = upright(&picture.into_frame());
        let mut live = Cascade::new(CascadeOptions::live());
        let read = (0..40).find_map(|_| live.read(&frame).codes.pop());
        assert_eq!(
            read.map(|code| code.text).as_deref(),
            Some("GB1-7Q4XK2M9"),
            "at {left} of 1280 pixels"
        );
    }
}

#[test]
fn a_ticket_and_a_wristband_in_one_frame_are_both_told() {
    let mut picture = Picture::blank(1280, 720, 240.0);
    let mut at = Placement::centred(1280, 720, 260.0);
    at.centre = (640.0, 220.0);
    Scene::new("TICKET", at).draw(&mut picture);
    draw("BAND-42", (450, 500), &mut picture);
    let decoded = Cascade::default().read(&picture.into_frame());
    let told: Vec<_> = decoded
        .codes
        .iter()
        .map(|code| (code.format, &*code.text))
        .collect();
    assert_eq!(told, [(Format::Qr, "TICKET"), (Format::Code128, "BAND-42")]);
}
