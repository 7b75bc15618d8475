//! Browsers that signed in before: what others guess elsewhere does not hold them up.
//!
//! Invariant: the mark opens nothing. It only says that this browser's guesses at this account are counted by
//! themselves, so nobody can keep an administrator out by guessing from many places. It names one account, has an end,
//! and cannot be made without the vault. Marks end with a new password or second factor and with all sessions of the
//! account ([`Account::generation`]): whoever knew the old password keeps nothing of it.

use data_encoding::HEXLOWER;
use subtle::ConstantTimeEq as _;
use sync_protocol::time::Timestamp;

use super::App;
use crate::domain::account::Account;

const PURPOSE: &str = "panel browser";
/// How long a browser is known, since it signed in last.
const KNOWN_MS: i64 = 180 * 24 * 3_600_000;
const ID: usize = 16;
const END: usize = ID + 8;

impl App {
    /// A mark for a browser that signed in to this account.
    pub(super) fn new_browser(&self, account: &Account, now: Timestamp) -> String {
        let mut id = [0; ID];
        self.entropy.fill(&mut id);
        let until = now.plus_ms(KNOWN_MS).0.to_be_bytes();
        let claim = [&id[..], &until].concat();
        let proof = self.browser_proof(&claim, account);
        HEXLOWER.encode(&[claim, proof.to_vec()].concat())
    }

    /// What a browser is counted under, if its mark is of this account and not too old.
    pub(super) fn known_browser(
        &self,
        mark: Option<&str>,
        account: &Account,
        now: Timestamp,
    ) -> Option<[u8; ID]> {
        let bytes = HEXLOWER.decode(mark?.as_bytes()).ok()?;
        let (claim, proof) = bytes.split_at_checked(END)?;
        let is_ours: bool = self
            .browser_proof(claim, account)
            .as_slice()
            .ct_eq(proof)
            .into();
        let until = i64::from_be_bytes(claim.get(ID..END)?.try_into().ok()?);
        let id = claim.get(..ID)?.try_into().ok()?;
        (is_ours && now.0 < until).then_some(id)
    }

    fn browser_proof(&self, claim: &[u8], account: &Account) -> [u8; 16] {
        let (user, generation) = (account.id.0.as_bytes(), account.generation.to_be_bytes());
        let text = [claim, user, &generation].concat();
        let digest = self.vault.digest(PURPOSE, &text);
        let mut proof = [0; 16];
        proof.copy_from_slice(&digest[..16]);
        proof
    }
}
