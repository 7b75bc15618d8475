//! Steps, what is missing and what is wrong, in both languages: `domain` and `app` say errors in English.
//!
//! Invariant: every problem that a wish can have has Indonesian words here, and a test reads the rules' own texts.

use documents::Language;

use crate::{
    app::catalog::CatalogError,
    domain::{
        new_event::NewEventError,
        readiness::{Missing, Progress, Step},
        schedule::ScheduleError,
    },
    http::panel::{door::Here, words::sentence},
};

fn pick(here: &Here, (english, indonesian): (&'static str, &'static str)) -> &'static str {
    match here.door.visitor.language {
        Language::English => english,
        Language::Indonesian => indonesian,
    }
}

pub(super) fn step(step: Step, here: &Here) -> &'static str {
    let words = match step {
        Step::Event => ("Event", "Acara"),
        Step::Settings => ("Settings", "Pengaturan"),
        Step::Days => ("Days", "Hari"),
        Step::Types => ("Categories and tickets", "Kategori dan tiket"),
        Step::Access => ("Day access", "Akses hari"),
        Step::Promos => ("Promo codes", "Kode promo"),
        Step::Gates => ("Gates and nodes", "Gerbang dan perangkat"),
        Step::Publish => ("Publish", "Buka untuk umum"),
    };
    pick(here, words)
}

pub(super) fn progress(progress: Progress, here: &Here) -> &'static str {
    let words = match progress {
        Progress::Done => ("done", "selesai"),
        Progress::Missing => ("something is missing", "ada yang kurang"),
        Progress::Optional => ("optional", "opsional"),
        Progress::Ready => ("ready", "siap"),
    };
    pick(here, words)
}

pub(in crate::http::panel) fn missing(here: &Here, missing: Missing) -> &'static str {
    let words = match missing {
        Missing::Summary => ("A summary for lists", "Ringkasan untuk daftar"),
        Missing::Description => ("A description for its page", "Keterangan untuk halamannya"),
        Missing::Terms => (
            "Terms that buyers agree to",
            "Ketentuan yang disetujui pembeli",
        ),
        Missing::Place => ("A venue and a city", "Tempat dan kota"),
        Missing::Days => ("At least one event day", "Paling sedikit satu hari acara"),
        Missing::Types => (
            "At least one ticket type",
            "Paling sedikit satu jenis tiket",
        ),
        Missing::VisibleTypes => (
            "A ticket type that everybody sees",
            "Jenis tiket yang terlihat semua orang",
        ),
        Missing::TypeDays => (
            "Event days for every ticket type",
            "Hari acara untuk setiap jenis tiket",
        ),
        Missing::OpenSale => ("A sale that has not ended", "Penjualan yang belum berakhir"),
        Missing::Gates => ("At least one gate", "Paling sedikit satu gerbang"),
        Missing::Future => ("An end in the future", "Waktu selesai yang belum lewat"),
    };
    pick(here, words)
}

/// The sentence of a refused change.
pub(in crate::http::panel) fn catalog(error: &CatalogError, language: Language) -> String {
    if language == Language::English {
        return sentence(&error.to_string());
    }
    match error {
        CatalogError::Invalid(error) => invalid(error),
        CatalogError::Schedule(error) => schedule(error).to_owned(),
        CatalogError::Event(crate::app::events::EventError::Invalid(error)) => invalid(error),
        other => {
            indonesian(other.code()).map_or_else(|| sentence(&error.to_string()), str::to_owned)
        }
    }
}

fn invalid(error: &NewEventError) -> String {
    let problem = problem(error.problem).unwrap_or(error.problem);
    let field = match error.field.split_once(' ') {
        Some((kind, name)) => format!("{} {name}", field(kind)),
        None => field(&error.field).to_owned(),
    };
    sentence(&format!("{field}: {problem}"))
}

fn field(name: &str) -> &str {
    match name {
        "name" => "nama",
        "slug" => "nama di alamat",
        "venue" => "tempat",
        "summary" => "ringkasan",
        "address" => "alamat",
        "city" => "kota",
        "terms" => "ketentuan",
        "description" => "keterangan",
        "time_zone" => "zona waktu",
        "ends_at" => "waktu selesai",
        "hold" => "waktu penahanan",
        "lease" => "waktu tanpa kabar",
        "repeat" => "jeda pengulangan",
        "most_per_minute" => "orang per menit",
        "day" | "days" => "hari",
        "gates" => "gerbang",
        "type" | "types" => "jenis tiket",
        "category" => "kategori",
        "charge" | "charges" => "biaya",
        "group" => "potongan rombongan",
        "shared_quotas" => "kuota bersama",
        "promo" | "promos" => "kode promo",
        other => other,
    }
}

