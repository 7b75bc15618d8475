//! The list of accounts: found by name, role, organiser and how they stand, turned after a place, and as files.
//!
//! Accounts are few, so they are filtered in memory; whoever was never here stands out. What is done to those that are
//! chosen is `staff_bulk`'s. A file says who has a second factor and never what a secret is.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    door::Here,
    export::{Cell, Few, Format, head, in_zone},
    frame::Frame,
    guard,
    list::{
        Bulk, List, Making,
        few::{Rank, finds, options},
    },
    nav::Section,
    staff_bulk, status, when,
};
use crate::{
    app::users::{AccountFile, ClientRow},
    domain::permission::Reach,
    store::StoreError,
};

#[derive(Template)]
#[template(path = "panel/staff.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    path: String,
    name: String,
    email: String,
    roles: String,
    organiser: String,
    standing: status::Mark,
    has_factor: bool,
    seen: String,
    /// It is another's, whom this account may manage.
    may_pick: bool,
}

/// How an account stands: its name in addresses, and its mark in both languages.
const STANDINGS: [(&str, (&str, &str), &str); 4] = [
    ("active", ("Active", "Aktif"), "good"),
    ("invited", ("Invited", "Diundang"), "wait"),
    (
        "one_time",
        ("One-time password", "Kata sandi sekali pakai"),
        "wait",
    ),
    ("disabled", ("Disabled", "Nonaktif"), "bad"),
];
const FACTORS: [(&str, (&str, &str)); 2] =
    [("on", ("On", "Aktif")), ("off", ("Off", "Tidak aktif"))];
const SORTS: [(&str, (&str, &str)); 3] = [
    ("name", ("By name", "Menurut nama")),
    ("seen", ("Here last first", "Terakhir terlihat dahulu")),
    ("newest", ("Newest first", "Terbaru dahulu")),
];
/// The head of the file, before the moments.
const HEAD: [(&str, &str); 6] = [
    ("Name", "Nama"),
    ("E-mail", "E-mail"),
    ("Role", "Peran"),
    ("Organiser", "Penyelenggara"),
    ("Status", "Status"),
    ("Second factor", "Faktor kedua"),
];

fn standing(
    file: &AccountFile,
) -> &'static (&'static str, (&'static str, &'static str), &'static str) {
    let account = &file.account;
    let at = match (
        account.is_active,
        account.must_change_password,
        file.seen_at,
    ) {
        (false, ..) => 3,
        (true, true, None) => 1,
        (true, true, Some(_)) => 2,
        (true, false, _) => 0,
    };
    &STANDINGS[at]
}

pub(super) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let clients = here.app().clients().await?;
    let files = found(here, &clients).await?;
    let making = described(here, &clients).await?;
    let (making, files) = making.cut(files, |file| rank(here, file));
    let mut list = making.done(&mut here.app().store.read().await?).await?;
    let rows = files.into_iter().map(|file| row(here, &clients, file));
    let rows: Vec<Row> = rows.collect();
    let shown = rows.iter().filter(|row| row.may_pick);
    let shown: Vec<String> = shown.map(|row| row.id.clone()).collect();
    list.bulk = Bulk::new(here, staff_bulk::deeds(here, &shown), shown);
    Ok(Page {
        page: Frame::inside(here, Section::Staff),
        list,
        rows,
    })
}

async fn described<'a>(here: &'a Here, clients: &[ClientRow]) -> Result<Making<'a>, StoreError> {
    let language = here.door.visitor.language;
    let roles = here.app().roles().await?;
    let roles = roles.iter().filter(|role| role.reach != Reach::Gates);
    let roles = roles.map(|role| (role.name.clone(), status::role(&role.name, language)));
    let standings = STANDINGS.map(|(name, words, _)| (name, words));
    let clients = clients.iter();
    let clients = clients.map(|client| (client.slug.clone(), client.name.clone()));
    let any = ("Any", "Semua");
    let list = List::begin(here, "accounts", "/panel/staff", ("Accounts", "Akun"))
        .search(("Name or e-mail", "Nama atau e-mail"))
        .choice("role", ("Role", "Peran"), any, roles)
        .choice("client", ("Organiser", "Penyelenggara"), any, clients)
        .choice(
            "status",
            ("Status", "Status"),
            any,
            options(here, &standings),
        )
        .choice(
            "factor",
            ("Second factor", "Faktor kedua"),
            any,
            options(here, &FACTORS),
        )
        .sort(options(here, &SORTS))
        .files(true)
        .empty((
            "There is no account yet. Make the first one.",
            "Belum ada akun. Buat yang pertama.",
        ));
    Ok(list)
}

