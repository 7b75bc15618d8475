//! Mail over TLS, to a real server with a certificate made on the spot: what is good arrives, and a server that cannot
//! prove itself hears nothing.
use central::mail::{Letter, MailError, Mailer as _, Page, Protection, Sender, Server, Smtp};
use support::{
    post_box::{Guard, PostBox},
    post_office::{Authority, Flaw},
};

const PASSWORD: &str = "correct-horse-battery";

fn letter() -> Letter {
    Letter {
        id: "letter-1".into(),
        name: "Siti".into(),
        to: "siti@example.id".into(),
        page: Page {
            subject: "Your tickets".into(),
            heading: "A secret heading".into(),
            ..Page::default()
        },
        at: chrono::DateTime::UNIX_EPOCH,
        attachments: Vec::new(),
    }
}

/// A client that logs in at this server and believes this authority.
fn client(post: &PostBox, protection: Protection, authority: Option<&Authority>) -> Smtp {
    let server = Server {
        host: post.address.ip().to_string(),
        port: post.address.port(),
        protection,
        login: Some(("tickets".into(), PASSWORD.into())),
        authorities: authority.map(Authority::pem),
    };
    let sender = Sender::parse("Gerbang <tickets@central.test>").expect("a sender");
    Smtp::new(server, sender).expect("a client")
}

fn guard(protection: Protection, authority: &Authority, flaw: Flaw) -> Guard {
    match protection {
        Protection::Tls => Guard::Tls(authority.server(flaw)),
        Protection::StartTls => Guard::StartTls(authority.server(flaw)),
        Protection::Off => Guard::Off,
    }
}

/// Nothing that was said outside TLS tells anything.
fn assert_silent(post: &PostBox) {
    let heard = post.heard_in_clear();
    let is_greeting = |line: &String| line.starts_with("EHLO") || line == "STARTTLS";
    let told: Vec<_> = heard
        .iter()
        .filter(|line| !is_greeting(line) && *line != "QUIT")
        .collect();
    assert!(told.is_empty(), "{told:?}");
}

#[tokio::test]
async fn letters_and_passwords_travel_under_tls_alone() {
    for protection in [Protection::Tls, Protection::StartTls] {
        let authority = Authority::new();
        let post = PostBox::open_with(guard(protection, &authority, Flaw::None)).await;
        let smtp = client(&post, protection, Some(&authority));
        smtp.send(&letter()).await.expect("it arrives");
        let letters = post.letters();
        assert_eq!(letters.len(), 1, "{protection:?}");
        assert!(letters[0].is_protected && letters[0].text.contains("A secret heading"));
        assert_silent(&post);
    }
}

#[tokio::test]
async fn a_server_that_cannot_prove_itself_hears_nothing_and_the_error_says_what_to_do() {
    for protection in [Protection::Tls, Protection::StartTls] {
        for (flaw, is_known, want) in [
            (Flaw::None, false, "SMTP_CA_FILE"),
            (Flaw::OtherName, true, "SMTP_HOST"),
            (Flaw::Expired, true, "renewed"),
        ] {
            let authority = Authority::new();
            let post = PostBox::open_with(guard(protection, &authority, flaw)).await;
            let smtp = client(&post, protection, is_known.then_some(&authority));
            let error = smtp.send(&letter()).await.expect_err("refused");
            assert_eq!(error.code(), "mail_certificate", "{protection:?} {flaw:?}");
            assert!(error.to_string().contains(want), "{error}");
            assert!(error.is_outage() && !error.is_for_good());
            assert!(post.letters().is_empty());
            assert_silent(&post);
        }
    }
}

/// Somebody on the line takes STARTTLS out of the server's greeting, or answers in clear where TLS is meant.
#[tokio::test]
async fn a_line_that_is_stripped_of_tls_gets_neither_letter_nor_password() {
    for protection in [Protection::StartTls, Protection::Tls] {
        let authority = Authority::new();
        let post = PostBox::open().await;
        let smtp = client(&post, protection, Some(&authority));
        let error = smtp.send(&letter()).await.expect_err("refused");
        assert_eq!(error, MailError::Unsuited, "{protection:?}");
        assert!(error.to_string().contains("SMTP_TLS"), "{error}");
        assert!(post.letters().is_empty());
        let heard = post.heard_in_clear().join("\n");
        assert!(
            !heard.contains("AUTH") && !heard.contains("MAIL FROM"),
            "{heard}"
        );
    }
}
