//! The payment channels a person can choose on the simulated Snap page, with what each adds to a
//! transaction's body.
//!
//! Three stand for the three shapes that matter: a card (3DS, capture before settlement), a virtual
//! account (money hours later) and QRIS (no fraud status). Called by `world`, `body` and the page.

use serde_json::{Value, json};

/// Fifteen minutes: a card's 3DS challenge and a dynamic QR code live no longer.
const QUARTER_HOUR_MS: i64 = 15 * 60_000;
const DAY_MS: i64 = 24 * 3_600_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    CreditCard,
    BankTransfer,
    Qris,
}

impl Channel {
    pub const ALL: [Channel; 3] = [Channel::CreditCard, Channel::BankTransfer, Channel::Qris];

    /// `payment_type` on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Channel::CreditCard => "credit_card",
            Channel::BankTransfer => "bank_transfer",
            Channel::Qris => "qris",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Channel::CreditCard => "Credit or debit card",
            Channel::BankTransfer => "Bank transfer (BCA virtual account)",
            Channel::Qris => "QRIS",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Channel> {
        Channel::ALL
            .into_iter()
            .find(|channel| channel.name() == name)
    }

    /// Whether `enabled_payments` of the Snap request offers this channel; an empty list offers all.
    #[must_use]
    pub fn is_enabled(self, enabled_payments: &[String]) -> bool {
        let aliases: &[&str] = match self {
            Channel::CreditCard => &["credit_card"],
            Channel::BankTransfer => &["bank_transfer", "bca_va"],
            Channel::Qris => &["qris", "other_qris", "gopay"],
        };
        enabled_payments.is_empty()
            || enabled_payments
                .iter()
                .any(|name| aliases.contains(&name.as_str()))
    }

    /// Virtual accounts have no way back for the money through the API.
    #[must_use]
    pub fn can_refund(self) -> bool {
        self != Channel::BankTransfer
    }

    /// How long a pending transaction lives, chosen at `chosen_at` (Unix ms), when the merchant's
    /// own end is `merchant_end` (Unix ms). Cards never outlive their 3DS page.
    #[must_use]
    pub fn pending_until(self, chosen_at: i64, merchant_end: Option<i64>) -> i64 {
        match (self, merchant_end) {
            (Channel::CreditCard, end) => {
                (chosen_at + QUARTER_HOUR_MS).min(end.unwrap_or(i64::MAX))
            }
            (_, Some(end)) => end,
            (Channel::Qris, None) => chosen_at + QUARTER_HOUR_MS,
            (Channel::BankTransfer, None) => chosen_at + DAY_MS,
        }
    }

    /// The fields only this channel has; `serial` makes numbers differ between transactions.
    #[must_use]
    pub fn extras(self, serial: u64) -> Value {
        match self {
            Channel::CreditCard => json!({
                "masked_card": "48111111-1114",
                "bank": "bni",
                "card_type": "credit",
                "eci": "05",
                "approval_code": format!("{:06}", serial % 1_000_000),
                "channel_response_code": "00",
                "channel_response_message": "Approved",
            }),
            Channel::BankTransfer => json!({
                "va_numbers": [{"bank": "bca", "va_number": format!("12345{serial:011}")}],
                "payment_amounts": [],
            }),
            Channel::Qris => json!({
                "issuer": "gopay",
                "acquirer": "gopay",
                "transaction_type": "on-us",
            }),
        }
    }
}
