//! What takes back what was just done: a form beside the words that say it.
//!
//! Invariant: it is offered only where the reverse leaves everything as it was, it names the state that the deed left and
//! is refused where another stands by now, and it is a deed like any other, with a
//! route, its right, a token and its row in the trail. What an address says of the deed is believed only with a proof
//! that this session did it.

use super::{
    door::{Door, Here},
    form,
};
use crate::app::users::Signed;

/// The reverse of a deed: where its form is sent, with which fields.
pub(super) struct Undo {
    pub(super) action: String,
    pub(super) fields: Vec<(String, String)>,
}

/// Why a deed is not taken back: others did something since.
pub(super) fn changed(here: &Here) -> &str {
    here.say(
        "It was changed meanwhile; nothing was undone: look at how it stands now.",
        "Sudah diubah orang lain; tidak ada yang diurungkan: lihat keadaannya sekarang.",
    )
}

/// Names of what stands in an address: the fields of the reverse, and their proof.
const WAS: &str = "was";
const PROOF: &str = "proof";

impl Undo {
    pub(super) fn new(action: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            fields: Vec::new(),
        }
    }

    pub(super) fn field(mut self, name: &str, value: impl Into<String>) -> Self {
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    /// What the address of the next page carries of it.
    fn query(&self, here: &Here) -> String {
        let was = self.text();
        let proof = form::seal(here.app(), &here.signed.session, &was);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(WAS, &was).append_pair(PROOF, &proof);
        query.finish()
    }

    /// What the address of this page carries, if this session put it there.
    pub(super) fn asked(door: &Door, signed: &Signed) -> Option<Self> {
        let was = door.asked(WAS);
        let proof = form::seal(&door.app, &signed.session, was);
        if was.is_empty() || !form::is_same(&proof, door.asked(PROOF)) {
            return None;
        }
        let mut pairs = form_urlencoded::parse(was.as_bytes()).into_owned();
        let (_, action) = pairs.next()?;
        Some(Self {
            action,
            fields: pairs.collect(),
        })
    }

    fn text(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.append_pair("action", &self.action);
        text.extend_pairs(&self.fields);
        text.finish()
    }

    /// The address of a page that says what was done and offers to take it back.
    pub(super) fn after(&self, here: &Here, path: &str, done: &str) -> String {
        let sign = if path.contains('?') { '&' } else { '?' };
        format!("{path}{sign}done={done}&{}", self.query(here))
    }
}
