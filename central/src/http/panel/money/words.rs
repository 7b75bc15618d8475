//! Stable names of money as people read them. A name that has no words here is the provider's or new, and is shown as it
//! is.

use documents::Language;

use super::super::{list::Choice, status::Mark};
use crate::domain::{
    dispute::DisputeStatus,
    letter::LetterKind,
    payment::PaymentStatus,
    refund::{RefundReason, RefundStatus},
};

const fn pick<'a>(language: Language, (english, indonesian): (&'a str, &'a str)) -> &'a str {
    match language {
        Language::English => english,
        Language::Indonesian => indonesian,
    }
}

pub(in crate::http::panel) const fn payment(status: PaymentStatus, language: Language) -> Mark {
    use PaymentStatus as P;
    let (words, colour) = match status {
        P::Pending => (("Waiting for money", "Menunggu uang"), "wait"),
        P::Success => (("Paid", "Dibayar"), "good"),
        P::Failed => (("Failed", "Gagal"), "calm"),
        P::Expired => (("Not paid in time", "Lewat waktu"), "calm"),
        P::PartlyRefunded => (("Partly given back", "Dikembalikan sebagian"), "wait"),
        P::Refunded => (("Given back", "Dikembalikan"), "calm"),
        P::Disputed => (("Disputed", "Disengketakan"), "bad"),
        P::Review => (("To be looked at", "Perlu dilihat"), "bad"),
    };
    (pick(language, words), colour)
}

pub(in crate::http::panel) const fn refund(status: RefundStatus, language: Language) -> Mark {
    use RefundStatus as R;
    let (words, colour) = match status {
        R::Requested => (("Asked for", "Diminta"), "wait"),
        R::Declined => (("Declined", "Ditolak"), "calm"),
        R::Overtaken => (("Not needed any more", "Tidak perlu lagi"), "calm"),
        R::Approved => (("Agreed", "Disetujui"), "wait"),
        R::Sent => (("At the provider", "Di penyedia"), "wait"),
        R::Done => (("Done", "Selesai"), "good"),
        R::Failed => (("Refused by the provider", "Ditolak penyedia"), "bad"),
        R::Manual => (("By hand", "Dengan tangan"), "bad"),
        R::Void => (("Void", "Batal"), "calm"),
    };
    (pick(language, words), colour)
}

/// What is to be done about a refund next.
pub(super) const fn next(status: RefundStatus, language: Language) -> &'static str {
    use RefundStatus as R;
    let words = match status {
        R::Requested => ("Agree or decline.", "Setujui atau tolak."),
        R::Approved => (
            "Nothing: the provider is asked within a minute.",
            "Tidak ada: penyedia diminta dalam satu menit.",
        ),
        R::Sent => (
            "Wait for the provider; it is asked until it answers.",
            "Tunggu penyedia; permintaan diulang sampai dijawab.",
        ),
        R::Failed => (
            "Try again, or give the money back by hand.",
            "Coba lagi, atau kembalikan uangnya dengan tangan.",
        ),
        R::Manual => (
            "Give the money back, then write down the number of the transfer.",
            "Kembalikan uangnya, lalu catat nomor transfernya.",
        ),
        R::Done => (
            "Nothing: the money has gone back.",
            "Tidak ada: uang sudah kembali.",
        ),
        R::Declined => (
            "Nothing: the buyer was told.",
            "Tidak ada: pembeli sudah diberi tahu.",
        ),
        R::Overtaken => (
            "Nothing: it went back another way.",
            "Tidak ada: uang kembali lewat jalan lain.",
        ),
        R::Void => (
            "Nothing: the money never came.",
            "Tidak ada: uangnya tidak pernah datang.",
        ),
    };
    pick(language, words)
}

pub(in crate::http::panel) const fn reason(
    reason: RefundReason,
    language: Language,
) -> &'static str {
    use RefundReason as R;
    let words = match reason {
        R::BuyerRequest => ("Its buyer asks", "Diminta pembeli"),
        R::Staff => ("Asked for here", "Diminta di sini"),
        R::EventCancelled => ("The event is off", "Acara dibatalkan"),
        R::PaidWithoutStock => ("Paid late, sold out", "Dibayar terlambat, habis"),
        R::PaidTwice => ("Paid twice", "Dibayar dua kali"),
        R::RefundedElsewhere => ("Given back elsewhere", "Dikembalikan di tempat lain"),
        R::DisputeLost => ("Dispute lost", "Sengketa kalah"),
    };
    pick(language, words)
}

pub(super) const fn dispute(status: DisputeStatus, language: Language) -> Mark {
    let (words, colour) = match status {
        DisputeStatus::Open => (("Open", "Terbuka"), "bad"),
        DisputeStatus::Won => (("Won", "Menang"), "good"),
        DisputeStatus::Lost => (("Lost", "Kalah"), "calm"),
    };
    (pick(language, words), colour)
}

