//! A finding or an advice in each language of the screen.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::reason_text::Language;

/// What is said, in English and in Indonesian. JSON holds the English, for programs and for whoever is asked for help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    english: String,
    indonesian: String,
}

/// Words that do not depend on what was found.
pub type Words = (&'static str, &'static str);

impl Said {
    /// What reads alike in both: names, addresses, versions.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        let english = text.into();
        Self {
            indonesian: english.clone(),
            english,
        }
    }

    /// In this language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Indonesian => &self.indonesian,
        }
    }
}

impl From<Words> for Said {
    fn from((english, indonesian): Words) -> Self {
        (english.to_owned(), indonesian.to_owned()).into()
    }
}

impl From<(String, String)> for Said {
    fn from((english, indonesian): (String, String)) -> Self {
        Self {
            english,
            indonesian,
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.english)
    }
}

impl Serialize for Said {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.english)
    }
}

/// The same in both languages: two texts with what was found in their braces.
macro_rules! said {
    ($english:literal, $indonesian:literal) => {
        $crate::doctor::said::Said::from((format!($english), format!($indonesian)))
    };
}
pub(super) use said;
