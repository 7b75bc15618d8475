//! The working list of payments: search, filters and order stand in the address, and each page begins after a place.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{
        door::Here,
        filter::{self, Seen},
        frame::Frame,
        guard,
        list::{List, Making, PAGE},
        nav::Section,
        status, when,
    },
    words,
};
use crate::{
    domain::{
        money::Money,
        order_search::{Place, Sort},
        payment::PaymentStatus,
        payment_search::{PaymentFilter, PaymentSearch},
        permission::Permission,
        policy::Thing,
    },
    store::{self, StoreError, payment_list::PaymentRow},
};

#[derive(Template)]
#[template(path = "panel/money/payments.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
}

/// A payment as the page and the file show it.
pub(super) struct Row {
    path: String,
    pub(super) order: String,
    pub(super) buyer: String,
    pub(super) event: String,
    pub(super) status: status::Mark,
    pub(super) channel: String,
    pub(super) transaction: String,
    amount: String,
    back: Option<String>,
    begun: String,
}

/// What an account may list, and the filter it asks for.
pub(super) struct Question {
    pub(super) seen: Seen,
    pub(super) filter: PaymentFilter,
}

/// Reads the address; only events that the account sees are in it.
pub(super) async fn question(here: &Here, permission: Permission) -> Result<Question, StoreError> {
    let seen = Seen::of(here, permission).await?;
    let asked = |name| here.door.asked(name);
    let channel = words::CHANNELS.iter().find(|one| **one == asked("channel"));
    let filter = PaymentFilter {
        event: seen.event,
        status: PaymentStatus::from_name(asked("status")),
        channel: channel.map(|channel| (*channel).to_owned()),
        from: filter::day(asked("from"), 0),
        until: filter::day(asked("until"), 1),
        search: PaymentSearch::of(asked("q")),
        sort: Sort::from_name(asked("sort")).unwrap_or(Sort::Newest),
    };
    Ok(Question { seen, filter })
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let question = question(here, Permission::OrdersView).await?;
    let after = Place::parse(here.door.asked("after"));
    let mut tx = here.app().store.read().await?;
    let (limit, filter) = (question.seen.limit.as_deref(), &question.filter);
    let page = store::payment_list::page(&mut tx, limit, filter, after.as_ref(), PAGE);
    let (rows, has_more) = page.await?;
    let powers = &here.signed.powers;
    let list = described(here, &question.seen)
        .files(powers.may(Permission::OrdersExport, Thing::List))
        .empty((
            "There is no payment yet. One appears here as soon as somebody orders.",
            "Belum ada pembayaran. Pembayaran tampil di sini begitu ada yang memesan.",
        ))
        .ended(&rows, has_more, |row| row.place.text());
    Ok(Page {
        page: Frame::inside(here, Section::Payments),
        list: list.done(&mut tx).await?,
        rows: rows
            .iter()
            .map(|row| shown(here, &question.seen, row))
            .collect(),
    })
}

fn described<'a>(here: &'a Here, seen: &Seen) -> Making<'a> {
    let language = here.door.visitor.language;
    let any = ("Any", "Semua");
    let statuses = PaymentStatus::ALL.iter().map(|one| {
        let (words, _) = words::payment(*one, language);
        (one.name().to_owned(), words.to_owned())
    });
    let channels = words::channels(language);
    let sorts = Sort::ALL.iter().map(|one| {
        let (english, indonesian) = status::sort(*one);
        (
            one.name().to_owned(),
            here.say(english, indonesian).to_owned(),
        )
    });
    let number = (
        "Order number or the provider's number",
        "Nomor pesanan atau nomor penyedia",
    );
    let title = ("Payments", "Pembayaran");
    List::begin(here, "payments", "/panel/payments", title)
        .search(number)
        .choice(
            "event",
            ("Event", "Acara"),
            ("All events", "Semua acara"),
            seen.options(),
        )
        .choice("status", ("Status", "Status"), any, statuses)
        .choice("channel", ("Way of paying", "Cara bayar"), any, channels)
        .day("from", ("Begun from", "Dimulai dari"))
        .day("until", ("Begun until", "Dimulai sampai"))
        .sort(sorts)
}

pub(super) fn shown(here: &Here, seen: &Seen, row: &PaymentRow) -> Row {
    let language = here.door.visitor.language;
    let (event, zone) = seen.words(row.event);
    let back = Money::new(row.claimed_minor, row.amount.currency).text(language);
    Row {
        path: format!("/panel/orders/{}/money", row.order),
        order: row.order.clone(),
        buyer: row.buyer_name.clone(),
        event,
        status: words::payment(row.status, language),
        channel: words::channel(row.channel.as_deref().unwrap_or_default(), language),
        transaction: row.transaction_ref.clone().unwrap_or_default(),
        amount: row.amount.text(language),
        back: (row.claimed_minor > 0).then_some(back),
        begun: when::moment(row.created_at, zone, language),
    }
}
