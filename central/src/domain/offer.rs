//! The offer: an event with all that its prices are made of, as of one revision of its catalogue.
//!
//! Loaded once per revision and kept in memory (`app::offers`), so nothing in it is current that changes with every
//! sale: what is left is asked of the store. Hidden types are sold to who names their access code or a promo code
//! of their own; `typed` codes are in any spelling.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    charge::{Charge, GroupDiscount},
    event::{Category, EventSetup, TicketType, Visibility},
    id::SharedQuotaId,
    new_event::{NewEventError, demand},
    promo::{self, Promo},
};

/// A capacity that several types draw on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedQuota {
    /// Its id.
    pub id: SharedQuotaId,
    /// The event.
    pub event: EventId,
    /// What people call it.
    pub name: String,
    /// How much there is.
    pub quota: i64,
    /// How much of it is held or sold.
    pub taken: i64,
}

/// An event with what its prices are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Of the catalogue.
    pub revision: i64,
    /// The event, its days and types.
    pub setup: EventSetup,
    /// Its categories, in their order; subcategories name their parent.
    pub categories: Vec<Category>,
    /// Fees and taxes, in the order of application.
    pub charges: Vec<Charge>,
    /// Discounts for many of a type.
    pub group_discounts: Vec<GroupDiscount>,
    /// Capacities of several types.
    pub shared_quotas: Vec<SharedQuota>,
}

impl Offer {
    /// Whether a buyer who typed these codes may see and buy a type.
    #[must_use]
    pub fn is_open(
        &self,
        kind: &TicketType,
        typed: &[String],
        promos: &[Promo],
        now: Timestamp,
    ) -> bool {
        let is_typed = |code: &str| typed.iter().any(|typed| promo::normal(typed) == code);
        kind.visibility == Visibility::Public
            || kind.access_code.as_deref().is_some_and(is_typed)
            || promos.iter().any(|promo| {
                promo.ticket_type == Some(kind.id) && promo.is_open(now) && is_typed(&promo.code)
            })
    }

    /// Whether this code, in normal form, opens a hidden type.
    #[must_use]
    pub fn is_access_code(&self, code: &str) -> bool {
        let mut types = self.setup.types.iter();
        types.any(|kind| kind.access_code.as_deref() == Some(code))
    }
}

/// Finds the first thing that is wrong with a type as it is to be offered.
///
/// # Errors
/// [`NewEventError`] names it.
pub fn check_type(kind: &TicketType) -> Result<(), NewEventError> {
    let field = format!("type {}", kind.name);
    let length = kind.name.trim().chars().count();
    let demand = |good, problem| demand(good, &field, problem);
    demand(
        (1..=100).contains(&length),
        "needs a name of 1 to 100 characters",
    )?;
    demand(
        kind.description.chars().count() <= 500,
        "its description is too long",
    )?;
    demand(kind.price_minor >= 0, "its price is negative")?;
    demand(kind.quota >= 0, "its quota is negative")?;
    demand(
        kind.sale_until > kind.sale_from,
        "its sale must end after it begins",
    )?;
    demand(
        0 < kind.min_per_order && kind.min_per_order <= kind.max_per_order,
        "needs 0 < min_per_order <= max_per_order",
    )?;
    demand(
        kind.access_code.as_deref().is_none_or(promo::is_code),
        "its access code must be 3 to 40 of A-Z, 0-9, - and _",
    )
}
