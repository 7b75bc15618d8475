//! The program itself: what it prints, how it ends, and what it says to bad input. Real processes on real files.
//!
//! The network commands are tested where a central is at hand, in the package `tests`.

mod camera;
mod gate;
mod operator;
mod pictures;
mod search;
mod twice;

use std::path::Path;

use gate::{Gate, run};

#[test]
fn a_code_is_admitted_once_and_the_exit_status_says_so() {
    let gate = Gate::new();
    let code = gate.code(1);
    let first = gate.run(&["scan", "--code", &code, "--json"]);
    assert_eq!(first.status, Some(0), "{}", first.err);
    let object = &first.objects()[0];
    assert_eq!(object["verdict"], "admit");
    assert_eq!(object["reason"], "admitted");
    assert_eq!(object["seq"], 1);
    assert_eq!(object["ticket"]["type"], "VIP");
    assert!(
        object["scanned_at"]
            .as_str()
            .expect("a moment")
            .ends_with('Z')
    );
    assert!(object["took_ms"].as_f64().expect("a time") > 0.0);

    let again = gate.run(&["scan", "--code", &code]);
    assert_eq!(again.status, Some(1));
    assert!(
        again.out.contains("Ticket already used (first at Gate A, "),
        "{}",
        again.out
    );
    assert_eq!(gate.run(&["scan", "--code", ""]).status, Some(1));
}

#[test]
fn exchange_and_entry_are_two_things() {
    let gate = Gate::new();
    let code = gate.code(1);
    let exchange = ["scan", "--code", &code, "--action", "exchange", "--json"];
    assert_eq!(gate.run(&exchange).objects()[0]["reason"], "exchanged");
    let again = gate.run(&exchange);
    assert_eq!(again.objects()[0]["text"], "Ticket already exchanged");
    assert_eq!(gate.run(&["scan", "--code", &code]).status, Some(0));
}

#[test]
fn case_33_a_ticket_and_the_wristband_after_it_are_one_exchange() {
    let gate = Gate::that_binds();
    let (one, two, three) = (gate.code(1), gate.code(2), gate.code(3));
    let (red, blue) = (gate.wristband(1), gate.wristband(2));
    let input = format!("{one}\r\n{red}\r\n{two}\n{three}\n{blue}\n");
    let exchange = ["scan", "--action", "exchange", "--json"];
    let said = gate.run_with_input(&[&exchange[..], &["--stdin"]].concat(), &input);
    let said = said.objects();
    let reasons: Vec<_> = said.iter().map(|scan| scan["reason"].as_str()).collect();
    let waits = Some("show_wristband");
    let done = Some("exchanged");
    assert_eq!(reasons, [waits, done, waits, waits, done]);
    let both = |ticket, worn| {
        let codes = ["--code", ticket, "--wristband", worn];
        gate.run(&[&exchange[..], &codes].concat())
    };
    assert_eq!(both(&two, &blue).objects()[0]["reason"], "wristband_taken");
    let back = gate.run(&["scan", "--action", "unpair", "--code", &blue]);
    assert_eq!(back.status, Some(0), "{}", back.out);
    let again = both(&two, &blue);
    assert_eq!(again.objects()[0]["reason"], "exchanged");
    assert_eq!(again.status, Some(0));
    let entry = ["scan", "--code", &one, "--wristband", &red];
    gate.run(&entry).could_not_work("usage");
}

#[test]
fn a_scanner_that_types_gets_one_line_per_code() {
    let gate = Gate::new();
    let input = format!(
        "{}\r\n{}\t\n\n{}\nrubbish\n",
        gate.code(1),
        gate.code(2),
        gate.code(20)
    );
    let said = gate.run_with_input(&["scan", "--stdin", "--json"], &input);
    assert_eq!(said.status, Some(1));
    let reasons: Vec<_> = said.objects().iter().map(|o| o["reason"].clone()).collect();
    assert_eq!(reasons, ["admitted", "admitted", "not_paid", "unreadable"]);
    assert_eq!(
        gate.run_with_input(&["scan", "--stdin"], "").status,
        Some(0)
    );
}

#[test]
fn pictures_are_scanned_in_the_order_of_their_names_and_an_empty_one_is_no_attempt() {
    let gate = Gate::new();
    let folder = tempfile::tempdir().expect("a folder");
    pictures::code(&folder.path().join("2.png"), &gate.code(1));
    pictures::code(&folder.path().join("3.jpg"), &gate.code(1));
    pictures::empty(&folder.path().join("1.png"));
    let said = gate.run(&["scan", "--frames", path(folder.path()), "--json"]);
    assert_eq!(said.status, Some(1), "{}", said.err);
    let objects = said.objects();
    let told: Vec<_> = objects
        .iter()
        .map(|o| (&o["verdict"], &o["reason"], &o["seq"]))
        .collect();
    let json = |value: &str| serde_json::Value::from(value);
    assert_eq!(
        told[0],
        (&json("none"), &json("no_code"), &serde_json::Value::Null)
    );
    assert_eq!(
        told[1],
        (
            &json("admit"),
            &json("admitted"),
            &serde_json::Value::from(1)
        )
    );
    assert_eq!(told[2].1, "already_used");
    assert!(
        objects[1]["frame"]
            .as_str()
            .expect("a name")
            .ends_with("2.png")
    );
    let one = gate.run(&["scan", "--frames", path(&folder.path().join("1.png"))]);
    assert_eq!((one.status, one.out.contains("No code")), (Some(1), true));
}

