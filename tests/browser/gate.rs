//! A synced gate whose door is open, its page in a browser, and tickets.

use std::sync::Arc;

use ambient::SeededEntropy;
use edge_node::{
    door::Door,
    pin::Pin,
    reason_text::Language,
    screen::{self, Options, devices::Devices},
};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
    real_gate::{RealGate, Sold},
};
use sync_protocol::{
    config::{EventConfig, Policy},
    id::OperatorId,
    operator::{GateSecret, Operator, OperatorRules, Role},
    scan::Action,
    search::{Cost, Passphrase},
};
use tokio::sync::oneshot;

use crate::hands::Hands;

pub const REFUSED: &str = "return !!document.querySelector('#stage .verdict-refuse')";
pub const ADMITTED: &str = "return !!document.querySelector('#stage .verdict-admit')";
pub const LOADED: &str = "return document.readyState === 'complete'";
pub const READY: &str = "return !!window.htmx && document.readyState === 'complete' && document.documentElement.dataset.live === 'yes'";

/// The gate, and hands on its page.
pub struct Gate {
    pub real: RealGate,
    pub door: Arc<Door>,
    pub sold: Vec<Sold>,
    /// Codes of wristbands, where the gate's event has them.
    pub wristbands: Vec<String>,
    /// Codes of rehearsal tickets.
    pub rehearsals: Vec<String>,
    pub hands: Hands,
    pub address: String,
    _open: oneshot::Sender<()>,
}

/// What every operator of these tests signs in with.
pub const SECRET: &str = "7K3M0-9QFX2";

