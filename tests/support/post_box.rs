//! A mail server of the tests' own: takes letters by SMTP over TCP, keeps them as they came, and fails on demand.
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use rustls::ServerConfig;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// What the server does to the next letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Asks to come later, with this code, when it hears for whom the letter is.
    Later(u16),
    /// Refuses it for good, with this code.
    Refuse(u16),
    /// Breaks off in the middle of the letter.
    DropInData,
    /// Keeps the letter and breaks off before saying so.
    DropAfterData,
    /// Keeps the letter, and says so after this time.
    Slow(Duration),
}

/// How the server's connections are protected.
#[derive(Clone, Default)]
pub enum Guard {
    /// Not at all.
    #[default]
    Off,
    /// By TLS from the first byte.
    Tls(Arc<ServerConfig>),
    /// By TLS once the client asks for it.
    StartTls(Arc<ServerConfig>),
}

/// A letter as it came.
#[derive(Clone, Debug)]
pub struct Posted {
    /// It came over TLS.
    pub is_protected: bool,
    /// Addresses of the envelope.
    pub to: Vec<String>,
    /// Head and body, without the dots of the protocol.
    pub text: String,
}

/// The server.
#[derive(Clone)]
pub struct PostBox {
    /// Where it listens.
    pub address: SocketAddr,
    guard: Guard,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    letters: Vec<Posted>,
    in_clear: Vec<String>,
    faults: VecDeque<Fault>,
    is_closed: bool,
}

impl PostBox {
    /// Opens it on a free port.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn open() -> Self {
        Self::open_with(Guard::Off).await
    }

    /// The same with its connections protected.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn open_with(guard: Guard) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let post_box = Self {
            address: listener.local_addr().expect("an address"),
            guard,
            state: Arc::default(),
        };
        let serving = post_box.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.talk(stream).await });
            }
        });
        post_box
    }

    /// Does this to the letters that come next, in turn.
    pub fn fail(&self, faults: &[Fault]) {
        self.state().faults.extend(faults);
    }

    /// Hangs up on everybody, or no longer.
    pub fn close(&self, is_closed: bool) {
        self.state().is_closed = is_closed;
    }

    /// The letters so far.
    #[must_use]
    pub fn letters(&self) -> Vec<Posted> {
        self.state().letters.clone()
    }

    /// What was said to it outside TLS, line by line.
    #[must_use]
    pub fn heard_in_clear(&self) -> Vec<String> {
        self.state().in_clear.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("unpoisoned")
    }

    /// One connection; an error is the client's going away.
    async fn talk(&self, stream: TcpStream) -> Option<()> {
        if self.state().is_closed {
            return None;
        }
        let mut talk = Talk::new(stream);
        if let Guard::Tls(config) = &self.guard {
            talk = talk.protected(config).await?;
        }
        talk.say("220 post.test").await?;
        let mut to = Vec::new();
        loop {
            let line = talk.hear().await?;
            if !talk.is_protected {
                self.state().in_clear.push(line.clone());
            }
            let verb = line.to_uppercase();
            if verb.starts_with("EHLO") {
                talk.say(self.abilities(&talk)).await?;
            } else if let Guard::StartTls(config) = &self.guard
                && verb == "STARTTLS"
            {
                talk.say("220 go on").await?;
                talk = talk.protected(config).await?;
            } else if verb.starts_with("RCPT TO:") {
                let refusal = self.refusal();
                if let Some(code) = refusal {
                    talk.say(&format!("{code} <siti@example.id> not now"))
                        .await?;
                    continue;
                }
                to.push(
                    line["RCPT TO:".len()..]
                        .trim_matches(['<', '>', ' '])
                        .to_owned(),
                );
                talk.say("250 ok").await?;
            } else if verb == "DATA" {
                talk.say("354 go on").await?;
                self.take(&mut talk, std::mem::take(&mut to)).await?;
            } else if verb == "QUIT" {
                talk.say("221 bye").await?;
                return None;
            } else {
                talk.say("250 ok").await?;
            }
        }
    }

    const fn abilities(&self, talk: &Talk) -> &'static str {
        match &self.guard {
            Guard::StartTls(_) if !talk.is_protected => {
                "250-post.test\r\n250-STARTTLS\r\n250 8BITMIME"
            }
            _ if talk.is_protected => "250-post.test\r\n250-AUTH PLAIN\r\n250 8BITMIME",
            _ => "250-post.test\r\n250 8BITMIME",
        }
    }

    fn refusal(&self) -> Option<u16> {
        let mut state = self.state();
        let code = match state.faults.front() {
            Some(Fault::Later(code) | Fault::Refuse(code)) => *code,
            _ => return None,
        };
        state.faults.pop_front();
        Some(code)
    }

    async fn take(&self, talk: &mut Talk, to: Vec<String>) -> Option<()> {
        let fault = self.state().faults.pop_front();
        if fault == Some(Fault::DropInData) {
            talk.hear().await?;
            return None;
        }
        let mut text = String::new();
        loop {
            let line = talk.hear().await?;
            if line == "." {
                break;
            }
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
            text.push_str("\r\n");
        }
        let is_protected = talk.is_protected;
        self.state().letters.push(Posted {
            is_protected,
            to,
            text,
        });
        match fault {
            Some(Fault::DropAfterData) => return None,
            Some(Fault::Slow(pause)) => tokio::time::sleep(pause).await,
            _ => {}
        }
        talk.say("250 taken").await
    }
}

/// A connection, protected or not.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

struct Talk {
    wire: BufReader<Box<dyn Wire>>,
    is_protected: bool,
}

impl Talk {
    fn new(stream: TcpStream) -> Self {
        Self {
            wire: BufReader::new(Box::new(stream)),
            is_protected: false,
        }
    }

    /// The same over TLS, if the client goes along.
    async fn protected(self, config: &Arc<ServerConfig>) -> Option<Self> {
        let acceptor = TlsAcceptor::from(Arc::clone(config));
        let wire = acceptor.accept(self.wire.into_inner()).await.ok()?;
        Some(Self {
            wire: BufReader::new(Box::new(wire)),
            is_protected: true,
        })
    }

    async fn say(&mut self, line: &str) -> Option<()> {
        let line = format!("{line}\r\n");
        let wire = self.wire.get_mut();
        wire.write_all(line.as_bytes()).await.ok()?;
        wire.flush().await.ok()
    }

    async fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.wire.read_line(&mut line).await.ok()?;
        (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }
}