fn problem(english: &str) -> Option<&'static str> {
    Some(match english {
        "must be later than starts_at" => "harus setelah waktu mulai",
        "must be longer than nothing" => "harus lebih dari nol",
        "must be at least 1" => "paling sedikit 1",
        "cannot be negative" => "tidak boleh negatif",
        "there must be 1 to 16" => "harus ada 1 sampai 16",
        "there must be one at least" => "harus ada paling sedikit satu",
        "there are too many" => "terlalu banyak",
        "must not be empty" => "tidak boleh kosong",
        "is too long" => "terlalu panjang",
        "is no IANA time zone, such as Asia/Jakarta" => {
            "bukan zona waktu IANA seperti Asia/Jakarta"
        }
        "its label is too long" => "namanya terlalu panjang",
        "its date is no date" => "tanggalnya bukan tanggal",
        "must close after it opens" => "harus tutup setelah buka",
        "days must stand in their order" => "hari harus berurutan",
        "needs a name of 1 to 100 characters" => "nama berisi 1 sampai 100 karakter",
        "its price is negative" => "harganya negatif",
        "its quota is negative" => "kuotanya negatif",
        "its sale must end after it begins" => "penjualan harus berakhir setelah mulai",
        "needs 0 < min_per_order <= max_per_order" => {
            "paling sedikit dan paling banyak per pesanan harus 1 atau lebih, berurutan"
        }
        "names a day that the event does not have" => "menyebut hari yang tidak ada",
        "names a gate that the event does not have" => "menyebut gerbang yang tidak ada",
        "must be 1 to 80 of a-z, 0-9 and -" => "berisi 1 sampai 80 huruf kecil, angka, dan -",
        "must be another word than new" => "harus kata lain selain new",
        "names have 1 to 100 characters" => "nama berisi 1 sampai 100 karakter",
        "two have the same name" => "ada dua yang bernama sama",
        "two have the same code" => "ada dua kode yang sama",
        "names a shared quota that the event does not have" => {
            "menyebut kuota bersama yang tidak ada"
        }
        "its access code must be 3 to 40 of A-Z, 0-9, - and _" => {
            "kode akses berisi 3 sampai 40 dari A-Z, 0-9, - dan _"
        }
        "needs min_quantity of at least 2" => "jumlah paling sedikit 2",
        "a code must be 3 to 40 of A-Z, 0-9, - and _" => {
            "kode berisi 3 sampai 40 dari A-Z, 0-9, - dan _"
        }
        "must end after it begins" => "harus berakhir setelah mulai",
        "its quota must be at least 1" => "kuotanya paling sedikit 1",
        "per_buyer must be at least 1" => "jumlah per pembeli paling sedikit 1",
        "its minimum spend is negative" => "belanja minimumnya negatif",
        "must name one type that the event has once" => {
            "harus menyebut satu jenis tiket yang ada tepat satu"
        }
        "its description is too long" => "keterangannya terlalu panjang",
        "its rate must be 0 to 100 percent" => "tarifnya 0 sampai 100 persen",
        "its amount is negative" => "jumlahnya negatif",
        "its percentage must be more than 0 and at most 100" => {
            "persentasenya lebih dari 0 dan paling banyak 100"
        }
        "its amount must be at least 1" => "jumlahnya paling sedikit 1",
        _ => return None,
    })
}

const fn schedule(error: &ScheduleError) -> &'static str {
    match error {
        ScheduleError::Over(_) => "Acara sudah selesai atau dibatalkan, jadi harinya tetap.",
        ScheduleError::Nothing => {
            "Tidak ada hari yang diubah: ubah waktu paling sedikit satu hari."
        }
        ScheduleError::UnknownDay(_) => "Hari ini tidak ada: pilih hari dari daftar.",
        ScheduleError::Backwards(_) => "Setiap hari harus tutup setelah buka: periksa waktunya.",
        ScheduleError::Past(_) => "Hari itu akan sudah lewat: pilih waktu yang akan datang.",
        ScheduleError::Begun(_) => {
            "Hari itu sudah mulai: tunda acara dahulu, lalu pindahkan harinya."
        }
        ScheduleError::SameOpening => "Dua hari buka pada saat yang sama: pilih waktu lain.",
    }
}

