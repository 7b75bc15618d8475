//! Films, pipes and cameras on the command line.

use std::{io::Write as _, process::Command};

use crate::{
    gate::{Gate, run},
    path, pictures,
};

#[test]
fn a_film_is_decoded_frame_by_frame_from_a_file_and_from_standard_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let y4m = folder.path().join("film");
    std::fs::write(&y4m, pictures::film(&["A", "B"])).expect("written");
    let decode = ["decode", "--json", "--frames", path(&y4m)];
    let said = run(folder.path(), &decode, "");
    let texts: Vec<_> = said
        .objects()
        .iter()
        .map(|frame| frame["codes"][0]["text"].as_str().unwrap_or("-").to_owned())
        .collect();
    assert_eq!(texts.concat(), "AAA-BBB-");
    assert_eq!(said.status, Some(1), "some frames hold no code");
    assert!(
        said.objects()[4]["frame"]
            .as_str()
            .expect("a name")
            .ends_with("film#5")
    );

    let mjpeg = folder.path().join("film.mjpeg");
    std::fs::write(&mjpeg, pictures::motion_jpeg(&["A", "B"])).expect("written");
    let said = run(folder.path(), &["decode", "--frames", path(&mjpeg)], "");
    assert_eq!(said.status, Some(0), "{}", said.err);
    let first = run(
        folder.path(),
        &["decode", "--count", "1", "--frames", path(&mjpeg)],
        "",
    );
    assert_eq!(first.out.lines().count(), 1);
}

#[test]
fn a_film_that_breaks_off_is_named_after_what_was_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let film = pictures::film(&["A"]);
    let broken = folder.path().join("broken.y4m");
    std::fs::write(&broken, &film[..film.len() - 9]).expect("written");
    let said = run(folder.path(), &["decode", "--frames", path(&broken)], "");
    said.could_not_work("stream_unreadable");
    assert_eq!(said.out.lines().count(), 3);
    let none = folder.path().join("none.y4m");
    std::fs::write(&none, "no film at all").expect("written");
    run(folder.path(), &["scan", "--frames", path(&none)], "").could_not_work("not_enrolled");
    run(folder.path(), &["decode", "--frames", path(&none)], "");
}

#[test]
fn a_film_is_scanned() {
    let gate = Gate::new();
    let folder = tempfile::tempdir().expect("a folder");
    let film = folder.path().join("film.y4m");
    std::fs::write(&film, pictures::film(&[&gate.code(1)])).expect("written");
    let said = gate.run(&["scan", "--json", "--frames", path(&film)]);
    let reasons: Vec<_> = said
        .objects()
        .iter()
        .map(|scan| scan["reason"].clone())
        .collect();
    assert_eq!(reasons[0], "admitted");
    assert_eq!(reasons[3], "no_code");
}

#[test]
fn a_camera_that_nobody_has_is_said_to_be_missing() {
    let gate = Gate::new();
    let wish = ["--camera", "no such camera"];
    let scan = gate.run(&[&["scan"][..], &wish].concat());
    scan.could_not_work("camera_missing");
    assert!(scan.err.contains("Plug in a camera"), "{}", scan.err);
    let decode = gate.run(&[&["decode"][..], &wish].concat());
    decode.could_not_work("camera_missing");
    gate.run(&["scan", "--camera", "off"])
        .could_not_work("usage");
}

#[test]
fn case_35_a_gate_scans_on_after_a_refusal_and_a_held_code_once() {
    let gate = Gate::new();
    let pipe = gate.home.path().join("frames");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo runs").success());
    let mut running = gate.open(&["--frames", path(&pipe)]);
    let show = |text: &str| {
        let film = std::fs::OpenOptions::new().write(true).open(&pipe);
        let mut film = film.expect("the gate reads it");
        film.write_all(&pictures::held(text)).expect("it is read");
    };
    show(&gate.code(1));
    gate.until_scans(1);
    // The pipe was closed, so the gate waits for the next who writes. What is refused holds nobody up.
    show("RUBBISH");
    gate.until_scans(2);
    show(&gate.code(2));
    gate.until_scans(3);
    running.kill().expect("it runs");
    running.wait().expect("it ends");
    let status = &gate.run(&["status", "--json"]).objects()[0];
    assert_eq!(status["unsent"], 3, "each once: {status}");
}
