//! Orders as the API takes and shows them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    event_body::{EventSummary, moment},
    quote_body::AdjustmentBody,
};
use crate::{
    app::orders::{OrderView, Placed},
    domain::{
        buyer::BuyerForm,
        cart::{ItemForm, OrderForm},
        email::Email,
        order::{OrderItem, OrderStatus},
        phone::Phone,
        ticket::SoldTicket,
    },
};

/// A purchase.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// The event's slug.
    pub event: String,
    pub buyer: BuyerRequest,
    /// Of mail and documents: `id` (default) or `en`.
    #[serde(default)]
    pub language: String,
    pub items: Vec<ItemRequest>,
    /// Promo codes, and access codes of hidden ticket types.
    #[serde(default)]
    pub promo_codes: Vec<String>,
}

/// Who buys.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BuyerRequest {
    /// As on the identity card.
    pub full_name: String,
    /// `ktp`, `sim`, `student_card` or `passport`.
    pub identity_type: String,
    pub identity_number: String,
    /// Where the tickets are sent.
    pub email: String,
    /// With country code, or Indonesian.
    pub whatsapp_number: String,
}

/// One line of a purchase.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemRequest {
    pub ticket_type_id: String,
    pub quantity: i64,
    /// One name per ticket; none to use the buyer's.
    #[serde(default)]
    pub attendees: Vec<String>,
}

/// An order just placed, or placed before with the same key.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderPlaced {
    pub number: String,
    /// Secret of the buyer's link: whoever has it sees the order and its tickets.
    pub access: String,
    pub status: &'static str,
    pub total_minor: i64,
    pub currency: &'static str,
    /// Pay before this moment.
    pub hold_until: String,
    /// Where to pay. Absent when nothing is to be paid, or the payment must be started (again).
    pub pay_url: Option<String>,
}

/// An order as its buyer sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderBody {
    pub number: String,
    pub status: &'static str,
    pub event: EventSummary,
    /// Masked.
    pub email: String,
    /// Masked.
    pub whatsapp_number: String,
    pub total_minor: i64,
    pub currency: &'static str,
    pub hold_until: String,
    pub paid_at: Option<String>,
    /// Where to pay, while that is possible.
    pub pay_url: Option<String>,
    pub items: Vec<ItemBody>,
    /// What stands between the sum of the lines and the total.
    pub adjustments: Vec<AdjustmentBody>,
    /// Once paid.
    pub tickets: Vec<TicketBody>,
}

/// One line of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemBody {
    pub ticket_type_id: Uuid,
    pub name: String,
    pub quantity: u32,
    pub unit_price_minor: i64,
    pub amount_minor: i64,
}

/// One ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketBody {
    /// As printed under the QR.
    pub number: String,
    pub ticket_type: String,
    /// `valid`, `unpaid`, `revoked`, `refunded` or `transferred`.
    pub status: &'static str,
}

impl OrderRequest {
    /// The form, unchecked, and the event's slug.
    pub fn into_form(self) -> (String, OrderForm) {
        let buyer = BuyerForm {
            full_name: self.buyer.full_name,
            identity_type: self.buyer.identity_type,
            identity_number: self.buyer.identity_number,
            email: self.buyer.email,
            whatsapp_number: self.buyer.whatsapp_number,
            language: self.language,
        };
        let items = self.items.into_iter().map(|item| ItemForm {
            ticket_type_id: item.ticket_type_id,
            quantity: item.quantity,
            attendees: item.attendees,
        });
        let form = OrderForm {
            buyer,
            items: items.collect(),
            promo_codes: self.promo_codes,
        };
        (self.event, form)
    }
}

impl From<Placed> for OrderPlaced {
    fn from(placed: Placed) -> Self {
        let order = placed.order;
        Self {
            number: order.number,
            access: placed.access,
            status: order.status.name(),
            total_minor: order.total.minor,
            currency: order.total.currency.code(),
            hold_until: moment(order.hold_until),
            pay_url: placed.pay_url,
        }
    }
}

impl From<&OrderView> for OrderBody {
    fn from(view: &OrderView) -> Self {
        let order = &view.order;
        let is_open = order.status == OrderStatus::Pending;
        let payment = view.payment.as_ref().filter(|_| is_open);
        Self {
            number: order.number.clone(),
            status: order.status.name(),
            event: EventSummary::from(&view.setup.event),
            email: Email::parse(&order.email).map_or_else(|_| "***".into(), |e| e.masked()),
            whatsapp_number: Phone::parse(&order.phone)
                .map_or_else(|_| "***".into(), |p| p.masked()),
            total_minor: order.total.minor,
            currency: order.total.currency.code(),
            hold_until: moment(order.hold_until),
            paid_at: order.paid_at.map(moment),
            pay_url: payment.and_then(|p| p.redirect_url.clone()),
            items: items(view),
            adjustments: view.adjustments.iter().map(AdjustmentBody::from).collect(),
            tickets: tickets(view),
        }
    }
}

fn items(view: &OrderView) -> Vec<ItemBody> {
    let item = |item: &OrderItem| ItemBody {
        ticket_type_id: item.ticket_type.0,
        name: view.sold_name(item).to_owned(),
        quantity: item.quantity,
        unit_price_minor: item.unit_price.minor,
        amount_minor: item.amount_minor(),
    };
    view.items.iter().map(item).collect()
}

fn tickets(view: &OrderView) -> Vec<TicketBody> {
    let ticket = |ticket: &SoldTicket| TicketBody {
        number: ticket.gate.number.to_string(),
        ticket_type: view.ticket_name(ticket).to_owned(),
        status: ticket.gate.status.name(),
    };
    view.tickets.iter().map(ticket).collect()
}
