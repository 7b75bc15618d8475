//! Tickets and attendees in the panel's lists, and lists as files: how they stand at the gates, whose they are, and names that
//! try to be formulas.
use axum::http::HeaderName;
use support::{central::Engine, festival::festival, shop::Shop, visit::encode};

/// The place is sold again and the guest was inside: neither makes fewer of those who are expected.
#[tokio::test]
async fn a_refunded_guest_who_came_is_not_taken_off_those_who_are_expected() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let central = &shop.central;
        let sold = central.sell(&shop.event, 3).await;
        let mut gate = central.enrol(&shop.event, "Gate A", "north").await;
        gate.sync(central).await;
        gate.admit(central, sold[0]);
        gate.sync(central).await;
        central
            .execute("UPDATE tickets SET status = 'refunded' WHERE id IN (SELECT counted_ticket_id FROM scans)")
            .await;
        central
            .execute("UPDATE ticket_types SET taken = taken - 1 WHERE taken = 3")
            .await;
        let mut desk = central.admin().await;
        let page = desk.get("/panel/events/festival/attendees").await.page;
        for (words, number) in [("checked in", 1), ("still to come", 2)] {
            let count = format!("<dt>{words}</dt><dd class=\"numbers\">{number}</dd>");
            assert!(page.contains(&count), "{count}: {page}");
        }
    }
}

#[tokio::test]
async fn tickets_and_attendees_show_how_they_stand_at_the_gates() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let central = &shop.central;
        let sold = central
            .sell_to(
                &shop.event,
                0,
                3,
                &["Ayu Lestari", "Budi Santoso", "Citra Dewi"],
            )
            .await;
        let mut gate = central.enrol(&shop.event, "Gate A", "north").await;
        gate.sync(central).await;
        let id = sold[0].id;
        gate.admit(central, id);
        gate.sync(central).await;
        let mut desk = central.admin().await;
        let page = desk.get("/panel/events/festival/attendees").await.page;
        let names = ["Ayu Lestari", "Budi Santoso", "Citra Dewi"].map(|name| page.find(name));
        assert!(names.is_sorted() && names[0].is_some(), "by name: {page}");
        for (words, number) in [("sold or held", 3), ("checked in", 1), ("still to come", 2)] {
            let count = format!("<dt>{words}</dt><dd class=\"numbers\">{number}</dd>");
            assert!(page.contains(&count), "{count}: {page}");
        }
        // The script that follows what is typed wants the list alone; the browser's way back wants all of it.
        for (name, has_counts) in [("hx-request", false), ("hx-history-restore-request", true)] {
            desk.headers.push((HeaderName::from_static(name), "true"));
            let page = desk.get("/panel/events/festival/attendees").await.page;
            assert!(page.contains("Ayu Lestari"), "{page}");
            assert_eq!(page.contains("<dt>checked in</dt>"), has_counts, "{name}");
        }
        desk.headers.clear();
        for (query, found) in [
            ("check_in=in", 1),
            ("check_in=awaited", 2),
            ("check_in=exchanged", 0),
        ] {
            for list in ["/panel/tickets", "/panel/events/festival/attendees"] {
                let page = desk.get(&format!("{list}?{query}")).await.page;
                let rows = page.matches("href=\"/panel/tickets/").count();
                assert_eq!(rows, found, "{list}?{query}");
            }
        }
        for typed in [sold[0].number.as_str(), "ayu", "Ayu Les"] {
            let page = desk
                .get(&format!("/panel/tickets?{}", encode(&[("q", typed)])))
                .await
                .page;
            assert_eq!(page.matches("href=\"/panel/tickets/").count(), 1, "{typed}");
        }
        let page = desk.get(&format!("/panel/tickets/{id}")).await.page;
        for shown in [
            "Ayu Lestari",
            "Checked in",
            "Entry",
            "Gate A / north",
            "Counts",
        ] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        // The first scan wins, by the second.
        let moments = page.split(" WIB").map(|text| text.rsplit(' ').next());
        let clocks: Vec<_> = moments
            .flatten()
            .filter(|word| word.contains(':'))
            .collect();
        let with_seconds = |clock: &&str| clock.split(':').count() == 3;
        assert!(
            clocks.len() >= 2 && clocks.iter().all(with_seconds),
            "{clocks:?}"
        );
        let file = desk.get("/panel/events/festival/attendees.csv").await.page;
        assert_eq!(file.lines().count(), 4, "{file}");
        let file = desk.get("/panel/tickets.csv?check_in=in").await.page;
        assert!(
            file.lines().count() == 2 && file.contains("Ayu Lestari"),
            "{file}"
        );
        assert!(
            !file.contains(support::shop::IDENTITY),
            "no identity number"
        );
    }
}