/// All accounts that fit what the address asks for, in its order.
async fn found(here: &Here, clients: &[ClientRow]) -> Result<Vec<AccountFile>, StoreError> {
    let mut files = here.app().accounts().await?;
    files.retain(|file| fits(here, clients, file));
    files.sort_by_cached_key(|file| rank(here, file));
    Ok(files)
}

/// Whoever was never here is last of those that were.
fn rank(
    here: &Here,
    AccountFile {
        account, seen_at, ..
    }: &AccountFile,
) -> Rank {
    let latest = match here.door.asked("sort") {
        "seen" => seen_at.map_or(0, |at| at.0),
        "newest" => account.created_at.0,
        _ => 0,
    };
    Rank::new([-latest, 0], account.name.to_lowercase(), account.id.0)
}

fn fits(here: &Here, clients: &[ClientRow], file: &AccountFile) -> bool {
    let asked = |name| here.door.asked(name);
    let (role, status) = (asked("role"), asked("status"));
    let is_known = STANDINGS.iter().any(|(name, ..)| *name == status);
    let client = clients.iter().find(|client| client.slug == asked("client"));
    let has_factor = match asked("factor") {
        "on" => file.has_factor,
        "off" => !file.has_factor,
        _ => true,
    };
    let mut grants = file.powers.grants.iter();
    has_factor
        && finds(here, &[&file.account.name, &file.account.email])
        && client.is_none_or(|client| file.account.client == Some(client.id))
        && (role.is_empty() || grants.any(|grant| grant.role.name == role))
        && (!is_known || standing(file).0 == status)
}

fn organiser(clients: &[ClientRow], file: &AccountFile) -> String {
    let of = |client: &&ClientRow| file.account.client == Some(client.id);
    let client = clients.iter().find(of);
    client.map_or_else(String::new, |client| client.name.clone())
}

fn row(here: &Here, clients: &[ClientRow], file: AccountFile) -> Row {
    let (language, mine) = (here.door.visitor.language, &here.signed);
    let (_, words, colour) = standing(&file);
    let never = || here.say("never", "belum pernah").to_owned();
    Row {
        id: file.account.id.to_string(),
        path: format!("/panel/staff/{}", file.account.id),
        roles: super::staff::roles(here, &file),
        organiser: organiser(clients, &file),
        standing: (here.say_fixed(words.0, words.1), *colour),
        has_factor: file.has_factor,
        seen: file
            .seen_at
            .map_or_else(never, |at| when::ago(at, here.app().clock.now(), language)),
        may_pick: file.account.id != mine.account.id && mine.powers.may_manage(&file.powers),
        name: file.account.name,
        email: file.account.email,
    }
}

pub(super) async fn csv(here: Here) -> Response {
    file(&here, Format::Csv).await
}

pub(super) async fn xlsx(here: Here) -> Response {
    file(&here, Format::Xlsx).await
}

async fn file(here: &Here, format: Format) -> Response {
    let read = async {
        let clients = here.app().clients().await?;
        let files = found(here, &clients).await?;
        let cells = |file| cells(here, &clients, file);
        Ok::<_, StoreError>(files.iter().map(cells).collect())
    };
    let mut head = head(here, &HEAD);
    let seen = here.say("Here last", "Terakhir terlihat");
    head.push(in_zone(seen, when::HOME));
    head.push(in_zone(here.say("Made", "Dibuat"), when::HOME));
    let file = Few {
        format,
        act: "accounts.export",
        names: ("accounts", here.say_fixed("Accounts", "Akun")),
        head,
    };
    file.send(here, read.await, |cells: Vec<Cell>| cells).await
}

fn cells(here: &Here, clients: &[ClientRow], file: &AccountFile) -> Vec<Cell> {
    let (_, words, _) = standing(file);
    let (_, factor) = FACTORS[usize::from(!file.has_factor)];
    vec![
        Cell::text(&file.account.name),
        Cell::text(&file.account.email),
        Cell::text(super::staff::roles(here, file)),
        Cell::text(organiser(clients, file)),
        Cell::text(here.say(words.0, words.1)),
        Cell::text(here.say(factor.0, factor.1)),
        Cell::moment_or_none(file.seen_at, when::HOME),
        Cell::moment(file.account.created_at, when::HOME),
    ]
}
