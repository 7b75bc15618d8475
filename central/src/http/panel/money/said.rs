//! What went wrong and what was done about money, in both languages: `app` says errors in English.
//!
//! Invariant: every stable code that a form here can meet has Indonesian words, and a test walks them.

use axum::http::StatusCode;
use documents::Language;

use super::super::{door::Here, words::sentence};
use crate::{
    app::{
        desk::DeskError, dispute_notes::DisputeNoteError, disputes::DisputeError,
        orders::OrderError, refunds::RefundError, wristbands::WristbandError,
    },
    http::{refusal::Refusal, shop},
    store::StoreError,
};

/// What a form is answered with.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) words: String,
}

/// An error of `app`: its stable name, its sentence, and whether it is ours.
pub(super) trait Fault: std::fmt::Display {
    fn code(&self) -> String;
    fn is_ours(&self) -> bool;
}

macro_rules! fault {
    ($($kind:ty),+) => {
        $(impl Fault for $kind {
            fn code(&self) -> String {
                <$kind>::code(self).to_owned()
            }

            fn is_ours(&self) -> bool {
                <$kind>::code(self) == "internal"
            }
        })+
    };
}

fault!(RefundError, OrderError, WristbandError, DisputeNoteError);

impl Fault for DeskError {
    fn code(&self) -> String {
        let code = match self {
            Self::UnknownOrder => "unknown_order",
            Self::Amount(_) => "desk_amount",
            Self::NoReference => "no_reference",
            Self::Cancelled => "event_cancelled",
            Self::SoldOut => "given_up_and_sold_out",
            Self::Illegal(_) => "illegal_move",
            Self::Event(_) | Self::Store(_) => "internal",
        };
        code.to_owned()
    }

    fn is_ours(&self) -> bool {
        matches!(self, Self::Event(_) | Self::Store(_))
    }
}

impl Fault for DisputeError {
    fn code(&self) -> String {
        match self {
            Self::Refund(error) => error.code().to_owned(),
            Self::NoPayment => "no_payment".to_owned(),
            Self::NotDisputed => "not_disputed".to_owned(),
            Self::Provider(error) => error.code().to_owned(),
            Self::Notice(_) => "internal".to_owned(),
        }
    }

    fn is_ours(&self) -> bool {
        Fault::code(self) == "internal"
    }
}

impl Fault for StoreError {
    fn code(&self) -> String {
        "internal".to_owned()
    }

    fn is_ours(&self) -> bool {
        true
    }
}

/// The answer to a form that was not carried out; what failed inside is logged and not told.
pub(super) fn refused(here: &Here, error: &impl Fault) -> Refused {
    let language = here.door.visitor.language;
    if error.is_ours() {
        tracing::error!(%error, "panel form failed");
        let internal = Refusal::INTERNAL;
        return Refused {
            status: internal.status,
            words: here.say(internal.english, internal.indonesian).to_owned(),
        };
    }
    let known = match language {
        Language::English => None,
        Language::Indonesian => indonesian(&error.code()),
    };
    Refused {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        words: known.map_or_else(|| sentence(&error.to_string()), str::to_owned),
    }
}

/// Something in the form itself.
pub(super) fn wrong(here: &Here, english: &str, indonesian: &str) -> Refused {
    Refused {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        words: here.say(english, indonesian).to_owned(),
    }
}

fn indonesian(code: &str) -> Option<&'static str> {
    Some(match code {
        "unknown_refund" => "Pengembalian ini tidak ada: buka lagi daftarnya.",
        "nothing_left" => "Tidak ada lagi yang dapat dikembalikan.",
        "unknown_ticket" => "Itu bukan tiket pesanan ini.",
        "ticket_gone" => "Tiket itu tidak berlaku lagi, jadi tidak dapat dikembalikan lagi.",
        "refund_amount" => "Isi jumlah paling sedikit 1 dan paling banyak sisa pembayaran.",
        "keeps_tickets" => {
            "Itu semua yang tersisa: kembalikan seluruh pesanan, supaya tiketnya ikut."
        }
        "not_paid" => "Hanya pesanan yang sudah dibayar dapat dikembalikan atau dikirim ulang.",
        "disputed" => "Pembayaran disengketakan: akhiri sengketanya dahulu.",
        "asked_before" => "Pengembalian pesanan ini sudah diminta: tunggu jawabannya.",
        "too_late" => "Pengembalian tidak dapat diminta lagi.",
        "none_chosen" => "Pilih tiket yang akan dikembalikan.",
        "own_request" => "Anda yang meminta pengembalian ini: orang lain harus menyetujuinya.",
        "no_reason" => "Tulis alasannya dalam beberapa kata.",
        "illegal_move" => "Itu tidak mungkin lagi: lihat statusnya sekarang.",
        "desk_amount" => "Jumlah itu bukan harga pesanan: terima persis jumlah pesanan.",
        "no_reference" => "Tulis nomor kuitansi atau transfernya.",
        "event_cancelled" => "Acara dibatalkan: jangan terima uang untuknya.",
        "given_up_and_sold_out" => {
            "Pesanan sudah dilepas dan tempatnya habis: jangan terima uang untuknya."
        }
        "no_payment" => "Pesanan ini tidak punya pembayaran di penyedia.",
        "not_disputed" => "Pembayaran ini tidak disengketakan.",
        "bad_note" => "Catatan berisi 1 sampai 1000 karakter.",
        "unknown_dispute" => {
            "Sengketa ini sudah berakhir atau bukan dari pesanan ini: buka lagi halamannya."
        }
        "bad_lines" => {
            "Beberapa baris salah, jadi tidak ada kode yang diambil: perbaiki daftarnya."
        }
        "serials_used_up" => "Nomor seri acara ini tidak cukup lagi: buat rol yang lebih kecil.",
        "roll_too_large" => "Rol berisi paling banyak 50.000 gelang: buat beberapa rol.",
        "list_too_long" => {
            "Satu daftar berisi paling banyak 100.000 kode: impor sebagai beberapa rol, masing-masing dengan nama sendiri."
        }
        "bad_roll" => "Rol perlu nama 1 sampai 100 karakter dan paling sedikit satu gelang.",
        "binds_no_wristbands" => "Acara ini tidak memakai gelang: aktifkan di pengaturannya.",
        "roll_name_taken" => "Acara ini sudah punya rol dengan nama itu: pilih nama lain.",
        "unknown_roll" => "Rol ini tidak ada: buka lagi daftarnya.",
        "unknown_wristband" => "Tidak ada rol dengan kode ini: periksa kodenya.",
        "already_void" => "Sudah ditarik.",
        "printed_elsewhere" => "Rol ini dicetak di tempat lain, jadi kodenya tidak ada di sini.",
        "provider_unreachable" | "provider_unavailable" => {
            "Penyedia pembayaran tidak menjawab: coba lagi sebentar lagi."
        }
        "provider_refused" | "provider_impossible" | "provider_not_allowed" => {
            "Penyedia pembayaran menolak: lihat statusnya di sana."
        }
        "provider_unknown_payment" => "Penyedia tidak mengenal pembayaran ini.",
        "provider_wrong_key" => "Penyedia menolak kunci kami: periksa pengaturannya.",
        "provider_malformed" => "Jawaban penyedia tidak terbaca: coba lagi.",
        _ => return shop::indonesian(code),
    })
}

