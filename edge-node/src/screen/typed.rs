//! A secret as it was typed at a page: wiped when it is dropped, and never printed.

use std::ops::Deref;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// The secret.
pub(super) struct Typed(Zeroizing<String>);

impl Deref for Typed {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|typed| Self(Zeroizing::new(typed)))
    }
}
