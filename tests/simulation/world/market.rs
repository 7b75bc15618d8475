//! Buyers: they order, pay in time, too late or never, and change their mind. What the till took is the truth about
//! money; notices of it come twice, late or not at all.

use super::{chance::Chance, hall::Hall};
use axum::http::HeaderMap;
use central::{
    app::orders::OrderError,
    domain::{
        buyer::BuyerForm,
        cart::{ItemForm, OrderForm},
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
        let form = form(hall, chance);
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
            Err(error) => panic!("an order fails: {error}"),
        }
    }

    /// Somebody pays, and the provider tells central, once, twice or never.
    pub async fn pay(&mut self, hall: &Hall, chance: &Chance) -> String {
        if self.orders.is_empty() {
            return "nobody has ordered".to_owned();
        }
        let number = chance.pick(&self.orders).number.clone();
        if !hall.till.pay(&number) {
            return format!("has nothing to pay for {number}");
        }
        let mut said = format!("pays {number}:");
        for _ in 0..*chance.pick(&[0, 1, 1, 1, 2]) {
            said = format!("{said} {}", self.notify(hall, &number).await);
        }
        said
    }

    async fn notify(&mut self, hall: &Hall, number: &str) -> &'static str {
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

fn form(hall: &Hall, chance: &Chance) -> OrderForm {
    let kind = &hall.event.types[usize::from(chance.percent(20))];
    OrderForm {
        promo_codes: Vec::new(),
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
