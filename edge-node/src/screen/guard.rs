//! Who may ask the screen: this machine, by a name of its own, and no other page on it.
//!
//! A page somewhere on the web can make a name of its own point here (DNS rebinding) or post a form here from
//! another site; both would scan in a steward's name. So the `Host` must be one we go by, and what changes
//! anything must come from our own page, or from a program that is no browser.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY,
            X_CONTENT_TYPE_OPTIONS,
        },
        uri::Authority,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The address on which the screen listens.
#[derive(Clone, Copy, Debug)]
pub struct Guard(pub SocketAddr);

/// Lets a request through or says why not; and closes what we answer against other pages.
pub async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !guard.is_our_name(headers) {
        let why = "This address is not one that the gate's screen goes by.\n";
        return closed((StatusCode::MISDIRECTED_REQUEST, why).into_response());
    }
    if !request.method().is_safe() && !is_from_our_page(headers) {
        let why = "Another page may not do this.\n";
        return closed((StatusCode::FORBIDDEN, why).into_response());
    }
    closed(next.run(request).await)
}

impl Guard {
    /// `localhost`, an address of this machine's loopback, or the one we listen on. A gate that listens on every
    /// address goes by any number, which no DNS can lend to somebody else.
    fn is_our_name(self, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return false;
        };
        let authority = host
            .to_str()
            .ok()
            .and_then(|text| text.parse::<Authority>().ok());
        let Some(authority) = authority.filter(|authority| !authority.as_str().contains('@'))
        else {
            return false;
        };
        let name = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        match name.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback() || ip == self.0.ip() || self.0.ip().is_unspecified(),
            Err(_) => name.eq_ignore_ascii_case("localhost"),
        }
    }
}

/// Browsers say where a request comes from; programs that say nothing are no page.
pub(super) fn is_from_our_page(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match (headers.get(ORIGIN), headers.get(HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin
            .as_bytes()
            .strip_prefix(b"http://")
            .is_some_and(|from| from == host.as_bytes()),
        (Some(_), None) => false,
    }
}

fn closed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, web_assets::CONTENT_SECURITY_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).expect("a value"),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn only_our_own_names() {
        let local = Guard(([127, 0, 0, 1], 8780).into());
        let venue = Guard(([192, 168, 1, 5], 8780).into());
        let every = Guard(([0, 0, 0, 0], 8780).into());
        for (host, on_local, on_venue, on_every) in [
            ("localhost:8780", true, true, true),
            ("LOCALHOST", true, true, true),
            ("127.0.0.1:8780", true, true, true),
            ("[::1]:8780", true, true, true),
            ("192.168.1.5:8780", false, true, true),
            ("192.168.1.6:8780", false, false, true),
            ("gate.evil.example:8780", false, false, false),
            ("localhost.evil.example", false, false, false),
            ("127.0.0.1.evil.example", false, false, false),
            ("evil@localhost", false, false, false),
            ("", false, false, false),
        ] {
            let headers = headers(&[("host", host)]);
            let found = [local, venue, every].map(|guard| guard.is_our_name(&headers));
            assert_eq!(found, [on_local, on_venue, on_every], "{host:?}");
        }
        assert!(!local.is_our_name(&HeaderMap::new()));
        let mut two = headers(&[("host", "localhost")]);
        two.append(HOST, HeaderValue::from_static("evil.example"));
        assert!(!local.is_our_name(&two));
    }

    #[test]
    fn only_our_own_page() {
        for (name, pairs, ours) in [
            ("a program", &[][..], true),
            ("our page", &[("sec-fetch-site", "same-origin")], true),
            ("typed by hand", &[("sec-fetch-site", "none")], true),
            ("another site", &[("sec-fetch-site", "cross-site")], false),
            (
                "another port here",
                &[("sec-fetch-site", "same-site")],
                false,
            ),
            (
                "an old browser, our page",
                &[
                    ("origin", "http://localhost:8780"),
                    ("host", "localhost:8780"),
                ],
                true,
            ),
            (
                "an old browser, another port",
                &[
                    ("origin", "http://localhost:80"),
                    ("host", "localhost:8780"),
                ],
                false,
            ),
            (
                "an old browser, nowhere",
                &[("origin", "null"), ("host", "localhost:8780")],
                false,
            ),
        ] {
            assert_eq!(is_from_our_page(&headers(pairs)), ours, "{name}");
        }
    }
}
