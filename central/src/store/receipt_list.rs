//! Receipts and credit notes of an event, one numbering at a time, by when they were issued, a page at a time.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    dialect::{self, by_index},
    listed::{Question, Turn, Value},
    order_start,
};
use crate::domain::{
    money::{Currency, Money},
    receipt::ReceiptKind,
    receipt_search::{ReceiptFilter, ReceiptPlace},
};

/// A receipt in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRow {
    /// The order of a sale, the refund of a credit note.
    pub subject: Uuid,
    /// Which numbering.
    pub kind: ReceiptKind,
    /// Its number.
    pub number: i64,
    /// The same as it is printed.
    pub shown: String,
    /// The number of its order.
    pub order: String,
    /// Who bought.
    pub buyer_name: String,
    /// What was paid, or went back.
    pub amount: Money,
    /// When it was issued.
    pub issued_at: Timestamp,
}

impl ReceiptRow {
    /// Where it stands in a list.
    #[must_use]
    pub const fn place(&self) -> ReceiptPlace {
        ReceiptPlace {
            issued_at: self.issued_at,
            number: self.number,
        }
    }
}

type Row = (
    Uuid,
    String,
    i64,
    String,
    String,
    String,
    String,
    i64,
    Option<i64>,
    i64,
);

fn receipt(row: Row) -> Result<ReceiptRow, StoreError> {
    let (subject, kind, number, shown, order, buyer_name, currency, total, back, issued_at) = row;
    let currency = Currency::from_code(&currency).ok_or(StoreError::Corrupt("currency"))?;
    Ok(ReceiptRow {
        subject,
        kind: ReceiptKind::from_name(&kind).ok_or(StoreError::Corrupt("receipt kind"))?,
        number,
        shown,
        order,
        buyer_name,
        amount: Money::new(back.unwrap_or(total), currency),
        issued_at: Timestamp(issued_at),
    })
}

/// A page of one numbering after a place.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    event: EventId,
    filter: &ReceiptFilter,
    after: Option<&ReceiptPlace>,
    rows: usize,
) -> Result<Vec<ReceiptRow>, StoreError> {
    let source = source(tx, filter).await?;
    let question = question(&source, event, filter, after);
    let order = turn(filter).order();
    let rows: Vec<Row> = question.ask(tx, &order, rows).await?;
    rows.into_iter().map(receipt).collect()
}

const fn turn(filter: &ReceiptFilter) -> Turn {
    Turn {
        value: "c.issued_at",
        id: "c.number",
        rises: filter.oldest_first,
    }
}

/// The tables, the one that is walked first: an order has few receipts.
async fn source(tx: &mut Tx, filter: &ReceiptFilter) -> Result<String, StoreError> {
    let receipts = ("receipts", "c");
    let few =
        order_start::first(tx, filter.order.as_deref(), receipts, "receipts_by_order").await?;
    Ok(few.unwrap_or_else(|| {
        let index = ("receipts_by_moment", "receipts_by_moment");
        let (receipts, join) = (by_index(tx, "receipts c", index), dialect::read_first(tx));
        format!("{receipts} {join} orders o ON o.id = c.order_id")
    }))
}

fn question(
    source: &str,
    event: EventId,
    filter: &ReceiptFilter,
    after: Option<&ReceiptPlace>,
) -> Question {
    let mut question = Question::new(format!(
        "SELECT c.subject_id, c.kind, c.number, c.shown, o.number, o.buyer_name, o.currency, o.total_minor, \
         r.amount_minor, c.issued_at{source} LEFT JOIN refunds r ON r.id = c.subject_id"
    ));
    let kind = Value::Text(filter.kind.name().to_owned());
    question.and(("c.event_id = ? AND c.kind = ?", [Value::Id(event.0), kind]));
    if let Some(start) = &filter.order {
        question.and(order_start::begins(start));
    }
    question.within("c.issued_at", (filter.from, filter.until));
    let spot = |place: &ReceiptPlace| (place.issued_at.0, Value::Number(place.number));
    question.after(turn(filter), after.map(spot));
    question
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    /// How a page after a place would be found.
    async fn plan(filter: &ReceiptFilter) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("central.db").display());
        let store = Store::open(&url).await.expect("a database");
        let mut tx = store.read().await.expect("a snapshot");
        let place = ReceiptPlace {
            issued_at: Timestamp(5),
            number: 7,
        };
        let source = source(&mut tx, filter).await.expect("reads");
        let question = question(&source, EventId::from_u128(9), filter, Some(&place));
        let plan = question.plan(&mut tx, &turn(filter).order()).await;
        plan.join("; ")
    }

    fn sales(oldest_first: bool) -> ReceiptFilter {
        ReceiptFilter {
            kind: ReceiptKind::Sale,
            from: None,
            until: None,
            order: None,
            oldest_first,
        }
    }

    #[tokio::test]
    async fn lists_of_receipts_are_ranges_of_an_index() {
        for (oldest_first, than) in [(false, "<"), (true, ">")] {
            let plan = plan(&sales(oldest_first)).await;
            let range = format!(
                "SEARCH c USING INDEX receipts_by_moment (event_id=? AND kind=? AND issued_at{than}?)"
            );
            assert!(plan.starts_with(&range), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }

    #[tokio::test]
    async fn receipts_of_a_few_orders_are_found_by_their_orders_whatever_else_is_asked() {
        for day in [None, Some(Timestamp(3))] {
            let plan = plan(&ReceiptFilter {
                order: Some("GRB-7K".to_owned()),
                from: day,
                until: day,
                ..sales(false)
            })
            .await;
            let range = "SEARCH o USING INDEX sqlite_autoindex_orders_2 (number>? AND number<?); \
                SEARCH c USING INDEX receipts_by_order (order_id=?)";
            assert!(plan.starts_with(range), "{plan}");
        }
    }
}
