//! What is wrong with a field or an order, in Indonesian: `domain` and `app` say it in English.
//!
//! Invariant: every stable code that reaches a page has a sentence here; one that has none is said in English, and
//! a test walks them all.

use documents::Language;

use crate::{app::orders::OrderError, domain::field::FieldError, http::refusal::Refusal};

/// The sentence of a field's error.
pub fn field(error: &FieldError, language: Language) -> String {
    let translated = match language {
        Language::Indonesian => indonesian(error.code),
        Language::English => None,
    };
    match translated {
        Some(sentence) => sentence.to_owned(),
        None => error.message.clone(),
    }
}

/// The sentence of an order's error.
pub fn order(error: &OrderError, language: Language) -> String {
    match (language, error) {
        (Language::Indonesian, OrderError::SoldOut(name)) => {
            format!("Tiket {name} tidak cukup lagi: pilih lebih sedikit, atau jenis lain.")
        }
        (Language::Indonesian, _) => {
            let sentence = indonesian(error.code());
            sentence.map_or_else(|| error.to_string(), str::to_owned)
        }
        // Its words are for programs.
        (Language::English, OrderError::NotStored) => {
            "The order could not be stored now: send the form again.".to_owned()
        }
        (Language::English, _) => error.to_string(),
    }
}

/// The Indonesian sentence of a stable code.
pub fn indonesian(code: &str) -> Option<&'static str> {
    Some(match code {
        "name_form" => "Isi nama lengkap seperti di kartu: 2 sampai 120 karakter.",
        "identity_type_unknown" => {
            "Pilih kartu identitas: KTP, SIM, kartu pelajar/mahasiswa, atau paspor."
        }
        "nik_length" => "Isi NIK: 16 angka, seperti di KTP.",
        "nik_province" => "Periksa NIK: dua angka pertama bukan kode provinsi.",
        "nik_birth_date" => "Periksa NIK: angka ke-7 sampai ke-12 bukan tanggal lahir.",
        "nik_serial" => "Periksa NIK: empat angka terakhir tidak mungkin 0000.",
        "sim_length" => "Isi nomor SIM: 12, 14, atau 16 angka.",
        "student_card_form" => "Isi nomor kartu pelajar/mahasiswa: 4 sampai 20 huruf atau angka.",
        "passport_form" => "Isi nomor paspor: 6 sampai 9 huruf atau angka.",
        "email_at" => "Isi alamat e-mail dengan satu @, misalnya nama@contoh.id.",
        "email_length" => "Alamat e-mail terlalu panjang: pakai yang lebih pendek.",
        "email_local" => "Periksa bagian sebelum @ pada alamat e-mail.",
        "email_domain" => "Periksa bagian sesudah @ pada alamat e-mail.",
        "phone_characters" => "Isi nomor WhatsApp dengan angka saja.",
        "phone_country_code" => "Isi nomor WhatsApp dengan kode negara, misalnya +62.",
        "phone_mobile" => "Isi nomor ponsel: nomor WhatsApp Indonesia dimulai dengan 08.",
        "phone_length" => "Periksa panjang nomor WhatsApp.",
        "language_unknown" => "Pilih bahasa Indonesia atau Inggris.",
        "items_empty" => "Pilih paling sedikit satu tiket.",
        "items_repeated" => "Sebut setiap jenis tiket satu kali saja.",
        "items_too_many" => "Pilih paling banyak 100 tiket dari 20 jenis.",
        "amount_too_large" => "Pilih lebih sedikit tiket.",
        "ticket_type_unknown" => "Pilih jenis tiket acara ini.",
        "sale_not_begun" => "Penjualan jenis tiket ini belum dimulai.",
        "sale_ended" => "Penjualan jenis tiket ini sudah berakhir.",
        "quantity_out_of_range" => "Pilih jumlah yang diperbolehkan untuk jenis tiket ini.",
        "terms_not_accepted" => "Setujui ketentuannya untuk memesan.",
        "promo_ended" => "Kode promo ini sudah berakhir: hapus kodenya.",
        "promo_not_begun" => "Kode promo ini belum berlaku: pakai nanti, atau hapus.",
        "promo_used_up" => "Kode promo ini sudah habis dipakai: hapus kodenya.",
        "promo_used_by_buyer" => {
            "Anda sudah memakai kode promo ini sebanyak yang diperbolehkan: hapus kodenya."
        }
        "promo_other_type" => {
            "Kode promo ini untuk jenis tiket lain: pilih jenis itu, atau hapus kodenya."
        }
        "promo_min_spend" => {
            "Pesanan terlalu kecil untuk kode promo ini: tambah tiket, atau hapus kodenya."
        }
        "promo_unknown" => "Kode promo ini tidak ada: periksa ejaannya, atau hapus.",
        "promo_repeated" => "Tulis setiap kode promo satu kali saja.",
        "promo_too_many" => "Pakai paling banyak 5 kode promo dalam satu pesanan.",
        "promo_not_stackable" => "Salah satu kode promo ini tidak dapat digabung: pakai satu saja.",
        "attendees_count" => {
            "Isi satu nama per tiket, atau kosongkan semua untuk memakai nama pembeli."
        }
        "invalid_fields" => "Ada isian yang belum benar.",
        "unknown_event" => "Acara ini tidak ada.",
        "not_on_sale" => "Acara ini tidak sedang dijual.",
        "not_stored" => "Pesanan belum dapat disimpan: kirim formulirnya lagi.",
        "unknown_order" => "Pesanan ini tidak ada, atau tautannya tidak benar.",
        "illegal_move" => "Itu tidak mungkin lagi untuk pesanan ini.",
        "hold_ended" => "Waktu pembayaran pesanan ini sudah habis: buat pesanan baru.",
        "payment_in_preparation" => "Pembayaran sedang disiapkan: coba lagi beberapa detik lagi.",
        "payment_not_started" => "Pembayaran tidak dapat dimulai: coba lagi.",
        "sent_often" => {
            "Tiket sudah dikirim tiga kali hari ini: periksa e-mail Anda, juga folder spam."
        }
        "asked_too_often" => "Terlalu sering ditanyakan: coba lagi satu jam lagi.",
        "no_access" => {
            "Kode atau tautan ini tidak benar, sudah dipakai, atau sudah lama: minta yang baru."
        }
        "not_paid" => "Dokumen tersedia setelah pesanan dibayar.",
        "internal" => Refusal::INTERNAL.sentence(Language::Indonesian),
        "idempotency_key_form" | "idempotency_key_reused" => {
            "Formulir ini sudah dipakai: buka acaranya lagi."
        }
        _ => return None,
    })
}

