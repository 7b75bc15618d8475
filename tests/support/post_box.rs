//! A mail server of the tests' own: takes letters by SMTP over TCP, keeps them as they came, and fails on demand.
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

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

/// A letter as it came.
#[derive(Clone, Debug)]
pub struct Posted {
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
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    letters: Vec<Posted>,
    faults: VecDeque<Fault>,
    is_closed: bool,
}

impl PostBox {
    /// Opens it on a free port.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let post_box = Self {
            address: listener.local_addr().expect("an address"),
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

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("unpoisoned")
    }

    /// One connection; an error is the client's going away.
    async fn talk(&self, stream: TcpStream) -> Option<()> {
        if self.state().is_closed {
            return None;
        }
        let mut talk = Talk(BufReader::new(stream));
        talk.say("220 post.test").await?;
        let mut to = Vec::new();
        loop {
            let line = talk.hear().await?;
            let verb = line.to_uppercase();
            if verb.starts_with("EHLO") {
                talk.say("250-post.test\r\n250 8BITMIME").await?;
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
        self.state().letters.push(Posted { to, text });
        match fault {
            Some(Fault::DropAfterData) => return None,
            Some(Fault::Slow(pause)) => tokio::time::sleep(pause).await,
            _ => {}
        }
        talk.say("250 taken").await
    }
}

struct Talk(BufReader<TcpStream>);

impl Talk {
    async fn say(&mut self, line: &str) -> Option<()> {
        let line = format!("{line}\r\n");
        self.0.get_mut().write_all(line.as_bytes()).await.ok()
    }

    async fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).await.ok()?;
        (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }
}
