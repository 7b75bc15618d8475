//! Tickets: issued in the transaction that marks their order paid.
//!
//! Invariant: the caller has taken the event's revision first and writes it back last; every ticket stored here
//! is counted into its manifest, so replicas can prove that they have it.

use std::collections::BTreeMap;

use sync_protocol::{
    id::{EventId, TicketId},
    time::Timestamp,
};

use super::{App, events::EventError};
use crate::{
    domain::{
        event::TicketType,
        id::{OrderId, OrderItemId, TicketTypeId},
        ticket::{self, Press, SoldTicket, Wish},
    },
    store::{self, StoreError, Tx, order::Attendee, outbox, revision::EventRevision},
};

const HOLDER_PURPOSE: &str = "ticket holder";

impl App {
    /// Issues the tickets of orders of one event, numbers their receipts and asks for their mail.
    pub(super) async fn issue_tickets(
        &self,
        tx: &mut Tx,
        event: EventId,
        orders: &[OrderId],
        revision: &mut EventRevision,
        now: Timestamp,
    ) -> Result<(), EventError> {
        let (key_slot, key) = self.signing_key(tx, event).await?;
        let index_key = self.index_key(tx, event).await?;
        let press = Press {
            event,
            key_slot,
            key: &key,
            index_key: index_key.as_ref(),
            revision: revision.manifest.revision,
            now,
        };
        let types = store::ticket_type::of_event(tx, event).await?;
        let seats = store::sale::seats(tx, orders).await?;
        let items = seats.iter().map(|(of, kind)| (of.item, *kind)).collect();
        let attendees: Vec<Attendee> = seats.into_iter().map(|(attendee, _)| attendee).collect();
        let tickets = self.press_tickets(&press, &types, &items, &attendees)?;
        store::ticket::insert(tx, &tickets).await?;
        for ticket in &tickets {
            revision.manifest.add(&ticket.gate);
        }
        self.number_sales(tx, event, orders, now).await?;
        let mails: Vec<_> = orders.iter().map(|of| (self.new_id(now), of.0)).collect();
        // Again, where the money was reversed and came once more: these are other tickets.
        outbox::put_all_again(tx, outbox::TICKETS_MAIL, &mails, now).await?;
        Ok(())
    }

    /// Signs one ticket per attendee; their ids keep the attendees' order.
    pub(super) fn press_tickets(
        &self,
        press: &Press<'_>,
        types: &[TicketType],
        items: &BTreeMap<OrderItemId, TicketTypeId>,
        attendees: &[Attendee],
    ) -> Result<Vec<SoldTicket>, StoreError> {
        let types: BTreeMap<TicketTypeId, &TicketType> = types.iter().map(|t| (t.id, t)).collect();
        let mut ids: Vec<_> = attendees.iter().map(|_| self.new_id(press.now)).collect();
        ids.sort_unstable();
        let holders = self.holders(&types, items, attendees);
        let named = ids.into_iter().zip(attendees);
        named
            .map(|(id, attendee)| {
                let of_item = items.get(&attendee.item).and_then(|id| types.get(id));
                let of_item = of_item.ok_or(StoreError::Corrupt("an order of no type"))?;
                let wish = Wish {
                    id: TicketId(id),
                    random: self.entropy.next_u64(),
                    order: attendee.order,
                    item: attendee.item,
                    ticket_type: of_item.id,
                    type_number: of_item.number,
                    day_mask: of_item.day_mask,
                    attendee: attendee.name.clone(),
                    holder: holders.get(&(attendee.order, person(attendee))).copied(),
                };
                Ok(ticket::issue(press, wish))
            })
            .collect()
    }

    /// What ties one person's tickets of an order together where one of them is an add-on: a number that tells
    /// nothing to who does not hold the master key.
    fn holders(
        &self,
        types: &BTreeMap<TicketTypeId, &TicketType>,
        items: &BTreeMap<OrderItemId, TicketTypeId>,
        attendees: &[Attendee],
    ) -> BTreeMap<(OrderId, String), u64> {
        let is_addon = |attendee: &&Attendee| {
            let kind = items.get(&attendee.item).and_then(|id| types.get(id));
            kind.is_some_and(|kind| kind.addon)
        };
        let holder = |attendee: &Attendee| {
            let person = person(attendee);
            let named = [attendee.order.0.as_bytes().as_slice(), person.as_bytes()].concat();
            let [a, b, c, d, e, f, g, h, ..] = self.vault.digest(HOLDER_PURPOSE, &named);
            let number = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
            ((attendee.order, person), number)
        };
        attendees.iter().filter(is_addon).map(holder).collect()
    }
}

/// A name as it tells people apart within an order.
fn person(attendee: &Attendee) -> String {
    let words: Vec<_> = attendee.name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}
