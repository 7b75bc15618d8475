//! The cart: what a buyer asks for, checked against what is on sale, priced.
//!
//! Invariants: prices come from the offer and never from the request; each type appears once; the number of
//! attendees equals the number of tickets; the total is [`super::price`]'s. Errors name the field they are of.
//! Whether capacity is left, or a promo code has a use left, is not asked here: only the conditional claim in the
//! store can tell. A live cart ([`quote`]) and an order ([`check`]) are checked and priced by the same rules.

use std::collections::BTreeSet;

use serde::Serialize;
use sync_protocol::time::Timestamp;

use super::{
    buyer::{self, Buyer, BuyerForm},
    event::TicketType,
    field::{FieldError, FieldErrors},
    id::TicketTypeId,
    money::{Currency, Money, MoneyError},
    offer::Offer,
    price::{self, Price, Wanted},
    promo::{self, Promo},
};

/// Most lines of one order.
pub const LINES: usize = 20;
/// Most tickets of one order, whatever the types allow.
pub const TICKETS: u32 = 100;

/// What an order asks for, as it came.
#[derive(Clone, Default, Serialize)]
pub struct OrderForm {
    /// Who buys.
    pub buyer: BuyerForm,
    /// What.
    pub items: Vec<ItemForm>,
    /// Promo codes, and access codes of hidden types.
    pub promo_codes: Vec<String>,
}

/// What a live cart asks for, as it came.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QuoteForm {
    /// What.
    pub items: Vec<ItemForm>,
    /// Promo codes, and access codes of hidden types.
    pub promo_codes: Vec<String>,
}

/// One line, as it came.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ItemForm {
    /// The type's id as text.
    pub ticket_type_id: String,
    /// How many.
    pub quantity: i64,
    /// Whose names go on the tickets; empty: the buyer's on all.
    pub attendees: Vec<String>,
}

/// One priced line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The type.
    pub ticket_type: TicketTypeId,
    /// Its version, which the price is of.
    pub type_version: i64,
    /// What people call it.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// Price of one.
    pub unit_price: Money,
    /// Price of all.
    pub amount: Money,
    /// One name per ticket.
    pub attendees: Vec<String>,
}

/// A request that can be sold if capacity is left.
#[derive(Clone)]
pub struct Cart {
    /// Who buys.
    pub buyer: Buyer,
    /// What, in the order asked for.
    pub lines: Vec<Line>,
    /// The codes that are redeemed with it.
    pub promos: Vec<Promo>,
    /// What the total is made of.
    pub price: Price,
    /// What is to be paid.
    pub total: Money,
}

/// A live cart, priced.
#[derive(Clone, Debug)]
pub struct Quote {
    /// What, in the order asked for.
    pub lines: Vec<Line>,
    /// The codes that count.
    pub promos: Vec<Promo>,
    /// What the total is made of.
    pub price: Price,
    /// What is to be paid.
    pub total: Money,
}

/// Checks a request against what its event offers; `known` are the promo codes among those it names.
///
/// # Errors
/// Every field that is wrong.
pub fn check(
    form: &OrderForm,
    offer: &Offer,
    known: &[Promo],
    now: Timestamp,
) -> Result<Cart, Vec<FieldError>> {
    let mut errors = FieldErrors::default();
    let buyer = buyer::check(&form.buyer, &mut errors);
    let wish = Wish {
        items: &form.items,
        codes: &form.promo_codes,
        own_name: &form.buyer.full_name,
    };
    let quote = wish.check(offer, known, now, &mut errors);
    match (buyer, quote) {
        (Some(buyer), Some(quote)) if errors.0.is_empty() => Ok(Cart {
            buyer,
            lines: quote.lines,
            promos: quote.promos,
            price: quote.price,
            total: quote.total,
        }),
        _ => Err(errors.0),
    }
}

/// Checks and prices a live cart, whose buyer is not asked yet.
///
/// # Errors
/// Every field that is wrong.
pub fn quote(
    form: &QuoteForm,
    offer: &Offer,
    known: &[Promo],
    now: Timestamp,
) -> Result<Quote, Vec<FieldError>> {
    let mut errors = FieldErrors::default();
    let wish = Wish {
        items: &form.items,
        codes: &form.promo_codes,
        own_name: "",
    };
    let quote = wish.check(offer, known, now, &mut errors);
    quote.filter(|_| errors.0.is_empty()).ok_or(errors.0)
}

/// What is asked for, whoever asks.
struct Wish<'a> {
    items: &'a [ItemForm],
    codes: &'a [String],
    own_name: &'a str,
}

