//! Finding an order again: who has only an identity number gets a letter to the orders' own addresses.
//!
//! Invariants: a question does the same whether or not there are orders: the same questions to the database, the same
//! rows, the same answer; what is different happens later, in the worker. Codes and links are made from the vault and
//! the grant's id, so that the letter can be written again while the database holds their digests alone; each opens once
//! and not for long. Why a code does not open is never said.

mod answer;
mod error;

pub use error::TrackingError;

use data_encoding::BASE32_NOPAD;
use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{App, orders::IDENTITY};
use crate::{
    domain::{
        buyer::{self, BuyerForm},
        email::Email,
        event::Event,
        field::FieldErrors,
        order::Order,
        tracking::{self, MaskedOrder},
    },
    store::{
        self, StoreError, Tx, outbox,
        tracking::{Ask, Grant, GrantDigests},
        tx::transact,
    },
};

const ADDRESS: &str = "tracking address";
const CONTACT: &str = "tracking contact";
const CODE: &str = "tracking code";
const CODE_DIGEST: &str = "tracking code digest";
const LINK: &str = "tracking link";
const LINK_DIGEST: &str = "tracking link digest";
/// Orders of one person that are looked at.
const MOST_ORDERS: i64 = 50;

/// What somebody wants to find.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Stable name of the kind of card.
    pub identity_type: &'a str,
    /// The number on it, as typed.
    pub identity_number: &'a str,
    /// The address of the order as typed, if it is known.
    pub email: &'a str,
    /// Tag of the language to answer in.
    pub language: &'a str,
    /// Where the question comes from.
    pub caller: &'a [u8],
}

/// The answer to a question, of one shape whatever there is.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What a code is typed for.
    pub ask: Uuid,
    /// Until when.
    pub expires_at: Timestamp,
    /// Orders whose own address was given too, masked.
    pub orders: Vec<MaskedOrder>,
}

/// An order that was found again.
#[derive(Clone, Debug)]
pub struct Found {
    /// The order.
    pub order: Order,
    /// Its event.
    pub event: Event,
    /// The buyer's own link to it.
    pub url: String,
}

impl App {
    /// Takes a question in.
    ///
    /// # Errors
    /// [`TrackingError::Invalid`] for a number of the wrong form, [`TrackingError::TooOften`].
    pub async fn ask_for_orders(&self, wanted: Wanted<'_>) -> Result<Asked, TrackingError> {
        let identity = self.identity_digest(&wanted)?;
        let email = Email::parse(wanted.email).ok();
        let now = self.clock.now();
        let language = buyer::language_of(wanted.language).unwrap_or_default();
        let ask = Ask {
            id: self.new_id(now),
            identity: identity.to_vec(),
            address: self.vault.digest(ADDRESS, wanted.caller).to_vec(),
            language: language.tag().to_owned(),
            created_at: now,
            expires_at: now.plus_ms(tracking::ASK_MS),
        };
        let orders = self.store_ask(&ask, now).await?;
        Ok(Asked {
            ask: ask.id,
            expires_at: ask.expires_at,
            orders: tracking::masked(&orders, email.as_ref().map(Email::as_str)),
        })
    }

    fn identity_digest(&self, wanted: &Wanted<'_>) -> Result<[u8; 32], TrackingError> {
        let form = BuyerForm {
            identity_type: wanted.identity_type.to_owned(),
            identity_number: wanted.identity_number.to_owned(),
            ..BuyerForm::default()
        };
        let mut errors = FieldErrors::default();
        match errors.take(buyer::identity(&form)) {
            Some(number) => Ok(self.vault.digest(IDENTITY, number.reveal().as_bytes())),
            None => Err(TrackingError::Invalid(errors.0)),
        }
    }

    /// Stores the question and the wish to answer it, and looks orders up in any case.
    async fn store_ask(&self, ask: &Ask, now: Timestamp) -> Result<Vec<Order>, TrackingError> {
        let since = now.plus_ms(-tracking::WINDOW_MS);
        let task = self.new_id(now);
        transact!(self.store, |tx| {
            let (of_identity, of_address) =
                store::tracking::asked(tx, &ask.identity, &ask.address, since).await?;
            if of_identity >= tracking::MOST_BY_IDENTITY || of_address >= tracking::MOST_BY_ADDRESS
            {
                return Err(TrackingError::TooOften);
            }
            store::tracking::insert_ask(tx, ask).await?;
            outbox::put(tx, task, outbox::TRACKING_ASK, ask.id, now).await?;
            Ok(store::order::by_identity(tx, &ask.identity, MOST_ORDERS).await?)
        })
    }

