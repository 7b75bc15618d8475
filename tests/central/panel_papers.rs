//! What goes with sales in the panel: letters that have not left, wristband rolls, receipts, organisers.
use central::{
    app::{letters::Preview, refunds::RefundAsk},
    domain::{id::ClientId, refund::RefundReason},
};
use support::{central::Engine, festival::festival, panel::Desk, pdf, shop::Shop};
use sync_protocol::config::Policy;

use crate::panel_money::{Office, ask, money, went};

#[tokio::test]
async fn letters_that_were_given_up_are_shown_and_tried_again() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        office.paid("mail-one", 1, "qris").await;
        office.paid("mail-two", 1, "qris").await;
        let give_up = "UPDATE outbox SET failed_at = 5, attempts = 3, last_error = 'mail_refused_550' \
                       WHERE kind = 'tickets_mail'";
        office.shop.central.execute(give_up).await;
        let page = office.admin.get("/panel/letters").await.page;
        assert!(page.contains("the mail server refused (550)"), "{page}");
        let ask = "SELECT id FROM outbox WHERE failed_at IS NOT NULL";
        let letter = office.shop.central.id(ask).await.to_string();
        let one = [("letter", letter.as_str())];
        let seen = office.admin.post("/panel/letters", &one).await;
        assert!(seen.to().contains("done=letter_again"));
        let left = "SELECT COUNT(*) FROM outbox WHERE failed_at IS NOT NULL";
        assert_eq!(office.shop.number(left).await, 1);
        let seen = office.admin.post("/panel/letters", &one).await;
        assert_eq!(seen.status, 422, "it is not given up any more");
        went(&office.admin.post("/panel/letters", &[("all", "1")]).await);
        assert_eq!(office.shop.number(left).await, 0);
        let trail =
            "SELECT COUNT(*) FROM audit_log WHERE action = 'letter.again' AND actor_id IS NOT NULL";
        assert_eq!(office.shop.number(trail).await, 2);
        let page = office.admin.get("/panel/letters?state=waiting").await.page;
        assert!(page.contains("Tickets"), "{page}");
        assert_eq!(office.dewi.get("/panel/letters").await.status, 403);
    }
}

#[tokio::test]
async fn a_letter_is_read_without_what_it_opens() {
    let mut office = Office::open(Engine::Sqlite).await;
    let order = office.paid("read-me", 1, "qris").await;
    let kind = "SELECT id FROM outbox WHERE kind = 'tickets_mail'";
    let letter = office.shop.central.id(kind).await;
    let page = office
        .admin
        .get(&format!("/panel/letters/reading?letter={letter}"))
        .await
        .page;
    for shown in ["siti@example.id", &order.number, ".pdf", "•••"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains(&order.access) && !page.contains("access="));
    // A way to a password is for its receiver alone, whoever looks.
    let mut desk = Desk::new(&office.shop.central);
    desk.get("/panel/forgot").await;
    let fields = [("email", support::panel::ADMIN)];
    desk.post("/panel/forgot", &fields).await;
    let kind = "SELECT id FROM outbox WHERE kind = 'password_reset'";
    let letter = office.shop.central.id(kind).await;
    let read = office.shop.central.app.preview_letter(letter).await;
    assert!(matches!(read, Ok(Preview::Secret(_))), "{read:?}");
    let path = format!("/panel/letters/reading?letter={letter}");
    let page = office.admin.get(&path).await.page;
    assert!(page.contains("for its receiver alone") && !page.contains("secret="));
}

