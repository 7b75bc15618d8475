//! Refunds by clicks in the panel: every move, who may, and that a form that is sent twice moves money once.
use std::collections::BTreeSet;

use central::{
    app::{refunds::RefundAsk, trail::Actor},
    domain::{
        permission::Permission,
        refund::{Refund, RefundReason, RefundStatus},
    },
    store,
};
use midtrans_sim::Drive;
use support::{
    central::Engine,
    panel::{ADMIN, Desk},
    shop::{Bought, Shop},
    visit::Seen,
};

pub const ASKED: &str = "SELECT COUNT(*) FROM refunds";
pub const DONE: &str =
    "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS SIGNED) FROM refunds WHERE status = 'done'";

/// A shop with an administrator, and two accounts of its organiser that ask for refunds and agree to them.
pub struct Office {
    pub shop: Shop,
    pub admin: Desk,
    pub rini: Desk,
    pub dewi: Desk,
}

impl Office {
    pub async fn open(engine: Engine) -> Self {
        let shop = Shop::open(engine).await;
        let admin = shop.central.admin().await;
        let by = shop.central.signed(ADMIN).await;
        let mut wanted: BTreeSet<Permission> = Permission::ALL.iter().copied().collect();
        wanted.retain(|one| one.fits(central::domain::permission::Reach::Client));
        let app = &shop.central.app;
        app.set_permissions(&by, "client", &wanted)
            .await
            .expect("may");
        let client = Some(shop.event.event.client);
        let people = &shop.central;
        let rini = people
            .person("rini@example.id", "client", client, &[])
            .await;
        let dewi = people
            .person("dewi@example.id", "client", client, &[])
            .await;
        Self {
            shop,
            admin,
            rini,
            dewi,
        }
    }

    pub async fn paid(&self, key: &str, count: u32, channel: &str) -> Bought {
        let key = format!("an-order-{key}");
        let order = self.shop.buy(&key, &[(0, count)]).await;
        let drive = Drive {
            to: "settlement".to_owned(),
            channel: Some(channel.to_owned()),
            ..Drive::default()
        };
        self.shop.drive_by(&order, drive).await;
        order
    }

    /// The only refund.
    pub async fn refund(&self) -> Refund {
        let mut tx = self
            .shop
            .central
            .app
            .store
            .read()
            .await
            .expect("a snapshot");
        let id = self.shop.central.id("SELECT id FROM refunds").await;
        let found = store::refund::by_id(&mut tx, central::domain::id::RefundId(id)).await;
        found.expect("reads").expect("a refund")
    }

    async fn send(&self) {
        let sent = self.shop.central.app.send_refunds(50).await;
        sent.expect("the database answers");
    }
}

pub fn money(order: &Bought) -> String {
    format!("/panel/orders/{}/money", order.number)
}

/// Asks for all of an order.
pub async fn ask(desk: &mut Desk, order: &Bought) -> Seen {
    let path = format!("/panel/orders/{}/refund", order.number);
    desk.get(&format!("{path}?scope=whole")).await;
    let fields = [("scope", "whole"), ("note", "the buyer is ill")];
    desk.post(&path, &fields).await
}

/// Does something about a refund.
async fn decide(desk: &mut Desk, order: &Bought, fields: &[(&str, &str)]) -> Seen {
    desk.get(&money(order)).await;
    let path = format!("/panel/orders/{}/refunds", order.number);
    desk.post(&path, fields).await
}

/// A form was carried out.
pub fn went(seen: &Seen) {
    assert_eq!(seen.status, 303, "{}", seen.page);
}

fn ticket_number(page: &str) -> String {
    let rest = page.split_once("name=\"ticket\" value=\"");
    let number = rest.and_then(|(_, rest)| rest.split('"').next());
    number.expect("a ticket").to_owned()
}