    /// Opens what a typed code stands for, once.
    ///
    /// # Errors
    /// [`TrackingError::NoAccess`], whatever is wrong.
    pub async fn open_by_code(&self, ask: Uuid, typed: &str) -> Result<Vec<Found>, TrackingError> {
        let code = tracking::typed_code(typed);
        let digest = self.typed_digest(ask, &code);
        let now = self.clock.now();
        // Not an error inside: the try must stay counted.
        let opened: Result<Option<Grant>, StoreError> = transact!(self.store, |tx| {
            if !store::tracking::count_try(tx, ask, tracking::MOST_TRIES, now).await? {
                return Ok(None);
            }
            let found = store::tracking::by_code(tx, ask, &digest, now).await?;
            used_up(tx, found, now).await
        });
        self.open(opened?).await
    }

    /// Opens what a link from a letter stands for, once.
    ///
    /// # Errors
    /// [`TrackingError::NoAccess`], whatever is wrong.
    pub async fn open_by_link(&self, secret: &str) -> Result<Vec<Found>, TrackingError> {
        let digest = self.vault.digest(LINK_DIGEST, secret.as_bytes());
        let now = self.clock.now();
        let opened: Result<Option<Grant>, StoreError> = transact!(self.store, |tx| {
            let found = store::tracking::by_link(tx, &digest, now).await?;
            used_up(tx, found, now).await
        });
        self.open(opened?).await
    }

    async fn open(&self, grant: Option<Grant>) -> Result<Vec<Found>, TrackingError> {
        let grant = grant.ok_or(TrackingError::NoAccess)?;
        let mut tx = self.store.read().await?;
        let mut orders = store::order::by_identity(&mut tx, &grant.identity, MOST_ORDERS).await?;
        orders.retain(|order| tracking::same_address(&grant.email, &order.email));
        let mut found = Vec::new();
        for order in orders {
            let event = store::event::by_id(&mut tx, order.event).await?;
            let event = event.ok_or(StoreError::Corrupt("an order of no event"))?;
            let url = self.order_url(&order);
            found.push(Found { order, event, url });
        }
        Ok(found)
    }

    /// The code of a grant, for its letter.
    pub(super) fn tracking_code(&self, grant: Uuid) -> String {
        let [a, b, c, d, e, f, g, h, ..] = self.vault.digest(CODE, grant.as_bytes());
        tracking::code([a, b, c, d, e, f, g, h])
    }

    /// The secret of a grant's link, for its letter.
    pub(super) fn tracking_secret(&self, grant: Uuid) -> String {
        BASE32_NOPAD.encode(&self.vault.digest(LINK, grant.as_bytes())[..20])
    }

    fn typed_digest(&self, ask: Uuid, code: &str) -> [u8; 32] {
        let named = [ask.as_bytes().as_slice(), code.as_bytes()].concat();
        self.vault.digest(CODE_DIGEST, &named)
    }

    fn grant_digests(&self, grant: &Grant) -> GrantDigests {
        let secret = self.tracking_secret(grant.id);
        GrantDigests {
            email: self.contact_digest(&grant.email),
            code: self.typed_digest(grant.ask, &self.tracking_code(grant.id)),
            link: self.vault.digest(LINK_DIGEST, secret.as_bytes()),
        }
    }

    fn contact_digest(&self, email: &str) -> [u8; 32] {
        self.vault
            .digest(CONTACT, email.to_ascii_lowercase().as_bytes())
    }
}

async fn used_up(
    tx: &mut Tx,
    found: Option<Grant>,
    now: Timestamp,
) -> Result<Option<Grant>, StoreError> {
    let Some(grant) = found else { return Ok(None) };
    let is_first = store::tracking::use_up(tx, &grant, now).await?;
    Ok(is_first.then_some(grant))
}
