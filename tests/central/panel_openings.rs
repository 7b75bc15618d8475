//! Whoever sets an event up and may not open it asks those who may; drafts are counted honestly.
use central::{app::letters::Preview, domain::event::EventStatus};
use support::{
    central::Engine,
    festival::festival,
    letter::connected,
    panel::{Desk, PASSWORD},
    post_box::PostBox,
    shop::Shop,
    visit::Seen,
};

use crate::panel_setup::{URL, draft, set_up};

const OPENING: &str = "/panel/events/malam-jazz/opening";
const WITHDRAW: &str = "/panel/events/malam-jazz/opening/withdraw";
const DECLINE: &str = "/panel/events/malam-jazz/opening/decline";
const LETTERS: &str = "SELECT COUNT(*) FROM outbox WHERE kind = 'opening_asked'";
const LETTER: &str = "SELECT id FROM outbox WHERE kind = 'opening_asked' ORDER BY id LIMIT 1";
const WAITS: &str = "Asked to be opened: Malam Jazz";

/// A finished draft, the administrator who may open it, and its organiser, who may not.
async fn open(engine: Engine) -> (Shop, Desk, Desk) {
    let shop = Shop::open(engine).await;
    let mut admin = shop.central.admin().await;
    set_up(&mut admin, "").await;
    let event = draft(&shop.central).await.event;
    let central = &shop.central;
    let grant = "INSERT INTO role_permissions (role_name, permission_name) VALUES ('venue_manager', 'events.publish')";
    central.execute(grant).await;
    // May open this event alone, and another one alone.
    let (this, other) = (event.id, shop.event.event.id);
    central
        .person("vina@example.id", "venue_manager", None, &[this])
        .await;
    central
        .person("vito@example.id", "venue_manager", None, &[other])
        .await;
    let organiser = central
        .person("oki@example.id", "client", Some(event.client), &[])
        .await;
    (shop, admin, organiser)
}

async fn ask(desk: &mut Desk) -> Seen {
    desk.get(&format!("{URL}/setup/publish")).await;
    desk.post(OPENING, &[]).await
}

#[tokio::test]
async fn an_organiser_asks_once_and_sees_when_the_event_is_opened() {
    for engine in Engine::both() {
        let (shop, mut admin, mut organiser) = open(engine).await;
        let page = organiser.get(&format!("{URL}/setup/publish")).await.page;
        assert!(page.contains(&format!("action=\"{OPENING}\"")), "{page}");
        let page = organiser.get(URL).await.page;
        assert!(page.contains("Ask for opening"), "{page}");
        for _ in 0..2 {
            let seen = ask(&mut organiser).await;
            let to = format!("{URL}/setup/publish?done=opening_asked");
            assert_eq!(seen.to(), to, "{}", seen.page);
        }
        let asked = "SELECT COUNT(*) FROM audit_log WHERE action = 'event.opening_ask' AND actor_id IS NOT NULL";
        assert_eq!(shop.number(asked).await, 1, "{engine:?}: asked once");
        assert_eq!(shop.number(LETTERS).await, 2, "to those who may open it");
        for path in [URL.to_owned(), format!("{URL}/setup/publish")] {
            let page = organiser.get(&path).await.page;
            let shown = page.contains("Opening asked for at") && page.contains("Take it back");
            assert!(
                shown && !page.contains("Ask for opening</button>"),
                "{page}"
            );
        }
        shop.central.clock.advance_ms(30 * 60_000);
        let page = admin.get("/panel").await.page;
        assert!(
            page.contains(WAITS) && page.contains("30 min ago"),
            "{page}"
        );
        assert!(!page.contains("Finished drafts"), "it is said once: {page}");
        assert!(!organiser.get("/panel").await.page.contains(WAITS));
        let page = admin.get("/panel/events?opening=asked").await.page;
        assert!(
            page.contains("Malam Jazz") && !page.contains(">Festival<"),
            "{page}"
        );
        let letter = shop.central.id(LETTER).await;
        let read = shop.central.app.preview_letter(letter).await;
        let Ok(Preview::Written(read)) = read else {
            panic!("{engine:?}: {read:?}");
        };
        assert!(read.subject.contains("Malam Jazz") && read.text.contains("Person client"));
        admin.get(URL).await;
        let seen = admin.post(&format!("{URL}/publish"), &[]).await;
        assert!(seen.to().ends_with("done=published"), "{}", seen.page);
        let page = admin.get(&format!("{URL}/setup/publish")).await.page;
        for way in ["/events/malam-jazz", "/panel/events/malam-jazz/live"] {
            let link = format!("btn-outline-primary\" href=\"{way}\"");
            assert!(page.contains(&link), "{way}: {page}");
        }
        let page = organiser.get(URL).await.page;
        assert!(
            page.contains("Opened at") && !page.contains("Take it back"),
            "{page}"
        );
        assert!(!admin.get("/panel").await.page.contains(WAITS));
        let read = shop.central.app.preview_letter(letter).await;
        assert!(matches!(read, Ok(Preview::Needless(_))), "{read:?}");
    }
}

