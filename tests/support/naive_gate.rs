//! A gate without the edge node: it chains records, signs heads, speaks the wire's messages to the real `App`, and
//! keeps what comes back in maps. Tests of central use it to send what the real node never would.
//!
//! Its clock is central's manual clock: its monotonic time counts from [`START`], its wall
//! clock shows the truth plus a skew.
use std::collections::BTreeMap;

use central::{
    app::{nodes::NewEnrolment, sync::SyncError},
    domain::event::EventSetup,
};
use ed25519_dalek::SigningKey;
use minicbor::bytes::ByteVec;
use sync_protocol::{
    config::EventConfig,
    id::{BootId, EventId, GateId, NodeId, TicketId},
    manifest::Manifest,
    merge::Ruling,
    moment::Trip,
    rights::Rights,
    scan::{Action, Head, ScanId, ScanRecord, Subject},
    ticket::Ticket,
    time::Timestamp,
    verdict::{Decision, Reason},
    wire::v1::{EnrolAnswer, EnrolRequest, PassageChange, RoundTrip, SyncAnswer, SyncRequest},
};

use crate::{
    central::{START, TestCentral},
    festival,
};

/// A gate that does what the test says.
pub struct NaiveGate {
    /// Its id.
    pub id: NodeId,
    /// Its event.
    pub event: EventId,
    /// Where it stands.
    pub gate: GateId,
    /// Its key.
    pub key: SigningKey,
    /// The boot in which it runs.
    pub boot: BootId,
    /// How wrong its wall clock is.
    pub skew_ms: i64,
    /// Its log as bytes, and the heads after each record (the first is the empty log's).
    pub log: Vec<Vec<u8>>,
    /// Heads of the log.
    pub heads: Vec<Head>,
    /// What central has acknowledged.
    pub acknowledged: u64,
    /// Rows per page.
    pub page_rows: u32,
    /// The clock sample to be reported.
    pub previous: Option<RoundTrip>,
    /// Place in the changes.
    pub position: Option<ByteVec>,
    /// Its replica.
    pub tickets: BTreeMap<TicketId, Ticket>,
    /// Ruled scans.
    pub passages: BTreeMap<ScanId, PassageChange>,
    /// The event's config.
    pub config: Option<EventConfig>,
}

impl TestCentral {
    /// Takes a node in by a code from the panel; what central answers, and the key that the node made for itself.
    pub(crate) async fn take_in(
        &self,
        event: &EventSetup,
        gate: &str,
        name: &str,
        rights: Rights,
    ) -> (EnrolAnswer, SigningKey) {
        let wish = NewEnrolment {
            rights,
            event: event.event.id,
            gate: festival::gate(event, gate),
            node_name: name.into(),
            valid_for_ms: 3_600_000,
        };
        let code = self.app.create_enrolment(&wish).await.expect("a code");
        let mut seed = [0; 32];
        self.app.entropy.fill(&mut seed);
        let key = SigningKey::from_bytes(&seed);
        let request = EnrolRequest {
            code: code.secret_text(),
            public_key: key.verifying_key().to_bytes(),
            program: "test".into(),
        };
        let answer = self.app.enrol(&request).await.expect("taken in");
        (answer, key)
    }

    /// Enrols a gate by the real code and the real answer.
    ///
    /// # Panics
    /// When central refuses.
    pub async fn enrol(&self, event: &EventSetup, gate: &str, name: &str) -> NaiveGate {
        let (answer, key) = self.take_in(event, gate, name, Rights::ALL).await;
        NaiveGate {
            id: answer.node,
            event: answer.event,
            gate: answer.gate,
            boot: BootId(answer.node.0),
            key,
            skew_ms: 0,
            log: Vec::new(),
            heads: vec![Head::empty(answer.node)],
            acknowledged: 0,
            page_rows: 1_000,
            previous: None,
            position: None,
            tickets: BTreeMap::new(),
            passages: BTreeMap::new(),
            config: None,
        }
    }
}

impl NaiveGate {
    /// Writes a record: this ticket, this verdict, now.
    pub fn scan(&mut self, central: &TestCentral, ticket: TicketId, reason: Reason) -> ScanId {
        self.write(central, |record| {
            record.subject = Subject::Ticket(ticket);
            record.reason = reason;
            record.decision = match reason {
                Reason::Admitted | Reason::Exchanged => Decision::Admit,
                _ => Decision::Refuse,
            };
        })
    }

    /// Lets a ticket in.
    pub fn admit(&mut self, central: &TestCentral, ticket: TicketId) -> ScanId {
        self.scan(central, ticket, Reason::Admitted)
    }

