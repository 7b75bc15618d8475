//! What is wrong with nodes, in both languages.

use axum::http::StatusCode;

use super::super::{door::Here, words};
use crate::{app::nodes::NodeError, http::refusal::Refusal};

/// Status and sentence.
pub(super) fn node(here: &Here, error: &NodeError) -> (StatusCode, String) {
    let (english, indonesian) = match error {
        NodeError::BadName => (
            "A node's name has 1 to 100 characters.",
            "Nama perangkat berisi 1 sampai 100 karakter.",
        ),
        NodeError::NameTaken => (
            "The event has a node of this name already: choose another name.",
            "Acara ini sudah punya perangkat bernama ini: pilih nama lain.",
        ),
        NodeError::UnknownGate => (
            "Choose one of the event's gates.",
            "Pilih salah satu gerbang acara ini.",
        ),
        NodeError::Revoked => (
            "This node is revoked for good: make a code and enrol it again.",
            "Perangkat ini dicabut untuk selamanya: buat kode dan daftarkan lagi.",
        ),
        NodeError::NotQuarantined => (
            "This node is not in quarantine.",
            "Perangkat ini tidak dikarantina.",
        ),
        NodeError::BadReason => (
            "Say in 1 to 200 characters why.",
            "Tulis alasannya dalam 1 sampai 200 karakter.",
        ),
        NodeError::UnknownCode => (
            "This code was used or withdrawn: look at the list.",
            "Kode ini sudah dipakai atau ditarik: lihat daftarnya.",
        ),
        NodeError::Store(error) => {
            tracing::error!(%error, "panel form failed");
            let refusal = Refusal::INTERNAL;
            let said = here.say(refusal.english, refusal.indonesian).to_owned();
            return (StatusCode::INTERNAL_SERVER_ERROR, said);
        }
        other => {
            let said = words::sentence(&other.to_string());
            return (StatusCode::UNPROCESSABLE_ENTITY, said);
        }
    };
    let said = here.say(english, indonesian).to_owned();
    (StatusCode::UNPROCESSABLE_ENTITY, said)
}
