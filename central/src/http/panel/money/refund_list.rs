//! The working list of refunds: what waits for somebody stands first, and each row says what to do next. Several can be
//! agreed to at once; each is one move of its own.

use std::collections::BTreeSet;

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard,
        nav::Section,
        status, when,
    },
    filter::{self, PAGE, Seen},
    said, words,
};
use crate::{
    app::refunds::RefundError,
    domain::{
        four_eyes, id::RefundId, order_search::Place, permission::Permission, policy::Thing,
        refund::RefundStatus,
    },
    store::{
        self, StoreError,
        refund_list::{RefundFilter, RefundRow},
        refund_run::RefundRun,
    },
};

const PATH: &str = "/panel/refunds";
const FIELDS: [&str; 4] = ["q", "event", "status", "sort"];
/// Refunds that wait for a person.
const TO_DO: [RefundStatus; 3] = [
    RefundStatus::Requested,
    RefundStatus::Failed,
    RefundStatus::Manual,
];

#[derive(Template)]
#[template(path = "panel/money/refunds.html")]
struct List {
    page: Frame,
    rows: Vec<Row>,
    q: String,
    events: Vec<(String, String, bool)>,
    statuses: Vec<(&'static str, &'static str, bool)>,
    newest_first: bool,
    runs: Vec<(String, String, String)>,
    is_filtered: bool,
    may_agree: bool,
    next: Option<String>,
    is_first: bool,
    first: String,
}

struct Row {
    id: String,
    path: String,
    order: String,
    buyer: String,
    event: String,
    status: status::Mark,
    next: &'static str,
    stopped: Option<String>,
    reason: &'static str,
    asked_by: String,
    asked: String,
    amount: String,
    /// It can be chosen to be agreed to.
    may_agree: bool,
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    page(&here, None, StatusCode::OK).await
}