/// Who works the gate of a test: name to sign in with, and role.
pub type Crew<'a> = &'a [(&'a str, Role)];

/// What a test wants of its gate.
#[derive(Default)]
pub struct Wish<'a> {
    /// Operators.
    pub crew: Crew<'a>,
    /// Where the page opens; the gate's own in English where nobody says.
    pub page: &'a str,
    /// Exchanges bind wristbands.
    pub wristbands: bool,
    /// The search by name is on.
    pub names: bool,
    /// Camera and scanners.
    pub devices: Devices,
}

/// What opens the names.
pub const PHRASE: &str = "kopi tubruk pagi";

impl Gate {
    /// Six tickets, the page in English, no operators.
    pub async fn open() -> Self {
        Self::open_with(&[], "?lang=en").await
    }

    /// The same with operators, and on another page of the gate.
    pub async fn open_with(crew: Crew<'_>, page: &str) -> Self {
        Self::open_for(Wish {
            crew,
            page,
            ..Wish::default()
        })
        .await
    }

    /// Whatever a test wants.
    pub async fn open_for(wish: Wish<'_>) -> Self {
        let central = TestCentral::new(Engine::Sqlite).await;
        let mut plan = festival();
        plan.wristbands = wish.wristbands.then_some(Policy::Refuse);
        let event = central.publish(&plan).await;
        let id = event.event.id;
        let names = ["Ayu Lestari", "Budi Santoso", "Citra Dewi"];
        let sold = central.sell_to(&event, 0, 6, &names).await;
        if wish.names {
            let phrase = Passphrase::new(PHRASE).expect("a passphrase");
            let on = central.app.turn_search_on(id, phrase, &mut |_| ()).await;
            on.expect("it goes on");
        }
        let wristbands = match wish.wristbands {
            false => Vec::new(),
            true => {
                let roll = central
                    .app
                    .print_roll(id, "Roll 1", 6)
                    .await
                    .expect("a roll");
                let codes = central.app.roll_codes(id, &roll);
                codes.map(|(_, code)| code).collect()
            }
        };
        let rehearsals = central.app.make_rehearsals(id, 2, 48).await;
        let real = central.open_gate(&event, "Gate A", "north").await;
        real.sync(&central).await;
        if !wish.crew.is_empty() {
            employ(&real, &central, wish.crew).await;
        }
        let listening = screen::listen(([127, 0, 0, 1], 0).into()).await;
        let listening = listening.expect("a port");
        let address = format!("http://{}", listening.address);
        let pin = real.home.path().join("kiosk.pin");
        Pin::store(&pin, "4711", &SeededEntropy::new(1)).expect("a PIN");
        let options = Options {
            listen: listening.address,
            language: Language::English,
            home: Some(real.home.path().to_owned()),
            pin: Some(Arc::new(Pin::at(&pin))),
            devices: wish.devices,
            ..Options::default()
        };
        let (open, closed) = oneshot::channel();
        let door = Arc::new(Door::new(Arc::clone(&real.node), None, Action::Entry));
        let until_closed = async { closed.await.unwrap_or_default() };
        tokio::spawn(screen::serve(
            listening,
            Arc::clone(&door),
            options,
            until_closed,
        ));
        let page = if wish.page.is_empty() {
            "?lang=en"
        } else {
            wish.page
        };
        let hands = Hands::on(&format!("{address}/{page}")).await;
        if wish.crew.is_empty() && page.starts_with('?') {
            hands.until(READY).await;
        }
        Self {
            real,
            door,
            sold,
            wristbands,
            rehearsals: rehearsals.expect("a key").codes,
            hands,
            address,
            _open: open,
        }
    }

    /// Goes to another page of the gate.
    pub async fn go(&self, page: &str) {
        self.hands.go(&format!("{}/{page}", self.address)).await;
        self.hands.until(LOADED).await;
    }

    /// Pictures of the page as it is now, by day and by night, fit for everybody and within its window.
    pub async fn looks(&self, name: &str) {
        for scheme in ["light", "dark"] {
            self.hands.prefer(scheme).await;
            self.hands.picture(&format!("{name}-{scheme}")).await;
            self.hands.assert_accessible().await;
        }
        self.hands.prefer("light").await;
        self.hands.assert_fits().await;
    }

    /// Signs in at the page that is open.
    pub async fn sign_in(&self, login: &str) {
        self.hands.until(LOADED).await;
        self.hands.fill("#login", login).await;
        self.hands.fill("#secret", &format!("{SECRET}\n")).await;
        self.hands.until(READY).await;
    }

    pub fn code(&self, place: usize) -> &str {
        &self.sold[place].code
    }

    /// Waits until the page shows the verdict of this many scans.
    pub async fn shows(&self, scans: u64, what: &str) {
        self.hands.until(what).await;
        assert_eq!(self.real.status().scans, scans);
    }

    /// Waits until the page holds a text.
    pub async fn page_says(&self, text: &str) {
        let said = format!("return document.body.innerText.includes({text:?})");
        self.hands.until(&said).await;
    }

    /// Waits until the stage holds a text.
    pub async fn stage_says(&self, text: &str) {
        let said = format!("return document.getElementById('stage').innerText.includes({text:?})");
        self.hands.until(&said).await;
    }
}

/// The gate hears of operators, who sign in with a cheap hash.
async fn employ(real: &RealGate, central: &TestCentral, crew: Crew<'_>) {
    let (request, mut answer) = real.send(central).await.expect("an answer");
    answer.page.config = real.node.config().expect("read").map(|config| EventConfig {
        operators: Some(rules(crew)),
        ..config
    });
    real.take_in(&request, &answer).expect("taken in");
}

fn rules(crew: Crew<'_>) -> OperatorRules {
    let secret = GateSecret::typed(SECRET);
    let operator = |(place, (login, role)): (usize, &(&str, Role))| {
        let id = OperatorId::from_u128(place as u128 + 1);
        Operator {
            id,
            login: (*login).to_owned(),
            name: format!("{login} Wijaya"),
            role: *role,
            secret: secret.hash(id, [5; 16], Cost::LEAST).expect("a hash"),
            is_active: true,
        }
    };
    OperatorRules {
        operators: crew.iter().enumerate().map(operator).collect(),
        idle_ms: 600_000,
    }
}
