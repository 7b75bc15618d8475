//! How often a ticket lets in: at each gate, on each day of a night that ends at four, and after everybody was checked
//! out. Gates decide offline and central rules the same.
use ambient::SeededEntropy;
use central::domain::new_event::{NewDay, NewEvent};
use support::{central::Engine, festival::festival};
use sync_protocol::{config::EntryRule, scan::Action, time::Timestamp};

use crate::venue::{HOUR, MINUTE, Venue};

async fn venue(engine: Engine, rule: EntryRule, change: impl FnOnce(&mut NewEvent)) -> Venue {
    Venue::open_with(engine, 1, |wish| {
        wish.rules.entry_rule = rule;
        wish.rules.lease_ms = 96 * HOUR;
        change(wish);
    })
    .await
}

/// How central rules the entries so far, in the order in which they happened.
async fn doubles(venue: &Venue) -> i64 {
    venue.sync().await;
    venue
        .number("SELECT COUNT(*) FROM scans WHERE ruling LIKE 'double%'")
        .await
}

#[tokio::test]
async fn case_10_entries_are_counted_in_all_or_at_each_gate() {
    for engine in Engine::both() {
        for (rule, north, south) in [
            (
                EntryRule::Times(2),
                ["admitted", "admitted"],
                ["already_used", "already_used"],
            ),
            (
                EntryRule::TimesPerGate(1),
                ["admitted", "already_used"],
                ["admitted", "already_used"],
            ),
            (EntryRule::TimesPerGate(2), ["admitted"; 2], ["admitted"; 2]),
        ] {
            let venue = venue(engine, rule, |_| {}).await;
            let shown = |gate: &support::real_gate::RealGate| {
                venue.pass(MINUTE);
                gate.enter(venue.code(0))
            };
            let at_north = [shown(&venue.north), shown(&venue.north)];
            venue.sync().await;
            let shown = |gate: &support::real_gate::RealGate| {
                venue.pass(MINUTE);
                gate.enter(venue.code(0))
            };
            let at_south = [shown(&venue.south), shown(&venue.south)];
            assert_eq!((at_north, at_south), (north, south), "{rule:?}");
            assert_eq!(doubles(&venue).await, 0, "{rule:?}");
        }
    }
}

#[tokio::test]
async fn case_10_offline_gates_that_count_apart_make_no_double_and_those_that_share_do() {
    for engine in Engine::both() {
        for (rule, expected) in [(EntryRule::TimesPerGate(1), 0), (EntryRule::Times(1), 1)] {
            let venue = venue(engine, rule, |_| {}).await;
            assert_eq!(venue.north.enter(venue.code(0)), "admitted");
            venue.pass(MINUTE);
            assert_eq!(
                venue.south.enter(venue.code(0)),
                "admitted",
                "it cannot know"
            );
            assert_eq!(doubles(&venue).await, expected, "{rule:?}");
        }
    }
}

/// The first night ends at four in the morning of the second day; its tolerance is half an hour.
fn nights(wish: &mut NewEvent) {
    let opens = wish.days[0].opens_at;
    let night = |number: i64| NewDay {
        label: format!("Night {}", number + 1),
        local_date: wish.days[usize::try_from(number).expect("small")]
            .local_date
            .clone(),
        opens_at: opens.plus_ms(number * 24 * HOUR),
        closes_at: opens.plus_ms((number * 24 + 10) * HOUR + 30 * MINUTE),
    };
    wish.days = vec![night(0), night(1)];
}

#[tokio::test]
async fn case_10_once_a_night_until_the_tolerance_is_over() {
    for engine in Engine::both() {
        let venue = venue(engine, EntryRule::OncePerDay, nights).await;
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        // Past midnight it still is the first night.
        venue.pass(9 * HOUR);
        venue.sync().await;
        assert_eq!(venue.south.enter(venue.code(0)), "already_used");
        venue.pass(HOUR + 29 * MINUTE);
        assert_eq!(
            venue.south.enter(venue.code(0)),
            "already_used",
            "within the tolerance"
        );
        venue.pass(MINUTE);
        assert_eq!(
            venue.south.enter(venue.code(0)),
            "wrong_day",
            "the doors are closed"
        );
        venue.pass(14 * HOUR);
        assert_eq!(
            venue.south.enter(venue.code(0)),
            "admitted",
            "the second night"
        );
        assert_eq!(doubles(&venue).await, 0);
    }
}

#[tokio::test]
async fn case_10_everybody_is_checked_out_at_a_time() {
    for engine in Engine::both() {
        let at = festival().days[0].opens_at.plus_ms(6 * HOUR);
        let check_out = |wish: &mut NewEvent| wish.check_outs = vec![at];
        let venue = venue(engine, EntryRule::ReEntry, check_out).await;
        let (north, south, code) = (&venue.north, &venue.south, venue.code(0));
        assert_eq!(north.enter(code), "admitted");
        venue.pass(5 * HOUR);
        venue.sync().await;
        assert_eq!(south.enter(code), "inside");
        venue.pass(2 * HOUR);
        let now: Timestamp = venue.central.now();
        assert!(now > at);
        assert_eq!(
            south.enter(code),
            "admitted",
            "nobody had to scan at the exit"
        );
        assert_eq!(south.enter(code), "inside");
        assert_eq!(
            south.show(code, Action::Exit).verdict.reason.name(),
            "admitted"
        );
        assert_eq!(doubles(&venue).await, 0);
    }
}

/// A board without a clock takes the second night for the first until it hears from central again.
#[tokio::test]
async fn case_20_a_gate_that_took_today_for_yesterday_admits_nobody_twice_once_it_was_put_right() {
    for engine in Engine::both() {
        let mut venue = venue(engine, EntryRule::OncePerDay, |_| {}).await;
        venue.pass(24 * HOUR);
        venue.north.clock.reboot(&SeededEntropy::new(4));
        venue.north.clock.set_skew_ms(-23 * HOUR);
        venue.north.restart();
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        venue.pass(MINUTE);
        venue.sync().await;
        let again = venue.north.enter(venue.code(0));
        assert_eq!(again, "already_used", "today's entry");
        venue.sync().await;
        assert_eq!(venue.south.enter(venue.code(0)), "already_used");
        assert_eq!(doubles(&venue).await, 0);
    }
}
