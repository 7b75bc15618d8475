//! Refunds that the provider is to make, asked for until it has answered for good.
//!
//! Invariants: the wish is in the outbox since the transaction that approved it; the refund says "sent" before the
//! provider is asked, and every try bears the same key, so that a try whose answer was lost is found to be made and not
//! made again. No transaction is open while the provider is asked. Before each try the provider's records are read, and
//! what went back by them is booked: the money may have gone under a key that this server forgot (restored from an older
//! copy), or by another hand, and must not go twice. A refusal is read up there likewise, so that it does not go by hand.

use sync_protocol::time::Timestamp;

use super::{RefundError, load_locked};
use crate::{
    app::{App, sessions::UNREACHABLE, trail::Actor},
    domain::{
        id::{OrderId, RefundId},
        payment::PaymentStatus,
        refund::{Refund, RefundStatus},
    },
    payments::{self, ProviderError, ProviderVerdict, RefundWish, Refunded},
    store::{
        self, StoreError,
        outbox::{self, Task},
        payment::Payment,
        tx::transact,
    },
};

/// Pause after the first try; longer than a try takes. Each further one is twice as long.
const PAUSE_MS: i64 = 30_000;
/// How often the pause is doubled.
const DOUBLINGS: i64 = 7;

/// Whether no other refund would fare better now. A key that is refused is mended by a person, for all of them at once.
fn is_outage(error: &ProviderError) -> bool {
    error.is_outage() || *error == ProviderError::WrongKey
}

/// Whether the refund is to be asked for again: also where nobody knows what became of it.
fn is_open(error: &ProviderError) -> bool {
    is_outage(error) || error.can_retry() || matches!(error, ProviderError::Malformed { .. })
}

/// What is to be done about a refund whose payment's records were booked.
enum Standing {
    /// The provider is to be asked for it, as it stands now.
    Open(Box<Refund>),
    /// It was made before.
    Made,
    /// A person or a bank decides first.
    Waits,
}

/// What the provider would answer about a refund that its records show.
fn made_before(refund: &Refund, records: Option<payments::PaymentStatus>) -> Refunded {
    Refunded {
        key: refund.key.clone(),
        amount_minor: refund.amount.minor,
        verdict: records.map_or(ProviderVerdict::Refunded, |records| records.verdict),
        is_repeat: true,
    }
}