async fn page(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    match load(here).await {
        Ok(mut template) => {
            template.page.wrong = wrong;
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

fn statuses(asked: &str) -> Vec<RefundStatus> {
    match asked {
        "" => TO_DO.to_vec(),
        "all" => RefundStatus::ALL.to_vec(),
        name => RefundStatus::from_name(name).into_iter().collect(),
    }
}

async fn load(here: &Here) -> Result<List, StoreError> {
    let seen = Seen::of(here, Permission::OrdersView).await?;
    let asked = |name| here.door.asked(name);
    let order = asked("q").trim().to_ascii_uppercase();
    let filter = RefundFilter {
        statuses: statuses(asked("status")),
        event: seen.event,
        order: Some(order).filter(|order| !order.is_empty()),
        newest_first: asked("sort") == "newest",
    };
    let after = Place::parse(asked("after"));
    let mut tx = here.app().store.read().await?;
    let limit = seen.limit.as_deref();
    let rows = store::refund_list::page(&mut tx, limit, &filter, after.as_ref(), PAGE + 1);
    let mut rows = rows.await?;
    let runs = store::refund_run::open(&mut tx).await?;
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| has_more);
    let rows: Vec<Row> = rows.iter().map(|row| shown(here, &seen, row)).collect();
    let next = next_address(here, next);
    Ok(List {
        page: Frame::inside(here, Section::Refunds),
        may_agree: rows.iter().any(|row| row.may_agree),
        next,
        rows,
        q: asked("q").to_owned(),
        events: seen.choice(),
        statuses: choice(here),
        newest_first: filter.newest_first,
        runs: runs.iter().filter_map(|run| progress(&seen, run)).collect(),
        is_filtered: FIELDS.iter().any(|field| !asked(field).is_empty()),
        is_first: after.is_none(),
        first: filter::address(here, PATH, &FIELDS, None),
    })
}

fn next_address(here: &Here, last: Option<&RefundRow>) -> Option<String> {
    last.map(|last| filter::address(here, PATH, &FIELDS, Some(&last.place())))
}

fn choice(here: &Here) -> Vec<(&'static str, &'static str, bool)> {
    let language = here.door.visitor.language;
    let on = here.door.asked("status");
    let all = RefundStatus::ALL.iter().map(|one| {
        let (words, _) = words::refund(*one, language);
        (one.name(), words, on == one.name())
    });
    all.collect()
}

/// A cancelled event whose orders are being refunded: address, name, how far.
fn progress(seen: &Seen, run: &RefundRun) -> Option<(String, String, String)> {
    let event = seen.events.get(&run.event)?;
    let path = format!("/panel/events/{}/refund-run", event.slug);
    Some((path, event.name.clone(), run.orders.to_string()))
}

fn shown(here: &Here, seen: &Seen, row: &RefundRow) -> Row {
    let language = here.door.visitor.language;
    let (event, zone) = seen.words(row.event);
    let of_event = seen.events.get(&row.event);
    let may = of_event.is_some_and(|event| here.may(Permission::OrdersRefund, event));
    let is_asked = row.status == RefundStatus::Requested;
    Row {
        id: row.id.to_string(),
        path: format!("/panel/orders/{}/money#refunds", row.order),
        order: row.order.clone(),
        buyer: row.buyer_name.clone(),
        event,
        status: words::refund(row.status, language),
        next: words::next(row.status, language),
        stopped: row
            .last_error
            .as_deref()
            .map(|code| words::stopped(code, language)),
        reason: words::reason(row.reason, language),
        asked_by: who(here, &row.asked_by),
        asked: when::moment(row.requested_at, zone, language),
        amount: row.amount.text(language),
        may_agree: may && is_asked && four_eyes::may_agree(row.asker, &here.signed.powers),
    }
}

/// Who asked or decided: people by name, the rest in words.
pub(super) fn who(here: &Here, name: &str) -> String {
    match name {
        "buyer" => here.say("the buyer", "pembeli").to_owned(),
        "provider" => here.say("the provider", "penyedia").to_owned(),
        "system" => here.say("the system", "sistem").to_owned(),
        name => name.to_owned(),
    }
}

/// Agrees to all that are chosen. What is not this account's to agree to is answered as what does not exist, before
/// anything moves.
pub(in crate::http::panel) async fn agree(here: Here) -> Response {
    let chosen: Option<BTreeSet<RefundId>> = here
        .form()
        .all("refund")
        .map(|text| text.parse().ok())
        .collect();
    let chosen = chosen.unwrap_or_default();
    if chosen.is_empty() {
        let said = said::wrong(
            &here,
            "Choose the refunds that you agree to.",
            "Pilih pengembalian yang Anda setujui.",
        );
        return page(&here, Some(said.words), said.status).await;
    }
    match are_own(&here, &chosen).await {
        Ok(true) => {}
        Ok(false) => return super::nothing(&here),
        Err(error) => return guard::failed(&error),
    }
    let mut refused = None;
    for refund in &chosen {
        if let Err(error) = here.app().agree_to_refund(&here.signed, *refund).await {
            refused = Some(error);
        }
    }
    match refused {
        None => to(&format!("{PATH}?done=refund_agreed")),
        Some(error) => not_all(&here, &error).await,
    }
}

async fn not_all(here: &Here, error: &RefundError) -> Response {
    let said = said::refused(here, error);
    let head = here.say(
        "Not all are agreed to; what is left says why:",
        "Tidak semua disetujui; sisanya karena:",
    );
    page(here, Some(format!("{head} {}", said.words)), said.status).await
}

/// Whether all of them are of events for which this account agrees to refunds.
async fn are_own(here: &Here, chosen: &BTreeSet<RefundId>) -> Result<bool, StoreError> {
    let mut tx = here.app().store.read().await?;
    for id in chosen {
        let refund = store::refund::by_id(&mut tx, *id).await?;
        let order = match refund {
            Some(refund) => store::order::by_id(&mut tx, refund.order).await?,
            None => None,
        };
        let event = match order {
            Some(order) => store::event::by_id(&mut tx, order.event).await?,
            None => None,
        };
        let thing = event.map(|event| Thing::Event {
            event: event.id,
            client: event.client,
        });
        let may = |thing| here.signed.powers.may(Permission::OrdersRefund, thing);
        if !thing.is_some_and(may) {
            return Ok(false);
        }
    }
    Ok(true)
}
