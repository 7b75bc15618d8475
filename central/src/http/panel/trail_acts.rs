//! Acts of the audit trail in words, by the stable names under which it keeps them, and what they are done to. Acts of money
//! are `money::words`'s.
//!
//! A test walks the sources for every act; one that comes from an older program and has no words here is shown by its name.

use documents::Language;

use super::money::words;

/// An act and the words for it.
const ACTS: &[(&str, &str, &str)] = &[
    ("audit.check", "Logs checked", "Log diperiksa"),
    ("category.create", "Category made", "Kategori dibuat"),
    (
        "category.order",
        "Categories put in order",
        "Kategori diurutkan",
    ),
    ("category.remove", "Category removed", "Kategori dihapus"),
    (
        "category.rename",
        "Category renamed",
        "Kategori diganti nama",
    ),
    ("client.change", "Organiser changed", "Penyelenggara diubah"),
    (
        "client.create",
        "Organiser taken in",
        "Penyelenggara didaftarkan",
    ),
    ("conflict.decide", "Conflict decided", "Konflik diputuskan"),
    ("conflict.note", "Note on a conflict", "Catatan konflik"),
    (
        "conflict.reopen",
        "Conflict opened again",
        "Konflik dibuka lagi",
    ),
    (
        "event.access",
        "Days of types changed",
        "Hari jenis tiket diubah",
    ),
    ("event.cancelled", "Event cancelled", "Acara dibatalkan"),
    ("event.change", "Event changed", "Acara diubah"),
    (
        "event.charges",
        "Fees and taxes set",
        "Biaya dan pajak diatur",
    ),
    ("event.copy", "Event copied", "Acara disalin"),
    ("event.create", "Event made", "Acara dibuat"),
    ("event.day_added", "Day added", "Hari ditambah"),
    ("event.day_removed", "Day removed", "Hari dihapus"),
    ("event.day_renamed", "Day renamed", "Hari diganti nama"),
    ("event.days", "Days moved", "Hari dipindah"),
    ("event.draft", "Draft changed", "Draf diubah"),
    ("event.gate_added", "Gate added", "Gerbang ditambah"),
    ("event.gate_removed", "Gate removed", "Gerbang dihapus"),
    ("event.gate_renamed", "Gate renamed", "Gerbang diganti nama"),
    (
        "event.group_discounts",
        "Group discounts set",
        "Potongan rombongan diatur",
    ),
    (
        "event.idle_lock",
        "Time until gates lock set",
        "Waktu kunci gerbang diatur",
    ),
    (
        "event.opening_ask",
        "Opening asked for",
        "Pembukaan diminta",
    ),
    (
        "event.opening_decline",
        "Opening declined",
        "Pembukaan ditolak",
    ),
    (
        "event.opening_withdraw",
        "Wish for opening taken back",
        "Permintaan pembukaan ditarik",
    ),
    (
        "event.operators_off",
        "Gates opened to all",
        "Gerbang dibuka tanpa masuk",
    ),
    ("event.postponed", "Event postponed", "Acara ditunda"),
    (
        "event.receipt_pattern",
        "Numbers of receipts set",
        "Nomor faktur diatur",
    ),
    (
        "event.refund_rule",
        "Rule of refunds set",
        "Aturan pengembalian diatur",
    ),
    (
        "event.refunded",
        "Orders of the event refunded",
        "Pesanan acara dikembalikan",
    ),
    (
        "event.rehearsal",
        "Rehearsal codes made",
        "Kode latihan dibuat",
    ),
    (
        "event.rules",
        "Rules of the gates set",
        "Aturan gerbang diatur",
    ),
    (
        "event.search_change",
        "Passphrase changed",
        "Frasa sandi diganti",
    ),
    (
        "event.search_cleared",
        "Names for the search cleared",
        "Nama untuk pencarian dibersihkan",
    ),
    (
        "event.search_off",
        "Search by name off",
        "Pencarian nama dimatikan",
    ),
    (
        "event.search_on",
        "Search by name on",
        "Pencarian nama diaktifkan",
    ),
    (
        "event.search_sealed",
        "Names for the search sealed",
        "Nama untuk pencarian disegel",
    ),
    (
        "event.status",
        "Status of the event changed",
        "Status acara diubah",
    ),
    ("node.change", "Node changed", "Perangkat diubah"),
    ("node.code", "Code for a node made", "Kode perangkat dibuat"),
    (
        "node.code_withdrawn",
        "Code for a node withdrawn",
        "Kode perangkat ditarik",
    ),
    ("node.enrol", "Node taken in", "Perangkat didaftarkan"),
    (
        "node.import",
        "Log taken in from a file",
        "Log diambil dari berkas",
    ),
    (
        "node.import_refused",
        "Log in a file refused",
        "Log dalam berkas ditolak",
    ),
    (
        "node.quarantine",
        "Node quarantined",
        "Perangkat dikarantina",
    ),
    ("node.release", "Node released", "Perangkat dilepas"),
    ("node.revoke", "Node revoked", "Perangkat dicabut"),
    (
        "order.attention_over",
        "Reason to look is over",
        "Tidak perlu dilihat lagi",
    ),
    ("promo.create", "Promo code made", "Kode promo dibuat"),
    (
        "promo.create_many",
        "Promo codes made",
        "Banyak kode promo dibuat",
    ),
    ("promo.limit", "Promo code limited", "Kode promo dibatasi"),
    (
        "promo.status",
        "Promo code switched",
        "Kode promo diaktifkan atau dimatikan",
    ),
    ("quota.change", "Quota changed", "Kuota diubah"),
    ("quota.create", "Quota made", "Kuota dibuat"),
    ("quota.remove", "Quota removed", "Kuota dihapus"),
    (
        "role.change",
        "Rights of a role changed",
        "Hak peran diubah",
    ),
    ("staff.add", "Gate staff taken in", "Petugas didaftarkan"),
    ("staff.assign", "Gate staff assigned", "Petugas ditugaskan"),
    (
        "staff.disable",
        "Gate staff disabled",
        "Petugas dinonaktifkan",
    ),
    ("staff.enable", "Gate staff enabled", "Petugas diaktifkan"),
    (
        "staff.reset",
        "Gate secret made anew",
        "Rahasia gerbang dibuat lagi",
    ),
    (
        "staff.withdraw",
        "Gate staff withdrawn",
        "Tugas petugas dicabut",
    ),
    ("type.change", "Ticket type changed", "Jenis tiket diubah"),
    ("type.create", "Ticket type made", "Jenis tiket dibuat"),
    (
        "type.order",
        "Ticket types put in order",
        "Jenis tiket diurutkan",
    ),
    (
        "type.place",
        "Gates of a type changed",
        "Gerbang jenis tiket diubah",
    ),
    ("type.remove", "Ticket type removed", "Jenis tiket dihapus"),
    ("user.create", "Account made", "Akun dibuat"),
    ("user.disable", "Account disabled", "Akun dinonaktifkan"),
    ("user.enable", "Account enabled", "Akun diaktifkan"),
    (
        "user.new_password",
        "One-time password made",
        "Kata sandi sekali pakai dibuat",
    ),
    (
        "user.password_change",
        "Password changed",
        "Kata sandi diganti",
    ),
    (
        "user.recovery_code",
        "Recovery code used",
        "Kode cadangan dipakai",
    ),
    (
        "user.reset",
        "Password set by a link",
        "Kata sandi diatur lewat tautan",
    ),
    (
        "user.reset_ask",
        "Link for a password asked for",
        "Tautan kata sandi diminta",
    ),
    ("user.role", "Role given", "Peran diberikan"),
    (
        "user.second_factor_off",
        "Second factor off",
        "Faktor kedua dimatikan",
    ),
    (
        "user.second_factor_on",
        "Second factor on",
        "Faktor kedua diaktifkan",
    ),
    ("user.session_end", "Sessions ended", "Sesi diakhiri"),
    ("user.sign_in", "Signed in", "Masuk"),
    ("user.sign_in_refused", "Sign-in refused", "Gagal masuk"),
    ("user.sign_out", "Signed out", "Keluar"),
    ("wristband.import", "Roll taken in", "Rol dimasukkan"),
    (
        "wristband.print",
        "Codes of a roll taken away",
        "Kode rol diunduh",
    ),
    ("wristband.roll", "Roll made", "Rol dibuat"),
    ("wristband.void", "Wristband withdrawn", "Gelang ditarik"),
    ("wristband.void_roll", "Roll withdrawn", "Rol ditarik"),
];

