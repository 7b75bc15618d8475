//! Buyers: they order, pay in time, too late, twice or never, change their mind and want their money back. What the till
//! took is the truth about money; notices of it come twice, late or not at all.

use super::{
    chance::Chance,
    hall::Hall,
    plan::CODE,
    till::{CARD, TRANSFER},
};
use axum::http::HeaderMap;
use central::{
    app::{
        orders::OrderError,
        refunds::{RefundAsk, RefundError},
        trail::Actor,
    },
    domain::{
        buyer::BuyerForm,
        cart::{ItemForm, OrderForm},
        refund::{RefundReason, RefundStatus, Scope},
        ticket::{SoldTicket, code},
    },
};

/// An order that was placed.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its number, which is the till's reference.
    pub number: String,
    access: String,
    /// Its tickets were handed to guests.
    pub is_handed_out: bool,
}

/// A ticket in somebody's hand.
#[derive(Clone, Debug)]
pub struct Held {
    /// The text of its code.
    pub code: String,
    /// The number printed under it.
    pub number: String,
}

/// All buyers.
#[derive(Default)]
pub struct Market {
    /// What they ordered.
    pub orders: Vec<Placed>,
    /// What they hold.
    pub tickets: Vec<Held>,
    /// What is on the rolls: the texts of all wristbands.
    pub wristbands: Vec<String>,
    asked: u32,
}

impl Market {
    /// Somebody orders some tickets. Gives what came of it.
    pub async fn order(&mut self, hall: &Hall, chance: &Chance) -> String {
        self.asked += 1;
        let key = format!("buyer-{:04}", self.asked);
        let form = form(hall, chance, self.asked);
        let slug = &hall.event.event.slug;
        let mut placed = hall.central.app.place_order(slug, &key, &form).await;
        if chance.percent(20) {
            // The button is pressed twice.
            placed = hall.central.app.place_order(slug, &key, &form).await;
        }
        match placed {
            Ok(placed) => {
                let (number, access) = (placed.order.number, placed.access);
                let said = format!("orders {number}");
                self.orders.push(Placed {
                    number,
                    access,
                    is_handed_out: false,
                });
                said
            }
            Err(error @ (OrderError::SoldOut(_) | OrderError::NotOnSale)) => {
                format!("is refused: {}", error.code())
            }
            Err(OrderError::Invalid(fields)) if fields[0].field == "promo_codes[0]" => {
                format!("is refused: {}", fields[0].code)
            }
            // The world's clock may have gone past the end of the sale.
            Err(OrderError::Invalid(fields)) if fields[0].code == "sale_ended" => {
                format!("is refused: {}", fields[0].code)
            }
            Err(error) => panic!("an order fails: {error}"),
        }
    }

    /// Somebody pays, and the provider tells central, once, twice or never.
    pub async fn pay(&mut self, hall: &Hall, chance: &Chance) -> String {
        if self.orders.is_empty() {
            return "nobody has ordered".to_owned();
        }
        let number = chance.pick(&self.orders).number.clone();
        let channel = *chance.pick(&[CARD, CARD, TRANSFER]);
        if hall.till.is_paid(&number) && chance.percent(80) {
            return format!("is told again: {}", self.notify(hall, &number).await);
        }
        let Some(payment) = hall.till.pay(&number, channel) else {
            return format!("has nothing to pay for {number}");
        };
        let mut said = format!("pays {payment} by {channel}:");
        for _ in 0..*chance.pick(&[0, 1, 1, 1, 2]) {
            said = format!("{said} {}", self.notify(hall, &payment).await);
        }
        said
    }

    /// Somebody wants money back: a buyer asks, or somebody who works here decides.
    pub async fn refund(&self, hall: &Hall, chance: &Chance) -> String {
        if self.orders.is_empty() {
            return "nobody has ordered".to_owned();
        }
        let order = chance.pick(&self.orders);
        let app = &hall.central.app;
        let (number, desk) = (&order.number, Actor::Staff("the desk".to_owned()));
        let view = app.find_order(number, &order.access).await.expect("placed");
        let refunded = match chance.below(4) {
            0 => {
                let asked = app.request_refund(number, &order.access, &[], "").await;
                match asked {
                    Ok(asked) if chance.percent(70) => app.approve_refund(asked.id, &desk).await,
                    Ok(asked) => app.decline_refund(asked.id, &desk).await,
                    Err(error) => Err(error),
                }
            }
            kind => {
                let scope = match (kind, view.tickets.is_empty()) {
                    (1, false) => Scope::Tickets(vec![chance.pick(&view.tickets).gate.id]),
                    (2, _) => Scope::Amount(chance.between(1, 200_000)),
                    _ => Scope::Whole,
                };
                let (reason, note) = (RefundReason::Staff, String::new());
                let ask = RefundAsk {
                    scope,
                    reason,
                    note,
                };
                app.refund_order(number, &ask, &desk).await
            }
        };
        match refunded {
            Ok(refund) => format!("gets {} back for {number}", refund.amount.minor),
            Err(RefundError::Store(error)) => panic!("a refund fails: {error}"),
            Err(error) => format!("gets nothing back for {number}: {}", error.code()),
        }
    }

