//! Forms that were made elsewhere or say more than the page asked, at every route of the panel.
use central::http::panel::{Access, ROUTES, Verb};
use support::{
    panel::{ADMIN, Desk, PASSWORD},
    panel_world::PanelWorld,
    visit::encode,
};

#[tokio::test]
async fn csrf_no_form_of_the_panel_is_taken_from_elsewhere() {
    let mut world = PanelWorld::open().await;
    let mut desk = world.desks.remove(0).2;
    // The token of an older session of the same account, and of somebody else's.
    desk.get("/panel").await;
    let old = desk.token();
    desk.sign_in(ADMIN, PASSWORD).await;
    let mut other = world.desks.remove(0).2;
    other.get("/panel").await;
    let foreign = other.token();
    let before = world
        .fingerprint(&["panel_guesses", "panel_sessions", "audit_log"])
        .await;
    for route in ROUTES.iter().filter(|route| route.verb == Verb::Post) {
        let address = world.address(route).await;
        // The right password alone was not given: this one leads elsewhere, and takes nothing.
        let refused: &[u16] = if route.access == Access::Password {
            &[303, 403]
        } else {
            &[403]
        };
        for (headers, token) in [
            (&[][..], String::new()),
            (&[], "0".repeat(64)),
            (&[], old.clone()),
            (&[], foreign.clone()),
        ] {
            let seen = desk
                .post_with(&address, headers, format!("token={token}"))
                .await;
            assert!(
                refused.contains(&seen.status),
                "{address} takes the token {token:?}: {}",
                seen.status
            );
            world.later();
        }
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
        ] {
            let token = desk.fresh(route).await;
            let seen = desk
                .post_with(&address, headers, format!("token={token}"))
                .await;
            assert_eq!(seen.status, 403, "{address} of another site: {headers:?}");
            world.later();
        }
    }
    let after = world
        .fingerprint(&["panel_guesses", "panel_sessions", "audit_log"])
        .await;
    assert_eq!(before, after, "and nothing was changed");
}

#[tokio::test]
async fn mass_assignment_gives_nobody_a_right_by_any_form() {
    let mut world = PanelWorld::open().await;
    let event = world.shop.event.event.id.0.to_string();
    let client = world
        .shop
        .central
        .id("SELECT id FROM clients WHERE slug = 'jazz'")
        .await
        .to_string();
    let admin = world.desks[0].2.user.expect("signed in").0.to_string();
    let extra = [
        ("role", "super_admin"),
        ("roles[]", "super_admin"),
        ("is_admin", "1"),
        ("permission", "staff.manage"),
        ("permissions[]", "staff.manage"),
        ("client", client.as_str()),
        ("client_id", client.as_str()),
        ("owner", client.as_str()),
        ("organiser", client.as_str()),
        ("event", event.as_str()),
        ("event_id", event.as_str()),
        ("user", admin.as_str()),
        ("user_id", admin.as_str()),
        ("id", admin.as_str()),
        ("active", "1"),
        ("is_active", "1"),
        ("status", "paid"),
        ("paid_at", "1"),
        ("total_minor", "0"),
        ("password_hash", "!"),
        ("must_change_password", "0"),
        ("_method", "DELETE"),
        ("__proto__", "x"),
    ];
    let before = world.rights().await;
    world.desks.remove(0);
    for (role, email, mut desk) in std::mem::take(&mut world.desks) {
        for route in ROUTES.iter().filter(|route| route.verb == Verb::Post) {
            if route.path == "/panel/sign-out" {
                continue;
            }
            let address = world.address(route).await;
            let token = desk.fresh(route).await;
            let body = format!("{}&token={token}", encode(&extra));
            let seen = desk.post_with(&address, &[], body).await;
            assert!(seen.status < 500, "{address}: {}", seen.status);
            assert_eq!(before, world.rights().await, "{role} rose by {address}");
            world.later();
        }
        let seen = desk.get("/panel/staff").await;
        assert_eq!(seen.status, 403, "{email}");
    }
}

#[tokio::test]
async fn open_redirect_the_way_back_never_leaves_the_panel() {
    let world = PanelWorld::open().await;
    for next in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/panel/../../evil",
        "/panel//evil.example",
        "/panel@evil.example",
        "javascript:alert(1)",
        "/panel\r\nLocation: https://evil.example",
        "%2F%2Fevil.example",
        " https://evil.example",
        "/panel.evil.example",
    ] {
        let mut desk = Desk::new(&world.shop.central);
        let query = encode(&[("next", next)]);
        let page = desk.get(&format!("/panel/sign-in?{query}")).await.page;
        assert!(
            !page.contains("name=\"next\" value=\"https") && !page.contains("value=\"//"),
            "{next}"
        );
        let fields = [("email", ADMIN), ("password", PASSWORD), ("next", next)];
        let seen = desk.post("/panel/sign-in", &fields).await;
        let to = seen.to();
        let stays =
            to == "/panel" || to.starts_with("/panel/") && !to.contains("//") && !to.contains('\\');
        assert!(stays, "{next} leads to {to}");
        world.later();
    }
}
