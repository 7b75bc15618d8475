//! What the audit trail keeps of an act, as people read it: fields in words, moments on a clock, lists in one line.
//!
//! The trail itself keeps stable names, by which programs and the search find them, and so do its files. A test walks the
//! sources for every field that an act leaves; one that comes from an older program and has no words here is shown as it is.

use documents::Language;
use serde_json::{Map, Value};
use sync_protocol::time::Timestamp;

use super::{number, status, when};

/// A field and the words for it; sums have no currency of their own in the trail.
const FIELDS: &[(&str, &str, &str)] = &[
    ("acknowledged", "acknowledged up to", "diterima sampai"),
    ("addon", "an addition", "tambahan"),
    ("address", "address", "alamat"),
    ("after", "after", "sesudah"),
    (
        "amount_minor",
        "amount in the smallest unit",
        "jumlah dalam satuan terkecil",
    ),
    ("as", "as", "sebagai"),
    (
        "ask_until",
        "may be asked for until",
        "dapat diminta sampai",
    ),
    ("attention", "reason to look", "alasan untuk dilihat"),
    ("base", "worked out from", "dihitung dari"),
    ("before", "before", "sebelum"),
    ("by", "by", "oleh"),
    ("changed", "changed", "diubah"),
    ("channel", "way of paying", "cara bayar"),
    (
        "charged_minor",
        "charged in the smallest unit",
        "ditagih dalam satuan terkecil",
    ),
    ("charges", "fees and taxes", "biaya dan pajak"),
    (
        "check_outs",
        "moments at which all are outside",
        "saat semua dianggap di luar",
    ),
    ("closes_at", "closes", "tutup"),
    ("code", "code", "kode"),
    ("conflict", "conflict", "konflik"),
    ("count", "how many", "banyaknya"),
    ("currency", "currency", "mata uang"),
    ("day", "day", "hari"),
    ("days", "days", "hari-hari"),
    ("due_at", "answer due", "tenggat jawaban"),
    ("email", "e-mail", "e-mail"),
    ("ended", "ended", "diakhiri"),
    ("entry", "rule of entry", "aturan masuk"),
    ("event", "event", "acara"),
    ("events", "events", "acara"),
    ("exchange", "wristband needed", "perlu gelang"),
    ("failed", "failed", "gagal"),
    ("filter", "filters", "saringan"),
    ("first", "first serial", "nomor seri pertama"),
    ("from", "from", "dari"),
    ("gate", "gate", "gerbang"),
    ("gates", "gates", "gerbang"),
    ("gives_back", "gives back", "mengembalikan"),
    ("included", "in the price", "termasuk harga"),
    ("key", "key of the form", "kunci formulir"),
    ("kind", "kind", "jenis"),
    ("label", "called", "sebutan"),
    ("last", "last serial", "nomor seri terakhir"),
    ("lease_ms", "lease", "sewa"),
    ("letter", "letter", "surat"),
    ("limit", "limit", "batas"),
    ("login", "login", "nama masuk"),
    ("made_at", "made", "dibuat"),
    ("may", "may", "boleh"),
    ("means", "means", "alat bayar"),
    ("memory_kib", "memory in KiB", "memori dalam KiB"),
    ("minutes", "minutes", "menit"),
    (
        "most_per_minute",
        "people a minute at most",
        "orang per menit paling banyak",
    ),
    ("name", "name", "nama"),
    ("new", "new", "baru"),
    ("node", "node", "perangkat"),
    ("note", "note", "catatan"),
    ("noted", "noted", "dicatat"),
    ("notice", "notice of the provider", "pemberitahuan penyedia"),
    ("number", "number", "nomor"),
    ("of", "of", "dari"),
    ("opens_at", "opens", "buka"),
    ("order", "order", "pesanan"),
    ("orders", "orders", "pesanan"),
    ("organiser", "organiser", "penyelenggara"),
    ("outcome", "outcome", "hasil"),
    ("parked", "set aside", "disisihkan"),
    ("payment", "payment", "pembayaran"),
    ("prefix", "codes begin with", "awalan kode"),
    (
        "price_minor",
        "price in the smallest unit",
        "harga dalam satuan terkecil",
    ),
    ("program", "program", "program"),
    ("promos", "promo codes", "kode promo"),
    ("quota", "quota", "kuota"),
    ("rate", "rate", "tarif"),
    ("reason", "reason", "alasan"),
    ("records", "records", "catatan"),
    ("reference", "number of the transfer", "nomor transfer"),
    ("refund", "refund", "pengembalian"),
    ("repeat_ms", "a repeat within", "pengulangan dalam"),
    (
        "returned_minor",
        "given back in the smallest unit",
        "dikembalikan dalam satuan terkecil",
    ),
    ("role", "role", "peran"),
    ("roll", "roll", "rol"),
    ("rounds", "rounds", "putaran"),
    ("sale_until", "sold until", "dijual sampai"),
    ("session", "session", "sesi"),
    ("slug", "short name", "nama pendek"),
    (
        "sold_after_sync",
        "sold after the last sync",
        "terjual setelah sinkronisasi",
    ),
    ("stage", "stage", "tahap"),
    ("status", "status", "status"),
    ("step", "step", "langkah"),
    ("table", "table", "tabel"),
    ("tickets", "tickets", "tiket"),
    ("time_zone", "time zone", "zona waktu"),
    ("to", "to", "menjadi"),
    ("transaction", "transaction", "transaksi"),
    ("type", "type", "jenis tiket"),
    ("types", "types", "jenis tiket"),
    ("until", "until", "sampai"),
    ("valid_until", "good until", "berlaku sampai"),
    ("value", "value", "nilai"),
    ("version", "version", "versi"),
    ("visibility", "shown", "ditampilkan"),
    ("was", "was", "sebelumnya"),
    ("why", "why", "sebab"),
    ("wristbands", "wristbands", "gelang"),
];

