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

impl App {
    /// Counts a guess at `secret_of` (an address or an account) from `caller`.
    pub(super) async fn count_guess(
        &self,
        secret_of: &str,
        caller: &[u8],
        now: Timestamp,
    ) -> Result<CountedGuess, UserError> {
        let digest = |what: Counted| {
            let (of, from): (&[u8], &[u8]) = match what {
                Counted::Both => (secret_of.as_bytes(), caller),
                Counted::Address => (b"", caller),
                Counted::Account => (secret_of.as_bytes(), b""),
            };
            let text = [what.name().as_bytes(), b"|", of, b"|", from].concat();
            (what, self.vault.digest(PURPOSE, &text))
        };
        // Always in the order of the digests: two guesses at the same time must not wait for each other.
        let mut counted = Counted::ALL.map(digest).to_vec();
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
                Counted::Both => store::guess::forget(tx, digest).await?,
                Counted::Address | Counted::Account => {
                    store::guess::take_back(tx, digest, self.at, *before).await?;
                }
            }
        }
        Ok(())
    }
}
