//! The money of one order: what came, what went back, who disputes it, what happened when, and what may be done next.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{door::Here, frame::Frame, guard, nav::Section, status, when},
    dispute::{self, DisputeCard},
    meant, nothing,
    payment::{self, PaymentCard},
    refund::{self, RefundCard},
    refund_list::who,
    said::Refused,
    words,
};
use crate::{
    domain::{
        event::Event,
        money::Money,
        notice_text,
        order::{Order, OrderStatus},
        permission::Permission,
    },
    store::{self, StoreError, Tx},
};

#[derive(Template)]
#[template(path = "panel/money/order.html")]
struct Detail {
    page: Frame,
    number: String,
    status: status::Mark,
    sums: Vec<(&'static str, String)>,
    payments: Vec<PaymentCard>,
    refunds: Vec<RefundCard>,
    disputes: Vec<DisputeCard>,
    moves: Vec<MoveRow>,
    notices: Vec<NoticeRow>,
    may: May,
    /// What the order costs, where it can be taken by hand.
    desk: Option<Desk>,
}

/// Back to the money of an order, with what was done.
pub(super) fn path(number: &str, done: &str) -> String {
    format!("/panel/orders/{number}/money?done={done}")
}

/// What may be done here now, and by this account.
struct May {
    ask: bool,
    decide: bool,
    note: bool,
    export: bool,
}

struct Desk {
    total: String,
    amount: String,
    reference: String,
    means: Vec<(&'static str, String, bool)>,
}

struct MoveRow {
    what: &'static str,
    who: String,
    when: String,
}

struct NoticeRow {
    when: String,
    is_genuine: bool,
    times: i64,
    outcome: String,
    body: String,
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    page(&here, None).await
}

/// The page, with what was wrong with a form on it.
pub(super) async fn page(here: &Here, refused: Option<Refused>) -> Response {
    let Some((order, event)) = meant(here) else {
        return nothing(here);
    };
    let code = refused.as_ref().map_or(StatusCode::OK, |one| one.status);
    // Anew: a form that failed may have met what another one moved.
    let loaded = async {
        let mut tx = here.app().store.read().await?;
        let fresh = store::order::by_id(&mut tx, order.id).await?;
        let order = fresh.ok_or(StoreError::Corrupt("an order that is gone"))?;
        load(here, &mut tx, &order, event).await
    };
    match loaded.await {
        Ok(mut template) => {
            template.page.wrong = refused.map(|one| one.words);
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

async fn load(
    here: &Here,
    tx: &mut Tx,
    order: &Order,
    event: &Event,
) -> Result<Detail, StoreError> {
    let language = here.door.visitor.language;
    let path = format!("/panel/orders/{}", order.number);
    let decides = here.may(Permission::OrdersRefund, event);
    Ok(Detail {
        page: Frame::inside(here, Section::Orders)
            .below("/panel/orders", here.say("Orders", "Pesanan"))
            .below(&path, &order.number)
            .at(&format!("{path}/money")),
        number: order.number.clone(),
        status: status::order(order.status, language),
        sums: sums(here, tx, order).await?,
        payments: payment::cards(here, tx, order, event).await?,
        refunds: refund::cards(here, tx, order, event).await?,
        disputes: dispute::cards(here, tx, order, event).await?,
        moves: moves(here, tx, order, event).await?,
        notices: match decides {
            true => notices(here, tx, order, event).await?,
            false => Vec::new(),
        },
        may: may(here, order, event),
        desk: desk(here, order).filter(|_| decides),
    })
}

fn may(here: &Here, order: &Order, event: &Event) -> May {
    let manages = here.may(Permission::OrdersManage, event);
    let decides = here.may(Permission::OrdersRefund, event);
    let has_tickets = matches!(
        order.status,
        OrderStatus::Paid | OrderStatus::PartlyRefunded
    );
    May {
        ask: manages && has_tickets,
        decide: decides,
        note: manages,
        export: order.status.is_settled(),
    }
}

async fn sums(
    here: &Here,
    tx: &mut Tx,
    order: &Order,
) -> Result<Vec<(&'static str, String)>, StoreError> {
    let language = here.door.visitor.language;
    let (came, claimed, returned) = store::claim::totals(tx, order.id).await?;
    let say = |english, indonesian| match language {
        documents::Language::English => english,
        documents::Language::Indonesian => indonesian,
    };
    let money = |minor| Money::new(minor, order.total.currency).text(language);
    Ok(vec![
        (say("Costs", "Harga"), order.total.text(language)),
        (
            say("of that fees", "termasuk biaya"),
            money(order.sums.fee_minor),
        ),
        (say("Came", "Diterima"), money(came)),
        (say("Went back", "Dikembalikan"), money(returned)),
        (
            say("On its way back", "Sedang dikembalikan"),
            money(claimed - returned),
        ),
        (say("Stays", "Tersisa"), money(came - claimed)),
    ])
}

async fn moves(
    here: &Here,
    tx: &mut Tx,
    order: &Order,
    event: &Event,
) -> Result<Vec<MoveRow>, StoreError> {
    let language = here.door.visitor.language;
    let rows = store::audit::of_subject(tx, "order", order.id.0).await?;
    let moves = rows.iter().filter_map(|row| {
        let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap_or_default();
        let name = detail["by"].as_str().unwrap_or(&row.actor_kind);
        Some(MoveRow {
            what: words::happened(&row.action, language)?,
            who: who(here, name),
            when: when::moment(row.at, &event.time_zone, language),
        })
    });
    Ok(moves.collect())
}

async fn notices(
    here: &Here,
    tx: &mut Tx,
    order: &Order,
    event: &Event,
) -> Result<Vec<NoticeRow>, StoreError> {
    let language = here.door.visitor.language;
    let rows = store::notice::of_order(tx, order.id).await?;
    let notice = |row: store::notice::KeptNotice| NoticeRow {
        when: when::moment(row.at, &event.time_zone, language),
        is_genuine: row.is_authentic,
        times: row.times,
        outcome: words::outcome(row.outcome.as_deref().unwrap_or_default(), language),
        body: notice_text::shown(&row.body),
    };
    Ok(rows.into_iter().map(notice).collect())
}

/// The form for money that somebody took, while the order can still be paid; with what was typed before.
fn desk(here: &Here, order: &Order) -> Option<Desk> {
    let is_open = order.status.pay().is_ok() || order.status.pay_late().is_ok();
    if !is_open || order.total.minor == 0 {
        return None;
    }
    let (form, language) = (here.form(), here.door.visitor.language);
    let means = crate::app::desk::Means::ALL.iter().map(|one| {
        let is_on = form.text("means") == one.name();
        (one.name(), words::channel(one.name(), language), is_on)
    });
    Some(Desk {
        total: order.total.text(language),
        amount: form.text("amount"),
        reference: form.text("reference"),
        means: means.collect(),
    })
}
