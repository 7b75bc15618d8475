//! A wire between two programs that a test can cut, mend and stall, and that can keep an answer for a while.
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};

/// The wire.
pub struct Line {
    /// Its near end.
    pub url: String,
    state: Arc<State>,
}

/// No end to the requests that are lost.
const ALL: usize = usize::MAX;

/// What becomes of requests.
#[derive(Default)]
struct State {
    /// How many more are lost.
    to_lose: AtomicUsize,
    /// How many more are kept without an answer.
    to_stall: AtomicUsize,
    /// How many were kept so far.
    stalled: AtomicUsize,
    /// How many more answers are kept until [`Line::let_go`].
    to_keep: AtomicUsize,
    /// How many answers are kept now, once anybody waits.
    kept: watch::Sender<usize>,
}

impl State {
    /// Whether one more is to be counted off.
    fn take(count: &AtomicUsize) -> bool {
        let less = |left: usize| (left > 0).then(|| if left == ALL { ALL } else { left - 1 });
        let taken = count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
        taken.is_ok()
    }
}

impl Line {
    /// A line to `to`.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn open(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let seen = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, to, Arc::clone(&seen)));
            }
        });
        let url = format!("http://{address}");
        Self { url, state }
    }

    /// Cuts it: connections end without an answer.
    pub fn cut(&self) {
        self.lose(ALL);
    }

    /// Loses the next requests.
    pub fn lose(&self, requests: usize) {
        self.state.to_lose.store(requests, Ordering::SeqCst);
    }

    /// Keeps all requests from now on without an answer.
    pub fn stall(&self) {
        self.state.to_stall.store(ALL, Ordering::SeqCst);
    }

    /// How many requests it kept.
    #[must_use]
    pub fn stalled(&self) -> usize {
        self.state.stalled.load(Ordering::SeqCst)
    }

    /// Keeps the next answer until [`Line::let_go`]; those after it pass.
    pub fn keep_answer(&self) {
        self.state.to_keep.store(1, Ordering::SeqCst);
    }

    /// Waits until an answer is kept.
    ///
    /// # Panics
    /// When the line is gone.
    pub async fn answer_kept(&self) {
        let mut kept = self.state.kept.subscribe();
        kept.wait_for(|kept| *kept > 0).await.expect("the line");
    }

    /// Lets kept answers go.
    pub fn let_go(&self) {
        self.state.kept.send_replace(0);
    }

    /// Mends it.
    pub fn mend(&self) {
        self.state.to_stall.store(0, Ordering::SeqCst);
        self.lose(0);
    }
}

/// Carries bytes both ways, and drops the connection with the first bytes that are to be lost.
async fn carry(near: TcpStream, to: SocketAddr, state: Arc<State>) {
    let Ok(far) = TcpStream::connect(to).await else {
        return;
    };
    let (mut near_in, near_out) = near.into_split();
    let (far_in, mut far_out) = far.into_split();
    let back = tokio::spawn(carry_back(far_in, near_out, Arc::clone(&state)));
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count) = near_in.read(&mut bytes).await {
        if count > 0 && State::take(&state.to_stall) {
            state.stalled.fetch_add(1, Ordering::SeqCst);
            continue;
        }
        let is_over = count == 0 || State::take(&state.to_lose);
        if is_over || far_out.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    back.abort();
}

/// Carries answers, and keeps those that are to be kept.
async fn carry_back(mut far: OwnedReadHalf, mut near: OwnedWriteHalf, state: Arc<State>) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count) = far.read(&mut bytes).await {
        if count > 0 && State::take(&state.to_keep) {
            let mut kept = state.kept.subscribe();
            state.kept.send_modify(|kept| *kept += 1);
            // The sender lives as long as the state, which is held here.
            let _ = kept.wait_for(|kept| *kept == 0).await;
        }
        if count == 0 || near.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
}
