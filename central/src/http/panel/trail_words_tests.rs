//! Every act and every field that it leaves have words; values are read aloud.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::*;
use crate::http::panel::trail_acts::{act, thing};

/// What stands in a source that writes to the trail.
const WRITERS: [&str; 9] = [
    "note_",
    "tell_of_",
    "leave_row(",
    "end_change(",
    "say_of_search(",
    "AuditEntry {",
    "Noted::about(",
    "Act {",
    "Few {",
];

/// Sources of what runs centrally, wherever a crate of it stands.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The names of fields in the objects of a source, and of those that are added to one.
fn fields(source: &str) -> BTreeSet<String> {
    let added = source.split(".with(\"").skip(1);
    let added = added.filter_map(|rest| rest.split_once("\", "));
    let mut found: BTreeSet<String> = added.map(|(name, _)| name.to_owned()).collect();
    for object in source.split("json!(").skip(1) {
        let mut depth = 1_usize;
        let end = object.find(|letter| {
            depth = match letter {
                '(' => depth + 1,
                ')' => depth - 1,
                _ => depth,
            };
            depth == 0
        });
        let parts: Vec<&str> = object[..end.expect("its end")].split('"').collect();
        for pair in parts.windows(2).skip(1).step_by(2) {
            let [name, rest] = pair else { continue };
            let is_name = rest.starts_with(':') && !rest.starts_with("::");
            if is_name {
                found.insert((*name).to_owned());
            }
        }
    }
    found
}

/// The names of acts in a source.
fn acts(source: &str) -> BTreeSet<String> {
    let is_word = |part: &str| {
        let mut bytes = part.bytes();
        !part.is_empty() && bytes.all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let is_act = |text: &&str| {
        text.split_once('.')
            .is_some_and(|(a, b)| is_word(a) && is_word(b))
    };
    let texts = source.split('"').filter(is_act);
    texts.map(str::to_owned).collect()
}

/// The kinds of things that a source says acts were done to: by name, or before the id of one.
fn things(source: &str) -> BTreeSet<String> {
    let named = source.split("subject_kind: \"").skip(1);
    let named = named.filter_map(|rest| rest.split('"').next());
    let pairs = source.split("(\"").skip(1);
    let pairs = pairs.filter_map(|rest| {
        let (kind, rest) = rest.split_once("\", ")?;
        let value = rest.split(')').next()?;
        let is_id = value.ends_with(".0") || value.ends_with(".id") || value == "id";
        let is_kind = kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        (is_kind && (is_id || value == "Uuid::nil(")).then_some(kind)
    });
    named.chain(pairs).map(str::to_owned).collect()
}

/// The sources that write to the trail, without their tests.
fn writers() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for crates in fs::read_dir(root).expect("the tree") {
        let folder = crates.expect("an entry").path().join("src");
        if folder.is_dir() {
            sources(&folder, &mut files);
        }
    }
    let texts = files
        .iter()
        .map(|file| fs::read_to_string(file).expect("text"));
    let own = texts.filter_map(|text| text.split("#[cfg(test)]").next().map(str::to_owned));
    let writes = |text: &String| {
        let is_test = text.contains("#[test]") || text.contains("#[tokio::test");
        !is_test && WRITERS.iter().any(|writer| text.contains(writer))
    };
    own.filter(writes).collect()
}

#[test]
fn every_field_that_an_act_leaves_has_words_in_both_languages() {
    let names: BTreeSet<String> = writers().iter().flat_map(|text| fields(text)).collect();
    assert!(
        names.contains("amount_minor") && names.contains("notice") && names.len() > 60,
        "{names:?}"
    );
    let is_unknown = |name: &&String| field(name, Language::Indonesian).is_none();
    let unknown: Vec<_> = names.iter().filter(is_unknown).collect();
    assert!(
        unknown.is_empty(),
        "add words for these to FIELDS in trail_words.rs: {unknown:?}"
    );
}

#[test]
fn every_act_has_words() {
    let names: BTreeSet<String> = writers().iter().flat_map(|text| acts(text)).collect();
    assert!(names.contains("node.code") && names.len() > 90, "{names:?}");
    let is_unknown = |name: &&String| act(name, Language::Indonesian).is_none();
    let unknown: Vec<_> = names.iter().filter(is_unknown).collect();
    assert!(
        unknown.is_empty(),
        "add words for these to ACTS in trail_acts.rs: {unknown:?}"
    );
}

#[test]
fn every_thing_that_an_act_is_done_to_has_words() {
    let names: BTreeSet<String> = writers().iter().flat_map(|text| things(text)).collect();
    assert!(
        names.contains("panel") && names.contains("wristband") && names.len() > 14,
        "{names:?}"
    );
    let is_unknown = |name: &&String| thing(name, Language::Indonesian).is_none();
    let unknown: Vec<_> = names.iter().filter(is_unknown).collect();
    assert!(
        unknown.is_empty(),
        "add words for these to THINGS in trail_acts.rs: {unknown:?}"
    );
}

#[test]
fn a_field_stands_once_and_in_order() {
    assert!(FIELDS.is_sorted_by(|(a, ..), (b, ..)| a < b));
    for (name, english, indonesian) in FIELDS {
        for words in [english, indonesian] {
            assert!(!words.is_empty() && !words.contains('_'), "{name}: {words}");
        }
    }
    for moment in MOMENTS {
        assert!(field(moment, Language::English).is_some(), "{moment}");
    }
}

#[test]
fn values_are_read_aloud() {
    for (detail, english, indonesian) in [
        (
            "{\"role\": \"super_admin\"}",
            "role Administrator",
            "peran Admin utama",
        ),
        ("{\"addon\": true}", "an addition yes", "tambahan ya"),
        ("{\"count\": 12000}", "how many 12,000", "banyaknya 12.000"),
        ("{\"lease_ms\": 600000}", "lease 600 s", "sewa 600 detik"),
        (
            "{\"lease_ms\": 1500}",
            "lease 1,500 ms",
            "sewa 1.500 milidetik",
        ),
        ("{\"lease_ms\": 300}", "lease 300 ms", "sewa 300 milidetik"),
        (
            "{\"quota\": {\"from\": 5, \"to\": 9}}",
            "quota 5 → 9",
            "kuota 5 → 9",
        ),
        (
            "{\"to\": {\"name\": \"A\"}, \"why\": null}",
            "to · name A",
            "menjadi · nama A",
        ),
        (
            "{\"types\": [{\"type\": \"VIP\", \"from\": \"1\", \"to\": \"2\"}]}",
            "types (from 1, to 2, type VIP)",
            "jenis tiket (dari 1, menjadi 2, jenis tiket VIP)",
        ),
        ("{\"may\": [\"a\", \"b\"]}", "may a, b", "boleh a, b"),
        ("{\"older\": 1}", "older 1", "older 1"),
        ("no object", " no object", " no object"),
    ] {
        for (language, wanted) in [
            (Language::English, english),
            (Language::Indonesian, indonesian),
        ] {
            let pairs = told(detail, language).into_iter();
            let said: Vec<_> = pairs
                .map(|(name, value)| format!("{name} {value}"))
                .collect();
            assert_eq!(said, [wanted], "{detail}");
        }
    }
    let nothing = told("{\"filter\": \"\", \"event\": null}", Language::English);
    assert!(
        nothing.is_empty(),
        "what is empty has no place: {nothing:?}"
    );
    let moment = told("{\"until\": 1796120040000}", Language::English);
    assert!(moment[0].1.contains("1 December 2026, 17:14"), "{moment:?}");
}
