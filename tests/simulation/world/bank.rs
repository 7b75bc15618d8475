//! The bank, and people at the provider's own pages: transfers that are taken back, card payments that are disputed until
//! somebody won, money that nobody at central gave back. Their choices come from a stream of their own.

use central::app::{disputes::DisputeError, trail::Actor};

use super::{World, broken::Held, chance::Chance, till::UNNAMED};

/// What a bank or a person at the provider does, now and then.
pub struct Bank {
    chance: Chance,
    deeds: u32,
}

impl Bank {
    /// The bank of a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            chance: Chance::new(seed, 5),
            deeds: 0,
        }
    }
}

impl World {
    /// Now and then a bank does something.
    pub async fn bank(&mut self) -> Held {
        if self.market.orders.is_empty() || !self.bank.chance.percent(7) {
            return Ok(());
        }
        let order = self.bank.chance.pick(&self.market.orders).number.clone();
        let payments = self.hall.till.payments(&order);
        let said = match self.bank.chance.below(8) {
            0 | 1 => self.take_back(&order, &payments).await,
            2 | 3 => self.dispute(&order).await,
            4 | 5 => self.end_disputes(false).await,
            _ => self.give_back(&order, &payments).await,
        };
        let Some(said) = said else { return Ok(()) };
        self.trace.say(said);
        for _ in 0..*self.bank.chance.pick(&[0, 1, 1, 2]) {
            self.market.tell_payments(&self.hall, &order).await;
        }
        self.after_sales().await
    }

    /// A bank takes a transfer back, unless somebody has given it back already.
    async fn take_back(&self, order: &str, payments: &[String]) -> Option<String> {
        let refunds = self.hall.central.app.refunds_of(order).await;
        let is_made = |refund: &central::domain::refund::Refund| refund.done_at.is_some();
        if payments.is_empty() || refunds.expect("placed").iter().any(is_made) {
            return None;
        }
        let payment = self.bank.chance.pick(payments);
        let taken = self.hall.till.reverse(payment);
        taken.then(|| format!("the bank takes {payment} back"))
    }

    /// A buyer disputes the payment that the tickets stand for.
    async fn dispute(&self, order: &str) -> Option<String> {
        let (_, paid) = self.market.stand(&self.hall, order).await;
        let held = paid && self.hall.till.dispute(order);
        held.then(|| format!("{order} is disputed"))
    }

    /// A person tells central who won. What central has not heard of yet is told later; where it has heard of all, and
    /// takes a dispute for no more than a reason to look, the bank lets it be and the money stays.
    pub async fn end_disputes(&self, is_all_told: bool) -> Option<String> {
        let mut said = Vec::new();
        for payment in self.hall.till.disputed() {
            let (won, still) = (self.bank.chance.percent(50), self.bank.chance.percent(50));
            let by = Actor::Staff("the desk".to_owned());
            let app = &self.hall.central.app;
            match app.end_dispute(&payment, won, &by).await {
                Ok(()) => {
                    self.hall.till.end_dispute(&payment, won, still);
                    said.push(format!("the dispute of {payment} is over, won: {won}"));
                }
                Err(DisputeError::NotDisputed) if is_all_told => {
                    self.hall.till.end_dispute(&payment, true, false);
                    said.push(format!("the bank lets the dispute of {payment} be"));
                }
                Err(DisputeError::NotDisputed) => {}
                // A central that was restored may not know the order any more.
                Err(DisputeError::Refund(error)) if error.code() == "unknown_order" => {}
                Err(error) => panic!("a dispute does not end: {error}"),
            }
        }
        (!said.is_empty()).then(|| said.join(", "))
    }

    /// Somebody gives money back on the provider's own pages, unless somebody gave some by hand: nobody could tell those
    /// two apart.
    async fn give_back(&mut self, order: &str, payments: &[String]) -> Option<String> {
        let refunds = self.hall.central.app.refunds_of(order).await;
        let mut refunds = refunds.expect("placed").into_iter();
        if payments.is_empty() || refunds.any(|refund| refund.hand_reference.is_some()) {
            return None;
        }
        self.bank.deeds += 1;
        let payment = self.bank.chance.pick(payments);
        let key = match self.bank.chance.percent(50) {
            true => format!("{UNNAMED}-{}", self.bank.deeds),
            false => format!("page-{}", self.bank.deeds),
        };
        let wish = match self.bank.chance.percent(40) {
            true => i64::MAX,
            false => self.bank.chance.between(1, 300_000),
        };
        let given = self.hall.till.give_back(payment, wish, &key);
        (given > 0).then(|| format!("{given} of {payment} go back at the till ({key})"))
    }
}
