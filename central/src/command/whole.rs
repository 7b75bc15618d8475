//! Amounts as people type them, in whole units of an event's currency.

use anyhow::Context as _;

use crate::domain::{event::EventSetup, money::Currency};

/// Makes minor units of whole ones.
pub(super) struct Whole(Currency);

impl Whole {
    pub(super) const fn of(setup: &EventSetup) -> Self {
        Self(setup.event.currency)
    }

    pub(super) fn minor(&self, units: i64) -> anyhow::Result<i64> {
        let unit = 10i64.pow(self.0.exponent());
        units.checked_mul(unit).context("the amount is too large")
    }
}
