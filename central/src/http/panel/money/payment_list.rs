//! The working list of payments: search, filters and order stand in the address, and each page begins after a place.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{door::Here, frame::Frame, guard, nav::Section, status, when},
    filter::{self, PAGE, Seen},
    words,
};
use crate::{
    domain::{
        money::Money,
        order_search::{Place, Sort},
        payment::PaymentStatus,
        payment_search::{PaymentFilter, PaymentSearch},
        permission::Permission,
    },
    store::{self, StoreError, payment_list::PaymentRow},
};

const PATH: &str = "/panel/payments";
/// What stands in the address, in the order of the form.
const FIELDS: [&str; 7] = ["q", "event", "status", "channel", "from", "until", "sort"];

#[derive(Template)]
#[template(path = "panel/money/payments.html")]
struct List {
    page: Frame,
    rows: Vec<Row>,
    q: String,
    from: String,
    until: String,
    events: Vec<(String, String, bool)>,
    statuses: Vec<(&'static str, &'static str, bool)>,
    channels: Vec<(&'static str, String, bool)>,
    sorts: Vec<(&'static str, &'static str, bool)>,
    is_filtered: bool,
    next: Option<String>,
    is_first: bool,
    first: String,
}

struct Row {
    path: String,
    order: String,
    buyer: String,
    event: String,
    status: status::Mark,
    channel: String,
    transaction: String,
    amount: String,
    back: Option<String>,
    begun: String,
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<List, StoreError> {
    let seen = Seen::of(here, Permission::OrdersView).await?;
    let asked = |name| here.door.asked(name);
    let filter = PaymentFilter {
        event: seen.event,
        status: PaymentStatus::from_name(asked("status")),
        channel: Some(asked("channel").to_owned()).filter(|channel| !channel.is_empty()),
        from: filter::day(asked("from"), 0),
        until: filter::day(asked("until"), 1),
        search: PaymentSearch::of(asked("q")),
        sort: Sort::from_name(asked("sort")).unwrap_or(Sort::Newest),
    };
    // Sums of orders have an index per event alone.
    let by_sum = matches!(filter.sort, Sort::Dearest | Sort::Cheapest);
    let all = seen.events.keys().copied().collect();
    let limit = seen.limit.clone().or_else(|| by_sum.then_some(all));
    let after = Place::parse(asked("after"));
    let mut tx = here.app().store.read().await?;
    let page = store::payment_list::page(&mut tx, limit.as_deref(), &filter, after.as_ref(), PAGE);
    let (rows, has_more) = page.await?;
    let next = rows.last().filter(|_| has_more);
    let language = here.door.visitor.language;
    Ok(List {
        page: Frame::inside(here, Section::Payments),
        next: next.map(|last| filter::address(here, PATH, &FIELDS, Some(&last.place))),
        rows: rows.iter().map(|row| shown(here, &seen, row)).collect(),
        q: asked("q").to_owned(),
        from: asked("from").to_owned(),
        until: asked("until").to_owned(),
        events: seen.choice(),
        statuses: PaymentStatus::ALL
            .iter()
            .map(|one| {
                let (words, _) = words::payment(*one, language);
                (one.name(), words, filter.status == Some(*one))
            })
            .collect(),
        channels: words::CHANNELS
            .iter()
            .map(|one| {
                let is_on = filter.channel.as_deref() == Some(*one);
                (*one, words::channel(one, language), is_on)
            })
            .collect(),
        sorts: Sort::ALL
            .iter()
            .map(|one| {
                let words = sort_words(here, *one);
                (one.name(), words, filter.sort == *one)
            })
            .collect(),
        is_filtered: filter != PaymentFilter::default(),
        is_first: after.is_none(),
        first: filter::address(here, PATH, &FIELDS, None),
    })
}

fn shown(here: &Here, seen: &Seen, row: &PaymentRow) -> Row {
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

fn sort_words(here: &Here, sort: Sort) -> &'static str {
    let english = here.door.visitor.language == documents::Language::English;
    match (sort, english) {
        (Sort::Newest, true) => "Newest first",
        (Sort::Newest, false) => "Terbaru dahulu",
        (Sort::Oldest, true) => "Oldest first",
        (Sort::Oldest, false) => "Terlama dahulu",
        (Sort::Dearest, true) => "Largest first",
        (Sort::Dearest, false) => "Terbesar dahulu",
        (Sort::Cheapest, true) => "Smallest first",
        (Sort::Cheapest, false) => "Terkecil dahulu",
    }
}
