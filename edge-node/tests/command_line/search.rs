//! `edge-node search`: the passphrase on standard input, what is told, and how it ends.

use std::sync::Arc;

use ambient::SystemClock;
use edge_node::Node;
use minicbor::bytes::ByteVec;
use sync_protocol::{
    id::TicketId,
    moment::Trip,
    number::TicketNumber,
    search::{self, Cost, IndexKey, Passphrase},
    ticket::{Ticket, TicketStatus},
    wire::v1::{Page, SyncAnswer},
};

use super::gate::Gate;

const PHRASE: &str = "kopi tubruk pagi";

/// A synced gate to which central then sends a lock, and these names.
fn gate_with(names: &[&str]) -> Gate {
    let gate = Gate::new();
    let node = Node::open(gate.home.path(), Arc::new(SystemClock::new())).expect("open");
    let request = node.next_request(100, 100).expect("a request");
    let key = IndexKey::new(&[9; 32]);
    let passphrase = Passphrase::new(PHRASE).expect("a passphrase");
    let mut config = node.config().expect("reads").expect("synced");
    let lock = search::lock(request.event, &key, &passphrase, [3; 16], Cost::LEAST);
    config.search = Some(lock.expect("a lock"));
    let ticket = |(n, name): (u64, &&str)| {
        let id = TicketId::from_u128(u128::from(n));
        Ticket {
            id,
            number: TicketNumber::new(n),
            type_number: 1,
            day_mask: 1,
            status: TicketStatus::Valid,
            revision: n,
            sealed: Vec::new(),
            holder: None,
            search: key.seal_name(id, name),
        }
    };
    let now = node.now_estimate().expect("reads");
    let reading = node.clock().reading();
    let answer = SyncAnswer {
        receipt: None,
        rights: None,
        round: 2,
        received_at: now,
        answered_at: now,
        acknowledged: 0,
        parked: Vec::new(),
        page: Page {
            config: Some(config),
            tickets: (101..).zip(names).map(ticket).collect(),
            passages: Vec::new(),
            position: ByteVec::from(vec![2]),
            manifest: None,
            wristbands: Vec::new(),
            overrides: None,
        },
        lease_until: now.plus_ms(3_600_000),
        order: None,
        assignment: None,
    };
    let trip = Trip {
        boot: reading.boot,
        sent_ms: reading.mono_ms,
        got_ms: reading.mono_ms,
    };
    node.apply(&request, &answer, trip).expect("taken in");
    gate
}

#[test]
fn a_name_is_found_behind_the_passphrase_and_the_status_says_who_exists() {
    let gate = gate_with(&["Siti Rahma", "Budi Santoso", "Rahmat Siti"]);
    let said = gate.run_with_input(&["search", "--json", "siti", "rahma"], "kopi tubruk pagi\n");
    assert_eq!(said.status, Some(0), "{}", said.err);
    let found = said.objects();
    let names: Vec<_> = found.iter().map(|one| one["name"].as_str()).collect();
    assert_eq!(names, [Some("Siti Rahma"), Some("Rahmat Siti")]);
    assert_eq!(found[0]["number"], TicketNumber::new(101).to_string());
    assert_eq!(
        (&found[0]["type"], &found[0]["status"]),
        (&"VIP".into(), &"valid".into())
    );
    assert!(found[0]["first"].is_null());
    assert!(said.err.contains("unlocked"), "it is told: {}", said.err);
    assert!(
        !said.err.contains("Rahma") && !said.err.contains("tubruk"),
        "{}",
        said.err
    );

    let said = gate.run_with_input(&["search", "BUDI"], PHRASE);
    assert_eq!(said.status, Some(0), "{}", said.err);
    let told = said.out.trim_end();
    assert!(
        told.ends_with("valid  VIP  Budi Santoso  not used yet"),
        "{told}"
    );
    let said = gate.run_with_input(&["search", "nobody"], PHRASE);
    assert_eq!(said.status, Some(1), "{}", said.err);
    let said = gate.run(&["status", "--json"]);
    let search = &said.objects()[0]["search"];
    assert_eq!(
        (&search["offered"], search["unlocked_since"].is_null()),
        (&true.into(), true)
    );
}

#[test]
fn without_the_passphrase_it_could_not_work() {
    let gate = gate_with(&["Siti Rahma"]);
    let wrong = gate.run_with_input(&["search", "siti"], "teh tarik malam\n");
    assert_eq!((wrong.status, wrong.out.as_str()), (Some(2), ""));
    // Its own sentence comes after the line in the log, which no program may leave out.
    assert!(wrong.err.contains("WARN"), "{}", wrong.err);
    assert!(
        wrong.err.trim_end().ends_with("[wrong_passphrase]"),
        "{}",
        wrong.err
    );
    for typed in ["", "\n\n"] {
        let said = gate.run_with_input(&["search", "siti"], typed);
        said.could_not_work("passphrase_length");
        assert!(said.out.is_empty());
    }
    let closed = Gate::new().run_with_input(&["search", "siti"], PHRASE);
    closed.could_not_work("search_not_offered");
}
