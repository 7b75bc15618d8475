//! The refunds of an order, and what whoever may decide does about one: agrees, declines, tries again, takes it over, or
//! writes down that the money went back by hand.
//!
//! Invariant: the refund that a form names is looked up among the order's own. What the buyer wrote, and how the money was
//! paid, which often hold a bank account, are shown to whoever works with the order's money and to nobody else.

use axum::response::Response;

use super::{
    super::{
        door::{Here, to},
        guard, status, when,
    },
    meant, nothing, order,
    refund_list::who,
    said::{self, Refused},
    words,
};
use crate::{
    app::{refunds::RefundError, trail::Actor},
    domain::{
        event::Event,
        four_eyes,
        id::RefundId,
        order::Order,
        permission::Permission,
        refund::{Refund, RefundStatus},
    },
    store::{self, StoreError, Tx},
};

/// A refund on the page of its order.
pub(super) struct RefundCard {
    pub(super) id: String,
    pub(super) status: status::Mark,
    pub(super) next: &'static str,
    pub(super) amount: String,
    pub(super) reason: &'static str,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) note: String,
    pub(super) answer: String,
    /// This account asked for it, and somebody else agrees.
    pub(super) is_own: bool,
    pub(super) may_decide: bool,
    pub(super) may_agree: bool,
    pub(super) may_retry: bool,
    pub(super) may_take: bool,
    pub(super) may_finish: bool,
    pub(super) has_note: bool,
}

pub(super) async fn cards(
    here: &Here,
    tx: &mut Tx,
    order: &Order,
    event: &Event,
) -> Result<Vec<RefundCard>, StoreError> {
    let mut cards = Vec::new();
    for refund in store::refund::of_order(tx, order.id).await? {
        cards.push(card(here, tx, &refund, event).await?);
    }
    cards.reverse();
    Ok(cards)
}

async fn card(
    here: &Here,
    tx: &mut Tx,
    refund: &Refund,
    event: &Event,
) -> Result<RefundCard, StoreError> {
    use RefundStatus as R;
    let language = here.door.visitor.language;
    let decides = here.may(Permission::OrdersRefund, event);
    let reads = decides || here.may(Permission::OrdersManage, event);
    let asker = store::refund::asker(tx, refund.id).await?;
    let is_asked = refund.status == R::Requested;
    let may_agree = decides && four_eyes::may_agree(asker, &here.signed.powers);
    let answer = store::refund::answer(tx, refund.id).await?;
    Ok(RefundCard {
        id: refund.id.to_string(),
        status: words::refund(refund.status, language),
        next: words::next(refund.status, language),
        amount: refund.amount.text(language),
        reason: words::reason(refund.reason, language),
        facts: facts(here, tx, refund, (event, decides)).await?,
        note: if reads {
            refund.note.clone()
        } else {
            String::new()
        },
        answer: answer.filter(|_| reads).unwrap_or_default(),
        is_own: is_asked && decides && !may_agree,
        may_decide: is_asked && decides,
        may_agree: is_asked && may_agree,
        may_retry: decides && refund.status == R::Failed,
        may_take: decides && matches!(refund.status, R::Approved | R::Sent | R::Failed),
        may_finish: decides && refund.status == R::Manual,
        has_note: store::receipt::of_subject(tx, refund.id.0).await?.is_some(),
    })
}

