//! A panel with something to see, and the addresses of its pages made out of the route table.
//!
//! [`PanelWorld::open`] is an ordinary morning: orders in every state, a double, a draft. [`PanelWorld::hostile`] is the
//! same with [`evil`] texts in every field that somebody outside or inside can fill. What an address has in braces
//! is looked up in [`PanelWorld::name`]: a new kind of thing needs a line there, and a row in the world.
use axum::http::header;
use central::{
    app::{staff::NewStaff, trail::Actor, users::NewAccount},
    domain::{id::UserId, new_event::NewEvent},
    http::{panel::Route, router},
};
use midtrans_sim::Drive;
use sync_protocol::{config::Policy, operator::Role};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{
    central::{Engine, TestCentral},
    festival::{self, festival},
    panel::{ADMIN, Desk, PASSWORD},
    shop::{Bought, Shop},
};

/// The organiser's account.
pub const CLIENT: &str = "citra@example.id";
/// The venue manager's.
pub const VENUE: &str = "vina@example.id";

/// The login of somebody who works the gates of the draft: those of the event itself are open to all.
pub const OPERATOR: &str = "budi";

/// A promo code of the event.
const CODE: &str = "OPEN-HOUSE";

/// Where the ids of things come from that an address names: one row of the world each. A thing whose name is not its
/// id needs a line in [`PanelWorld::name`] instead.
const IDS: &[(&str, &str)] = &[
    ("client", "SELECT id FROM clients ORDER BY id LIMIT 1"),
    ("ticket", "SELECT id FROM tickets ORDER BY id LIMIT 1"),
];

/// A central with a panel, listening.
pub struct PanelWorld {
    /// The shop with its central.
    pub shop: Shop,
    /// Where the panel listens.
    pub url: String,
    /// The number of a paid order.
    pub order: String,
    /// A node.
    pub node: String,
    /// The venue manager.
    pub user: UserId,
    /// Signed in: the administrator, an organiser, a venue manager.
    pub desks: Vec<(&'static str, &'static str, Desk)>,
}

/// A text that tries everything at once: markup, quotes, a formula, an emoji, text from right to left and a long word.
/// It begins with a word of its own, by which it is found again.
#[must_use]
pub fn evil(mark: &str, most: usize) -> String {
    let text = format!(
        "{mark} <img src=x onerror=window.__hit=1>\"'--></td><script>window.__hit=2</script>\u{1F3AB}\u{202E}\u{5E9}\u{5DC}\u{5D5}\u{5DD}\u{202C} {{{{7*7}}}} {}",
        "W".repeat(100)
    );
    text.chars().take(most).collect()
}

impl PanelWorld {
    /// An ordinary morning.
    pub async fn open() -> Self {
        Self::of(false).await
    }

    /// The same with evil texts in every field.
    pub async fn hostile() -> Self {
        Self::of(true).await
    }

    async fn of(is_hostile: bool) -> Self {
        let shop = Shop::open_with(Engine::Sqlite, |wish| {
            if is_hostile {
                spoil(wish);
            }
        })
        .await;
        shop.central.promo(shop.event.event.id, CODE).await;
        let order = orders(&shop, is_hostile).await;
        draft(&shop.central, is_hostile).await;
        let node = gates(&shop, is_hostile).await;
        let (desks, user) = people(&shop, is_hostile).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let served = router::public(shop.central.app.clone());
        tokio::spawn(async move { axum::serve(listener, served).await });
        Self {
            url: format!("http://{address}"),
            shop,
            order,
            node,
            user,
            desks,
        }
    }

    /// What stands in an address for `{of}`.
    ///
    /// # Panics
    /// When nobody said where it comes from.
    pub async fn name(&self, of: &str) -> String {
        match of {
            "event" => self.shop.event.event.slug.clone(),
            "order" => self.order.clone(),
            "node" => self.node.clone(),
            "user" => self.user.0.to_string(),
            "role" => "venue_manager".into(),
            "login" => OPERATOR.into(),
            "number" => "1".into(),
            "code" => CODE.into(),
            _ => {
                let found = IDS.iter().find(|(name, _)| *name == of);
                let (_, question) = found.unwrap_or_else(|| {
                    panic!("no test knows a thing for {{{of}}}: add a line to IDS in tests/support/panel_world.rs, and such a thing to its world")
                });
                self.shop.central.id(question).await.to_string()
            }
        }
    }

    /// The address of a route, with something of the world for everything in braces.
    pub async fn address(&self, route: &Route) -> String {
        let mut address = String::new();
        for part in route.path.split_inclusive('/') {
            match part
                .split_once('{')
                .and_then(|(_, rest)| rest.split_once('}'))
            {
                Some((name, rest)) => address.push_str(&(self.name(name).await + rest)),
                None => address.push_str(part),
            }
        }
        address
    }
}

impl TestCentral {
    /// One id out of the database.
    ///
    /// # Panics
    /// When there is none.
    pub async fn id(&self, question: &'static str) -> Uuid {
        let found = match &self.app.store {
            central::store::Store::Sqlite { reader, .. } => {
                sqlx::query_scalar(question).fetch_optional(reader).await
            }
            central::store::Store::MySql { reader, .. } => {
                sqlx::query_scalar(question).fetch_optional(reader).await
            }
        };
        found
            .expect(question)
            .unwrap_or_else(|| panic!("the world has no such row: {question}"))
    }
}

