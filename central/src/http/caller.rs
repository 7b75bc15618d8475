//! Who is calling: the address behind the proxies that we trust.
//!
//! Invariant: `X-Forwarded-For` is believed only as far as trusted proxies wrote it. It is read from its end, where
//! the nearest proxy wrote, and the first address that is no trusted proxy is the caller; what stands before it
//! came from the caller and is worth nothing. Used for rate limits, never for rights.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use anyhow::Context as _;
use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, request::Parts},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;

const FORWARDED: &str = "x-forwarded-for";

/// The networks of our own proxies.
#[derive(Clone, Debug)]
pub struct Proxies(Arc<[IpNet]>);

impl Default for Proxies {
    /// A proxy on this machine.
    fn default() -> Self {
        Self(
            ["127.0.0.0/8", "::1/128"]
                .iter()
                .filter_map(|net| net.parse().ok())
                .collect(),
        )
    }
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// This machine itself: whoever sits here has better means than a flood of requests.
    Local,
    /// Somebody at this address.
    Remote(IpAddr),
}

impl Proxies {
    /// The networks of a list such as `10.0.0.0/8, 192.0.2.7`; `none` trusts nobody.
    ///
    /// # Errors
    /// Names the part that is no network.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let parts = text.split(',').map(str::trim);
        let nets = parts
            .filter(|part| !part.is_empty() && *part != "none")
            .map(|part| {
                let net = part.parse::<IpNet>();
                let net = net.or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
                net.with_context(|| {
                    format!("TRUSTED_PROXIES: {part} is no address or network such as 10.0.0.0/8")
                })
            });
        Ok(Self(nets.collect::<anyhow::Result<_>>()?))
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }

    fn caller(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Caller {
        let Some(peer) = peer.map(|peer| peer.to_canonical()) else {
            return Caller::Local;
        };
        if !self.trusts(peer) {
            return of(peer);
        }
        let mut nearest = peer;
        for hop in headers
            .get_all(FORWARDED)
            .iter()
            .rev()
            .flat_map(|value| value.to_str().unwrap_or("?").rsplit(','))
        {
            // Where a proxy wrote something strange, what lies behind it is not known.
            let Some(hop) = address(hop.trim()) else {
                break;
            };
            nearest = hop;
            if !self.trusts(hop) {
                break;
            }
        }
        of(nearest)
    }
}

fn of(address: IpAddr) -> Caller {
    if address.is_loopback() {
        Caller::Local
    } else {
        Caller::Remote(address)
    }
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|it| it.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    bare.or_else(with_port)
        .or_else(in_brackets)
        .map(|it| it.to_canonical())
}

impl Caller {
    /// The address, for a throttle of one's own.
    #[must_use]
    pub const fn address(self) -> IpAddr {
        match self {
            Self::Local => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Self::Remote(address) => address,
        }
    }

    /// What one household or company shares: the whole address in IPv4, the /64 in IPv6, where anybody has 2⁶⁴.
    #[must_use]
    pub fn group(self) -> [u8; 17] {
        let mut group = [0; 17];
        match self.address() {
            IpAddr::V4(v4) => group[1..5].copy_from_slice(&v4.octets()),
            IpAddr::V6(v6) => {
                group[0] = 6;
                group[1..9].copy_from_slice(&v6.octets()[..8]);
            }
        }
        group
    }
}

/// Notes the caller for everything behind.
pub(super) async fn note(
    State(proxies): State<Proxies>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(address)| address.ip());
    let caller = proxies.caller(peer, request.headers());
    request.extensions_mut().insert(caller);
    next.run(request).await
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts
            .extensions
            .get::<Self>()
            .copied()
            .unwrap_or(Self::Local))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn caller(proxies: &str, peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies::parse(proxies).expect("networks");
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED, HeaderValue::from_str(value).expect("a value"));
        }
        match proxies.caller(peer.parse().ok(), &headers) {
            Caller::Local => "local".to_owned(),
            Caller::Remote(address) => address.to_string(),
        }
    }

    #[test]
    fn forwarded_addresses_are_believed_as_far_as_trusted_proxies_wrote_them() {
        let ours = "10.0.0.0/8, 192.0.2.7";
        for (proxies, peer, forwarded, want) in [
            // A stranger's word is worth nothing.
            (ours, "203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("none", "203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            // The proxy's word is the last one.
            (ours, "10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            (ours, "10.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            (
                ours,
                "10.0.0.1",
                &["1.1.1.1", "198.51.100.1, 192.0.2.7"],
                "198.51.100.1",
            ),
            // Pretending to be a proxy of ours does not hide who connected to the proxy.
            (
                ours,
                "10.0.0.1",
                &["10.0.0.3, 198.51.100.1"],
                "198.51.100.1",
            ),
            (
                ours,
                "10.0.0.1",
                &["rubbish, 198.51.100.1:4711"],
                "198.51.100.1",
            ),
            (ours, "10.0.0.1", &["1.1.1.1, rubbish"], "10.0.0.1"),
            (ours, "10.0.0.1", &[], "10.0.0.1"),
            (ours, "10.0.0.1", &["[2001:db8::1]:443"], "2001:db8::1"),
            (ours, "10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("127.0.0.0/8", "127.0.0.1", &[], "local"),
            (
                "127.0.0.0/8",
                "127.0.0.1",
                &["198.51.100.1"],
                "198.51.100.1",
            ),
            ("127.0.0.0/8", "", &["198.51.100.1"], "local"),
        ] {
            assert_eq!(
                caller(proxies, peer, forwarded),
                want,
                "{peer} {forwarded:?}"
            );
        }
        assert!(Proxies::parse("10.0.0.0/99").is_err());
    }

    #[test]
    fn a_household_shares_its_limits() {
        let group = |text: &str| Caller::Remote(text.parse().expect("an address")).group();
        assert_eq!(group("2001:db8:1:2::1"), group("2001:db8:1:2:ffff::9"));
        assert_ne!(group("2001:db8:1:2::1"), group("2001:db8:1:3::1"));
        assert_ne!(group("198.51.100.1"), group("198.51.100.2"));
    }
}
