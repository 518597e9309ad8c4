//! What travels: the shapes of WordPress's REST handbook ("Posts", "Users", "Application Passwords", "Media") and of this
//! project's plugin, and only the fields that are used.

use super::plain;
use super::routes::{edit, preview};
use crate::domain::person::Member;
use crate::systems::http::Reply;
use crate::systems::wordpress::{LocalAccount, Locals, Media, Post, Term, VERSION};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Capabilities that a narrowed credential must not have.
pub(super) const TOO_MUCH: [&str; 5] =
    ["publish_posts", "manage_options", "edit_others_posts", "delete_posts", "edit_published_posts"];

/// `POST slipway/v1/settings`
#[derive(Debug, Serialize)]
pub(super) struct Settings<'a> {
    pub(super) title: &'a str,
    pub(super) people: Vec<Guest>,
    /// When the people were read, in microseconds since 1970.
    pub(super) at: i64,
}

/// `POST slipway/v1/end-account`
#[derive(Debug, Serialize)]
pub(super) struct Ended<'a> {
    pub(super) id: i64,
    pub(super) login: &'a str,
}

/// Somebody who came by single sign-on, or may.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Guest {
    pub(super) subject: String,
    pub(super) email: String,
    /// Empty at the site for those who have none there any more.
    pub(super) role: String,
    /// Subjects they had before: an account that still carries one of them follows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) was: Vec<String>,
}

/// Addresses of these lengths in ASCII are the ones that WordPress keeps as they are: `is_email` and the column
/// `user_email` of core.
const KEPT: std::ops::RangeInclusive<usize> = 6..=100;

impl Guest {
    /// Nobody before the portal has seen them: until then they have no account at the site.
    pub(super) fn of(member: &Member) -> Option<Self> {
        let subject = member.subject.clone()?;
        let (email, role) = (member.email.to_string(), member.wordpress_role().to_owned());
        Some(Self { subject, email, role, was: member.was.clone() })
    }

    /// What is wrong with their account, in words.
    pub(super) fn wrong(&self, people: &[Member]) -> Option<String> {
        let who: String = self.email.chars().filter(|c| !c.is_control()).take(254).collect();
        let mut rows = people.iter().filter(|member| member.subject.as_ref() == Some(&self.subject)).peekable();
        let Some(member) = rows.peek().copied() else {
            let gone = format!("{who} no longer belongs to the tenant and can still enter WordPress.");
            return (!self.role.is_empty()).then_some(gone);
        };
        if member.wordpress_role() != self.role {
            return Some(format!("{who} should be {} in WordPress.", member.wordpress_role()));
        }
        let email = member.email.as_str();
        let keeps = email.is_ascii() && KEPT.contains(&email.len());
        let theirs = rows.any(|row| row.email.as_str().eq_ignore_ascii_case(&self.email));
        (keeps && !theirs).then(|| format!("{who} should be {email} in WordPress."))
    }
}

/// `GET slipway/v1/status`
#[derive(Debug, Deserialize)]
pub(super) struct Plugin {
    pub(super) site_url: String,
    pub(super) home_url: String,
    /// Older plugins do not say.
    #[serde(default)]
    pub(super) people: Vec<Guest>,
    #[serde(default)]
    pub(super) local: Local,
    pub(super) application_passwords: bool,
    pub(super) plugin: String,
    pub(super) wordpress: String,
    pub(super) php: String,
}

/// The accounts of the site itself.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Local {
    #[serde(default)]
    accounts: Vec<LocalAccount>,
    #[serde(default)]
    more: bool,
}

impl Local {
    pub(super) fn has(&self, id: i64) -> bool {
        self.accounts.iter().any(|account| account.id == id)
    }
}

impl From<Local> for Locals {
    /// What a site says is shown to people and kept in the log: bounded, and without controls.
    fn from(local: Local) -> Self {
        let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(60).collect::<String>();
        let more = local.more || local.accounts.len() > MOST_LOCALS;
        let accounts = local.accounts.into_iter().take(MOST_LOCALS).map(|account| LocalAccount {
            login: plain(&account.login),
            role: plain(&account.role),
            ..account
        });
        Self { accounts: accounts.collect(), more }
    }
}