async fn facts(
    here: &Here,
    tx: &mut Tx,
    refund: &Refund,
    (event, decides): (&Event, bool),
) -> Result<Vec<(&'static str, String)>, StoreError> {
    let language = here.door.visitor.language;
    let say = |english, indonesian| match language {
        documents::Language::English => english,
        documents::Language::Indonesian => indonesian,
    };
    let at = |moment| when::moment(moment, &event.time_zone, language);
    let by = |name: &str, moment| format!("{}, {}", who(here, name), at(moment));
    let asked = by(&refund.asked_by, refund.requested_at);
    let mut facts = vec![(say("Asked for by", "Diminta oleh"), asked)];
    if let (Some(name), Some(moment)) = (&refund.decided_by, refund.decided_at) {
        facts.push((say("Decided by", "Diputuskan oleh"), by(name, moment)));
    }
    if let Some(moment) = refund.done_at {
        facts.push((say("Went back", "Kembali"), at(moment)));
    }
    let tickets = store::refund::items(tx, refund.id).await?.len();
    let tickets = match tickets {
        0 => say("none: money alone", "tidak ada: uang saja").to_owned(),
        count => count.to_string(),
    };
    facts.push((say("Tickets", "Tiket"), tickets));
    if let Some(code) = &refund.last_error {
        let why = words::stopped(code, language);
        facts.push((say("Stopped because", "Terhenti karena"), why));
    }
    if decides {
        let payment = match refund.payment {
            Some(id) => store::payment::by_id(tx, id).await?,
            None => None,
        };
        if let Some(payment) = payment {
            let channel = payment.channel.unwrap_or_default();
            let number = payment.transaction_ref.unwrap_or(payment.reference);
            let paid = format!("{} · {number}", words::channel(&channel, language));
            facts.push((say("Was paid by", "Dibayar lewat"), paid));
        }
        if let Some(number) = &refund.hand_reference {
            facts.push((
                say("Number of the transfer", "Nomor transfer"),
                number.clone(),
            ));
        }
    }
    Ok(facts)
}

/// Carries out what the form asks for.
pub(in crate::http::panel) async fn act(here: Here) -> Response {
    let Some((found, _)) = meant(&here) else {
        return nothing(&here);
    };
    let refund = match own(&here, found).await {
        Ok(Some(Ok(refund))) => refund,
        Ok(Some(Err(refused))) => return order::page(&here, Some(refused)).await,
        Ok(None) => return nothing(&here),
        Err(error) => return guard::failed(&error),
    };
    match decide(&here, refund).await {
        Ok(done) => to(&order::path(&found.number, done)),
        Err(refused) => order::page(&here, Some(refused)).await,
    }
}

/// The refund that the form names, if it is this order's; `None` = it is another's, or nobody's.
async fn own(here: &Here, order: &Order) -> Result<Option<Result<RefundId, Refused>>, StoreError> {
    let typed = here.form().text("refund");
    let Ok(id) = typed.parse::<RefundId>() else {
        let said = said::wrong(here, "Choose a refund.", "Pilih pengembalian.");
        return Ok(Some(Err(said)));
    };
    let mut tx = here.app().store.read().await?;
    let refund = store::refund::by_id(&mut tx, id).await?;
    let is_own = refund.is_some_and(|refund| refund.order == order.id);
    Ok(is_own.then_some(Ok(id)))
}

async fn decide(here: &Here, refund: RefundId) -> Result<&'static str, Refused> {
    let (app, form) = (here.app(), here.form());
    let by = Actor::from(&here.signed.account);
    let (moved, done) = match form.text("act").as_str() {
        "agree" => (
            app.agree_to_refund(&here.signed, refund).await,
            "refund_agreed",
        ),
        "decline" => (decline(here, refund, &by).await, "refund_declined"),
        "again" => (app.retry_refund(refund, &by).await, "refund_again"),
        "take" => (app.take_refund_over(refund, &by).await, "refund_taken"),
        "finish" => (finish(here, refund, &by).await?, "refund_done"),
        _ => {
            return Err(said::wrong(
                here,
                "Choose what is to be done.",
                "Pilih apa yang harus dilakukan.",
            ));
        }
    };
    moved.map_err(|error| said::refused(here, &error))?;
    Ok(done)
}

async fn decline(here: &Here, refund: RefundId, by: &Actor) -> Result<Refund, RefundError> {
    let why = here.form().text("why");
    if why.is_empty() {
        return Err(RefundError::NoReason);
    }
    here.app().decline_refund_because(refund, &why, by).await
}

async fn finish(
    here: &Here,
    refund: RefundId,
    by: &Actor,
) -> Result<Result<Refund, RefundError>, Refused> {
    let reference = here.form().text("reference");
    if reference.is_empty() {
        return Err(said::wrong(
            here,
            "Write down the number of the transfer or receipt.",
            "Tulis nomor transfer atau kuitansinya.",
        ));
    }
    Ok(here.app().finish_refund(refund, &reference, by).await)
}
