//! What takes a deed back: offered where everything becomes as it was, and to the session alone that did it.
use central::{
    app::{trail::Actor, users::By},
    domain::{event::EventStatus, promo::PromoStatus},
};
use support::{
    central::Engine,
    panel::{ADMIN, Desk, PASSWORD},
    shop::Shop,
    visit::Seen,
};

const FESTIVAL: &str = "/panel/events/festival";

/// Where the form that takes it back is sent, with its fields; nothing where there is none.
fn undo(page: &str) -> Option<(String, Vec<(String, String)>)> {
    let (_, form) = page.split_once("class=\"p-undo\"")?;
    let form = form.split("</form>").next()?;
    let text = |rest: &str| {
        let raw = rest.split('"').next().unwrap_or_default();
        raw.replace("&#34;", "\"").replace("&#38;", "&")
    };
    let action = text(form.split_once("action=\"")?.1);
    let fields = form.split("type=\"hidden\" name=\"").skip(1).map(|rest| {
        let value = rest.split_once("value=\"").map_or("", |(_, value)| value);
        (text(rest), text(value))
    });
    let own = fields.filter(|(name, _)| name != "token");
    Some((action, own.collect()))
}

/// Presses it.
async fn press(desk: &mut Desk, page: &str) -> Seen {
    let (action, fields) = undo(page).expect("a way back");
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    desk.post(&action, &fields).await
}

#[tokio::test]
async fn a_code_that_was_ended_is_brought_back_by_who_ended_it() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let event = shop.event.event.id;
        shop.central.promo(event, "EARLY").await;
        let status = async || shop.central.app.promos(event).await.expect("codes")[0].status;
        let mut desk = shop.central.admin().await;
        let url = format!("{FESTIVAL}/promos/EARLY");
        desk.get(&url).await;
        let off = [("to", "off")];
        let ended = desk
            .post(&format!("{url}/switch"), &off)
            .await
            .to()
            .to_owned();
        assert_eq!(status().await, PromoStatus::Disabled);
        // Another session is offered nothing by this address, nor is anybody by another one.
        let mut other = Desk::new(&shop.central);
        other.sign_in(ADMIN, PASSWORD).await;
        assert_eq!(undo(&other.get(&ended).await.page), None);
        let forged = ended.replace("off", "on").replace("EARLY", "OTHER");
        assert_eq!(undo(&desk.get(&forged).await.page), None);
        let page = desk.get(&ended).await.page;
        assert!(page.contains("The code is ended"), "{page}");
        assert_eq!(press(&mut desk, &page).await.status, 303);
        assert_eq!(status().await, PromoStatus::Active);
        let trail = "SELECT COUNT(*) FROM audit_log WHERE action = 'promo.status'";
        assert_eq!(shop.number(trail).await, 2);
        // What was off already is not brought to life.
        desk.post(&format!("{url}/switch"), &off).await;
        let again = desk
            .post(&format!("{url}/switch"), &off)
            .await
            .to()
            .to_owned();
        assert_eq!(undo(&desk.get(&again).await.page), None);
    }
}

#[tokio::test]
async fn filters_that_were_forgotten_are_kept_again() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    let list = "/panel/orders?status=pending";
    desk.get(list).await;
    let wish = [
        ("list", "orders"),
        ("name", "Unpaid & \"old\""),
        ("query", "status=pending"),
        ("back", list),
    ];
    desk.post("/panel/saved", &wish).await;
    let page = desk.get(list).await.page;
    let id = page.split("name=\"id\" value=\"").nth(1);
    let id = id.and_then(|rest| rest.split('"').next()).expect("an id");
    let forget = [("id", id), ("back", list)];
    let forgotten = desk
        .post("/panel/saved/forget", &forget)
        .await
        .to()
        .to_owned();
    assert_eq!(shop.number("SELECT COUNT(*) FROM saved_filters").await, 0);
    let page = desk.get(&forgotten).await.page;
    let (action, fields) = undo(&page).expect("a way back");
    assert_eq!(action, "/panel/saved");
    assert!(fields.contains(&("back".into(), list.into())), "{fields:?}");
    let kept = press(&mut desk, &page).await;
    assert_eq!(kept.to(), format!("{list}&done=kept"));
    assert_eq!(shop.number("SELECT COUNT(*) FROM saved_filters").await, 1);
}

