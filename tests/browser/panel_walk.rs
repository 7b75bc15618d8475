//! Every page of the panel in a real browser, found in the route table, as every role that may open it.
//!
//! Each is opened twice: in English, light, on a desk, and in Indonesian, dark, on a phone. No error in the console, no
//! request that leaves the machine, nothing that axe-core finds wrong, nothing wider than the screen, one heading, a
//! title, and no English words on the Indonesian page: what reads the same in both must be data or stand in [`SAME`].
//! The administrator's pages leave their pictures in `target/screenshots`. A second walk goes through the same pages
//! where every field holds markup. What an address has in braces comes from `tests/support/panel_world.rs`.

use std::collections::BTreeSet;

use central::http::panel::{Access, ROUTES, Route, Verb};
use serde_json::Value;
use support::{
    panel::{Desk, PASSWORD},
    panel_world::PanelWorld,
};

use crate::hands::Hands;

const DESK: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (390, 844);
/// A preview runs no script.
const LOADED: &str =
    "return document.readyState === 'complete' && (!!window.htmx || document.scripts.length === 0)";

/// Words that are the same in both languages. Data needs no line here: it is looked up in the world's database.
const SAME: &str = "gerbang panel api menu e-mail email status total csv xlsx pdf qr html json totp midtrans qris gopay shopeepay mandiri bill sms whatsapp \
    ktp sim nik id en ip url utc wib wita wit asia jakarta google january february march april may june july august september \
    october november december januari februari maret mei juni juli agustus oktober desember \
    jan feb mar apr mei jun jul aug sep sept oct okt nov dec des \
    chrome linux headlesschrome ok vip promo audit data format admin bank normal server level nama rp idr \
    zip cbor log mail bahasa language program online offline sinkron makassar jayapura eat africa nairobi idr kes";

/// Pages of the administrator that look otherwise under another address: nothing found, nothing ready, rolls.
const MORE: [(&str, &str); 3] = [
    ("/panel/events/jazz", "panel-event-draft"),
    ("/panel/events/jazz/wristbands?count=1", "panel-event-rolls"),
    ("/panel/orders?q=nobody+of+this+name", "panel-orders-empty"),
];

/// One opening of a page.
struct Look {
    language: &'static str,
    scheme: &'static str,
    size: (u32, u32),
}

const LOOKS: [Look; 2] = [
    Look {
        language: "en",
        scheme: "light",
        size: DESK,
    },
    Look {
        language: "id",
        scheme: "dark",
        size: PHONE,
    },
];

/// The pages that somebody may open: address and the name of the picture.
async fn pages(world: &PanelWorld, desk: &Desk) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for route in ROUTES.iter().filter(|route| route.verb == Verb::Get) {
        // The ways in are walked by whoever is outside.
        if matches!(route.access, Access::Open | Access::Password) {
            continue;
        }
        let address = world.address(route).await;
        let (status, kind) = desk.peek(&address).await;
        assert!(status < 500, "{address}: {status}");
        // Files and streams are fetched, and that is all that can be seen of them.
        if status == 200 && kind.starts_with("text/html") {
            pages.push((address, picture(route)));
        }
    }
    if desk.user == world.desks[0].2.user {
        pages.extend(MORE.map(|(address, picture)| (address.to_owned(), picture.to_owned())));
    }
    pages
}

/// `/panel/orders/{order}` is `panel-order`, `/panel/events/{event}/conflicts` is `panel-event-conflicts`.
fn picture(route: &Route) -> String {
    let parts: Vec<&str> = route
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let is_named = |at: usize| parts.get(at + 1).is_some_and(|next| next.starts_with('{'));
    let kept = parts.iter().enumerate().filter(|(at, _)| !is_named(*at));
    let names: Vec<&str> = kept
        .map(|(_, part)| part.trim_matches(['{', '}']))
        .collect();
    if names == ["panel"] {
        return "panel-dashboard".into();
    }
    names.join("-")
}

/// Tests that share the administrator's pages: one alone would take minutes while the other core waits.
const SHARES: usize = 3;

/// Walks one share of `shares` of somebody's pages; gives what was wrong.
async fn walk(
    world: &PanelWorld,
    (role, email, desk): &(&'static str, &'static str, Desk),
    (share, shares): (usize, usize),
) -> Vec<String> {
    let mut pages = pages(world, desk).await;
    assert!(pages.len() > 6, "{role} sees next to nothing");
    let mut place = 0..;
    pages.retain(|_| place.next().is_some_and(|at| at % shares == share));
    let hands = signed_in(world, email).await;
    let data = data(world).await;
    let mut wrong = Vec::new();
    for look in &LOOKS {
        set(&hands, look).await;
        for (address, picture) in &pages {
            let is_first = look.language == "en";
            let found = open(&hands, world, address, look).await;
            let said = format!("{role} {address} {}", look.language);
            wrong.extend(found.into_iter().map(|one| format!("{said}: {one}")));
            if *role == "super_admin" {
                let name = if is_first {
                    picture.clone()
                } else {
                    format!("{picture}-phone")
                };
                hands.picture(&name).await;
            }
        }
    }
    for (address, _) in &pages {
        let english = english(&hands, world, address, &data).await;
        wrong.extend(
            english
                .into_iter()
                .map(|text| format!("{role} {address}: in both languages: {text}")),
        );
    }
    wrong
}