/// What acts are done to, and the words for it.
const THINGS: &[(&str, &str, &str)] = &[
    ("check", "a check", "pemeriksaan"),
    ("client", "an organiser", "penyelenggara"),
    ("enrolment", "a code for a node", "kode perangkat"),
    ("event", "an event", "acara"),
    ("letter", "a letter", "surat"),
    ("node", "a node", "perangkat"),
    ("order", "an order", "pesanan"),
    ("panel", "the panel", "panel"),
    ("promo_code", "a promo code", "kode promo"),
    ("role", "a role", "peran"),
    ("shared_quota", "a quota", "kuota"),
    ("staff", "a person at gates", "petugas gerbang"),
    ("ticket_category", "a category", "kategori"),
    ("ticket_type", "a type of ticket", "jenis tiket"),
    ("user", "an account", "akun"),
    ("wristband", "a wristband", "gelang"),
    ("wristband_roll", "a roll", "rol"),
];

/// What an act was done to, in words; `None` = an older program's.
pub(super) fn thing(kind: &str, language: Language) -> Option<&'static str> {
    let found = THINGS.iter().find(|(thing, ..)| *thing == kind);
    found.map(|(_, english, indonesian)| match language {
        Language::English => *english,
        Language::Indonesian => *indonesian,
    })
}

/// An act in words; `None` = an older program's.
pub(super) fn act(name: &str, language: Language) -> Option<&'static str> {
    let pick = |english, indonesian| match language {
        Language::English => english,
        Language::Indonesian => indonesian,
    };
    if name.ends_with(".export") {
        return Some(pick("List taken away", "Daftar diunduh"));
    }
    let found = ACTS.iter().find(|(act, ..)| *act == name);
    let found = found.map(|(_, english, indonesian)| pick(*english, *indonesian));
    found.or_else(|| words::happened(name, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_stands_once_in_order_and_in_one_place() {
        assert!(ACTS.is_sorted_by(|(a, ..), (b, ..)| a < b));
        for (act, ..) in ACTS {
            let of_money = words::happened(act, Language::English);
            assert_eq!(of_money, None, "{act} has words in money::words");
        }
    }
}