#[tokio::test]
async fn a_sale_that_was_closed_is_opened_again_only_where_it_was_open() {
    let shop = Shop::open(Engine::Sqlite).await;
    // Without these an event is not opened.
    let about = "UPDATE events SET description = 'Two days', terms = 'No glass'";
    shop.central.execute(about).await;
    let status = async || {
        let event = shop.central.app.event(shop.event.event.id).await;
        event.expect("an event").event.status
    };
    let mut desk = shop.central.admin().await;
    desk.get(FESTIVAL).await;
    let closed = desk
        .post(&format!("{FESTIVAL}/close"), &[])
        .await
        .to()
        .to_owned();
    let page = desk.get(&closed).await.page;
    assert_eq!(press(&mut desk, &page).await.status, 303);
    assert_eq!(status().await, EventStatus::Published);
    shop.central
        .execute("UPDATE events SET status = 'postponed'")
        .await;
    desk.get(FESTIVAL).await;
    let closed = desk
        .post(&format!("{FESTIVAL}/close"), &[])
        .await
        .to()
        .to_owned();
    assert_eq!(undo(&desk.get(&closed).await.page), None);
    assert_eq!(status().await, EventStatus::Closed);
}

#[tokio::test]
async fn flags_are_taken_back_and_those_of_others_stay() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut numbers = Vec::new();
    for key in [
        "an-order-flagged-before",
        "an-order-flagged-now",
        "another-one-now",
    ] {
        numbers.push(shop.buy(key, &[(0, 1)]).await.number);
    }
    let mut desk = shop.central.admin().await;
    desk.get("/panel/orders").await;
    let send = async |desk: &mut Desk, deed: &str, which: &[String], note: &str| {
        let mut fields: Vec<_> = which
            .iter()
            .map(|number| ("row", number.as_str()))
            .collect();
        fields.push(("note", note));
        desk.post(&format!("/panel/orders/{deed}"), &fields)
            .await
            .page
    };
    send(&mut desk, "flag", &numbers[..1], "somebody else's words").await;
    let page = send(&mut desk, "flag", &numbers, "look at it").await;
    let (action, fields) = undo(&page).expect("a way back");
    assert_eq!(action, "/panel/orders/unflag");
    let rows: Vec<_> = fields
        .into_iter()
        .filter(|(name, _)| name == "row")
        .collect();
    assert_eq!(rows.len(), 2, "the first had a flag before: {rows:?}");
    press(&mut desk, &page).await;
    let flags = "SELECT COUNT(*) FROM order_flags";
    assert_eq!(shop.number(flags).await, 1);
    // And the other way round, where one form can say it.
    send(&mut desk, "flag", &numbers[1..], "look at it").await;
    let page = send(&mut desk, "unflag", &numbers, "").await;
    press(&mut desk, &page).await;
    assert_eq!(shop.number(flags).await, 3);
    send(&mut desk, "flag", &numbers[..1], "other words").await;
    let page = send(&mut desk, "unflag", &numbers, "").await;
    assert_eq!(undo(&page), None, "two notes are not one");
}

/// It is refused, and says that nothing was done.
fn assert_refused(seen: &Seen) {
    assert_eq!(seen.status, 409);
    let page = &seen.page;
    assert!(page.contains("nothing was undone"), "{page}");
}

#[tokio::test]
async fn an_event_that_others_moved_is_not_put_on_sale_again() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let about = "UPDATE events SET description = 'Two days', terms = 'No glass'";
        shop.central.execute(about).await;
        let (app, event) = (&shop.central.app, shop.event.event.id);
        let status = async || app.event(event).await.expect("an event").event.status;
        let mut desk = shop.central.admin().await;
        let close = async |desk: &mut Desk| {
            desk.get(FESTIVAL).await;
            let closed = desk.post(&format!("{FESTIVAL}/close"), &[]).await;
            desk.get(closed.to()).await.page
        };
        let page = close(&mut desk).await;
        // Another one opens the sale and closes it again, for reasons of their own.
        let by = By::CommandLine;
        let opened = app.publish_when_ready(&by, event, None).await;
        opened.expect("it is complete");
        app.close_sale(&by, event).await.expect("on sale");
        assert_refused(&press(&mut desk, &page).await);
        assert_eq!(status().await, EventStatus::Closed, "{engine:?}");
        let opened = app.publish_when_ready(&by, event, None).await;
        opened.expect("it is complete");
        let page = close(&mut desk).await;
        let postponed = app.postpone_event(event, &Actor::System).await;
        postponed.expect("it was closed");
        assert_refused(&press(&mut desk, &page).await);
        assert_eq!(status().await, EventStatus::Postponed, "{engine:?}");
    }
}

#[tokio::test]
async fn a_code_that_others_ended_stays_ended() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (app, event) = (&shop.central.app, shop.event.event.id);
        shop.central.promo(event, "ABUSED").await;
        let mut desk = shop.central.admin().await;
        let url = format!("{FESTIVAL}/promos/ABUSED");
        desk.get(&url).await;
        let ended = desk.post(&format!("{url}/switch"), &[("to", "off")]).await;
        let page = desk.get(ended.to()).await.page;
        let by = Actor::System;
        assert!(app.enable_promo(event, "ABUSED", &by).await.expect("on"));
        assert!(app.disable_promo(event, "ABUSED", &by).await.expect("off"));
        assert_refused(&press(&mut desk, &page).await);
        let status = app.promos(event).await.expect("codes")[0].status;
        assert_eq!(status, PromoStatus::Disabled, "{engine:?}");
    }
}

