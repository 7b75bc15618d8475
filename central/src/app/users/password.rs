//! Passwords are hashed and checked off the threads that serve, a few at a time: each takes 19 MiB.

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::{App, UserError};
use crate::{
    app::aside::aside,
    domain::{account::Account, one_time, password},
};

/// So many at once; others wait their turn.
static AT_ONCE: Semaphore = Semaphore::const_new(4);
/// What is checked where there is no account, so that the answer takes as long.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password as it is made or typed.
pub(super) type Secret = Zeroizing<String>;

impl App {
    /// The hash to keep.
    pub(super) async fn hash_password(&self, password: &str) -> String {
        let (password, mut salt) = (Zeroizing::new(password.to_owned()), [0; 16]);
        self.entropy.fill(&mut salt);
        off_the_threads(move || password::hash(&password, &salt)).await
    }

    /// A one-time password and its hash.
    pub(super) async fn new_one_time(&self) -> (Secret, String) {
        let mut random = Zeroizing::new([0; one_time::PASSWORD]);
        self.entropy.fill(&mut *random);
        let secret = Zeroizing::new(one_time::text(&*random));
        let hash = self.hash_password(&secret).await;
        (secret, hash)
    }
}

/// Whether a password fits; where there is no hash it does not, after the same time.
pub(super) async fn fits(password: &str, stored: Option<String>) -> bool {
    let password = Zeroizing::new(password.to_owned());
    off_the_threads(move || {
        let real = stored.filter(|stored| stored != "!");
        let is_right = password::verify(&password, real.as_deref().unwrap_or(NOBODYS));
        is_right && real.is_some()
    })
    .await
}

/// Whether somebody may choose a password.
pub(super) fn check_choice(account: &Account, old: &str, new: &str) -> Result<(), UserError> {
    password::check(new)?;
    let is_poor = new == old || new.to_lowercase().contains(&account.email.to_lowercase());
    if is_poor {
        return Err(UserError::PoorPassword);
    }
    Ok(())
}

async fn off_the_threads<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    // It is never closed.
    let _turn = AT_ONCE.acquire().await;
    aside(work).await
}
