//! A link as thin as 2G: 64 kbit/s each way, 800 ms there and back, and of a hundred packets five are lost.
//!
//! The kernel here has no netem, so the way is made of three parts: the rate is the kernel's (tbf on both ends of the
//! radio cable), the losses are the kernel's (nftables drops at random, so TCP really has to send again), and the
//! delay is a relay on a machine in the middle, which carries whole packets (VXLAN in UDP) and keeps each for 400 ms.

use std::{
    net::UdpSocket,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::{sync::mpsc, task::JoinHandle, time};

use crate::namespaces::Namespace;

/// Of the link, in each direction.
pub const BYTES_PER_SECOND: u32 = 8_000;
/// There and back.
pub const ROUND_TRIP: Duration = Duration::from_millis(800);
/// The port of VXLAN.
const PORT: u16 = 4789;
/// Where the far end of the link is, for the near end.
pub const FAR: &str = "10.78.0.1";

/// A link between two machines. Good until [`Self::thin`] is called.
pub struct ThinLink {
    middle: Namespace,
    delay_ms: Arc<AtomicU64>,
    carrying: [JoinHandle<()>; 2],
}

impl ThinLink {
    /// Joins two machines by a good link; the far one is reached at [`FAR`].
    pub fn new(near: &Namespace, far: &Namespace) -> Result<Self> {
        let middle = Namespace::new()?;
        for (place, machine) in [(1, near), (2, far)] {
            cable(&middle, machine, place)?;
        }
        let delay_ms = Arc::new(AtomicU64::new(0));
        let [first, second] = [1, 2].map(|place| {
            middle.inside(move || {
                let socket = UdpSocket::bind((format!("10.79.{place}.1"), PORT))?;
                socket.set_nonblocking(true)?;
                Ok(socket)
            })
        });
        let first = Arc::new(tokio::net::UdpSocket::from_std(first?)?);
        let second = Arc::new(tokio::net::UdpSocket::from_std(second?)?);
        let carrying = [
            carry(&first, &second, 2, &delay_ms),
            carry(&second, &first, 1, &delay_ms),
        ];
        Ok(Self {
            middle,
            delay_ms,
            carrying,
        })
    }

    /// From now on it is a 2G link, beginning at the near machine.
    pub fn thin(&self, near: &Namespace) -> Result<()> {
        let rate = u64::from(BYTES_PER_SECOND) * 8;
        // What waits in the queue for more than two seconds is dropped.
        let tbf = format!("root tbf rate {rate} burst 3000 latency 2000ms");
        near.tc(&format!("qdisc add dev radio {tbf}"))?;
        self.middle.tc(&format!("qdisc add dev cable1 {tbf}"))?;
        near.nft(&lossy("radio"))?;
        self.middle.nft(&lossy("cable1"))?;
        let one_way = u64::try_from(ROUND_TRIP.as_millis() / 2)?;
        self.delay_ms.store(one_way, Ordering::Relaxed);
        Ok(())
    }

    /// How many packets were lost on their way since it became thin.
    pub fn lost(&self, near: &Namespace) -> Result<u64> {
        let mut lost = 0;
        for machine in [near, &self.middle] {
            let rules = machine.nft("list table netdev lossy")?;
            let count = rules.split_once("counter packets ").map(|(_, rest)| rest);
            let count = count.and_then(|rest| rest.split(' ').next()?.parse().ok());
            lost += count.unwrap_or(0);
        }
        Ok(lost)
    }

    /// Bytes of packets that the near machine has sent and received over the radio, all headers included.
    pub fn bytes(near: &Namespace) -> Result<[u64; 2]> {
        near.inside(|| {
            let table = std::fs::read_to_string("/proc/thread-self/net/dev")?;
            let row = table
                .lines()
                .find_map(|line| line.trim().strip_prefix("radio:"));
            let fields: Vec<u64> = row
                .unwrap_or_default()
                .split_whitespace()
                .map(|field| field.parse().unwrap_or(0))
                .collect();
            anyhow::ensure!(fields.len() > 8, "the radio's counters");
            Ok([fields[8], fields[0]])
        })
    }
}

impl Drop for ThinLink {
    fn drop(&mut self) {
        self.carrying.iter().for_each(JoinHandle::abort);
    }
}

/// A cable from the middle to a machine, and on it the machine's end of the tunnel.
fn cable(middle: &Namespace, machine: &Namespace, place: u8) -> Result<()> {
    let name = machine.name();
    middle.ip(&format!(
        "link add cable{place} type veth peer name radio netns {name}"
    ))?;
    middle.ip(&format!("addr add 10.79.{place}.1/24 dev cable{place}"))?;
    middle.ip(&format!("link set cable{place} up"))?;
    machine.ip(&format!("addr add 10.79.{place}.2/24 dev radio"))?;
    machine.ip("link set radio up")?;
    machine.ip(&format!(
        "link add link0 type vxlan id 1 remote 10.79.{place}.1 dstport {PORT} nolearning"
    ))?;
    machine.ip(&format!("addr add 10.78.0.{}/24 dev link0", 3 - place))?;
    // A packet and the tunnel around it fit into one on the cable.
    machine.ip("link set link0 mtu 1400 up")?;
    // Sums that a network card would fill in must be there before the packet leaves for the relay, a program.
    machine.ethtool("-K link0 tx off gso off")
}

/// Carries packets from one cable to the other, each as late as the link is long.
fn carry(
    from: &Arc<tokio::net::UdpSocket>,
    to: &Arc<tokio::net::UdpSocket>,
    place: u8,
    delay_ms: &Arc<AtomicU64>,
) -> JoinHandle<()> {
    let (from, to, delay_ms) = (Arc::clone(from), Arc::clone(to), Arc::clone(delay_ms));
    let (queue, mut arriving) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        let end = format!("10.79.{place}.2");
        while let Some((due, packet)) = arriving.recv().await {
            time::sleep_until(due.into()).await;
            // A packet that cannot be sent is lost, as on any network.
            let _ = to.send_to(&packet, (end.as_str(), PORT)).await;
        }
    });
    tokio::spawn(async move {
        let mut packet = vec![0; 65_536];
        while let Ok((length, _)) = from.recv_from(&mut packet).await {
            let delay = Duration::from_millis(delay_ms.load(Ordering::Relaxed));
            if queue
                .send((Instant::now() + delay, packet[..length].to_vec()))
                .is_err()
            {
                return;
            }
        }
    })
}

/// Rules by which five of a hundred packets that an interface receives are lost.
fn lossy(device: &str) -> String {
    format!(
        "add table netdev lossy; add chain netdev lossy received \
         {{ type filter hook ingress device {device} priority 0; }}; \
         add rule netdev lossy received ip protocol udp numgen random mod 100 < 5 counter drop"
    )
}