/// The fields that hold a moment.
const MOMENTS: [&str; 8] = [
    "ask_until",
    "closes_at",
    "due_at",
    "made_at",
    "opens_at",
    "sale_until",
    "until",
    "valid_until",
];

/// A field in words.
pub(super) fn field(name: &str, language: Language) -> Option<&'static str> {
    let found = FIELDS.iter().find(|(field, ..)| *field == name);
    found.map(|(_, english, indonesian)| match language {
        Language::English => *english,
        Language::Indonesian => *indonesian,
    })
}

/// Whoever acted, as the details name them.
pub(super) fn by(detail: &str) -> Option<String> {
    let fields: Value = serde_json::from_str(detail).ok()?;
    fields.get("by")?.as_str().map(str::to_owned)
}

/// The details of an act as names and values, for pages that have words of their own for some.
pub(super) fn pairs(detail: &str) -> Vec<(String, String)> {
    let Ok(Value::Object(fields)) = serde_json::from_str(detail) else {
        return vec![(String::new(), detail.to_owned())];
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let pairs = fields
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), text(value)));
    pairs.collect()
}

/// The details of an act: words for each field, and its value as people read it.
pub(super) fn told(detail: &str, language: Language) -> Vec<(String, String)> {
    let Ok(Value::Object(fields)) = serde_json::from_str(detail) else {
        return vec![(String::new(), detail.to_owned())];
    };
    worded(&fields, language)
}

fn worded(fields: &Map<String, Value>, language: Language) -> Vec<(String, String)> {
    let mut told = Vec::new();
    for (name, value) in fields {
        let words = field(name, language).unwrap_or(name);
        match value {
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            Value::Object(inner) if !is_change(inner) => {
                let inner = worded(inner, language).into_iter();
                told.extend(inner.map(|(name, value)| (format!("{words} · {name}"), value)));
            }
            value => told.push((words.to_owned(), text(name, value, language))),
        }
    }
    told
}

/// From one value to another, and nothing else.
fn is_change(fields: &Map<String, Value>) -> bool {
    let is_plain = |name| {
        fields
            .get(name)
            .is_some_and(|value: &Value| !value.is_object())
    };
    fields.len() == 2 && is_plain("from") && is_plain("to")
}

fn text(name: &str, value: &Value, language: Language) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(is_so) => yes_or_no(*is_so, language).to_owned(),
        Value::Number(number) => {
            number_text(name, number.as_i64(), language).unwrap_or_else(|| number.to_string())
        }
        Value::String(text) if name == "role" => status::role(text, language),
        Value::String(text) => text.clone(),
        Value::Array(values) => {
            let texts = values.iter().map(|value| text(name, value, language));
            texts.collect::<Vec<_>>().join(", ")
        }
        Value::Object(fields) if is_change(fields) => {
            let side = |side: &str| fields.get(side).map(|value| text(name, value, language));
            let sides = [side("from"), side("to")].map(Option::unwrap_or_default);
            sides.join(" → ")
        }
        Value::Object(fields) => {
            let pairs = worded(fields, language).into_iter();
            let pairs = pairs.map(|(name, value)| format!("{name} {value}"));
            format!("({})", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

const fn yes_or_no(is_so: bool, language: Language) -> &'static str {
    match (is_so, language) {
        (true, Language::English) => "yes",
        (false, Language::English) => "no",
        (true, Language::Indonesian) => "ya",
        (false, Language::Indonesian) => "tidak",
    }
}

fn number_text(name: &str, value: Option<i64>, language: Language) -> Option<String> {
    let value = value?;
    if MOMENTS.contains(&name) {
        return Some(when::moment(Timestamp(value), when::HOME, language));
    }
    if name.ends_with("_ms") {
        return Some(span(value, language));
    }
    Some(number::grouped(value, language))
}

/// Seconds, or milliseconds where those are no whole ones.
fn span(ms: i64, language: Language) -> String {
    let is_whole = ms % 1_000 == 0;
    let count = if is_whole { ms / 1_000 } else { ms };
    let unit = match (is_whole, language) {
        (true, Language::English) => "s",
        (true, Language::Indonesian) => "detik",
        (false, Language::English) => "ms",
        (false, Language::Indonesian) => "milidetik",
    };
    format!("{} {unit}", number::grouped(count, language))
}

#[cfg(test)]
#[path = "trail_words_tests.rs"]
mod tests;
