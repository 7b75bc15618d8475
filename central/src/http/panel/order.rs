//! One order with its timeline: what happened to it, in the order in which it happened.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use data_encoding::HEXLOWER;

use super::{
    door::{Here, Meant},
    frame::Frame,
    guard,
    nav::Section,
    order_step::{self, Step},
    status, when,
};
use crate::{
    app::attention,
    domain::{
        event::Event,
        order::{Order, OrderStatus},
        permission::Permission,
    },
    http::refusal::Refusal,
    store::{self, StoreError},
};

#[derive(Template)]
#[template(path = "panel/order.html")]
struct Detail {
    page: Frame,
    number: String,
    status: status::Mark,
    attention: Option<&'static str>,
    /// Its stable name, whether having looked is not enough, and how much had been noted.
    look: Option<(&'static str, bool, usize)>,
    /// How often its address was changed, and what was typed where that was refused.
    address: (i64, String),
    /// Who flagged it, when, and why.
    flag: Option<(String, String, String)>,
    /// What was typed, where it was refused.
    note: String,
    /// So that what is sent twice is done once.
    key: String,
    may_manage: bool,
    may_cancel: bool,
    has_papers: bool,
    buyer: Vec<(String, String)>,
    sums: Vec<(String, String)>,
    total: String,
    items: Vec<(i64, String, String)>,
    tickets: Vec<TicketRow>,
    steps: Vec<Step>,
}

struct TicketRow {
    path: String,
    number: String,
    name: String,
    kind: String,
    status: &'static str,
}

pub(super) async fn show(here: Here) -> Response {
    page(&here, StatusCode::OK, None).await
}

/// The page again, with what was wrong and what was typed.
pub(super) async fn again(here: &Here, code: StatusCode, wrong: String) -> Response {
    page(here, code, Some(wrong)).await
}

async fn page(here: &Here, code: StatusCode, wrong: Option<String>) -> Response {
    let Meant::Order(order, event) = &here.meant else {
        return Refusal::INTERNAL.answer();
    };
    match load(here, order, event, wrong).await {
        Ok(template) => template.page.send(code, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(
    here: &Here,
    order: &Order,
    event: &Event,
    wrong: Option<String>,
) -> Result<Detail, StoreError> {
    let mut tx = here.app().store.read().await?;
    let language = here.door.visitor.language;
    let types = store::ticket_type::of_event(&mut tx, event.id).await?;
    let type_name = |id| {
        let found = types.iter().find(|kind| kind.id == id);
        found.map_or_else(String::new, |kind| kind.name.clone())
    };
    let items = store::order::items(&mut tx, order.id).await?;
    let tickets = store::ticket::of_order(&mut tx, order.id).await?;
    let steps = order_step::all(here, &mut tx, order, event).await?;
    let money =
        |minor| crate::domain::money::Money::new(minor, order.total.currency).text(language);
    let line =
        |english, indonesian, value: String| (here.say(english, indonesian).to_owned(), value);
    let mut sums = vec![line("Tickets", "Tiket", money(order.sums.subtotal_minor))];
    for (english, indonesian, minor) in [
        ("Discount", "Potongan", -order.sums.discount_minor),
        ("Fees", "Biaya", order.sums.fee_minor),
        ("Tax", "Pajak", order.sums.tax_minor),
    ] {
        if minor != 0 {
            sums.push(line(english, indonesian, money(minor)));
        }
    }
    let flag = store::order_flag::of_order(&mut tx, order.id).await?;
    let notes = attention::notes_of(&mut tx, order.id).await?.count;
    let may_manage = here.may(Permission::OrdersManage, event);
    let mut page = Frame::inside(here, Section::Orders)
        .below("/panel/orders", here.say("Orders", "Pesanan"))
        .at(&format!("/panel/orders/{}", order.number));
    page.wrong = wrong;
    let mut key = [0; 16];
    here.app().entropy.fill(&mut key);
    Ok(Detail {
        page,
        flag: flag.map(|flag| {
            let at = when::moment(flag.at, &event.time_zone, language);
            (flag.author, at, flag.note)
        }),
        note: here.form().text("note"),
        key: HEXLOWER.encode(&key),
        may_manage,
        may_cancel: order.status == OrderStatus::Pending
            && here.may(Permission::OrdersRefund, event),
        has_papers: may_manage && order.status.is_settled(),
        number: order.number.clone(),
        status: status::order(order.status, language),
        attention: order.attention.map(|why| status::attention(why, language)),
        look: order
            .attention
            .map(|why| (why.name(), why.wants_an_answer(), notes)),
        address: (order.address_changes, here.form().text("email")),
        buyer: vec![
            line("Name", "Nama", order.buyer_name.clone()),
            line("E-mail", "E-mail", order.email.clone()),
            line("WhatsApp", "WhatsApp", order.phone.clone()),
            line("Event", "Acara", event.name.clone()),
            line(
                "Placed",
                "Dipesan",
                when::moment(order.created_at, &event.time_zone, language),
            ),
        ],
        sums,
        total: order.total.text(language),
        items: items
            .iter()
            .map(|item| {
                let amount = item.unit_price.times(item.quantity);
                let amount = amount.unwrap_or(item.unit_price).text(language);
                (i64::from(item.quantity), item.name.clone(), amount)
            })
            .collect(),
        tickets: tickets
            .iter()
            .map(|ticket| TicketRow {
                path: format!("/panel/tickets/{}", ticket.gate.id),
                number: ticket.gate.number.to_string(),
                name: ticket.attendee.clone(),
                kind: type_name(ticket.ticket_type),
                status: status::ticket(ticket.gate.status, language).0,
            })
            .collect(),
        steps,
    })
}
