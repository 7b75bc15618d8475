//! A mail server, spoken to by SMTP over connections that are kept and used again.
//!
//! Invariant: a password travels only under TLS, or to this machine itself; the server's certificate is checked. A
//! connection that ends after the letter was handed over leaves its fate unknown, and counts as not sent: the repeat
//! carries the same message id.

use std::{error::Error as _, io, net::IpAddr, time::Duration};

use futures_util::future::BoxFuture;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    transport::smtp::{
        Error, PoolConfig,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Letter, MailError, Mailer, Sender, message};

/// Longest wait for one answer of the server.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Longest time for a whole letter.
pub(super) const LETTER_TIMEOUT: Duration = Duration::from_secs(60);
/// Most connections at once; servers count them.
const CONNECTIONS: u32 = 4;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte.
    Tls,
    /// Plain until STARTTLS, which must work.
    StartTls,
    /// Plain throughout.
    Off,
}

/// What is needed to reach a server.
#[derive(Debug)]
pub struct Server {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// User and password, if it asks for them.
    pub login: Option<(String, SecretString)>,
    /// PEM of authorities that may have signed its certificate, besides those of the public web.
    pub authorities: Option<Vec<u8>>,
}

/// A mail server.
#[derive(Debug)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Sender,
    place: String,
}

impl Smtp {
    /// A client of this server.
    ///
    /// # Errors
    /// When its name cannot be in a certificate, or the authorities are none.
    pub fn new(server: Server, sender: Sender) -> Result<Self, Error> {
        let parameters = || {
            let builder = TlsParameters::builder(server.host.clone());
            let own = server.authorities.as_deref().map(Certificate::from_pem);
            match own.transpose()? {
                Some(own) => builder.add_root_certificate(own).build(),
                None => builder.build(),
            }
        };
        let tls = match server.protection {
            Protection::Tls => Tls::Wrapper(parameters()?),
            Protection::StartTls => Tls::Required(parameters()?),
            Protection::Off => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        if let Some((user, password)) = server.login {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self {
            transport: builder.build(),
            sender,
            place: format!("{}:{}", server.host, server.port),
        })
    }

    async fn hand_over(&self, letter: &Letter) -> Result<(), MailError> {
        let message = message(letter, &self.sender)?;
        let sent = tokio::time::timeout(LETTER_TIMEOUT, self.transport.send(message)).await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(meaning(&error)),
            Err(_) => Err(MailError::Unreachable),
        }
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(self.hand_over(letter))
    }

    fn describe(&self) -> String {
        format!("the mail server {}", self.place)
    }
}

/// Whether a host is this machine, where nobody listens on the line.
#[must_use]
pub(super) fn is_local(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn meaning(error: &Error) -> MailError {
    let Some(code) = error.status().map(u16::from) else {
        return unanswered(error);
    };
    match code {
        // Authentication: required, wrong, too weak, needs encryption.
        530 | 534 | 535 | 538 => MailError::NotOurs(code),
        400..=499 => MailError::Later(code),
        _ => MailError::Refused(code),
    }
}

/// What stopped the talk before the server answered.
fn unanswered(error: &Error) -> MailError {
    match handshake(error) {
        Some(rustls::Error::InvalidCertificate(why)) => MailError::Certificate(objection(why)),
        Some(_) => MailError::Unsuited,
        // Ours: it offers no STARTTLS, or no way to log in that we know.
        None if error.is_client() => MailError::Unsuited,
        None => MailError::Unreachable,
    }
}

/// What went wrong between the two TLS ends, if it was that.
fn handshake(error: &Error) -> Option<&rustls::Error> {
    let mut cause = error.source();
    while let Some(found) = cause {
        if let Some(tls) = found.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        let io = found.downcast_ref::<io::Error>();
        let inner = io.and_then(io::Error::get_ref);
        if let Some(tls) = inner.and_then(|inner| inner.downcast_ref()) {
            return Some(tls);
        }
        cause = found.source();
    }
    None
}

/// What is wrong with a certificate, and what to do.
fn objection(why: &rustls::CertificateError) -> &'static str {
    use rustls::CertificateError as E;
    match why {
        E::UnknownIssuer => {
            "nobody we know signed it: give the authority that did as SMTP_CA_FILE, if it is your own"
        }
        E::NotValidForName | E::NotValidForNameContext { .. } => {
            "it is for another name: set SMTP_HOST to the name in it"
        }
        E::Expired | E::ExpiredContext { .. } => {
            "it has expired: have it renewed, or set this machine's clock"
        }
        E::NotValidYet | E::NotValidYetContext { .. } => {
            "it is not valid yet: set this machine's clock, or the server's"
        }
        _ => "it is not what a mail server's certificate must be: ask who runs the server",
    }
}
