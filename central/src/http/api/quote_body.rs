//! Prices as the API takes and shows them: of a live cart, and of an order.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::{
    cart::{ItemForm, Quote, QuoteForm},
    price::Adjustment,
};

/// A cart to be priced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    pub items: Vec<QuoteItem>,
    /// Promo codes, and access codes of hidden ticket types.
    #[serde(default)]
    pub promo_codes: Vec<String>,
}

/// One line of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteItem {
    pub ticket_type_id: String,
    pub quantity: i64,
}

/// What a cart costs now. Nothing is held.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteBody {
    pub lines: Vec<QuoteLine>,
    pub adjustments: Vec<AdjustmentBody>,
    pub subtotal_minor: i64,
    pub total_minor: i64,
    pub currency: &'static str,
}

/// One priced line.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteLine {
    pub ticket_type_id: Uuid,
    pub name: String,
    pub quantity: u32,
    pub unit_price_minor: i64,
    pub amount_minor: i64,
}

/// Something between the sum of the lines and the total.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdjustmentBody {
    /// `group_discount`, `promo`, `fee` or `tax`.
    pub kind: &'static str,
    pub name: String,
    /// How much; never negative, whichever way it counts.
    pub amount_minor: i64,
    /// Part of the price already: told, not added.
    pub included: bool,
}

impl QuoteRequest {
    /// The form, unchecked.
    pub fn into_form(self) -> QuoteForm {
        let item = |item: QuoteItem| ItemForm {
            ticket_type_id: item.ticket_type_id,
            quantity: item.quantity,
            attendees: Vec::new(),
        };
        QuoteForm {
            items: self.items.into_iter().map(item).collect(),
            promo_codes: self.promo_codes,
        }
    }
}

impl From<&Quote> for QuoteBody {
    fn from(quote: &Quote) -> Self {
        let line = |line: &crate::domain::cart::Line| QuoteLine {
            ticket_type_id: line.ticket_type.0,
            name: line.name.clone(),
            quantity: line.quantity,
            unit_price_minor: line.unit_price.minor,
            amount_minor: line.amount.minor,
        };
        Self {
            lines: quote.lines.iter().map(line).collect(),
            adjustments: quote
                .price
                .adjustments
                .iter()
                .map(AdjustmentBody::from)
                .collect(),
            subtotal_minor: quote.price.sums.subtotal_minor,
            total_minor: quote.total.minor,
            currency: quote.total.currency.code(),
        }
    }
}

impl From<&Adjustment> for AdjustmentBody {
    fn from(it: &Adjustment) -> Self {
        Self {
            kind: it.kind.name(),
            name: it.name.clone(),
            amount_minor: it.amount_minor,
            included: it.is_included,
        }
    }
}
