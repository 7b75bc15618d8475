//! The lists of what there is little of: organisers, events, rolls. What filters leave, how they turn, what files hold.
use central::{app::trail::Actor, domain::new_event::NewEvent};
use support::{central::Engine, festival::festival, panel::Desk, shop::Shop};
use sync_protocol::config::Policy;

const DAY: i64 = 24 * 3_600_000;

/// What names the rows of a list, in its order: what stands in their links after this.
pub fn named(page: &str, path: &str) -> Vec<String> {
    let start = format!("<th scope=\"row\"><a href=\"{path}/");
    let rows = page.split(start.as_str()).skip(1);
    rows.filter_map(|row| row.split('"').next().map(str::to_owned))
        .collect()
}

/// The way to the next page.
fn next(page: &str) -> Option<String> {
    let mut links = page.split("href=\"").skip(1);
    let link = links.find(|rest| {
        rest.contains("rel=\"next\"")
            && rest
                .split('"')
                .next()
                .is_some_and(|to| to.contains("after="))
    });
    let to = link?.split('"').next()?;
    Some(to.replace("&#38;", "&"))
}

/// Both files of a list: the lines of the table, and that the book is one.
pub async fn files(desk: &mut Desk, path: &str, query: &str) -> Vec<String> {
    let book = desk.bytes(&format!("{path}.xlsx?{query}")).await;
    assert!(book.starts_with(b"PK"), "{path}.xlsx is a book");
    let table = desk.get(&format!("{path}.csv?{query}")).await;
    assert_eq!(table.status, 200, "{path}.csv");
    table.page.lines().map(str::to_owned).collect()
}

/// A draft of an organiser.
async fn draft(shop: &Shop, slug: &str, change: impl FnOnce(&mut NewEvent)) {
    let mut wish = festival();
    wish.slug = slug.into();
    change(&mut wish);
    let made = shop.central.app.create_event(&wish, &Actor::System).await;
    made.expect("a draft");
}

fn competitor(wish: &mut NewEvent) {
    (wish.client.slug, wish.client.name) = ("competitor".into(), "Merdeka Raya".into());
}

#[tokio::test]
async fn organisers_are_filtered_sorted_and_taken_away() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        draft(&shop, "quiet", competitor).await;
        draft(&shop, "quieter", competitor).await;
        shop.buy("two-of-the-festival", &[(0, 2)]).await;
        let mut desk = shop.central.admin().await;
        let ids = "SELECT id FROM clients WHERE slug = 'organiser'";
        let own = shop.central.id(ids).await.to_string();
        let ids = "SELECT id FROM clients WHERE slug = 'competitor'";
        let other = shop.central.id(ids).await.to_string();
        for (query, wanted) in [
            ("", vec![&other, &own]),
            ("q=RAYA", vec![&other]),
            ("q=organiser%40example", vec![&other, &own]),
            ("open=with", vec![&own]),
            ("open=without", vec![&other]),
            ("open=%27+OR+1", vec![&other, &own]),
            ("sort=sold", vec![&own, &other]),
            ("sort=events", vec![&other, &own]),
            ("q=nobody", vec![]),
        ] {
            let page = desk.get(&format!("/panel/clients?{query}")).await.page;
            let found = named(&page, "/panel/clients");
            assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{query}");
        }
        let lines = files(&mut desk, "/panel/clients", "open=with").await;
        assert_eq!(lines.len(), 2, "{lines:?}");
        let line = "Organiser,organiser,organiser@example.org,1,1,2,0";
        assert_eq!(lines[1], line, "events, on sale, sold, accounts");
        shop.central.clock.advance_ms(3 * DAY);
        let mut desk = Desk::new(&shop.central);
        desk.sign_in(support::panel::ADMIN, support::panel::PASSWORD)
            .await;
        let page = desk.get("/panel/clients?open=with").await.page;
        assert!(page.contains("Nothing fits these filters"), "it is over");
        let noted = "SELECT COUNT(*) FROM audit_log WHERE action = 'clients.export'";
        assert_eq!(shop.number(noted).await, 2);
    }
}

