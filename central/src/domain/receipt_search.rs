//! What a list of an event's receipts is asked for, and the place from which it goes on.

use sync_protocol::time::Timestamp;

use super::receipt::ReceiptKind;

/// All that a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptFilter {
    /// Which numbering.
    pub kind: ReceiptKind,
    /// Issued from then on.
    pub from: Option<Timestamp>,
    /// Issued before then.
    pub until: Option<Timestamp>,
    /// Of orders whose number begins so.
    pub order: Option<String>,
    /// The first issued first.
    pub oldest_first: bool,
}

/// Where a receipt stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptPlace {
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Its number.
    pub number: i64,
}

impl ReceiptPlace {
    /// As addresses carry it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}.{}", self.issued_at.0, self.number)
    }

    /// Out of an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (issued_at, number) = text.split_once('.')?;
        Some(Self {
            issued_at: Timestamp(issued_at.parse().ok()?),
            number: number.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_an_address() {
        let place = ReceiptPlace {
            issued_at: Timestamp(-5),
            number: 7,
        };
        assert_eq!(ReceiptPlace::parse(&place.text()), Some(place));
        for bad in ["", "5", "5.x", "x.7", "99999999999999999999.7"] {
            assert_eq!(ReceiptPlace::parse(bad), None, "{bad}");
        }
    }
}
