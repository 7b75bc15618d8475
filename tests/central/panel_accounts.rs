//! Accounts as their administrator finds them, what they did, and the overview that everybody begins with.
use std::collections::BTreeSet;

use central::{app::users::NewAccount, store::Store};
use support::{
    central::Engine,
    panel::{ADMIN, Desk, PASSWORD},
    panel_world::PanelWorld,
    shop::Shop,
};

use crate::panel_few_lists::files;

const DAY: i64 = 24 * 3_600_000;

async fn settled(shop: &Shop, key: &str) -> String {
    let order = shop.buy(key, &[(0, 2)]).await;
    shop.drive(&order, "settlement").await;
    order.number
}

#[tokio::test]
async fn accounts_are_found_by_name_role_and_how_they_stand() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let central = &shop.central;
        let mut desk = central.admin().await;
        let client = Some(shop.event.event.client);
        central
            .person("citra@example.id", "client", client, &[])
            .await;
        let wish = NewAccount {
            email: "never@example.id".into(),
            name: "Nyoman".into(),
            role: "venue_manager".into(),
            client: None,
            events: [shop.event.event.id].into(),
        };
        let by = central.signed(ADMIN).await;
        central
            .app
            .create_account(&by, &wish)
            .await
            .expect("a good wish");
        for (query, found) in [
            ("", &[ADMIN, "citra@example.id", "never@example.id"][..]),
            ("q=CITRA", &["citra@example.id"]),
            ("q=nyoman", &["never@example.id"]),
            ("role=client", &["citra@example.id"]),
            ("status=invited", &["never@example.id"]),
            ("status=active", &[ADMIN, "citra@example.id"]),
            ("status=disabled", &[]),
            ("sort=seen&q=nobody", &[]),
        ] {
            let page = desk.get(&format!("/panel/staff?{query}")).await.page;
            for email in [ADMIN, "citra@example.id", "never@example.id"] {
                let cell = format!("<span class=\"p-sub\">{email}</span>");
                assert_eq!(
                    page.contains(&cell),
                    found.contains(&email),
                    "{query}: {email}"
                );
            }
        }
        let page = desk.get("/panel/staff?q=nyoman").await.page;
        assert!(
            page.contains("Invited") && page.contains("never</td>"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn an_administrator_ends_sessions_and_only_those_of_the_account_that_is_named() {
    let shop = Shop::open(Engine::Sqlite).await;
    let central = &shop.central;
    let mut desk = central.admin().await;
    let client = Some(shop.event.event.client);
    let mut citra = central
        .person("citra@example.id", "client", client, &[])
        .await;
    let mut budi = central
        .person("budi@example.id", "client", client, &[])
        .await;
    let users = [&citra, &budi].map(|desk| desk.user.expect("signed in").0.to_string());
    let sessions = central
        .app
        .sessions_of(budi.user.expect("signed in"))
        .await
        .expect("rows");
    let of_budi = sessions[0].id.to_string();
    let path = format!("/panel/staff/{}/sessions", users[0]);
    // Budi's session under Citra's address is none of hers.
    desk.get("/panel").await;
    let seen = desk.post(&path, &[("session", &of_budi)]).await;
    assert_eq!(seen.status, 422, "{}", seen.page);
    assert_eq!(budi.get("/panel").await.status, 200);
    let seen = desk.post(&path, &[("session", "all")]).await;
    assert!(seen.to().ends_with("?done=session_ended"));
    assert!(citra.get("/panel").await.to().starts_with("/panel/sign-in"));
    assert_eq!(budi.get("/panel").await.status, 200);
    let path = format!("/panel/staff/{}/sessions", users[1]);
    let seen = desk.post(&path, &[("session", &of_budi)]).await;
    assert!(seen.to().ends_with("?done=session_ended"));
    assert!(budi.get("/panel").await.to().starts_with("/panel/sign-in"));
    let acts = "SELECT COUNT(*) FROM audit_log WHERE action = 'user.session_end'";
    assert_eq!(shop.number(acts).await, 2);
}

#[tokio::test]
async fn the_trail_is_found_by_who_what_about_what_and_when() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut desk = shop.central.admin().await;
        let first = settled(&shop, "an-order-in-the-trail").await;
        let second = settled(&shop, "another-order-in-the-trail").await;
        let admin = desk.user.expect("signed in").0.to_string();
        let acts = |page: &str| -> Vec<String> {
            let rows = page.split("class=\"code\"").skip(1);
            let rows = rows.filter_map(|rest| rest.split_once('>')?.1.split('<').next());
            rows.map(str::to_owned).collect()
        };
        let about = format!("/panel/audit?q={}", first.to_lowercase());
        let page = desk.get(&about).await.page;
        assert!(page.contains(&format!("/panel/orders/{first}")), "{page}");
        assert!(!page.contains(&second), "one order alone");
        assert!(!acts(&page).is_empty());
        let page = desk.get(&format!("/panel/audit?who={admin}")).await.page;
        let of_admin = acts(&page);
        assert!(of_admin.iter().any(|act| act == "user.sign_in"));
        assert!(
            of_admin.iter().all(|act| act.starts_with("user.")),
            "{of_admin:?}"
        );
        let page = desk
            .get("/panel/audit?who=provider&action=payment.")
            .await
            .page;
        assert!(acts(&page).iter().all(|act| act.starts_with("payment.")));
        assert!(!acts(&page).is_empty(), "{page}");
        let page = desk.get("/panel/audit?q=user.sign_in").await.page;
        assert!(
            acts(&page)
                .iter()
                .all(|act| act.starts_with("user.sign_in"))
        );
        for nothing in ["from=2027-01-01", "until=2026-11-30", "q=Nobody+at+all"] {
            let page = desk.get(&format!("/panel/audit?{nothing}")).await.page;
            assert_eq!(acts(&page), Vec::<String>::new(), "{nothing}");
        }
        let today = "/panel/audit?from=2026-12-01&until=2026-12-01";
        assert!(!acts(&desk.get(today).await.page).is_empty());
        let file = desk.get(&format!("/panel/audit.csv?who={admin}")).await;
        assert_eq!(file.status, 200);
        assert!(file.page.contains("user.sign_in") && !file.page.contains("payment."));
        let trail = desk.get("/panel/audit?q=audit.export").await.page;
        assert_eq!(acts(&trail), ["audit.export"], "taking it away is in it");
    }
}

