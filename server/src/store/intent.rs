//! Intents: what a plugin asks a person to allow. Each is answered once and its code is redeemed once; a second
//! attempt is told apart from a stranger's, because it means that a code leaked.

use super::{
    Error, Result, Store,
    both::{Tx, one, run, statements},
    held::Held,
    rows::{email as read_email, plain, role as read_role, role_key},
};
use crate::domain::{
    At, Caller, Email, IntentId, PairingId, Role, TenantId,
    secret::{SiteState, TokenHash},
};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntentKind {
    /// Link WordPress and the chat.
    Connect,
    /// Sign in to WordPress.
    SignIn,
}

impl IntentKind {
    fn key(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::SignIn => "sign_in",
        }
    }
}

/// A question and, later, its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Identifier, part of the consent page's address.
    pub id: IntentId,
    /// What is asked for.
    pub kind: IntentKind,
    /// Tenant whose site asks.
    pub tenant: TenantId,
    /// WordPress user who asks.
    pub wp_user: i64,
    /// Their login.
    pub wp_login: String,
    /// Their address.
    pub wp_email: String,
    /// The plugin's own mark; goes back to it as it came.
    pub state: SiteState,
    /// S256 challenge of RFC 7636.
    pub challenge: String,
    /// Asking plugin ("Slipway Connect 1.0.0").
    pub asked_by: String,
    /// When.
    pub asked_at: At,
    /// When the question ends.
    pub expires_at: At,
    /// `None` until somebody answers; then approved or denied.
    pub answered: Option<bool>,
    /// Subject of who answered.
    pub subject: Option<String>,
    /// Their verified address.
    pub email: Option<Email>,
    /// Their name.
    pub name: Option<String>,
    /// Their role in the tenant at that time.
    pub role: Option<Role>,
    /// Pairing that came of it.
    pub pairing: Option<PairingId>,
    /// When the code ends.
    pub code_expires_at: Option<At>,
    /// When the code was redeemed.
    pub redeemed_at: Option<At>,
    /// Where to go in WordPress afterwards.
    pub to: String,
}

/// What redeeming a code came to. Whether it is too late or for another tenant is for the caller to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    /// For the first time.
    Ok(Intent),
    /// Not for the first time.
    Again(Intent),
    /// There is no such code.
    Unknown,
}

#[derive(sqlx::FromRow)]
struct IntentRow {
    id: String,
    kind: String,
    tenant: String,
    wp_user: i64,
    wp_login: String,
    wp_email: String,
    state: String,
    challenge: String,
    asked_by: String,
    asked_at: i64,
    expires_at: i64,
    answered: Option<bool>,
    subject: Option<String>,
    email: Option<String>,
    name: Option<String>,
    role: Option<String>,
    pairing: Option<String>,
    code_expires_at: Option<i64>,
    redeemed_at: Option<i64>,
    target: String,
}

macro_rules! columns {
    () => {
        "id, kind, tenant, wp_user, wp_login, wp_email, state, challenge, asked_by, asked_at, expires_at, answered,
         subject, email, name, role, pairing, code_expires_at, redeemed_at, target"
    };
}

statements! {
    PUT = "INSERT INTO intent (id, kind, tenant, wp_user, wp_login, wp_email, state, challenge, asked_by, asked_at,
            expires_at, target)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    BY_ID = concat!("SELECT ", columns!(), " FROM intent WHERE id = $1");
    BY_CODE = concat!("SELECT ", columns!(), " FROM intent WHERE code_hash = $1");
    OPEN = "SELECT COUNT(*) FROM intent WHERE tenant = $1 AND asked_at >= $2 AND answered IS NULL";
    ANSWER = "UPDATE intent SET answered = $2, subject = $3, email = $4, name = $5, role = $6, code_hash = $7,
            code_expires_at = $8
        WHERE id = $1 AND answered IS NULL";
    REDEEM = "UPDATE intent SET redeemed_at = $2 WHERE code_hash = $1 AND redeemed_at IS NULL";
    SET_PAIRING = "UPDATE intent SET pairing = $2 WHERE id = $1";
    SWEEP_INTENTS = "DELETE FROM intent WHERE expires_at < $1 AND COALESCE(code_expires_at, 0) < $1";
    SWEEP_SESSIONS = "DELETE FROM session WHERE expires_at < $1";
    SWEEP_ANSWERS = "DELETE FROM idempotency WHERE made_at < $1";
}

impl Held {
    /// Remembers which pairing came of a question.
    ///
    /// # Errors
    /// The database.
    pub async fn set_intent_pairing(&mut self, id: IntentId, pairing: PairingId) -> Result<()> {
        run!(&mut self.tx, SET_PAIRING, id.to_string(), pairing.to_string()).map(|_| ())
    }
}

impl Store {
    /// Writes down a question; its answer's fields are not looked at.
    ///
    /// # Errors
    /// The database.
    pub async fn put_intent(&self, intent: &Intent) -> Result<()> {
        let mut tx = self.begin().await?;
        put(&mut tx, intent).await?;
        tx.commit().await
    }