/// How many local accounts are shown.
const MOST_LOCALS: usize = 20;

/// `…/application-passwords/introspect`
#[derive(Debug, Deserialize)]
pub(super) struct Secret {
    pub(super) uuid: String,
    #[serde(default)]
    pub(super) app_id: String,
}

/// `…/users/me?context=edit`. Without capabilities PHP writes an empty list in place of an object.
#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: i64,
    pub(super) username: String,
    #[serde(default)]
    capabilities: Value,
}

impl User {
    pub(super) fn may(&self, capability: &str) -> bool {
        self.capabilities[capability].as_bool().unwrap_or(false)
    }
}

/// A text: `raw` as it was written (context edit), `rendered` as HTML.
#[derive(Debug, Default, Deserialize)]
struct Text {
    raw: Option<String>,
    #[serde(default)]
    rendered: String,
}

impl Text {
    /// In words. `raw` is HTML too: what people may not write as HTML is stored with entities.
    fn plain(self) -> String {
        plain::words(self.raw.as_deref().unwrap_or(&self.rendered))
    }
}

/// A post of `wp/v2/posts`.
#[derive(Debug, Deserialize)]
pub(super) struct Item {
    id: i64,
    #[serde(default)]
    title: Text,
    status: String,
    #[serde(default)]
    content: Text,
    #[serde(default)]
    featured_media: i64,
    #[serde(default)]
    modified_gmt: String,
    #[serde(default)]
    link: String,
}

impl Item {
    /// The post without its text.
    pub(super) fn head(self, site: &str) -> Post {
        let preview_url = match self.status.as_str() {
            "publish" if !self.link.is_empty() => self.link,
            _ => preview(site, self.id),
        };
        let sum = |raw: &String| Sha256::digest(raw.as_bytes()).iter().map(|b| format!("{b:02x}")).collect::<String>();
        let version = self.content.raw.as_ref().map(|raw| sum(raw)[..VERSION].to_owned()).unwrap_or_default();
        Post {
            id: self.id,
            title: self.title.plain(),
            edit_url: edit(site, self.id),
            preview_url,
            status: self.status,
            content: None,
            modified: self.modified_gmt,
            featured_media: self.featured_media,
            version,
        }
    }

    /// The post with its text: as it was written where this person may edit it, else as readers see it.
    pub(super) fn whole(self, site: &str) -> Post {
        let text = self.content.raw.clone().unwrap_or_else(|| self.content.rendered.clone());
        Post { content: Some(text), ..self.head(site) }
    }
}

/// A category or tag.
#[derive(Debug, Deserialize)]
pub(super) struct TermItem {
    pub(super) id: i64,
    name: String,
    #[serde(default)]
    count: i64,
}

impl TermItem {
    pub(super) fn is_called(&self, name: &str) -> bool {
        plain::words(&self.name).to_lowercase() == name.trim().to_lowercase()
    }
}

impl From<TermItem> for Term {
    fn from(item: TermItem) -> Self {
        Self { id: item.id, name: plain::words(&item.name), count: item.count }
    }
}

/// A file of `wp/v2/media`.
#[derive(Debug, Deserialize)]
pub(super) struct MediaItem {
    id: i64,
    source_url: String,
}

impl From<MediaItem> for Media {
    fn from(item: MediaItem) -> Self {
        Self { id: item.id, url: item.source_url }
    }
}

/// WordPress's error: a code and a message that may hold HTML.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    pub(super) code: String,
    #[serde(default)]
    message: String,
}

/// The error in an answer, if it is one.
pub(super) fn refusal(reply: &Reply) -> Refusal {
    reply.json().unwrap_or_default()
}

/// WordPress's words, at most 300 characters.
pub(super) fn message(reply: &Reply) -> String {
    let words: String = plain::words(&refusal(reply).message).chars().take(300).collect();
    if words.is_empty() { format!("it gave no reason ({}).", reply.status.as_u16()) } else { words }
}
