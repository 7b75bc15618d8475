//! Somebody else on this machine, another page in the browser, and whoever stands before the screen: what they try.

use std::net::Ipv4Addr;

use sync_protocol::operator::Role;

use super::*;
use crate::testing::{SECRET, config_with, operator};

const FORM: &str = "application/x-www-form-urlencoded";
/// An exchange officer, a validator and a supervisor work there.
const ROLES: [(u128, Role); 3] = [
    (1, Role::ExchangeOfficer),
    (2, Role::Validator),
    (3, Role::Supervisor),
];

struct Staffed {
    router: Router,
    door: Arc<Door>,
    clock: Arc<ambient::ManualClock>,
    home: tempfile::TempDir,
}

fn staffed() -> Staffed {
    let gate = Gate::with(&[valid(1), valid(2)]);
    let crew = ROLES.map(|(n, role)| operator(n, role));
    gate.hears(config_with(crew.to_vec()));
    let Gate { node, clock, home } = gate;
    opened(node, clock, home)
}

fn opened(node: Node, clock: Arc<ambient::ManualClock>, home: tempfile::TempDir) -> Staffed {
    let door = Arc::new(Door::new(Arc::new(node), None, Action::Entry));
    Staffed {
        router: super::super::router(Arc::clone(&door), Options::default()),
        door,
        clock,
        home,
    }
}

