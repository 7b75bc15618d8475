//! The timeline of an order: what happened to it, in the order in which it happened.
//!
//! Invariants: what a payment provider sent is shown to whoever may move money and to nobody else, and without what proves
//! it; scans are shown to whoever sees scans. Stable names are shown as they are, beside words in the reader's language.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    door::Here,
    gates::{
        reason_words,
        scan_list::{action_words, ruling_words},
    },
    money::words,
    trail_acts::act,
    trail_words, when,
};
use crate::{
    domain::{
        event::Event, letter::LetterKind, money::Money, order::Order, permission::Permission,
        raw_notice,
    },
    store::{self, StoreError, Tx, timeline::ScanRow},
};

/// One moment of the timeline.
pub(super) struct Step {
    at: Timestamp,
    pub(super) when: String,
    pub(super) icon: &'static str,
    pub(super) words: String,
    pub(super) detail: String,
    /// What came from outside, as it came.
    pub(super) raw: Option<String>,
}

/// Makes steps of one order.
struct Telling<'a> {
    here: &'a Here,
    event: &'a Event,
    steps: Vec<Step>,
}

/// All steps, the oldest first.
pub(super) async fn all(
    here: &Here,
    tx: &mut Tx,
    order: &Order,
    event: &Event,
) -> Result<Vec<Step>, StoreError> {
    let mut telling = Telling {
        here,
        event,
        steps: Vec::new(),
    };
    telling.sale(tx, order).await?;
    telling.payments(tx, order).await?;
    telling.letters(tx, order).await?;
    telling.refunds(tx, order).await?;
    if here.may(Permission::ScansView, event) {
        telling.scans(tx, order).await?;
    }
    telling.records(tx, order).await?;
    telling.steps.sort_by_key(|step| step.at);
    Ok(telling.steps)
}