impl Wish<'_> {
    fn check(
        &self,
        offer: &Offer,
        known: &[Promo],
        now: Timestamp,
        errors: &mut FieldErrors,
    ) -> Option<Quote> {
        let checked = self.items.iter().enumerate().map(|(at, item)| {
            let asked = Asked {
                at,
                item,
                wish: self,
                offer,
                known,
            };
            errors.take(asked.check(now))
        });
        let lines: Vec<Line> = checked.collect::<Vec<_>>().into_iter().flatten().collect();
        errors.take(check_whole(self.items, &lines))?;
        if lines.len() < self.items.len() {
            // What a code is good for depends on all lines.
            return None;
        }
        let spent: Vec<_> = lines
            .iter()
            .map(|line| (line.ticket_type, line.amount.minor))
            .collect();
        let opens = |code: &str| offer.is_access_code(code);
        let promos = match promo::pick(self.codes, known, opens, &spent, now) {
            Ok(promos) => promos,
            Err(refused) => {
                errors.0.extend(refused);
                return None;
            }
        };
        let wanted: Vec<Wanted> = lines.iter().map(Line::wanted).collect();
        let priced = price::price(&wanted, &promos, &offer.group_discounts, &offer.charges);
        let price = errors.take(priced.map_err(too_dear))?;
        Some(Quote {
            total: Money::new(price.total_minor, offer.setup.event.currency),
            lines,
            promos,
            price,
        })
    }
}

impl Line {
    const fn wanted(&self) -> Wanted {
        Wanted {
            ticket_type: self.ticket_type,
            quantity: self.quantity,
            unit_minor: self.unit_price.minor,
        }
    }
}

fn too_dear(error: MoneyError) -> FieldError {
    FieldError::new("items", error.code(), "Choose fewer tickets.")
}

fn check_whole(items: &[ItemForm], lines: &[Line]) -> Result<(), FieldError> {
    let refuse = |code, message: &str| Err(FieldError::new("items", code, message));
    if items.is_empty() {
        return refuse("items_empty", "Choose at least one ticket.");
    }
    let types: BTreeSet<_> = lines.iter().map(|line| line.ticket_type).collect();
    if types.len() < lines.len() {
        return refuse("items_repeated", "Name each ticket type once.");
    }
    let tickets = lines
        .iter()
        .fold(0_u32, |sum, line| sum.saturating_add(line.quantity));
    if items.len() > LINES || tickets > TICKETS {
        return refuse(
            "items_too_many",
            "Choose at most 100 tickets of at most 20 types.",
        );
    }
    Ok(())
}

struct Asked<'a> {
    at: usize,
    item: &'a ItemForm,
    wish: &'a Wish<'a>,
    offer: &'a Offer,
    known: &'a [Promo],
}

impl Asked<'_> {
    fn check(&self, now: Timestamp) -> Result<Line, FieldError> {
        let ticket_type = self.ticket_type(now)?;
        let quantity = self.quantity(ticket_type)?;
        let currency: Currency = self.offer.setup.event.currency;
        let unit_price = Money::new(ticket_type.price_minor, currency);
        let amount = unit_price.times(quantity).map_err(too_dear)?;
        Ok(Line {
            ticket_type: ticket_type.id,
            type_version: ticket_type.version,
            name: ticket_type.name.clone(),
            quantity,
            unit_price,
            amount,
            attendees: self.attendees(quantity)?,
        })
    }

    fn ticket_type(&self, now: Timestamp) -> Result<&TicketType, FieldError> {
        let id = self.item.ticket_type_id.parse::<TicketTypeId>().ok();
        let is_open =
            |kind: &TicketType| self.offer.is_open(kind, self.wish.codes, self.known, now);
        let mut types = self.offer.setup.types.iter();
        let found = types.find(|kind| Some(kind.id) == id && is_open(kind));
        let refuse = |code, message: &str| self.error("ticket_type_id", code, message);
        let ticket_type = found
            .ok_or_else(|| refuse("ticket_type_unknown", "Choose a ticket type of this event."))?;
        if now < ticket_type.sale_from {
            return Err(refuse(
                "sale_not_begun",
                "The sale of this ticket type has not begun.",
            ));
        }
        if now >= ticket_type.sale_until {
            return Err(refuse(
                "sale_ended",
                "The sale of this ticket type has ended.",
            ));
        }
        Ok(ticket_type)
    }

    fn quantity(&self, ticket_type: &TicketType) -> Result<u32, FieldError> {
        let (least, most) = (ticket_type.min_per_order, ticket_type.max_per_order);
        Some(self.item.quantity)
            .filter(|n| *n > 0 && (least..=most).contains(n))
            .and_then(|n| u32::try_from(n).ok())
            .ok_or_else(|| {
                let sentence =
                    format!("Choose {least} to {most} tickets of this type in one order.");
                self.error("quantity", "quantity_out_of_range", &sentence)
            })
    }

    fn attendees(&self, quantity: u32) -> Result<Vec<String>, FieldError> {
        let names = &self.item.attendees;
        if names.is_empty() {
            // Of a wrong name the buyer's own field tells.
            let own = buyer::name("buyer.full_name", self.wish.own_name).unwrap_or_default();
            return Ok(vec![own; quantity as usize]);
        }
        if names.len() != quantity as usize {
            return Err(self.error(
                "attendees",
                "attendees_count",
                "Give one name per ticket, or none to use the buyer's.",
            ));
        }
        let field = |n| format!("items[{}].attendees[{n}]", self.at);
        let named = names.iter().enumerate();
        named
            .map(|(n, typed)| buyer::name(&field(n), typed))
            .collect()
    }

    fn error(&self, field: &str, code: &'static str, message: &str) -> FieldError {
        FieldError::new(&format!("items[{}].{field}", self.at), code, message)
    }
}

#[cfg(test)]
#[path = "cart_tests.rs"]
mod tests;
