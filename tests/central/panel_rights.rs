//! Every route of the panel, asked as every role, about one's own and about others': the answer is the policy's, and
//! the table in `docs/panel-rights.md` is what came of it.
use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use central::{
    domain::{
        id::{ClientId, UserId},
        policy::{Denial, Powers, Thing},
    },
    http::panel::{Access, ROUTES, Route, Target, Verb},
    store,
};
use support::{central::Engine, festival::festival, panel::Desk, shop::Shop, visit::Seen};
use sync_protocol::id::EventId;

/// A promo code of every event.
const CODE: &str = "OPEN-HOUSE";

/// One event with an order and a node, as addresses name them.
struct Things {
    event: EventId,
    slug: String,
    order: String,
    node: String,
    client: ClientId,
    ticket: String,
}

/// Somebody who asks.
struct Asker {
    role: &'static str,
    desk: Desk,
    powers: Option<Powers>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    Yes,
    No,
    Hidden,
    SignIn,
}

impl Answer {
    fn of(seen: &Seen) -> Self {
        let to = seen.headers.get("location");
        let to = to.and_then(|to| to.to_str().ok()).unwrap_or_default();
        match seen.status {
            303 if to == "/panel/sign-in" || to.starts_with("/panel/sign-in?next=") => Self::SignIn,
            403 => Self::No,
            404 => Self::Hidden,
            500.. => panic!("{}", seen.page),
            _ => Self::Yes,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Hidden => "hidden",
            Self::SignIn => "signs in",
        }
    }
}

async fn things(shop: &Shop, slug: &str, key: &str) -> Things {
    let event = shop
        .central
        .app
        .event_by_slug(slug)
        .await
        .expect("it is there");
    let mut wish = shop.wish(&[(0, 1)]);
    wish["event"] = slug.into();
    wish["items"][0]["ticket_type_id"] = event.types[0].id.to_string().into();
    let (status, order) = shop.place(key, &wish).await;
    assert_eq!(status, 201, "{order}");
    let node = shop.central.enrol(&event, "Gate A", key).await;
    shop.central.promo(event.event.id, CODE).await;
    Things {
        event: event.event.id,
        slug: slug.into(),
        order: order["number"].as_str().expect("a number").into(),
        node: node.id.to_string(),
        client: event.event.client,
        ticket: shop.central.sell(&event, 1).await[0].to_string(),
    }
}

async fn askers(shop: &Shop, own: &Things) -> Vec<Asker> {
    let central = &shop.central;
    let client = Some(shop.event.event.client);
    let mut askers = vec![Asker {
        role: "nobody",
        desk: Desk::new(central),
        powers: None,
    }];
    for role in ["super_admin", "client", "venue_manager"] {
        let desk = if role == "super_admin" {
            central.admin().await
        } else {
            central
                .person(&format!("{role}@example.id"), role, client, &[own.event])
                .await
        };
        let powers = powers(shop, desk.user.expect("signed in")).await;
        askers.push(Asker {
            role,
            desk,
            powers: Some(powers),
        });
    }
    for role in [
        "wristband_exchange_officer",
        "wristband_validator",
        "gate_supervisor",
    ] {
        // No such account can sign in; this one was somebody else before, and its session is still there.
        let desk = central
            .person(&format!("{role}@example.id"), "client", client, &[])
            .await;
        let user = desk.user.expect("signed in");
        let mut tx = central.app.store.begin().await.expect("a transaction");
        let events = BTreeSet::from([own.event]);
        store::role::put(&mut tx, user, role, &events)
            .await
            .expect("a role");
        tx.commit().await.expect("committed");
        let powers = powers(shop, user).await;
        askers.push(Asker {
            role,
            desk,
            powers: Some(powers),
        });
    }
    askers
}

async fn powers(shop: &Shop, user: UserId) -> Powers {
    let mut tx = shop.central.app.store.read().await.expect("a snapshot");
    let account = store::account::by_id(&mut tx, user).await.expect("a row");
    let client = account.expect("an account").client;
    store::role::powers(&mut tx, user, client)
        .await
        .expect("powers")
}

fn address(route: &Route, things: &Things, user: UserId) -> String {
    route
        .path
        .replace("{event}", &things.slug)
        .replace("{order}", &things.order)
        .replace("{node}", &things.node)
        .replace("{ticket}", &things.ticket)
        .replace("{user}", &user.to_string())
        .replace("{client}", &things.client.to_string())
        .replace("{role}", "helper")
        .replace("{login}", "budi")
        .replace("{number}", "1")
        .replace("{code}", CODE)
}

async fn ask(asker: &mut Asker, route: &Route, path: &str) -> Answer {
    // A page whose token is good for this form.
    let page = if route.access == Access::Open {
        "/panel/sign-in"
    } else {
        "/panel"
    };
    asker.desk.get(page).await;
    let seen = match route.verb {
        Verb::Get => asker.desk.get(path).await,
        Verb::Post => asker.desk.post(path, &[]).await,
    };
    if path == "/panel/sign-out" && seen.to().contains("done=signed_out") {
        let email = format!("{}@example.id", asker.role.replace("super_admin", "admin"));
        asker.desk.sign_in(&email, support::panel::PASSWORD).await;
    }
    Answer::of(&seen)
}