#[tokio::test]
async fn rolls_are_made_taken_in_printed_and_withdrawn() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, |wish| wish.wristbands = Some(Policy::Admit)).await;
        let mut desk = shop.central.admin().await;
        let base = "/panel/events/festival/wristbands";
        desk.get(base).await;
        let fields = [("name", "VIP <i>"), ("count", "40")];
        went(&desk.post(base, &fields).await);
        let twice = desk.post(base, &fields).await;
        assert_eq!(twice.status, 422, "one roll of a name");
        let page = desk.get(base).await.page;
        assert!(
            page.contains("VIP &#60;i&#62;") && page.contains("1–40"),
            "{page}"
        );
        let roll = shop.central.id("SELECT id FROM wristband_rolls").await;
        let sheets = desk.bytes(&format!("{base}/sheets.pdf?roll={roll}")).await;
        assert!(pdf::words(&sheets).contains("40"), "a sheet of each");
        let table = desk.bytes(&format!("{base}/codes.csv?roll={roll}")).await;
        let table = String::from_utf8(table).expect("text");
        assert_eq!(table.lines().count(), 41);
        let import = format!("{base}/import");
        let wrong = [("name", "Elsewhere"), ("list", "WB-1\r\nWB-1")];
        let seen = desk.post(&import, &wrong).await;
        assert_eq!(seen.status, 422);
        assert!(seen.page.contains("WB-1") && seen.page.contains("same code as line 1"));
        let long: String = (0..9_000).map(|n| format!("WB-{n:06}\r\n")).collect();
        let list = [("name", "Elsewhere"), ("list", long.as_str())];
        let seen = desk.post(&import, &list).await;
        assert!(
            seen.to().contains("done=roll_taken"),
            "longer than other forms"
        );
        let withdraw = format!("{base}/withdraw");
        let code = table.lines().nth(3).and_then(|line| line.split(',').nth(1));
        let one = [("code", code.expect("a code"))];
        went(&desk.post(&withdraw, &one).await);
        let again = desk.post(&withdraw, &one).await;
        assert_eq!(again.status, 422);
        let whole = roll.to_string();
        went(&desk.post(&withdraw, &[("roll", whole.as_str())]).await);
        let page = desk.get(&format!("{base}?count=1")).await.page;
        assert!(
            page.contains("In use") && page.contains("Withdrawn"),
            "{page}"
        );
        let by = "SELECT COUNT(*) FROM audit_log WHERE action LIKE 'wristband.%' AND actor_id IS NOT NULL";
        assert_eq!(shop.number(by).await, 6, "each act by name");
        let gone = format!("{base}/codes.csv?roll={}", uuid::Uuid::nil());
        assert_eq!(desk.get(&gone).await.status, 404);
    }
}

#[tokio::test]
async fn a_roll_of_another_event_is_answered_as_what_does_not_exist() {
    let bind = |wish: &mut central::domain::new_event::NewEvent| {
        wish.wristbands = Some(Policy::Admit);
    };
    let shop = Shop::open_with(Engine::Sqlite, bind).await;
    let mut other = festival();
    bind(&mut other);
    other.slug = "elsewhere".into();
    let other = shop.central.publish(&other).await;
    let app = &shop.central.app;
    let roll = app.print_roll(other.event.id, "Theirs", 5).await;
    let roll = roll.expect("a roll").id.to_string();
    let mut desk = shop.central.admin().await;
    let base = "/panel/events/festival/wristbands";
    desk.get(base).await;
    let (withdraw, whole) = (format!("{base}/withdraw"), [("roll", roll.as_str())]);
    assert_eq!(desk.post(&withdraw, &whole).await.status, 404);
    for file in ["sheets.pdf", "codes.csv"] {
        let seen = desk.get(&format!("{base}/{file}?roll={roll}")).await;
        assert_eq!(seen.status, 404, "{file}");
    }
}

#[tokio::test]
async fn receipts_are_found_by_number_and_come_without_tickets() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let order = office.paid("with-invoice", 1, "qris").await;
        went(&ask(&mut office.rini, &order).await);
        let id = office.refund().await.id;
        let by = office.shop.central.signed("dewi@example.id").await;
        let agreed = office.shop.central.app.agree_to_refund(&by, id).await;
        agreed.expect("another account");
        let base = "/panel/events/festival/receipts";
        let page = office.dewi.get(base).await.page;
        assert!(page.contains("INV/FESTIVAL/2026/00001"), "{page}");
        let notes = office.dewi.get(&format!("{base}?kind=refund")).await.page;
        assert!(notes.contains("CN/FESTIVAL/2026/00001"), "{notes}");
        let none = office.dewi.get(&format!("{base}?q=GRB-NOBODY")).await.page;
        assert!(!none.contains("INV/FESTIVAL"), "{none}");
        let other = office.paid("still-good", 1, "qris").await;
        let invoice = format!("/panel/orders/{}/invoice.pdf", other.number);
        let words = pdf::words(&office.dewi.bytes(&invoice).await);
        assert!(words.contains(&other.number), "{words}");
        let ticket = office.shop.look(&other).await["tickets"][0]["number"].clone();
        let ticket = ticket.as_str().expect("a ticket").to_owned();
        assert!(
            !words.contains(&ticket),
            "tickets are for the buyer: {words}"
        );
        let note = format!("/panel/orders/{}/credit-note.pdf?refund={id}", order.number);
        let words = pdf::words(&office.dewi.bytes(&note).await);
        assert!(words.contains("CN/FESTIVAL/2026/00001"), "{words}");
        office.dewi.get(base).await;
        let bad = [("kind", "sale"), ("pattern", "INV <script>")];
        let seen = office.dewi.post(base, &bad).await;
        assert_eq!(seen.status, 422);
        assert!(seen.page.contains("INV &#60;script&#62;"), "stays as typed");
        let good = [("kind", "sale"), ("pattern", "F/{year}/{number:04}")];
        went(&office.dewi.post(base, &good).await);
        office.paid("numbered-anew", 1, "qris").await;
        let page = office.dewi.get(base).await.page;
        assert!(page.contains("F/2026/0003") && page.contains("INV/FESTIVAL/2026/00001"));
    }
}

