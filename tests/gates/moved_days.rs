//! A day that moves after gates have synced: the same ticket waits for the new day, and is good on it.
use central::{app::trail::Actor, domain::schedule::DayMove};
use support::central::Engine;

use crate::venue::{HOUR, Venue};

#[tokio::test]
async fn a_ticket_is_good_on_its_moved_day_and_no_longer_on_the_old_one() {
    for engine in Engine::both() {
        let venue = Venue::open_with(engine, 2, |wish| wish.types[0].days = vec![1]).await;
        let day = &venue.event.days[1];
        let moved = DayMove {
            number: day.number,
            opens_at: day.opens_at.plus_ms(72 * HOUR),
            closes_at: day.closes_at.plus_ms(72 * HOUR),
        };
        let (app, event) = (&venue.central.app, venue.event.event.id);
        let done = app.move_days(event, &[moved], &Actor::System).await;
        done.expect("moved");
        // The old day is on.
        venue.pass(25 * HOUR);
        venue.sync().await;
        assert_ne!(venue.north.enter(venue.code(0)), "admitted", "{engine:?}");
        venue.pass(72 * HOUR);
        venue.sync().await;
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        assert_eq!(venue.south.enter(venue.code(1)), "admitted");
        let check = app.verify_event(event).await.expect("a check");
        assert_eq!(check.faults, []);
    }
}
