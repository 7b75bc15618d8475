//! The program for a Raspberry Pi, on an emulated processor: what `scripts/arm64.sh` built from this tree reads pictures
//! and lets people in.
//!
//! `GERBANG_ARM64=off` leaves it out, for machines that cannot build it.
use std::{collections::BTreeSet, fs, path::Path, process::Command};

use image::GrayImage;
use serde_json::Value;

use crate::{
    parts::{project, run},
    settings,
    venue::Venue,
};

/// Where the script builds.
const BUILT: &str = "target/arm64/built/aarch64-unknown-linux-gnu/debug/edge-node";

#[tokio::test(flavor = "multi_thread")]
async fn the_program_for_a_raspberry_pi_reads_pictures_and_lets_people_in() {
    if settings::is_arm64_off() {
        return;
    }
    let venue = Venue::open(3).await;
    let home = venue.enrol("North").await;
    let frames = venue.folder().join("frames");
    fs::create_dir(&frames).expect("a folder");
    let codes: Vec<_> = venue.sold.iter().map(|sold| sold.code.clone()).collect();
    for (number, code) in codes.iter().enumerate() {
        let frame = decoder::synth::clean_frame(code, 640, 480);
        let picture = GrayImage::from_raw(640, 480, frame.luma().to_vec()).expect("all pixels");
        picture
            .save(frames.join(format!("{number}.png")))
            .expect("a file");
    }
    let read = on_pi(&home, &["decode", "--json", "--frames"], &frames);
    let texts: Vec<_> = read
        .iter()
        .map(|line| line["codes"][0]["text"].as_str())
        .collect();
    let printed: Vec<_> = codes.iter().map(|code| Some(code.as_str())).collect();
    assert_eq!(texts, printed);
    for wanted in [("admit", "admitted"), ("refuse", "already_used")] {
        let scans = on_pi(&home, &["scan", "--json", "--frames"], &frames);
        assert_eq!(scans.len(), codes.len(), "{scans:?}");
        let verdicts: BTreeSet<_> = scans
            .iter()
            .map(|scan| (scan["verdict"].as_str(), scan["reason"].as_str()))
            .collect();
        assert_eq!(verdicts, [(Some(wanted.0), Some(wanted.1))].into());
    }
}

fn on_pi(home: &Path, words: &[&str], frames: &Path) -> Vec<Value> {
    let program = project().join(BUILT);
    assert!(
        program.exists(),
        "no program for arm64: run `scripts/arm64.sh`, or set GERBANG_ARM64=off where that cannot be"
    );
    let mut emulator = Command::new("qemu-aarch64-static");
    emulator.args(["-L", "/usr/aarch64-linux-gnu"]).arg(program);
    let said = run(
        emulator.arg("--home").arg(home).args(words).arg(frames),
        &[0, 1],
    );
    let said = String::from_utf8(said.stdout).expect("text");
    said.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}
