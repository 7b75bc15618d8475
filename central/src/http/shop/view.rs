//! Ticket types as pages show them.

use sync_protocol::time::Timestamp;

use crate::{
    domain::{
        event::{EventSetup, TicketType, Visibility},
        money::Money,
    },
    http::{api::sale_status, visitor::Visitor},
};

/// A ticket type on the order form.
pub struct TypeRow {
    pub id: String,
    pub name: String,
    pub description: String,
    pub price: String,
    pub days: String,
    pub max: i64,
    pub is_on_sale: bool,
    pub status: &'static str,
    /// What was chosen before, when the form comes back.
    pub chosen: String,
}

impl TypeRow {
    /// The public types of an event, with what was chosen of each.
    pub fn all(
        setup: &EventSetup,
        now: Timestamp,
        visitor: &Visitor,
        chosen: impl Fn(&str) -> String,
    ) -> Vec<Self> {
        let public = |kind: &&TicketType| kind.visibility == Visibility::Public;
        let types = setup.types.iter().filter(public);
        types
            .map(|kind| Self::new(setup, kind, now, visitor, &chosen))
            .collect()
    }

    fn new(
        setup: &EventSetup,
        kind: &TicketType,
        now: Timestamp,
        visitor: &Visitor,
        chosen: &impl Fn(&str) -> String,
    ) -> Self {
        let id = kind.id.to_string();
        let days = setup.days.iter();
        let good = days.filter(|day| kind.day_mask & (1 << day.number) != 0);
        let labels: Vec<_> = good.map(|day| day.label.as_str()).collect();
        let status = sale_status(kind, now);
        Self {
            chosen: chosen(&id),
            id,
            name: kind.name.clone(),
            description: kind.description.clone(),
            price: Money::new(kind.price_minor, setup.event.currency).text(visitor.language),
            days: labels.join(", "),
            max: kind.max_per_order,
            is_on_sale: status == "on_sale",
            status: match status {
                "not_begun" => visitor.say("Not on sale yet", "Belum dijual"),
                "ended" => visitor.say("Sale ended", "Penjualan berakhir"),
                "sold_out" => visitor.say("Sold out", "Habis terjual"),
                _ => "",
            },
        }
    }
}
