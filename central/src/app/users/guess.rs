//! Guesses are counted before they are looked at, in a transaction of their own, so that neither a crash nor a crowd of
//! requests at the same time gives a guess away.

use sync_protocol::time::Timestamp;

use super::{App, UserError};
use crate::{
    domain::guess::{self, Counted},
    store::{self, StoreError, tx::transact},
};

const PURPOSE: &str = "panel guess";

/// What one guess was counted under.
pub(super) struct CountedGuess {
    at: Timestamp,
    /// With the guess before it.
    counted: Vec<(Counted, [u8; 32], Timestamp)>,
}

/// Somebody guesses.
#[derive(Clone, Copy)]
pub(super) struct Guess<'a> {
    /// At what: passwords, codes and links are counted apart, so that who asks for links may still sign in.
    pub(super) at: &'static str,
    /// Whose: an address or an account.
    pub(super) of: &'a str,
    /// From where.
    pub(super) caller: &'a [u8],
    /// A browser that signed in to this account before, or a session that it has.
    pub(super) browser: Option<[u8; 16]>,
}

impl App {
    /// Counts a guess.
    pub(super) async fn count_guess(
        &self,
        guess: Guess<'_>,
        now: Timestamp,
    ) -> Result<CountedGuess, UserError> {
        let digest = |what: &Counted| {
            let (of, from): (&[u8], &[u8]) = match what {
                Counted::Both => (guess.of.as_bytes(), guess.caller),
                Counted::Address => (b"", guess.caller),
                Counted::Account | Counted::Browsers => (guess.of.as_bytes(), b""),
                Counted::Browser => (
                    guess.of.as_bytes(),
                    guess.browser.as_ref().map_or(b"", |id| id),
                ),
            };
            let (at, name) = (guess.at.as_bytes(), what.name().as_bytes());
            let text = [at, b"|", name, b"|", of, b"|", from].concat();
            (*what, self.vault.digest(PURPOSE, &text))
        };
        // Always in the order of the digests: two guesses at the same time must not wait for each other.
        let counted = Counted::of(guess.browser.is_some()).iter();
        let mut counted: Vec<_> = counted.map(digest).collect();
        counted.sort_unstable_by_key(|(_, digest)| *digest);
        transact!(self.store, |tx| {
            let mut all = Vec::new();
            for (what, digest) in &counted {
                let guesses = store::guess::lock(tx, digest).await?;
                if let Some(until) = guesses.wait_until(*what, now) {
                    return Err(UserError::Wait(until));
                }
                all.push(((what, digest, guesses), guesses.and_one(now)));
            }
            let mut before = Vec::new();
            for ((what, digest, guesses), new) in all {
                store::guess::put(tx, digest, new).await?;
                before.push((*what, *digest, guesses.last_at));
            }
            Ok::<_, UserError>(CountedGuess {
                at: now,
                counted: before,
            })
        })
    }

    /// Guesses that are so old that nothing is remembered of them.
    pub(super) async fn forget_guesses(&self, now: Timestamp) -> Result<u64, StoreError> {
        let before = now.plus_ms(-guess::FORGET_MS);
        transact!(self.store, |tx| { store::guess::sweep(tx, before).await })
    }
}

impl CountedGuess {
    /// The guess was right: the person's own count ends, and it was never made as far as the address and the account are
    /// concerned. What others tried there stays.
    pub(super) async fn was_right(&self, tx: &mut store::Tx) -> Result<(), StoreError> {
        for (what, digest, before) in &self.counted {
            match what {
                Counted::Both | Counted::Browser => store::guess::forget(tx, digest).await?,
                Counted::Address | Counted::Account | Counted::Browsers => {
                    store::guess::take_back(tx, digest, self.at, *before).await?;
                }
            }
        }
        Ok(())
    }
}
