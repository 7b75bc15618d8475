//! What is wrong with nodes, operators and files, and what was just done, in both languages.

use axum::http::StatusCode;
use documents::Language;

use super::super::{door::Here, words};
use crate::{
    app::{bundle::ImportError, nodes::NodeError, search::SearchSetupError, staff::StaffError},
    http::refusal::Refusal,
    store::StoreError,
};

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
        NodeError::Store(error) => return failed(here, error),
        other => return plain(&other.to_string()),
    };
    wrong(here, english, indonesian)
}

fn wrong(here: &Here, english: &str, indonesian: &str) -> (StatusCode, String) {
    let said = here.say(english, indonesian).to_owned();
    (StatusCode::UNPROCESSABLE_ENTITY, said)
}

fn plain(text: &str) -> (StatusCode, String) {
    (StatusCode::UNPROCESSABLE_ENTITY, words::sentence(text))
}

fn failed(here: &Here, error: &StoreError) -> (StatusCode, String) {
    tracing::error!(%error, "panel form failed");
    let refusal = Refusal::INTERNAL;
    let said = here.say(refusal.english, refusal.indonesian).to_owned();
    (StatusCode::INTERNAL_SERVER_ERROR, said)
}

/// Status and sentence of what is wrong with an operator.
pub(super) fn staff(here: &Here, error: &StaffError) -> (StatusCode, String) {
    let (english, indonesian) = match error {
        StaffError::Name => (
            "A name has 1 to 100 characters.",
            "Nama berisi 1 sampai 100 karakter.",
        ),
        StaffError::Login => (
            "A login has 2 to 40 small letters, digits, dots, hyphens and underscores.",
            "Nama masuk berisi 2 sampai 40 huruf kecil, angka, titik, tanda hubung, dan garis bawah.",
        ),
        StaffError::LoginKept => (
            "The login “new” is kept for a page of the panel: choose another one.",
            "Nama masuk “new” dipakai oleh halaman panel: pilih yang lain.",
        ),
        StaffError::Email(_) => (
            "Give an address such as budi@example.id.",
            "Isi alamat seperti budi@example.id.",
        ),
        StaffError::LoginTaken => (
            "This login is taken: choose another one.",
            "Nama masuk ini sudah dipakai: pilih yang lain.",
        ),
        StaffError::HasSecret => (
            "The account of this address works gates already: assign it instead.",
            "Akun dengan alamat ini sudah bekerja di gerbang: tugaskan saja.",
        ),
        StaffError::UsesPanel => (
            "The account of this address uses the panel, and whoever uses the panel works no gate: use another address.",
            "Akun dengan alamat ini memakai panel, dan pemakai panel tidak bekerja di gerbang: pakai alamat lain.",
        ),
        StaffError::Unknown(_) => (
            "Nobody signs in at gates by this name: look at the list.",
            "Tidak ada petugas dengan nama masuk ini: lihat daftarnya.",
        ),
        StaffError::NoEvent => (
            "Choose at least one event and what this person does there.",
            "Pilih paling sedikit satu acara dan tugasnya di sana.",
        ),
        StaffError::NoOperators => (
            "This event has no operators: its gates work without signing in.",
            "Acara ini tidak memakai petugas: gerbangnya bekerja tanpa masuk.",
        ),
        StaffError::Idle => (
            "Gates lock after 1 to 720 minutes.",
            "Gerbang terkunci setelah 1 sampai 720 menit.",
        ),
        StaffError::Secret(error) => return plain(&error.to_string()),
        StaffError::Store(error) => return failed(here, error),
    };
    wrong(here, english, indonesian)
}

/// Status and sentence of what is wrong with a file.
pub(super) fn import(here: &Here, error: &ImportError) -> (StatusCode, String) {
    match error {
        ImportError::Store(error) => failed(here, error),
        other => {
            let (english, indonesian) = import_words(other.code());
            wrong(here, english, indonesian)
        }
    }
}

/// Why a file was refused, by its stable name.
pub(super) fn import_words(code: &str) -> (&'static str, &'static str) {
    match code {
        "bundle_other_way" => (
            "This is an answer on its way to a gate: give it to the gate, and bring the gate's own file here.",
            "Ini jawaban untuk gerbang: berikan ke gerbang, dan bawa berkas dari gerbang ke sini.",
        ),
        "bundle_forged" => (
            "The file is not signed by the node that it names: it was forged or altered. Export it at the gate again.",
            "Berkas ini tidak ditandatangani perangkat yang disebutnya: dipalsukan atau diubah. Ekspor lagi di gerbang.",
        ),
        "bundle_version" => (
            "The file is of another version: update the older program.",
            "Berkas ini dari versi lain: perbarui program yang lebih lama.",
        ),
        "not_a_bundle" => (
            "This is no file of a gate: choose the one that `edge-node export` wrote.",
            "Ini bukan berkas gerbang: pilih berkas yang ditulis `edge-node export`.",
        ),
        code if code.starts_with("bundle_") => (
            "The file is damaged or cut off: copy it again, or use another stick.",
            "Berkas rusak atau terpotong: salin lagi, atau pakai stik lain.",
        ),
        "unknown_node" => (
            "This event has no such node: choose the event at whose gate the file was written.",
            "Acara ini tidak punya perangkat itu: pilih acara tempat berkas ini ditulis.",
        ),
        "other_event" => (
            "The file names another event than the one its node was enrolled for: export it at the gate again.",
            "Berkas menyebut acara lain dari acara perangkatnya: ekspor lagi di gerbang.",
        ),
        "node_quarantined" => (
            "The node is in quarantine: look at its conflict, release it, and bring the file again.",
            "Perangkat dikarantina: lihat konfliknya, lepaskan, lalu bawa lagi berkasnya.",
        ),
        "internal" => (
            "Something failed here: bring the file again, and look at the server's log if it fails again.",
            "Ada yang gagal di sini: bawa lagi berkasnya, dan lihat log server jika gagal lagi.",
        ),
        _ => (
            "Records of the file contradict each other or what is stored: look at the conflicts of this event, and export at the gate again.",
            "Catatan dalam berkas bertentangan satu sama lain atau dengan yang tersimpan: lihat konflik acara ini, lalu ekspor lagi di gerbang.",
        ),
    }
}