    /// The same, unless `most` questions of the tenant that were asked since then are open: then `false`.
    ///
    /// # Errors
    /// The database.
    pub async fn ask_intent(&self, intent: &Intent, since: At, most: u32) -> Result<bool> {
        let Some(mut held) = self.hold(intent.tenant).await? else { return Ok(false) };
        let open: Option<(i64,)> = one!(&mut held.tx, OPEN, intent.tenant.to_string(), since.0)?;
        let room = open.is_some_and(|(open,)| open < i64::from(most));
        if room {
            put(&mut held.tx, intent).await?;
            held.commit(None).await?;
        }
        Ok(room)
    }

    /// The question of this id.
    ///
    /// # Errors
    /// The database.
    pub async fn intent(&self, id: IntentId) -> Result<Option<Intent>> {
        let row: Option<IntentRow> = one!(&mut self.read().await?, BY_ID, id.to_string())?;
        row.map(Intent::try_from).transpose()
    }

    /// Answers a question; `code` is the hash of the code and its end. `false`: it was answered before.
    ///
    /// # Errors
    /// The database.
    pub async fn answer_intent(
        &self,
        id: IntentId,
        by: &Caller,
        role: Option<Role>,
        approve: bool,
        code: Option<(&TokenHash, At)>,
    ) -> Result<bool> {
        let (hash, until) = code.map(|(hash, At(until))| (hash.hex(), until)).unzip();
        let rows = run!(
            &mut self.write().await?,
            ANSWER,
            id.to_string(),
            approve,
            &*plain(&by.subject),
            by.email.as_str(),
            &*plain(&by.name),
            role.map(role_key),
            hash,
            until,
        )?;
        Ok(rows == 1)
    }

    /// Redeems a code: of any number of attempts exactly one gets [`Redeemed::Ok`].
    ///
    /// # Errors
    /// The database.
    pub async fn redeem(&self, code: &TokenHash, now: At) -> Result<Redeemed> {
        // In a transaction: a row that comes with the change is given out before the change is kept, and whether that worked
        // is not asked any more (sqlx 0.9, `fetch_optional` on SQLite).
        let mut tx = self.begin().await?;
        let first = run!(&mut tx, REDEEM, code.hex(), now.0)? == 1;
        let row: Option<IntentRow> = one!(&mut tx, BY_CODE, code.hex())?;
        tx.commit().await?;
        let Some(row) = row else { return Ok(Redeemed::Unknown) };
        let intent = row.try_into()?;
        Ok(if first { Redeemed::Ok(intent) } else { Redeemed::Again(intent) })
    }

    /// Forgets questions and sessions that ended before that moment, the gateway's answers older than it, allowances that were
    /// whole again by then, and credentials that no pairing uses. Give a moment a day ago: until then a second redeem and a repeated call are recognised.
    ///
    /// # Errors
    /// The database.
    pub async fn sweep(&self, before: At) -> Result<u64> {
        let mut rows = 0;
        for sql in [SWEEP_INTENTS, SWEEP_SESSIONS, SWEEP_ANSWERS, super::pace::SWEEP] {
            rows += run!(&mut self.write().await?, sql, before.0)?;
        }
        Ok(rows + self.sweep_credentials().await?)
    }
}

async fn put(tx: &mut Tx, i: &Intent) -> Result<()> {
    run!(
        tx,
        PUT,
        i.id.to_string(),
        i.kind.key(),
        i.tenant.to_string(),
        i.wp_user,
        &*plain(&i.wp_login),
        &*plain(&i.wp_email),
        i.state.as_str(),
        &*plain(&i.challenge),
        &*plain(&i.asked_by),
        i.asked_at.0,
        i.expires_at.0,
        &*plain(&i.to),
    )
    .map(|_| ())
}

impl TryFrom<IntentRow> for Intent {
    type Error = Error;
    fn try_from(row: IntentRow) -> Result<Self> {
        let kind = match row.kind.as_str() {
            "connect" => IntentKind::Connect,
            "sign_in" => IntentKind::SignIn,
            _ => return Err(Error::Corrupt("intent.kind")),
        };
        Ok(Self {
            id: row.id.parse().map_err(|_| Error::Corrupt("intent.id"))?,
            kind,
            tenant: row.tenant.parse().map_err(|_| Error::Corrupt("intent.tenant"))?,
            wp_user: row.wp_user,
            wp_login: row.wp_login,
            wp_email: row.wp_email,
            state: SiteState::parse(&row.state).ok_or(Error::Corrupt("intent.state"))?,
            challenge: row.challenge,
            asked_by: row.asked_by,
            asked_at: At(row.asked_at),
            expires_at: At(row.expires_at),
            answered: row.answered,
            subject: row.subject,
            email: row.email.as_deref().map(read_email).transpose()?,
            name: row.name,
            role: row.role.as_deref().map(read_role).transpose()?,
            pairing: row.pairing.map(|id| id.parse()).transpose().map_err(|_| Error::Corrupt("intent.pairing"))?,
            code_expires_at: row.code_expires_at.map(At),
            redeemed_at: row.redeemed_at.map(At),
            to: row.target,
        })
    }
}
