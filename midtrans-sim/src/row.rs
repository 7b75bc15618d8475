//! The rows of Midtrans' status table (`transaction_status` × `fraud_status`) and the documented
//! edges between them.
//!
//! Invariant: everything the simulator says of a transaction (status, fraud status, status code) is
//! derived from its row, so no body can mix two rows. [`path`] walks documented edges only; a test
//! that wants an undocumented jump has to force it by name.
//! Called by `world` (moves) and `body` (rendering). No time, no money, no network here.

use std::collections::{BTreeMap, VecDeque};

use crate::channel::Channel;

/// One row of the status table; `name()` is its word in the control API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    Pending,
    Authorize,
    Capture,
    Challenge,
    CaptureDeny,
    Settlement,
    Deny,
    Cancel,
    Expire,
    Failure,
    Refund,
    PartialRefund,
    Chargeback,
    PartialChargeback,
}

impl Row {
    pub const ALL: [Row; 14] = [
        Row::Pending,
        Row::Authorize,
        Row::Capture,
        Row::Challenge,
        Row::CaptureDeny,
        Row::Settlement,
        Row::Deny,
        Row::Cancel,
        Row::Expire,
        Row::Failure,
        Row::Refund,
        Row::PartialRefund,
        Row::Chargeback,
        Row::PartialChargeback,
    ];

    /// The word for this row in the control API: the status, except for the two card rows that
    /// share `capture`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Row::Challenge => "challenge",
            Row::CaptureDeny => "capture_deny",
            other => other.status(),
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Row> {
        Row::ALL.into_iter().find(|row| row.name() == name)
    }

    /// `transaction_status` on the wire.
    #[must_use]
    pub fn status(self) -> &'static str {
        match self {
            Row::Pending => "pending",
            Row::Authorize => "authorize",
            Row::Capture | Row::Challenge | Row::CaptureDeny => "capture",
            Row::Settlement => "settlement",
            Row::Deny => "deny",
            Row::Cancel => "cancel",
            Row::Expire => "expire",
            Row::Failure => "failure",
            Row::Refund => "refund",
            Row::PartialRefund => "partial_refund",
            Row::Chargeback => "chargeback",
            Row::PartialChargeback => "partial_chargeback",
        }
    }

    /// `fraud_status` on the wire. Only cards pass fraud detection, so QRIS leaves the field out
    /// (documented as "accept or absent") unless it says something other than accept.
    #[must_use]
    pub fn fraud(self, channel: Channel) -> Option<&'static str> {
        match self {
            Row::Challenge => Some("challenge"),
            Row::CaptureDeny | Row::Deny => Some("deny"),
            Row::Chargeback | Row::PartialChargeback => None,
            _ if channel == Channel::Qris => None,
            _ => Some("accept"),
        }
    }

    /// `status_code` in a notification.
    #[must_use]
    pub fn notice_code(self) -> &'static str {
        match self {
            Row::Pending | Row::Challenge => "201",
            Row::CaptureDeny | Row::Deny | Row::Cancel | Row::Expire | Row::Failure => "202",
            _ => "200",
        }
    }

    /// `status_code` in a reply of the Core API: it speaks of the call, so it differs for the two
    /// rows that a call can bring about.
    #[must_use]
    pub fn reply_code(self) -> &'static str {
        match self {
            Row::Cancel => "200",
            Row::Expire => "407",
            other => other.notice_code(),
        }
    }

    /// Rows after which the same customer may try again on an open page.
    #[must_use]
    pub fn is_failed_attempt(self) -> bool {
        matches!(
            self,
            Row::Deny | Row::CaptureDeny | Row::Cancel | Row::Expire | Row::Failure
        )
    }

    fn next(self) -> &'static [Row] {
        match self {
            Row::Pending => &[
                Row::Settlement,
                Row::Capture,
                Row::Challenge,
                Row::CaptureDeny,
                Row::Authorize,
                Row::Expire,
                Row::Cancel,
                Row::Deny,
                Row::Failure,
            ],
            Row::Authorize => &[Row::Capture, Row::Deny, Row::Cancel, Row::Expire],
            Row::Capture => &[Row::Settlement, Row::Cancel],
            Row::Challenge => &[Row::Capture, Row::Deny, Row::Cancel],
            Row::Settlement => &[
                Row::Refund,
                Row::PartialRefund,
                Row::Chargeback,
                Row::PartialChargeback,
                Row::Deny,
            ],
            Row::PartialRefund => &[Row::PartialRefund, Row::Refund],
            _ => &[],
        }
    }

    fn exists_for(self, channel: Channel) -> bool {
        let card_only = matches!(
            self,
            Row::Authorize | Row::Capture | Row::Challenge | Row::CaptureDeny
        );
        channel == Channel::CreditCard || !card_only
    }
}