/// Ways of paying that a list can be narrowed to.
pub(super) const CHANNELS: [&str; 11] = [
    "qris",
    "gopay",
    "shopeepay",
    "bank_transfer",
    "echannel",
    "permata",
    "credit_card",
    "cstore",
    "cash",
    "transfer",
    "terminal",
];

/// These as a list offers them.
pub(super) fn channels(language: Language) -> impl Iterator<Item = Choice> {
    let all = CHANNELS.iter();
    all.map(move |one| ((*one).to_owned(), channel(one, language)))
}

pub(in crate::http::panel) fn channel(name: &str, language: Language) -> String {
    let words = match name {
        "" => ("not chosen yet", "belum dipilih"),
        "qris" => ("QRIS", "QRIS"),
        "gopay" => ("GoPay", "GoPay"),
        "shopeepay" => ("ShopeePay", "ShopeePay"),
        "bank_transfer" => ("Virtual account", "Rekening virtual"),
        "echannel" => ("Mandiri Bill", "Mandiri Bill"),
        "permata" => ("Permata account", "Rekening Permata"),
        "credit_card" => ("Card", "Kartu"),
        "cstore" => ("Shop counter", "Gerai"),
        "cash" => ("Cash at the desk", "Tunai di loket"),
        "transfer" => ("Transfer seen at the desk", "Transfer, dicatat loket"),
        "terminal" => ("Card terminal at the desk", "Mesin kartu di loket"),
        other => (other, other),
    };
    pick(language, words).to_owned()
}

pub(in crate::http::panel) fn provider(name: &str, language: Language) -> String {
    let words = match name {
        "midtrans" => ("Midtrans", "Midtrans"),
        "on_site" => ("Our own desk", "Loket kami"),
        other => (other, other),
    };
    pick(language, words).to_owned()
}

pub(in crate::http::panel) const fn letter(kind: LetterKind, language: Language) -> &'static str {
    use LetterKind as L;
    let words = match kind {
        L::Tickets => ("Tickets", "Tiket"),
        L::TicketsAgain => ("Tickets once more", "Tiket sekali lagi"),
        L::PaymentPending => ("Waiting for payment", "Menunggu pembayaran"),
        L::PaymentExpired => ("Time to pay is over", "Waktu bayar habis"),
        L::Refund => ("Refund", "Pengembalian dana"),
        L::EventReminder => ("Reminder of the event", "Pengingat acara"),
        L::EventCancelled => ("Event cancelled", "Acara dibatalkan"),
        L::EventPostponed => ("Event postponed", "Acara ditunda"),
        L::AddressChanged => ("Address changed", "Alamat diubah"),
        L::EventMoved => ("Event moved", "Acara dipindah"),
        L::PaymentReversed => ("Payment taken back", "Pembayaran ditarik"),
        L::PaymentDisputed => ("Payment disputed", "Pembayaran disengketakan"),
        L::DisputeWon => ("Tickets good again", "Tiket berlaku lagi"),
        L::SalesDigest => ("Sales of the organiser", "Penjualan penyelenggara"),
        L::TrackingCode => ("Way back to an order", "Jalan kembali ke pesanan"),
        L::PasswordReset => ("Way to a password", "Jalan ke kata sandi"),
        L::OpeningAsked => ("Opening asked for", "Minta dibuka"),
    };
    pick(language, words)
}

/// What happened to money, by the name that the audit trail has for it; `None` = it is about something else.
pub(in crate::http::panel) fn happened(action: &str, language: Language) -> Option<&'static str> {
    let words = match action {
        "payment.paid" => ("Money came", "Uang datang"),
        "payment.by_hand" => ("Money taken by hand", "Uang diterima dengan tangan"),
        "payment.paid_twice" => ("Paid a second time", "Dibayar kedua kali"),
        "payment.paid_without_stock" => ("Paid late, sold out", "Dibayar terlambat, habis"),
        "payment.challenge_approved" => ("Suspicion cleared", "Kecurigaan ditepis"),
        "payment.challenge_denied" => ("Refused for suspicion", "Ditolak karena curiga"),
        "payment.reversed" => ("Money taken back", "Uang ditarik kembali"),
        "payment.disputed" => ("Dispute begun", "Sengketa dimulai"),
        "payment.dispute_won" => ("Dispute won", "Sengketa menang"),
        "payment.dispute_lost" => ("Dispute lost", "Sengketa kalah"),
        "dispute.noted" => ("Note on the dispute", "Catatan sengketa"),
        "dispute.due" => ("Answer to the bank dated", "Tenggat jawaban dicatat"),
        "refund.requested" => ("Refund asked for", "Pengembalian diminta"),
        "refund.approved" => ("Refund agreed", "Pengembalian disetujui"),
        "refund.declined" => ("Refund declined", "Pengembalian ditolak"),
        "refund.retried" => ("Refund tried again", "Pengembalian dicoba lagi"),
        "refund.taken_over" => ("Refund taken over", "Pengembalian diambil alih"),
        "refund.done" => ("Money went back", "Uang kembali"),
        "refund.void" => ("Refund void", "Pengembalian batal"),
        "refund.overtaken" => ("Refund not needed", "Pengembalian tidak perlu"),
        "order.cancel" => ("Order cancelled", "Pesanan dibatalkan"),
        "order.attention" => ("To be looked at", "Perlu dilihat"),
        "order.looked_at" => ("Somebody has looked", "Sudah dilihat"),
        "order.address" => ("Buyer's address changed", "Alamat pembeli diubah"),
        "order.flag" => ("Flag set", "Ditandai"),
        "order.unflag" => ("Flag taken away", "Tanda dihapus"),
        "order.papers_taken" => ("Papers taken away", "Dokumen diunduh"),
        "letter.again" => ("Letter sent again", "Surat dikirim ulang"),
        "order.papers" => ("Papers sent again", "Dokumen dikirim ulang"),
        _ => return None,
    };
    Some(pick(language, words))
}

