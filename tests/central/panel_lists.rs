//! Working lists of the panel: deeds on chosen rows, kept filters, flags, and the attacks that lists invite.
use support::{
    central::Engine,
    festival::festival,
    panel::Desk,
    shop::{Bought, Shop},
    visit::encode,
};

/// What the report of a deed says of an order.
fn became<'a>(page: &'a str, number: &str) -> &'a str {
    let row = page.split("<tr>").skip(1).find(|row| row.contains(number));
    let mark = row.and_then(|row| row.split("p-mark p-mark-").nth(1));
    let mark = mark.and_then(|rest| rest.split('"').next());
    mark.unwrap_or_else(|| panic!("{number} is not in the report:\n{page}"))
}

/// Does something to rows that were chosen on the list of orders.
async fn choose(desk: &mut Desk, deed: &str, numbers: &[&str], more: &[(&str, &str)]) -> String {
    desk.get("/panel/orders").await;
    again(desk, deed, numbers, more).await
}

async fn again(desk: &mut Desk, deed: &str, numbers: &[&str], more: &[(&str, &str)]) -> String {
    let mut fields: Vec<_> = numbers.iter().map(|number| ("row", *number)).collect();
    fields.extend(more);
    let seen = desk.post(&format!("/panel/orders/{deed}"), &fields).await;
    assert!(matches!(seen.status, 200 | 422), "{}", seen.page);
    seen.page
}

async fn letters(shop: &Shop) -> i64 {
    shop.number("SELECT COUNT(*) FROM outbox WHERE kind = 'tickets_again'")
        .await
}

async fn deeds(shop: &Shop, action: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM audit_log WHERE action = '{action}'");
    shop.number(sql.leak()).await
}

async fn bought(shop: &Shop, key: &str) -> Bought {
    shop.buy(key, &[(0, 1)]).await
}

#[tokio::test]
async fn papers_are_sent_again_once_for_every_page_and_only_for_what_is_paid() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let paid = bought(&shop, "an-order-that-is-paid").await;
        shop.drive(&paid, "settlement").await;
        let open = bought(&shop, "an-order-that-is-open").await;
        let mut desk = shop.central.admin().await;
        let both = [paid.number.as_str(), open.number.as_str(), "GRB-NOBODYS"];
        let page = choose(&mut desk, "papers", &both, &[("key", "page-1")]).await;
        assert_eq!(became(&page, &paid.number), "good");
        assert_eq!(became(&page, &open.number), "bad");
        assert_eq!(became(&page, "GRB-NOBODYS"), "bad");
        assert!(page.contains("1 done, of 3"), "{page}");
        let page = again(&mut desk, "papers", &both[..1], &[("key", "page-1")]).await;
        assert_eq!(became(&page, &paid.number), "calm", "the same page twice");
        assert_eq!(
            (letters(&shop).await, deeds(&shop, "order.papers").await),
            (1, 1)
        );
        for n in 2..=10 {
            let key = format!("page-{n}");
            let page = again(&mut desk, "papers", &both[..1], &[("key", &key)]).await;
            assert_eq!(became(&page, &paid.number), "good");
        }
        let page = again(&mut desk, "papers", &both[..1], &[("key", "page-11")]).await;
        assert_eq!(became(&page, &paid.number), "bad", "nobody is flooded");
        assert_eq!(letters(&shop).await, 10);
    }
}

#[tokio::test]
async fn unpaid_orders_are_cancelled_and_paid_ones_are_not() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let paid = bought(&shop, "an-order-that-is-paid").await;
        shop.drive(&paid, "settlement").await;
        let open = bought(&shop, "an-order-that-is-open").await;
        let taken = "SELECT CAST(SUM(taken) AS SIGNED) FROM ticket_types";
        let before = shop.number(taken).await;
        let mut desk = shop.central.admin().await;
        let both = [paid.number.as_str(), open.number.as_str()];
        let page = choose(&mut desk, "cancel", &both, &[]).await;
        assert_eq!(became(&page, &paid.number), "bad");
        assert_eq!(became(&page, &open.number), "good");
        assert_eq!(shop.number(taken).await, before - 1, "its place is free");
        let page = again(&mut desk, "cancel", &both[1..], &[]).await;
        assert_eq!(became(&page, &open.number), "calm", "it was so before");
        assert_eq!(deeds(&shop, "order.cancel").await, 1);
    }
}

