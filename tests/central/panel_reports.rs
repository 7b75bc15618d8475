//! Reports: their sums are those of the rows, whatever happened to an order; nobody sees others'; files hold what pages show.
use std::sync::Arc;

use central::{
    app::{
        desk::{Means, Taken},
        refunds::RefundAsk,
        trail::Actor,
    },
    domain::{
        charge::{Charge, ChargeBase, ChargeKind, Cut, Rate},
        money::Currency,
        new_event::NewEvent,
        new_price::{NewGroupDiscount, NewPromo},
        refund::{RefundReason, Scope},
    },
    payments::OnSite,
};
use midtrans_sim::Drive;
use serde_json::json;
use support::{
    central::{Engine, START, TestCentral},
    festival::{festival, new_type},
    panel::Desk,
    shop::{Bought, Shop},
};
use sync_protocol::{ticket::TicketStatus, verdict::Reason};

pub const DAY: i64 = 86_400_000;
pub const HOUR: i64 = 3_600_000;

/// Fees and taxes on top and included, a code, a group discount, a type that costs nothing.
fn with_everything(wish: &mut NewEvent) {
    let charge = |kind, name: &str, rate, is_included| Charge {
        kind,
        name: name.into(),
        rate,
        base: ChargeBase::Tickets,
        is_included,
    };
    wish.prices.charges = vec![
        charge(ChargeKind::Fee, "Service", Rate::PerTicket(5_000), false),
        charge(ChargeKind::Tax, "PBJT", Rate::Percent(1_000), true),
        charge(ChargeKind::Tax, "City", Rate::Percent(125), false),
    ];
    wish.prices.group_discounts = vec![NewGroupDiscount {
        name: "Four".into(),
        ticket_type: None,
        min_quantity: 4,
        cut: Cut::Percent(1_000),
    }];
    wish.prices.promos = vec![NewPromo {
        code: "THIRD".into(),
        ticket_type: None,
        cut: Cut::Percent(3_333),
        valid_from: START,
        valid_until: START.plus_ms(40 * DAY),
        quota: 100,
        per_buyer: 100,
        min_spend_minor: 0,
        is_stackable: true,
    }];
    wish.types.push(new_type("Free", 0, 100));
    wish.ends_at = START.plus_ms(30 * DAY);
    for kind in &mut wish.types {
        kind.sale_until = START.plus_ms(30 * DAY);
    }
}

async fn place(shop: &Shop, key: &str, lines: &[(usize, u32)], codes: &[&str]) -> Bought {
    let mut wish = shop.wish(lines);
    wish["promo_codes"] = json!(codes);
    let (status, body) = shop.place(key, &wish).await;
    assert_eq!(status, 201, "{body}");
    Bought {
        number: body["number"].as_str().expect("a number").into(),
        access: body["access"].as_str().expect("a secret").into(),
    }
}

async fn pay(shop: &Shop, order: &Bought) {
    pay_by(shop, order, "credit_card", false).await;
}

async fn pay_by(shop: &Shop, order: &Bought, channel: &str, second: bool) {
    let drive = Drive {
        to: "settlement".to_owned(),
        channel: Some(channel.to_owned()),
        second,
        ..Drive::default()
    };
    shop.drive_by(order, drive).await;
}

async fn refund(shop: &Shop, order: &Bought, tickets: Option<usize>) {
    let app = &shop.central.app;
    let view = app.find_order(&order.number, &order.access).await;
    let all = view.expect("placed").tickets;
    let scope = tickets.map_or(Scope::Whole, |many| {
        let valid = all
            .iter()
            .filter(|one| one.gate.status == TicketStatus::Valid);
        Scope::Tickets(valid.take(many).map(|one| one.gate.id).collect())
    });
    let ask = RefundAsk {
        scope,
        reason: RefundReason::Staff,
        note: String::new(),
    };
    let by = Actor::Staff("Rini".to_owned());
    app.refund_order(&order.number, &ask, &by)
        .await
        .expect("paid");
    app.send_refunds(50).await.expect("sent");
}

async fn take_by_hand(central: &TestCentral, number: &str, amount_minor: i64) {
    let taken = Taken {
        means: Means::Cash,
        amount_minor,
        reference: "R-1".into(),
    };
    let by = Actor::Staff("Rini".to_owned());
    let paid = central.app.record_payment(number, &taken, &by).await;
    paid.expect("taken");
}