    /// Writes a record that `change` makes what it is.
    ///
    /// # Panics
    /// Never: the first head is always there.
    pub fn write(&mut self, central: &TestCentral, change: impl FnOnce(&mut ScanRecord)) -> ScanId {
        let head = *self.heads.last().expect("at least the empty head");
        let now = central.now();
        let mut record = ScanRecord {
            node: self.id,
            seq: head.seq + 1,
            previous: head.hash,
            boot: self.boot,
            mono_ms: now.ms_since(START),
            wall: now.plus_ms(self.skew_ms),
            event: self.event,
            gate: self.gate,
            operator: None,
            action: Action::Entry,
            subject: Subject::Ticket(TicketId::from_u128(0)),
            decision: Decision::Admit,
            reason: Reason::Admitted,
            provisional: false,
            cursor: self.cursor(),
            wristband: None,
            via: None,
            answers: None,
        };
        change(&mut record);
        self.append(record.to_bytes());
        ScanId {
            node: self.id,
            seq: head.seq + 1,
        }
    }

    /// Chains bytes, whatever they are.
    pub fn append(&mut self, bytes: Vec<u8>) {
        let hash = sync_protocol::scan::record_hash(&bytes);
        let seq = self.heads.len() as u64;
        let node = self.id;
        self.heads.push(Head { node, seq, hash });
        self.log.push(bytes);
    }

    /// The newest revision that the replica holds.
    #[must_use]
    pub fn cursor(&self) -> u64 {
        let tickets = self.tickets.values().map(|ticket| ticket.revision);
        tickets.max().unwrap_or_default()
    }

    /// The request that an honest node would send.
    #[must_use]
    pub fn request(&self) -> SyncRequest {
        self.request_of(self.acknowledged, self.log.len() as u64)
    }

    /// A request with the records after `from` up to `upto`.
    ///
    /// # Panics
    /// When the log has no such records.
    #[must_use]
    pub fn request_of(&self, from: u64, upto: u64) -> SyncRequest {
        let place = |seq: u64| usize::try_from(seq).expect("small");
        let records = &self.log[place(from.min(upto))..place(upto)];
        SyncRequest {
            event: self.event,
            boot: self.boot,
            previous: self.previous,
            log: self.heads[self.log.len()].sign(&self.key),
            upto: self.heads[place(upto)].sign(&self.key),
            records: records.iter().cloned().map(ByteVec::from).collect(),
            position: self.position.clone(),
            page_rows: self.page_rows,
            program: "naive 1".into(),
            config_revision: self.config.as_ref().map_or(0, |config| config.revision),
            report: None,
        }
    }

    /// One honest round.
    ///
    /// # Errors
    /// What central says.
    pub async fn try_round(&mut self, central: &TestCentral) -> Result<SyncAnswer, SyncError> {
        let request = self.request();
        let answer = central.app.sync(self.id, &request, central.now()).await?;
        self.take_in(central, &answer);
        Ok(answer)
    }

    /// Honest rounds until the last page is here and everything is acknowledged.
    ///
    /// # Panics
    /// When central refuses, or does not come to an end.
    pub async fn sync(&mut self, central: &TestCentral) -> SyncAnswer {
        for _ in 0..1_000 {
            let answer = self.try_round(central).await.expect("central takes it");
            let is_sent = self.acknowledged == self.log.len() as u64;
            if is_sent && (answer.page.manifest.is_some() || answer.order.is_some()) {
                return answer;
            }
        }
        panic!("a thousand rounds and no end");
    }

    /// Takes in an answer.
    pub fn take_in(&mut self, central: &TestCentral, answer: &SyncAnswer) {
        let mono = central.now().ms_since(START);
        self.previous = Some(RoundTrip {
            round: answer.round,
            trip: Trip {
                boot: self.boot,
                sent_ms: mono,
                got_ms: mono,
            },
        });
        self.acknowledged = answer.acknowledged;
        self.position = Some(answer.page.position.clone());
        if let Some(config) = &answer.page.config {
            self.config = Some(config.clone());
        }
        for ticket in &answer.page.tickets {
            self.tickets.insert(ticket.id, ticket.clone());
        }
        for passage in &answer.page.passages {
            self.passages.insert(passage.scan, *passage);
        }
    }

    /// The manifest of the replica, counted from its rows.
    #[must_use]
    pub fn manifest(&self) -> Manifest {
        let mut manifest = Manifest::default();
        self.tickets
            .values()
            .for_each(|ticket| manifest.add(ticket));
        manifest
    }

    /// What this gate was told of a scan.
    #[must_use]
    pub fn ruling(&self, scan: ScanId) -> Option<Ruling> {
        self.passages.get(&scan).map(|passage| passage.ruling)
    }

    /// When this gate was told that a scan happened.
    ///
    /// # Panics
    /// When it was told nothing.
    #[must_use]
    pub fn time(&self, scan: ScanId) -> Timestamp {
        self.passages[&scan].time.at
    }
}
