//! Asking for a refund, in two steps: what is to go back, with each ticket's share; then why, beside what it comes to.
//!
//! Invariant: the sum beside the reason is made up by the function that makes it up when somebody agrees, so what is shown
//! is what will go back while nothing else moves.

use std::collections::BTreeMap;

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard,
        nav::Section,
        status, ticket_list, typed,
    },
    meant, nothing, order,
    said::{self, Refused},
};
use crate::{
    app::refunds::{RefundAsk, RefundError, RefundShares},
    domain::{
        money::Money,
        order::Order,
        refund::{RefundReason, Scope},
        ticket_search::{TicketFilter, TicketSearch, TicketSort},
    },
    store::{self, StoreError},
};

/// Tickets of an order whose state at the gates is looked up.
const MOST_TICKETS: usize = 1_000;

/// How tickets stand at the gates, by their numbers.
type Used = BTreeMap<String, status::Mark>;

#[derive(Template)]
#[template(path = "panel/money/refund_ask.html")]
struct Ask {
    page: Frame,
    number: String,
    /// Nothing can be asked for now.
    is_shut: bool,
    left: String,
    scope: String,
    amount: String,
    note: String,
    tickets: Vec<TicketRow>,
    plan: Option<Shown>,
}

struct TicketRow {
    number: String,
    name: String,
    status: &'static str,
    /// How it stands at the gates, once it was used there.
    used: Option<status::Mark>,
    share: String,
    stands: bool,
    is_on: bool,
}

/// What would go back.
struct Shown {
    amount: String,
    tickets: usize,
    is_last: bool,
    chosen: Vec<String>,
}

/// What somebody has chosen so far, in the address or in a form.
struct Chosen {
    scope: String,
    amount: String,
    tickets: Vec<String>,
    note: String,
}

impl Chosen {
    fn asked(here: &Here) -> Self {
        let named = here.door.query.iter().filter(|(name, _)| name == "ticket");
        Self {
            scope: here.door.asked("scope").to_owned(),
            amount: here.door.asked("amount").to_owned(),
            tickets: named.map(|(_, value)| value.clone()).collect(),
            note: String::new(),
        }
    }

    fn sent(here: &Here) -> Self {
        let form = here.form();
        Self {
            scope: form.text("scope"),
            amount: form.text("amount"),
            tickets: form.all("ticket").map(str::to_owned).collect(),
            note: form.text("note"),
        }
    }

    /// What is meant; `None` while nothing is chosen.
    async fn scope(&self, here: &Here, order: &Order) -> Result<Option<Scope>, Refused> {
        let refused = |error: &RefundError| said::refused(here, error);
        match self.scope.as_str() {
            "" => Ok(None),
            "whole" => Ok(Some(Scope::Whole)),
            "amount" => {
                let minor = typed::money(&self.amount, order.total.currency);
                let (english, indonesian) = typed::NO_MONEY;
                let minor = minor.ok_or_else(|| said::wrong(here, english, indonesian))?;
                Ok(Some(Scope::Amount(minor)))
            }
            "tickets" => {
                let numbers: Vec<&str> = self.tickets.iter().map(String::as_str).collect();
                let found = here.app().tickets_to_refund(&order.number, &numbers).await;
                let found = found.map_err(|error| refused(&error))?;
                Ok(Some(Scope::Tickets(found)))
            }
            _ => Err(said::wrong(
                here,
                "Choose what is to go back.",
                "Pilih apa yang dikembalikan.",
            )),
        }
    }
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    page(&here, &Chosen::asked(&here), None).await
}

pub(in crate::http::panel) async fn send(here: Here) -> Response {
    let Some((order, _)) = meant(&here) else {
        return nothing(&here);
    };
    let chosen = Chosen::sent(&here);
    match ask(&here, order, &chosen).await {
        Ok(()) => to(&order::path(&order.number, "refund_asked")),
        Err(refused) => page(&here, &chosen, Some(refused)).await,
    }
}

async fn ask(here: &Here, order: &Order, chosen: &Chosen) -> Result<(), Refused> {
    let scope = chosen.scope(here, order).await?;
    let scope = scope.ok_or_else(|| said::refused(here, &RefundError::NoneChosen))?;
    let ask = RefundAsk {
        scope,
        reason: RefundReason::Staff,
        note: chosen.note.clone(),
    };
    let asked = here
        .app()
        .request_refund_by(&here.signed, &order.number, &ask);
    asked.await.map_err(|error| said::refused(here, &error))?;
    Ok(())
}

