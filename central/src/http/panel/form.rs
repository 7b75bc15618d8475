//! A form of the panel, and the token that binds it to the session of its page.
//!
//! Invariant: a token is different on every page and good for one session alone; the guard checks it before any handler
//! sees the fields. Handlers read the fields they name, so what else is sent changes nothing.

use data_encoding::HEXLOWER;
use subtle::ConstantTimeEq as _;

use crate::{app::App, domain::session::Session, http::refusal::Refusal};

const PURPOSE: &str = "panel form";
const SEALED: &str = "panel address";
const NONCE: usize = 16;
/// Name of the field with the token.
pub(super) const TOKEN: &str = "token";

/// Fields of one form at most: no page of ours has half as many, and each costs far more here than on its way.
pub(super) const MOST_PAIRS: usize = 4_000;

/// The fields of a form; empty for a page that is only opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form as browsers send it.
    ///
    /// # Errors
    /// Too many fields: a part of a form is never taken for all of it.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let pairs = form_urlencoded::parse(body).take(MOST_PAIRS + 1);
        Self::of(
            pairs
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// Of fields that were read elsewhere.
    ///
    /// # Errors
    /// As [`Form::parse`].
    pub(super) fn of(fields: Vec<(String, String)>) -> Result<Self, Refusal> {
        match fields.len() {
            ..=MOST_PAIRS => Ok(Self(fields)),
            _ => Err(Refusal::TOO_LARGE),
        }
    }

    /// A field's text, trimmed; empty where it was not sent.
    pub(super) fn text(&self, name: &str) -> String {
        self.raw(name).trim().to_owned()
    }

    /// The same as it was typed: blanks belong to a password.
    pub(super) fn raw(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value)
    }

    /// Every field and its value, for a page that asks once more.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(field, value)| (field.as_str(), value.as_str()))
    }

    /// All values of a field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let of_name = self.0.iter().filter(move |(field, _)| field == name);
        of_name.map(|(_, value)| value.as_str())
    }
}

/// A fresh token for the forms of one page.
pub(super) fn token(app: &App, session: &Session) -> String {
    let mut nonce = [0; NONCE];
    app.entropy.fill(&mut nonce);
    HEXLOWER.encode(&[nonce, proof(app, session, &nonce)].concat())
}

/// The proof that this session put a text into an address.
pub(super) fn seal(app: &App, session: &Session, text: &str) -> String {
    let text = [session.id.as_bytes(), text.as_bytes()].concat();
    HEXLOWER.encode(&app.vault.digest(SEALED, &text))
}

/// Whether two proofs are one, told in a time that says nothing of where they differ.
pub(super) fn is_same(proof: &str, sent: &str) -> bool {
    proof.as_bytes().ct_eq(sent.as_bytes()).into()
}

/// Whether a form came from a page of this session.
pub(super) fn is_good(app: &App, session: &Session, token: &str) -> bool {
    let Ok(bytes) = HEXLOWER.decode(token.as_bytes()) else {
        return false;
    };
    let Some((nonce, sent)) = bytes.split_at_checked(NONCE) else {
        return false;
    };
    proof(app, session, nonce).as_slice().ct_eq(sent).into()
}

fn proof(app: &App, session: &Session, nonce: &[u8]) -> [u8; 16] {
    let text = [session.id.as_bytes(), nonce].concat();
    let digest = app.vault.digest(PURPOSE, &text);
    let mut proof = [0; 16];
    proof.copy_from_slice(&digest[..16]);
    proof
}
