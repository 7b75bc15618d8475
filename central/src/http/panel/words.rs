//! What is wrong with accounts, and what was just done, in both languages: `app` says errors in English.
//!
//! Invariant: every stable code of [`UserError`] has Indonesian words here, and a test walks them all. What was done is
//! a closed list, so an address with other words in it says nothing.

use documents::Language;
use sync_protocol::time::Timestamp;

use super::money;
use crate::{
    app::users::UserError,
    http::{refusal::Refusal, shop},
};

/// The sentence of an error; what failed inside is logged and not told.
pub(super) fn user(error: &UserError, now: Timestamp, language: Language) -> String {
    if let UserError::Store(error) = error {
        tracing::error!(%error, "panel form failed");
    }
    let waiting = match error {
        UserError::Wait(until) => {
            let minutes = (until.0 - now.0).max(0) / 60_000 + 1;
            Some(match language {
                Language::English => format!("Too many attempts: try again in {minutes} min."),
                Language::Indonesian => {
                    format!("Terlalu banyak percobaan: coba lagi {minutes} menit lagi.")
                }
            })
        }
        _ => None,
    };
    waiting.unwrap_or_else(|| match language {
        Language::English if matches!(error, UserError::Store(_)) => {
            Refusal::INTERNAL.english.to_owned()
        }
        Language::English => sentence(&error.to_string()),
        Language::Indonesian => {
            indonesian(error.code()).map_or_else(|| sentence(&error.to_string()), str::to_owned)
        }
    })
}

/// Errors are said in the middle of a line elsewhere.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{}{}{end}", first.unwrap_or_default(), letters.as_str())
}

fn indonesian(code: &str) -> Option<&'static str> {
    Some(match code {
        "sign_in_wrong" => "Alamat dan kata sandi ini tidak cocok: periksa keduanya.",
        "sign_in_wait" => "Terlalu banyak percobaan: tunggu sebentar lalu coba lagi.",
        "one_time_over" => "Kata sandi sekali pakai ini sudah terlalu lama: minta yang baru.",
        "password_short" => "Pilih kata sandi paling sedikit 10 karakter.",
        "password_long" => "Pilih kata sandi paling banyak 256 bita.",
        "password_poor" => "Pilih kata sandi yang bukan kata sandi lama dan bukan alamat Anda.",
        "code_wrong" => "Kode ini salah atau sudah dipakai: tunggu kode berikutnya.",
        "has_second_factor" => "Faktor kedua sudah aktif.",
        "no_second_factor" => "Mulai lagi: tidak ada faktor kedua yang sedang dipasang.",
        "reset_over" => "Tautan ini sudah terlalu lama atau sudah dipakai: minta yang baru.",
        "account_name" => "Nama berisi 1 sampai 100 karakter.",
        "email_taken" => "Sudah ada akun dengan alamat ini.",
        "works_gates" => "Petugas gerbang tidak punya akun panel: pakai alamat lain.",
        "unknown_account" => "Akun ini tidak ada.",
        "unknown_role" => "Pilih peran untuk panel.",
        "unknown_client" => "Penyelenggara ini tidak ada: buka daftarnya.",
        "no_client" => "Pilih penyelenggara akun ini.",
        "no_events" => "Pilih paling sedikit satu acara untuk peran ini.",
        "not_yours_to_give" => "Anda tidak dapat memberi hak yang tidak Anda miliki.",
        "last_admin" => {
            "Ini akun terakhir yang boleh segalanya: buat dahulu akun lain yang seperti itu."
        }
        "own_account" => "Ini akun Anda sendiri: mintalah orang lain melakukannya.",
        "client_slug" => "Nama pendek berisi 2 sampai 80 huruf kecil, angka, dan tanda hubung.",
        "client_slug_taken" => "Nama pendek ini sudah dipakai penyelenggara lain.",
        _ => return shop::indonesian(code),
    })
}