#[tokio::test]
async fn sql_injection_in_every_filter_of_tickets_breaks_nothing() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        shop.central.sell(&shop.event, 1).await;
        let mut desk = shop.central.admin().await;
        for text in [
            "' OR 1=1 --",
            "GRB-' OR ''='",
            "x') UNION SELECT 1 --",
            "\\'",
        ] {
            for field in [
                "q", "event", "type", "status", "check_in", "addon", "sort", "after",
            ] {
                let query = encode(&[(field, text)]);
                for list in ["/panel/tickets", "/panel/events/festival/attendees"] {
                    let seen = desk.get(&format!("{list}?{query}")).await;
                    assert_eq!(seen.status, 200, "{list} {field}={text}");
                    let is_found = seen.page.contains("href=\"/panel/tickets/");
                    assert_eq!(is_found, field != "q", "{list} {field}={text}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_organiser_sees_no_tickets_of_others_in_lists_and_files() {
    let shop = Shop::open(Engine::Sqlite).await;
    let sold = shop.central.sell(&shop.event, 1).await;
    let mut other = festival();
    other.slug = "elsewhere".into();
    other.client.slug = "competitor".into();
    let elsewhere = shop.central.publish(&other).await;
    shop.central.admin().await;
    let client = Some(elsewhere.event.client);
    let mut rival = shop
        .central
        .person("rival@example.id", "client", client, &[])
        .await;
    for list in ["/panel/tickets", "/panel/tickets?event=festival"] {
        let page = rival.get(list).await.page;
        assert!(!page.contains("Ayu Lestari"), "{list}: {page}");
    }
    for file in ["/panel/tickets.csv", "/panel/orders.csv?event=festival"] {
        let file = rival.get(file).await.page;
        assert_eq!(file.lines().count(), 1, "the head alone: {file}");
    }
    for hidden in [
        format!("/panel/tickets/{}", sold[0]),
        "/panel/events/festival/attendees".into(),
        "/panel/events/festival/attendees.csv".into(),
        "/panel/events/festival/attendees.xlsx".into(),
    ] {
        assert_eq!(rival.get(&hidden).await.status, 404, "{hidden}");
    }
}

#[tokio::test]
async fn formula_injection_by_names_reaches_no_file_as_a_formula() {
    let shop = Shop::open(Engine::Sqlite).await;
    let formula = "=HYPERLINK(\"https://evil.example\")";
    shop.central.sell_to(&shop.event, 0, 1, &[formula]).await;
    let mut wish = shop.wish(&[(0, 1)]);
    wish["buyer"]["full_name"] = "@SUM(A1)".into();
    let (status, order) = shop.place("an-order-with-a-formula", &wish).await;
    let mut desk = shop.central.admin().await;
    for list in ["tickets", "events/festival/attendees", "orders"] {
        let file = desk.get(&format!("/panel/{list}.csv")).await.page;
        for cell in file.split(['\n', ',']) {
            let cell = cell.trim_start_matches(['"', '\u{FEFF}']);
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{list}: {cell}");
        }
    }
    if status == 201 {
        let file = desk.get("/panel/orders.csv").await.page;
        assert!(file.contains("'@SUM(A1)"), "{order}: {file}");
    }
    let file = desk.get("/panel/tickets.csv").await.page;
    assert!(file.contains("'=HYPERLINK"), "{file}");
    for list in ["tickets", "events/festival/attendees", "orders"] {
        let book = desk.bytes(&format!("/panel/{list}.xlsx")).await;
        assert!(book.starts_with(b"PK"), "a workbook: {list}");
    }
    let taken = shop
        .number("SELECT COUNT(*) FROM audit_log WHERE action LIKE '%.export'")
        .await;
    assert_eq!(taken, 8, "each file leaves its row");
}

#[tokio::test]
async fn tickets_that_are_chosen_have_the_papers_of_their_orders_sent_once_for_each() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut orders = Vec::new();
        for key in ["an-order-of-two", "another-order-of-two"] {
            let order = shop.buy(key, &[(0, 2)]).await;
            shop.drive(&order, "settlement").await;
            orders.push(order.number);
        }
        let mut desk = shop.central.admin().await;
        for (nth, list) in ["/panel/tickets", "/panel/events/festival/attendees"]
            .into_iter()
            .enumerate()
        {
            let page = desk.get(list).await.page;
            assert!(
                page.contains("formaction=\"/panel/orders/papers\""),
                "{page}"
            );
            for order in &orders {
                let row = format!("name=\"row\" value=\"{order}\"");
                assert_eq!(page.matches(&row).count(), 2, "a box for each ticket");
                let shown = format!("name=\"shown\" value=\"{order}\"");
                assert_eq!(
                    page.matches(&shown).count(),
                    1,
                    "and once where all are meant"
                );
            }
            // Both tickets of the first order, and one of the second.
            let [first, second] = [&orders[0], &orders[1]].map(|order| ("row", order.as_str()));
            let key = ("key", list);
            let back = ("back", list);
            let chosen = [first, first, second, key, back];
            let page = desk.post("/panel/orders/papers", &chosen).await.page;
            assert!(page.contains("2 done, of 2"), "{page}");
            assert!(page.contains(&format!("href=\"{list}\"")), "{page}");
            let letters = "SELECT COUNT(*) FROM outbox WHERE kind = 'tickets_again'";
            let sent = i64::try_from(2 * (nth + 1)).expect("few");
            assert_eq!(
                shop.number(letters).await,
                sent,
                "one letter for each order"
            );
        }
        // Who only looks is offered no deed.
        let by = shop.central.signed(support::panel::ADMIN).await;
        let view = [central::domain::permission::Permission::OrdersView].into();
        let app = &shop.central.app;
        app.set_permissions(&by, "client", &view)
            .await
            .expect("may");
        let client = Some(shop.event.event.client);
        let person = shop.central.person("c@example.id", "client", client, &[]);
        let page = person.await.get("/panel/tickets").await.page;
        assert!(
            page.contains(&orders[0]) && !page.contains("orders/papers"),
            "{page}"
        );
    }
}