fn spoil(wish: &mut NewEvent) {
    wish.name = evil("h-event", 200);
    wish.venue = evil("h-venue", 200);
    wish.city = evil("h-city", 100);
    wish.summary = evil("h-summary", 500);
    wish.description = evil("h-description", 500);
    wish.terms = evil("h-terms", 500);
    wish.address = evil("h-address", 500);
    wish.client.name = evil("h-client", 200);
    wish.days[0].label = evil("h-day", 100);
    wish.types[0].name = evil("h-type", 100);
    wish.types[0].description = evil("h-about-type", 300);
    wish.types[0].category = evil("h-category", 100);
    wish.gates = vec![evil("h-gate", 100), "Gate B".into()];
    wish.types[1].gates = vec!["Gate B".into()];
}

/// Orders that wait, are paid and are over; gives the number of a paid one.
async fn orders(shop: &Shop, is_hostile: bool) -> String {
    let mut paid = String::new();
    for n in 0..6 {
        let mut wish = shop.wish(&[(0, 2)]);
        let key = format!("an-order-for-a-picture-{n}");
        if is_hostile {
            wish["buyer"]["full_name"] = evil("h-buyer", 120).into();
            wish["buyer"]["email"] = "h-mail_+1.1@example.id".into();
        }
        let (status, order) = shop.place(&key, &wish).await;
        assert_eq!(status, 201, "{order}");
        let text = |name: &str| order[name].as_str().expect(name).to_owned();
        let bought = Bought {
            number: text("number"),
            access: text("access"),
        };
        if n % 2 == 0 {
            let drive = Drive {
                to: "settlement".into(),
                ..Drive::default()
            };
            shop.drive_by(&bought, drive).await;
            paid = bought.number;
        }
        shop.central.clock.advance_ms(60_000);
    }
    paid
}

async fn draft(central: &TestCentral, is_hostile: bool) {
    let mut draft = festival();
    (draft.slug, draft.name) = ("jazz".into(), "Jazz di Kota Tua".into());
    (draft.client.slug, draft.client.name) = ("jazz".into(), "Jazz Nusantara".into());
    draft.wristbands = Some(Policy::Admit);
    if is_hostile {
        draft.name = evil("h-draft", 200);
    }
    let made = central.app.create_event(&draft, &Actor::System).await;
    let made = made.expect("a draft");
    let (name, roll) = if is_hostile {
        (evil("h-operator", 100), evil("h-roll", 60))
    } else {
        ("Budi Wijaya".to_owned(), "Biru".to_owned())
    };
    let printed = central.app.print_roll(made, &roll, 40).await;
    printed.expect("a roll");
    let wish = NewStaff {
        name,
        login: OPERATOR.into(),
        email: "budi@example.id".into(),
        role: Role::Validator,
        events: vec![made],
    };
    central.app.add_staff(&wish).await.expect("taken in");
}

/// Two gates that let the same ticket in; gives the node of the first.
async fn gates(shop: &Shop, is_hostile: bool) -> String {
    let (central, event) = (&shop.central, &shop.event);
    let node = |name: &str| {
        if is_hostile {
            evil(&format!("h-node-{name}"), 100)
        } else {
            name.to_owned()
        }
    };
    let tickets = central.sell(event, 2).await;
    let first = event.gates[0].name.clone();
    let mut north = central.enrol(event, &first, &node("North 1")).await;
    let mut south = central.enrol(event, "Gate B", &node("South 2")).await;
    for gate in [&mut north, &mut south] {
        gate.sync(central).await;
    }
    north.admit(central, tickets[0]);
    central.clock.advance_ms(90_000);
    south.admit(central, tickets[0]);
    for gate in [&mut south, &mut north] {
        gate.sync(central).await;
        gate.sync(central).await;
    }
    debug_assert_eq!(north.gate, festival::gate(event, &first));
    north.id.to_string()
}

type People = (Vec<(&'static str, &'static str, Desk)>, UserId);

async fn people(shop: &Shop, is_hostile: bool) -> People {
    let (central, event) = (&shop.central, &shop.event.event);
    let admin = central.admin().await;
    let client = central
        .person(CLIENT, "client", Some(event.client), &[])
        .await;
    let venue = central
        .person(VENUE, "venue_manager", None, &[event.id])
        .await;
    let user = venue.user.expect("signed in");
    if is_hostile {
        let wish = NewAccount {
            email: "h.person@example.id".into(),
            name: evil("h-person", 100),
            role: "venue_manager".into(),
            client: None,
            events: [event.id].into(),
        };
        let by = central.signed(ADMIN).await;
        let made = central.app.create_account(&by, &wish).await;
        made.expect("a good wish");
        let mut desk = Desk::new(central);
        desk.headers = vec![(header::USER_AGENT, "h-agent<script>window.__hit=3</script>")];
        desk.sign_in(ADMIN, PASSWORD).await;
    }
    let desks = vec![
        ("super_admin", ADMIN, admin),
        ("client", CLIENT, client),
        ("venue_manager", VENUE, venue),
    ];
    (desks, user)
}