/// What was just done; `None` for what is not on the list.
pub(super) fn done(code: &str, language: Language) -> Option<&'static str> {
    let (english, indonesian) = match code {
        "signed_out" => ("You are signed out.", "Anda sudah keluar."),
        "asked" => (
            "If this address has an account, a letter with a link is on its way.",
            "Jika alamat ini punya akun, surat berisi tautan sedang dikirim.",
        ),
        "reset" => (
            "Your password is changed: sign in with it.",
            "Kata sandi sudah diganti: masuklah dengan kata sandi itu.",
        ),
        "password" => ("Your password is changed.", "Kata sandi sudah diganti."),
        "sessions_ended" => (
            "You are signed out everywhere else.",
            "Anda sudah keluar di semua tempat lain.",
        ),
        "session_ended" => ("The session is ended.", "Sesi sudah diakhiri."),
        "factor_off" => ("The second factor is off.", "Faktor kedua sudah dimatikan."),
        "published" => (
            "The event is open to the public.",
            "Acara sudah dibuka untuk umum.",
        ),
        "opening_asked" => (
            "Whoever may open the event is told.",
            "Mereka yang boleh membuka acara diberi tahu.",
        ),
        "opening_declined" => (
            "It is declined: whoever asked reads that on the event's page.",
            "Sudah ditolak: yang meminta membacanya di halaman acara.",
        ),
        "opening_withdrawn" => (
            "It is taken back: nobody is asked to open the event any more.",
            "Sudah ditarik kembali: tidak ada lagi yang diminta membuka acara.",
        ),
        "drafted" => (
            "The draft is made: go on step by step.",
            "Draf sudah dibuat: lanjutkan langkah demi langkah.",
        ),
        "copied" => (
            "The copy is made: look through its steps.",
            "Salinan sudah dibuat: periksa langkah-langkahnya.",
        ),
        "promo_on" => ("The code can be used.", "Kode dapat dipakai."),
        "promo_off" => (
            "The code is ended: no new order can use it.",
            "Kode diakhiri: pesanan baru tidak dapat memakainya.",
        ),
        "saved" => ("Saved.", "Tersimpan."),
        "removed" => ("It is taken away.", "Sudah dihapus."),
        "promos" => (
            "The codes are made: take them away as a file.",
            "Kode-kode sudah dibuat: unduh sebagai berkas.",
        ),
        "postponed" => (
            "The event is postponed, and its buyers are told.",
            "Acara ditunda, dan pembelinya diberi tahu.",
        ),
        "event_cancelled" => (
            "The event is cancelled. Refunds are under way.",
            "Acara dibatalkan. Pengembalian dana sedang berjalan.",
        ),
        "closed" => ("Sales are closed.", "Penjualan sudah ditutup."),
        "noted" => ("Your note is kept.", "Catatan Anda sudah disimpan."),
        "revoked" => (
            "The node is revoked: it erases its replica at the next contact.",
            "Perangkat dicabut: replikanya dihapus pada kontak berikutnya.",
        ),
        "kept" => ("The filters are kept.", "Saringan sudah disimpan."),
        "forgotten" => ("The filters are forgotten.", "Saringan sudah dihapus."),
        "flagged" => ("The order is flagged.", "Pesanan sudah ditandai."),
        "looked" => (
            "The order is off the list. It comes back when something new happens.",
            "Pesanan sudah keluar dari daftar. Ia kembali bila ada hal baru.",
        ),
        "address" => (
            "The order has its new address, and the old one is told.",
            "Pesanan memakai alamat baru, dan alamat lama diberi tahu.",
        ),
        "unflagged" => ("The flag is taken away.", "Tanda sudah dihapus."),
        "papers" => (
            "Tickets and receipt are on their way to the buyer again.",
            "Tiket dan kuitansi sedang dikirim lagi kepada pembeli.",
        ),
        "cancelled" => (
            "The order is cancelled, and its places are free again.",
            "Pesanan dibatalkan, dan tempatnya tersedia lagi.",
        ),
        "role" => ("The role is changed.", "Peran sudah diubah."),
        "enabled" => ("The account may sign in.", "Akun boleh masuk."),
        "disabled" => (
            "The account may not sign in any more, and its sessions are ended.",
            "Akun tidak boleh masuk lagi, dan sesinya sudah diakhiri.",
        ),
        code => match money::done(code) {
            Some(words) => words,
            None => return super::gates::done(code, language),
        },
    };
    Some(match language {
        Language::English => english,
        Language::Indonesian => indonesian,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_accounts_has_indonesian_words() {
        let codes = include_str!("../../app/users/error.rs")
            .split("=> \"")
            .skip(1);
        let codes: Vec<_> = codes.filter_map(|rest| rest.split('"').next()).collect();
        assert!(codes.len() > 20, "{codes:?}");
        let missing: Vec<_> = codes
            .into_iter()
            .filter(|code| indonesian(code).is_none())
            .collect();
        assert!(missing.is_empty(), "no Indonesian words: {missing:?}");
    }

    #[test]
    fn what_was_done_is_a_closed_list() {
        assert_eq!(done("<b>paid</b>", Language::English), None);
        assert_eq!(done("", Language::Indonesian), None);
        assert!(done("role", Language::English).is_some());
    }
}