    /// Somebody gives money back by hand that waits for it.
    pub async fn give_by_hand(&self, hall: &Hall) -> usize {
        let app = &hall.central.app;
        let desk = Actor::Staff("the desk".to_owned());
        let waiting = app.refunds(RefundStatus::Manual, 1_000).await;
        let waiting = waiting.expect("refunds");
        let mut given = 0;
        for (refund, _) in &waiting {
            match app.finish_refund(refund.id, "by hand", &desk).await {
                Ok(_) => given += 1,
                // It went back at the till, the money never came, or a bank holds it.
                Err(RefundError::Illegal(_) | RefundError::Disputed) => {}
                Err(error) => panic!("it waits for a person: {error}"),
            }
        }
        given
    }

    /// The provider tells of every payment once more.
    pub async fn tell_all_payments(&self, hall: &Hall) {
        for order in &self.orders {
            self.tell_payments(hall, &order.number).await;
        }
    }

    /// The provider tells of an order's payments once more.
    pub async fn tell_payments(&self, hall: &Hall, order: &str) {
        for payment in hall.till.payments(order) {
            self.notify(hall, &payment).await;
        }
    }

    /// Where an order stands, and whether it is paid.
    pub async fn stand(&self, hall: &Hall, number: &str) -> (&'static str, bool) {
        let placed = self.orders.iter().find(|order| order.number == number);
        let Some(placed) = placed else {
            return ("unknown", false);
        };
        let view = hall.central.app.find_order(number, &placed.access).await;
        let status = view.expect("placed").order.status;
        (status.name(), status.is_settled())
    }

    async fn notify(&self, hall: &Hall, number: &str) -> &'static str {
        let app = &hall.central.app;
        let taken = app.take_notice(&HeaderMap::new(), number.as_bytes()).await;
        match taken {
            Ok(outcome) => outcome.name(),
            Err(error) => error.code(),
        }
    }

    /// A buyer gives up.
    pub async fn cancel(&mut self, hall: &Hall, chance: &Chance) -> String {
        if self.orders.is_empty() {
            return "nobody has ordered".to_owned();
        }
        let order = chance.pick(&self.orders);
        let app = &hall.central.app;
        match app.cancel_order(&order.number, &order.access).await {
            Ok(_) => format!("cancels {}", order.number),
            Err(error) => format!("cannot cancel {}: {}", order.number, error.code()),
        }
    }

    /// Central went back to before some orders were placed.
    pub async fn forget_lost_orders(&mut self, hall: &Hall) {
        for order in std::mem::take(&mut self.orders) {
            let app = &hall.central.app;
            let found = app.find_order(&order.number, &order.access).await;
            if found.is_ok() {
                self.orders.push(order);
            }
        }
    }

    /// Rolls of wristbands are printed, and others taken in.
    pub async fn print_wristbands(&mut self, hall: &Hall) {
        let (app, event) = (&hall.central.app, hall.event.event.id);
        let printed = app.print_roll(event, "ours", 6).await.expect("a roll");
        let codes = app.roll_codes(event, &printed).map(|(_, code)| code);
        self.wristbands.extend(codes);
        let list = "LOOM-0001\nLOOM-0002\nLOOM-0003\n";
        let imported = app.import_roll(event, "theirs", list.as_bytes()).await;
        imported.expect("a list");
        self.wristbands.extend(list.lines().map(str::to_owned));
    }

    /// A wristband is withdrawn.
    pub async fn void_wristband(&self, hall: &Hall, chance: &Chance) -> String {
        let at = chance.below(self.wristbands.len());
        let (app, event) = (&hall.central.app, hall.event.event.id);
        match app.void_wristband(event, &self.wristbands[at]).await {
            Ok(_) => format!("wristband {at} is withdrawn"),
            Err(error) => format!("wristband {at} is not withdrawn: {}", error.code()),
        }
    }

    /// Guests get the tickets of orders that are paid by now.
    pub async fn hand_out(&mut self, hall: &Hall) {
        for order in self.orders.iter_mut().filter(|o| !o.is_handed_out) {
            let app = &hall.central.app;
            let view = app.find_order(&order.number, &order.access).await;
            let view = view.expect("a placed order is found");
            order.is_handed_out = !view.tickets.is_empty();
            for ticket in &view.tickets {
                self.tickets.push(print(hall, ticket).await);
            }
        }
    }
}

fn form(hall: &Hall, chance: &Chance, asked: u32) -> OrderForm {
    let kind = &hall.event.types[usize::from(chance.percent(20))];
    OrderForm {
        promo_codes: codes(asked),
        buyer: BuyerForm {
            full_name: "Siti Rahma".into(),
            identity_type: "ktp".into(),
            identity_number: support::shop::IDENTITY.into(),
            email: "siti@example.id".into(),
            whatsapp_number: "0812-3456-7890".into(),
            language: "en".into(),
        },
        items: vec![ItemForm {
            ticket_type_id: kind.id.to_string(),
            quantity: chance.between(1, 4),
            attendees: Vec::new(),
        }],
    }
}

/// Every third one types the code.
fn codes(asked: u32) -> Vec<String> {
    let typed = (asked.is_multiple_of(3)).then(|| CODE.to_owned());
    typed.into_iter().collect()
}

async fn print(hall: &Hall, ticket: &SoldTicket) -> Held {
    let app = &hall.central.app;
    let mut tx = app.store.read().await.expect("a snapshot");
    let key = app.key_in_slot(&mut tx, ticket.event, ticket.key_slot);
    let key = key.await.expect("the event's key");
    Held {
        code: code(ticket, &key).to_text(),
        number: ticket.gate.number.to_string(),
    }
}