#[tokio::test]
async fn what_was_asked_is_taken_back_and_letters_stay_an_hour_apart() {
    for engine in Engine::both() {
        let (shop, mut admin, mut organiser) = open(engine).await;
        ask(&mut organiser).await;
        for _ in 0..2 {
            organiser.get(URL).await;
            let seen = organiser.post(WITHDRAW, &[]).await;
            assert!(
                seen.to().ends_with("done=opening_withdrawn"),
                "{}",
                seen.page
            );
        }
        let back = "SELECT COUNT(*) FROM audit_log WHERE action = 'event.opening_withdraw'";
        assert_eq!(shop.number(back).await, 1, "{engine:?}");
        let page = admin.get("/panel").await.page;
        assert!(
            !page.contains(WAITS) && page.contains("Finished drafts"),
            "{page}"
        );
        let letter = shop.central.id(LETTER).await;
        let read = shop.central.app.preview_letter(letter).await;
        assert!(matches!(read, Ok(Preview::Needless(_))), "{read:?}");
        ask(&mut organiser).await;
        assert_eq!(shop.number(LETTERS).await, 2, "no second letter so soon");
        assert!(admin.get("/panel").await.page.contains(WAITS));
        organiser.get(URL).await;
        organiser.post(WITHDRAW, &[]).await;
        shop.central.clock.advance_ms(3_600_000);
        organiser.sign_in("oki@example.id", PASSWORD).await;
        ask(&mut organiser).await;
        assert_eq!(shop.number(LETTERS).await, 4, "{engine:?}");
    }
}

/// Within one hour, so that no letter is spared by its age.
#[tokio::test]
async fn a_wish_after_an_opening_has_letters_of_its_own() {
    for engine in Engine::both() {
        let (shop, mut admin, mut organiser) = open(engine).await;
        let post = PostBox::open().await;
        let app = connected(&shop, &post);
        ask(&mut organiser).await;
        assert_eq!(app.send_letters(10).await.expect("sends"), 2);
        for deed in ["publish", "close"] {
            shop.central.clock.advance_ms(60_000);
            admin.get(URL).await;
            let seen = admin.post(&format!("{URL}/{deed}"), &[]).await;
            assert_eq!(seen.status, 303, "{}", seen.page);
        }
        shop.central.clock.advance_ms(60_000);
        assert_eq!(ask(&mut organiser).await.status, 303);
        app.send_letters(10).await.expect("sends");
        assert_eq!(post.letters().len(), 4, "{engine:?}");
        // Who got one and who waits for one gets no second where the wish comes again.
        organiser.get(URL).await;
        organiser.post(WITHDRAW, &[]).await;
        ask(&mut organiser).await;
        app.send_letters(10).await.expect("sends");
        assert_eq!(post.letters().len(), 4, "{engine:?}");
    }
}

#[tokio::test]
async fn a_wish_that_was_taken_back_before_its_letters_went_is_written_of_once() {
    for engine in Engine::both() {
        let (shop, _, mut organiser) = open(engine).await;
        let post = PostBox::open().await;
        let app = connected(&shop, &post);
        ask(&mut organiser).await;
        organiser.get(URL).await;
        organiser.post(WITHDRAW, &[]).await;
        app.send_letters(10).await.expect("sends");
        assert!(post.letters().is_empty(), "nobody waits");
        ask(&mut organiser).await;
        assert_eq!(shop.number(LETTERS).await, 4, "those were not needed");
        // No mail goes, for longer than the letters of a wish are young.
        organiser.get(URL).await;
        organiser.post(WITHDRAW, &[]).await;
        shop.central.clock.advance_ms(3_600_000);
        organiser.sign_in("oki@example.id", PASSWORD).await;
        ask(&mut organiser).await;
        assert_eq!(shop.number(LETTERS).await, 6, "{engine:?}");
        while app.send_letters(10).await.expect("sends") > 0 {}
        assert_eq!(post.letters().len(), 2, "{engine:?}: one each");
    }
}

