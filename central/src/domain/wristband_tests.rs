//! Lists of codes as other printers deliver them, and serials up to the last one.

use std::collections::BTreeSet;

use super::*;

const READER: CodeReader = CodeReader {
    event: EventId::from_u128(5),
    key: WristbandKey([9; 32]),
};

fn read(list: &[u8]) -> Result<Vec<WristbandId>, RollError> {
    let known = BTreeSet::from([READER.imported("KNOWN")]);
    READER.list(list, |id| known.contains(&id))
}

fn roll(kind: RollKind, first: u32, last: u32, status: WristbandStatus) -> RollRecord {
    RollRecord {
        id: Uuid::from_u128(u128::from(first)),
        name: "Roll".into(),
        kind,
        first,
        last,
        status,
        created_at: Timestamp(0),
    }
}

#[test]
fn a_list_reads_as_the_gate_reads_its_codes() {
    for list in [
        "WB-0001\nWB-0002\n",
        "WB-0001\nWB-0002",
        "\u{feff}WB-0001\r\nWB-0002\r\n",
        "  wb-0001 \t\r\n]C1wb-0002\n",
    ] {
        let want = ["WB-0001", "WB-0002"].map(|code| READER.imported(code));
        assert_eq!(read(list.as_bytes()).expect("a list"), want, "{list:?}");
    }
    let ticket_number_like = "K7QF2M9X04TD\n123456789012\nhttps://cashless.example/w/1?x=ß\n";
    assert_eq!(
        read(ticket_number_like.as_bytes()).map(|ids| ids.len()),
        Ok(3)
    );
}

#[test]
fn every_wrong_line_is_named_and_nothing_is_taken_in() {
    let own = wristband::code(READER.event, 7, &READER.key);
    let ticket = include_str!("../../../sync-protocol/vectors/ticket-code-v1.txt").trim();
    let long = "A".repeat(scanner_text::MAX_LEN + 1);
    let list = [
        "A1",
        "",
        "a1 ",
        &long,
        "known",
        &own.to_lowercase(),
        ticket,
        "A\u{7}B",
        "A2",
        "   ",
        "A2",
    ];
    let mut bytes = list.join("\n").into_bytes();
    bytes.extend(b"\n\xff\xfe\n");
    let Err(RollError::Lines(bad)) = read(&bytes) else {
        panic!("wrong lines");
    };
    use LineFault::{Empty, Known, NoText, OurOwn, SameAs, TooLong};
    let bad: Vec<_> = bad.iter().map(|bad| (bad.line, bad.why)).collect();
    let want = [
        (2, Empty),
        (3, SameAs(1)),
        (4, TooLong),
        (5, Known),
        (6, OurOwn),
        (7, OurOwn),
        (8, NoText),
        (10, Empty),
        (11, SameAs(9)),
        (12, NoText),
    ];
    assert_eq!(bad, want);
    assert_eq!(read(b""), Err(RollError::Empty));
    assert_eq!(read(b"\n"), Err(RollError::Empty));
    assert_eq!(read(b"\xEF\xBB\xBF"), Err(RollError::Empty));
}

#[test]
fn many_wrong_lines_are_told_in_one_sentence_without_the_codes() {
    let error = read("SECRET\n".repeat(100).as_bytes()).expect_err("99 doubles");
    let text = error.to_string();
    assert!(
        text.starts_with("line 2 has the same code as line 1; line 3 "),
        "{text}"
    );
    assert!(
        text.ends_with("; and 79 more lines") && !text.contains("SECRET"),
        "{text}"
    );
}

#[test]
fn a_list_of_a_hundred_thousand_is_one_list() {
    let list: String = (0..100_000).map(|n| format!("WB{n:06}\n")).collect();
    assert_eq!(read(list.as_bytes()).map(|ids| ids.len()), Ok(100_000));
    let long = "X\n".repeat(MOST_CODES + 1);
    assert_eq!(read(long.as_bytes()), Err(RollError::TooMany));
}

#[test]
fn serials_go_on_after_the_last_one_and_end_where_they_end() {
    use WristbandStatus::{Good, Void};
    let printed = |first, last, status| roll(RollKind::Printed, first, last, status);
    assert_eq!(next_serials(&[], 10), Ok((1, 10)));
    assert_eq!(next_serials(&[], 0), Err(RollError::Empty));
    let rolls = [printed(11, 20, Void), printed(1, 10, Good)];
    assert_eq!(
        next_serials(&rolls, 1),
        Ok((21, 21)),
        "void serials are never used again"
    );
    let imported = [roll(RollKind::Imported, 1, 99, Good)];
    assert_eq!(next_serials(&imported, 5), Ok((1, 5)));
    let nearly = [printed(1, MAX_SERIAL - 1, Good)];
    assert_eq!(next_serials(&nearly, 1), Ok((MAX_SERIAL, MAX_SERIAL)));
    assert_eq!(next_serials(&nearly, 2), Err(RollError::SerialsUsedUp(1)));
    let full = [printed(1, MAX_SERIAL, Good)];
    assert_eq!(next_serials(&full, 1), Err(RollError::SerialsUsedUp(0)));
    assert_eq!(
        next_serials(&full, MOST_PRINTED),
        Err(RollError::SerialsUsedUp(0))
    );
}

#[test]
fn a_roll_is_never_larger_than_a_box() {
    for (count, want) in [
        (MOST_PRINTED, Ok((1, MOST_PRINTED))),
        (MOST_PRINTED + 1, Err(RollError::TooLarge)),
        (MAX_SERIAL, Err(RollError::TooLarge)),
        (u32::MAX, Err(RollError::TooLarge)),
    ] {
        assert_eq!(next_serials(&[], count), want, "{count}");
    }
}

#[test]
fn names_are_short_and_plain() {
    assert_eq!(roll_name("  VIP – merah "), Ok("VIP – merah".to_owned()));
    for name in ["", "   ", "a\nb", &"x".repeat(101)] {
        assert_eq!(roll_name(name), Err(RollError::Name), "{name:?}");
    }
}
