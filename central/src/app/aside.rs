//! Work that takes a processor for a while, beside the runtime: whoever waits for an answer meanwhile gets it.

/// Runs it on a thread of its own, and goes on with what it gives.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends, and takes whoever waits with it.
            Err(_cancelled) => std::future::pending().await,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::aside;

    /// The runtime has one thread: work that held it would wait for ever for what the other task says.
    #[tokio::test]
    async fn others_go_on_while_it_works() {
        let (tell, told) = std::sync::mpsc::channel();
        let work = aside(move || told.recv());
        let other = async move { tell.send(7) };
        let (heard, sent) = tokio::join!(work, other);
        assert_eq!((heard, sent), (Ok(7), Ok(())));
    }
}
