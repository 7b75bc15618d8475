//! The lists of people: accounts and gate staff, filtered, taken away, and what is done to those that are chosen.
use central::app::staff::NewStaff;
use support::{
    central::Engine,
    festival::festival,
    panel::{ADMIN, Desk},
    shop::Shop,
};
use sync_protocol::operator::Role;

use crate::panel_few_lists::{files, named};

/// The colour of a row of the report.
fn became<'a>(page: &'a str, name: &str) -> &'a str {
    let row = page.split("<tr>").skip(1).find(|row| row.contains(name));
    let mark = row.and_then(|row| row.split("p-mark p-mark-").nth(1));
    let mark = mark.and_then(|rest| rest.split('"').next());
    mark.unwrap_or_else(|| panic!("{name} is not in the report:\n{page}"))
}

async fn chosen(desk: &mut Desk, path: &str, rows: &[&str]) -> String {
    let fields: Vec<_> = rows.iter().map(|row| ("row", *row)).collect();
    let seen = desk.post(path, &fields).await;
    assert!(matches!(seen.status, 200 | 422), "{}", seen.page);
    seen.page
}

fn id(desk: &Desk) -> String {
    desk.user.expect("signed in").to_string()
}

#[tokio::test]
async fn accounts_are_filtered_by_organiser_and_second_factor_and_taken_away_without_secrets() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let central = &shop.central;
        let mut desk = central.admin().await;
        let client = Some(shop.event.event.client);
        central.clock.advance_ms(1_000);
        let citra = central
            .person("citra@example.id", "client", client, &[])
            .await;
        central
            .execute(
                "INSERT INTO second_factors (user_id, sealed_secret, confirmed_at, last_step) \
                 SELECT id, X'5EC2E7', 1, 0 FROM users WHERE email = 'citra@example.id'",
            )
            .await;
        let (admin, citra) = (id(&desk), id(&citra));
        for (query, wanted) in [
            ("client=organiser", vec![&citra]),
            ("client=nobodys", vec![&admin, &citra]),
            ("factor=on", vec![&citra]),
            ("factor=off", vec![&admin]),
            ("factor=on&client=organiser&role=client", vec![&citra]),
            ("factor=off&client=organiser", vec![]),
            ("sort=newest", vec![&citra, &admin]),
        ] {
            let page = desk.get(&format!("/panel/staff?{query}")).await.page;
            let found = named(&page, "/panel/staff");
            assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{query}");
        }
        let lines = files(&mut desk, "/panel/staff", "factor=on").await;
        assert_eq!(lines.len(), 2, "{lines:?}");
        let begins = "Person client,citra@example.id,Organiser,Organiser,Active,On,2026-12-01T";
        assert!(lines[1].starts_with(begins), "{lines:?}");
        let all = lines.concat().to_lowercase();
        for secret in ["argon2", "5ec2e7", "$"] {
            assert!(!all.contains(secret), "{secret}: {all}");
        }
    }
}

#[tokio::test]
async fn chosen_accounts_lose_their_sessions_or_are_switched_off_but_never_ones_own() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let central = &shop.central;
        let mut desk = central.admin().await;
        let client = Some(shop.event.event.client);
        let mut people = Vec::new();
        for email in ["citra@example.id", "budi@example.id"] {
            people.push(central.person(email, "client", client, &[]).await);
        }
        let [mut citra, mut budi] = <[Desk; 2]>::try_from(people).ok().expect("two");
        let (own, of_citra, of_budi) = (id(&desk), id(&citra), id(&budi));
        let page = desk.get("/panel/staff").await.page;
        let shown = |of: &str| page.contains(&format!("name=\"shown\" value=\"{of}\""));
        assert!(shown(&of_citra) && !shown(&own), "one's own has no box");
        // Without being sure nothing happens.
        let token = desk.token();
        let bare = [("row", of_citra.as_str()), ("token", token.as_str())];
        let asked = desk.post_bare("/panel/staff/off", &bare).await.page;
        assert!(asked.contains("Your own is left out"), "{asked}");
        assert_eq!(citra.get("/panel").await.status, 200);

        desk.get("/panel/staff").await;
        let rows = [of_citra.as_str(), &own, "nonsense", &of_citra];
        let page = chosen(&mut desk, "/panel/staff/sessions", &rows).await;
        assert_eq!(became(&page, &of_citra), "good");
        assert_eq!(became(&page, &own), "bad");
        assert_eq!(became(&page, "nonsense"), "bad");
        assert!(page.contains("1 done, of 3"), "each once: {page}");
        assert!(citra.get("/panel").await.to().starts_with("/panel/sign-in"));
        assert_eq!(budi.get("/panel").await.status, 200);

        let rows = [of_budi.as_str(), &own];
        let page = chosen(&mut desk, "/panel/staff/off", &rows).await;
        assert_eq!(
            (became(&page, &of_budi), became(&page, &own)),
            ("good", "bad")
        );
        assert!(budi.get("/panel").await.to().starts_with("/panel/sign-in"));
        let page = chosen(&mut desk, "/panel/staff/off", &rows).await;
        assert_eq!(became(&page, &of_budi), "calm", "it was so before");
        let active = "SELECT COUNT(*) FROM users WHERE status = 'active'";
        assert_eq!(shop.number(active).await, 2, "the own and Citra's");
        let noted = "SELECT COUNT(*) FROM audit_log WHERE actor_id IS NOT NULL \
                     AND (action = 'user.disable' OR action = 'user.session_end')";
        assert_eq!(shop.number(noted).await, 2, "each deed has its row");
        let page = chosen(&mut desk, "/panel/staff/off", &[]).await;
        assert!(page.contains("Nothing was chosen"), "{page}");
    }
}

