//! The bodies we send: a Snap transaction, a refund. Pure.
//!
//! Invariants: what Midtrans would refuse is refused here first; the end for paying starts now and
//! is at most the hold (but for holds under a minute), so that money cannot come long after it. Item
//! lines are folded into one when the body would pass Midtrans' limit.

use serde_json::{Value, json};

use super::wire;
use crate::payments::{CreateSession, LineItem, ProviderError, RefundWish};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Their clocks are ahead of UTC.
const WIB_MS: i64 = 7 * 60 * MINUTE_MS;
/// The night in which one acquirer takes no refunds, by their clocks: 23:55 to 06:00.
const CLOSES_MS: i64 = DAY_MS - 5 * MINUTE_MS;
const OPENS_MS: i64 = 6 * 60 * MINUTE_MS;
/// Life of the page that Midtrans allows, in minutes.
const PAGE_MINUTES: std::ops::RangeInclusive<i64> = 5..=7 * 24 * 60;
const NAME_LENGTH: usize = 50;
const FIELD_LENGTH: usize = 255;
/// Midtrans' limit is about 16 kB.
const BODY_LENGTH: usize = 15_000;

/// The body of `POST /snap/v1/transactions`.
pub(super) fn session_body(wish: &CreateSession) -> Result<Value, ProviderError> {
    check(wish)?;
    let body = with_items(wish, &wish.items.iter().map(item).collect::<Vec<_>>())?;
    if body.to_string().len() <= BODY_LENGTH {
        return Ok(body);
    }
    let all = json!({"id": "order", "name": "Order", "price": wish.amount_minor, "quantity": 1});
    with_items(wish, &[all])
}

fn check(wish: &CreateSession) -> Result<(), ProviderError> {
    let impossible = |what| Err(ProviderError::Impossible { what });
    if wish.currency != "IDR" {
        return impossible("only rupiah");
    }
    if wish.reference.len() > 50 || !wire::is_reference(&wish.reference) {
        return impossible("reference");
    }
    if wish.amount_minor < 1 {
        return impossible("amount below one rupiah");
    }
    let sum = wish.items.iter().try_fold(0_i64, |sum, item| {
        sum.checked_add(item.unit_minor.checked_mul(item.quantity.into())?)
    });
    if !wish.items.is_empty() && sum != Some(wish.amount_minor) {
        return impossible("items do not add up to the amount");
    }
    if wish.hold_until_ms <= wish.now_ms {
        return impossible("the hold has ended");
    }
    Ok(())
}

fn with_items(wish: &CreateSession, items: &[Value]) -> Result<Value, ProviderError> {
    let start = wire::format_start(wish.now_ms).ok_or(ProviderError::Impossible {
        what: "time out of range",
    })?;
    let minutes = ((wish.hold_until_ms - wish.now_ms) / MINUTE_MS).max(1);
    let page_minutes = minutes.clamp(*PAGE_MINUTES.start(), *PAGE_MINUTES.end());
    Ok(json!({
        "transaction_details": {
            "order_id": wish.reference,
            "gross_amount": wish.amount_minor,
        },
        "item_details": items,
        "customer_details": {
            "first_name": cut(&wish.buyer.name, FIELD_LENGTH),
            "email": cut(&wish.buyer.email, FIELD_LENGTH),
            "phone": cut(&wish.buyer.phone, FIELD_LENGTH),
        },
        "credit_card": {"secure": true},
        "expiry": {"start_time": start, "duration": minutes, "unit": "minutes"},
        "page_expiry": {"duration": page_minutes, "unit": "minutes"},
        "callbacks": {"finish": wish.finish_url},
    }))
}

fn item(item: &LineItem) -> Value {
    json!({
        "id": cut(&item.id, NAME_LENGTH),
        // A bar breaks the receipts of one of their convenience stores.
        "name": cut(&item.name.replace('|', "/"), NAME_LENGTH),
        "price": item.unit_minor,
        "quantity": item.quantity,
    })
}

fn cut(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

/// Means of payment that Midtrans can give money back to.
pub(super) const REFUNDABLE: [&str; 6] = [
    "credit_card",
    "gopay",
    "qris",
    "shopeepay",
    "akulaku",
    "kredivo",
];

/// Where a refund is asked for: all but cards are refunded directly.
pub(super) fn refund_path(channel: Option<&str>) -> &'static str {
    match channel {
        Some("credit_card") | None => "refund",
        Some(_) => "refund/online/direct",
    }
}

