//! What must not outlive a tenant.

use super::{
    Result, Store,
    both::{Tx, run, statements},
};
use crate::domain::TenantId;

statements! {
    MEMBERS = "DELETE FROM member WHERE tenant = $1";
    INVITATIONS = "DELETE FROM invitation WHERE tenant = $1";
    SECRETS = "DELETE FROM vault WHERE tenant = $1";
    KEY = "DELETE FROM vault_key WHERE tenant = $1";
    SITE = "DELETE FROM site WHERE tenant = $1";
    INTENTS = "DELETE FROM intent WHERE tenant = $1";
    KEEP_ACCOUNTS = "INSERT INTO chat_account (issuer, subject, chat_user)
        SELECT DISTINCT issuer, subject, chat_user FROM pairing WHERE tenant = $1 AND chat_user IS NOT NULL
        ON CONFLICT DO NOTHING";
    PAIRINGS = "DELETE FROM pairing WHERE tenant = $1";
    ANSWERS = "DELETE FROM idempotency WHERE tenant = $1";
    TOKENS = "DELETE FROM api_token WHERE tenant = $1";
}

impl Store {
    /// Forgets once more what a look at a tenant that is gone needed of its secrets.
    ///
    /// # Errors
    /// The database.
    pub async fn forget_gone(&self, tenant: TenantId) -> Result<()> {
        let mut tx = self.begin().await?;
        all_of(&mut tx, tenant).await?;
        tx.commit().await
    }
}

/// All that must not outlive a tenant; its record, log and audit stay, and which accounts
/// in the chat its people had.
pub(super) async fn all_of(tx: &mut Tx, tenant: TenantId) -> Result<()> {
    let tenant = tenant.to_string();
    for sql in [MEMBERS, INVITATIONS, SECRETS, KEY, SITE, INTENTS, KEEP_ACCOUNTS, PAIRINGS, ANSWERS, TOKENS] {
        run!(&mut *tx, sql, &tenant)?;
    }
    Ok(())
}
