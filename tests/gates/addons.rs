//! One person, several tickets in one order: the ticket at hand stands for the add-on that this gate takes.
use central::domain::new_event::{NewEvent, NewType};
use support::{
    central::Engine,
    festival::new_type,
    real_gate::{RealGate, Sold},
    shop::Shop,
};
use sync_protocol::scan::{Action, ScanRecord};

/// The festival at gate A; parking and a workshop, which go with it, at gate B.
fn with_addons(wish: &mut NewEvent) {
    let at = |gate: &str, addon, name| NewType {
        gates: vec![gate.into()],
        addon,
        ..new_type(name, 100_000, 100)
    };
    wish.types = vec![
        at("Gate A", false, "Festival"),
        at("Gate B", true, "Parking"),
        at("Gate B", true, "Workshop"),
    ];
}

struct Car {
    shop: Shop,
    gate: RealGate,
}

impl Car {
    async fn park(engine: Engine) -> Self {
        let shop = Shop::open_with(engine, with_addons).await;
        let gate = shop.central.open_gate(&shop.event, "Gate B", "car").await;
        Self { shop, gate }
    }

    /// Buys one ticket of each of these types in one order, and syncs the gate.
    async fn buy(&self, key: &str, types: &[usize]) -> Vec<Sold> {
        let lines: Vec<_> = types.iter().map(|kind| (*kind, 1)).collect();
        let order = self.shop.buy(key, &lines).await;
        self.shop.drive(&order, "settlement").await;
        let sold = self
            .shop
            .central
            .tickets_of(&self.shop.event, &order.number);
        let sold = sold.await;
        assert_eq!(sold.len(), types.len());
        self.gate.sync(&self.shop.central).await;
        sold
    }

    fn last_record(&self) -> ScanRecord {
        let request = self.gate.request();
        let last = request.records.last().expect("a scan");
        ScanRecord::from_bytes(last).expect("a record")
    }
}

#[tokio::test]
async fn case_11_an_addon_of_the_same_person_is_found_used_up_and_named() {
    for engine in Engine::both() {
        let car = Car::park(engine).await;
        let [festival, parking] = &car.buy("order-matched", &[0, 1]).await[..] else {
            panic!("two tickets");
        };
        let scan = car.gate.show(&festival.code, Action::Entry);
        assert_eq!(scan.verdict.reason.name(), "admitted");
        assert_eq!(scan.attendee.as_deref(), Some("Siti Rahma"));
        let meant = scan.ticket.expect("a ticket");
        assert_eq!(
            (meant.id, meant.type_name.as_str()),
            (parking.id, "Parking")
        );
        let record = car.last_record();
        assert_eq!(record.subject.ticket(), Some(parking.id));
        assert_eq!(record.via, Some(festival.id), "what was shown is kept");
        assert_eq!(car.gate.enter(&parking.code), "already_used");
        assert_eq!(car.gate.enter(&festival.code), "already_used");
        car.gate.sync(&car.shop.central).await;
        let north = car
            .shop
            .central
            .open_gate(&car.shop.event, "Gate A", "north");
        let north = north.await;
        north.sync(&car.shop.central).await;
        assert_eq!(
            north.enter(&festival.code),
            "admitted",
            "it was not used itself"
        );
        assert_eq!(north.enter(&parking.code), "wrong_gate");
    }
}

#[tokio::test]
async fn case_11_without_an_addon_the_gate_is_wrong_and_of_several_a_person_must_say_which() {
    for engine in Engine::both() {
        let car = Car::park(engine).await;
        let alone = car.buy("order-none", &[0]).await;
        assert_eq!(car.gate.enter(&alone[0].code), "wrong_gate");
        let both = car.buy("order-ambiguous", &[0, 1, 2]).await;
        let asked = car.gate.show(&both[0].code, Action::Entry).verdict;
        assert_eq!(
            (asked.decision.name(), asked.reason.name()),
            ("ask", "several_addons")
        );
        assert_eq!(
            car.gate.enter(&both[2].code),
            "admitted",
            "the workshop itself"
        );
        assert_eq!(car.gate.enter(&both[2].code), "already_used");
        // Orders are apart, whoever they are for.
        assert_eq!(car.gate.enter(&alone[0].code), "wrong_gate");
    }
}
