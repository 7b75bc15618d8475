//! The ticket: issued once, its code signed again to the same characters whenever it is printed.
//!
//! Invariants: the code is a pure function of the stored row and the event's key, so it needs no place in the
//! database; the attendee line is sealed under the code's signature and is readable only with the ticket itself.
//! Called by `app` in the transaction that marks the order paid, and when an invoice is drawn.

use ed25519_dalek::SigningKey;
use sync_protocol::{
    code::{Payload, TicketCode},
    id::{EventId, TicketId},
    number::TicketNumber,
    seal,
    search::IndexKey,
    ticket::{Revision, Ticket, TicketStatus},
    time::Timestamp,
};

use super::id::{OrderId, OrderItemId, TicketTypeId};

/// Most bytes of a name on the sealed line; what is longer ends earlier.
const LINE_BYTES: usize = 200;

/// What all tickets of one transaction share.
#[derive(Clone, Copy)]
pub struct Press<'a> {
    /// The event.
    pub event: EventId,
    /// Which of its keys signs.
    pub key_slot: u8,
    /// That key.
    pub key: &'a SigningKey,
    /// Under which its gates find names; `None` = the event has no search.
    pub index_key: Option<&'a IndexKey>,
    /// The revision of this transaction.
    pub revision: Revision,
    /// When.
    pub now: Timestamp,
}

/// One ticket to issue.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Its id.
    pub id: TicketId,
    /// Random bits for its number.
    pub random: u64,
    /// The order it belongs to.
    pub order: OrderId,
    /// Its line there.
    pub item: OrderItemId,
    /// What was bought.
    pub ticket_type: TicketTypeId,
    /// The event's number for that type.
    pub type_number: u16,
    /// Days it is good for.
    pub day_mask: u16,
    /// Whose name is on it.
    pub attendee: String,
    /// The same on the tickets of one person in one order; `None` = this is the only one.
    pub holder: Option<u64>,
}

/// One ticket as sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldTicket {
    /// What gates know of it.
    pub gate: Ticket,
    /// The event.
    pub event: EventId,
    /// The order it belongs to.
    pub order: OrderId,
    /// Its line there.
    pub item: OrderItemId,
    /// What was bought.
    pub ticket_type: TicketTypeId,
    /// Whose name is on it.
    pub attendee: String,
    /// Which of the event's keys signed.
    pub key_slot: u8,
    /// Unix seconds, as signed.
    pub issued_at: u32,
}

/// Issues one ticket.
#[must_use]
pub fn issue(press: &Press<'_>, wish: Wish) -> SoldTicket {
    let gate = Ticket {
        id: wish.id,
        number: TicketNumber::new(wish.random),
        type_number: wish.type_number,
        day_mask: wish.day_mask,
        status: TicketStatus::Valid,
        revision: press.revision,
        sealed: Vec::new(),
        holder: wish.holder,
        search: Vec::new(),
    };
    let mut ticket = SoldTicket {
        gate,
        event: press.event,
        order: wish.order,
        item: wish.item,
        ticket_type: wish.ticket_type,
        attendee: wish.attendee,
        key_slot: press.key_slot,
        issued_at: u32::try_from(press.now.0 / 1_000).unwrap_or_default(),
    };
    let code = code(&ticket, press.key);
    ticket.gate.sealed = seal::seal(ticket.gate.id, code.signature(), line(&ticket.attendee));
    ticket.gate.search = search_name(&ticket, press.index_key);
    ticket
}

/// The name as gates may find it; nothing where the event has no search.
#[must_use]
pub fn search_name(ticket: &SoldTicket, key: Option<&IndexKey>) -> Vec<u8> {
    key.map(|key| key.seal_name(ticket.gate.id, line(&ticket.attendee)))
        .unwrap_or_default()
}

/// The code in the QR of a ticket, by the key of its slot: the same each time.
#[must_use]
pub fn code(ticket: &SoldTicket, key: &SigningKey) -> TicketCode {
    let payload = Payload {
        key_slot: ticket.key_slot,
        ticket: ticket.gate.id,
        type_number: ticket.gate.type_number,
        day_mask: ticket.gate.day_mask,
        issued_at: ticket.issued_at,
    };
    TicketCode::sign(payload, ticket.event, key)
}

fn line(name: &str) -> &str {
    let end = (0..=LINE_BYTES.min(name.len()))
        .rev()
        .find(|at| name.is_char_boundary(*at));
    &name[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_protocol::code::EventKeys;

    fn wish(attendee: &str) -> Wish {
        Wish {
            id: TicketId::from_u128(5),
            random: u64::MAX,
            order: OrderId::from_u128(6),
            item: OrderItemId::from_u128(7),
            ticket_type: TicketTypeId::from_u128(8),
            type_number: 3,
            day_mask: 0b11,
            attendee: attendee.to_owned(),
            holder: None,
        }
    }

    #[test]
    fn a_ticket_signs_again_to_the_same_code_and_opens_its_own_line() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let event = EventId::from_u128(1);
        let index_key = IndexKey::new(&[3; 32]);
        let press = Press {
            event,
            key_slot: 2,
            key: &key,
            index_key: Some(&index_key),
            revision: 9,
            now: Timestamp(1_764_547_200_999),
        };
        let ticket = issue(&press, wish("Siti Rahma"));
        let printed = code(&ticket, &key).to_text();
        assert_eq!(printed, code(&ticket, &key).to_text());
        let mut keys = EventKeys::default();
        keys.insert(2, key.verifying_key().as_bytes());
        let shown = TicketCode::parse(&printed).expect("a code");
        let payload = shown.verify(event, &keys).expect("genuine");
        assert_eq!((payload.ticket, payload.type_number), (ticket.gate.id, 3));
        assert_eq!(payload.issued_at, 1_764_547_200);
        let line = seal::open(ticket.gate.id, shown.signature(), &ticket.gate.sealed);
        assert_eq!(line.as_deref(), Ok("Siti Rahma"));
        let found = index_key.open_name(ticket.gate.id, &ticket.gate.search);
        assert_eq!(found.expect("sealed").as_str(), "Siti Rahma");
        assert!(search_name(&ticket, None).is_empty());
        assert_eq!(ticket.gate.number, TicketNumber::new(u64::MAX));
        assert_eq!(
            (ticket.gate.revision, ticket.gate.status),
            (9, TicketStatus::Valid)
        );
    }

    #[test]
    fn long_names_end_between_letters() {
        assert_eq!(line("Siti"), "Siti");
        assert_eq!(line(""), "");
        assert_eq!(line(&"é".repeat(200)).len(), 200);
        assert_eq!(line(&format!("a{}", "é".repeat(200))).len(), 199);
    }
}
