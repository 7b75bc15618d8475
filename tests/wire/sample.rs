//! One value of every message, with every field set to something that shows where it went.
use ed25519_dalek::SigningKey;
use minicbor::bytes::ByteVec;
use sync_protocol::{
    config::{
        EntryRule, EventConfig, EventDay, GateEntry, KeyEntry, Policy, SearchLock, TypeEntry,
        WristbandRules,
    },
    digest::Digest,
    flag::Flag,
    id::{BootId, EventId, GateId, NodeId, OperatorId, TicketId, WristbandId},
    manifest::{Manifest, Tally},
    merge::Ruling,
    moment::{Interval, Trip},
    number::TicketNumber,
    operator::{Operator, OperatorRules, Role, SecretHash},
    receipt::Receipt,
    rights::Rights,
    scan::{Action, Head, ScanId, ScanRecord, Subject},
    ticket::{Ticket, TicketStatus},
    time::Timestamp,
    verdict::{Decision, Reason},
    wire::v1::{
        Challenge, ChallengeRequest, EnrolAnswer, EnrolRequest, Order, Override, Page, Parked,
        PassageChange, Refusal, RoundTrip, Session, SessionRequest, SyncAnswer, SyncRequest,
        WaitAnswer, WaitRequest,
    },
    wristband::{Roll, Wristband, WristbandKey, WristbandStatus},
};

const NODE: NodeId = NodeId::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
const EVENT: EventId = EventId::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002);
pub const GATE: GateId = GateId::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0003);
const TICKET: TicketId = TicketId::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0004);
const BOOT: BootId = BootId::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0005);
pub const NOW: Timestamp = Timestamp(1_796_083_200_123);

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn scan(seq: u64) -> ScanId {
    ScanId { node: NODE, seq }
}

pub fn refusal() -> Refusal {
    Refusal {
        code: "log_gap".into(),
        message: "record 3 is missing: found 4 in its place".into(),
        acknowledged: Some(2),
    }
}

pub fn enrol_request() -> EnrolRequest {
    EnrolRequest {
        code: "7K3M-09QF-X2ZD-4A8T".into(),
        public_key: key().verifying_key().to_bytes(),
        program: "edge-node 0.1.0".into(),
    }
}

pub fn enrol_answer() -> EnrolAnswer {
    EnrolAnswer {
        node: NODE,
        name: "north 1".into(),
        event: EVENT,
        gate: GATE,
        authority: Some(ByteVec::from(vec![0x30, 0x82, 0x01, 0x00])),
        now: NOW,
    }
}

pub fn challenge_request() -> ChallengeRequest {
    ChallengeRequest { node: NODE }
}

pub fn challenge() -> Challenge {
    Challenge { nonce: [9; 32] }
}

pub fn session_request() -> SessionRequest {
    SessionRequest::sign(NODE, [9; 32], &key())
}

pub fn session() -> Session {
    Session {
        token: "b3BlbiBzZXNhbWU".into(),
        lasts_ms: 900_000,
    }
}

pub fn scan_record() -> ScanRecord {
    ScanRecord {
        node: NODE,
        seq: 1,
        previous: sync_protocol::scan::genesis(NODE),
        boot: BOOT,
        mono_ms: 86_400_000,
        wall: NOW,
        event: EVENT,
        gate: GATE,
        operator: Some(OperatorId::from_u128(6)),
        action: Action::Exchange,
        subject: Subject::Ticket(TICKET),
        decision: Decision::Admit,
        reason: Reason::Exchanged,
        provisional: true,
        cursor: 41,
        wristband: Some(WristbandId::from_u128(8)),
        via: Some(TicketId::from_u128(9)),
        answers: None,
    }
}

/// A supervisor takes a scan back.
pub fn scan_record_answer() -> ScanRecord {
    ScanRecord {
        action: Action::Undo,
        reason: Reason::Undone,
        answers: Some(1),
        ..scan_record()
    }
}

pub fn sync_request() -> SyncRequest {
    let record = scan_record().to_bytes();
    let (head, _) = Head::empty(NODE).follow(&record).expect("the first record");
    SyncRequest {
        event: EVENT,
        boot: BOOT,
        previous: Some(RoundTrip {
            round: 11,
            trip: Trip {
                boot: BOOT,
                sent_ms: 86_300_000,
                got_ms: 86_300_045,
            },
        }),
        log: head.sign(&key()),
        upto: head.sign(&key()),
        records: vec![ByteVec::from(record)],
        position: Some(ByteVec::from(vec![1, 2, 3])),
        page_rows: 5_000,
        program: "edge-node 0.1.0".into(),
        config_revision: 17,
        report: None,
    }
}

/// Two records: the second travels without the hash that it holds.
pub fn sync_request_chained() -> SyncRequest {
    let first = sync_request();
    let second = ScanRecord {
        seq: first.log.head.seq + 1,
        previous: first.log.head.hash,
        ..scan_record()
    };
    let second = second.to_bytes();
    let (head, _) = first.log.head.follow(&second).expect("the second record");
    SyncRequest {
        log: head.sign(&key()),
        upto: head.sign(&key()),
        records: [first.records, vec![ByteVec::from(second)]].concat(),
        ..first
    }
}