#[tokio::test]
async fn a_person_flags_orders_finds_them_and_takes_the_flag_away() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let one = bought(&shop, "an-order-to-look-at").await;
        let two = bought(&shop, "an-order-like-others").await;
        let mut desk = shop.central.admin().await;
        let page = choose(&mut desk, "flag", &[&one.number], &[("note", " ")]).await;
        let kept = format!("name=\"row\" value=\"{}\"", one.number);
        assert!(
            page.contains(&kept) && page.contains("name=\"note\" required"),
            "nobody flags without saying why, and what was chosen is kept: {page}"
        );
        assert_eq!(deeds(&shop, "order.flag").await, 0);
        let note = [("note", "call <b>the buyer</b>")];
        let page = again(&mut desk, "flag", &[&one.number], &note).await;
        assert_eq!(became(&page, &one.number), "good");
        let page = again(&mut desk, "flag", &[&one.number], &note).await;
        assert_eq!(became(&page, &one.number), "calm");
        assert_eq!(deeds(&shop, "order.flag").await, 1);
        let waiting = desk.get("/panel").await.page;
        assert!(
            waiting.contains("href=\"/panel/orders?look=flag\""),
            "it waits for somebody: {waiting}"
        );
        let list = desk.get("/panel/orders?look=flag").await.page;
        assert!(list.contains(&one.number) && !list.contains(&two.number));
        let page = desk
            .get(&format!("/panel/orders/{}", one.number))
            .await
            .page;
        assert!(
            page.contains("call &#60;b&#62;the buyer&#60;/b&#62;"),
            "{page}"
        );
        assert!(
            page.contains("Ayu Admin"),
            "with the name of who flagged it"
        );
        let path = format!("/panel/orders/{}/unflag", one.number);
        let seen = desk.post(&path, &[]).await;
        assert!(seen.to().ends_with("?done=unflagged"), "{}", seen.page);
        let list = desk.get("/panel/orders?look=flag").await.page;
        assert!(!list.contains(&one.number));
        assert_eq!(deeds(&shop, "order.unflag").await, 1);
    }
}

#[tokio::test]
async fn all_on_this_page_are_the_rows_that_it_showed_and_no_more_than_a_page() {
    let shop = Shop::open(Engine::Sqlite).await;
    let one = bought(&shop, "the-first-of-the-page").await;
    let two = bought(&shop, "the-second-of-the-page").await;
    let mut desk = shop.central.admin().await;
    desk.get("/panel/orders").await;
    let fields = [
        ("all", "1"),
        ("shown", one.number.as_str()),
        ("shown", two.number.as_str()),
        ("shown", two.number.as_str()),
        ("note", "together"),
    ];
    let page = desk.post("/panel/orders/flag", &fields).await.page;
    assert!(page.contains("2 done, of 2"), "{page}");
    let many: Vec<String> = (0..200).map(|n| format!("GRB-{n}")).collect();
    let numbers: Vec<&str> = many.iter().map(String::as_str).collect();
    let page = again(&mut desk, "unflag", &numbers, &[]).await;
    assert!(page.contains("0 done, of 50"), "{page}");
    let page = again(&mut desk, "unflag", &[], &[]).await;
    assert!(page.contains("Nothing was chosen"), "{page}");
}