async fn page(here: &Here, chosen: &Chosen, refused: Option<Refused>) -> Response {
    let Some((order, _)) = meant(here) else {
        return nothing(here);
    };
    let (shares, mut refused) = match here.app().refund_shares(&order.number).await {
        Ok(shares) => (Some(shares), refused),
        Err(error) => (None, Some(said::refused(here, &error))),
    };
    let is_asked = shares.as_ref().is_some_and(|shares| shares.is_asked);
    if is_asked && refused.is_none() {
        refused = Some(said::refused(here, &RefundError::AskedBefore));
    }
    let mut plan = None;
    if shares.is_some() && !is_asked {
        match planned(here, order, chosen).await {
            Ok(found) => plan = found,
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    let used = match used(here, order).await {
        Ok(used) => used,
        Err(error) => return guard::failed(&error),
    };
    let code = refused.as_ref().map_or(StatusCode::OK, |one| one.status);
    let mut page = frame(here, order);
    page.wrong = refused.map(|one| one.words);
    let language = here.door.visitor.language;
    let template = Ask {
        page,
        number: order.number.clone(),
        is_shut: is_asked || shares.is_none(),
        left: shares
            .as_ref()
            .map_or_else(String::new, |shares| shares.left.text(language)),
        scope: chosen.scope.clone(),
        amount: chosen.amount.clone(),
        note: chosen.note.clone(),
        tickets: shares.map_or_else(Vec::new, |shares| tickets(here, shares, (chosen, &used))),
        plan,
    };
    template.page.send(code, &template)
}

fn frame(here: &Here, order: &Order) -> Frame {
    let path = format!("/panel/orders/{}", order.number);
    Frame::inside(here, Section::Orders)
        .below("/panel/orders", here.say("Orders", "Pesanan"))
        .below(&path, &order.number)
        .below(&format!("{path}/money"), here.say("Money", "Uang"))
}

async fn planned(here: &Here, order: &Order, chosen: &Chosen) -> Result<Option<Shown>, Refused> {
    let Some(scope) = chosen.scope(here, order).await? else {
        return Ok(None);
    };
    let plan = here.app().preview_refund(&order.number, &scope).await;
    let plan = plan.map_err(|error| said::refused(here, &error))?;
    let amount = Money::new(plan.amount_minor, order.total.currency);
    Ok(Some(Shown {
        amount: amount.text(here.door.visitor.language),
        tickets: plan.items.len(),
        is_last: plan.is_last,
        chosen: match scope {
            Scope::Tickets(_) => chosen.tickets.clone(),
            _ => Vec::new(),
        },
    }))
}

/// The tickets of an order that were used at the gates, and how they stand there.
async fn used(here: &Here, order: &Order) -> Result<Used, StoreError> {
    let filter = TicketFilter {
        event: Some(order.event),
        kind: None,
        status: None,
        check_in: None,
        addon: None,
        search: Some(TicketSearch::Order(order.number.clone())),
        sort: TicketSort::Newest,
    };
    let mut tx = here.app().store.read().await?;
    let events = [order.event];
    let rows = store::ticket_list::page(&mut tx, &events, &filter, None, MOST_TICKETS).await?;
    let rows = rows.into_iter();
    let used = rows.filter(|row| row.entered_at.or(row.exchanged_at).is_some());
    let marked = used.map(|row| (row.number.to_string(), ticket_list::check_in(here, &row)));
    Ok(marked.collect())
}

fn tickets(here: &Here, shares: RefundShares, (chosen, used): (&Chosen, &Used)) -> Vec<TicketRow> {
    let language = here.door.visitor.language;
    let row = |one: crate::app::refunds::Share| {
        let number = one.ticket.gate.number.to_string();
        TicketRow {
            name: one.ticket.attendee,
            status: status::ticket(one.ticket.gate.status, language).0,
            share: one.share.text(language),
            stands: one.stands,
            used: used.get(&number).copied(),
            is_on: chosen.tickets.contains(&number),
            number,
        }
    };
    shares.tickets.into_iter().map(row).collect()
}
