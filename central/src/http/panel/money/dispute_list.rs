//! The working list of disputes: those that wait for an answer stand first, and each says until when the bank wants one.

use std::collections::BTreeSet;

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{
        door::Here,
        filter::{self, Seen},
        frame::Frame,
        guard,
        list::{Choice, List, Making, PAGE},
        nav::Section,
        status, when,
    },
    words,
};
use crate::{
    domain::{
        dispute::{self, DisputeStatus},
        dispute_search::{DisputeFilter, DisputeSort},
        id::ClientId,
        order_search::{Place, number_start},
        permission::Permission,
        policy::Thing,
    },
    store::{self, StoreError, Tx, client::ClientName, dispute::Dispute},
};

#[derive(Template)]
#[template(path = "panel/money/disputes.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
}

/// A dispute as the page and the file show it.
pub(super) struct Row {
    path: String,
    pub(super) order: String,
    pub(super) buyer: String,
    pub(super) event: String,
    pub(super) channel: String,
    pub(super) status: status::Mark,
    amount: String,
    opened: String,
    due: Option<String>,
    is_urgent: bool,
}

/// What an account may list, and the filter it asks for.
pub(super) struct Question {
    pub(super) seen: Seen,
    /// Organisers whose events are seen.
    clients: Vec<ClientName>,
    pub(super) filter: DisputeFilter,
}

/// Reads the address; only events that the account sees are in it.
pub(super) async fn question(here: &Here, permission: Permission) -> Result<Question, StoreError> {
    let mut seen = Seen::of(here, permission).await?;
    let clients = clients(&mut here.app().store.read().await?, &seen).await?;
    let asked = clients
        .iter()
        .find(|one| one.slug == here.door.asked("client"));
    if let Some(client) = asked {
        let own = seen
            .events
            .values()
            .filter(|event| event.client == client.id);
        seen.limit = Some(own.map(|event| event.id).collect());
    }
    Ok(Question {
        filter: wanted(here, &seen),
        seen,
        clients,
    })
}

fn wanted(here: &Here, seen: &Seen) -> DisputeFilter {
    let asked = |name| here.door.asked(name);
    let (status, is_due) = match asked("status") {
        "all" => (None, false),
        "due" => (Some(DisputeStatus::Open), true),
        // A choice that is none counts as not made.
        name => {
            let named = DisputeStatus::from_name(name);
            (named.or(Some(DisputeStatus::Open)), false)
        }
    };
    let channel = words::CHANNELS.iter().find(|one| **one == asked("channel"));
    DisputeFilter {
        status,
        due_by: is_due.then(|| dispute::soon(here.app().clock.now())),
        event: seen.event,
        channel: channel.map(|channel| (*channel).to_owned()),
        from: filter::day(asked("from"), 0),
        until: filter::day(asked("until"), 1),
        order: number_start(asked("q")),
        sort: DisputeSort::from_name(asked("sort")).unwrap_or(DisputeSort::Newest),
    }
}

/// The organisers of the events that are seen, by name.
async fn clients(tx: &mut Tx, seen: &Seen) -> Result<Vec<ClientName>, StoreError> {
    let own: BTreeSet<ClientId> = seen.events.values().map(|event| event.client).collect();
    let mut all = store::client::all_names(tx).await?;
    all.retain(|client| own.contains(&client.id));
    Ok(all)
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let question = question(here, Permission::OrdersView).await?;
    let (seen, filter) = (&question.seen, &question.filter);
    let after = Place::parse(here.door.asked("after"));
    let mut tx = here.app().store.read().await?;
    let limit = seen.limit.as_deref();
    let rows = store::dispute_list::page(&mut tx, limit, filter, after.as_ref(), PAGE + 1).await?;
    let powers = &here.signed.powers;
    let (list, rows) = described(here, &question)
        .files(powers.may(Permission::OrdersExport, Thing::List))
        .empty((
            "No dispute is open. One appears here as soon as the provider tells of it; choose the status “All” to see those that are over.",
            "Tidak ada sengketa terbuka. Sengketa tampil di sini begitu penyedia memberi kabar; pilih status “Semua” untuk melihat yang sudah selesai.",
        ))
        .turned(rows, |row| row.place(filter.sort).text());
    Ok(Page {
        page: Frame::inside(here, Section::Disputes),
        list: list.done(&mut tx).await?,
        rows: rows.iter().map(|row| shown(here, seen, row)).collect(),
    })
}

fn described<'a>(here: &'a Here, question: &Question) -> Making<'a> {
    let language = here.door.visitor.language;
    let any = ("Any", "Semua");
    let title = ("Disputes", "Sengketa");
    let list = List::begin(here, "disputes", "/panel/disputes", title)
        .search(("Order number", "Nomor pesanan"))
        .choice(
            "event",
            ("Event", "Acara"),
            ("All events", "Semua acara"),
            question.seen.options(),
        );
    let clients = question.clients.iter();
    let list = match clients.len() {
        ..=1 => list,
        _ => list.choice(
            "client",
            ("Organiser", "Penyelenggara"),
            ("All organisers", "Semua penyelenggara"),
            clients.map(|client| (client.slug.clone(), client.name.clone())),
        ),
    };
    list.choice(
        "status",
        ("Status", "Status"),
        ("Open", "Terbuka"),
        statuses(here),
    )
    .choice(
        "channel",
        ("Way of paying", "Cara bayar"),
        any,
        words::channels(language),
    )
    .day("from", ("Begun from", "Dimulai dari"))
    .day("until", ("Begun until", "Dimulai sampai"))
    .sort(sorts(here))
}

/// What is open stands first, where nothing is chosen.
fn statuses(here: &Here) -> Vec<Choice> {
    [
        ("due", ("Answer due soon", "Segera dijawab")),
        ("won", ("Won", "Menang")),
        ("lost", ("Lost", "Kalah")),
        ("all", ("All", "Semua")),
    ]
    .map(|(name, (english, indonesian))| {
        (name.to_owned(), here.say(english, indonesian).to_owned())
    })
    .to_vec()
}

fn sorts(here: &Here) -> impl Iterator<Item = Choice> {
    DisputeSort::ALL.iter().map(|sort| {
        let words = match sort {
            DisputeSort::Newest => here.say("Newest first", "Terbaru dahulu"),
            DisputeSort::Oldest => here.say("Oldest first", "Terlama dahulu"),
            DisputeSort::Due => here.say("Answer due first", "Tenggat terdekat dahulu"),
        };
        (sort.name().to_owned(), words.to_owned())
    })
}

pub(super) fn shown(here: &Here, seen: &Seen, row: &Dispute) -> Row {
    let language = here.door.visitor.language;
    let (event, zone) = seen.words(row.event);
    let at = |moment| when::moment(moment, zone, language);
    Row {
        path: format!("/panel/orders/{}/money#disputes", row.order),
        order: row.order.clone(),
        buyer: row.buyer_name.clone(),
        event,
        channel: words::channel(row.channel.as_deref().unwrap_or_default(), language),
        status: words::dispute(row.status, language),
        amount: row.amount.text(language),
        opened: at(row.opened_at),
        due: row.due_at.map(at),
        is_urgent: dispute::is_urgent(row.status, row.due_at, here.app().clock.now()),
    }
}