#[test]
fn a_damaged_picture_is_named_and_the_next_one_is_scanned() {
    let gate = Gate::new();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("1.png"),
        b"\x89PNG\r\n\x1a\nnothing more",
    )
    .expect("written");
    pictures::code(&folder.path().join("2.png"), &gate.code(1));
    let said = gate.run(&["scan", "--frames", path(folder.path()), "--json"]);
    said.could_not_work("image_damaged");
    let objects = said.objects();
    assert_eq!(objects[0]["reason"], "image_damaged");
    assert_eq!(objects[1]["reason"], "admitted");
}

#[test]
fn decode_needs_no_node_and_decides_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("a.png");
    pictures::code(&picture, "GERBANG");
    pictures::empty(&folder.path().join("b.png"));
    let nowhere = folder.path().join("no node here");
    let said = run(
        &nowhere,
        &["decode", "--frames", path(&picture), "--json"],
        "",
    );
    assert_eq!(said.status, Some(0), "{}", said.err);
    let object = &said.objects()[0];
    assert_eq!(object["codes"][0]["text"], "GERBANG");
    assert_eq!(object["codes"][0]["format"], "qr");
    assert!(object["stage"].is_string() && object["took_ms"].is_number());
    let both = run(&nowhere, &["decode", "--frames", path(folder.path())], "");
    assert_eq!(both.status, Some(1));
    assert!(both.out.contains("b.png: no code"), "{}", both.out);
    assert!(!nowhere.exists(), "nothing was made");
}

#[test]
fn status_tells_how_the_node_stands() {
    let gate = Gate::new();
    gate.run(&["scan", "--code", &gate.code(1)]);
    let status = &gate.run(&["status", "--json"]).objects()[0];
    assert_eq!(status["replica"]["state"], "complete");
    assert_eq!(status["replica"]["tickets"]["valid"], 19);
    assert_eq!(status["unsent"], 1);
    assert!(status["clock"]["error_ms"].is_number(), "{status}");
    let words = gate.run(&["status"]);
    assert_eq!(words.status, Some(0));
    assert!(
        words.out.contains("1 unsent") && words.out.contains("Gate A"),
        "{}",
        words.out
    );
}

#[test]
fn a_gate_that_opens_proves_its_rows_first() {
    let gate = Gate::new();
    let file = rusqlite::Connection::open(gate.home.path().join("replica.db")).expect("a file");
    let taken = file.execute(
        "DELETE FROM tickets WHERE number = (SELECT min(number) FROM tickets)",
        [],
    );
    assert_eq!(taken, Ok(1));
    assert_eq!(replica(&gate)["state"], "complete", "nobody looked yet");
    gate.open_and_close();
    let replica = replica(&gate);
    assert_eq!(replica["state"], "1 missing");
    assert_eq!(replica["complete"], false);
}

fn replica(gate: &Gate) -> serde_json::Value {
    gate.run(&["status", "--json"]).objects()[0]["replica"].clone()
}

#[test]
fn bad_input_gets_one_sentence_with_a_code() {
    let gate = Gate::new();
    let empty = tempfile::tempdir().expect("a folder");
    let nothing = empty.path().join("nothing.png");
    gate.run(&["scan", "--frames", path(&nothing)])
        .could_not_work("frames_missing");
    gate.run(&["scan", "--frames", path(empty.path())])
        .could_not_work("frames_empty");
    gate.run(&["decode", "--frames", path(&nothing)])
        .could_not_work("frames_missing");
    run(empty.path(), &["status"], "").could_not_work("not_enrolled");
    run(empty.path(), &["scan", "--code", "x"], "").could_not_work("not_enrolled");
    for words in [
        &["scan", "--colour"][..],
        &["scan"],
        &["scan", "--code", "x", "--stdin"],
        &["scan", "--code", "x", "--action", "dance"],
        &["dance"],
        &[],
    ] {
        gate.run(words).could_not_work("usage");
    }
}

#[test]
#[cfg(unix)]
fn a_key_that_others_may_read_and_a_newer_database_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let gate = Gate::new();
    let key = gate.home.path().join("node.key");
    let rights = |mode| std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode));
    rights(0o644).expect("set");
    gate.run(&["scan", "--code", &gate.code(1)])
        .could_not_work("key_rights");
    rights(0o600).expect("set");
    let log = rusqlite::Connection::open(gate.home.path().join("log.db")).expect("the log");
    log.pragma_update(None, "user_version", 99).expect("set");
    gate.run(&["scan", "--code", &gate.code(1)])
        .could_not_work("database_newer");
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a readable name")
}
