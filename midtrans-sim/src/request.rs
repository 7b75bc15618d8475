//! What a Snap transaction request must look like, and the parts of it that the simulator keeps.
//!
//! Invariant: a [`SnapRequest`] obeys the documented limits (order id, integer amount, exact item
//! sum, page life), and every broken rule is reported at once, as Midtrans does. Unknown fields are
//! ignored, as Midtrans ignores them. Called by the Snap route only; keeps no state.

use serde_json::Value;

use crate::{refusal::Refusal, wib};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// A valid request for a Snap page.
#[derive(Clone, Debug)]
pub struct SnapRequest {
    pub order_id: String,
    /// Whole rupiah.
    pub gross_amount: i64,
    /// Name, unit price, quantity; for the page.
    pub items: Vec<(String, i64, i64)>,
    pub finish_url: Option<String>,
    pub expiry: Option<Expiry>,
    /// Life of the page and its token, milliseconds.
    pub page_life_ms: i64,
    pub enabled_payments: Vec<String>,
    /// Echoed in every body.
    pub custom_fields: [Option<String>; 3],
    pub metadata: Option<Value>,
}

/// The merchant's end for paying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// Unix ms; absent means that the clock starts when the customer chooses a channel.
    pub start: Option<i64>,
    pub duration_ms: i64,
}

impl SnapRequest {
    /// Checks the JSON of `POST /snap/v1/transactions`.
    ///
    /// # Errors
    /// Code 400 with one message per broken rule.
    pub fn parse(body: &Value) -> Result<SnapRequest, Refusal> {
        let mut problems = Vec::new();
        let order_id = order_id(body, &mut problems);
        let gross_amount = gross_amount(body, &mut problems);
        let items = items(body, &mut problems);
        check_sum(&items, gross_amount, &mut problems);
        let expiry = expiry(body, &mut problems);
        let page_life_ms = page_life(body, &mut problems);
        if !problems.is_empty() {
            return Err(Refusal {
                code: 400,
                messages: problems,
            });
        }
        Ok(SnapRequest {
            order_id,
            gross_amount,
            items,
            finish_url: text(&body["callbacks"]["finish"]),
            expiry,
            page_life_ms,
            enabled_payments: names(&body["enabled_payments"]),
            custom_fields: ["custom_field1", "custom_field2", "custom_field3"]
                .map(|name| text(&body[name])),
            metadata: body
                .get("metadata")
                .filter(|value| value.is_object())
                .cloned(),
        })
    }

    /// Last moment (Unix ms) for paying if the channel is chosen at `chosen_at`.
    #[must_use]
    pub fn payable_until(&self, chosen_at: i64) -> Option<i64> {
        self.expiry
            .map(|expiry| expiry.start.unwrap_or(chosen_at) + expiry.duration_ms)
    }
}