/// What the rules say, without a server.
fn expected(route: &Route, asker: &Asker, things: &Things, shop: &Shop, is_own: bool) -> Answer {
    let powers = asker.powers.as_ref().filter(|powers| powers.opens_panel());
    let (permission, target) = match (route.access, powers) {
        (Access::Open, _) | (Access::Own, Some(_)) => return Answer::Yes,
        (Access::Password, _) | (_, None) => return Answer::SignIn,
        (Access::May(permission, target), Some(_)) => (permission, target),
    };
    let client = if is_own {
        shop.event.event.client
    } else {
        central::domain::id::ClientId(uuid::Uuid::nil())
    };
    let thing = match target {
        Target::List => Thing::List,
        Target::Platform => Thing::Platform,
        Target::Event | Target::Order | Target::Node | Target::Ticket => Thing::Event {
            event: things.event,
            client,
        },
    };
    match powers.expect("just looked").decide(permission, thing) {
        Ok(()) => Answer::Yes,
        Err(Denial::Foreign) => Answer::Hidden,
        Err(Denial::NotAllowed | Denial::WorksGates) => Answer::No,
    }
}

#[tokio::test]
async fn every_route_answers_every_role_as_the_policy_says() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut other = festival();
    other.slug = "elsewhere".into();
    other.client.slug = "competitor".into();
    shop.central.publish(&other).await;
    let own = things(&shop, "festival", "order-of-the-own-event").await;
    let foreign = things(&shop, "elsewhere", "order-of-another-event").await;
    let operator = central::app::staff::NewStaff {
        name: "Budi Wijaya".into(),
        login: "budi".into(),
        email: "budi@example.id".into(),
        role: sync_protocol::operator::Role::Validator,
        events: vec![own.event],
    };
    let hired = shop.central.app.add_staff(&operator).await;
    hired.expect("taken in");
    let mut askers = askers(&shop, &own).await;
    let victim = shop.central.person(
        "victim@example.id",
        "client",
        Some(shop.event.event.client),
        &[],
    );
    let victim = victim.await.user.expect("signed in");
    if let store::Store::Sqlite { writer, .. } = &shop.central.app.store {
        let sql =
            "INSERT INTO roles (name, description, reach) VALUES ('helper', 'Helps', 'events')";
        sqlx::query(sql).execute(writer).await.expect("a role");
    }
    let mut table = String::from("| | address | who |");
    for asker in &askers {
        write!(table, " {} |", asker.role).expect("text");
    }
    table.push_str("\n| --- | --- | --- |");
    table.push_str(&" --- |".repeat(askers.len()));
    for route in ROUTES {
        let verb = if route.verb == Verb::Get {
            "GET"
        } else {
            "POST"
        };
        let whose = match route.access {
            Access::May(_, Target::Event | Target::Order | Target::Node | Target::Ticket) => {
                &["own", "other's"][..]
            }
            _ => &["–"],
        };
        for whose in whose {
            write!(table, "\n| {verb} | `{}` | {whose} |", route.path).expect("text");
            let things = if *whose == "other's" { &foreign } else { &own };
            let path = address(route, things, victim);
            for asker in &mut askers {
                let want = expected(route, asker, things, &shop, *whose != "other's");
                let answer = ask(asker, route, &path).await;
                assert_eq!(answer, want, "{verb} {path} as {}", asker.role);
                write!(table, " {} |", answer.word()).expect("text");
            }
        }
    }
    keep(&table);
}

/// The page shows the table that came out, or the test says where the new one is.
fn keep(table: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/panel-rights.md")).expect("the page");
    let (_, shown) = page
        .split_once("<!-- made by a test -->\n")
        .expect("its mark");
    if shown.trim() != table.trim() {
        let new = root.join("target/panel-rights.md");
        std::fs::write(&new, table).expect("a file");
        panic!(
            "docs/panel-rights.md shows other rights: look at target/panel-rights.md, and put it there if it is right"
        );
    }
}

#[tokio::test]
async fn permissions_of_the_database_are_those_of_the_program() {
    for engine in Engine::both() {
        let central = support::central::TestCentral::new(engine).await;
        let mut tx = central.app.store.read().await.expect("a snapshot");
        let names = store::role::permission_names(&mut tx).await.expect("names");
        let mut own: Vec<_> = central::domain::permission::Permission::ALL
            .iter()
            .map(|permission| permission.name().to_owned())
            .collect();
        own.sort();
        assert_eq!(names, own);
        for role in store::role::all(&mut tx).await.expect("roles") {
            for permission in &role.permissions {
                assert!(
                    permission.fits(role.reach),
                    "{} holds {permission:?}",
                    role.name
                );
            }
        }
    }
}
