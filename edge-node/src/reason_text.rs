//! What the screen says for each reason, in each language: short, because the guest waits.
//!
//! Invariant: the match is exhaustive, so a new reason does not compile without its words. The English
//! "Ticket already exchanged" and "Ticket already used" are a promise to users, word for word.

use sync_protocol::{scan::Action, verdict::Reason};

/// A language of the gate's screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Bahasa Indonesia.
    Indonesian,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Indonesian];

    /// The tag, as in HTML.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Indonesian => "id",
        }
    }

    /// What its speakers call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Indonesian => "Indonesia",
        }
    }

    /// The language with this tag.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }
}

/// The words for a reason. "Welcome" is for those who come.
#[must_use]
pub const fn text(reason: Reason, action: Action, language: Language) -> &'static str {
    let (english, indonesian) = match (reason, action) {
        (Reason::Admitted, Action::Exit) => ("Goodbye", "Sampai jumpa"),
        (reason, _) => words(reason),
    };
    match language {
        Language::English => english,
        Language::Indonesian => indonesian,
    }
}

const fn words(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::Admitted => ("Welcome", "Silakan masuk"),
        Reason::Exchanged => ("Hand out a wristband", "Berikan gelang"),
        Reason::AlreadyExchanged => ("Ticket already exchanged", "Tiket sudah ditukar"),
        Reason::AlreadyUsed => ("Ticket already used", "Tiket sudah dipakai"),
        Reason::NotExchanged => (
            "Exchange the ticket for a wristband first",
            "Tukarkan tiket dengan gelang dulu",
        ),
        Reason::NotPaid => ("Ticket not paid", "Tiket belum dibayar"),
        Reason::Revoked => (
            "Ticket withdrawn or replaced",
            "Tiket dibatalkan atau diganti",
        ),
        Reason::Refunded => ("Ticket refunded", "Dana tiket sudah dikembalikan"),
        Reason::WrongEvent => ("Ticket of another event", "Tiket acara lain"),
        Reason::WrongGate => ("Not valid at this gate", "Tidak berlaku di gerbang ini"),
        Reason::WrongDay => ("Not valid today", "Tidak berlaku hari ini"),
        Reason::NotYetValid => ("Not valid yet", "Belum berlaku"),
        Reason::NoLongerValid => ("No longer valid", "Sudah tidak berlaku"),
        Reason::Outside => (
            "Not inside: no entry before this exit",
            "Belum tercatat masuk",
        ),
        Reason::Inside => (
            "Already inside: no exit since",
            "Sudah di dalam, belum keluar",
        ),
        Reason::UnknownTicket => ("No ticket of this event", "Bukan tiket acara ini"),
        Reason::SoldAfterLastSync => (
            "Genuine, sold after this gate's last sync",
            "Asli, dijual setelah sinkronisasi terakhir gerbang ini",
        ),
        Reason::UnknownWristband => ("Unknown wristband", "Gelang tidak dikenal"),
        Reason::BadSignature => (
            "Not a ticket of this event, or forged",
            "Bukan tiket acara ini, atau palsu",
        ),
        Reason::Unreadable => (
            "Code cannot be read: show it again",
            "Kode tidak terbaca: tunjukkan lagi",
        ),
        Reason::ReplicaIncomplete => (
            "This gate does not hold all tickets: ask a supervisor",
            "Data tiket gerbang ini belum lengkap: tanya supervisor",
        ),
        Reason::NodeLocked => (
            "This gate is locked: call the venue manager",
            "Gerbang ini terkunci: panggil manajer venue",
        ),
        Reason::TypedNumber => (
            "Good ticket, typed by hand: compare the name with an identity card",
            "Tiket sah, diketik manual: cocokkan nama dengan kartu identitas",
        ),
        Reason::Unpaired => ("Wristband taken back", "Gelang dilepas dari tiket"),
        Reason::NotPaired => (
            "No wristband to take back",
            "Tidak ada gelang untuk dilepas",
        ),
        Reason::ShowWristband => ("Now scan the wristband", "Sekarang pindai gelangnya"),
        Reason::WristbandTaken => (
            "This wristband is somebody else's: take a new one",
            "Gelang ini milik orang lain: ambil yang baru",
        ),
        Reason::WristbandVoid => (
            "This wristband was withdrawn: take it back and give a good one",
            "Gelang ini ditarik: lepas dan ganti dengan yang baik",
        ),
        Reason::BindingUnknown => (
            "Genuine wristband, exchanged where this gate has not heard of",
            "Gelang asli, penukarannya belum diketahui gerbang ini",
        ),
        Reason::SeveralAddons => (
            "Several tickets of this guest are taken here: show the one that is meant",
            "Tamu ini punya beberapa tiket di sini: tunjukkan yang dimaksud",
        ),
        Reason::NotAllowed => (
            "Not allowed here: this device or its operator may not do that",
            "Tidak diizinkan: perangkat atau petugas ini tidak berwenang",
        ),
        Reason::SignInFirst => ("Sign in first", "Masuk (login) dulu"),
        Reason::Overridden => ("Let in by a supervisor", "Diizinkan masuk oleh supervisor"),
        Reason::TurnedAway => ("Turned away by a supervisor", "Ditolak oleh supervisor"),
        Reason::Undone => (
            "Taken back: it does not count",
            "Dibatalkan: tidak dihitung",
        ),
        Reason::Rehearsal => (
            "Rehearsal: a real ticket would be let in",
            "Latihan: tiket asli akan diizinkan masuk",
        ),
        Reason::RehearsalOver => (
            "This rehearsal ticket is over: print a new sheet",
            "Tiket latihan ini sudah berakhir: cetak lembar baru",
        ),
        Reason::CannotStore => (
            "The scan cannot be stored: do not let in",
            "Pemindaian tidak dapat disimpan: jangan izinkan masuk",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn promised_words() {
        let english = |reason| text(reason, Action::Entry, Language::English);
        assert_eq!(
            english(Reason::AlreadyExchanged),
            "Ticket already exchanged"
        );
        assert_eq!(english(Reason::AlreadyUsed), "Ticket already used");
    }

    #[test]
    fn every_reason_has_words_of_its_own() {
        for language in Language::ALL {
            let texts: BTreeSet<_> = Reason::ALL
                .iter()
                .map(|r| text(*r, Action::Entry, language))
                .collect();
            assert_eq!(texts.len(), Reason::ALL.len(), "{}", language.tag());
            assert!(texts.iter().all(|t| !t.is_empty()));
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
    }

    #[test]
    fn who_leaves_is_not_welcomed() {
        let english = |action| text(Reason::Admitted, action, Language::English);
        assert_eq!(english(Action::Entry), "Welcome");
        assert_eq!(english(Action::Exit), "Goodbye");
    }
}
