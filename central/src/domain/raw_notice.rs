//! What a webhook said, for a person to read: as text, without what proves it or opens anything.
//!
//! Invariant: the value of every field whose name speaks of a signature, key, token, secret or card is left out, however
//! deep it stands, and so is every long run of hex in what is no JSON: whoever copies the page copies no proof.

use serde_json::Value;

/// Longest text that is shown, characters.
const MOST: usize = 8_000;
const HIDDEN: &str = "•••";
/// What names of fields that are left out hold.
const SECRETS: [&str; 8] = [
    "signature",
    "token",
    "secret",
    "key",
    "password",
    "card",
    "auth",
    "cvv",
];
/// A run of hex as long as this is a digest or a key.
const LONG_HEX: usize = 32;

/// The body as it is shown.
#[must_use]
pub fn shown(body: &[u8]) -> String {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => {
            mask(&mut value);
            serde_json::to_string_pretty(&value).unwrap_or_default()
        }
        Err(_) => without_hex(&String::from_utf8_lossy(body)),
    };
    text.chars().take(MOST).collect()
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.to_ascii_lowercase();
                if SECRETS.iter().any(|secret| name.contains(secret)) {
                    *value = Value::from(HIDDEN);
                } else {
                    mask(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(mask),
        _ => {}
    }
}

fn without_hex(text: &str) -> String {
    let mut shown = String::new();
    let mut run = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_hexdigit() {
            run.push(c);
            continue;
        }
        let is_long = run.len() >= LONG_HEX;
        shown.push_str(if is_long { HIDDEN } else { &run });
        run.clear();
        shown.push(c);
    }
    shown.pop();
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proves_a_notice_is_not_shown() {
        let body = br#"{"order_id":"GRB-1","Signature_Key":"abc","va":[{"saved_token_id":"t","bank":"bca"}],"masked_card":"4811-1114"}"#;
        let text = shown(body);
        assert!(text.contains("GRB-1") && text.contains("bca"), "{text}");
        for hidden in ["abc", "\"t\"", "4811"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
    }

    #[test]
    fn what_is_no_json_is_text_without_digests() {
        let digest = "0123456789abcdef".repeat(8);
        let text = shown(format!("order=GRB-1&sig={digest}&<b>").as_bytes());
        assert_eq!(text, "order=GRB-1&sig=•••&<b>");
        assert_eq!(shown(&[0xff, b'a']), "\u{FFFD}a");
        assert_eq!(shown(&vec![b'z'; 20_000]).len(), MOST);
    }
}
