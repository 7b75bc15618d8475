//! An HTTP client for tests: to our own machine, through no proxy.
use rustls::crypto::ring;

/// A client; the crypto provider that the program installs at its start is installed on the way.
///
/// # Panics
/// When the system gives no socket.
#[must_use]
pub fn client() -> reqwest::Client {
    // An error only says that it is installed already.
    let _ = ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy();
    builder.build().expect("a client")
}