/// From when on a refund may be asked for. One acquirer takes none at night, for QR codes as for its wallet, and which
/// acquirer a code had is not told: a refusal would look as if there were no way back.
pub(super) fn refund_opens_ms(channel: Option<&str>, now_ms: i64) -> i64 {
    if !matches!(channel, Some("qris" | "shopeepay")) {
        return now_ms;
    }
    let of_day = (now_ms + WIB_MS).rem_euclid(DAY_MS);
    let until_opening = match of_day {
        ..OPENS_MS => OPENS_MS - of_day,
        CLOSES_MS.. => DAY_MS - of_day + OPENS_MS,
        _ => 0,
    };
    now_ms + until_opening
}

/// The body of a refund.
pub(super) fn refund_body(wish: &RefundWish) -> Result<Value, ProviderError> {
    let is_key = (1..=50).contains(&wish.key.len())
        && wish
            .key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !is_key {
        return Err(ProviderError::Impossible { what: "refund key" });
    }
    if wish.amount_minor < 1 || wish.currency != "IDR" {
        return Err(ProviderError::Impossible {
            what: "refund amount",
        });
    }
    Ok(json!({
        "refund_key": wish.key,
        "amount": wish.amount_minor,
        "reason": cut(&wish.reason, FIELD_LENGTH),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::Buyer;

    fn wish() -> CreateSession {
        let line = |id: &str, unit_minor, quantity| LineItem {
            id: id.to_owned(),
            name: "Festival | day 1".to_owned(),
            unit_minor,
            quantity,
        };
        CreateSession {
            reference: "ETK-1".to_owned(),
            amount_minor: 140_000,
            currency: "IDR".to_owned(),
            items: vec![line("day1", 75_000, 2), line("promo", -10_000, 1)],
            buyer: Buyer {
                name: "Siti".to_owned(),
                email: "siti@example.com".to_owned(),
                phone: "+628123456789".to_owned(),
            },
            now_ms: 1_764_547_200_000,
            hold_until_ms: 1_764_547_200_000 + 15 * MINUTE_MS + 59_000,
            finish_url: "https://shop.example/done".to_owned(),
        }
    }

    #[test]
    fn the_end_for_paying_is_within_the_hold() {
        let body = session_body(&wish()).expect("body");
        let want =
            json!({"start_time": "2025-12-01 07:00:00 +0700", "duration": 15, "unit": "minutes"});
        assert_eq!(body["expiry"], want);
        assert_eq!(body["page_expiry"]["duration"], 15);
        assert_eq!(body["item_details"][0]["name"], "Festival / day 1");
        let mut short = wish();
        short.hold_until_ms = short.now_ms + 2 * MINUTE_MS;
        let body = session_body(&short).expect("body");
        assert_eq!(
            (
                &body["expiry"]["duration"],
                &body["page_expiry"]["duration"]
            ),
            (&json!(2), &json!(5))
        );
    }

    #[test]
    fn many_lines_become_one() {
        let mut large = wish();
        large.items = vec![large.items[0].clone(); 400];
        large.amount_minor = 400 * 150_000;
        let body = session_body(&large).expect("body");
        assert_eq!(body["item_details"].as_array().map(Vec::len), Some(1));
        assert_eq!(body["item_details"][0]["price"], 60_000_000);
    }

    #[test]
    fn what_midtrans_would_refuse_is_not_sent() {
        type Break = fn(&mut CreateSession);
        let cases: [(&str, Break); 6] = [
            ("currency", |wish| wish.currency = "USD".to_owned()),
            ("reference", |wish| wish.reference = "a/b".to_owned()),
            ("length", |wish| wish.reference = "x".repeat(51)),
            ("sum", |wish| wish.amount_minor += 1),
            ("hold", |wish| wish.hold_until_ms = wish.now_ms),
            ("amount", |wish| {
                wish.amount_minor = 0;
                wish.items.clear();
            }),
        ];
        for (name, spoil) in cases {
            let mut bad = wish();
            spoil(&mut bad);
            assert!(
                matches!(session_body(&bad), Err(ProviderError::Impossible { .. })),
                "{name}"
            );
        }
    }

    #[test]
    fn one_acquirer_takes_no_refunds_at_night() {
        // 2025-12-01 07:00 by their clocks.
        let seven = 1_764_547_200_000;
        let at = |hours: i64, minutes: i64| seven + ((hours - 7) * 60 + minutes) * MINUTE_MS;
        for (channel, now, want) in [
            ("qris", at(6, 0), at(6, 0)),
            ("qris", at(23, 54), at(23, 54)),
            ("qris", at(23, 55), at(30, 0)),
            ("shopeepay", at(24, 30), at(30, 0)),
            ("shopeepay", at(29, 59), at(30, 0)),
            ("shopeepay", at(30, 0), at(30, 0)),
            ("credit_card", at(24, 30), at(24, 30)),
            ("gopay", at(24, 30), at(24, 30)),
        ] {
            let opens = refund_opens_ms(Some(channel), now);
            assert_eq!(opens, want, "{channel} at {now}");
        }
    }
}