#[tokio::test]
async fn the_overview_compares_today_with_a_week_ago_and_leads_to_what_waits() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, |wish| {
            wish.ends_at = wish.ends_at.plus_ms(30 * DAY);
            wish.types[0].sale_until = wish.ends_at;
            wish.types[1].sale_until = wish.ends_at;
            wish.types[1].quota = 1;
        })
        .await;
        let central = &shop.central;
        central.admin().await;
        settled(&shop, "a-week-ago").await;
        central.clock.advance_ms(7 * DAY + 60_000);
        settled(&shop, "today-first").await;
        settled(&shop, "today-second").await;
        let vip = shop.buy("the-last-of-its-kind", &[(1, 1)]).await;
        assert!(!vip.number.is_empty());
        let mut desk = Desk::new(central);
        desk.sign_in(ADMIN, PASSWORD).await;
        let page = desk.get("/panel").await.page;
        let page = page.replace('\u{A0}', " ");
        for words in [
            "IDR 600,000",
            "2 orders",
            "A week ago until this hour:",
            "IDR 300,000",
            "+100%",
            "Ticket types almost or wholly sold out",
            "href=\"/panel/events/festival\"",
        ] {
            assert!(page.contains(words), "{words} in {page}");
        }
    }
}

#[tokio::test]
async fn the_trail_is_read_in_both_orders_in_words_and_as_a_book() {
    let mut world = PanelWorld::open().await;
    let desk = &mut world.desks[0].2;
    let moments = |page: &str| -> Vec<String> {
        let rows = page.split("<td class=\"p-nowrap\">").skip(1);
        let moment = |row: &str| row.split('<').next().map(str::to_owned);
        rows.filter_map(moment).collect()
    };
    let latest = moments(&desk.get("/panel/audit?action=payment.").await.page);
    let oldest = "/panel/audit?action=payment.&sort=oldest";
    let mut oldest = moments(&desk.get(oldest).await.page);
    assert!(latest.len() > 1 && latest != oldest, "{latest:?}");
    oldest.reverse();
    assert_eq!(latest, oldest);
    let lines = files(desk, "/panel/audit", "action=payment.&sort=oldest").await;
    assert_eq!(lines.len(), latest.len() + 1);
    let Store::Sqlite { reader, .. } = &world.shop.central.app.store else {
        panic!("the world is on SQLite");
    };
    let details = sqlx::query_scalar("SELECT detail FROM audit_log WHERE detail <> '{}'");
    let details: Vec<String> = details.fetch_all(reader).await.expect("rows");
    let mut fields: BTreeSet<String> = BTreeSet::new();
    for detail in details {
        let detail: serde_json::Map<_, _> = serde_json::from_str(&detail).expect("an object");
        fields.extend(detail.into_iter().map(|(field, _)| field));
    }
    assert!(fields.len() > 8, "{fields:?}");
    let mut next = Some("/panel/audit?lang=id".to_owned());
    while let Some(path) = next {
        let page = desk.get(&path).await.page;
        for field in &fields {
            // These are called so in both languages.
            if ["program", "status"].contains(&field.as_str()) {
                continue;
            }
            let bare = format!("<span class=\"p-quiet\">{field}</span>");
            assert!(!page.contains(&bare), "{field} has no words on {path}");
        }
        let after = page
            .split("href=\"")
            .find(|rest| rest.contains("rel=\"next\""));
        let after = after.and_then(|rest| rest.split('"').next());
        next = after.map(|path| path.replace("&#38;", "&"));
    }
}
