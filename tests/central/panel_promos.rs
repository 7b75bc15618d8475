//! Promo codes in the panel: the working list and what it says of use and money, one code, many at once, the file.
use support::{central::Engine, festival::festival, panel::Desk, shop::Shop};

const URL: &str = "/panel/events/festival";

/// The codes of a list, in its order.
fn codes(page: &str) -> Vec<String> {
    let rows = page.split("<a class=\"code\" href=\"").skip(1);
    let code = |row: &str| {
        row.split_once("\">")?
            .1
            .split('<')
            .next()
            .map(str::to_owned)
    };
    rows.filter_map(code).collect()
}

async fn make(desk: &mut Desk, code: &str, quota: &str) {
    let fields = [
        ("code", code),
        ("amount", "10"),
        ("how", "percent"),
        ("until", "2026-12-03T00:00"),
        ("quota", quota),
        ("per_buyer", "5"),
    ];
    let seen = desk.post(&format!("{URL}/setup/promos"), &fields).await;
    assert_eq!(seen.status, 303, "{}", seen.page);
}

/// An order of two tickets that is paid with a code.
async fn paid(shop: &Shop, key: &str, code: &str) {
    let mut wish = shop.wish(&[(0, 2)]);
    wish["promo_codes"] = serde_json::json!([code]);
    let (status, order) = shop.place(key, &wish).await;
    assert_eq!(status, 201, "{order}");
    let text = |name: &str| order[name].as_str().expect(name).to_owned();
    let bought = support::shop::Bought {
        number: text("number"),
        access: text("access"),
    };
    shop.drive(&bought, "settlement").await;
}

#[tokio::test]
async fn the_list_tells_use_and_money_and_is_searched_filtered_and_turned() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut desk = shop.central.admin().await;
        desk.get(&format!("{URL}/setup/promos")).await;
        make(&mut desk, "early", "2").await;
        make(&mut desk, "late", "").await;
        for n in 0..2 {
            paid(&shop, &format!("an-order-with-a-code-{n}"), "EARLY").await;
        }
        let page = desk.get(&format!("{URL}/promos")).await.page;
        assert_eq!(codes(&page), ["EARLY", "LATE"]);
        assert!(page.contains("2 / 2") && page.contains("0 / ∞"), "{page}");
        assert!(
            page.contains("IDR\u{a0}540,000"),
            "two orders of 270,000: {page}"
        );
        for (query, want) in [
            ("q=la", &["LATE"][..]),
            ("q=nobody", &[]),
            ("state=used_up", &["EARLY"]),
            ("state=open", &["LATE"]),
            ("state=ended", &[]),
        ] {
            let page = desk
                .get(&format!("/panel/promos?event=festival&{query}"))
                .await
                .page;
            assert_eq!(codes(&page), want, "{query}");
        }
        // Many at once, a page at a time, and all of them in the file.
        let many = [
            ("prefix", "Gema-"),
            ("count", "60"),
            ("amount", "5000"),
            ("how", "fixed"),
            ("until", "2026-12-03T00:00"),
            ("quota", "1"),
            ("per_buyer", "1"),
        ];
        desk.get(&format!("{URL}/setup/promos")).await;
        let seen = desk.post(&format!("{URL}/setup/promos/many"), &many).await;
        assert_eq!(seen.to(), format!("{URL}/promos?q=GEMA-&done=promos"));
        let first = desk.get(&format!("{URL}/promos?q=GEMA-")).await.page;
        let next = first
            .split("href=\"")
            .find(|rest| rest.contains("after="))
            .and_then(|rest| rest.split('"').next());
        let next = next
            .expect("another page")
            .replace("&#38;", "&")
            .replace("&amp;", "&");
        let second = desk.get(&next).await.page;
        let mut all = codes(&first);
        all.extend(codes(&second));
        assert_eq!(all.len(), 60);
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), 60);
        let file = desk.get(&format!("{URL}/promos.csv?q=GEMA-")).await.page;
        assert_eq!(file.lines().count(), 61, "{file}");
        let book = desk.get(&format!("{URL}/promos.xlsx?q=GEMA-")).await;
        assert_eq!(book.status, 200);
        for count in ["0", "5001", "x"] {
            let mut fields = many.to_vec();
            fields[1] = ("count", count);
            let seen = desk
                .post(&format!("{URL}/setup/promos/many"), &fields)
                .await;
            assert_eq!(seen.status, 422, "{count}");
        }
    }
}

