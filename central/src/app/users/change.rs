//! Changing one's own password: the old one is asked again, and every other session ends.

use serde_json::json;

use super::{App, Attempt, By, Opened, Signed, UserError, password};
use crate::{
    domain::session::Stage,
    store::{self, tx::transact},
};

impl App {
    /// Changes the password; gives the session that goes on, under another token.
    ///
    /// # Errors
    /// [`UserError::Wrong`], [`UserError::Wait`], [`UserError::Password`], [`UserError::PoorPassword`].
    pub async fn change_password(
        &self,
        signed: &Signed,
        old: &str,
        new: &str,
        attempt: &Attempt<'_>,
    ) -> Result<Opened, UserError> {
        let account = &signed.account;
        password::check_choice(account, old, new)?;
        self.prove_password(signed, old).await?;
        let (now, hash) = (self.clock.now(), self.hash_password(new).await);
        let (token, digest) = self.new_token();
        let changed = transact!(self.store, |tx| {
            store::account::set_password(tx, account.id, &hash, None).await?;
            store::password_reset::use_all(tx, account.id, now).await?;
            store::panel_session::end_all(tx, account.id).await?;
            let (by, subject) = (By::account(account), ("user", account.id.0));
            self.note_by(tx, &by, "user.password_change", subject, now, json!({}))
                .await?;
            self.open_panel_session(tx, account, Stage::Full, attempt, &digest, now)
                .await?;
            let changed = store::account::by_id(tx, account.id).await?;
            changed.ok_or(UserError::Unknown)
        })?;
        Ok(self.opened(token, Stage::Full, &changed, now))
    }
}
