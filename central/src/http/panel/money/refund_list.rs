//! The working list of refunds: what waits for somebody stands first, and each row says what to do next. Those that are
//! chosen are agreed to one by one (`refund_bulk`).

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{
        door::Here,
        filter::Seen,
        frame::Frame,
        guard,
        list::{Bulk, List, Making, PAGE},
        nav::Section,
        status, when,
    },
    refund_bulk, words,
};
use crate::{
    domain::{
        four_eyes,
        order_search::{Place, number_start},
        permission::Permission,
        policy::Thing,
        refund::RefundStatus,
    },
    store::{
        self, StoreError,
        refund_list::{RefundFilter, RefundRow},
        refund_run::RefundRun,
    },
};

/// Refunds that wait for a person.
const TO_DO: [RefundStatus; 3] = [
    RefundStatus::Requested,
    RefundStatus::Failed,
    RefundStatus::Manual,
];

/// Characters of a note that a list shows.
const MOST_NOTE: usize = 80;

#[derive(Template)]
#[template(path = "panel/money/refunds.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
    /// Cancelled events whose orders are being refunded: address, name, how far.
    runs: Vec<(String, String, String)>,
}

/// A refund as the page and the file show it.
pub(super) struct Row {
    id: String,
    path: String,
    pub(super) order: String,
    pub(super) buyer: String,
    pub(super) event: String,
    pub(super) status: status::Mark,
    pub(super) next: &'static str,
    stopped: Option<String>,
    pub(super) reason: &'static str,
    /// What whoever asked wrote, in one line, for who works with the money of its order.
    pub(super) why: Option<String>,
    pub(super) asked_by: String,
    asked: String,
    amount: String,
    /// It can be chosen to be agreed to.
    may_agree: bool,
}

/// What an account may list, and the filter it asks for.
pub(super) struct Question {
    pub(super) seen: Seen,
    pub(super) filter: RefundFilter,
}

/// Reads the address; only events that the account sees are in it.
pub(super) async fn question(here: &Here, permission: Permission) -> Result<Question, StoreError> {
    let seen = Seen::of(here, permission).await?;
    let asked = |name| here.door.asked(name);
    let filter = RefundFilter {
        statuses: statuses(asked("status")),
        event: seen.event,
        order: number_start(asked("q")),
        newest_first: asked("sort") == "newest",
    };
    Ok(Question { seen, filter })
}

/// A choice that is none counts as not made.
fn statuses(asked: &str) -> Vec<RefundStatus> {
    match (asked, RefundStatus::from_name(asked)) {
        ("all", _) => RefundStatus::ALL.to_vec(),
        (_, Some(status)) => vec![status],
        (_, None) => TO_DO.to_vec(),
    }
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
    let rows = store::refund_list::page(&mut tx, limit, filter, after.as_ref(), PAGE + 1).await?;
    let runs = store::refund_run::open(&mut tx).await?;
    let powers = &here.signed.powers;
    let (list, rows) = described(here, seen)
        .files(powers.may(Permission::OrdersExport, Thing::List))
        .empty((
            "No refund waits for anybody. Choose the status “All” to see what was done, or ask for one on the page of an order.",
            "Tidak ada pengembalian yang menunggu. Pilih status “Semua” untuk melihat yang sudah selesai, atau minta di halaman pesanan.",
        ))
        .turned(rows, |row| row.place().text());
    let mut list = list.done(&mut tx).await?;
    let rows: Vec<Row> = rows.iter().map(|row| shown(here, seen, row)).collect();
    let may_agree = rows.iter().filter(|row| row.may_agree);
    let agreeable: Vec<String> = may_agree.map(|row| row.id.clone()).collect();
    list.bulk = Bulk::new(here, refund_bulk::deeds(here, &agreeable), agreeable);
    Ok(Page {
        page: Frame::inside(here, Section::Refunds),
        list,
        rows,
        runs: runs.iter().filter_map(|run| progress(seen, run)).collect(),
    })
}

fn described<'a>(here: &'a Here, seen: &Seen) -> Making<'a> {
    let language = here.door.visitor.language;
    let option = |name: &str, words: &str| (name.to_owned(), words.to_owned());
    let all = option("all", here.say("All", "Semua"));
    let statuses = RefundStatus::ALL
        .iter()
        .map(|one| option(one.name(), words::refund(*one, language).0));
    let waiting = here.say("Longest waiting first", "Paling lama menunggu dahulu");
    let sorts = [
        option("waiting", waiting),
        option("newest", here.say("Newest first", "Terbaru dahulu")),
    ];
    let title = ("Refunds", "Pengembalian");
    List::begin(here, "refunds", "/panel/refunds", title)
        .search(("Order number", "Nomor pesanan"))
        .choice(
            "event",
            ("Event", "Acara"),
            ("All events", "Semua acara"),
            seen.options(),
        )
        .choice(
            "status",
            ("Status", "Status"),
            ("To be done", "Perlu dikerjakan"),
            std::iter::once(all).chain(statuses),
        )
        .sort(sorts)
}

/// A cancelled event whose orders are being refunded: address, name, how far.
fn progress(seen: &Seen, run: &RefundRun) -> Option<(String, String, String)> {
    let event = seen.events.get(&run.event)?;
    let path = format!("/panel/events/{}/refund-run", event.slug);
    Some((path, event.name.clone(), run.orders.to_string()))
}

pub(super) fn shown(here: &Here, seen: &Seen, row: &RefundRow) -> Row {
    let language = here.door.visitor.language;
    let (event, zone) = seen.words(row.event);
    let of_event = seen.events.get(&row.event);
    let may = of_event.is_some_and(|event| here.may(Permission::OrdersRefund, event));
    let reads = may || of_event.is_some_and(|event| here.may(Permission::OrdersManage, event));
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
        why: reads.then(|| one_line(&row.note)).flatten(),
        asked_by: who(here, &row.asked_by),
        asked: when::moment(row.requested_at, zone, language),
        amount: row.amount.text(language),
        may_agree: may && is_asked && four_eyes::may_agree(row.asker, &here.signed.powers),
    }
}

/// A note cut to one line.
fn one_line(note: &str) -> Option<String> {
    let words: Vec<&str> = note.split_whitespace().collect();
    let line = words.join(" ");
    let cut: String = line.chars().take(MOST_NOTE).collect();
    match line.len() > cut.len() {
        true => Some(format!("{}…", cut.trim_end())),
        false => Some(line).filter(|line| !line.is_empty()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_cut_to_one_line() {
        assert_eq!(one_line(" \n "), None);
        let short = one_line("the buyer\n is ill");
        assert_eq!(short.as_deref(), Some("the buyer is ill"));
        let long = one_line(&"é ".repeat(200)).expect("a line");
        assert!(long.chars().count() <= MOST_NOTE + 1 && long.ends_with("é…"));
    }
}