impl Telling<'_> {
    fn add(&mut self, at: Timestamp, icon: &'static str, words: (&str, &str), detail: String) {
        let words = self.here.say(words.0, words.1).to_owned();
        self.steps.push(Step {
            at,
            when: self.moment(at),
            icon,
            words,
            detail,
            raw: None,
        });
    }

    fn moment(&self, at: Timestamp) -> String {
        let language = self.here.door.visitor.language;
        when::second(at, &self.event.time_zone, language)
    }

    async fn sale(&mut self, tx: &mut Tx, order: &Order) -> Result<(), StoreError> {
        let mut held = Vec::new();
        for hold in store::timeline::holds(tx, order.id).await? {
            let stands = match hold.status.as_str() {
                "held" => self.here.say("held until", "ditahan sampai"),
                "sold" => self
                    .here
                    .say("sold, was held until", "terjual, tadinya ditahan sampai"),
                _ => self.here.say(
                    "given back, was held until",
                    "dilepas, tadinya ditahan sampai",
                ),
            };
            let until = self.moment(hold.until);
            held.push(format!(
                "{} × {} {stands} {until}",
                hold.quantity, hold.kind
            ));
        }
        self.add(
            order.created_at,
            "bag",
            ("Placed", "Dipesan"),
            held.join(" · "),
        );
        if let Some(at) = order.paid_at {
            let words = ("Paid, tickets issued", "Dibayar, tiket diterbitkan");
            self.add(at, "check-circle-fill", words, String::new());
        }
        Ok(())
    }

    async fn payments(&mut self, tx: &mut Tx, order: &Order) -> Result<(), StoreError> {
        for payment in store::payment::all_of_order(tx, order.id).await? {
            let channel = payment.channel.unwrap_or_default();
            let language = self.here.door.visitor.language;
            let provider = words::provider(&payment.provider, language);
            let way = format!("{provider} {}", payment.reference);
            let stands = words::payment(payment.status, language).0.to_owned();
            let detail = joined([way, words::channel(&channel, language), stands]);
            let words = ("Payment begun", "Pembayaran dimulai");
            self.add(payment.created_at, "credit-card", words, detail);
        }
        let sees_raw = self.here.may(Permission::OrdersRefund, self.event);
        for notice in store::timeline::notices(tx, order.id).await? {
            let proof = if notice.is_authentic {
                self.here.say("genuine", "asli")
            } else {
                self.here.say("without proof", "tanpa bukti")
            };
            let outcome = notice.outcome.unwrap_or_default();
            let outcome = words::outcome(&outcome, self.here.door.visitor.language);
            let detail = joined([proof.to_owned(), format!("{}×", notice.times), outcome]);
            let words = (
                "Notice of the payment provider",
                "Kabar penyedia pembayaran",
            );
            self.add(notice.at, "broadcast", words, detail);
            if let Some(step) = self.steps.last_mut().filter(|_| sees_raw) {
                step.raw = Some(raw_notice::shown(&notice.body));
            }
        }
        Ok(())
    }

    async fn letters(&mut self, tx: &mut Tx, order: &Order) -> Result<(), StoreError> {
        for letter in store::timeline::letters(tx, order.id).await? {
            let stands = match (letter.done_at, letter.is_given_up) {
                (Some(_), _) if letter.is_needless => {
                    self.here.say("needed no more", "tidak perlu lagi")
                }
                (Some(_), _) => self.here.say("sent", "terkirim"),
                (None, true) => self.here.say("given up", "gagal"),
                (None, false) => self.here.say("waiting", "menunggu"),
            };
            let language = self.here.door.visitor.language;
            let mut kinds = LetterKind::ALL.iter();
            let kind = kinds.find(|kind| kind.name() == letter.kind);
            let kind = kind.map_or(letter.kind.as_str(), |kind| words::letter(*kind, language));
            let detail = match letter.attempts {
                0 | 1 => format!("{kind} · {stands}"),
                tries => format!("{kind} · {stands} · {tries}×"),
            };
            self.add(letter.at, "envelope", ("Letter", "Surat"), detail);
        }
        Ok(())
    }

    async fn refunds(&mut self, tx: &mut Tx, order: &Order) -> Result<(), StoreError> {
        let language = self.here.door.visitor.language;
        for refund in store::refund::of_order(tx, order.id).await? {
            let reason = words::reason(refund.reason, language).to_owned();
            let stands = words::refund(refund.status, language).0.to_owned();
            let detail = joined([refund.amount.text(language), reason, stands]);
            let words = ("Refund", "Pengembalian");
            self.add(refund.requested_at, "arrow-counterclockwise", words, detail);
        }
        Ok(())
    }

    async fn scans(&mut self, tx: &mut Tx, order: &Order) -> Result<(), StoreError> {
        for scan in store::timeline::scans(tx, order.id).await? {
            let (ruling, reason) = said(self.here, &scan);
            let detail = joined([scan.ticket.to_string(), place(&scan), reason, ruling]);
            let words = action_words(self.here, scan.action);
            self.add(scan.at, "qr-code-scan", (words, words), detail);
        }
        Ok(())
    }

    /// A detail of a record in words; ids tell people nothing, and the lines above have what they name.
    fn field(&self, (name, value): (String, String)) -> Option<String> {
        if Uuid::try_parse(&value).is_ok() {
            return None;
        }
        let (here, language) = (self.here, self.here.door.visitor.language);
        let label = match name.as_str() {
            // The value has its currency.
            "amount_minor" => here.say("amount", "jumlah"),
            other => trail_words::field(other, language).unwrap_or(other),
        };
        let value = match (name.as_str(), value.parse()) {
            ("amount_minor", Ok(minor)) => Money::new(minor, self.event.currency).text(language),
            _ => value,
        };
        Some(format!("{label}: {value}"))
    }

    async fn records(&mut self, tx: &mut Tx, order: &Order) -> Result<(), StoreError> {
        for row in store::audit::of_subject(tx, "order", order.id.0).await? {
            let mut detail = trail_words::pairs(&row.detail);
            let by = detail.iter().position(|(name, _)| name == "by");
            let by = match by.map(|at| detail.remove(at).1) {
                Some(by) => by,
                None => actor_words(self.here, row.actor_kind),
            };
            let act = act(&row.action, self.here.door.visitor.language);
            let act = act.map_or(row.action, str::to_owned);
            let rest = detail.into_iter().filter_map(|pair| self.field(pair));
            let detail = joined([by, act].into_iter().chain(rest));
            self.add(row.at, "journal-text", ("Recorded", "Dicatat"), detail);
        }
        Ok(())
    }
}

/// Parts of a line; what is empty has no place in it.
fn joined(parts: impl IntoIterator<Item = String>) -> String {
    let said = parts.into_iter().filter(|part| !part.is_empty());
    said.collect::<Vec<_>>().join(" · ")
}

/// Who acted, where nobody is named.
fn actor_words(here: &Here, kind: String) -> String {
    let words = match kind.as_str() {
        "staff" => here.say("Staff", "Staf"),
        "system" => here.say("The system", "Sistem"),
        "provider" => here.say("Payment provider", "Penyedia pembayaran"),
        "node" => here.say("A node", "Perangkat"),
        "buyer" => here.say("The buyer", "Pembeli"),
        _ => return kind,
    };
    words.to_owned()
}

/// What the merge says of a scan, and what its gate said, in words.
pub(super) fn said(here: &Here, scan: &ScanRow) -> (String, String) {
    let ruling = scan.ruling.as_deref();
    let ruling = ruling.map_or_else(String::new, |name| ruling_words(here, name));
    let reason = reason_words(scan.reason, here.door.visitor.language);
    (ruling, reason)
}

/// Gate and node.
pub(super) fn place(scan: &ScanRow) -> String {
    let parts = [&scan.gate, &scan.node];
    let parts = parts.into_iter().filter_map(Option::as_deref);
    parts.collect::<Vec<_>>().join(" / ")
}