/// Status and sentence of what is wrong with the search by name.
pub(super) fn search(here: &Here, error: &SearchSetupError) -> (StatusCode, String) {
    let (english, indonesian) = match error {
        SearchSetupError::TooShort => (
            "The passphrase is too short: it needs at least 12 characters.",
            "Frasa sandi terlalu pendek: paling sedikit 12 karakter.",
        ),
        SearchSetupError::IsOn => (
            "The search is on already, with another passphrase: change the passphrase instead.",
            "Pencarian sudah aktif dengan frasa sandi lain: ganti frasa sandinya.",
        ),
        SearchSetupError::IsOff => ("The search by name is off.", "Pencarian nama tidak aktif."),
        SearchSetupError::IsClearing => (
            "The names of the last search are still being taken away: wait until that is done, and turn it on again.",
            "Nama dari pencarian sebelumnya masih dihapus: tunggu sampai selesai, lalu aktifkan lagi.",
        ),
        SearchSetupError::Overtaken => (
            "Somebody else turned the search on or off meanwhile: look, and try again.",
            "Orang lain baru saja mengubah pencarian: lihat, lalu coba lagi.",
        ),
        SearchSetupError::Store(error) => return failed(here, error),
        other => return plain(&other.to_string()),
    };
    wrong(here, english, indonesian)
}

/// What was just done at the gates.
pub(in super::super) fn done(code: &str, language: Language) -> Option<&'static str> {
    let (english, indonesian) = match code {
        "node_changed" => (
            "The node is changed: it hears of it at its next contact, within seconds where it is connected.",
            "Perangkat diubah: ia mendengarnya pada kontak berikutnya, dalam hitungan detik bila terhubung.",
        ),
        "released" => (
            "The quarantine is over: the node's next sync is taken again.",
            "Karantina berakhir: sinkronisasi berikutnya diterima lagi.",
        ),
        "code_withdrawn" => (
            "The code is withdrawn: it takes nobody in any more.",
            "Kode ditarik: tidak dapat dipakai lagi.",
        ),
        "check_started" => (
            "The check has begun: its result is kept here.",
            "Pemeriksaan dimulai: hasilnya disimpan di sini.",
        ),
        "imported" => (
            "The file was taken in. Bring its answer back to the gate.",
            "Berkas sudah diterima. Bawa jawabannya kembali ke gerbang.",
        ),
        "assigned" => (
            "The role is given: gates hear of it in seconds.",
            "Tugas diberikan: gerbang mendengarnya dalam hitungan detik.",
        ),
        "withdrawn" => (
            "The role is taken away: gates hear of it in seconds, those that are cut off at their next sync.",
            "Tugas dicabut: gerbang mendengarnya dalam hitungan detik, yang terputus pada sinkronisasi berikutnya.",
        ),
        "operator_on" => (
            "The person may sign in at gates again.",
            "Petugas boleh masuk di gerbang lagi.",
        ),
        "operator_off" => (
            "The person may sign in at no gate any more: gates hear of it in seconds, those that are cut off at their next sync.",
            "Petugas tidak boleh masuk di gerbang lagi: gerbang mendengarnya dalam hitungan detik, yang terputus pada sinkronisasi berikutnya.",
        ),
        "idle" => (
            "Gates lock after this long from now on.",
            "Mulai sekarang gerbang terkunci setelah selama itu.",
        ),
        "open_to_all" => (
            "The gates work without signing in. Their staff keeps its roles.",
            "Gerbang bekerja tanpa masuk. Tugas petugas tetap tersimpan.",
        ),
        "search_on" => (
            "The search by name is on: nodes with that right open it with the passphrase.",
            "Pencarian nama aktif: perangkat yang berhak membukanya dengan frasa sandi.",
        ),
        "search_off" => (
            "The search by name is off: gates forget the names at their next sync.",
            "Pencarian nama mati: gerbang melupakan nama pada sinkronisasi berikutnya.",
        ),
        "search_changed" => (
            "The search has another passphrase: gates ask for it after their next sync.",
            "Frasa sandi diganti: gerbang memintanya setelah sinkronisasi berikutnya.",
        ),
        "decided" => (
            "The conflict is decided and closed. Rulings stay as they are.",
            "Konflik diputuskan dan ditutup. Putusan pindaian tetap.",
        ),
        "reopened" => ("The conflict is open again.", "Konflik dibuka lagi."),
        _ => return None,
    };
    Some(match language {
        Language::English => english,
        Language::Indonesian => indonesian,
    })
}
