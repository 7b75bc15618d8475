//! Organisers as the panel makes them: with a first account of their own.

use std::collections::BTreeSet;

use serde_json::json;

use super::{App, By, NewAccount, Signed, UserError, password::Secret};
use crate::{
    domain::{
        account, email::Email, event::Event, id::ClientId, new_event::NewClient, permission::CLIENT,
    },
    store::{self, StoreError, tx::transact},
};

pub use crate::store::client::{ClientAccount, ClientRow};

/// An organiser with what belongs to it.
#[derive(Clone, Debug)]
pub struct ClientFile {
    /// The organiser.
    pub row: ClientRow,
    /// Its accounts.
    pub accounts: Vec<ClientAccount>,
    /// Its events.
    pub events: Vec<Event>,
}

/// An organiser that is to be taken in.
#[derive(Clone, Debug)]
pub struct NewPanelClient {
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its address, which is also the first account's.
    pub email: String,
    /// The person of the first account.
    pub person: String,
}

impl App {
    /// Takes an organiser in, with an account; gives the account's one-time password, once.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn create_client(
        &self,
        by: &Signed,
        wish: &NewPanelClient,
    ) -> Result<(ClientId, Secret), UserError> {
        let now = self.clock.now();
        let client = NewClient {
            slug: wish.slug.trim().to_owned(),
            name: account::name(&wish.name).ok_or(UserError::Name)?,
            email: Email::parse(&wish.email)?.as_str().to_owned(),
        };
        if !is_slug(&client.slug) {
            return Err(UserError::Slug);
        }
        let id = ClientId(self.new_id(now));
        let first = NewAccount {
            email: wish.email.clone(),
            name: wish.person.clone(),
            role: CLIENT.to_owned(),
            client: Some(id),
            events: BTreeSet::new(),
        };
        let person = self.new_account(&first, now)?;
        let (secret, hash) = self.new_one_time().await;
        let actor = By::account(&by.account);
        transact!(self.store, |tx| {
            match store::event::insert_client(tx, id, &client, now).await {
                Err(StoreError::Duplicate) => return Err(UserError::SlugTaken),
                done => done?,
            }
            let detail = json!({"slug": client.slug, "name": client.name});
            self.note_by(tx, &actor, "client.create", ("client", id.0), now, detail)
                .await?;
            let account = (&person, hash.as_str());
            self.take_in(tx, &actor, Some(&by.powers), account, &first)
                .await
        })?;
        Ok((id, secret))
    }

    /// One organiser with its accounts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn client_file(&self, client: ClientId) -> Result<Option<ClientFile>, StoreError> {
        let mut tx = self.store.read().await?;
        let Some(row) = store::client::by_id(&mut tx, client).await? else {
            return Ok(None);
        };
        let accounts = store::client::accounts(&mut tx, client).await?;
        let events = store::event::all(&mut tx).await?.into_iter();
        Ok(Some(ClientFile {
            events: events.filter(|event| event.client == client).collect(),
            accounts,
            row,
        }))
    }

    /// Changes what an organiser is called and where it is reached: letters and invoices bear it from now on.
    ///
    /// # Errors
    /// [`UserError::Name`], a bad address, [`UserError::UnknownClient`].
    pub async fn change_client(
        &self,
        by: &By,
        client: ClientId,
        (name, email): (&str, &str),
    ) -> Result<(), UserError> {
        let name = account::name(name).ok_or(UserError::Name)?;
        let email = Email::parse(email)?.as_str().to_owned();
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let Some(old) = store::client::by_id(tx, client).await? else {
                return Err(UserError::UnknownClient);
            };
            store::client::put(tx, client, &name, &email).await?;
            let detail = json!({"from": {"name": old.name, "email": old.email},
                "to": {"name": &name, "email": &email}});
            self.note_by(tx, by, "client.change", ("client", client.0), now, detail)
                .await?;
            Ok(())
        })
    }

    /// All organisers, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clients(&self) -> Result<Vec<ClientRow>, StoreError> {
        let mut tx = self.store.read().await?;
        store::client::all(&mut tx).await
    }
}

fn is_slug(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (2..=80).contains(&text.len())
        && text.bytes().all(|byte| is_letter(byte) || byte == b'-')
        && text.bytes().next().is_some_and(is_letter)
}
