//! One order with its timeline: what happened to it, in the order in which it happened.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use data_encoding::HEXLOWER;
use sync_protocol::time::Timestamp;

use super::{
    door::{Here, Meant},
    frame::Frame,
    guard,
    nav::Section,
    status, when,
};
use crate::{
    domain::{
        event::Event,
        order::{Order, OrderStatus},
        permission::Permission,
    },
    http::refusal::Refusal,
    store::{self, StoreError, Tx},
};

#[derive(Template)]
#[template(path = "panel/order.html")]
struct Detail {
    page: Frame,
    number: String,
    status: status::Mark,
    attention: Option<&'static str>,
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
    number: String,
    name: String,
    kind: String,
    status: &'static str,
}

/// One moment of the timeline.
struct Step {
    at: Timestamp,
    when: String,
    icon: &'static str,
    words: String,
    detail: String,
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
    let mut steps = steps(here, &mut tx, order, event).await?;
    steps.sort_by_key(|step| step.at);
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
                number: ticket.gate.number.to_string(),
                name: ticket.attendee.clone(),
                kind: type_name(ticket.ticket_type),
                status: status::ticket(ticket.gate.status, language).0,
            })
            .collect(),
        steps,
    })
}

async fn steps(
    here: &Here,
    tx: &mut Tx,
    order: &Order,
    event: &Event,
) -> Result<Vec<Step>, StoreError> {
    let language = here.door.visitor.language;
    let step = |at: Timestamp, icon, words: String, detail: String| Step {
        at,
        when: when::moment(at, &event.time_zone, language),
        icon,
        words,
        detail,
    };
    let say = |english, indonesian| here.say(english, indonesian).to_owned();
    let mut steps = vec![step(
        order.created_at,
        "bag",
        say("Placed", "Dipesan"),
        format!(
            "{} {}",
            here.say("places held until", "tempat ditahan sampai"),
            when::moment(order.hold_until, &event.time_zone, language)
        ),
    )];
    if let Some(at) = order.paid_at {
        let words = say("Paid, tickets issued", "Dibayar, tiket diterbitkan");
        steps.push(step(at, "check-circle-fill", words, String::new()));
    }
    for payment in store::payment::all_of_order(tx, order.id).await? {
        let channel = payment.channel.unwrap_or_default();
        let detail = format!(
            "{} {} {channel} · {}",
            payment.provider,
            payment.reference,
            payment.status.name()
        );
        let words = say("Payment begun", "Pembayaran dimulai");
        steps.push(step(payment.created_at, "credit-card", words, detail));
    }
    for notice in store::timeline::notices(tx, order.id).await? {
        let proof = if notice.is_authentic {
            here.say("genuine", "asli")
        } else {
            here.say("without proof", "tanpa bukti")
        };
        let outcome = notice.outcome.unwrap_or_default();
        let detail = format!("{proof} · {}× · {outcome}", notice.times);
        let words = say(
            "Notice of the payment provider",
            "Kabar penyedia pembayaran",
        );
        steps.push(step(notice.at, "broadcast", words, detail));
    }
    for letter in store::timeline::letters(tx, order.id).await? {
        let stands = match (letter.done_at, letter.is_given_up) {
            (Some(_), _) => here.say("sent", "terkirim"),
            (None, true) => here.say("given up", "gagal"),
            (None, false) => here.say("waiting", "menunggu"),
        };
        let detail = format!("{} · {stands} · {}×", letter.kind, letter.attempts);
        let words = say("Letter", "Surat");
        steps.push(step(letter.at, "envelope", words, detail));
    }
    for refund in store::refund::of_order(tx, order.id).await? {
        let detail = format!(
            "{} · {} · {}",
            refund.amount.text(language),
            refund.reason.name(),
            refund.status.name()
        );
        let words = say("Refund", "Pengembalian");
        steps.push(step(
            refund.requested_at,
            "arrow-counterclockwise",
            words,
            detail,
        ));
    }
    if here.may(Permission::ScansView, event) {
        for scan in store::timeline::scans(tx, order.id).await? {
            let place = [scan.gate, scan.node].map(Option::unwrap_or_default);
            let detail = format!(
                "{} · {} · {} · {}",
                scan.ticket,
                place.join(" / "),
                scan.reason,
                scan.ruling.unwrap_or_default()
            );
            let words = format!("{}: {}", here.say("Scan", "Pindaian"), scan.action);
            steps.push(step(scan.at, "qr-code-scan", words, detail));
        }
    }
    for row in store::audit::of_subject(tx, "order", order.id.0).await? {
        let detail = format!("{} {}", row.action, row.detail);
        let words = say("Recorded", "Dicatat");
        steps.push(step(row.at, "journal-text", words, detail));
    }
    Ok(steps)
}