/// The Indonesian sentence of a refund that cannot be asked for.
pub fn refund(code: &str) -> Option<&'static str> {
    Some(match code {
        "not_paid" => "Hanya pesanan yang sudah dibayar dapat dikembalikan.",
        "disputed" => "Pembayaran ini sedang disengketakan: tunggu keputusan bank.",
        "asked_before" => "Pengembalian pesanan ini sudah diminta: tunggu jawabannya.",
        "too_late" => "Pengembalian tidak dapat diminta lagi.",
        "none_chosen" => "Pilih tiket yang ingin dikembalikan.",
        "nothing_left" => "Tidak ada uang yang tersisa untuk dikembalikan.",
        "unknown_ticket" => "Pesanan ini tidak memuat tiket itu.",
        "ticket_gone" => "Tiket itu sudah dikembalikan atau tidak berlaku lagi.",
        _ => return indonesian(code),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        email::EmailError, identity::IdentityError, order, phone::PhoneError, promo,
    };

    #[test]
    fn every_code_that_a_form_can_meet_has_its_words() {
        let mut codes: Vec<&str> = Vec::new();
        codes.extend(
            [
                EmailError::At,
                EmailError::Length,
                EmailError::Local,
                EmailError::Domain,
            ]
            .map(EmailError::code),
        );
        codes.extend(
            [
                PhoneError::Characters,
                PhoneError::CountryCode,
                PhoneError::Mobile,
                PhoneError::Length,
            ]
            .map(PhoneError::code),
        );
        codes.extend(
            [
                IdentityError::NikLength,
                IdentityError::NikProvince,
                IdentityError::NikBirthDate,
                IdentityError::NikSerial,
                IdentityError::SimLength,
                IdentityError::StudentCardForm,
                IdentityError::PassportForm,
            ]
            .map(IdentityError::code),
        );
        codes.extend([promo::USED_UP.0, promo::USED_BY_BUYER.0]);
        // Codes that stand in the text of a rule alone are found there.
        for rule in [
            include_str!("../../domain/cart.rs"),
            include_str!("../../domain/promo.rs"),
        ] {
            let quoted = rule.split('"').skip(1).step_by(2);
            codes.extend(quoted.filter(|text| {
                let starts = [
                    "promo_",
                    "items_",
                    "quantity_",
                    "sale_",
                    "attendees_",
                    "ticket_type_unknown",
                ];
                let is_name = text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                is_name
                    && starts.iter().any(|start| text.starts_with(start))
                    && *text != "promo_codes"
            }));
        }
        let errors = [
            OrderError::Invalid(Vec::new()),
            OrderError::UnknownEvent,
            OrderError::NotOnSale,
            OrderError::KeyForm,
            OrderError::KeyReused,
            OrderError::UnknownOrder,
            OrderError::HoldEnded,
            OrderError::PaymentInPreparation,
            OrderError::NotPaid,
            OrderError::NotStored,
            OrderError::Illegal(order::IllegalMove {
                from: order::OrderStatus::Paid,
                wanted: "be cancelled",
            }),
        ];
        codes.extend(errors.iter().map(OrderError::code));
        assert!(codes.len() > 40, "{codes:?}");
        let missing: Vec<_> = codes
            .into_iter()
            .filter(|code| indonesian(code).is_none())
            .collect();
        assert!(missing.is_empty(), "no Indonesian words: {missing:?}");
    }
}
