//! The buyer: who places an order, checked field by field.
//!
//! Invariant: a [`Buyer`] can be written to, billed and found again: every part passed its own rule. Personal:
//! the parts mask themselves in `Debug`, and no error repeats what was typed.
//! Used by the cart; whether the card is genuine is for the gate's officer to see.

use documents::Language;
use serde::Serialize;

use super::{
    email::Email,
    field::{FieldError, FieldErrors},
    identity::{IdentityKind, IdentityNumber},
    phone::Phone,
};

/// As typed.
#[derive(Clone, Default, Serialize)]
pub struct BuyerForm {
    /// Full name, as on the card.
    pub full_name: String,
    /// `ktp`, `sim`, `student_card` or `passport`.
    pub identity_type: String,
    /// The number on that card.
    pub identity_number: String,
    /// Where tickets are sent.
    pub email: String,
    /// WhatsApp number.
    pub whatsapp_number: String,
    /// `id` or `en`; empty takes `id`.
    pub language: String,
}

/// As sold to.
#[derive(Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Full name.
    pub name: String,
    /// The card and its number.
    pub identity: IdentityNumber,
    /// Where tickets are sent.
    pub email: Email,
    /// WhatsApp number.
    pub phone: Phone,
    /// Language of mail and documents.
    pub language: Language,
}

/// Longest name of a person, in characters.
pub const NAME_LENGTH: usize = 120;

/// Checks every field; notes every error.
pub fn check(form: &BuyerForm, errors: &mut FieldErrors) -> Option<Buyer> {
    let name = errors.take(name("buyer.full_name", &form.full_name));
    let identity = errors.take(identity(form));
    let email = Email::parse(&form.email)
        .map_err(|e| FieldError::new("buyer.email", e.code(), e.to_string()));
    let email = errors.take(email);
    let phone = Phone::parse(&form.whatsapp_number)
        .map_err(|e| FieldError::new("buyer.whatsapp_number", e.code(), e.to_string()));
    let phone = errors.take(phone);
    let language = errors.take(language(&form.language));
    Some(Buyer {
        name: name?,
        identity: identity?,
        email: email?,
        phone: phone?,
        language: language?,
    })
}

/// A person's name: blanks made single, 2 to [`NAME_LENGTH`] characters, at least one letter.
///
/// # Errors
/// What to do about it.
pub fn name(field: &str, typed: &str) -> Result<String, FieldError> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    let fits = (2..=NAME_LENGTH).contains(&length);
    if fits && name.chars().any(char::is_alphabetic) && !name.chars().any(char::is_control) {
        return Ok(name);
    }
    Err(FieldError::new(
        field,
        "name_form",
        "Enter the full name as on the card: 2 to 120 characters.",
    ))
}

/// The language of a tag.
#[must_use]
pub fn language_of(tag: &str) -> Option<Language> {
    [Language::Indonesian, Language::English]
        .into_iter()
        .find(|language| language.tag() == tag)
}

fn language(typed: &str) -> Result<Language, FieldError> {
    if typed.is_empty() {
        return Ok(Language::Indonesian);
    }
    language_of(typed).ok_or_else(|| {
        FieldError::new(
            "language",
            "language_unknown",
            "Choose the language id or en.",
        )
    })
}

/// The card and its number.
///
/// # Errors
/// What to do about it.
pub fn identity(form: &BuyerForm) -> Result<IdentityNumber, FieldError> {
    let kind = IdentityKind::from_name(&form.identity_type).ok_or_else(|| {
        FieldError::new(
            "buyer.identity_type",
            "identity_type_unknown",
            "Choose the identity card: ktp, sim, student_card or passport.",
        )
    })?;
    IdentityNumber::parse(kind, &form.identity_number)
        .map_err(|e| FieldError::new("buyer.identity_number", e.code(), e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> BuyerForm {
        BuyerForm {
            full_name: "  Siti   Rahma ".to_owned(),
            identity_type: "ktp".to_owned(),
            identity_number: "3171011708450001".to_owned(),
            email: "siti@example.id".to_owned(),
            whatsapp_number: "0812 3456 7890".to_owned(),
            language: String::new(),
        }
    }

    #[test]
    fn a_good_form_becomes_a_buyer() {
        let mut errors = FieldErrors::default();
        let buyer = check(&form(), &mut errors).expect("good");
        assert_eq!(errors.0, []);
        assert_eq!(buyer.name, "Siti Rahma");
        assert_eq!(buyer.phone.as_str(), "+6281234567890");
        assert_eq!(buyer.language, Language::Indonesian);
    }

    #[test]
    fn every_field_is_refused_by_name_and_all_at_once() {
        type Spoil = fn(&mut BuyerForm);
        let spoils: [(&str, &str, Spoil); 7] = [
            ("buyer.full_name", "name_form", |f| {
                f.full_name = " x ".into()
            }),
            ("buyer.full_name", "name_form", |f| {
                f.full_name = "123".into()
            }),
            ("buyer.identity_type", "identity_type_unknown", |f| {
                f.identity_type = "KTP".into();
            }),
            ("buyer.identity_number", "nik_length", |f| {
                f.identity_number.pop();
            }),
            ("buyer.email", "email_at", |f| f.email = "siti".into()),
            ("buyer.whatsapp_number", "phone_characters", |f| {
                f.whatsapp_number.clear()
            }),
            ("language", "language_unknown", |f| {
                f.language = "fr".into();
            }),
        ];
        for (field, code, spoil) in spoils {
            let (mut bad, mut errors) = (form(), FieldErrors::default());
            spoil(&mut bad);
            assert!(check(&bad, &mut errors).is_none());
            let found: Vec<_> = errors
                .0
                .iter()
                .map(|e| (e.field.as_str(), e.code))
                .collect();
            assert_eq!(found, [(field, code)]);
        }
        let mut errors = FieldErrors::default();
        assert!(check(&BuyerForm::default(), &mut errors).is_none());
        assert_eq!(errors.0.len(), 4);
    }
}