/// What stopped the last try, by its stable name.
pub(super) fn stopped(code: &str, language: Language) -> String {
    let words = match code {
        "taken_over" => ("taken over by a person", "diambil alih"),
        "disputed" => ("the payment is disputed", "pembayaran disengketakan"),
        "closed_at_night" => ("the provider rests at night", "penyedia tutup malam ini"),
        "provider_unreachable" => (
            "the provider cannot be reached",
            "penyedia tidak terjangkau",
        ),
        "provider_unavailable" => ("the provider does not work", "penyedia sedang terganggu"),
        "provider_wrong_key" => ("the provider does not know our key", "kunci penyedia salah"),
        "provider_unknown_payment" => (
            "the provider does not know it",
            "penyedia tidak mengenalnya",
        ),
        "provider_not_allowed" => (
            "the provider has no way back for it",
            "penyedia tidak dapat mengembalikannya",
        ),
        "provider_balance_too_low" => ("the balance is too low", "saldo tidak cukup"),
        "provider_not_settled" => (
            "the money has not settled yet",
            "uang belum selesai diproses",
        ),
        "provider_refused" => ("the provider refused", "penyedia menolak"),
        "provider_malformed" => (
            "the provider's answer was not understood",
            "jawaban penyedia tidak terbaca",
        ),
        "provider_unsupported" => ("not possible at the provider", "tidak didukung penyedia"),
        "mail_unreachable" => (
            "the mail server cannot be reached",
            "server surat tidak terjangkau",
        ),
        "mail_certificate" => (
            "the mail server's certificate is bad",
            "sertifikat server surat tidak sah",
        ),
        "mail_unsuited" => (
            "the mail server lacks what is needed",
            "server surat tidak sesuai",
        ),
        "mail_unfit" => ("the letter cannot be written", "surat tidak dapat ditulis"),
        "mail_folder" => ("the folder cannot be written", "folder tidak dapat ditulis"),
        refused if refused.starts_with("mail_refused") => {
            let said = pick(
                language,
                ("the mail server refused", "server surat menolak"),
            );
            let number = refused.rsplit('_').next().unwrap_or_default();
            return format!("{said} ({number})");
        }
        other => (other, other),
    };
    pick(language, words).to_owned()
}

/// What came of a provider's notice, by its stable name.
pub(in crate::http::panel) fn outcome(name: &str, language: Language) -> String {
    let words = match name {
        "" => ("not handled yet", "belum ditangani"),
        "paid" => ("paid", "dibayar"),
        "paid_after_release" => ("paid after its time", "dibayar lewat waktu"),
        "pending" => ("begun", "dimulai"),
        "attempt_failed" => ("attempt failed", "percobaan gagal"),
        "failed" => ("failed", "gagal"),
        "cancelled" => ("cancelled", "dibatalkan"),
        "expired" => ("not paid in time", "tidak dibayar"),
        "paid_without_stock" => ("goes back: sold out", "kembali: habis"),
        "paid_twice" => ("goes back: paid twice", "kembali: dibayar dua kali"),
        "reversed" => ("taken back", "ditarik kembali"),
        "disputed" => ("disputed", "disengketakan"),
        "refunded" => ("given back", "dikembalikan"),
        "bad_signature" => ("not believed: bad proof", "tidak dipercaya: bukti salah"),
        "malformed" => ("not believed: not a notice", "tidak dipercaya: bukan kabar"),
        "unknown_order" => ("no such order", "pesanan tidak ada"),
        "unknown_payment" => ("no such payment", "pembayaran tidak ada"),
        other => (other, other),
    };
    pick(language, words).to_owned()
}
