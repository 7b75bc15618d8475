//! Letters in a test: sent by the real client, read by a stranger.
use std::{
    io::Write as _,
    process::{Command, Stdio},
    sync::Arc,
};

use central::{
    app::App,
    mail::{Protection, Sender, Server, Smtp},
};
use serde_json::Value;

use crate::{
    post_box::{PostBox, Posted},
    shop::Shop,
};

/// What a stranger's parser (Python's own, and the calendar's of Debian) makes of a letter.
const PARSER: &str = r#"
import base64, email, email.policy, icalendar, json, sys
letter = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.strict)
parts = [p for p in letter.walk() if not p.is_multipart()]
out = {"headers": [[k.lower(), str(v)] for k, v in letter.items()], "type": letter.get_content_type(), "parts": [], "days": []}
for p in parts:
    body = p.get_payload(decode=True)
    kind = p.get_content_type()
    out["parts"].append({"type": kind, "file": p.get_filename(), "bytes": len(body),
        "base64": base64.b64encode(body).decode() if kind == "application/pdf" else "",
        "text": body.decode() if kind in ("text/plain", "text/html") else body[:5].decode("latin1")})
    if kind == "text/calendar":
        for e in icalendar.Calendar.from_ical(body).walk("VEVENT"):
            out["days"].append([str(e["uid"]), e["dtstart"].dt.isoformat(), e["dtend"].dt.isoformat(), str(e["summary"]), str(e["status"]), int(e["sequence"])])
print(json.dumps(out))
"#;

/// The letter's headers, parts and calendar days.
///
/// # Panics
/// When the stranger does not understand it.
#[must_use]
pub fn parsed(letter: &Posted) -> Value {
    let mut python = Command::new("/usr/bin/python3");
    let python = python
        .args(["-c", PARSER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut running = python.spawn().expect("python3");
    let mut stdin = running.stdin.take().expect("a pipe");
    stdin.write_all(letter.text.as_bytes()).expect("written");
    drop(stdin);
    let output = running.wait_with_output().expect("python3");
    assert!(output.status.success(), "{}", letter.text);
    serde_json::from_slice(&output.stdout).expect("json")
}

/// A header that stands there once.
///
/// # Panics
/// When it does not.
#[must_use]
pub fn header<'a>(letter: &'a Value, name: &str) -> &'a str {
    let all = letter["headers"].as_array().expect("headers");
    let mut found = all.iter().filter(|pair| pair[0] == name);
    let value = found.next().expect(name)[1].as_str().expect("text");
    assert!(found.next().is_none(), "{name} stands once");
    value
}

/// The plain text.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn text(letter: &Value) -> &str {
    letter["parts"][0]["text"].as_str().expect("a text part")
}

/// Its message id.
#[must_use]
pub fn message_id(letter: &Posted) -> String {
    header(&parsed(letter), "message-id").to_owned()
}

/// The shop's app with a way to this post box.
///
/// # Panics
/// When the client cannot be made.
#[must_use]
pub fn connected(shop: &Shop, post: &PostBox) -> App {
    let server = Server {
        host: post.address.ip().to_string(),
        port: post.address.port(),
        protection: Protection::Off,
        login: None,
        authorities: None,
    };
    let sender = Sender::parse("Gerbang <tickets@central.test>").expect("a sender");
    let mut app = shop.central.app.clone();
    app.mailer = Some(Arc::new(Smtp::new(server, sender).expect("a client")));
    app
}
