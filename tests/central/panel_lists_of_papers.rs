//! The lists of disputes, letters and receipts: what filters leave, what files hold, what is done to letters that are chosen.
use support::{
    central::Engine,
    shop::{Bought, IDENTITY},
};

use crate::panel_money::{Office, ask, went};

/// The orders of a list, in its order.
fn orders(page: &str) -> Vec<String> {
    let rows = page.split("class=\"code\" href=\"/panel/orders/").skip(1);
    let end = |row: &str| row.split(['/', '"']).next().map(str::to_owned);
    rows.filter_map(end).collect()
}

async fn held(office: &Office, key: &str, channel: &str) -> Bought {
    let order = office.paid(key, 1, channel).await;
    office.shop.drive(&order, "chargeback").await;
    office.shop.central.clock.advance_ms(1_000);
    order
}

#[tokio::test]
async fn disputes_are_filtered_sorted_turned_and_taken_away() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let mut numbers = Vec::new();
        for key in ["held-first", "held-second", "held-third"] {
            numbers.push(held(&office, key, "credit_card").await.number);
        }
        let [first, second, third] = [0, 1, 2].map(|n| numbers[n].clone());
        let end = "UPDATE disputes SET status = 'won', ended_at = opened_at WHERE opened_at = \
                   (SELECT moment FROM (SELECT MAX(opened_at) AS moment FROM disputes) latest)";
        office.shop.central.execute(end).await;
        let due = "UPDATE disputes SET due_at = 5 WHERE opened_at = \
                   (SELECT moment FROM (SELECT MIN(opened_at) AS moment FROM disputes) earliest)";
        office.shop.central.execute(due).await;
        let open = vec![second.clone(), first.clone()];
        for (query, want) in [
            ("", open.clone()),
            ("status=open", open.clone()),
            ("status=nonsense", open.clone()),
            ("sort=oldest", vec![first.clone(), second.clone()]),
            ("sort=due", vec![first.clone(), second.clone()]),
            ("status=due", vec![first.clone()]),
            ("status=won", vec![third.clone()]),
            ("status=lost", vec![]),
            (
                "status=all",
                vec![third.clone(), second.clone(), first.clone()],
            ),
            (
                "status=all&event=festival&channel=credit_card",
                vec![third.clone(), second.clone(), first.clone()],
            ),
            ("channel=qris", vec![]),
            ("until=2020-01-01", vec![]),
            ("from=2020-01-01", open.clone()),
            (&format!("q={}", first.to_lowercase()), vec![first.clone()]),
            ("q=%25", vec![]),
        ] {
            for desk in [&mut office.admin, &mut office.rini] {
                let page = desk.get(&format!("/panel/disputes?{query}")).await.page;
                assert_eq!(orders(&page), want, "{query}");
            }
        }
        let file = office
            .admin
            .get("/panel/disputes.csv?status=all")
            .await
            .page;
        assert_eq!(file.lines().count(), 4, "{file}");
        assert!(
            file.contains(",IDR,150000") && file.contains("1970-01-01T"),
            "{file}"
        );
        let one = office
            .admin
            .get("/panel/disputes.csv?status=won")
            .await
            .page;
        assert!(one.contains(&third) && !one.contains(&first), "{one}");
        assert_eq!(office.admin.get("/panel/disputes.xlsx").await.status, 200);
        let noted = "SELECT COUNT(*) FROM audit_log WHERE action = 'disputes.export'";
        assert_eq!(office.shop.number(noted).await, 3);
    }
}

#[tokio::test]
async fn disputes_of_one_organiser_are_found_among_those_of_others() {
    let mut office = Office::open(Engine::Sqlite).await;
    let order = held(&office, "held-by-a-bank", "credit_card").await;
    let mut other = support::festival::festival();
    (other.slug, other.client.slug) = ("elsewhere".into(), "competitor".into());
    other.client.name = "Competitor".into();
    office.shop.central.publish(&other).await;
    let own = office.admin.get("/panel/disputes?client=organiser").await;
    assert_eq!(orders(&own.page), [order.number]);
    let theirs = office.admin.get("/panel/disputes?client=competitor").await;
    assert_eq!(orders(&theirs.page), Vec::<String>::new());
    assert!(
        theirs.page.contains("Organiser: Competitor"),
        "{}",
        theirs.page
    );
    // Who sees one organiser's alone is not offered a choice of them.
    let page = office
        .rini
        .get("/panel/disputes?client=competitor")
        .await
        .page;
    assert!(
        !page.contains("Competitor") && orders(&page).len() == 1,
        "{page}"
    );
}

/// What the report of a deed says of a row.
fn became<'a>(page: &'a str, name: &str) -> &'a str {
    let row = page.split("<tr>").skip(1).find(|row| row.contains(name));
    let mark = row.and_then(|row| row.split("p-mark p-mark-").nth(1));
    let mark = mark.and_then(|rest| rest.split('"').next());
    mark.unwrap_or_else(|| panic!("{name} is not in the report:\n{page}"))
}

const GIVE_UP: &str = "UPDATE outbox SET failed_at = 5, attempts = 3, last_error = 'mail_refused_550' \
                       WHERE kind = 'tickets_mail'";