#[tokio::test]
async fn whoever_may_open_an_event_declines_and_the_organiser_reads_why() {
    for engine in Engine::both() {
        let (shop, mut admin, mut organiser) = open(engine).await;
        ask(&mut organiser).await;
        organiser.get(URL).await;
        assert_eq!(organiser.post(DECLINE, &[]).await.status, 403);
        for path in [URL.to_owned(), format!("{URL}/setup/publish")] {
            let page = admin.get(&path).await.page;
            assert!(page.contains(&format!("action=\"{DECLINE}\"")), "{page}");
            let page = organiser.get(&path).await.page;
            assert!(!page.contains(DECLINE), "{page}");
        }
        for reason in ["Prices are wrong", "Again"] {
            admin.get(URL).await;
            let seen = admin.post(DECLINE, &[("reason", reason)]).await;
            let to = format!("{URL}?done=opening_declined");
            assert_eq!(seen.to(), to, "{engine:?}: {}", seen.page);
        }
        let row = "SELECT COUNT(*) FROM audit_log WHERE action = 'event.opening_decline' AND actor_id IS NOT NULL";
        assert_eq!(shop.number(row).await, 1, "{engine:?}: none waits then");
        assert!(!admin.get("/panel").await.page.contains(WAITS));
        let page = organiser.get(URL).await.page;
        let is_told = page.contains("Declined at") && page.contains("Prices are wrong");
        assert!(is_told && !page.contains("Again"), "{page}");
        // Asking again is news, and begins anew.
        shop.central.clock.advance_ms(60_000);
        ask(&mut organiser).await;
        assert_eq!(shop.number(LETTERS).await, 4, "{engine:?}");
        let page = organiser.get(URL).await.page;
        assert!(!page.contains("Prices are wrong"), "{page}");
    }
}

#[tokio::test]
async fn an_event_that_is_no_longer_ready_says_so_and_an_unready_one_is_not_asked_for() {
    for engine in Engine::both() {
        let (shop, mut admin, mut organiser) = open(engine).await;
        let spoil = "UPDATE events SET terms = '' WHERE slug = 'malam-jazz'";
        shop.central.execute(spoil).await;
        let page = organiser.get(URL).await.page;
        assert!(!page.contains("Ask for opening"), "{page}");
        assert_eq!(ask(&mut organiser).await.status, 422);
        let mend = "UPDATE events SET terms = 'No glass' WHERE slug = 'malam-jazz'";
        shop.central.execute(mend).await;
        assert_eq!(ask(&mut organiser).await.status, 303);
        shop.central.execute(spoil).await;
        let page = admin.get("/panel").await.page;
        assert!(page.contains("no longer ready: Malam Jazz"), "{page}");
        let page = organiser.get(&format!("{URL}/setup/publish")).await.page;
        assert!(page.contains("Since then something is missing"), "{page}");
        assert_eq!(draft(&shop.central).await.event.status, EventStatus::Draft);
        // Whoever may open it asks nobody, and who has nothing to do with it learns nothing.
        let seen = ask(&mut admin).await;
        assert!(
            seen.status == 422 && seen.page.contains("yourself"),
            "{}",
            seen.page
        );
        let mut vito = Desk::new(&shop.central);
        vito.sign_in("vito@example.id", PASSWORD).await;
        vito.get("/panel").await;
        assert_eq!(vito.post(OPENING, &[]).await.status, 403);
    }
}

#[tokio::test]
async fn drafts_that_were_not_looked_through_are_said_to_be_more() {
    let shop = Shop::open(Engine::Sqlite).await;
    for n in 0..23 {
        let mut wish = festival();
        (wish.slug, wish.terms) = (format!("draft-{n}"), String::new());
        let made = shop
            .central
            .app
            .create_event(&wish, &central::app::trail::Actor::System);
        made.await.expect("a draft");
    }
    let mut admin = shop.central.admin().await;
    let page = admin.get("/panel").await.page;
    assert!(
        page.contains("<strong class=\"numbers\">20+</strong>"),
        "{page}"
    );
    let more = page.split_once("More drafts").map(|(_, rest)| &rest[..200]);
    assert!(more.is_some_and(|more| more.contains(">3<")), "{page}");
    assert!(page.contains("href=\"/panel/events?status=draft\""));
    let page = admin.get("/panel/events?status=draft").await.page;
    assert_eq!(page.matches("/panel/events/draft-").count(), 23);
    assert!(!page.contains("/panel/events/festival\""), "{page}");
}