#[tokio::test]
async fn a_refund_is_asked_for_agreed_to_by_another_and_done() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let order = office.paid("one-ticket-back", 2, "qris").await;
        let path = format!("/panel/orders/{}/refund", order.number);
        let page = office.rini.get(&path).await.page;
        let ticket = ticket_number(&page);
        assert!(page.contains("IDR\u{A0}300,000"), "what is left: {page}");
        let shown = office
            .rini
            .get(&format!("{path}?scope=tickets&ticket={ticket}"))
            .await;
        assert!(
            shown
                .page
                .contains("<strong class=\"numbers\">IDR\u{A0}150,000</strong>"),
            "the share is shown before: {}",
            shown.page
        );
        let fields = [
            ("scope", "tickets"),
            ("ticket", ticket.as_str()),
            ("note", "the buyer is ill"),
        ];
        let seen = office.rini.post(&path, &fields).await;
        assert!(seen.to().ends_with("/money?done=refund_asked"));
        let twice = office.rini.post(&path, &fields).await;
        assert_eq!(twice.status, 422, "one request waits at a time");
        assert_eq!(office.shop.number(ASKED).await, 1);
        let refund = office.refund().await;
        assert_eq!(
            (refund.status, refund.amount.minor, refund.reason),
            (RefundStatus::Requested, 150_000, RefundReason::Staff)
        );
        let id = refund.id.to_string();
        let page = office.dewi.get("/panel/refunds").await.page;
        assert!(page.contains(&order.number) && page.contains("Agree or decline."));
        let agree = [("row", id.as_str())];
        let seen = office.dewi.post("/panel/refunds/agree", &agree).await;
        assert!(seen.page.contains("1 done, of 1"), "{}", seen.page);
        let again = office.dewi.post("/panel/refunds/agree", &agree).await;
        assert!(again.page.contains("It was agreed to before."), "once");
        let none = office.dewi.post("/panel/refunds/agree", &[]).await;
        assert_eq!(none.status, 422, "nothing was chosen");
        office.send().await;
        assert_eq!(office.shop.number(DONE).await, 150_000);
        assert_eq!(office.shop.look(&order).await["status"], "partly_refunded");
        let page = office.rini.get(&money(&order)).await.page;
        assert!(page.contains("Nothing: the money has gone back."), "{page}");
        let by = "SELECT COUNT(*) FROM audit_log WHERE action IN ('refund.requested', 'refund.approved') \
                  AND actor_id IS NOT NULL";
        assert_eq!(office.shop.number(by).await, 2, "both accounts are named");
    }
}

#[tokio::test]
async fn nobody_agrees_to_their_own_request_but_an_administrator() {
    let mut office = Office::open(Engine::Sqlite).await;
    let order = office.paid("four-eyes", 1, "qris").await;
    ask(&mut office.rini, &order).await;
    let id = office.refund().await.id.to_string();
    let page = office.rini.get(&money(&order)).await.page;
    assert!(page.contains("so another account agrees to it"), "{page}");
    for (path, fields, status) in [
        (
            format!("/panel/orders/{}/refunds", order.number),
            vec![("refund", id.as_str()), ("act", "agree")],
            422,
        ),
        // The list says of every row what became of it.
        (
            "/panel/refunds/agree".to_owned(),
            vec![("row", id.as_str())],
            200,
        ),
    ] {
        let seen = office.rini.post(&path, &fields).await;
        assert_eq!(seen.status, status, "{path}");
        assert!(seen.page.contains("somebody else must agree"), "{path}");
    }
    assert_eq!(office.refund().await.status, RefundStatus::Requested);
    // She may take it back, and an administrator who is alone may do both.
    let fields = [
        ("refund", id.as_str()),
        ("act", "decline"),
        ("why", "a mistake"),
    ];
    went(&decide(&mut office.rini, &order, &fields).await);
    assert_eq!(office.refund().await.status, RefundStatus::Declined);
    let other = office.paid("alone-in-the-office", 1, "qris").await;
    went(&ask(&mut office.admin, &other).await);
    let id = office
        .shop
        .central
        .id("SELECT id FROM refunds WHERE status = 'requested'")
        .await
        .to_string();
    let fields = [("refund", id.as_str()), ("act", "agree")];
    let seen = decide(&mut office.admin, &other, &fields).await;
    assert!(seen.to().contains("done=refund_agreed"));
}

