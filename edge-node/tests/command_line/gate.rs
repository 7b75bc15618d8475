//! A folder with an enrolled and synced node, and the real program run on it.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use ambient::{Clock, SystemClock};
use ed25519_dalek::SigningKey;
use edge_node::{Identity, Node};
use minicbor::bytes::ByteVec;
use serde_json::Value;
use sync_protocol::{
    code::{Payload, TicketCode},
    config::{
        EntryRule, EventConfig, EventDay, GateEntry, KeyEntry, Policy, TypeEntry, WristbandRules,
    },
    id::{EventId, GateId, NodeId, OperatorId, TicketId},
    manifest::Manifest,
    moment::Trip,
    number::TicketNumber,
    operator::{GateSecret, Operator, OperatorRules, Role},
    search::Cost,
    ticket::{Ticket, TicketStatus},
    time::Timestamp,
    wire::v1::{EnrolAnswer, Page, SyncAnswer},
    wristband::{self, Roll, WristbandKey},
};

const EVENT: EventId = EventId::from_u128(1);
const GATE: GateId = GateId::from_u128(0xA);
const HOUR: i64 = 3_600_000;
const WRISTBANDS: WristbandKey = WristbandKey([5; 32]);

/// What the program said.
pub(crate) struct Said {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// An enrolled node that holds tickets 1–20.
pub(crate) struct Gate {
    pub(crate) home: tempfile::TempDir,
    now: Timestamp,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self::synced(|_| {})
    }

    /// One whose exchanges bind wristbands, with serials 1–10 printed.
    pub(crate) fn that_binds() -> Self {
        Self::synced(|config| {
            config.wristbands = Some(WristbandRules {
                key: WRISTBANDS,
                rolls: vec![Roll {
                    first: 1,
                    last: 10,
                    void: false,
                }],
                unbound: Policy::Refuse,
            });
        })
    }

    /// A gate of an event with a supervisor, who signs in as `ratna` with this secret.
    pub(crate) fn with_supervisor(secret: &str) -> Self {
        let id = OperatorId::from_u128(3);
        let secret = GateSecret::typed(secret);
        let supervisor = Operator {
            id,
            login: "ratna".to_owned(),
            name: "Ratna".to_owned(),
            role: Role::Supervisor,
            secret: secret.hash(id, [4; 16], Cost::LEAST).expect("a hash"),
            is_active: true,
        };
        Self::synced(|config| {
            config.operators = Some(OperatorRules {
                operators: vec![supervisor],
                idle_ms: 600_000,
            });
        })
    }

