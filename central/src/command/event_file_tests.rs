//! Tests of events written in TOML: local times, prices, and a sentence for every fault.

use super::*;
use crate::domain::charge::Rate;

const GOOD: &str = r#"
slug = "fest"
name = "Fest"
venue = "Stadium"
time_zone = "Asia/Jakarta"
currency = "IDR"
gates = ["North"]
[organiser]
slug = "org"
name = "Organiser"
email = "org@example.org"
[[days]]
label = "Saturday"
opens = "2026-12-05T15:00"
closes = "2026-12-06T04:00"
[[types]]
name = "Regular"
price = 150000
quota = 100
days = [1]
"#;

fn read_text(text: &str) -> anyhow::Result<NewEvent> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("event.toml");
    std::fs::write(&path, text)?;
    read(&path)
}

#[test]
fn local_times_and_prices_become_absolute() {
    let event = read_text(GOOD).expect("a good file");
    event.check().expect("a good wish");
    assert_eq!(
        event.days[0].opens_at,
        Timestamp(1_796_457_600_000),
        "08:00 UTC"
    );
    assert_eq!(event.days[0].local_date, "2026-12-05");
    let exponent = Currency::Idr.exponent();
    assert_eq!(event.types[0].price_minor, 150_000 * 10i64.pow(exponent));
    assert_eq!(event.types[0].days, [0]);
}

#[test]
fn each_fault_is_named() {
    for (from, to, said) in [
        ("Asia/Jakarta", "Asia/Nowhere", "IANA time zone"),
        ("\"IDR\"", "\"ZZZ\"", "currency"),
        ("T15:00", " at three", "is no time"),
        ("days = [1]", "days = [0]", "days count from 1"),
        ("quota = 100", "quota = 100\ncolour = 1", "colour"),
        ("slug = \"fest\"\n", "", "slug"),
        ("name = \"Fest\"", "name = ", "event.toml"),
    ] {
        let fault = read_text(&GOOD.replacen(from, to, 1)).expect_err(said);
        assert!(format!("{fault:#}").contains(said), "{fault:#}");
    }
    let missing = read(Path::new("/nowhere/event.toml")).expect_err("no file");
    assert!(missing.to_string().contains("is no file"));
}

#[test]
fn case_10_a_wall_clock_that_jumps_still_has_moments() {
    let zone: Tz = "Europe/Berlin".parse().expect("a zone");
    let skipped = moment("x", "2026-03-29T02:30", zone).expect("a moment");
    assert_eq!(
        skipped,
        moment("x", "2026-03-29T03:30", zone).expect("a moment")
    );
    let twice = moment("x", "2026-10-25T02:30", zone).expect("a moment");
    assert_eq!(
        twice,
        Timestamp(1_792_888_200_000),
        "00:30 UTC, the first of the two"
    );
}

#[test]
fn case_10_a_night_has_an_hour_more_or_less_when_the_clocks_change() {
    const HOUR: i64 = 3_600_000;
    for (opens, closes, hours) in [
        ("2026-03-28T22:00", "2026-03-29T04:00", 5),
        ("2026-10-24T22:00", "2026-10-25T04:00", 7),
        ("2026-07-04T22:00", "2026-07-05T04:00", 6),
    ] {
        let text = GOOD
            .replace("Asia/Jakarta", "Europe/Berlin")
            .replace("2026-12-05T15:00", opens)
            .replace("2026-12-06T04:00", closes);
        let day = &read_text(&text).expect("a good file").days[0];
        assert_eq!(
            day.closes_at.ms_since(day.opens_at),
            hours * HOUR,
            "{opens}"
        );
    }
}

#[test]
fn rules_for_wristbands_check_outs_and_addons_are_read() {
    let rules = "[rules]\nentry = \"times_per_gate\"\nentries = 2\nwristbands = \"ask\"\n\
                 check_outs = [\"2026-12-06T05:00\"]\n[organiser]";
    let text = GOOD
        .replace("[organiser]", rules)
        .replace("quota = 100", "quota = 100\naddon = true");
    let event = read_text(&text).expect("a good file");
    assert_eq!(event.rules.entry_rule, EntryRule::TimesPerGate(2));
    assert_eq!(event.wristbands, Some(Policy::Ask));
    assert_eq!(event.check_outs, [Timestamp(1_796_508_000_000)]);
    assert!(event.types[0].addon);
    let bad = text.replace("\"ask\"", "\"perhaps\"");
    let fault = read_text(&bad).expect_err("no policy");
    assert!(
        format!("{fault:#}").contains("admit, ask or refuse"),
        "{fault:#}"
    );
}

#[test]
fn the_documented_event_is_one() {
    let event = read_text(include_str!("../../../docs/event.toml")).expect("a good file");
    event.check().expect("a good wish");
    assert_eq!((event.days.len(), event.types.len()), (2, 3));
    let prices = &event.prices;
    assert_eq!(
        (
            prices.charges.len(),
            prices.group_discounts.len(),
            prices.promos.len()
        ),
        (3, 1, 1)
    );
    assert_eq!(prices.charges[1].rate, Rate::Percent(1_000));
    assert!(prices.charges[1].is_included && !prices.charges[2].is_included);
    assert_eq!(prices.promos[0].min_spend_minor, 300_000);
    assert!(event.types[1].addon && event.wristbands.is_some());
}

#[test]
fn faults_in_prices_are_named() {
    let with = |part: &str| format!("{GOOD}\n{part}");
    for (part, said) in [
        (
            "[[prices.charges]]\nkind = \"tax\"\nname = \"PBJT\"",
            "PBJT needs one of percent, per_ticket and per_order",
        ),
        (
            "[[prices.charges]]\nkind = \"tip\"\nname = \"Tip\"\npercent = 1",
            "must be fee or tax",
        ),
        (
            "[[prices.promos]]\ncode = \"CODE\"\npercent = 33.333",
            "two decimals at most",
        ),
        (
            "[[prices.promos]]\ncode = \"CODE\"\npercent = 10\namount = 5",
            "one of percent and amount",
        ),
    ] {
        let fault = read_text(&with(part)).expect_err(said);
        assert!(format!("{fault:#}").contains(said), "{fault:#}");
    }
    let unknown = "[[prices.promos]]\ncode = \"CODE\"\npercent = 10\ntype = \"Nobody\"";
    let event = read_text(&with(unknown)).expect("well formed");
    let fault = event.check().expect_err("no such type");
    assert_eq!(fault.field, "promo CODE");
}