fn indonesian(code: &str) -> Option<&'static str> {
    Some(match code {
        "quota_too_small" => "Lebih dari itu sudah terjual atau ditahan: pilih kuota lebih besar.",
        "changed_meanwhile" => {
            "Orang lain mengubahnya pada saat yang sama: lihat lagi, lalu ulangi."
        }
        "code_taken" => "Acara ini sudah punya kode itu: pilih kode lain.",
        "name_taken" => "Acara ini sudah punya nama itu: pilih nama lain.",
        "zone_stays" => {
            "Hari, tiket, dan kode memakai waktu zona ini: hapus dahulu, atau biarkan zonanya."
        }
        "currency_stays" => {
            "Harga, biaya, potongan, atau kode memakai mata uang ini: hapus dahulu, atau biarkan."
        }
        "in_use" => "Bagian lain acara ini memakainya: ubah bagian itu dahulu.",
        "gate_has_node" => {
            "Ada perangkat di gerbang ini: pindahkan dahulu ke gerbang lain, atau ganti nama gerbangnya."
        }
        "gate_has_code" => "Kode perangkat untuk gerbang ini masih menunggu: tarik dahulu.",
        "gate_was_used" => {
            "Orang pernah dipindai atau perangkat pernah bertugas di gerbang ini dan mungkin masih membawa pindaian, dan catatannya tetap: ganti saja namanya."
        }
        "last_gate" => {
            "Acara sudah dibuka dan ini satu-satunya gerbang: tambahkan gerbang lain dahulu."
        }
        "not_draft" => "Ini hanya dapat diubah pada draf, dan acara ini sudah dibuka untuk umum.",
        "day_taken" => "Tiket untuk hari itu sudah terjual atau ditahan: biarkan harinya.",
        "too_many" => "Sudah sebanyak yang mungkin: ubah salah satu yang ada.",
        "slug_taken" => "Sudah ada acara dengan nama di alamat ini: pilih nama lain.",
        "illegal_move" => "Status acara sekarang tidak memungkinkan itu: lihat statusnya.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of rules are literals that begin small and hold a blank; comments and tests are cut off.
    fn problems(source: &str) -> Vec<&str> {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let literals = lines.filter_map(|line| line.split('"').nth(1));
        let is_problem = |text: &&str| {
            text.contains(' ')
                && text.starts_with(|c: char| c.is_ascii_lowercase())
                && !text.contains('{')
        };
        literals.filter(is_problem).collect()
    }

    #[test]
    fn every_problem_of_a_wish_has_indonesian_words() {
        let sources = [
            include_str!("../../../domain/new_event.rs"),
            include_str!("../../../domain/new_price.rs"),
            include_str!("../../../domain/offer.rs"),
            include_str!("../../../domain/charge.rs"),
            include_str!("../../../app/catalog/gate.rs"),
            include_str!("../../../app/catalog/category.rs"),
            include_str!("../../../app/catalog/quota.rs"),
        ];
        let all: Vec<_> = sources.into_iter().flat_map(problems).collect();
        assert!(all.len() > 30, "{all:?}");
        let missing: Vec<_> = all
            .into_iter()
            .filter(|text| problem(text).is_none())
            .collect();
        assert!(missing.is_empty(), "no Indonesian words: {missing:?}");
    }

    #[test]
    fn every_refusal_of_a_change_has_indonesian_words() {
        let codes = include_str!("../../../app/catalog/change.rs")
            .split("=> \"")
            .skip(1);
        let codes: Vec<_> = codes.filter_map(|rest| rest.split('"').next()).collect();
        assert!(codes.len() > 8, "{codes:?}");
        let has_words = |code: &&str| {
            matches!(*code, "catalog_invalid" | "unknown_item" | "internal")
                || indonesian(code).is_some()
        };
        let missing: Vec<_> = codes.into_iter().filter(|code| !has_words(code)).collect();
        assert!(missing.is_empty(), "no Indonesian words: {missing:?}");
    }
}