fn text(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn names(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(text)
        .collect()
}

fn order_id(body: &Value, problems: &mut Vec<String>) -> String {
    let Some(id) = text(&body["transaction_details"]["order_id"]) else {
        problems.push("transaction_details.order_id is required".to_owned());
        return String::new();
    };
    if id.chars().count() > 50 {
        problems.push("transaction_details.order_id is too long (maximum is 50)".to_owned());
    }
    if !id
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_~.".contains(c))
    {
        problems.push(
            "transaction_details.order_id format is invalid, allowed symbols are dash(-), \
             underscore(_), tilde (~), and dot (.)"
                .to_owned(),
        );
    }
    id
}

fn gross_amount(body: &Value, problems: &mut Vec<String>) -> i64 {
    let value = &body["transaction_details"]["gross_amount"];
    match value.as_i64() {
        Some(amount) if amount >= 1 => return amount,
        Some(_) => problems.push("transaction_details.gross_amount must be at least 1".to_owned()),
        None if value.is_null() => {
            problems.push("transaction_details.gross_amount is required".to_owned());
        }
        None => problems.push("transaction_details.gross_amount must be an integer".to_owned()),
    }
    0
}

fn items(body: &Value, problems: &mut Vec<String>) -> Vec<(String, i64, i64)> {
    let list = body["item_details"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    list.iter()
        .enumerate()
        .map(|(index, item)| one_item(index, item, problems))
        .collect()
}

fn one_item(index: usize, item: &Value, problems: &mut Vec<String>) -> (String, i64, i64) {
    let name = text(&item["name"]).unwrap_or_default();
    if name.is_empty() {
        problems.push(format!("item_details[{index}].name is required"));
    }
    for field in ["id", "name", "brand", "category", "merchant_name", "url"] {
        if item[field]
            .as_str()
            .is_some_and(|value| value.chars().count() > 50)
        {
            problems.push(format!(
                "item_details[{index}].{field} is too long (maximum is 50)"
            ));
        }
    }
    let price = item["price"].as_i64().unwrap_or_else(|| {
        problems.push(format!("item_details[{index}].price must be an integer"));
        0
    });
    let quantity = item["quantity"]
        .as_i64()
        .filter(|count| *count >= 1)
        .unwrap_or_else(|| {
            problems.push(format!("item_details[{index}].quantity must be at least 1"));
            0
        });
    (name, price, quantity)
}

fn check_sum(items: &[(String, i64, i64)], gross_amount: i64, problems: &mut Vec<String>) {
    let sum = items.iter().try_fold(0_i64, |sum, (_, price, quantity)| {
        sum.checked_add(price.checked_mul(*quantity)?)
    });
    if !items.is_empty() && sum != Some(gross_amount) {
        problems.push(
            "transaction_details.gross_amount is not equal to the sum of item_details".to_owned(),
        );
    }
}

fn duration(value: &Value, field: &str, problems: &mut Vec<String>) -> Option<i64> {
    if value.is_null() {
        return None;
    }
    let unit = match value["unit"]
        .as_str()
        .map(|unit| unit.trim_end_matches('s'))
    {
        Some("minute") => MINUTE_MS,
        Some("hour") => 60 * MINUTE_MS,
        Some("day") => DAY_MS,
        _ => 0,
    };
    let length = value["duration"]
        .as_i64()
        .filter(|n| (1..=100_000).contains(n))
        .unwrap_or(0);
    if unit * length == 0 {
        problems.push(format!("{field} is invalid"));
        return None;
    }
    Some(unit * length)
}

fn expiry(body: &Value, problems: &mut Vec<String>) -> Option<Expiry> {
    let value = &body["expiry"];
    let duration_ms = duration(value, "expiry", problems)?;
    let Some(start) = value["start_time"].as_str() else {
        return Some(Expiry {
            start: None,
            duration_ms,
        });
    };
    let start = wib::parse_start_time(start);
    if start.is_none() {
        problems.push("expiry.start_time format is invalid".to_owned());
    }
    Some(Expiry { start, duration_ms })
}

fn page_life(body: &Value, problems: &mut Vec<String>) -> i64 {
    let life = duration(&body["page_expiry"], "page_expiry", problems).unwrap_or(DAY_MS);
    if !(5 * MINUTE_MS..=7 * DAY_MS).contains(&life) {
        problems.push("page_expiry must be between 5 minutes and 7 days".to_owned());
    }
    life
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(body: &Value) -> String {
        SnapRequest::parse(body)
            .map_or_else(|refusal| refusal.messages.join("|"), |_| String::new())
    }

    #[test]
    fn broken_rules_are_named() {
        let details = |id: &str, amount: Value| json!({"transaction_details": {"order_id": id, "gross_amount": amount}});
        let mut wrong_sum = details("A-1", json!(1000));
        wrong_sum["item_details"] = json!([{"name": "Seat", "price": 400, "quantity": 2}]);
        let mut short_page = details("A-1", json!(1000));
        short_page["page_expiry"] = json!({"duration": 4, "unit": "minutes"});
        let cases = [
            (json!({}), "order_id is required"),
            (details(&"x".repeat(51), json!(1000)), "too long"),
            (details("A 1", json!(1000)), "format is invalid"),
            (details("A-1", json!("1000")), "must be an integer"),
            (details("A-1", json!(1000.5)), "must be an integer"),
            (details("A-1", json!(0)), "at least 1"),
            (wrong_sum, "not equal to the sum"),
            (short_page, "between 5 minutes and 7 days"),
        ];
        for (body, want) in cases {
            assert!(
                problems(&body).contains(want),
                "{body} gave {}",
                problems(&body)
            );
        }
    }

    #[test]
    fn discount_lines_and_ends_are_read() {
        let body = json!({
            "transaction_details": {"order_id": "A~1._-", "gross_amount": 750},
            "item_details": [
                {"name": "Seat", "price": 400, "quantity": 2},
                {"name": "Promo", "price": -50, "quantity": 1},
            ],
            "expiry": {"start_time": "2025-12-01 07:00:00 +0700", "duration": 15, "unit": "minutes"},
        });
        let request = SnapRequest::parse(&body).expect("valid request");
        assert_eq!(request.items.len(), 2);
        assert_eq!(
            request.payable_until(0),
            Some(1_764_547_200_000 + 15 * MINUTE_MS)
        );
        assert_eq!(request.page_life_ms, DAY_MS);
    }
}
