//! What the API takes and gives, as JSON.

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};
use sync_protocol::time::Timestamp;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::orders::{OrderView, Placed},
    domain::{
        buyer::BuyerForm,
        cart::{ItemForm, OrderForm},
        email::Email,
        event::{Day, Event, EventSetup, TicketType, Visibility},
        order::{OrderItem, OrderStatus},
        phone::Phone,
        ticket::SoldTicket,
    },
};

/// An event in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventSummary {
    /// Its name in addresses.
    pub slug: String,
    pub name: String,
    pub summary: String,
    pub venue: String,
    pub city: String,
    /// IANA name.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    pub starts_at: String,
    pub ends_at: String,
}

/// An event with all that a buyer must know.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventDetail {
    #[serde(flatten)]
    pub event: EventSummary,
    pub description: String,
    pub terms: String,
    pub address: String,
    pub days: Vec<DayBody>,
    pub ticket_types: Vec<TypeBody>,
}

/// One event day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayBody {
    pub number: u8,
    pub label: String,
    /// The calendar day at the venue.
    pub date: String,
    pub opens_at: String,
    pub closes_at: String,
}

/// One ticket type.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypeBody {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub price_minor: i64,
    pub min_per_order: i64,
    pub max_per_order: i64,
    pub sale_from: String,
    pub sale_until: String,
    /// Numbers of the days it is good for.
    pub days: Vec<u8>,
    /// `on_sale`, `not_begun`, `ended` or `sold_out`.
    pub status: &'static str,
}

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

/// RFC 3339 in UTC.
pub fn moment(at: Timestamp) -> String {
    let moment = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
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

impl From<&Event> for EventSummary {
    fn from(event: &Event) -> Self {
        Self {
            slug: event.slug.clone(),
            name: event.name.clone(),
            summary: event.summary.clone(),
            venue: event.venue.clone(),
            city: event.city.clone(),
            time_zone: event.time_zone.clone(),
            currency: event.currency.code().to_owned(),
            starts_at: moment(event.starts_at),
            ends_at: moment(event.ends_at),
        }
    }
}

impl EventDetail {
    /// What buyers are shown of an event.
    pub fn new(setup: &EventSetup, now: Timestamp) -> Self {
        let public = |kind: &&TicketType| kind.visibility == Visibility::Public;
        let types = setup.types.iter().filter(public);
        Self {
            event: EventSummary::from(&setup.event),
            description: setup.event.description.clone(),
            terms: setup.event.terms.clone(),
            address: setup.event.address.clone(),
            days: setup.days.iter().map(DayBody::from).collect(),
            ticket_types: types.map(|kind| TypeBody::new(kind, setup, now)).collect(),
        }
    }
}

impl From<&Day> for DayBody {
    fn from(day: &Day) -> Self {
        Self {
            number: day.number,
            label: day.label.clone(),
            date: day.local_date.clone(),
            opens_at: moment(day.opens_at),
            closes_at: moment(day.closes_at),
        }
    }
}

impl TypeBody {
    fn new(kind: &TicketType, setup: &EventSetup, now: Timestamp) -> Self {
        let days = setup.days.iter().map(|day| day.number);
        Self {
            id: kind.id.0,
            name: kind.name.clone(),
            description: kind.description.clone(),
            price_minor: kind.price_minor,
            min_per_order: kind.min_per_order,
            max_per_order: kind.max_per_order,
            sale_from: moment(kind.sale_from),
            sale_until: moment(kind.sale_until),
            days: days.filter(|n| kind.day_mask & (1 << n) != 0).collect(),
            status: sale_status(kind, now),
        }
    }
}

/// Where the sale of a type stands.
#[must_use]
pub fn sale_status(kind: &TicketType, now: Timestamp) -> &'static str {
    if now < kind.sale_from {
        "not_begun"
    } else if now >= kind.sale_until {
        "ended"
    } else if kind.taken >= kind.quota {
        "sold_out"
    } else {
        "on_sale"
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
            tickets: tickets(view),
        }
    }
}

fn items(view: &OrderView) -> Vec<ItemBody> {
    let item = |item: &OrderItem| ItemBody {
        ticket_type_id: item.ticket_type.0,
        name: view.type_name(item.ticket_type).to_owned(),
        quantity: item.quantity,
        unit_price_minor: item.unit_price.minor,
        amount_minor: item.amount_minor(),
    };
    view.items.iter().map(item).collect()
}

fn tickets(view: &OrderView) -> Vec<TicketBody> {
    let ticket = |ticket: &SoldTicket| TicketBody {
        number: ticket.gate.number.to_string(),
        ticket_type: view.type_name(ticket.ticket_type).to_owned(),
        status: ticket.gate.status.name(),
    };
    view.tickets.iter().map(ticket).collect()
}
