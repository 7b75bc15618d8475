//! What a person types: the number under the QR, a wrong one, and what only a database knows.
use support::central::Engine;
use sync_protocol::{scan::Action, verdict::Decision};

use crate::venue::Venue;

const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[tokio::test]
async fn case_34_a_number_with_one_wrong_character_finds_no_ticket() {
    let venue = Venue::open(Engine::Sqlite, 1).await;
    let right = venue.sold[0].number.replace('-', "");
    let asked = venue.north.show(&right, Action::Entry);
    assert_eq!(asked.verdict.reason.name(), "typed_number");
    for place in 0..right.len() {
        for other in ALPHABET.chars().filter(|c| !right[place..].starts_with(*c)) {
            let wrong = format!("{}{other}{}", &right[..place], &right[place + 1..]);
            let scan = venue.north.show(&wrong, Action::Entry);
            assert_eq!(scan.verdict.decision, Decision::Refuse, "{wrong}");
            assert_eq!(
                scan.verdict.reason.name(),
                "unreadable",
                "caught before the look-up"
            );
            assert_eq!(scan.ticket, None);
        }
    }
    let records = venue.north.status().scans;
    assert_eq!(records, 1 + 12 * 31);
}

#[tokio::test]
async fn case_18_a_database_key_is_never_taken_for_a_code() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 1).await;
        let ticket = &venue.sold[0];
        let id = ticket.id.0;
        let number = sync_protocol::number::TicketNumber::parse(&ticket.number).expect("ours");
        let keys = [
            id.to_string(),
            id.simple().to_string(),
            id.urn().to_string(),
            id.to_string().to_uppercase(),
            id.as_u128().to_string(),
            data_encoding::BASE32_NOPAD.encode(id.as_bytes()),
            data_encoding::BASE64.encode(id.as_bytes()),
            venue.code(0)[..40].to_owned(),
            number.value().to_string(),
            ticket.number[..13].to_owned(),
            venue.event.event.id.to_string(),
            venue.north.id().to_string(),
            "1".to_owned(),
            "' OR 1=1 --".to_owned(),
        ];
        for key in &keys {
            for action in Action::ALL {
                let scan = venue.north.show(key, *action);
                assert_eq!(scan.verdict.decision, Decision::Refuse, "{key} {action:?}");
                assert_eq!((scan.ticket, scan.attendee), (None, None), "{key}");
            }
        }
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
    }
}
