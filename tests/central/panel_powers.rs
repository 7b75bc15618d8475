//! Whose things somebody sees, and how nobody gets more rights than they have.
use central::{app::staff::NewStaff, store};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
    panel::{ADMIN, Desk, PASSWORD},
    shop::Shop,
};
use sync_protocol::operator::Role;

use crate::panel_attacks::account;

#[tokio::test]
async fn foreign_data_is_in_no_list_and_no_file() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut other = festival();
        (other.slug, other.name) = ("elsewhere".into(), "Elsewhere".into());
        (other.client.slug, other.client.name) = ("competitor".into(), "Competitor".into());
        let other = shop.central.publish(&other).await;
        let own = shop.buy("order-of-the-own-event", &[(0, 1)]).await;
        let mut wish = shop.wish(&[(0, 1)]);
        wish["event"] = "elsewhere".into();
        wish["items"][0]["ticket_type_id"] = other.types[0].id.to_string().into();
        let (status, foreign) = shop.place("order-of-another-event", &wish).await;
        assert_eq!(status, 201, "{foreign}");
        let foreign = foreign["number"].as_str().expect("a number").to_owned();
        shop.central.enrol(&other, "Gate A", "their-node").await;
        shop.central.admin().await;
        let client = Some(shop.event.event.client);
        let mut desk = shop
            .central
            .person("client@example.id", "client", client, &[])
            .await;
        let paths = [
            "/panel",
            "/panel/events",
            "/panel/events?client=competitor",
            "/panel/events.csv",
            "/panel/orders",
            "/panel/orders?event=elsewhere",
            "/panel/orders?sort=dearest",
            "/panel/nodes",
            "/panel/conflicts",
            "/panel/orders.csv",
            "/panel/orders.csv?event=elsewhere",
        ];
        for path in paths {
            let seen = desk.get(path).await;
            assert_eq!(seen.status, 200, "{path}");
            for theirs in [foreign.as_str(), "Elsewhere", "Competitor", "their-node"] {
                assert!(!seen.page.contains(theirs), "{theirs} on {path}");
            }
        }
        let found = format!("/panel/orders?q={foreign}");
        let seen = desk.get(&found).await.page;
        assert!(!seen.contains(&format!("/panel/orders/{foreign}")));
        assert!(
            desk.get("/panel/orders.csv")
                .await
                .page
                .contains(&own.number)
        );
        let noted = "SELECT COUNT(*) FROM audit_log WHERE action = 'orders.export'";
        assert_eq!(
            shop.number(noted).await,
            3,
            "whoever takes a list away is noted"
        );
    }
}

#[tokio::test]
async fn nobody_rises_by_managing_accounts() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let event = central.festival().await.event;
    let admin = central.admin().await;
    // A role that manages accounts and is no administrator.
    if let store::Store::Sqlite { writer, .. } = &central.app.store {
        for sql in [
            "INSERT INTO roles (name, description, reach) VALUES ('desk', 'Accounts', 'all')",
            "INSERT INTO role_permissions (role_name, permission_name) VALUES ('desk', 'staff.manage'), \
             ('desk', 'roles.manage'), ('desk', 'events.view'), ('desk', 'events.manage'), ('desk', 'orders.view'), ('desk', 'orders.export'), ('desk', 'orders.manage'), ('desk', 'reports.view'), ('desk', 'scans.view')",
        ] {
            sqlx::query(sql).execute(writer).await.expect("rows");
        }
    }
    let mut desk = central.person("desk@example.id", "desk", None, &[]).await;
    desk.get("/panel/staff/new").await;
    let fields = [
        ("email", "mine@example.id"),
        ("name", "Mine"),
        ("role", "super_admin"),
    ];
    assert_eq!(desk.post("/panel/staff", &fields).await.status, 422);
    let admin = admin.user.expect("signed in");
    for act in ["password", "factor", "active", "role"] {
        let path = format!("/panel/staff/{admin}/{act}");
        let seen = desk
            .post(&path, &[("role", "client"), ("active", "0")])
            .await;
        assert_eq!(seen.status, 422, "{act}: {}", seen.page);
    }
    // Nor by giving one's own role more.
    let fields = [("permission", "staff.manage"), ("permission", "audit.view")];
    let seen = desk.post("/panel/roles/desk", &fields).await;
    assert_eq!(seen.status, 422, "{}", seen.page);
    for fixed in ["super_admin", "wristband_validator"] {
        let path = format!("/panel/roles/{fixed}");
        assert_eq!(desk.post(&path, &[]).await.status, 422, "{fixed}");
    }
    // What is theirs to give they may give.
    let client = event.client.to_string();
    let fields = [
        ("email", "c@example.id"),
        ("name", "Citra"),
        ("role", "client"),
        ("client", client.as_str()),
    ];
    assert_eq!(desk.post("/panel/staff", &fields).await.status, 200);
}

#[tokio::test]
async fn whoever_works_gates_never_opens_the_panel_and_the_other_way_round() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let event = central.festival().await.event;
    let mut admin = central.admin().await;
    let gate = |email: &str, login: &str| NewStaff {
        name: "Siti".into(),
        login: login.into(),
        email: email.into(),
        role: Role::Validator,
        events: vec![event.id],
    };
    // The panel's account gets no gate secret.
    let refused = central.app.add_staff(&gate(ADMIN, "ayu")).await;
    assert_eq!(refused.expect_err("refused").code(), "uses_panel");
    // The gate's account gets no panel, neither by its secret nor by another password.
    let secret = central
        .app
        .add_staff(&gate("siti@example.id", "siti"))
        .await;
    let secret = secret.expect("taken in");
    let seen = Desk::new(&central)
        .sign_in("siti@example.id", &secret)
        .await;
    assert_eq!(seen.status, 422);
    admin.get("/panel/staff/new").await;
    let fields = [
        ("email", "siti@example.id"),
        ("name", "Siti"),
        ("role", "super_admin"),
    ];
    assert_eq!(admin.post("/panel/staff", &fields).await.status, 422);
    let user = account(&central, "siti@example.id")
        .await
        .expect("there")
        .id;
    let hash = central::domain::password::hash(PASSWORD, &[1; 16]);
    let mut tx = central.app.store.begin().await.expect("a transaction");
    store::account::set_password(&mut tx, user, &hash, None)
        .await
        .expect("planted");
    tx.commit().await.expect("committed");
    let seen = Desk::new(&central)
        .sign_in("siti@example.id", PASSWORD)
        .await;
    assert_eq!(seen.status, 422, "a planted password opens nothing");
    let fields = [
        ("email", "x@example.id"),
        ("name", "X"),
        ("role", "wristband_validator"),
    ];
    assert_eq!(
        admin.post("/panel/staff", &fields).await.status,
        422,
        "no gate role by the panel"
    );
}
