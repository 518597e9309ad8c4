//! Step: a letter to the first admin that says where to go.

use super::Systems;
use crate::{
    domain::{Fault, Gone, Seen},
    saga::{Cx, Step},
    systems::mail::Letter,
};
use askama::Template;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// See the table in [`super`].
pub struct Welcome(pub Systems);

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Id of the letter.
    pub letter: String,
}

#[derive(Template)]
#[template(path = "mail/welcome.txt")]
struct Text<'a> {
    tenant: &'a str,
    site: &'a str,
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/welcome.html")]
struct Html<'a> {
    tenant: &'a str,
    site: &'a str,
    page: &'a str,
}

fn id(cx: &Cx<'_>) -> String {
    format!("welcome-{}", cx.tenant.id)
}

impl Welcome {
    fn letter(&self, cx: &Cx<'_>) -> Result<Letter, Fault> {
        let page = format!("{}/tenants/{}", self.0.public_url, cx.tenant.slug);
        let (tenant, site) = (cx.tenant.name.as_str(), cx.tenant.site_url.as_str());
        let broken = |e: askama::Error| {
            Fault::fail("template", format!("The letter could not be written: {e}."), "Report this.")
        };
        Ok(Letter {
            id: id(cx),
            to: cx.tenant.admin.clone(),
            subject: format!("{tenant} is ready"),
            text: Text { tenant, site, page: &page }.render().map_err(broken)?,
            html: Html { tenant, site, page: &page }.render().map_err(broken)?,
        })
    }
}

#[async_trait]
impl Step for Welcome {
    const NAME: &'static str = "welcome";
    const TITLE: &'static str = "Welcome";
    type Output = Sent;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Sent>, Fault> {
        let sent = self.0.mail.sent(&id(cx)).await?;
        Ok(if sent { Seen::Ready(Sent { letter: id(cx) }) } else { Seen::Absent })
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Sent>, Fault> {
        self.0.mail.send(&self.letter(cx)?).await?;
        Ok(Seen::Ready(Sent { letter: id(cx) }))
    }

    /// A letter cannot be called back; it holds no secret and its links end at a sign-in.
    async fn undo(&self, _cx: &Cx<'_>) -> Result<Gone, Fault> {
        Ok(Gone::Seen { what: "A letter cannot be called back; it holds no secret.".into() })
    }
}