#[tokio::test]
async fn an_organiser_can_do_nothing_to_the_orders_of_others() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = bought(&shop, "an-order-of-the-own-event").await;
    shop.drive(&order, "settlement").await;
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
    let list = rival.get("/panel/orders").await.page;
    assert!(!list.contains(&order.number), "not in the list");
    for (deed, more) in [
        ("papers", ("key", "page-1")),
        ("flag", ("note", "mine now")),
        ("unflag", ("note", "")),
    ] {
        let page = again(&mut rival, deed, &[&order.number], &[more]).await;
        assert_eq!(became(&page, &order.number), "bad", "{deed}");
        assert!(
            page.contains("There is no such order."),
            "as if it did not exist"
        );
        let path = format!("/panel/orders/{}/{deed}", order.number);
        assert_eq!(rival.post(&path, &[more]).await.status, 404);
    }
    let path = format!("/panel/orders/{}/tickets.pdf", order.number);
    assert_eq!(rival.get(&path).await.status, 404);
    assert_eq!(letters(&shop).await, 0);
}

#[tokio::test]
async fn filters_are_kept_per_account_and_are_nobody_elses() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut desk = shop.central.admin().await;
        desk.get("/panel/orders?status=pending&after=5.0").await;
        let wish = [
            ("list", "orders"),
            ("name", "Unpaid <i>ones</i>"),
            ("query", "status=pending&after=5.0"),
            ("back", "/panel/orders?status=pending"),
        ];
        let seen = desk.post("/panel/saved", &wish).await;
        assert_eq!(
            seen.to(),
            "/panel/orders?status=pending&done=kept",
            "{}",
            seen.page
        );
        let page = desk.get("/panel/orders").await.page;
        assert!(
            page.contains("Unpaid &#60;i&#62;ones&#60;/i&#62;"),
            "{page}"
        );
        assert!(page.contains("href=\"/panel/orders?status=pending\""));
        let id = page.split("name=\"id\" value=\"").nth(1);
        let id = id
            .and_then(|rest| rest.split('"').next())
            .expect("an id")
            .to_owned();
        // The same name again takes its place.
        assert_eq!(desk.post("/panel/saved", &wish).await.status, 303);
        assert_eq!(shop.number("SELECT COUNT(*) FROM saved_filters").await, 1);

        let client = Some(shop.event.event.client);
        let mut other = shop
            .central
            .person("citra@example.id", "client", client, &[])
            .await;
        assert!(!other.get("/panel/orders").await.page.contains("Unpaid"));
        let page = desk.get("/panel/orders").await.page;
        let own = page.split("name=\"id\" value=\"").nth(1);
        let own = own.and_then(|rest| rest.split('"').next()).expect("an id");
        assert_ne!(own, id, "made anew");
        let seen = other.post("/panel/saved/forget", &[("id", own)]).await;
        assert_eq!(seen.status, 404, "another account's is none");
        assert_eq!(shop.number("SELECT COUNT(*) FROM saved_filters").await, 1);
        let back = [("id", own), ("back", "https://evil.example/panel")];
        let seen = desk.post("/panel/saved/forget", &back).await;
        let is_inside = seen.to().starts_with("/panel?done=forgotten&");
        assert!(is_inside, "no way out of the panel: {}", seen.to());
        assert_eq!(shop.number("SELECT COUNT(*) FROM saved_filters").await, 0);
    }
}

#[tokio::test]
async fn an_account_keeps_twenty_filters_of_a_list_and_what_is_refused_keeps_what_was_typed() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    desk.get("/panel/orders?q=a").await;
    for n in 0..21 {
        let name = format!("filter {n}");
        let wish = [
            ("list", "orders"),
            ("name", name.as_str()),
            ("query", "q=a"),
            ("back", "/panel/orders?q=a"),
        ];
        let seen = desk.post("/panel/saved", &wish).await;
        assert_eq!(seen.status, if n < 20 { 303 } else { 422 }, "{n}");
        if n == 20 {
            assert!(seen.page.contains("value=\"filter 20\""), "{}", seen.page);
        }
    }
    let long = "n".repeat(61);
    let wish = [
        ("list", "orders"),
        ("name", long.as_str()),
        ("query", "q=a"),
    ];
    let seen = desk.post("/panel/saved", &wish).await;
    assert_eq!(seen.status, 422);
    assert!(seen.page.contains(&long), "what was typed stays");
}