impl Staffed {
    /// Posts what a browser with this token sends.
    async fn post(&self, address: &str, token: &str, body: &str) -> Answer {
        let cookie = format!("operator-8780={token}");
        let headers = [
            ("cookie", cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        post(&self.router, address, FORM, body.to_owned(), &headers).await
    }

    async fn get(&self, address: &str, token: &str) -> Answer {
        let cookie = format!("operator-8780={token}");
        get(&self.router, address, &[("cookie", cookie.as_str())]).await
    }

    /// The token that somebody gets who signs in with a token at hand.
    async fn sign_in(&self, n: u128, held: &str) -> String {
        let body = format!("login=op{n}&secret={SECRET}");
        let answer = self.post("/sign-in", held, &body).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let cookies = answer.headers.get_all("set-cookie").iter();
        let mut texts = cookies.filter_map(|cookie| cookie.to_str().ok());
        let cookie = texts.find_map(|text| text.strip_prefix("operator-8780="));
        let token = cookie.and_then(|rest| rest.split(';').next());
        token.expect("a token").to_owned()
    }

    /// Whether a page opens for this token.
    async fn is_in(&self, token: &str) -> bool {
        self.get("/", token).await.status == StatusCode::OK
    }

    fn scans(&self) -> u64 {
        self.door.node().status().expect("a status").scans
    }
}

#[tokio::test]
async fn a_token_that_was_planted_or_seen_opens_nothing_after_somebody_signs_in() {
    let gate = staffed();
    let planted = gate.sign_in(2, "").await;
    let own = gate.sign_in(3, &planted).await;
    assert_ne!(own, planted);
    assert!(gate.is_in(&own).await && !gate.is_in(&planted).await);
    gate.post("/lock", &own, "").await;
    assert!(!gate.is_in(&own).await);
    let again = gate.sign_in(3, &own).await;
    assert_ne!(again, own);
    assert!(gate.is_in(&again).await && !gate.is_in(&own).await);
    let made_up = gate.sign_in(3, "AAAA").await;
    assert_ne!(made_up, "AAAA");
}

#[tokio::test]
async fn who_signs_in_or_switches_takes_the_devices_along_and_only_where_they_may() {
    let gate = staffed();
    let officer = gate.sign_in(1, "").await;
    assert_eq!(gate.door.action(), Action::Exchange);
    gate.post("/mode", &officer, "action=exit").await;
    assert_eq!(gate.door.action(), Action::Exchange);
    let validator = gate.sign_in(2, "").await;
    assert_eq!(gate.door.action(), Action::Entry);
    gate.post("/mode", &validator, "action=exit").await;
    assert_eq!(gate.door.action(), Action::Exit);
    gate.post("/mode", "nobody", "action=entry").await;
    assert_eq!(gate.door.action(), Action::Exit);
    // The page that was left in another action goes on with it, and so do the devices.
    let body = format!("action=entry&login=op3&secret={SECRET}");
    let supervisor = gate.post("/sign-in", "", &body).await;
    assert_eq!(supervisor.headers["location"], "/?action=entry");
    assert_eq!(gate.door.action(), Action::Entry);
    let validator = gate.sign_in(2, &validator).await;
    gate.post("/mode", &validator, "action=exit").await;
    gate.post("/sign-out", &validator, "").await;
    assert_eq!(
        gate.door.action(),
        Action::Entry,
        "the supervisor is still there"
    );
}

#[tokio::test]
async fn nobody_but_a_supervisor_decides_and_an_answer_counts_once() {
    let gate = staffed();
    let validator = gate.sign_in(2, "").await;
    let number = valid(1).number.to_string();
    let asked = format!("code={number}&action=entry&lang=en");
    gate.post("/scan", &validator, &asked).await;
    assert_eq!(gate.scans(), 1);
    let alone = gate.post("/decide", "nobody", "say=admit:1").await;
    let location = alone.headers["location"].to_str().expect("text");
    assert!(location.starts_with("/sign-in"), "{location}");
    gate.post("/decide", &validator, "say=admit:1").await;
    let guessed = "say=admit:1&login=op3&secret=AAAAA-AAAAA";
    gate.post("/decide", &validator, guessed).await;
    let cookie = format!("operator-8780={validator}");
    let forged = [
        ("cookie", cookie.as_str()),
        ("sec-fetch-site", "cross-site"),
    ];
    let forged = post(
        &gate.router,
        "/decide",
        FORM,
        "say=admit:1".to_owned(),
        &forged,
    )
    .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert_eq!(gate.scans(), 1, "none of that is a word");
    let own = format!("say=admit:1&login=op2&secret={SECRET}");
    let own = gate.post("/decide", &validator, &own).await;
    assert!(own.text.contains("verdict-refuse"), "{}", own.text);
    gate.clock.advance_ms(2_000);
    let supervisor = gate.sign_in(3, "").await;
    let yes = gate.post("/decide", &supervisor, "say=admit:1").await;
    assert!(yes.text.contains("verdict-admit"), "{}", yes.text);
    for say in ["admit:1", "turn_away:1"] {
        let replayed = gate
            .post("/decide", &supervisor, &format!("say={say}"))
            .await;
        assert!(
            replayed.text.contains("decided before"),
            "{}",
            replayed.text
        );
    }
    assert_eq!(gate.scans(), 3, "the question, who may not, and the yes");
}

#[tokio::test]
async fn what_can_be_decided_is_still_listed_after_a_restart() {
    let gate = staffed();
    let validator = gate.sign_in(2, "").await;
    let number = valid(1).number.to_string();
    let asked = format!("code={number}&action=entry&lang=en");
    gate.post("/scan", &validator, &asked).await;
    let Staffed {
        router,
        door,
        clock,
        home,
    } = gate;
    drop((router, door));
    let node = Node::open(home.path(), clock.clone()).expect("it opens again");
    let gate = opened(node, clock, home);
    assert!(
        !gate.is_in(&validator).await,
        "a restart signs everybody out"
    );
    let supervisor = gate.sign_in(3, "").await;
    let listed = gate.get("/decide?lang=en", &supervisor).await.text;
    for text in [&*number, "admit:1", "turn_away:1"] {
        assert!(listed.contains(text), "{text}: {listed}");
    }
    let yes = gate.post("/decide", &supervisor, "say=admit:1").await;
    assert!(yes.text.contains("verdict-admit"), "{}", yes.text);
}

#[tokio::test]
async fn another_site_takes_no_waiting_ticket_away_by_an_address() {
    let Gate {
        node, home: _home, ..
    } = crate::known::tests::gate(sync_protocol::config::Policy::Refuse, &[]);
    let router = router(Arc::new(node), Options::default());
    let scan = |page: &str, text: String| {
        let body = format!("code={text}&action=exchange&lang=en&page={page}");
        post(&router, "/scan", FORM, body, &[("hx-request", "true")])
    };
    let page = "99999999999999";
    scan(page, code(1).to_text()).await;
    let address = format!("/stage?lang=en&action=exchange&page={page}");
    get(&router, &address, &[("sec-fetch-site", "cross-site")]).await;
    let worn = scan(page, crate::known::tests::band(1)).await;
    assert!(worn.text.contains("verdict-admit"), "{}", worn.text);
}

#[tokio::test]
async fn strangers_on_the_network_scan_in_nobody_s_name() {
    let Gate {
        node, home: _home, ..
    } = Gate::with(&[valid(1)]);
    let options = Options {
        listen: (Ipv4Addr::UNSPECIFIED, 8780).into(),
        ..Options::default()
    };
    let router = router(Arc::new(node), options);
    let body = format!(r#"{{"code":"{}"}}"#, code(1).to_text());
    let refused = call(&router, body, &[("host", "192.168.1.5:8780")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.text.contains("this_machine_only"),
        "{}",
        refused.text
    );
    let status = get(&router, "/api/status", &[]).await;
    assert_eq!(status.status, StatusCode::FORBIDDEN);
}
