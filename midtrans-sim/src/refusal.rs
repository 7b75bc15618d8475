//! A refusal in Midtrans' own words: a three-digit code and a sentence. Snap and Core wrap it in
//! different shapes, which is the business of `http`.

/// Why Midtrans said no. `code` is Midtrans' status code, which Core writes into the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} {}", messages.join("; "))]
pub struct Refusal {
    pub code: u16,
    pub messages: Vec<String>,
}

impl Refusal {
    #[must_use]
    pub fn new(code: u16, message: &str) -> Refusal {
        Refusal {
            code,
            messages: vec![message.to_owned()],
        }
    }

    #[must_use]
    pub fn unknown_transaction() -> Refusal {
        Refusal::new(404, "Transaction doesn't exist.")
    }

    #[must_use]
    pub fn cannot_change() -> Refusal {
        Refusal::new(412, "Merchant cannot modify the status of the transaction")
    }
}