#[tokio::test]
async fn a_request_is_declined_with_a_reason_that_its_buyer_reads() {
    let mut office = Office::open(Engine::Sqlite).await;
    let order = office.paid("a-wish", 1, "qris").await;
    let app = office.shop.central.app.clone();
    let rule = store::refund_rule::RefundRule {
        gives_back: true,
        ask_until: Some(office.shop.central.now().plus_ms(3_600_000)),
    };
    let ruled = app.set_refund_rule(office.shop.event.event.id, rule, &Actor::System);
    ruled.await.expect("a rule");
    let asked = app.request_refund(&order.number, &order.access, &[], "<b>bca 123</b>");
    let id = asked.await.expect("may ask").id.to_string();
    let page = office.dewi.get("/panel/refunds").await.page;
    assert!(page.contains("the buyer"), "buyers' wishes stand there too");
    let bare = [("refund", id.as_str()), ("act", "decline")];
    let seen = decide(&mut office.dewi, &order, &bare).await;
    assert_eq!(seen.status, 422);
    assert!(seen.page.contains("Say why") && seen.page.contains("&#60;b&#62;bca 123"));
    let fields = [
        ("refund", id.as_str()),
        ("act", "decline"),
        ("why", "The gates are open already."),
    ];
    let seen = decide(&mut office.dewi, &order, &fields).await;
    assert!(seen.to().contains("done=refund_declined"));
    let letter = office
        .shop
        .central
        .id("SELECT id FROM outbox WHERE kind = 'refund_mail'")
        .await;
    let path = format!("/panel/letters/reading?letter={letter}");
    let page = office.admin.get(&path).await.page;
    assert!(page.contains("The gates are open already."), "{page}");
    assert_eq!(office.refund().await.status, RefundStatus::Declined);
}

#[tokio::test]
async fn what_the_provider_cannot_give_back_is_given_by_hand_once() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let order = office.paid("by-hand", 1, "bank_transfer").await;
        ask(&mut office.rini, &order).await;
        let id = office.refund().await.id.to_string();
        let id = id.as_str();
        went(
            &decide(
                &mut office.dewi,
                &order,
                &[("refund", id), ("act", "agree")],
            )
            .await,
        );
        assert_eq!(office.refund().await.status, RefundStatus::Manual);
        let page = office.dewi.get("/panel/refunds?status=manual").await.page;
        assert!(page.contains("Give the money back, then write down"));
        let bare = [("refund", id), ("act", "finish"), ("reference", " ")];
        assert_eq!(decide(&mut office.dewi, &order, &bare).await.status, 422);
        let fields = [("refund", id), ("act", "finish"), ("reference", "TRF-77")];
        let seen = decide(&mut office.dewi, &order, &fields).await;
        assert!(seen.to().contains("done=refund_done"));
        let twice = decide(&mut office.dewi, &order, &fields).await;
        assert_eq!(twice.status, 422, "it went back once");
        assert_eq!(office.shop.number(DONE).await, 150_000);
        assert_eq!(
            office.refund().await.hand_reference.as_deref(),
            Some("TRF-77")
        );
    }
}

#[tokio::test]
async fn a_refused_refund_is_tried_again_or_taken_over() {
    let mut office = Office::open(Engine::Sqlite).await;
    let order = office.paid("refused", 1, "qris").await;
    let app = office.shop.central.app.clone();
    let whole = RefundAsk::whole(RefundReason::Staff);
    let made = app
        .refund_order(&order.number, &whole, &Actor::System)
        .await;
    let made = made.expect("paid");
    let failed = Refund {
        status: RefundStatus::Failed,
        last_error: Some("provider_refused".into()),
        ..made.clone()
    };
    let mut tx = app.store.begin().await.expect("a transaction");
    store::refund::advance(&mut tx, made.status, &failed)
        .await
        .expect("as a refusal leaves it");
    tx.commit().await.expect("committed");
    let page = office.dewi.get("/panel/refunds").await.page;
    assert!(page.contains("the provider refused"), "{page}");
    let id = made.id.to_string();
    let again = [("refund", id.as_str()), ("act", "again")];
    let seen = decide(&mut office.dewi, &order, &again).await;
    assert!(seen.to().contains("done=refund_again"));
    assert_eq!(office.refund().await.status, RefundStatus::Sent);
    let take = [("refund", id.as_str()), ("act", "take")];
    let seen = decide(&mut office.dewi, &order, &take).await;
    assert!(seen.to().contains("done=refund_taken"));
    assert_eq!(office.refund().await.status, RefundStatus::Manual);
    let seen = decide(&mut office.dewi, &order, &again).await;
    assert_eq!(seen.status, 422, "a person has it now");
}