#[tokio::test]
async fn events_are_filtered_sorted_and_seen_by_whom_they_belong_to() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        draft(&shop, "quiet", |wish| {
            competitor(wish);
            (wish.name, wish.city) = ("A Quiet Night".into(), "Bandung".into());
            for at in [&mut wish.starts_at, &mut wish.ends_at] {
                *at = at.plus_ms(10 * DAY);
            }
        })
        .await;
        shop.buy("two-of-the-festival", &[(0, 2)]).await;
        let mut desk = shop.central.admin().await;
        for (query, wanted) in [
            ("", vec!["festival", "quiet"]),
            ("q=BANDUNG", vec!["quiet"]),
            ("status=draft", vec!["quiet"]),
            ("status=published&client=organiser", vec!["festival"]),
            ("client=competitor", vec!["quiet"]),
            ("client=nobodys", vec!["festival", "quiet"]),
            ("time=coming", vec!["quiet"]),
            ("time=running", vec!["festival"]),
            ("time=over", vec![]),
            ("from=2026-12-05", vec!["quiet"]),
            ("until=2026-12-05", vec!["festival"]),
            ("sort=latest", vec!["quiet", "festival"]),
            ("sort=name", vec!["quiet", "festival"]),
            ("sort=sold", vec!["festival", "quiet"]),
        ] {
            let page = desk.get(&format!("/panel/events?{query}")).await.page;
            assert_eq!(named(&page, "/panel/events"), wanted, "{query}");
        }
        let lines = files(&mut desk, "/panel/events", "sort=sold").await;
        assert_eq!(lines.len(), 3);
        assert!(
            lines[1].starts_with("Festival,festival,On sale,Organiser,Stadium,Jakarta,2,"),
            "{lines:?}"
        );
        let client = Some(shop.event.event.client);
        let mut citra = shop
            .central
            .person("citra@example.id", "client", client, &[])
            .await;
        let page = citra.get("/panel/events?client=competitor").await.page;
        assert_eq!(named(&page, "/panel/events"), ["festival"]);
        assert!(!page.contains("Merdeka Raya"), "nor its name in a choice");
        let lines = files(&mut citra, "/panel/events", "client=competitor").await;
        assert_eq!(lines.len(), 2, "{lines:?}");
    }
}

#[tokio::test]
async fn a_long_list_of_few_is_turned_and_each_row_is_seen_once() {
    let shop = Shop::open(Engine::Sqlite).await;
    for n in 0..55 {
        draft(&shop, &format!("night-{n}"), |_| {}).await;
    }
    let mut desk = shop.central.admin().await;
    for sort in ["soonest", "latest", "name", "sold"] {
        let query = format!("/panel/events?status=draft&sort={sort}");
        let first = desk.get(&query).await.page;
        let on = next(&first).expect("another page");
        assert!(on.contains("status=draft"), "with the filters: {on}");
        let second = desk.get(&on).await.page;
        assert_eq!(next(&second), None);
        let mut all = named(&first, "/panel/events");
        assert_eq!(all.len(), 50);
        all.extend(named(&second, "/panel/events"));
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!((all.len(), distinct.len()), (55, 55), "{sort}");
    }
    let first = desk
        .get("/panel/events?status=draft&sort=latest")
        .await
        .page;
    let (on, all) = (next(&first).expect("more"), named(&first, "/panel/events"));
    assert_eq!(all.last().map(String::as_str), Some("night-53"));
    shop.central
        .execute("UPDATE events SET starts_at = starts_at + 1 WHERE slug = 'night-53'")
        .await;
    let second = named(&desk.get(&on).await.page, "/panel/events");
    let wanted = ["night-54", "night-6", "night-7", "night-8", "night-9"];
    assert_eq!(second, wanted, "though the row before them moved up");
    let page = desk.get("/panel/events?after=gone").await.page;
    assert_eq!(
        named(&page, "/panel/events").len(),
        50,
        "begins again where the row is gone"
    );
}