impl App {
    /// Asks the provider for refunds that are due, at most `most` of them; gives how many were answered for good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn send_refunds(&self, most: i64) -> Result<usize, RefundError> {
        let due = {
            let mut tx = self.store.read().await?;
            outbox::due(&mut tx, outbox::REFUND_SEND, self.clock.now(), most).await?
        };
        let (mut answered, mut outages) = (0, 0);
        for task in due {
            match &self.try_refund(&task).await? {
                Some(Err(error)) if is_outage(error) => outages += 1,
                Some(Err(error)) if is_open(error) => outages = 0,
                Some(_) => (answered, outages) = (answered + 1, 0),
                None => {}
            }
            if outages == UNREACHABLE {
                break;
            }
        }
        Ok(answered)
    }

    /// One try; `None` when there was nothing to ask.
    async fn try_refund(
        &self,
        task: &Task,
    ) -> Result<Option<Result<Refunded, ProviderError>>, RefundError> {
        let Some((refund, payment)) = self.take_refund(task).await? else {
            return Ok(None);
        };
        let reference = payment.transaction_ref.as_ref();
        let reference = reference.unwrap_or(&payment.reference).clone();
        let answer = match self.provider.status(&reference).await {
            Ok(records) => {
                if let Some(records) = &records
                    && !self.book_records(&refund, &payment, records).await
                {
                    return Ok(None);
                }
                match self.standing_of(&refund).await? {
                    Standing::Open(refund) => {
                        self.ask_for_refund(&refund, &payment, reference).await?
                    }
                    Standing::Made => Ok(made_before(&refund, records)),
                    Standing::Waits => return Ok(None),
                }
            }
            // It was not even asked for.
            Err(error) if !is_open(&error) => Err(ProviderError::Malformed {
                what: "records of a payment that is to be refunded",
            }),
            Err(error) => Err(error),
        };
        self.hear_of_refund(task, &refund, &answer).await?;
        Ok(Some(answer))
    }

    /// Books what the provider's records say of a payment, if that is more than that it was paid; false when it could not
    /// be booked, and nothing may be sent.
    pub(super) async fn book_records(
        &self,
        refund: &Refund,
        payment: &Payment,
        records: &payments::PaymentStatus,
    ) -> bool {
        if records.verdict == ProviderVerdict::Paid {
            return true;
        }
        let now = self.clock.now();
        match self.apply(payment, records, None, now).await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(refund = %refund.id, %error, "records of a refund's payment not booked");
                false
            }
        }
    }

    /// Where a refund stands after the records of its payment were booked.
    async fn standing_of(&self, sent: &Refund) -> Result<Standing, RefundError> {
        let mut tx = self.store.read().await?;
        let refund = super::load(&mut tx, sent.id).await?;
        let payment = match refund.payment {
            Some(id) => store::payment::by_id(&mut tx, id).await?,
            None => None,
        };
        let is_disputed = payment.is_some_and(|p| p.status == PaymentStatus::Disputed);
        Ok(match refund.status {
            RefundStatus::Done => Standing::Made,
            RefundStatus::Sent if !is_disputed => Standing::Open(Box::new(refund)),
            _ => Standing::Waits,
        })
    }

    /// The provider's answer; where it refused, its records are booked. While those cannot be read the refusal does not
    /// count.
    async fn ask_for_refund(
        &self,
        refund: &Refund,
        payment: &Payment,
        reference: String,
    ) -> Result<Result<Refunded, ProviderError>, RefundError> {
        let wish = RefundWish {
            reference,
            key: refund.key.clone(),
            amount_minor: refund.amount.minor,
            currency: refund.amount.currency.code().to_owned(),
            reason: refund.reason.name().replace('_', " "),
            channel: payment.channel.clone(),
            is_whole: refund.amount == payment.amount,
        };
        let answer = self.provider.refund(&wish).await;
        if !answer.as_ref().is_err_and(|error| !error.can_retry()) {
            return Ok(answer);
        }
        let records = match self.provider.status(&wish.reference).await {
            Ok(records) => records,
            Err(error) if error.is_outage() => return Ok(Err(error)),
            Err(_) => None,
        };
        let Some(records) = records else {
            return Ok(answer);
        };
        let known = store::payment::by_id(&mut self.store.read().await?, payment.id).await?;
        let known = known.ok_or(StoreError::Corrupt("a payment that is gone"))?;
        self.book_records(refund, &known, &records).await;
        Ok(answer)
    }

    /// Takes one try: from here on the refund is sent, whatever becomes of this server.
    async fn take_refund(&self, task: &Task) -> Result<Option<(Refund, Payment)>, RefundError> {
        let now = self.clock.now();
        let next = now.plus_ms(PAUSE_MS << task.attempts.clamp(0, DOUBLINGS));
        let id = RefundId(task.subject);
        let order = self.order_of_refund(id).await?;
        transact!(self.store, |tx| {
            if !outbox::claim(tx, task, next).await? {
                return Ok(None);
            }
            let (refund, _) = load_locked(tx, id, order).await?;
            let Ok(to) = refund.status.send() else {
                // A person was quicker.
                outbox::finish(tx, task, now).await?;
                return Ok(None);
            };
            let sent = Refund {
                status: to,
                ..refund.clone()
            };
            let payment = match sent.payment {
                Some(id) => store::payment::by_id(tx, id).await?,
                None => None,
            };
            let payment = payment.ok_or(StoreError::Corrupt("a refund of no payment"))?;
            if payment.status == PaymentStatus::Disputed {
                // The buyer's bank decides about this money now; it must not go back twice.
                outbox::note(tx, task, "disputed").await?;
                return Ok(None);
            }
            let channel = payment.channel.as_deref();
            let opens = Timestamp(self.provider.refund_opens_ms(channel, now.0));
            if opens > now {
                outbox::put_off(tx, task, opens).await?;
                outbox::note(tx, task, "closed_at_night").await?;
                return Ok(None);
            }
            store::refund::advance(tx, refund.status, &sent).await?;
            Ok(Some((sent, payment)))
        })
    }

    async fn hear_of_refund(
        &self,
        task: &Task,
        sent: &Refund,
        answer: &Result<Refunded, ProviderError>,
    ) -> Result<(), RefundError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let (refund, order) = load_locked(tx, sent.id, sent.order).await?;
            if refund.status != RefundStatus::Sent {
                // Its notice was quicker, or a person took it over; what the provider has made is made all the same.
                if answer.is_ok() && refund.status.is_open() {
                    self.book(tx, &order, &refund, &Actor::System).await?;
                }
                return Ok(outbox::finish(tx, task, now).await?);
            }
            match answer {
                Ok(_) => {
                    self.book(tx, &order, &refund, &Actor::System).await?;
                    outbox::finish(tx, task, now).await?;
                }
                Err(error) if is_open(error) => {
                    self.stop(tx, &order, &refund, RefundStatus::Sent, error.code())
                        .await?;
                    outbox::note(tx, task, error.code()).await?;
                }
                Err(error) => {
                    let to = match error {
                        ProviderError::NotAllowed { .. } | ProviderError::Unsupported => {
                            refund.status.hand_over()?
                        }
                        _ => refund.status.fail()?,
                    };
                    self.stop(tx, &order, &refund, to, error.code()).await?;
                    outbox::note(tx, task, error.code()).await?;
                    outbox::finish(tx, task, now).await?;
                }
            }
            Ok::<_, RefundError>(())
        })?;
        if let Err(error) = answer {
            tracing::warn!(refund = %sent.id, code = error.code(), %error, "refund not made");
        }
        Ok(())
    }

    async fn order_of_refund(&self, id: RefundId) -> Result<OrderId, RefundError> {
        let mut tx = self.store.read().await?;
        Ok(super::load(&mut tx, id).await?.order)
    }
}
