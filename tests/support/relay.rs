//! A link between two programs with the manners of a radio: a rate, a way that takes its time, stalls, and a count
//! of what passes. Needs no rights, so figures use it; `tests/network` loses real packets instead.
//!
//! It works on TCP streams, so a lost segment cannot be lost: it arrives one round trip late and holds back all
//! that follows, which is what the receiver of a retransmission sees. Opening a connection costs a round trip.
use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use ambient::{Entropy, SeededEntropy};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// Payload of one segment on an ordinary path.
const SEGMENT: usize = 1_400;
/// What TCP and IP add to each segment.
const HEADERS: usize = 40;

/// How a link behaves, in each direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Bytes per second, headers included; `None` = as fast as it goes.
    pub bytes_per_second: Option<u32>,
    /// From one end to the other.
    pub one_way: Duration,
    /// Of a hundred segments, so many arrive a round trip late.
    pub lost_percent: u64,
}

impl Shape {
    /// 64 kbit/s, 800 ms there and back, 5 % lost.
    pub const TWO_G: Self = Self {
        bytes_per_second: Some(8_000),
        one_way: Duration::from_millis(400),
        lost_percent: 5,
    };
}

/// What has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Bytes of the streams from those who connect, TLS included.
    pub up: u64,
    /// Bytes to them.
    pub down: u64,
    /// Connections that were opened.
    pub connections: u64,
}

/// A running link.
pub struct Relay {
    /// Where to connect instead of the target.
    pub address: SocketAddr,
    state: Arc<State>,
}

struct State {
    shape: Mutex<Shape>,
    chance: SeededEntropy,
    connections: AtomicU64,
    ways: [Way; 2],
}

/// One direction, shared by all connections as a radio is.
struct Way {
    bytes: AtomicU64,
    free_at: Mutex<Instant>,
}

impl Relay {
    /// Relays to `target`, for now without any bounds.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn start(target: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let way = || Way {
            bytes: AtomicU64::new(0),
            free_at: Mutex::new(Instant::now()),
        };
        let state = Arc::new(State {
            shape: Mutex::default(),
            chance: SeededEntropy::new(1),
            connections: AtomicU64::new(0),
            ways: [way(), way()],
        });
        let seen = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(connect(near, target, Arc::clone(&seen)));
            }
        });
        Ok(Self { address, state })
    }

    /// From now on the link behaves like this.
    pub fn set(&self, shape: Shape) {
        *lock(&self.state.shape) = shape;
    }

    /// What has passed so far.
    #[must_use]
    pub fn passed(&self) -> Passed {
        let bytes = |way: &Way| way.bytes.load(Ordering::Relaxed);
        Passed {
            up: bytes(&self.state.ways[0]),
            down: bytes(&self.state.ways[1]),
            connections: self.state.connections.load(Ordering::Relaxed),
        }
    }
}

impl State {
    fn shape(&self) -> Shape {
        *lock(&self.shape)
    }

    /// How much later a segment arrives that had to be sent again.
    fn stall(&self, shape: &Shape) -> Duration {
        let is_lost = self.chance.next_u64() % 100 < shape.lost_percent;
        if is_lost {
            shape.one_way * 2
        } else {
            Duration::ZERO
        }
    }
}

impl Way {
    /// Takes the link for so many bytes; tells when the last of them has left.
    fn take(&self, shape: &Shape, length: usize) -> Instant {
        self.bytes.fetch_add(length as u64, Ordering::Relaxed);
        let mut free_at = lock(&self.free_at);
        *free_at = (*free_at).max(Instant::now());
        if let Some(rate) = shape.bytes_per_second {
            *free_at += Duration::from_secs_f64((length + HEADERS) as f64 / f64::from(rate));
        }
        *free_at
    }
}

async fn connect(near: TcpStream, target: SocketAddr, state: Arc<State>) {
    state.connections.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(state.shape().one_way * 2).await;
    let Ok(far) = TcpStream::connect(target).await else {
        return;
    };
    // An error only means that the other end is gone, which the next read tells too.
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    tokio::spawn(carry(near_in, far_out, Arc::clone(&state), 0));
    tokio::spawn(carry(far_in, near_out, state, 1));
}

/// One direction of one connection. What the link has not taken yet waits in the sender's socket.
async fn carry(mut from: OwnedReadHalf, to: OwnedWriteHalf, state: Arc<State>, way: usize) {
    let (queue, arriving) = mpsc::unbounded_channel();
    tokio::spawn(deliver(arriving, to));
    let mut buffer = [0; SEGMENT];
    let mut due = Instant::now();
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let shape = state.shape();
        let left = state.ways[way].take(&shape, length);
        sleep_until(left).await;
        due = due.max(left + shape.one_way + state.stall(&shape));
        if queue.send((due, buffer[..length].to_vec())).is_err() {
            return;
        }
    }
}

async fn deliver(
    mut arriving: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>,
    mut to: OwnedWriteHalf,
) {
    while let Some((due, bytes)) = arriving.recv().await {
        sleep_until(due).await;
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends so many bytes through a link to an echo and tells how long they took there and back.
    async fn echo(shape: Shape, length: usize) -> (Duration, Passed) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let target = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            let (socket, _) = listener.accept().await.expect("the relay connects");
            let (mut from, mut to) = socket.into_split();
            tokio::io::copy(&mut from, &mut to).await
        });
        let relay = Relay::start(target).await.expect("a port");
        relay.set(shape);
        let begun = Instant::now();
        let mut near = TcpStream::connect(relay.address).await.expect("listening");
        near.write_all(&vec![7; length]).await.expect("taken");
        let mut back = vec![0; length];
        near.read_exact(&mut back).await.expect("all comes back");
        assert_eq!(back, vec![7; length]);
        (begun.elapsed(), relay.passed())
    }

    #[tokio::test]
    async fn a_link_without_bounds_only_counts() {
        let (_, passed) = echo(Shape::default(), 100_000).await;
        let expected = Passed {
            up: 100_000,
            down: 100_000,
            connections: 1,
        };
        assert_eq!(passed, expected);
    }

    #[tokio::test]
    async fn rate_and_way_take_their_time() {
        let shape = Shape {
            bytes_per_second: Some(100_000),
            one_way: Duration::from_millis(50),
            lost_percent: 0,
        };
        let (took, _) = echo(shape, 20_000).await;
        // Opening, there and back; and the bytes at the link's rate, once, since both ways overlap.
        let least = Duration::from_millis(100 + 100 + 200);
        assert!(took >= least, "{took:?}");
    }

    #[tokio::test]
    async fn what_is_lost_comes_a_round_trip_late() {
        let shape = Shape {
            bytes_per_second: None,
            one_way: Duration::from_millis(50),
            lost_percent: 100,
        };
        let (took, _) = echo(shape, 100).await;
        assert!(took >= Duration::from_millis(100 + 100 + 200), "{took:?}");
    }
}