/// Orders of every sort over four days.
pub async fn busy_days(engine: Engine) -> Shop {
    let shop = Shop::open_with(engine, with_everything).await;
    let central = &shop.central;
    let whole = place(&shop, "refunded-whole", &[(0, 3)], &["THIRD"]).await;
    let parts = place(&shop, "refunded-in-parts", &[(0, 4), (1, 1)], &[]).await;
    for order in [&whole, &parts] {
        pay(&shop, order).await;
    }
    // Not yet paid, and never.
    place(&shop, "stays-pending", &[(0, 1)], &[]).await;
    central.clock.advance_ms(DAY);
    let kept = place(&shop, "stays-paid", &[(0, 1)], &["THIRD"]).await;
    pay(&shop, &kept).await;
    place(&shop, "costs-nothing", &[(2, 2)], &[]).await;
    let by_hand = place(&shop, "at-the-desk", &[(0, 2)], &[]).await;
    let total = shop.look(&by_hand).await["total_minor"].as_i64();
    take_by_hand(central, &by_hand.number, total.expect("a sum")).await;
    central.clock.advance_ms(DAY);
    let twice = place(&shop, "paid-twice", &[(0, 1)], &[]).await;
    pay(&shop, &twice).await;
    pay_by(&shop, &twice, "credit_card", true).await;
    let reversed = place(&shop, "taken-back", &[(0, 1)], &[]).await;
    pay_by(&shop, &reversed, "bank_transfer", false).await;
    shop.drive(&reversed, "deny").await;
    refund(&shop, &parts, Some(2)).await;
    central.clock.advance_ms(DAY);
    refund(&shop, &whole, None).await;
    refund(&shop, &parts, Some(1)).await;
    central.app.send_refunds(50).await.expect("sent");
    shillings(&shop).await;
    shop
}

/// An event in another currency, whose money is taken at the desk.
async fn shillings(shop: &Shop) {
    let mut wish = festival();
    (wish.slug, wish.name, wish.currency) = ("nairobi".into(), "Nairobi".into(), Currency::Kes);
    wish.ends_at = START.plus_ms(30 * DAY);
    for kind in &mut wish.types {
        kind.sale_until = START.plus_ms(30 * DAY);
    }
    wish.client.slug = "kenyan".into();
    let event = shop.central.publish(&wish).await;
    let form = support::buyers::form(1, event.types[0].id, 3);
    // The shop's own provider takes no shillings.
    let mut app = shop.central.app.clone();
    app.provider = Arc::new(OnSite);
    let placed = app.place_order("nairobi", "in-shillings", &form).await;
    let order = placed.expect("placed").order;
    take_by_hand(&shop.central, &order.number, order.total.minor).await;
}

/// A table as its file holds it, without its head.
pub async fn table(desk: &mut Desk, address: &str) -> Vec<Vec<String>> {
    let bytes = desk.bytes(address).await;
    let text = String::from_utf8(bytes).expect("text");
    let text = text
        .strip_prefix('\u{FEFF}')
        .unwrap_or_else(|| panic!("{address}: {text}"));
    text.lines().skip(1).map(cells).collect()
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().expect("one").push(other),
        }
    }
    cells
}

pub fn number(cell: &str) -> i64 {
    cell.parse()
        .unwrap_or_else(|_| panic!("{cell} is no number"))
}

pub const ALL: &str = "/panel/reports.csv?from=2026-11-30&until=2026-12-31&lang=en&table=";

#[tokio::test]
async fn a_range_counts_a_sale_on_the_events_own_day() {
    let shop = Shop::open_with(Engine::Sqlite, with_everything).await;
    // 23:59 and 00:00 in Jakarta, 16:59 and 17:00 UTC.
    shop.central.clock.advance_ms(17 * HOUR - 60_000);
    let late = place(&shop, "before-midnight", &[(0, 1)], &[]).await;
    pay(&shop, &late).await;
    shop.central.clock.advance_ms(60_000);
    let early = place(&shop, "after-midnight", &[(0, 1)], &[]).await;
    pay(&shop, &early).await;
    let mut desk = shop.central.admin().await;
    let on = async |desk: &mut Desk, from: &str, until: &str| {
        let address = format!(
            "/panel/events/festival/reports.csv?from={from}&until={until}&table=channels-idr"
        );
        table(desk, &address)
            .await
            .iter()
            .map(|row| number(&row[1]))
            .sum::<i64>()
    };
    assert_eq!(on(&mut desk, "2026-12-01", "2026-12-01").await, 1);
    assert_eq!(on(&mut desk, "2026-12-02", "2026-12-02").await, 1);
    assert_eq!(on(&mut desk, "2026-12-01", "2026-12-02").await, 2);
    let none = desk
        .get("/panel/events/festival/reports?from=2026-01-01&until=2026-01-02")
        .await;
    assert!(
        none.page.contains("Nothing was paid"),
        "an empty range says so"
    );
}