#[tokio::test]
async fn a_code_is_limited_ended_and_switched_on_again() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut desk = shop.central.admin().await;
        desk.get(&format!("{URL}/setup/promos")).await;
        make(&mut desk, "EARLY", "5").await;
        for n in 0..2 {
            paid(&shop, &format!("an-order-with-a-code-{n}"), "EARLY").await;
        }
        let url = format!("{URL}/promos/EARLY");
        let page = desk.get(&url).await.page;
        assert_eq!(page.matches("/panel/orders/GRB").count(), 2, "{page}");
        let until = ("until", "2026-12-03T00:00");
        let limit = format!("{url}/limit");
        assert_eq!(
            desk.post(&limit, &[("quota", "1"), until]).await.status,
            422,
            "two use it"
        );
        assert_eq!(
            desk.post(&limit, &[("quota", "2"), until]).await.status,
            303
        );
        assert!(desk.get(&url).await.page.contains("Used up"));
        assert_eq!(
            desk.post(&limit, &[("quota", "9"), until]).await.status,
            303
        );
        assert!(desk.get(&url).await.page.contains("p-mark-good\">Open"));
        assert_eq!(
            desk.post(&format!("{url}/switch"), &[("to", "off")])
                .await
                .status,
            303
        );
        assert!(desk.get(&url).await.page.contains("p-mark-bad\">Off"));
        assert_eq!(
            desk.post(&format!("{url}/switch"), &[("to", "x")])
                .await
                .status,
            422
        );
        assert_eq!(
            desk.post(&format!("{url}/switch"), &[("to", "on")])
                .await
                .status,
            303
        );
        paid(&shop, "an-order-after-all-that", "EARLY").await;
    }
}

#[tokio::test]
async fn codes_of_others_are_in_no_list_and_no_file() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut other = festival();
    (other.slug, other.client.slug) = ("elsewhere".into(), "competitor".into());
    let other = shop.central.publish(&other).await;
    shop.central.promo(other.event.id, "THEIRS").await;
    shop.central.promo(shop.event.event.id, "OURS").await;
    shop.central.admin().await;
    let client = Some(shop.event.event.client);
    let mut desk = shop
        .central
        .person("client@example.id", "client", client, &[])
        .await;
    for path in [
        "/panel/promos",
        "/panel/promos?event=elsewhere",
        "/panel/promos.csv",
        "/panel/promos.csv?event=elsewhere",
    ] {
        let seen = desk.get(path).await;
        assert_eq!(seen.status, 200, "{path}");
        assert!(
            seen.page.contains("OURS") && !seen.page.contains("THEIRS"),
            "{path}"
        );
    }
    // A code is found within its event alone.
    assert_eq!(desk.get(&format!("{URL}/promos/THEIRS")).await.status, 404);
    assert_eq!(
        desk.get("/panel/events/elsewhere/promos/THEIRS")
            .await
            .status,
        404
    );
    let seen = desk
        .post(&format!("{URL}/promos/THEIRS/switch"), &[("to", "off")])
        .await;
    assert_eq!(seen.status, 404);
}

#[tokio::test]
async fn a_code_brought_the_same_on_both_pages() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut desk = shop.central.admin().await;
        desk.get(&format!("{URL}/setup/promos")).await;
        make(&mut desk, "EARLY", "").await;
        for n in 0..2 {
            paid(&shop, &format!("an-order-with-a-code-{n}"), "EARLY").await;
        }
        // One that waits for its money brought nothing; one that was given back did, as the reports say it.
        let mut wish = shop.wish(&[(0, 1)]);
        wish["promo_codes"] = serde_json::json!(["EARLY"]);
        assert_eq!(shop.place("an-order-that-waits", &wish).await.0, 201);
        shop.central.execute("UPDATE orders SET status = 'refunded' WHERE number = (SELECT number FROM (SELECT MIN(number) AS number FROM orders WHERE status = 'paid') AS paid)").await;
        for path in [
            format!("{URL}/promos"),
            "/panel/promos".into(),
            format!("{URL}/promos/EARLY"),
        ] {
            let page = desk.get(&path).await.page;
            assert!(page.contains("IDR\u{a0}540,000"), "{path}: {page}");
        }
        // What too many orders use is not summed for a page.
        shop.central
            .execute("UPDATE promo_codes SET used = 2001")
            .await;
        for path in [format!("{URL}/promos"), format!("{URL}/promos/EARLY")] {
            let page = desk.get(&path).await.page;
            assert!(page.contains("see the reports"), "{path}");
        }
    }
}
