//! The payments of an order, and what a person does about one: takes money at the desk, answers the provider's suspicion,
//! has its records read again.

use axum::response::Response;

use super::{
    super::{
        door::{Here, to},
        status, typed, when,
    },
    meant, nothing, order,
    said::{self, Refused},
    words,
};
use crate::{
    app::{
        desk::{Means, Taken},
        trail::Actor,
    },
    domain::{
        attention::Attention, event::Event, money::Money, order::Order, payment::PaymentStatus,
        permission::Permission,
    },
    store::{self, StoreError, Tx},
};

/// What a payment is called that a person took.
const BY_HAND: &str = "on_site";

/// A payment on the page of its order.
pub(super) struct PaymentCard {
    pub(super) provider: String,
    pub(super) status: status::Mark,
    pub(super) amount: String,
    pub(super) facts: Vec<(&'static str, String)>,
    /// It can be read again at the provider.
    pub(super) may_check: bool,
    /// The provider waits for an answer.
    pub(super) may_answer: bool,
}

pub(super) async fn cards(
    here: &Here,
    tx: &mut Tx,
    order: &Order,
    event: &Event,
) -> Result<Vec<PaymentCard>, StoreError> {
    let language = here.door.visitor.language;
    let decides = here.may(Permission::OrdersRefund, event);
    let own = store::payment::of_order(tx, order.id).await?;
    let say = |english, indonesian| match language {
        documents::Language::English => english,
        documents::Language::Indonesian => indonesian,
    };
    let at = |moment| when::moment(moment, &event.time_zone, language);
    let mut cards = Vec::new();
    for payment in store::payment::all_of_order(tx, order.id).await? {
        let claims = store::claim::of_payment(tx, payment.id, "").await?;
        let back = Money::new(claims.claimed_minor, payment.amount.currency);
        let channel = payment.channel.as_deref().unwrap_or_default();
        let is_own = own.as_ref().is_some_and(|own| own.id == payment.id);
        let is_there = is_own && payment.provider != BY_HAND;
        let mut facts = vec![
            (say("Way", "Cara"), words::channel(channel, language)),
            (say("Begun", "Dimulai"), at(payment.created_at)),
            (
                say("Last moved", "Terakhir berubah"),
                at(payment.updated_at),
            ),
            (say("Goes back", "Dikembalikan"), back.text(language)),
        ];
        if decides {
            let theirs = payment.transaction_ref.clone().unwrap_or_default();
            facts.push((say("Our number", "Nomor kami"), payment.reference.clone()));
            facts.push((say("Their number", "Nomor mereka"), theirs));
        }
        cards.push(PaymentCard {
            provider: words::provider(&payment.provider, language),
            status: words::payment(payment.status, language),
            amount: payment.amount.text(language),
            facts,
            may_check: decides && is_there,
            may_answer: decides
                && is_there
                && payment.status != PaymentStatus::Success
                && order.attention == Some(Attention::Challenged),
        });
    }
    Ok(cards)
}

/// Carries out what the form asks for.
pub(in crate::http::panel) async fn act(here: Here) -> Response {
    let Some((found, _)) = meant(&here) else {
        return nothing(&here);
    };
    let done = match here.form().text("act").as_str() {
        "take" => take(&here, found).await,
        "check" => match here.app().check_payment(&found.number).await {
            Ok(_) => Ok("checked"),
            Err(error) => Err(said::refused(&here, &error)),
        },
        "accept" => answer(&here, found, true).await,
        "deny" => answer(&here, found, false).await,
        _ => Err(said::wrong(
            &here,
            "Choose what is to be done.",
            "Pilih apa yang harus dilakukan.",
        )),
    };
    match done {
        Ok(done) => to(&order::path(&found.number, done)),
        Err(refused) => order::page(&here, Some(refused)).await,
    }
}

async fn answer(here: &Here, order: &Order, approve: bool) -> Result<&'static str, Refused> {
    let by = Actor::from(&here.signed.account);
    let answered = here
        .app()
        .answer_challenge(&order.number, approve, &by)
        .await;
    answered.map_err(|error| said::refused(here, &error))?;
    Ok(if approve { "accepted" } else { "denied" })
}

async fn take(here: &Here, order: &Order) -> Result<&'static str, Refused> {
    let form = here.form();
    let means = Means::from_name(&form.text("means"));
    let means = means.ok_or_else(|| {
        said::wrong(
            here,
            "Say how the money was taken.",
            "Pilih cara uang diterima.",
        )
    })?;
    let minor = typed::money(&form.text("amount"), order.total.currency);
    let (english, indonesian) = typed::NO_MONEY;
    let amount_minor = minor.ok_or_else(|| said::wrong(here, english, indonesian))?;
    let taken = Taken {
        means,
        amount_minor,
        reference: form.text("reference"),
    };
    let by = Actor::from(&here.signed.account);
    let recorded = here.app().record_payment(&order.number, &taken, &by).await;
    recorded.map_err(|error| said::refused(here, &error))?;
    Ok("taken")
}
