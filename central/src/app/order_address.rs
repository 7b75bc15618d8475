//! Another e-mail address for an order: for buyers who mistyped theirs, or lost it.
//!
//! Invariants: from the change on, letters go to the new address alone, and the link that the old one has opens nothing:
//! the secret in it is made anew. Answers to questions about orders (`tracking`) are limited to the address that an
//! order has, so an old code or link of theirs does not open it either, and the new address sees no other order. The old
//! address is told. Of two changes at a time the second is refused, because it was made for what was there before. The
//! tickets stay as they are: who has a printed one may come in with it. Called by the panel, which asks who may.

use serde_json::json;

use super::{
    App,
    orders::{ACCESS, OrderError},
    users::By,
};
use crate::{
    domain::{
        email::Email,
        id::OrderId,
        letter::LetterKind,
        order::{Order, OrderStatus},
        tracking::same_address,
    },
    store::{self, StoreError, Tx, tx::transact},
};

/// What somebody wants.
#[derive(Clone, Copy, Debug)]
pub struct NewAddress<'a> {
    /// The address.
    pub email: &'a Email,
    /// How often it had been changed when the form was shown.
    pub seen: i64,
    /// Whether the tickets go there now.
    pub with_tickets: bool,
}

impl App {
    /// Gives an order another address.
    ///
    /// # Errors
    /// [`OrderError::ChangedMeanwhile`], [`OrderError::SameAddress`].
    pub async fn change_address(
        &self,
        by: &By,
        order: OrderId,
        wish: NewAddress<'_>,
    ) -> Result<(), OrderError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let order = store::order::lock(tx, order).await?;
            if order.address_changes != wish.seen {
                return Err(OrderError::ChangedMeanwhile);
            }
            if same_address(&order.email, wish.email.as_str()) {
                return Err(OrderError::SameAddress);
            }
            let access = self.access_secret(order.id, order.address_changes + 1);
            let access = self.vault.digest(ACCESS, access.as_bytes());
            store::order::set_address(tx, &order, wish.email.as_str(), &access).await?;
            self.tell_old_address(tx, &order).await?;
            let tickets = wish.with_tickets && self.send_to_new(tx, &order).await?;
            // Masked: the trail is kept for longer than addresses.
            let was = Email::parse(&order.email).map_or_else(|_| String::new(), |old| old.masked());
            let detail = json!({"from": was, "to": wish.email.masked(), "tickets": tickets});
            let subject = ("order", order.id.0);
            self.note_by(tx, by, "order.address", subject, now, detail)
                .await?;
            Ok(())
        })
    }

    /// Sends the tickets once more, which goes to the address that the order has when they leave; false where there are
    /// none.
    async fn send_to_new(&self, tx: &mut Tx, order: &Order) -> Result<bool, StoreError> {
        if !matches!(
            order.status,
            OrderStatus::Paid | OrderStatus::PartlyRefunded
        ) {
            return Ok(false);
        }
        let now = self.clock.now();
        let letter = (self.new_id(now), LetterKind::TicketsAgain, self.new_id(now));
        store::letter::put(tx, letter, &order.id.0.to_string(), now, now).await
    }
}
