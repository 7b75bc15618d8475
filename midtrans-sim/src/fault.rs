//! What can go wrong with notices on their way, on demand.
//!
//! Invariant: a fault changes what is sent and how often, never what the simulator's records say, so that a merchant who
//! reads the status again always learns the truth. Spoiled bodies carry the signature that the spoiling leaves them: a
//! changed order id or amount breaks it, a changed status does not, because Midtrans does not sign it.
//! Applied by `simulator` between the world and the sender; set through `POST /sim/faults`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{row::Row, world::Notice};

/// What happens to notices from now on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// They are kept until somebody lets them go.
    pub hold: bool,
    /// Each goes out this many times more.
    pub repeat: usize,
    /// All of one moment, repetitions included, go out at the same time instead of one after the other.
    pub together: bool,
    /// What is wrong with their bodies.
    pub spoil: Option<Spoil>,
}

/// What is wrong with a body.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spoil {
    /// A signature that was made with another key.
    Signature,
    /// Another row's status under a signature that still holds.
    Status(String),
    /// Another order's id, without a new signature.
    OrderId(String),
    /// Another transaction's id, which no signature covers.
    TransactionId(String),
}

/// In which order held notices go out.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// As they were made.
    #[default]
    InOrder,
    /// The newest first.
    Reversed,
}

impl Faults {
    /// What is sent in the place of a notice.
    #[must_use]
    pub fn apply(&self, notice: Notice) -> Vec<Notice> {
        let notice = match &self.spoil {
            Some(spoil) => spoil.apply(notice),
            None => notice,
        };
        vec![notice; self.repeat + 1]
    }
}

impl Spoil {
    fn apply(&self, notice: Notice) -> Notice {
        let mut body: Value = serde_json::from_str(&notice.body).unwrap_or_default();
        match self {
            Self::Signature => body["signature_key"] = json!("0".repeat(128)),
            Self::Status(row) => {
                let row = Row::from_name(row).unwrap_or(Row::Settlement);
                body["transaction_status"] = json!(row.status());
            }
            Self::OrderId(id) => body["order_id"] = json!(id),
            Self::TransactionId(id) => body["transaction_id"] = json!(id),
        }
        Notice {
            body: body.to_string(),
            ..notice
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_changes_what_it_says_and_nothing_else() {
        let notice = Notice {
            order_id: "A-1".to_owned(),
            transaction_id: "t".to_owned(),
            transaction_status: "pending".to_owned(),
            urls: Vec::new(),
            body: json!({"order_id": "A-1", "transaction_id": "t", "transaction_status": "pending",
                "signature_key": "s"})
            .to_string(),
        };
        let cases = [
            (Spoil::Signature, "signature_key"),
            (Spoil::Status("settlement".to_owned()), "transaction_status"),
            (Spoil::OrderId("B-2".to_owned()), "order_id"),
            (Spoil::TransactionId("u".to_owned()), "transaction_id"),
        ];
        for (spoil, field) in cases {
            let faults = Faults {
                repeat: 2,
                spoil: Some(spoil),
                ..Faults::default()
            };
            let sent = faults.apply(notice.clone());
            assert_eq!(sent.len(), 3);
            let before: Value = serde_json::from_str(&notice.body).expect("json");
            let after: Value = serde_json::from_str(&sent[0].body).expect("json");
            for (name, value) in before.as_object().expect("an object") {
                assert_eq!(*value != after[name], name == field, "{name} by {field}");
            }
        }
    }
}
