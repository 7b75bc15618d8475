//! A letter as the bytes that travel: `multipart/mixed` of text and HTML, then the files.
//!
//! Invariant: names and subjects lose every control character before they come near a header, and what is not ASCII is
//! encoded; so a name can end no header and begin none. Lines end with CRLF and are short.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Address, Message,
    message::{
        Attachment as Part, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use super::{Letter, MailError};

/// Who letters come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    /// As an operator writes it: `Name <address>` or the address alone.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let sender: Mailbox = typed.trim().parse().ok()?;
        let is_plain = !typed.chars().any(char::is_control);
        is_plain.then_some(Self(sender))
    }

    /// The sender's domain, which is ours to make message ids under.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

/// The letter as a message.
///
/// # Errors
/// [`MailError::Unfit`] when an address or a type is none.
pub fn message(letter: &Letter, sender: &Sender) -> Result<Message, MailError> {
    let to: Address = letter.to.parse().map_err(|_| MailError::Unfit("address"))?;
    let name = one_line(&letter.name);
    let seconds = u64::try_from(letter.at.timestamp()).unwrap_or_default();
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let start = Message::builder()
        .from(sender.0.clone())
        .to(Mailbox::new(Some(name).filter(|name| !name.is_empty()), to))
        .subject(one_line(&letter.page.subject))
        .message_id(Some(format!("<{}@{}>", letter.id, sender.domain())))
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()));
    let text = letter.page.text();
    let html = letter.page.html().map_err(|_| MailError::Unfit("page"))?;
    let mut whole = MultiPart::mixed().multipart(MultiPart::alternative_plain_html(text, html));
    for attachment in &letter.attachments {
        let kind = ContentType::parse(attachment.kind);
        let kind = kind.map_err(|_| MailError::Unfit("attachment type"))?;
        let part: SinglePart =
            Part::new(one_line(&attachment.file)).body(attachment.bytes.clone(), kind);
        whole = whole.singlepart(part);
    }
    start
        .multipart(whole)
        .map_err(|_| MailError::Unfit("message"))
}

/// Without anything that could end a line, in a header or in a mail program.
fn one_line(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let words: String = text
        .chars()
        .map(|c| if is_break(c) { ' ' } else { c })
        .collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Attachment, Page};

    fn letter(name: &str, subject: &str) -> Letter {
        Letter {
            id: "id-1".to_owned(),
            name: name.to_owned(),
            to: "siti@example.id".to_owned(),
            page: Page {
                subject: subject.to_owned(),
                ..Page::default()
            },
            at: chrono::DateTime::from_timestamp(1_796_083_200, 0).expect("a moment"),
            attachments: vec![Attachment {
                file: "a\r\nX-File: 1.pdf".to_owned(),
                kind: "application/pdf",
                bytes: b"x".to_vec(),
            }],
        }
    }

    fn written(letter: &Letter) -> String {
        let sender = Sender::parse("Gerbang <tickets@central.test>").expect("a sender");
        String::from_utf8(message(letter, &sender).expect("fits").formatted()).expect("ascii")
    }

    #[test]
    fn no_header_can_be_injected() {
        let attack = "Siti\r\nBcc: everybody@example.org\r\n\r\n<b>body</b>\u{2028}X: y\n.\r\nQUIT";
        let text = written(&letter(attack, attack));
        let head = text.split("\r\n\r\n").next().expect("a head");
        for line in head.split("\r\n") {
            let name = line.split(':').next().unwrap_or_default().to_lowercase();
            assert!(
                !["bcc", "x", "quit", "x-file"].contains(&name.as_str()),
                "{head}"
            );
        }
        assert!(!text.contains("\nX-File"), "{text}");
        assert!(
            !text.replace("\r\n", "").contains(['\r', '\n']),
            "bare line ends"
        );
        for bad in [
            "siti@example.id\r\nBcc: x@y.z",
            "a b@c.d",
            "<siti@example.id>",
            "",
        ] {
            let mut bad_letter = letter("Siti", "Hello");
            bad.clone_into(&mut bad_letter.to);
            let sender = Sender::parse("tickets@central.test").expect("a sender");
            assert!(message(&bad_letter, &sender).is_err(), "{bad:?}");
        }
        assert_eq!(Sender::parse("Gerbang\r\nBcc: x@y.z <a@b.c>"), None);
    }

    #[test]
    fn the_same_letter_has_the_same_id_each_time() {
        let [first, second] = [1, 2].map(|_| written(&letter("Siti", "Hello")));
        let id = |text: &str| {
            let line = text.lines().find(|line| line.starts_with("Message-ID:"));
            line.map(str::to_owned)
        };
        assert_eq!(
            id(&first).as_deref(),
            Some("Message-ID: <id-1@central.test>")
        );
        assert_eq!(id(&first), id(&second));
        assert!(
            first.contains("\r\nAuto-Submitted: auto-generated\r\n"),
            "{first}"
        );
        assert!(
            first.contains("Date: Tue, 01 Dec 2026 00:00:00 +0000"),
            "{first}"
        );
    }
}