#[tokio::test]
async fn an_event_without_wristbands_leads_to_its_rules_whoever_may_set_them() {
    let shop = Shop::open(Engine::Sqlite).await;
    let events = [shop.event.event.id];
    let mut admin = shop.central.admin().await;
    let mut gate = shop
        .central
        .person("gate@example.id", "venue_manager", None, &events)
        .await;
    for (desk, may) in [(&mut admin, true), (&mut gate, false)] {
        let page = desk.get("/panel/events/festival/wristbands").await.page;
        assert!(page.contains("gives no wristbands"), "{page}");
        let way = "href=\"/panel/events/festival/setup/settings#rules\"";
        assert_eq!(page.contains(way), may, "{page}");
        if may {
            let rules = desk.get("/panel/events/festival/setup/settings").await;
            assert!(rules.page.contains("id=\"rules\""), "{}", rules.page);
        }
    }
}

#[tokio::test]
async fn rolls_are_filtered_sorted_and_their_file_has_no_code() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, |wish| wish.wristbands = Some(Policy::Admit)).await;
        let mut desk = shop.central.admin().await;
        let base = "/panel/events/festival/wristbands";
        let page = desk.get(base).await.page;
        assert!(page.contains("No roll yet") && page.contains("Make a roll"));
        for (name, count) in [("Blue", "40"), ("Red", "7")] {
            shop.central.clock.advance_ms(1_000);
            desk.get(base).await;
            desk.post(base, &[("name", name), ("count", count)]).await;
        }
        shop.central.clock.advance_ms(1_000);
        let import = [("name", "Elsewhere"), ("list", "WB-1\r\nWB-2")];
        desk.post(&format!("{base}/import"), &import).await;
        let roll = "SELECT id FROM wristband_rolls WHERE name = 'Red'";
        let roll = shop.central.id(roll).await.to_string();
        let withdraw = format!("{base}/withdraw");
        let token = desk.token();
        let bare = [("roll", roll.as_str()), ("token", token.as_str())];
        let asked = desk.post_bare(&withdraw, &bare).await.page;
        assert!(asked.contains("This cannot be undone"), "{asked}");
        let void = "SELECT COUNT(*) FROM wristband_rolls WHERE status = 'void'";
        assert_eq!(shop.number(void).await, 0, "asked first");
        desk.get(base).await;
        desk.post(&withdraw, &[("roll", roll.as_str())]).await;
        let names = |page: &str| -> Vec<String> {
            let rows = page.split("<th scope=\"row\">").skip(1);
            rows.filter_map(|row| Some(row.split('<').next()?.trim().to_owned()))
                .collect()
        };
        for (query, wanted) in [
            ("", vec!["Blue", "Red", "Elsewhere"]),
            ("q=bLu", vec!["Blue"]),
            ("kind=imported", vec!["Elsewhere"]),
            ("state=void", vec!["Red"]),
            ("state=good&kind=printed", vec!["Blue"]),
            ("sort=newest", vec!["Elsewhere", "Red", "Blue"]),
            ("sort=largest", vec!["Blue", "Red", "Elsewhere"]),
            ("sort=name&count=1", vec!["Blue", "Elsewhere", "Red"]),
        ] {
            let page = desk.get(&format!("{base}?{query}")).await.page;
            assert_eq!(names(&page), wanted, "{query}");
            let counts = page.contains("data-head=\"In use\"");
            assert_eq!(counts, query.contains("count=1"), "{query}");
        }
        let page = desk.get(&format!("{base}?q=e&count=1")).await.page;
        let form = page.split("class=\"p-filter\"").nth(1);
        let form = form.and_then(|rest| rest.split("</form>").next());
        assert!(
            !form.expect("the live form").contains("count"),
            "what is typed counts nothing: {page}"
        );
        let page = desk.get(&format!("{base}?q=blu")).await.page;
        assert!(page.contains("wristbands?q=blu&#38;count=1\""), "{page}");
        let lines = files(&mut desk, base, "sort=name").await;
        assert!(lines[1].starts_with("Blue,Made here,1,40,40,0,0,Good,"));
        assert!(lines[2].starts_with("Elsewhere,Printed elsewhere,,,2,0,0,Good,"));
        assert!(lines[3].starts_with("Red,Made here,41,47,7,7,0,Withdrawn,"));
        assert!(!lines.concat().contains("WB-"), "no code: {lines:?}");
    }
}