#[tokio::test]
async fn guests_and_gates_are_as_the_rulings_say() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 8).await;
        let mut north = central.enrol(&event, "Gate A", "north").await;
        let mut south = central.enrol(&event, "Gate B", "south").await;
        for gate in [&mut north, &mut south] {
            gate.sync(&central).await;
        }
        for ticket in &tickets[..3] {
            north.admit(&central, *ticket);
        }
        north.scan(&central, tickets[0], Reason::AlreadyUsed);
        central.clock.advance_ms(20 * 60_000);
        // A double: south could not know. It counts once.
        south.admit(&central, tickets[0]);
        south.admit(&central, tickets[4]);
        south.scan(&central, tickets[5], Reason::WrongGate);
        south.scan(&central, tickets[6], Reason::WrongGate);
        for gate in [&mut north, &mut south] {
            gate.sync(&central).await;
        }
        let mut desk = central.admin().await;
        let file =
            "/panel/events/festival/reports.csv?lang=en&from=2026-12-01&until=2026-12-02&table=";
        let arrivals = table(&mut desk, &format!("{file}arrivals")).await;
        let counts: Vec<_> = arrivals.iter().map(|row| row[1..].join(" ")).collect();
        assert_eq!(counts, ["3 3 0", "1 0 1"], "{engine:?}: {arrivals:?}");
        let came = table(&mut desk, &format!("{file}came")).await;
        assert_eq!(came[0][..], ["Regular", "8", "4", "50%"], "{engine:?}");
        let gates = table(&mut desk, &format!("{file}gates")).await;
        assert_eq!(gates[0][..5], ["Gate A", "4", "3", "4", "4"], "{gates:?}");
        assert_eq!(gates[1][..5], ["Gate B", "4", "1", "4", "4"], "{gates:?}");
        let refusals = table(&mut desk, &format!("{file}refusals")).await;
        assert_eq!(
            refusals,
            [
                ["Another gate", "2", "0", "2"],
                ["Already used", "1", "1", "0"]
            ]
        );
        let by_day = table(&mut desk, &format!("{file}came-days")).await;
        assert_eq!(by_day, [["Day 1", "4"]]);
        let page = desk.get("/panel/events/festival/reports").await.page;
        for shown in [
            "How quickly gates worked",
            "role=\"img\"",
            "picture-arrivals-t",
        ] {
            assert!(page.contains(shown), "{shown}");
        }
    }
}

#[tokio::test]
async fn an_organiser_adds_up_their_own_events_alone() {
    let shop = busy_days(Engine::Sqlite).await;
    let admin = shop.central.admin().await;
    drop(admin);
    let client = Some(shop.event.event.client);
    let mut desk = shop
        .central
        .person("c@example.id", "client", client, &[])
        .await;
    let page = desk
        .get("/panel/reports?from=2026-11-30&until=2026-12-31")
        .await;
    assert!(page.page.contains("Festival") && !page.page.contains("Nairobi"));
    assert!(!page.page.contains("KES"), "nothing of what others sold");
    for foreign in [
        "/panel/reports?event=nairobi",
        "/panel/reports?client=kenyan",
        "/panel/reports.csv?event=nairobi&table=money-kes",
        "/panel/events/nairobi/reports",
        "/panel/events/nairobi/reports.csv?table=money-kes",
        "/panel/events/festival/reports.csv?event=nairobi&table=money-kes",
        &format!("{ALL}money-kes"),
    ] {
        assert_eq!(desk.get(foreign).await.status, 404, "{foreign}");
    }
}

#[tokio::test]
async fn a_table_that_is_taken_away_is_noted_and_holds_no_formula() {
    let shop = Shop::open_with(Engine::Sqlite, |wish| {
        with_everything(wish);
        wish.types[0].name = "=cmd|'/C calc'!A0".into();
    })
    .await;
    let order = place(&shop, "of-a-formula", &[(0, 1)], &[]).await;
    pay(&shop, &order).await;
    let mut desk = shop.central.admin().await;
    let file = "/panel/events/festival/reports.csv?table=types-idr";
    let types = table(&mut desk, file).await;
    assert_eq!(types[0][0], "'=cmd|'/C calc'!A0");
    let sheet = desk
        .bytes("/panel/events/festival/reports.xlsx?table=types-idr")
        .await;
    assert!(sheet.starts_with(b"PK"), "a sheet");
    let noted = "SELECT COUNT(*) FROM audit_log WHERE action = 'reports.export' AND detail LIKE '%types-idr%'";
    assert_eq!(shop.number(noted).await, 2);
    let page = desk.get("/panel/events/festival/reports").await.page;
    assert!(
        page.contains("=cmd|") && !page.contains("<script>alert"),
        "shown as text"
    );
    assert_eq!(
        desk.get("/panel/reports.csv?table=nothing").await.status,
        404
    );
}

#[tokio::test]
async fn an_answer_holds_for_some_seconds_and_a_file_asks_for_its_table_alone() {
    let shop = Shop::open_with(Engine::Sqlite, with_everything).await;
    let sell = async |key: &str| {
        let order = place(&shop, key, &[(0, 1)], &[]).await;
        pay(&shop, &order).await;
    };
    sell("the-first-one").await;
    let mut desk = shop.central.admin().await;
    let file = "/panel/events/festival/reports.csv?table=channels-idr";
    let sold = async |desk: &mut Desk| number(&table(desk, file).await[0][1]);
    assert_eq!(sold(&mut desk).await, 1);
    sell("the-second-one").await;
    assert_eq!(sold(&mut desk).await, 1, "as it was just now");
    shop.central.clock.advance_ms(5_000);
    assert_eq!(sold(&mut desk).await, 2);
    // What codes brought cannot be asked any more: the page misses it, and a file that tells nothing of it does not.
    let gone = "ALTER TABLE promo_usages RENAME TO elsewhere";
    shop.central.execute(gone).await;
    shop.central.clock.advance_ms(5_000);
    assert_eq!(sold(&mut desk).await, 2);
    let page = desk.get("/panel/events/festival/reports").await;
    assert_eq!(page.status, 500, "a page asks all");
}