    fn synced(change: impl FnOnce(&mut EventConfig)) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(SystemClock::new());
        let now = clock.now();
        let identity = Identity {
            answer: EnrolAnswer {
                node: NodeId::from_u128(0xA0),
                name: "Left".to_owned(),
                event: EVENT,
                gate: GATE,
                authority: None,
                now,
            },
            key: SigningKey::from_bytes(&[1; 32]),
            central: "https://central.test".to_owned(),
        };
        Node::create(home.path(), identity).expect("enrolled");
        let node = Node::open(home.path(), clock).expect("open");
        let request = node.next_request(100, 2_000).expect("a request");
        let reading = node.clock().reading();
        let trip = Trip {
            boot: reading.boot,
            sent_ms: reading.mono_ms,
            got_ms: reading.mono_ms,
        };
        let mut answer = answer(now);
        change(answer.page.config.as_mut().expect("a config"));
        node.apply(&request, &answer, trip).expect("synced");
        Self { home, now }
    }

    pub(crate) fn code(&self, n: u128) -> String {
        code(n, self.now)
    }

    pub(crate) fn wristband(&self, serial: u32) -> String {
        wristband::code(EVENT, serial, &WRISTBANDS)
    }

    /// Starts `edge-node run`; it has said where its screen is.
    pub(crate) fn open(&self, arguments: &[&str]) -> Child {
        let mut child = Command::new(env!("CARGO_BIN_EXE_edge-node"))
            .arg("--home")
            .arg(self.home.path())
            .args(["run", "--no-sync", "--json", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut said = String::new();
        let out = child.stdout.as_mut().expect("its output");
        BufReader::new(out).read_line(&mut said).expect("a line");
        assert!(said.contains("screen"), "{said}");
        child
    }

    /// Waits until so many scans are in the log.
    pub(crate) fn until_scans(&self, scans: u64) {
        let start = Instant::now();
        while self.run(&["status", "--json"]).objects()[0]["unsent"] != scans {
            assert!(start.elapsed() < Duration::from_secs(60), "they never came");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs `edge-node run` until it says where its screen is.
    pub(crate) fn open_and_close(&self) {
        let mut child = self.open(&["--camera", "off"]);
        child.kill().expect("it can be ended");
        child.wait().expect("it ends");
    }

    /// Runs `edge-node --home HOME` with these words.
    pub(crate) fn run(&self, words: &[&str]) -> Said {
        run(self.home.path(), words, "")
    }

    pub(crate) fn run_with_input(&self, words: &[&str], input: &str) -> Said {
        run(self.home.path(), words, input)
    }
}

impl Said {
    /// The JSON objects, one per line.
    pub(crate) fn objects(&self) -> Vec<Value> {
        let lines = self.out.lines();
        lines
            .map(|line| serde_json::from_str(line).expect(line))
            .collect()
    }

    /// Could not work, said so in one sentence with this code, and did not panic.
    pub(crate) fn could_not_work(&self, code: &str) {
        assert_eq!(self.status, Some(2), "{}", self.err);
        assert!(
            self.err.trim_end().ends_with(&format!("[{code}]")),
            "{}",
            self.err
        );
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
    }
}

pub(crate) fn run(home: &Path, words: &[&str], input: &str) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_edge-node"))
        .arg("--home")
        .arg(home)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("its input");
    // A program that reads no input has closed it.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().expect("it ends");
    Said {
        status: status.code(),
        out: String::from_utf8(stdout).expect("text"),
        err: String::from_utf8(stderr).expect("text"),
    }
}

fn event_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn code(n: u128, now: Timestamp) -> String {
    let payload = Payload {
        key_slot: 0,
        ticket: TicketId::from_u128(n),
        type_number: 1,
        day_mask: 1,
        issued_at: u32::try_from(now.0 / 1_000 - 86_400).expect("before 2106"),
    };
    TicketCode::sign(payload, EVENT, &event_key()).to_text()
}

fn answer(now: Timestamp) -> SyncAnswer {
    let tickets: Vec<_> = (1..=20).map(ticket).collect();
    let mut manifest = Manifest::default();
    tickets.iter().for_each(|ticket| manifest.add(ticket));
    SyncAnswer {
        receipt: None,
        rights: None,
        round: 1,
        received_at: now,
        answered_at: now,
        acknowledged: 0,
        parked: Vec::new(),
        page: Page {
            config: Some(config(now)),
            tickets,
            passages: Vec::new(),
            position: ByteVec::from(vec![1]),
            manifest: Some(manifest),
            wristbands: Vec::new(),
            overrides: None,
        },
        lease_until: now.plus_ms(72 * HOUR),
        order: None,
        assignment: None,
    }
}

/// Ticket 20 is not paid.
fn ticket(n: u64) -> Ticket {
    Ticket {
        holder: None,
        search: Vec::new(),
        id: TicketId::from_u128(u128::from(n)),
        number: TicketNumber::new(n),
        type_number: 1,
        day_mask: 1,
        status: if n == 20 {
            TicketStatus::Unpaid
        } else {
            TicketStatus::Valid
        },
        revision: n,
        sealed: Vec::new(),
    }
}

fn config(now: Timestamp) -> EventConfig {
    EventConfig {
        check_outs: Vec::new(),
        wristbands: None,
        search: None,
        operators: None,
        event: EVENT,
        name: "Festival".to_owned(),
        time_zone: "UTC".to_owned(),
        revision: 1,
        days: vec![EventDay {
            number: 0,
            label: "Today".to_owned(),
            opens_at: now.plus_ms(-HOUR),
            closes_at: now.plus_ms(12 * HOUR),
        }],
        types: vec![TypeEntry {
            addon: false,
            number: 1,
            name: "VIP".to_owned(),
            gates: Vec::new(),
        }],
        gates: vec![GateEntry {
            id: GATE,
            name: "Gate A".to_owned(),
        }],
        keys: vec![KeyEntry {
            event: EVENT,
            slot: 0,
            key: event_key().verifying_key().to_bytes(),
        }],
        entry_rule: EntryRule::Single,
        exchange_required: false,
        sold_after_sync: Policy::Ask,
        repeat_ms: 30_000,
    }
}