#[tokio::test]
async fn whoever_has_rights_that_one_lacks_is_not_switched_off() {
    let shop = Shop::open(Engine::Sqlite).await;
    let central = &shop.central;
    let admin = central.admin().await;
    central
        .execute("INSERT INTO roles (name, description, reach) VALUES ('desk', 'Accounts', 'all')")
        .await;
    central
        .execute("INSERT INTO role_permissions (role_name, permission_name) VALUES ('desk', 'staff.manage')")
        .await;
    let mut desk = central.person("desk@example.id", "desk", None, &[]).await;
    let admin = id(&admin);
    let page = desk.get("/panel/staff").await.page;
    assert!(!page.contains(&format!("name=\"shown\" value=\"{admin}\"")));
    for path in ["/panel/staff/off", "/panel/staff/sessions"] {
        desk.get("/panel/staff").await;
        let page = chosen(&mut desk, path, &[&admin]).await;
        assert_eq!(became(&page, &admin), "bad", "{path}");
    }
    let noted =
        "SELECT COUNT(*) FROM audit_log WHERE action IN ('user.disable', 'user.session_end')";
    assert_eq!(shop.number(noted).await, 0);
    assert!(
        central
            .app
            .signed_in("nobody")
            .await
            .expect("asks")
            .is_none()
    );
    central.signed(ADMIN).await;
}

#[tokio::test]
async fn gate_staff_is_filtered_taken_away_and_switched_off_and_on() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let central = &shop.central;
        let mut other = festival();
        (other.slug, other.client.slug) = ("elsewhere".into(), "competitor".into());
        let other = central.publish(&other).await.event.id;
        let own = shop.event.event.id;
        for (login, name, role, at) in [
            ("ana", "Zahra", Role::Validator, own),
            ("budi", "Budi", Role::Supervisor, own),
            ("cici", "Cici", Role::Validator, other),
        ] {
            let wish = NewStaff {
                name: name.into(),
                login: login.into(),
                email: format!("{login}@example.id"),
                role,
                events: vec![at],
            };
            central.app.add_staff(&wish).await.expect("taken in");
        }
        let mut desk = central.admin().await;
        let list = "/panel/operators";
        for (query, wanted) in [
            ("", vec!["ana", "budi", "cici"]),
            ("q=ZAHRA", vec!["ana"]),
            ("role=wristband_validator", vec!["ana", "cici"]),
            ("role=wristband_validator&event=festival", vec!["ana"]),
            ("client=competitor", vec!["cici"]),
            ("role=gate_supervisor&client=competitor", vec![]),
            ("sort=name", vec!["budi", "cici", "ana"]),
            ("status=disabled", vec![]),
        ] {
            let page = desk.get(&format!("{list}?{query}")).await.page;
            assert_eq!(named(&page, list), wanted, "{query}");
        }
        let lines = files(&mut desk, list, "event=elsewhere").await;
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[1].starts_with("Cici,cici,cici@example.id,"));
        desk.get(list).await;
        let off = format!("{list}/chosen/off");
        let page = chosen(&mut desk, &off, &["ana", "cici", "nobody"]).await;
        let all = ["Zahra", "Cici", "nobody"].map(|name| became(&page, name));
        assert_eq!(all, ["good", "good", "bad"]);
        let page = chosen(&mut desk, &off, &["ana"]).await;
        assert_eq!(became(&page, "Zahra"), "calm");
        let page = desk.get(&format!("{list}?status=disabled")).await.page;
        assert_eq!(named(&page, list), ["ana", "cici"]);
        let on = format!("{list}/chosen/on");
        let page = chosen(&mut desk, &on, &["ana"]).await;
        assert_eq!(became(&page, "Zahra"), "good");
        let noted =
            "SELECT COUNT(*) FROM audit_log WHERE action IN ('staff.disable', 'staff.enable')";
        assert_eq!(shop.number(noted).await, 3);
    }
}
