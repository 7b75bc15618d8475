//! Operators on the command line: the secret on standard input or in a file, and what a supervisor decides.

use std::fs;

use super::gate::{Gate, Said};

const SECRET: &str = "7K3M0-9QFX2";

#[test]
fn case_17_a_scan_bears_its_operator_and_none_is_decided_without() {
    let gate = Gate::with_supervisor(SECRET);
    let (one, two) = (gate.code(1), gate.code(2));
    let nobody = gate.run(&["scan", "--code", &one, "--json"]);
    assert_eq!(nobody.objects()[0]["reason"], "sign_in_first");
    let input = format!("{SECRET}\n{one}\n");
    let words = ["scan", "--stdin", "--operator", "ratna", "--json"];
    let said = gate.run_with_input(&words, &input);
    assert_eq!(said.objects()[0]["reason"], "admitted", "{}", said.err);
    let file = gate.home.path().join("secret.txt");
    fs::write(&file, format!("{}\n", SECRET.to_lowercase())).expect("written");
    let file = file.to_str().expect("text");
    let words = [
        "scan",
        "--code",
        &two,
        "--operator",
        "ratna",
        "--secret-file",
        file,
    ];
    assert_eq!(gate.run(&words).status, Some(0));
}

/// It could not work, and said so last: the log may have told of the failure before.
fn ended(said: &Said, code: &str) {
    assert_eq!(said.status, Some(2), "{}", said.err);
    let end = format!("[{code}]");
    assert!(said.err.trim_end().ends_with(&end), "{}", said.err);
}

#[test]
fn brute_force_on_the_command_line_waits_although_each_try_is_a_program() {
    let gate = Gate::with_supervisor(SECRET);
    let words = ["scan", "--stdin", "--operator", "ratna"];
    let mut wrong = gate.run_with_input(&words, "AAAAA-AAAAA\n");
    ended(&wrong, "sign_in_wrong");
    // A slow machine may need longer than the first waits for a start.
    for _ in 0..8 {
        let next = gate.run_with_input(&words, "AAAAA-AAAAA\n");
        assert!(!next.err.contains("AAAAA") && !next.out.contains("AAAAA"));
        wrong = next;
    }
    ended(&wrong, "sign_in_too_soon");
    let right = gate.run_with_input(&words, &format!("{SECRET}\n"));
    ended(&right, "sign_in_too_soon");
    assert!(right.err.contains("wait"), "{}", right.err);
}

#[test]
fn a_supervisor_undoes_and_decides() {
    let gate = Gate::with_supervisor(SECRET);
    let code = gate.code(1);
    let input = format!("{SECRET}\n");
    let scan = ["scan", "--code", &code, "--operator", "ratna", "--json"];
    let first = gate.run_with_input(&scan, &input);
    assert_eq!(first.objects()[0]["seq"], 1);
    let decide = |word: &str, seq: &str| {
        let words = ["decide", seq, word, "--operator", "ratna", "--json"];
        gate.run_with_input(&words, &input)
    };
    let undone = decide("--undo", "1");
    assert_eq!(undone.objects()[0]["reason"], "undone", "{}", undone.err);
    assert_eq!(undone.objects()[0]["answers"], 1);
    let again = gate.run_with_input(&scan, &input);
    assert_eq!(again.objects()[0]["reason"], "admitted");
    let third = gate.run_with_input(&scan, &input);
    assert_eq!(third.objects()[0]["reason"], "already_used");
    let let_in = decide("--admit", "4");
    assert_eq!(
        let_in.objects()[0]["reason"],
        "overridden",
        "{}",
        let_in.err
    );
    assert_eq!(let_in.status, Some(0));
    decide("--undo", "99").could_not_work("scan_unknown");
    gate.run(&["decide", "1"]).could_not_work("usage");
}