#[tokio::test]
async fn an_organiser_is_searched_looked_at_and_changed() {
    let mut office = Office::open(Engine::Sqlite).await;
    let client = office.shop.event.event.client;
    let path = format!("/panel/clients/{client}");
    let page = office.admin.get(&path).await.page;
    for shown in ["rini@example.id", "/panel/events/festival"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let bad = [("name", "Musik <b>"), ("email", "nowhere")];
    let seen = office.admin.post(&path, &bad).await;
    assert_eq!(seen.status, 422);
    assert!(
        seen.page.contains("value=\"Musik &#60;b&#62;\""),
        "stays as typed"
    );
    let good = [
        ("name", "Musik Merdeka Raya"),
        ("email", "halo@example.id"),
        ("slug", "stolen"),
        ("status", "closed"),
    ];
    went(&office.admin.post(&path, &good).await);
    let page = office.admin.get("/panel/clients?q=merdeka+raya").await.page;
    assert!(
        page.contains("halo@example.id") && !page.contains("stolen"),
        "{page}"
    );
    let none = office.admin.get("/panel/clients?q=nobody").await.page;
    assert!(none.contains("Nothing fits these filters"));
    let gone = format!("/panel/clients/{}", ClientId(uuid::Uuid::nil()));
    assert_eq!(office.admin.get(&gone).await.status, 404);
    assert_eq!(office.dewi.get(&path).await.status, 403);
}

#[tokio::test]
async fn the_refunds_of_a_cancelled_event_are_followed() {
    let mut office = Office::open(Engine::Sqlite).await;
    let order = office.paid("off", 1, "qris").await;
    let page = office
        .dewi
        .get("/panel/events/festival/refund-run")
        .await
        .page;
    assert!(page.contains("This one is not."), "{page}");
    let (app, event) = (office.shop.central.app.clone(), office.shop.event.event.id);
    let by = central::app::trail::Actor::Staff("Rini".into());
    app.cancel_event(event, &by)
        .await
        .expect("may be cancelled");
    let page = office.dewi.get("/panel/refunds").await.page;
    assert!(page.contains("/panel/events/festival/refund-run"), "{page}");
    while app.refund_cancelled(10).await.expect("goes on") > 0 {}
    app.refund_cancelled(10).await.expect("ends");
    let page = office
        .dewi
        .get("/panel/events/festival/refund-run")
        .await
        .page;
    assert!(
        page.contains("max=\"1\" value=\"1\"") && page.contains("Done"),
        "{page}"
    );
    let page = office.dewi.get(&money(&order)).await.page;
    assert!(page.contains("The event is off"), "{page}");
}

#[tokio::test]
async fn a_run_that_is_done_has_dealt_with_all() {
    let mut office = Office::open(Engine::Sqlite).await;
    let (app, event) = (office.shop.central.app.clone(), office.shop.event.event.id);
    let by = central::app::trail::Actor::Staff("Rini".into());
    let before = office.paid("back-before", 1, "qris").await;
    let whole = RefundAsk::whole(RefundReason::Staff);
    let back = app.refund_order(&before.number, &whole, &by).await;
    back.expect("paid");
    office.paid("off-one", 1, "qris").await;
    office.shop.buy("off-two-unpaid", &[(0, 1)]).await;
    app.cancel_event(event, &by).await.expect("may be");
    let path = "/panel/events/festival/refund-run";
    assert_eq!(app.refund_cancelled(1).await.expect("a piece"), 1);
    let page = office.admin.get(path).await.page;
    assert!(page.contains("max=\"2\" value=\"1\""), "{page}");
    while app.refund_cancelled(10).await.expect("goes on") > 0 {}
    let page = office.admin.get(path).await.page;
    assert!(
        page.contains("max=\"2\" value=\"2\"") && page.contains("Done"),
        "{page}"
    );
    // There is one page for it.
    let setup = office.admin.get("/panel/events/festival/cancel").await;
    assert!(setup.page.contains(path), "{}", setup.page);
}