#[tokio::test]
async fn letters_are_searched_filtered_and_taken_away_without_their_words() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let one = office.paid("mail-one", 1, "qris").await;
        office.shop.central.clock.advance_ms(1_000);
        let two = office.paid("mail-two", 1, "qris").await;
        went(&ask(&mut office.rini, &one).await);
        let id = office.refund().await.id;
        let by = office.shop.central.signed("dewi@example.id").await;
        let agreed = office.shop.central.app.agree_to_refund(&by, id).await;
        agreed.expect("another account");
        office.shop.central.execute(GIVE_UP).await;
        let (one, two) = (one.number, two.number);
        let both = vec![two.clone(), one.clone()];
        for (query, want) in [
            ("", both.clone()),
            ("sort=oldest", vec![one.clone(), two.clone()]),
            ("event=festival&kind=tickets_mail", both.clone()),
            ("state=waiting&kind=refund_mail", vec![one.clone()]),
            ("state=tried", vec![]),
            (
                "state=all&kind=refund_mail&event=festival",
                vec![one.clone()],
            ),
            ("kind=sales_digest", vec![]),
            ("q=siti@example.id", both.clone()),
            ("q=nobody@example.id", vec![]),
            (&format!("q={}", one.to_lowercase()), vec![one.clone()]),
            ("until=2020-01-01", vec![]),
            ("q=%25", vec![]),
        ] {
            let page = office.admin.get(&format!("/panel/letters?{query}")).await;
            assert_eq!(
                orders(&page.page),
                want,
                "{engine:?} {query}: {}",
                page.page
            );
        }
        let file = office.admin.get("/panel/letters.csv").await.page;
        assert_eq!(file.lines().count(), 3, "{file}");
        assert!(file.contains("the mail server refused (550)"), "{file}");
        assert!(!file.contains('@') && !file.contains(IDENTITY), "{file}");
        assert_eq!(office.admin.get("/panel/letters.xlsx").await.status, 200);
        assert_eq!(office.dewi.get("/panel/letters.csv").await.status, 403);
    }
}

#[tokio::test]
async fn letters_that_are_chosen_are_tried_again_and_no_others() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let one = office.paid("mail-one", 1, "qris").await.number;
        let two = office.paid("mail-two", 1, "qris").await.number;
        office.shop.central.execute(GIVE_UP).await;
        office.admin.get("/panel/letters").await;
        let mut ids = Vec::new();
        for number in [&one, &two] {
            let page = office
                .admin
                .get(&format!("/panel/letters?q={number}"))
                .await;
            let id = page.page.split("name=\"row\" value=\"").nth(1);
            ids.push(
                id.and_then(|rest| rest.split('"').next())
                    .expect("a row")
                    .to_owned(),
            );
        }
        let chosen = [("row", ids[0].as_str()), ("row", "nonsense")];
        let page = office
            .admin
            .post("/panel/letters/again", &chosen)
            .await
            .page;
        assert_eq!(became(&page, &one), "good", "{page}");
        assert_eq!(became(&page, "nonsense"), "bad", "{page}");
        let left = "SELECT COUNT(*) FROM outbox WHERE failed_at IS NOT NULL";
        assert_eq!(
            office.shop.number(left).await,
            1,
            "the other was not chosen"
        );
        let both = [("row", ids[0].as_str()), ("row", ids[1].as_str())];
        let page = office.admin.post("/panel/letters/again", &both).await.page;
        assert_eq!(became(&page, &one), "calm", "it waits already");
        assert_eq!(became(&page, &two), "good");
        // What has left is not sent a second time.
        let sent = "UPDATE outbox SET done_at = 7, failed_at = NULL WHERE kind = 'tickets_mail'";
        office.shop.central.execute(sent).await;
        let page = office.admin.post("/panel/letters/again", &both).await.page;
        assert_eq!(became(&page, &ids[0]), "bad", "{page}");
        let trail =
            "SELECT COUNT(*) FROM audit_log WHERE action = 'letter.again' AND actor_id IS NOT NULL";
        assert_eq!(office.shop.number(trail).await, 2);
        assert_eq!(
            office.dewi.post("/panel/letters/again", &both).await.status,
            403
        );
    }
}

#[tokio::test]
async fn receipts_are_searched_filtered_sorted_and_taken_away() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let mut numbers = Vec::new();
        for key in ["invoice-one", "invoice-two", "invoice-three"] {
            numbers.push(office.paid(key, 1, "qris").await.number);
            office.shop.central.clock.advance_ms(1_000);
        }
        let [one, two, three] = [0, 1, 2].map(|n| numbers[n].clone());
        let all = vec![three.clone(), two.clone(), one.clone()];
        let base = "/panel/events/festival/receipts";
        for (query, want) in [
            ("", all.clone()),
            ("kind=nonsense", all.clone()),
            ("sort=oldest", numbers.clone()),
            ("kind=refund", vec![]),
            ("from=2020-01-01", all.clone()),
            ("until=2020-01-01", vec![]),
            (&format!("q={}", two.to_lowercase()), vec![two.clone()]),
            ("q=%25", vec![]),
        ] {
            let page = office.dewi.get(&format!("{base}?{query}")).await.page;
            assert_eq!(orders(&page), want, "{engine:?} {query}");
        }
        // After the first of them, as its page's place says.
        let issued = office
            .shop
            .number("SELECT MAX(issued_at) FROM receipts")
            .await;
        let rest = office
            .dewi
            .get(&format!("{base}?after={issued}.3"))
            .await
            .page;
        assert_eq!(orders(&rest), all[1..]);
        let file = office.dewi.get(&format!("{base}.csv")).await.page;
        assert_eq!(file.lines().count(), 4, "{file}");
        assert!(file.contains("INV/FESTIVAL/2026/00003") && file.contains(",IDR,150000"));
        assert_eq!(office.dewi.get(&format!("{base}.xlsx")).await.status, 200);
    }
}