async fn signed_in(world: &PanelWorld, email: &str) -> Hands {
    let start = format!("{}/panel/sign-in?lang=en", world.url);
    let hands = Hands::with_window(&start, DESK).await;
    hands.fill("#email", email).await;
    hands.fill("#password", PASSWORD).await;
    hands.click("button.btn-primary").await;
    hands.until("return location.pathname === '/panel'").await;
    hands
}

async fn set(hands: &Hands, look: &Look) {
    hands.prefer(look.scheme).await;
    hands.resize(look.size).await;
}

fn in_language(world: &PanelWorld, address: &str, language: &str) -> String {
    let sign = if address.contains('?') { '&' } else { '?' };
    format!("{}{address}{sign}lang={language}", world.url)
}

/// Opens a page and tells what is wrong with it.
async fn open(hands: &Hands, world: &PanelWorld, address: &str, look: &Look) -> Vec<String> {
    hands.go(&in_language(world, address, look.language)).await;
    hands.until(LOADED).await;
    let mut wrong = hands.noise().await;
    let told = hands.ask(SHAPE).await;
    let told = told.as_array().expect("a list").iter();
    wrong.extend(told.map(|one| one.as_str().unwrap_or_default().to_owned()));
    wrong.extend(hands.shut_out().await);
    wrong
}

/// Texts of a page that are the same in both languages, and neither data nor words of both.
async fn english(
    hands: &Hands,
    world: &PanelWorld,
    address: &str,
    data: &BTreeSet<String>,
) -> Vec<String> {
    let mut texts = Vec::new();
    for look in &LOOKS {
        let fetch = format!(
            "const done = arguments[arguments.length - 1]; fetch({:?}).then((answer) => answer.text()).then((html) => {{ const page = new DOMParser().parseFromString(html, 'text/html'); done(({TEXTS})(page)); }});",
            in_language(world, address, look.language)
        );
        let told = hands.ask_later(&fetch).await;
        let told = told
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_str);
        texts.push(told.map(str::to_owned).collect::<BTreeSet<_>>());
    }
    let same: BTreeSet<&str> = SAME.split_whitespace().collect();
    let is_own = |word: &str| same.contains(word) || data.contains(word);
    let is_strange = |text: &&String| words(text).any(|word| !is_own(&word));
    let both = texts[0].intersection(&texts[1]);
    both.filter(is_strange).cloned().collect()
}

/// The words of a text: letters alone, small, of three and more.
fn words(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|c: char| !c.is_alphabetic());
    parts
        .filter(|word| word.chars().count() > 2)
        .map(str::to_lowercase)
}

/// Every word that the world's rows hold in columns that people fill in.
async fn data(world: &PanelWorld) -> BTreeSet<String> {
    let central::store::Store::Sqlite { reader, .. } = &world.shop.central.app.store else {
        panic!("the world is on SQLite");
    };
    // Descriptions of roles and permissions are English and shown nowhere; details of the trail are stable names.
    let columns = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' \
        AND (c.type LIKE '%TEXT%' OR c.type LIKE '%CHAR%')";
    let columns: Vec<(String, String)> = sqlx::query_as(columns)
        .fetch_all(reader)
        .await
        .expect("columns");
    let mut found = BTreeSet::new();
    for (table, column) in columns {
        if matches!(
            table.as_str(),
            "roles" | "permissions" | "outbox" | "audit_log" | "_sqlx_migrations"
        ) {
            continue;
        }
        let question = format!(
            "SELECT DISTINCT CAST({column} AS TEXT) FROM {table} WHERE {column} IS NOT NULL"
        );
        let rows: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(question))
            .fetch_all(reader)
            .await
            .expect("rows");
        // A name has a capital, a digit or a sign in it; a stable name such as `pending` has not, and must have words.
        let is_name = |text: &String| {
            text.contains(|c: char| c.is_uppercase() || c.is_numeric() || "@-".contains(c))
        };
        let texts = rows.into_iter().map(|(text,)| text).filter(is_name);
        found.extend(texts.flat_map(|text| words(&text).collect::<Vec<_>>()));
    }
    found
}

