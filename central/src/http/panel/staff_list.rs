//! The list of accounts: found by name, role and how they stand, turned after a place.
//!
//! Accounts are few, so they are filtered in memory; whoever was never here stands out.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    door::Here,
    frame::Frame,
    guard,
    list::{List, PAGE},
    nav::Section,
    status, when,
};
use crate::{
    app::users::AccountFile,
    domain::permission::Reach,
    store::{StoreError, Tx},
};

#[derive(Template)]
#[template(path = "panel/staff.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
}

struct Row {
    path: String,
    name: String,
    email: String,
    roles: String,
    standing: status::Mark,
    has_factor: bool,
    seen: String,
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
    let mut files = here.app().accounts().await?;
    files.retain(|file| fits(here, file));
    if here.door.asked("sort") == "seen" {
        files.sort_by_key(|file| std::cmp::Reverse(file.seen_at));
    }
    // The place is the account that the page before ended with.
    let after = here.door.asked("after");
    let ended = files
        .iter()
        .position(|file| file.account.id.0.to_string() == after);
    let files: Vec<_> = files
        .into_iter()
        .skip(ended.map_or(0, |at| at + 1))
        .take(PAGE + 1)
        .collect();
    let mut tx: Tx = here.app().store.read().await?;
    let language = here.door.visitor.language;
    let roles = here.app().roles().await?;
    let roles = roles.iter().filter(|role| role.reach != Reach::Gates);
    let roles = roles.map(|role| (role.name.clone(), status::role(&role.name, language)));
    let standings = STANDINGS
        .iter()
        .map(|(name, words, _)| ((*name).to_owned(), here.say(words.0, words.1).to_owned()));
    let sorts = [
        ("name", here.say("By name", "Menurut nama")),
        (
            "seen",
            here.say("Here last first", "Terakhir terlihat dahulu"),
        ),
    ];
    let sorts = sorts.map(|(value, words)| (value.to_owned(), words.to_owned()));
    let making = List::begin(here, "accounts", "/panel/staff", ("Accounts", "Akun"))
        .search(("Name or e-mail", "Nama atau e-mail"))
        .choice("role", ("Role", "Peran"), ("Any", "Semua"), roles)
        .choice("status", ("Status", "Status"), ("Any", "Semua"), standings)
        .sort(sorts)
        .empty((
            "There is no account yet. Make the first one.",
            "Belum ada akun. Buat yang pertama.",
        ));
    let place = |file: &AccountFile| file.account.id.0.to_string();
    let (making, files) = making.turned(files, place);
    Ok(Page {
        page: Frame::inside(here, Section::Staff),
        list: making.done(&mut tx).await?,
        rows: files.into_iter().map(|file| row(here, file)).collect(),
    })
}

fn fits(here: &Here, file: &AccountFile) -> bool {
    let search = here.door.asked("q").trim().to_lowercase();
    let (role, status) = (here.door.asked("role"), here.door.asked("status"));
    let has = |text: &str| text.to_lowercase().contains(&search);
    let is_known = STANDINGS.iter().any(|(name, ..)| *name == status);
    let mut grants = file.powers.grants.iter();
    (has(&file.account.name) || has(&file.account.email))
        && (role.is_empty() || grants.any(|grant| grant.role.name == role))
        && (!is_known || standing(file).0 == status)
}

fn row(here: &Here, file: AccountFile) -> Row {
    let language = here.door.visitor.language;
    let names = file.powers.grants.iter();
    let names: Vec<_> = names
        .map(|grant| status::role(&grant.role.name, language))
        .collect();
    let (_, words, colour) = standing(&file);
    let never = || here.say("never", "belum pernah").to_owned();
    let standing = match language {
        documents::Language::English => (words.0, *colour),
        documents::Language::Indonesian => (words.1, *colour),
    };
    Row {
        path: format!("/panel/staff/{}", file.account.id),
        roles: names.join(", "),
        standing,
        has_factor: file.has_factor,
        seen: file
            .seen_at
            .map_or_else(never, |at| when::ago(at, here.app().clock.now(), language)),
        name: file.account.name,
        email: file.account.email,
    }
}
