//! How a scanner stands, and what the operator can do about it, in the operator's language.

use std::time::Instant;

use super::Kind;
use crate::reason_text::Language;

/// How a scanner stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScannerState {
    /// What it types reaches the gate.
    Connected,
    /// Somebody named it, and it is not there.
    Missing,
    /// It was there and is not any more.
    Gone,
    /// Another program reads it.
    Busy,
    /// This program may not read it.
    Denied,
    /// It sends what is no text.
    Garbled,
    /// The system refuses for another reason.
    Failed,
}

/// A scanner and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannerStatus {
    /// Its name, or what somebody called it.
    pub name: String,
    /// Where it is: a path, unless it is missing.
    pub place: String,
    /// How it is connected.
    pub kind: Kind,
    /// How it stands.
    pub state: ScannerState,
    /// When it last typed the test code, right to the last character.
    pub test_code: Option<Instant>,
}

impl ScannerState {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Connected,
        Self::Missing,
        Self::Gone,
        Self::Busy,
        Self::Denied,
        Self::Garbled,
        Self::Failed,
    ];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Missing => "missing",
            Self::Gone => "gone",
            Self::Busy => "busy",
            Self::Denied => "denied",
            Self::Garbled => "garbled",
            Self::Failed => "failed",
        }
    }

    /// Whether codes come through.
    #[must_use]
    pub const fn is_well(self) -> bool {
        matches!(self, Self::Connected)
    }
}

impl ScannerStatus {
    /// What the operator is told: what happened, and what to do.
    #[must_use]
    pub const fn text(&self, language: Language) -> &'static str {
        let (english, indonesian) = match (self.state, self.kind) {
            (ScannerState::Connected, _) => ("Connected", "Terhubung"),
            (ScannerState::Missing, _) => (
                "Not found: plug the scanner in",
                "Tidak ditemukan: pasang pemindai",
            ),
            (ScannerState::Gone, _) => (
                "Unplugged: plug the scanner in again",
                "Terlepas: pasang lagi pemindainya",
            ),
            (ScannerState::Busy, _) => (
                "Another program reads this scanner: close it",
                "Pemindai dipakai program lain: tutup program itu",
            ),
            (ScannerState::Denied, Kind::Keyboard) => (
                "May not be read: put this user into the group `input`, then restart the machine",
                "Tidak boleh dibaca: masukkan pengguna ini ke grup `input`, lalu nyalakan ulang mesin",
            ),
            (ScannerState::Denied, Kind::Serial) => (
                "May not be read: put this user into the group `dialout`, then restart the machine",
                "Tidak boleh dibaca: masukkan pengguna ini ke grup `dialout`, lalu nyalakan ulang mesin",
            ),
            (ScannerState::Garbled, _) => (
                "Sends what is no text: set the speed of the line as in the scanner's manual",
                "Mengirim yang bukan teks: atur kecepatan sesuai buku petunjuk pemindai",
            ),
            (ScannerState::Failed, _) => (
                "Cannot be used: unplug it, wait a moment, and plug it in again",
                "Tidak bisa dipakai: cabut, tunggu sebentar, lalu pasang lagi",
            ),
        };
        match language {
            Language::English => english,
            Language::Indonesian => indonesian,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_says_what_to_do_in_every_language() {
        for state in ScannerState::ALL {
            for kind in [Kind::Keyboard, Kind::Serial] {
                let (name, place) = ("X".to_owned(), "/dev/x".to_owned());
                let status = ScannerStatus {
                    name,
                    place,
                    kind,
                    state,
                    test_code: None,
                };
                let texts = Language::ALL.map(|language| status.text(language));
                assert_ne!(texts[0], texts[1]);
                let tells = texts.iter().all(|text| text.contains(": "));
                assert_eq!(tells, !state.is_well(), "{texts:?}");
            }
        }
    }
}