/// Whether one documented edge leads from `from` to `to` on this channel. Cards settle only after
/// capture.
#[must_use]
pub fn is_edge(from: Row, to: Row, channel: Channel) -> bool {
    let skips_capture =
        channel == Channel::CreditCard && from == Row::Pending && to == Row::Settlement;
    from.next().contains(&to) && to.exists_for(channel) && !skips_capture
}

/// The shortest documented way from `from` (not included) to `to` (included); `None` if there is
/// none. A way of length zero is never returned: staying is not a move, except where the row
/// repeats itself (`partial_refund`).
#[must_use]
pub fn path(from: Row, to: Row, channel: Channel) -> Option<Vec<Row>> {
    let mut came_from: BTreeMap<Row, Row> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(here) = queue.pop_front() {
        for &next in here
            .next()
            .iter()
            .filter(|next| is_edge(here, **next, channel))
        {
            if came_from.contains_key(&next) {
                continue;
            }
            came_from.insert(next, here);
            if next == to {
                return Some(trace(&came_from, from, to));
            }
            queue.push_back(next);
        }
    }
    None
}

fn trace(came_from: &BTreeMap<Row, Row>, from: Row, to: Row) -> Vec<Row> {
    let mut steps = vec![to];
    let mut here = to;
    while let Some(&before) = came_from.get(&here) {
        if before == from {
            break;
        }
        steps.push(before);
        here = before;
    }
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_follow_documented_edges() {
        let cases: [(Row, Row, Channel, Option<&[Row]>); 9] = [
            (
                Row::Pending,
                Row::Settlement,
                Channel::BankTransfer,
                Some(&[Row::Settlement]),
            ),
            (
                Row::Pending,
                Row::Settlement,
                Channel::CreditCard,
                Some(&[Row::Capture, Row::Settlement]),
            ),
            (
                Row::Pending,
                Row::Refund,
                Channel::CreditCard,
                Some(&[Row::Capture, Row::Settlement, Row::Refund]),
            ),
            (Row::Pending, Row::Challenge, Channel::Qris, None),
            (
                Row::Challenge,
                Row::Capture,
                Channel::CreditCard,
                Some(&[Row::Capture]),
            ),
            (
                Row::Settlement,
                Row::Deny,
                Channel::BankTransfer,
                Some(&[Row::Deny]),
            ),
            (
                Row::PartialRefund,
                Row::PartialRefund,
                Channel::Qris,
                Some(&[Row::PartialRefund]),
            ),
            (Row::Expire, Row::Settlement, Channel::BankTransfer, None),
            (Row::Pending, Row::Pending, Channel::BankTransfer, None),
        ];
        for (from, to, channel, want) in cases {
            assert_eq!(
                path(from, to, channel).as_deref(),
                want,
                "{from:?} to {to:?} {channel:?}"
            );
        }
    }

    #[test]
    fn every_row_has_its_own_name() {
        for row in Row::ALL {
            assert_eq!(Row::from_name(row.name()), Some(row));
        }
    }
}
