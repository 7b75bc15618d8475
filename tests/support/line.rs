//! A wire between two programs that a test can cut and mend.
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The wire.
pub struct Line {
    /// Its near end.
    pub url: String,
    is_cut: Arc<AtomicBool>,
}

impl Line {
    /// A line to `to`.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn open(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let is_cut = Arc::new(AtomicBool::new(false));
        let cut = Arc::clone(&is_cut);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, to, Arc::clone(&cut)));
            }
        });
        let url = format!("http://{address}");
        Self { url, is_cut }
    }

    /// Cuts it: connections end without an answer.
    pub fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
    }

    /// Mends it.
    pub fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }
}

/// Carries bytes both ways, and drops the connection at the first bytes after the cut.
async fn carry(near: TcpStream, to: SocketAddr, is_cut: Arc<AtomicBool>) {
    let Ok(far) = TcpStream::connect(to).await else {
        return;
    };
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = far.into_split();
    let back = tokio::spawn(async move { tokio::io::copy(&mut far_in, &mut near_out).await });
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count) = near_in.read(&mut bytes).await {
        let is_over = count == 0 || is_cut.load(Ordering::SeqCst);
        if is_over || far_out.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    back.abort();
}