pub fn sync_answer() -> SyncAnswer {
    SyncAnswer {
        round: 12,
        received_at: NOW,
        answered_at: NOW.plus_ms(7),
        acknowledged: 1,
        parked: vec![Parked {
            seq: 1,
            refusal: refusal(),
        }],
        page: Page {
            config: Some(config()),
            tickets: vec![
                ticket(TicketStatus::Valid),
                ticket(TicketStatus::Transferred),
            ],
            passages: [
                Ruling::Counted,
                Ruling::Double {
                    winner: scan(3),
                    undecidable: true,
                },
                Ruling::Stray,
                Ruling::Unbound,
            ]
            .map(passage)
            .to_vec(),
            position: ByteVec::from(vec![4, 5, 6]),
            manifest: Some(Manifest {
                revision: 42,
                counts: [1, 0, 0, 0, 1],
                sum: Digest([3; 32]),
                passages: Tally {
                    count: 4,
                    sum: Digest([5; 32]),
                },
                wristbands: Tally {
                    count: 1,
                    sum: Digest([6; 32]),
                },
            }),
            wristbands: vec![Wristband {
                id: WristbandId::from_u128(8),
                status: WristbandStatus::Void,
                revision: 42,
            }],
            overrides: None,
        },
        lease_until: NOW.plus_ms(86_400_000),
        order: None,
        receipt: Some(Receipt::sign(Head::empty(NODE), NOW, 3, &key())),
        rights: Some(Rights::from_bits(6)),
        assignment: None,
    }
}

/// An event with operators, and a scan that was taken back.
pub fn sync_answer_operators() -> SyncAnswer {
    let answer = sync_answer();
    let config = EventConfig {
        operators: Some(operators()),
        ..config()
    };
    SyncAnswer {
        page: Page {
            config: Some(config),
            passages: vec![passage(Ruling::Undone)],
            ..answer.page
        },
        ..answer
    }
}

pub fn sync_answer_overrides() -> SyncAnswer {
    let answer = sync_answer();
    let passage = passage(Ruling::Counted);
    let by = OperatorId::from_u128(0x51);
    SyncAnswer {
        page: Page {
            overrides: Some(vec![Override {
                scan: passage.scan,
                by,
            }]),
            passages: vec![passage],
            ..answer.page
        },
        ..answer
    }
}

pub fn wait_request() -> WaitRequest {
    WaitRequest {
        event: EVENT,
        revision: 42,
        longest_ms: 25_000,
    }
}

pub fn wait_answer() -> WaitAnswer {
    WaitAnswer { revision: 43 }
}

pub fn sync_answer_erase() -> SyncAnswer {
    let answer = sync_answer();
    SyncAnswer {
        parked: vec![],
        page: Page {
            config: None,
            tickets: vec![],
            passages: vec![],
            wristbands: vec![],
            manifest: None,
            ..answer.page
        },
        order: Some(Order::Erase),
        ..answer
    }
}

fn ticket(status: TicketStatus) -> Ticket {
    Ticket {
        id: TICKET,
        number: TicketNumber::new(0x55_AA55_AA55_AA55),
        type_number: 2,
        day_mask: 0b101,
        status,
        revision: 40,
        sealed: vec![0xEE; 20],
        holder: Some(77),
        search: vec![0xDD; 30],
    }
}

fn passage(ruling: Ruling) -> PassageChange {
    PassageChange {
        scan: scan(5),
        ticket: Some(TICKET),
        wristband: Some(WristbandId::from_u128(8)),
        flag: Some(Flag::AfterRevocation),
        action: Action::Entry,
        gate: GATE,
        time: Interval::around(NOW, 45),
        day: 1,
        ruling,
        revision: 42,
    }
}

fn config() -> EventConfig {
    EventConfig {
        event: EVENT,
        name: "Festival".into(),
        time_zone: "Asia/Jakarta".into(),
        revision: 18,
        days: vec![EventDay {
            number: 0,
            label: "Saturday".into(),
            opens_at: NOW,
            closes_at: NOW.plus_ms(3_600_000),
        }],
        types: vec![TypeEntry {
            number: 2,
            name: "VIP".into(),
            gates: vec![GATE],
            addon: true,
        }],
        gates: vec![GateEntry {
            id: GATE,
            name: "North".into(),
        }],
        keys: vec![KeyEntry {
            event: EVENT,
            slot: 3,
            key: key().verifying_key().to_bytes(),
        }],
        entry_rule: EntryRule::Times(3),
        exchange_required: true,
        sold_after_sync: Policy::Ask,
        repeat_ms: 30_000,
        check_outs: vec![NOW],
        wristbands: Some(WristbandRules {
            key: WristbandKey([1; 32]),
            rolls: vec![Roll {
                first: 1,
                last: 5_000,
                void: true,
            }],
            unbound: Policy::Ask,
        }),
        search: Some(SearchLock {
            salt: [2; 16],
            memory_kib: 19_456,
            rounds: 2,
            sealed_key: vec![0xCC; 48],
        }),
        operators: None,
    }
}

fn operators() -> OperatorRules {
    OperatorRules {
        operators: vec![Operator {
            id: OperatorId::from_u128(6),
            login: "siti".into(),
            name: "Siti".into(),
            role: Role::Supervisor,
            secret: SecretHash {
                salt: [4; 16],
                memory_kib: 19_456,
                rounds: 2,
                hash: [5; 32],
            },
            is_active: true,
        }],
        idle_ms: 600_000,
    }
}