#[tokio::test]
async fn codes_that_were_chosen_are_ended_and_brought_back_but_not_those_of_others() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (app, event) = (&shop.central.app, shop.event.event.id);
        for code in ["ONE", "OTHER", "THIRD"] {
            shop.central.promo(event, code).await;
        }
        let mut other = support::festival::festival();
        (other.slug, other.client.slug) = ("elsewhere".into(), "competitor".into());
        let other = shop.central.publish(&other).await.event.id;
        shop.central.promo(other, "THEIRS").await;
        shop.central.admin().await;
        let client = Some(shop.event.event.client);
        let person = shop.central.person("c@example.id", "client", client, &[]);
        let mut desk = person.await;
        let off = async |event| {
            let codes = app.promos(event).await.expect("codes");
            let off = codes
                .iter()
                .filter(|code| code.status == PromoStatus::Disabled);
            off.count()
        };
        let list = desk.get(&format!("{FESTIVAL}/promos")).await.page;
        assert!(
            list.contains("name=\"row\" value=\"festival/ONE\""),
            "{list}"
        );
        let chosen = ["festival/ONE", "festival/OTHER", "elsewhere/THEIRS", "x"];
        let mut chosen: Vec<_> = chosen.map(|name| ("row", name)).to_vec();
        chosen.push(("back", "/panel/promos?q=O"));
        // Whoever is not sure is asked.
        let token = desk.token();
        let unsure = [&chosen[..], &[("token", token.as_str())]].concat();
        let asked = desk.post_bare("/panel/promos/end", &unsure).await.page;
        assert!(asked.contains("End the chosen codes?"), "{asked}");
        assert_eq!(off(event).await, 0);
        desk.get("/panel/promos").await;
        let page = desk.post("/panel/promos/end", &chosen).await.page;
        assert!(page.contains("2 done, of 4"), "{page}");
        assert_eq!((off(event).await, off(other).await), (2, 0));
        // Somebody switches one of them since: that one stays.
        let by = Actor::System;
        assert!(app.enable_promo(event, "ONE", &by).await.expect("on"));
        assert!(app.disable_promo(event, "ONE", &by).await.expect("off"));
        let seen = press(&mut desk, &page).await;
        assert!(seen.page.contains("1 done, of 2"), "{}", seen.page);
        assert!(seen.page.contains("nothing was undone"), "{}", seen.page);
        assert_eq!(off(event).await, 1, "{engine:?}");
        // And back again, by the other button.
        let on = [("row", "festival/ONE"), ("row", "festival/THIRD")];
        let page = desk.post("/panel/promos/enable", &on).await.page;
        assert!(page.contains("1 done, of 2") && page.contains("It was on already"));
        press(&mut desk, &page).await;
        assert_eq!(off(event).await, 1);
    }
}

#[tokio::test]
async fn flags_that_others_put_since_stay() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let order = shop.buy("flagged-by-two", &[(0, 1)]).await;
        let view = app.find_order(&order.number, &order.access).await;
        let id = view.expect("placed").order.id;
        let mut desk = shop.central.admin().await;
        desk.get("/panel/orders").await;
        let send = async |desk: &mut Desk, deed: &str| {
            let fields = [("row", order.number.as_str()), ("note", "mine")];
            desk.post(&format!("/panel/orders/{deed}"), &fields)
                .await
                .page
        };
        let theirs = "SELECT COUNT(*) FROM order_flags WHERE note = 'theirs'";
        let by = By::CommandLine;
        let page = send(&mut desk, "flag").await;
        app.flag_order(&by, id, "theirs", None).await.expect("put");
        let seen = press(&mut desk, &page).await;
        assert!(seen.page.contains("nothing was undone"), "{}", seen.page);
        assert_eq!(shop.number(theirs).await, 1, "{engine:?}: not taken away");
        app.flag_order(&by, id, "mine", None).await.expect("put");
        let page = send(&mut desk, "unflag").await;
        app.flag_order(&by, id, "theirs", None).await.expect("put");
        let seen = press(&mut desk, &page).await;
        assert!(seen.page.contains("nothing was undone"), "{}", seen.page);
        assert_eq!(shop.number(theirs).await, 1, "{engine:?}: not written over");
        // A second press of what was undone finds it so.
        let page = send(&mut desk, "unflag").await;
        for words in ["1 done", "As it was"] {
            let seen = press(&mut desk, &page).await;
            assert!(seen.page.contains(words), "{}", seen.page);
        }
    }
}
