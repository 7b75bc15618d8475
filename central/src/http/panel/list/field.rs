//! A field of a list's form, and the chip that shows what it is set to.

use chrono::NaiveDate;
use documents::Language;

/// A field.
pub(in crate::http::panel) struct Field {
    /// `search`, `choice` or `day`.
    pub(in crate::http::panel) kind: &'static str,
    /// Its name in the address.
    pub(in crate::http::panel) name: &'static str,
    pub(in crate::http::panel) label: String,
    /// What it is set to; empty = nothing.
    pub(in crate::http::panel) value: String,
    /// Value, words, whether it is chosen.
    pub(in crate::http::panel) options: Vec<(String, String, bool)>,
}

/// One option of a choice: its value in the address, and its words.
pub(in crate::http::panel) type Choice = (String, String);

/// A filter that is set.
pub(in crate::http::panel) struct Chip {
    pub(in crate::http::panel) words: String,
    /// The list without it.
    pub(in crate::http::panel) without: String,
}

impl Field {
    pub(super) const fn new(
        kind: &'static str,
        name: &'static str,
        label: String,
        value: String,
    ) -> Self {
        Self {
            kind,
            name,
            label,
            value,
            options: Vec::new(),
        }
    }

    /// Adds options; what is asked is chosen where it is one of them.
    pub(super) fn add(&mut self, options: impl IntoIterator<Item = Choice>, asked: &str) {
        for (value, words) in options {
            let is_on = value == asked;
            if is_on {
                self.value.clone_from(&value);
            }
            self.options.push((value, words, is_on));
        }
    }

    /// What its chip says; `None` where it filters nothing.
    pub(super) fn words(&self, language: Language) -> Option<String> {
        if self.value.is_empty() || self.name == "sort" {
            return None;
        }
        if self.kind == "search" {
            let verb = match language {
                Language::English => "Search",
                Language::Indonesian => "Cari",
            };
            return Some(format!("{verb} “{}”", self.value));
        }
        let value = match self.kind {
            "choice" => {
                let chosen = self.options.iter().find(|(.., is_on)| *is_on);
                chosen.map_or("", |(_, words, _)| words).to_owned()
            }
            _ => {
                let day = NaiveDate::parse_from_str(&self.value, "%Y-%m-%d").ok();
                day.map_or_else(|| self.value.clone(), |day| language.day(day))
            }
        };
        Some(format!("{}: {value}", self.label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_is_none_counts_as_not_made() {
        let options = || [("a".to_owned(), "First".to_owned())];
        let mut field = Field::new("choice", "kind", "Kind".into(), String::new());
        field.add(options(), "b");
        assert_eq!(field.words(Language::English), None);
        let mut field = Field::new("choice", "kind", "Kind".into(), String::new());
        field.add(options(), "a");
        assert_eq!(
            field.words(Language::English).as_deref(),
            Some("Kind: First")
        );
    }
}