/// What was just done; `None` for what is not on the list.
pub(in crate::http::panel) fn done(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "refund_asked" => (
            "The refund is asked for: somebody else agrees to it, or an administrator.",
            "Pengembalian diminta: orang lain menyetujuinya, atau administrator.",
        ),
        "refund_agreed" => (
            "The refund is agreed: tickets that it names open no gate any more, and the buyer is told.",
            "Pengembalian disetujui: tiket yang disebutnya tidak berlaku lagi, dan pembeli diberi tahu.",
        ),
        "refund_declined" => (
            "The refund is declined, and the buyer is told.",
            "Pengembalian ditolak, dan pembeli diberi tahu.",
        ),
        "refund_again" => ("The provider is asked again.", "Penyedia diminta lagi."),
        "refund_taken" => (
            "The refund is yours: give the money back, then write down its number.",
            "Pengembalian diambil alih: kembalikan uangnya, lalu catat nomornya.",
        ),
        "refund_done" => (
            "It is written down: the money has gone back.",
            "Tercatat: uang sudah kembali.",
        ),
        "taken" => (
            "The money is recorded, and the tickets are issued and on their way.",
            "Uang tercatat, tiket diterbitkan dan sedang dikirim.",
        ),
        "checked" => (
            "The provider's records were read again.",
            "Catatan penyedia sudah dibaca lagi.",
        ),
        "accepted" => ("The payment is let through.", "Pembayaran diloloskan."),
        "denied" => ("The payment is refused.", "Pembayaran ditolak."),
        "dispute_won" => (
            "The dispute is won: the tickets are good again.",
            "Sengketa menang: tiket berlaku lagi.",
        ),
        "dispute_lost" => (
            "The dispute is lost: the money and its tickets are gone.",
            "Sengketa kalah: uang dan tiketnya hilang.",
        ),
        "dated" => ("The date is kept.", "Tanggalnya disimpan."),
        "undated" => ("The date is taken away.", "Tanggalnya dihapus."),
        "letter_again" => (
            "It is tried again within a minute.",
            "Surat dicoba lagi dalam satu menit.",
        ),
        "roll_made" => (
            "The roll is made: print its sheets below.",
            "Rol dibuat: cetak lembarnya di bawah.",
        ),
        "roll_taken" => ("The roll is taken in.", "Rol sudah diambil."),
        "roll_void" => (
            "It is withdrawn: gates hear of it at their next contact.",
            "Sudah ditarik: gerbang tahu pada kontak berikutnya.",
        ),
        "pattern" => (
            "Numbers are written like this from now on.",
            "Mulai sekarang nomor ditulis seperti ini.",
        ),
        "client" => (
            "The organiser is changed: new letters and invoices show it.",
            "Penyelenggara diubah: surat dan faktur baru memakainya.",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_money_has_indonesian_words() {
        let sources = [
            include_str!("../../../app/refunds/error.rs"),
            include_str!("../../../app/wristbands/error.rs"),
            include_str!("../../../app/dispute_notes.rs"),
            include_str!("said.rs")
                .split("#[cfg(test)]")
                .next()
                .expect("code"),
        ];
        let codes = sources.iter().flat_map(|text| text.split("=> \"").skip(1));
        let codes: Vec<_> = codes.filter_map(|rest| rest.split('"').next()).collect();
        let is_code = |code: &&&str| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let codes: Vec<_> = codes.iter().filter(is_code).collect();
        assert!(codes.len() > 25, "{codes:?}");
        let missing = codes.iter().filter(|code| indonesian(code).is_none());
        let missing: Vec<_> = missing.filter(|code| ***code != "internal").collect();
        assert!(missing.is_empty(), "no Indonesian words: {missing:?}");
    }

    #[test]
    fn what_was_done_is_a_closed_list() {
        assert_eq!(done("<b>refund_done</b>"), None);
        assert!(done("refund_done").is_some());
    }
}
