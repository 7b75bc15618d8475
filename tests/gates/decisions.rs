//! What supervisors decide while other gates work too: the other gate is named, and so is whoever let in.
use central::{
    app::{
        conflicts::Matter,
        staff::{NewStaff, Secret},
    },
    domain::conflict::Cursor,
};
use edge_node::operator::decision::DecisionError;
use support::central::Engine;
use sync_protocol::{decision::Choice, id::OperatorId, operator::Role, scan::Action};

use crate::venue::{MINUTE, Venue};

/// Both gates staffed by one supervisor.
async fn supervised(engine: Engine, tickets: u32) -> (Venue, OperatorId) {
    let venue = Venue::open(engine, tickets).await;
    let wish = NewStaff {
        name: "Ratna Wijaya".to_owned(),
        login: "ratna".to_owned(),
        email: "ratna@example.id".to_owned(),
        role: Role::Supervisor,
        events: vec![venue.event.event.id],
    };
    let secret: Secret = venue.central.app.add_staff(&wish).await.expect("taken in");
    venue.sync().await;
    let session = venue.north.node.operators().sign_in("ratna", &secret);
    let who = session.expect("name and secret are right").who.id;
    (venue, who)
}

/// The supervisor's yes at the northern gate to a typed number.
fn asked(venue: &Venue, place: usize, who: OperatorId) -> u64 {
    let number = &venue.sold[place].number;
    let asked = venue.north.node.scan(number, Action::Entry, Some(who));
    assert_eq!(asked.verdict.reason.name(), "typed_number");
    asked.seq.expect("recorded")
}

#[tokio::test]
async fn a_guest_who_went_in_at_another_gate_is_not_waved_through_by_an_old_yes() {
    for engine in Engine::both() {
        let (venue, ratna) = supervised(engine, 1).await;
        let question = asked(&venue, 0, ratna);
        venue.pass(MINUTE);
        let elsewhere = venue
            .south
            .node
            .scan(venue.code(0), Action::Entry, Some(ratna));
        assert!(elsewhere.verdict.admits());
        venue.sync().await;
        let late = venue
            .north
            .node
            .decide_for(question, Choice::Admit, Some(ratna));
        let Err(DecisionError::PassedSince { gate, at, .. }) = late else {
            panic!("the guest is inside: {late:?}");
        };
        assert_eq!((gate.as_str(), at), ("Gate B", venue.central.now()));
        let known = asked_again(&venue, ratna);
        let knowing = venue
            .north
            .node
            .decide_for(known, Choice::Admit, Some(ratna));
        assert!(knowing.expect("told, and decided").verdict.admits());
    }
}

/// Scanned again, the gate says what it has heard.
fn asked_again(venue: &Venue, who: OperatorId) -> u64 {
    let told = venue
        .north
        .node
        .scan(venue.code(0), Action::Entry, Some(who));
    assert_eq!(told.verdict.reason.name(), "already_used");
    assert_eq!(told.first.expect("where").gate, "Gate B");
    told.seq.expect("recorded")
}

#[tokio::test]
async fn conflicts_name_the_supervisor_who_let_in_at_central_and_at_the_gate() {
    for engine in Engine::both() {
        let (venue, ratna) = supervised(engine, 2).await;
        // The first is let in before the code comes to the other gate, the second after it.
        let first = asked(&venue, 0, ratna);
        let yes = venue
            .north
            .node
            .decide_for(first, Choice::Admit, Some(ratna));
        assert!(yes.expect("open").verdict.admits());
        venue.pass(MINUTE);
        for place in [0, 1] {
            let code = venue.code(place);
            let other = venue.south.node.scan(code, Action::Entry, Some(ratna));
            assert!(
                other.verdict.admits(),
                "the gates have not heard of each other"
            );
        }
        venue.pass(MINUTE);
        let second = asked(&venue, 1, ratna);
        let yes = venue
            .north
            .node
            .decide_for(second, Choice::Admit, Some(ratna));
        assert!(yes.expect("open").verdict.admits());
        venue.sync().await;
        assert_eq!(at_central(&venue).await, [(true, false), (false, true)]);
        for gate in [&venue.north, &venue.south] {
            let told = gate.status().conflicts;
            assert_eq!(told.len(), 2);
            for conflict in &told {
                assert_eq!(conflict.supervisors(), ["Ratna Wijaya"], "{conflict:?}");
            }
        }
    }
}

/// Of each ticket's double at central: whether the winner, and whether the loser, was let in by the supervisor.
async fn at_central(venue: &Venue) -> Vec<(bool, bool)> {
    let (app, event) = (&venue.central.app, venue.event.event.id);
    let feed = app.conflict_feed(event, &Cursor::default(), 50).await;
    let mut found = Vec::new();
    for conflict in feed.expect("a feed").conflicts {
        let Matter::Scan {
            number,
            admission,
            winner,
            ..
        } = conflict.matter
        else {
            panic!("scans alone: {conflict:?}");
        };
        let by = |name: Option<String>| match name.as_deref() {
            Some(name) => {
                assert_eq!(name, "Ratna Wijaya");
                true
            }
            None => false,
        };
        let winner = winner.expect("a double").overridden_by;
        found.push((number, by(winner), by(admission.overridden_by)));
    }
    let doubles = app.doubles(event).await.expect("listed");
    assert_eq!(doubles.len(), found.len());
    for double in doubles {
        let names = [double.winner.overridden_by, double.double.overridden_by];
        assert_eq!(names.into_iter().flatten().count(), 1);
    }
    let place = |number: &Option<String>| {
        let sold = venue.sold.iter();
        sold.clone()
            .position(|one| Some(&one.number) == number.as_ref())
    };
    found.sort_by_key(|(number, ..)| place(number));
    found
        .into_iter()
        .map(|(_, one, other)| (one, other))
        .collect()
}
