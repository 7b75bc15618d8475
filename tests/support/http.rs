//! An HTTP client for tests: to our own machine, through no proxy.
use rustls::crypto::ring;

/// A client; the crypto provider that the program installs at its start is installed on the way.
///
/// # Panics
/// When the system gives no socket.
#[must_use]
pub fn client() -> reqwest::Client {
    builder().build().expect("a client")
}

/// A client that shows where it is sent and does not go there.
///
/// # Panics
/// When the system gives no socket.
#[must_use]
pub fn staying_client() -> reqwest::Client {
    let stays = reqwest::redirect::Policy::none();
    builder().redirect(stays).build().expect("a client")
}

fn builder() -> reqwest::ClientBuilder {
    // An error only says that it is installed already.
    let _ = ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}
