//! The wish for what prices are made of: fees, taxes, group discounts, promo codes, quotas of several types.
//!
//! Types are meant by name, since the wish for a new event knows no ids. The same wishes, one at a time, come from
//! the panel for an event that exists. Called by [`super::new_event`] and by `app::promos`.

use sync_protocol::time::Timestamp;

use super::{
    charge::{Charge, Cut},
    new_event::{NewEventError, NewType, demand, unique},
    promo,
};

/// Most fees and taxes of one event.
const CHARGES: usize = 20;

/// What an event's prices are made of.
#[derive(Clone, Debug, Default)]
pub struct NewPrices {
    /// Fees and taxes, in the order of application.
    pub charges: Vec<Charge>,
    /// Discounts for many of a type.
    pub group_discounts: Vec<NewGroupDiscount>,
    /// Capacities of several types.
    pub shared_quotas: Vec<NewSharedQuota>,
    /// Promo codes.
    pub promos: Vec<NewPromo>,
}

/// A discount for many of a type.
#[derive(Clone, Debug)]
pub struct NewGroupDiscount {
    /// What people call it.
    pub name: String,
    /// The type's name; `None` = any one type.
    pub ticket_type: Option<String>,
    /// From how many on.
    pub min_quantity: u32,
    /// How much; a fixed one is off each ticket.
    pub cut: Cut,
}

/// A capacity of several types.
#[derive(Clone, Debug)]
pub struct NewSharedQuota {
    /// What people call it.
    pub name: String,
    /// How much there is.
    pub quota: i64,
}

/// A promo code.
#[derive(Clone, Debug)]
pub struct NewPromo {
    /// As people type it; kept in normal form.
    pub code: String,
    /// The name of the one type it is for; `None` = all.
    pub ticket_type: Option<String>,
    /// How much; a fixed one is off the order once.
    pub cut: Cut,
    /// First moment of its use.
    pub valid_from: Timestamp,
    /// First moment at which it is no longer good.
    pub valid_until: Timestamp,
    /// How many orders may use it.
    pub quota: i64,
    /// How many orders of one buyer may use it.
    pub per_buyer: i64,
    /// Least sum of the lines it is for, before discounts.
    pub min_spend_minor: i64,
    /// Goes with other codes that do.
    pub is_stackable: bool,
}

impl NewPrices {
    /// Finds the first thing that is wrong, given the event's types.
    ///
    /// # Errors
    /// [`NewEventError`] names it.
    pub fn check(&self, types: &[NewType]) -> Result<(), NewEventError> {
        check_charges(&self.charges)?;
        unique("shared_quotas", self.shared_quotas.iter().map(|q| &q.name))?;
        for quota in &self.shared_quotas {
            demand(quota.quota >= 0, &quota.name, "its quota is negative")?;
        }
        let is_type = |name: &str| types.iter().filter(|kind| kind.name == name).count() == 1;
        for group in &self.group_discounts {
            group.check(is_type)?;
        }
        for promo in &self.promos {
            promo.check(is_type)?;
        }
        let mut codes: Vec<_> = self.promos.iter().map(|p| promo::normal(&p.code)).collect();
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        demand(codes.len() == all, "promos", "two have the same code")?;
        types.iter().try_for_each(|kind| self.check_type(kind))
    }

    fn check_type(&self, kind: &NewType) -> Result<(), NewEventError> {
        let field = format!("type {}", kind.name);
        let is_known = |name: &String| self.shared_quotas.iter().any(|q| q.name == *name);
        demand(
            kind.shared_quota.as_ref().is_none_or(is_known),
            &field,
            "names a shared quota that the event does not have",
        )?;
        let code = kind.access_code.as_deref().map(promo::normal);
        demand(
            code.is_none_or(|code| promo::is_code(&code)),
            &field,
            "its access code must be 3 to 40 of A-Z, 0-9, - and _",
        )
    }
}

/// Finds the first thing that is wrong with a list of fees and taxes.
///
/// # Errors
/// [`NewEventError`] names it.
pub fn check_charges(charges: &[Charge]) -> Result<(), NewEventError> {
    demand(charges.len() <= CHARGES, "charges", "there are too many")?;
    for charge in charges {
        let field = format!("charge {}", charge.name);
        name(&field, &charge.name)?;
        charge
            .rate
            .problem()
            .map_or(Ok(()), |problem| demand(false, &field, problem))?;
    }
    Ok(())
}

impl NewGroupDiscount {
    /// Finds the first thing that is wrong.
    ///
    /// # Errors
    /// [`NewEventError`] names it.
    pub fn check(&self, is_type: impl Fn(&str) -> bool) -> Result<(), NewEventError> {
        let field = format!("group discount {}", self.name);
        name(&field, &self.name)?;
        demand(
            self.min_quantity >= 2,
            &field,
            "needs min_quantity of at least 2",
        )?;
        meant(&field, self.ticket_type.as_deref(), is_type)?;
        cut(&field, self.cut)
    }
}

impl NewPromo {
    /// Finds the first thing that is wrong.
    ///
    /// # Errors
    /// [`NewEventError`] names it.
    pub fn check(&self, is_type: impl Fn(&str) -> bool) -> Result<(), NewEventError> {
        let field = format!("promo {}", self.code);
        demand(
            promo::is_code(&promo::normal(&self.code)),
            &field,
            "a code must be 3 to 40 of A-Z, 0-9, - and _",
        )?;
        demand(
            self.valid_until > self.valid_from,
            &field,
            "must end after it begins",
        )?;
        demand(self.quota >= 1, &field, "its quota must be at least 1")?;
        demand(self.per_buyer >= 1, &field, "per_buyer must be at least 1")?;
        demand(
            self.min_spend_minor >= 0,
            &field,
            "its minimum spend is negative",
        )?;
        meant(&field, self.ticket_type.as_deref(), is_type)?;
        cut(&field, self.cut)
    }
}

fn name(field: &str, name: &str) -> Result<(), NewEventError> {
    let fits = !name.trim().is_empty() && name.chars().count() <= 100;
    demand(fits, field, "needs a name of 1 to 100 characters")
}

fn meant(
    field: &str,
    ticket_type: Option<&str>,
    is_type: impl Fn(&str) -> bool,
) -> Result<(), NewEventError> {
    demand(
        ticket_type.is_none_or(is_type),
        field,
        "must name one type that the event has once",
    )
}

fn cut(field: &str, cut: Cut) -> Result<(), NewEventError> {
    cut.problem()
        .map_or(Ok(()), |problem| demand(false, field, problem))
}