#[tokio::test]
async fn filters_that_are_set_are_shown_and_each_can_be_taken_away() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    let query = encode(&[
        ("q", "\"><script>alert(1)</script>"),
        ("status", "paid"),
        ("event", "nobodys"),
        ("from", "2026-12-01"),
        ("sort", "oldest"),
        ("evil", "x"),
    ]);
    let page = desk.get(&format!("/panel/orders?{query}")).await.page;
    assert!(!page.contains("<script>alert"), "XSS by a filter: {page}");
    for chip in ["Status: Paid", "Placed from: Tue 1 December 2026"] {
        assert!(page.contains(chip), "{chip}: {page}");
    }
    let (_, list) = page.split_once("id=\"list\"").expect("the list");
    assert!(
        !list.contains("Event: "),
        "a choice that is none is not made"
    );
    assert!(
        !list.contains("evil"),
        "what is no filter is not carried on"
    );
    let without = "/panel/orders?q=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E&#38;from=2026-12-01&#38;sort=oldest";
    assert!(page.contains(without), "without the status: {page}");
    assert!(page.contains("Nothing fits these filters."));
}

#[tokio::test]
async fn sql_injection_in_every_filter_finds_nothing_and_breaks_nothing() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = bought(&shop, "an-order-to-steal").await;
        let mut desk = shop.central.admin().await;
        for text in [
            "' OR 1=1 --",
            "'; DROP TABLE orders; --",
            "x') UNION SELECT 1,2,3,4,5,6,7,8,9,10,11 --",
            "\\' OR ''='",
            "%",
        ] {
            for field in [
                "q", "event", "status", "look", "from", "until", "sort", "after",
            ] {
                for typed in [text.to_owned(), format!("{text}@"), format!("GRB-{text}")] {
                    let query = encode(&[(field, typed.as_str())]);
                    let seen = desk.get(&format!("/panel/orders?{query}")).await;
                    assert_eq!(seen.status, 200, "{field}={typed}");
                    let is_search = field == "q";
                    assert_eq!(
                        seen.page.contains(&order.number),
                        !is_search,
                        "{field}={typed}"
                    );
                }
            }
        }
        assert_eq!(shop.number("SELECT COUNT(*) FROM orders").await, 1);
    }
}

#[tokio::test]
async fn a_webhook_is_shown_to_who_moves_money_and_without_its_signature() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = bought(&shop, "an-order-with-a-webhook").await;
    shop.drive(&order, "settlement").await;
    let path = format!("/panel/orders/{}", order.number);
    let mut desk = shop.central.admin().await;
    let page = desk.get(&path).await.page;
    for shown in ["transaction_status", "settlement", "sold, was held until"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let (_, raw) = page.split_once("signature_key").expect("the field's name");
    assert!(raw.starts_with("&#34;: &#34;•••&#34;"), "and not its value");
    let client = Some(shop.event.event.client);
    let mut organiser = shop
        .central
        .person("citra@example.id", "client", client, &[])
        .await;
    let page = organiser.get(&path).await.page;
    assert!(page.contains("Notice of the payment provider"));
    assert!(!page.contains("transaction_status"), "not for organisers");
}

#[tokio::test]
async fn a_failed_lookup_is_one_row_of_the_report() {
    let shop = Shop::open(Engine::Sqlite).await;
    let one = bought(&shop, "an-order-that-is-whole").await;
    let two = bought(&shop, "an-order-that-is-broken").await;
    let mut desk = shop.central.admin().await;
    desk.get("/panel/orders").await;
    let broken = "UPDATE orders SET status = 'nonsense' WHERE created_at = (SELECT MAX(created_at) FROM orders) \
         AND idempotency_key = 'an-order-that-is-broken'";
    shop.central.execute(broken).await;
    let both = [two.number.as_str(), one.number.as_str()];
    let page = again(&mut desk, "flag", &both, &[("note", "look")]).await;
    assert_eq!(became(&page, &two.number), "bad");
    assert_eq!(
        became(&page, &one.number),
        "good",
        "the other is done and told"
    );
    assert!(page.contains("1 done, of 2"), "{page}");
}
