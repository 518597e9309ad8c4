//! The tenant as the house remembers it.

use super::{At, Email, SiteLanguage, Slug, TenantId, TimeZone};
pub use app::model::tenant::Status;
use serde::{Deserialize, Serialize};

/// A tenant's record. What happened to it is in its log; `status` and `wake_at` are read off that log and kept here so
/// that a list or the engine can ask for them by an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Mark on all outside objects.
    pub id: TenantId,
    /// Short name; free again once the tenant is gone.
    pub slug: Slug,
    /// Display name, 1 to 80 characters.
    pub name: String,
    /// Key of the plan.
    pub plan: String,
    /// Language that its site begins with.
    #[serde(default)]
    pub language: SiteLanguage,
    /// Time zone that its site begins with.
    #[serde(default = "TimeZone::utc")]
    pub time_zone: TimeZone,
    /// Registered public address of the site, without trailing slash. The only place codes are ever sent to.
    pub site_url: String,
    /// First admin.
    pub admin: Email,
    /// Who ordered it.
    pub ordered_by: String,
    /// When.
    pub ordered_at: At,
    /// State word.
    pub status: Status,
    /// When it was gone.
    pub gone_at: Option<At>,
}

impl Tenant {
    /// Name of the tenant's group in the chat and in the identity provider.
    pub fn group(&self) -> String {
        format!("tenant-{}", self.slug)
    }

    /// Id of the tenant's connection and model in the chat.
    pub fn chat_key(&self) -> String {
        format!("wp-{}", self.slug)
    }
}
