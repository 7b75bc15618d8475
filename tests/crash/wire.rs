//! The way between gates and central, on which answers can be made to take their time: the moment between sending
//! and acknowledgement is then long enough to be hit.
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream},
};

/// Bytes that arrive at once.
const CHUNK: usize = 8 * 1024;

/// The way.
pub struct Wire {
    /// Where gates find central.
    pub url: String,
    micros: Arc<AtomicU64>,
}

impl Wire {
    /// A way to `central`.
    pub async fn open(central: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let micros = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&micros);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, central, Arc::clone(&seen)));
            }
        });
        let url = format!("https://{address}");
        Self { url, micros }
    }

    /// From now on every piece of an answer takes so long.
    pub fn slow(&self, each: Duration) {
        let micros = u64::try_from(each.as_micros()).expect("a short time");
        self.micros.store(micros, Ordering::SeqCst);
    }
}

async fn carry(near: TcpStream, central: SocketAddr, micros: Arc<AtomicU64>) {
    let Ok(far) = TcpStream::connect(central).await else {
        return;
    };
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = far.into_split();
    let there = tokio::spawn(async move { copy(&mut near_in, &mut far_out).await });
    let mut bytes = vec![0; CHUNK];
    while let Ok(count @ 1..) = far_in.read(&mut bytes).await {
        let wait = Duration::from_micros(micros.load(Ordering::SeqCst));
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        if near_out.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    there.abort();
}
