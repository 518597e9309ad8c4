//! Step: the application password that the plugin handed over, looked up at its site and found to be what it claims:
//! ours, of the person who pressed Connect, and narrowed. It lies sealed in the vault since before this step began.

use super::{Systems, wordpress::WordPress};
use crate::{
    domain::{Fault, Gone, Pairing, Seen},
    saga::{Cx, Step},
    systems::wordpress::{Introspection, Login},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// See the table in [`super`].
pub struct Credential(pub Systems);

/// What was proven of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// Id of the application password.
    pub password_uuid: String,
    /// WordPress login.
    pub login: String,
}

/// The pairing's login at its site; `None` once the credential was forgotten.
pub(super) async fn login(cx: &Cx<'_>) -> Result<Option<Login>, Fault> {
    let pairing = cx.pairing()?;
    let Some(password) = cx.secrets.get(&Pairing::credential(pairing.id)).await? else { return Ok(None) };
    let rest_url = cx.output::<WordPress>()?.rest_url;
    Ok(Some(Login { site_url: cx.tenant.site_url.clone(), rest_url, user: pairing.wp_login.clone(), password }))
}

impl Credential {
    fn judge(&self, pairing: &Pairing, seen: &Introspection) -> Result<Proven, Fault> {
        let reconnect = "Open WordPress, then Slipway, and press Connect again.";
        if seen.app_id != self.0.app_id.to_string() || seen.password_uuid != pairing.password_uuid {
            return Err(Fault::fail("credential_foreign", "This password was not made by Slipway Connect.", reconnect));
        }
        if seen.user_id != pairing.wp_user || seen.login != pairing.wp_login {
            return Err(Fault::fail(
                "credential_other_person",
                "This password belongs to another WordPress user.",
                reconnect,
            ));
        }
        if seen.too_much {
            let say = "The site does not narrow this password: it could publish or manage.";
            return Err(Fault::fail(
                "credential_too_wide",
                say,
                "Update the site's Slipway files, then connect again.",
            ));
        }
        if !seen.edit_posts {
            let say = format!("{} may not write posts in this WordPress.", pairing.wp_login);
            return Err(Fault::fail(
                "credential_too_narrow",
                say,
                "Ask the tenant's admin for the role Author, then connect again.",
            ));
        }
        Ok(Proven { password_uuid: seen.password_uuid.clone(), login: seen.login.clone() })
    }
}

#[async_trait]
impl Step for Credential {
    const NAME: &'static str = "credential";
    const TITLE: &'static str = "Credential";
    type Output = Proven;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Proven>, Fault> {
        let Some(login) = login(cx).await? else { return Ok(Seen::Absent) };
        match self.0.wordpress.introspect(&login).await? {
            Some(seen) => self.judge(cx.pairing()?, &seen).map(Seen::Ready),
            None => Ok(Seen::Drifted {
                what:
                    "WordPress no longer accepts the connection. Open WordPress, then Slipway, and press Connect again."
                        .into(),
            }),
        }
    }

    /// The portal cannot make a password; only the person can.
    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Proven>, Fault> {
        match self.check(cx).await? {
            Seen::Ready(proven) => Ok(Seen::Ready(proven)),
            _ => Err(Fault::fail(
                "credential_refused_by_site",
                "The site does not accept the password that its plugin made.",
                "Open WordPress, then Slipway, and press Connect again.",
            )),
        }
    }

    /// Lets the password delete itself. When the whole site goes, its passwords go with it.
    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        let pairing = cx.pairing()?;
        if let (false, Some(login)) = (cx.leaving, login(cx).await?) {
            self.0.wordpress.revoke(&login, &pairing.password_uuid).await?;
        }
        cx.secrets.forget(&Pairing::credential(pairing.id)).await?;
        Ok(Gone::Seen { what: "The application password is revoked and forgotten.".into() })
    }

    fn outside_id(output: &Proven) -> Option<String> {
        Some(output.password_uuid.clone())
    }
}
