//! Deeds that have no way back, sent by a browser without scripts: the server asks first, and nothing has happened yet.
use central::domain::{event::EventStatus, refund::RefundStatus};
use support::{
    central::Engine,
    panel::Desk,
    shop::Shop,
    visit::{Seen, encode},
};

use crate::panel_money::{Office, ask, money, went};

/// Sends a form without saying that one is sure, as a page without scripts does.
async fn unsure(desk: &mut Desk, path: &str, fields: &[(&str, &str)]) -> Seen {
    let token = desk.token();
    let fields = [fields, &[("token", token.as_str())]].concat();
    desk.post_bare(path, &fields).await
}

/// The hidden fields of the page that asks.
fn fields(page: &str) -> Vec<(String, String)> {
    let form = page.split("class=\"p-card p-form\"").nth(1);
    let form = form.and_then(|rest| rest.split("</form>").next());
    let inputs = form
        .expect("a form")
        .split("<input type=\"hidden\" name=\"");
    let pair = |input: &str| {
        let (name, rest) = input.split_once("\" value=\"")?;
        Some((name.to_owned(), rest.split('"').next()?.to_owned()))
    };
    inputs.skip(1).filter_map(pair).collect()
}

#[tokio::test]
async fn a_sale_is_closed_only_by_who_is_sure() {
    let shop = Shop::open(Engine::Sqlite).await;
    let path = "/panel/events/festival";
    let status = async || {
        let event = shop.central.app.event(shop.event.event.id).await;
        event.expect("an event").event.status
    };
    let mut desk = shop.central.admin().await;
    desk.get(path).await;
    let seen = unsure(&mut desk, &format!("{path}/close"), &[("sure", "no")]).await;
    assert_eq!(seen.status, 200);
    assert!(
        seen.page.contains("Close the sale of this event?"),
        "{}",
        seen.page
    );
    assert!(seen.page.contains(&format!("href=\"{path}\"")));
    assert_eq!(status().await, EventStatus::Published);
    went(&unsure(&mut desk, &format!("{path}/close"), &[("sure", "yes")]).await);
    assert_eq!(status().await, EventStatus::Closed);
}

#[tokio::test]
async fn money_goes_back_only_by_who_is_sure_and_the_question_keeps_the_form() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let order = office.paid("to-be-sure", 1, "qris").await;
        went(&ask(&mut office.rini, &order).await);
        let id = office.refund().await.id.to_string();
        let overview = office.dewi.get("/panel").await.page;
        assert!(
            overview.contains("href=\"/panel/refunds?status=requested\""),
            "{overview}"
        );
        let list = office.dewi.get("/panel/refunds").await.page;
        assert!(
            list.contains("the buyer is ill"),
            "why it is asked for: {list}"
        );
        let chosen = [("row", id.as_str()), ("back", "/panel/refunds?sort=newest")];
        let seen = unsure(&mut office.dewi, "/panel/refunds/agree", &chosen).await;
        assert!(
            seen.page.contains("Agree to the chosen refunds?"),
            "{}",
            seen.page
        );
        assert!(seen.page.contains("href=\"/panel/refunds?sort=newest\""));
        assert_eq!(office.refund().await.status, RefundStatus::Requested);
        office.dewi.get(&money(&order)).await;
        let path = format!("/panel/orders/{}/refunds", order.number);
        let agree = [("refund", id.as_str()), ("act", "agree")];
        let seen = unsure(&mut office.dewi, &path, &agree).await;
        assert_eq!(seen.status, 200, "{}", seen.page);
        assert_eq!(office.refund().await.status, RefundStatus::Requested);
        let mut kept = fields(&seen.page);
        kept.push(("sure".into(), "yes".into()));
        let kept: Vec<_> = kept
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        went(&office.dewi.post_bare(&path, &kept).await);
        assert_ne!(office.refund().await.status, RefundStatus::Requested);
        let overview = office.dewi.get("/panel").await.page;
        assert!(
            !overview.contains("/panel/refunds?status=requested"),
            "{overview}"
        );
    }
}

#[tokio::test]
async fn who_may_not_is_refused_and_not_asked() {
    let mut office = Office::open(Engine::Sqlite).await;
    let order = office.paid("of-others", 1, "qris").await;
    let events = [office.shop.event.event.id];
    let people = &office.shop.central;
    let mut gate = people
        .person("gate@example.id", "venue_manager", None, &events)
        .await;
    gate.get("/panel").await;
    for path in [
        format!("/panel/orders/{}/refunds", order.number),
        "/panel/events/festival/close".to_owned(),
    ] {
        let seen = unsure(&mut gate, &path, &[("act", "agree")]).await;
        assert_eq!(seen.status, 403, "{path}");
    }
    office.dewi.get("/panel").await;
    let forged = encode(&[("act", "agree"), ("token", "00")]);
    let path = format!("/panel/orders/{}/refunds", order.number);
    let seen = office.dewi.post_with(&path, &[], forged).await;
    assert_eq!(
        seen.status, 403,
        "a form of nobody's page is refused: {}",
        seen.page
    );
}

#[tokio::test]
async fn a_password_and_a_second_factor_end_only_by_who_is_sure() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    shop.central
        .person("citra@example.id", "super_admin", None, &[])
        .await;
    let id = "SELECT id FROM users WHERE email = 'citra@example.id'";
    let page = format!("/panel/staff/{}", shop.central.id(id).await);
    let done = "SELECT COUNT(*) FROM audit_log WHERE action IN ('user.new_password', 'user.second_factor_off')";
    let before = shop.number(done).await;
    for (deed, question) in [
        ("password", "Make a new one-time password?"),
        ("factor", "Turn the second factor off?"),
    ] {
        desk.get(&page).await;
        let seen = unsure(&mut desk, &format!("{page}/{deed}"), &[]).await;
        assert_eq!(seen.status, 200, "{}", seen.page);
        assert!(seen.page.contains(question), "{}", seen.page);
        assert!(seen.page.contains(&format!("href=\"{page}\"")), "back");
    }
    assert_eq!(shop.number(done).await, before, "asked first");
    desk.get(&page).await;
    desk.post(&format!("{page}/password"), &[]).await;
    assert_eq!(shop.number(done).await, before + 1);
}
