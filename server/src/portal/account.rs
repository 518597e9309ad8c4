//! The caller's own account: nobody can ask about another one.

use super::{Bound, internal};
use crate::domain::{Language, Pairing};
use app::{
    model::{
        account::{AccountPage, Paired, SessionView},
        pairing::{Pairing as PairingView, PairingStatus},
    },
    portal::{Answer, Portal as _},
};

impl Bound {
    pub(super) async fn my_account(&self) -> Answer<AccountPage> {
        let (store, subject) = (&self.house.store, &self.caller.subject);
        let sessions = store.sessions_of(subject, self.house.now()).await.map_err(internal)?;
        let mut pairings = Vec::new();
        for pairing in store.pairings_of(subject).await.map_err(internal)? {
            if let Some(tenant) = store.tenant(pairing.tenant).await.map_err(internal)? {
                let tenant = (tenant.slug.to_string(), tenant.name);
                pairings.push(Paired { tenant, pairing: mine(pairing) });
            }
        }
        let session = |row: crate::store::SessionRow| SessionView {
            id: row.name,
            device: device(&row.agent),
            made_at: row.made_at.0,
            seen_at: row.seen_at.0,
        };
        Ok(AccountPage {
            me: self.me(),
            sessions: sessions.into_iter().map(session).collect(),
            pairings,
            language: self.house.language_for(&self.caller.email).await.map_err(internal)?,
        })
    }

    pub(super) async fn end_mine(&self, session: &str, others: bool) -> Answer<()> {
        self.standing(self.pass.is_none(), "session.end").await?;
        let ended = self.house.store.end_own_sessions(&self.caller.subject, session, others).await.map_err(internal)?;
        match ended {
            0 => Ok(()),
            ended => self.audit("session.end", None, true, format!("Sessions of their own: {ended}.")).await,
        }
    }

    pub(super) async fn choose(&self, language: Language) -> Answer<()> {
        self.standing(self.pass.is_none(), "account.language").await?;
        let (subject, email) = (&self.caller.subject, &self.caller.email);
        self.house.store.choose_language(subject, email, language).await.map_err(internal)
    }
}

fn mine(p: Pairing) -> PairingView {
    PairingView {
        id: p.id.to_string(),
        wp_login: p.login_shown(),
        name: p.name,
        email: p.email.into(),
        status: p.status,
        note: p.note,
        proof_at: p.proof_at.map(|at| at.0),
        proof_ms: p.proof_ms,
        may_disconnect: p.status != PairingStatus::Leaving,
    }
}

/// "Firefox on Linux": as much as tells one's own devices apart. Browsers also name others in their `User-Agent`, so the
/// order counts.
fn device(agent: &str) -> String {
    let find =
        |words: &[(&str, &'static str)]| words.iter().find(|(word, _)| agent.contains(word)).map(|(_, say)| *say);
    let browser = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "Another browser or program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn devices_are_told_apart() {
        for (agent, said) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
                "Chrome on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.5.0", "Another browser or program"),
            ("", "Another browser or program"),
        ] {
            assert_eq!(device(agent), said, "{agent}");
        }
    }
}
