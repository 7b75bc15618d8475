//! Ticket types as the event's page shows them: by category and part, with where the sale of each stands.

use sync_protocol::time::Timestamp;

use super::{basket::Basket, date};
use crate::{
    app::stock::Stock,
    domain::{
        event::{Category, TicketType},
        id::CategoryId,
        money::Money,
        offer::Offer,
        promo::Promo,
    },
    http::{api::sale_status, visitor::Visitor},
};

/// So few are left that it is said.
const FEW: i64 = 10;

/// A category, or a part of one.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) types: Vec<TypeRow>,
    pub(super) parts: Vec<Group>,
}

/// A ticket type.
pub(super) struct TypeRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) price: String,
    /// The days it is good for, unless that is all.
    pub(super) days: Option<String>,
    pub(super) least: i64,
    pub(super) most: i64,
    pub(super) is_on_sale: bool,
    /// Where the sale stands, in words, with a colour.
    pub(super) note: Option<(String, &'static str)>,
    /// What was chosen before.
    pub(super) chosen: String,
}

/// What the rows are made of.
pub(super) struct Shelf<'a> {
    pub(super) offer: &'a Offer,
    pub(super) stock: &'a Stock,
    pub(super) basket: &'a Basket,
    /// Promo codes among the basket's.
    pub(super) promos: &'a [Promo],
    pub(super) visitor: &'a Visitor,
    pub(super) now: Timestamp,
    /// The event is sold at all.
    pub(super) is_sold: bool,
}

impl Shelf<'_> {
    /// Every category that has something for this visitor.
    pub(super) fn groups(&self) -> Vec<Group> {
        let categories = &self.offer.categories;
        let tops = categories
            .iter()
            .filter(|category| category.parent.is_none());
        let groups = tops.map(|top| {
            let parts = categories
                .iter()
                .filter(|category| category.parent == Some(top.id));
            Group {
                parts: parts
                    .map(|part| self.group(part))
                    .filter(has_types)
                    .collect(),
                ..self.group(top)
            }
        });
        groups
            .filter(|group| has_types(group) || !group.parts.is_empty())
            .collect()
    }

    fn group(&self, category: &Category) -> Group {
        Group {
            name: category.name.clone(),
            types: self.types(category.id),
            parts: Vec::new(),
        }
    }

    fn types(&self, category: CategoryId) -> Vec<TypeRow> {
        let codes = self.basket.codes();
        let types = self.offer.setup.types_in_order().into_iter();
        let open = types
            .filter(|kind| kind.category == category)
            .filter(|kind| self.offer.is_open(kind, &codes, self.promos, self.now));
        open.map(|kind| self.row(kind)).collect()
    }

    fn row(&self, kind: &TicketType) -> TypeRow {
        let setup = &self.offer.setup;
        let left = self.stock.left(kind.id);
        let status = sale_status(kind, left, self.now);
        let days = setup
            .days
            .iter()
            .filter(|day| kind.day_mask & (1 << day.number) != 0);
        let labels: Vec<_> = days.map(|day| day.label.as_str()).collect();
        let id = kind.id.to_string();
        TypeRow {
            chosen: self.basket.chosen(&id).to_owned(),
            id,
            name: kind.name.clone(),
            description: kind.description.clone(),
            price: match kind.price_minor {
                0 => self.visitor.say("Free", "Gratis").to_owned(),
                minor => Money::new(minor, setup.event.currency).text(self.visitor.language),
            },
            days: (labels.len() < setup.days.len()).then(|| labels.join(", ")),
            least: kind.min_per_order,
            most: kind.max_per_order.min(left),
            is_on_sale: self.is_sold && status == "on_sale" && left >= kind.min_per_order,
            note: self.note(kind, status, left),
        }
    }

    fn note(&self, kind: &TicketType, status: &str, left: i64) -> Option<(String, &'static str)> {
        let zone = &self.offer.setup.event.time_zone;
        let at = |moment| date::moment(moment, zone, self.visitor.language);
        let say = |english, indonesian| self.visitor.say(english, indonesian);
        Some(match status {
            _ if !self.is_sold => return None,
            "not_begun" => (
                format!(
                    "{} {}",
                    say("On sale from", "Dijual mulai"),
                    at(kind.sale_from)
                ),
                "info",
            ),
            "ended" => (
                say("Sale ended", "Penjualan berakhir").to_owned(),
                "secondary",
            ),
            "sold_out" => (say("Sold out", "Habis terjual").to_owned(), "dark"),
            _ if left <= FEW => (format!("{} {left}", say("Last", "Sisa")), "warning"),
            _ => return None,
        })
    }
}

fn has_types(group: &Group) -> bool {
    !group.types.is_empty()
}