/// What is wrong with a page's shape, in words.
const SHAPE: &str = r"
    const wrong = [];
    const h1 = document.querySelectorAll('h1').length;
    if (h1 !== 1) wrong.push(`${h1} headings of the first rank`);
    if (document.title.replace('· Gerbang', '').trim() === '') wrong.push('no title');
    if (document.documentElement.scrollWidth > innerWidth) {
        const right = (one) => one.getBoundingClientRect().right;
        const all = [...document.querySelectorAll('body *')].filter((one) => right(one) > innerWidth + 1 && !one.closest('.p-table, .p-tabs'));
        wrong.push(`wider than the screen: ${document.documentElement.scrollWidth} of ${innerWidth}: ${all.slice(0, 3).map((one) => one.outerHTML.slice(0, 160)).join(' | ')}`);
    }
    if (window.__hit !== undefined) wrong.push(`a script of the data ran: ${window.__hit}`);
    if (document.querySelector('[onerror]')) wrong.push('an element of the data is alive');
    const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
    const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
    if (twice.length) wrong.push(`the same id twice: ${twice.join(', ')}`);
    return wrong;
";

/// All texts of a page that a person sees or hears, but for codes and what is marked as no word of a language.
const TEXTS: &str = r"(page) => {
    const own = '.code, code, kbd, pre, script, style, [translate=no], [lang]:not(html), .p-brand, .p-me';
    const texts = new Set();
    const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.parentElement.closest(own)) texts.add(node.textContent.trim());
    }
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-sure']) {
        for (const one of page.querySelectorAll(`[${name}]`)) {
            if (!one.closest(own)) texts.add(one.getAttribute(name).trim());
        }
    }
    texts.add(page.title.replace('· Gerbang', '').trim());
    return [...texts].filter((text) => /\p{L}/u.test(text));
}";

fn nothing_wrong(wrong: &[String]) {
    let count = wrong.len();
    assert!(wrong.is_empty(), "{count} things:\n{}", wrong.join("\n"));
}

/// The administrator comes first among those of the world.
async fn administrator(share: usize) {
    let world = PanelWorld::open().await;
    assert_eq!(world.desks[0].0, "super_admin");
    nothing_wrong(&walk(&world, &world.desks[0], (share, SHARES)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_panel_is_fit_for_an_administrator_1_of_3() {
    administrator(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_panel_is_fit_for_an_administrator_2_of_3() {
    administrator(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_panel_is_fit_for_an_administrator_3_of_3() {
    administrator(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_panel_is_fit_for_everybody_else_who_may_open_it() {
    let world = PanelWorld::open().await;
    let mut wrong = Vec::new();
    for who in &world.desks[1..] {
        wrong.extend(walk(&world, who, (0, 1)).await);
    }
    nothing_wrong(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_outside_the_panel_is_fit_for_everybody() {
    let world = PanelWorld::open().await;
    let hands = Hands::with_window(&world.url, DESK).await;
    let mut wrong = Vec::new();
    for look in &LOOKS {
        set(&hands, look).await;
        for route in ROUTES
            .iter()
            .filter(|route| route.access == Access::Open && route.verb == Verb::Get)
        {
            let mut found = open(&hands, &world, route.path, look).await;
            // A link without its secret is refused, as it should be.
            found.retain(|one| !one.contains("status of 422"));
            wrong.extend(
                found
                    .into_iter()
                    .map(|one| format!("{}: {one}", route.path)),
            );
            if look.language == "en" {
                hands.picture(&picture(route)).await;
            }
        }
    }
    nothing_wrong(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn xss_markup_in_every_field_is_text_on_every_page() {
    let world = PanelWorld::hostile().await;
    let (_, email, desk) = &world.desks[0];
    let pages = pages(&world, desk).await;
    let hands = signed_in(&world, email).await;
    let look = &LOOKS[1];
    set(&hands, look).await;
    let (mut wrong, mut seen) = (Vec::new(), String::new());
    for (address, picture) in &pages {
        hands.go(&in_language(&world, address, look.language)).await;
        hands.until(LOADED).await;
        let told = hands.ask(SHAPE).await;
        let told = told.as_array().expect("a list").iter();
        let noise = hands.noise().await;
        let told = told
            .map(|one| one.as_str().unwrap_or_default().to_owned())
            .chain(noise);
        wrong.extend(told.map(|one| format!("{address}: {one}")));
        let text = hands.ask("return document.body.textContent").await;
        seen.push_str(text.as_str().unwrap_or_default());
        hands.picture(&format!("{picture}-hostile")).await;
    }
    for mark in [
        "h-event",
        "h-venue",
        "h-city",
        "h-client",
        "h-day",
        "h-type",
        "h-gate",
        "h-node-North 1",
        "h-node-South 2",
        "h-buyer",
        "h-draft",
        "h-person",
    ] {
        if !seen.contains(&format!("{mark} <img src=x")) {
            wrong.push(format!("{mark} is shown literally on no page"));
        }
    }
    nothing_wrong(&wrong);
}
