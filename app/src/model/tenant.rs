//! Tenants as the list, the order form and the tenant page show them.

use super::{
    language::SiteLanguage,
    oops::Oops,
    pairing::Pairing,
    person::{LocalAccount, Member, Replaced},
    timeline::Timeline,
};
use serde::{Deserialize, Serialize};

/// The only eight words for the state of a tenant or system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not ordered yet.
    Draft,
    /// Comes up.
    Provisioning,
    /// All proofs hold.
    Ready,
    /// Works in part; heals by itself or by one click.
    Degraded,
    /// A person is needed.
    NeedsAttention,
    /// Switched off on purpose.
    Suspended,
    /// Is being removed.
    Deleting,
    /// Gone; every absence was seen.
    Deleted,
}

impl Status {
    /// The word people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Provisioning => "Provisioning",
            Self::Ready => "Ready",
            Self::Degraded => "Degraded",
            Self::NeedsAttention => "Needs attention",
            Self::Suspended => "Suspended",
            Self::Deleting => "Deleting",
            Self::Deleted => "Deleted",
        }
    }

    /// The value of `data-s` in the stylesheet and of `state=` in the list's URL.
    pub fn key(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Provisioning => "provisioning",
            Self::Ready => "ready",
            Self::Degraded => "degraded",
            Self::NeedsAttention => "attention",
            Self::Suspended => "suspended",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }

    /// The inverse of [`Status::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        [
            Self::Draft,
            Self::Provisioning,
            Self::Ready,
            Self::Degraded,
            Self::NeedsAttention,
            Self::Suspended,
            Self::Deleting,
            Self::Deleted,
        ]
        .into_iter()
        .find(|s| s.key() == key)
    }
}

/// A tenant whose changes somebody follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Identifier in the outside world.
    pub id: String,
    /// State word.
    pub status: Status,
}

/// The list page's query, straight from its URL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    /// Substring of name or slug.
    pub q: String,
    /// A [`Status::key`], or empty for all that exist.
    pub state: String,
    /// 1-based.
    pub page: u32,
}

/// One page of tenants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantList {
    /// The query this answers.
    pub query: ListQuery,
    /// Rows of this page: those that need a person first, then the newest.
    pub rows: Vec<TenantRow>,
    /// How many tenants have each state, for the filters (all the caller may see, `q` applied).
    pub counts: Vec<(Status, u64)>,
    /// Rows over all pages.
    pub total: u64,
    /// Rows per page.
    pub per_page: u32,
    /// The caller may order tenants.
    pub may_order: bool,
    /// The caller's address has a place somewhere, but this account has not.
    pub replaced: Option<Replaced>,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantRow {
    /// Short name in addresses.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// State word.
    pub status: Status,
    /// Plan's label.
    pub plan: String,
    /// Public address of the site.
    pub site_url: String,
    /// What happens now, or the reason a person is needed; one line, may be empty.
    pub now: String,
    /// Name of the step that needs a person, for Retry in the row.
    pub stuck_step: Option<String>,
    /// Steps done and in all.
    pub done: (u32, u32),
    /// When it was ordered, microseconds since 1970.
    pub ordered_at: i64,
}

/// A size that can be ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanChoice {
    /// Key in forms.
    pub key: String,
    /// What people read.
    pub label: String,
    /// One sentence.
    pub about: String,
    /// Facts to show, label and value ("Database", "2 GB").
    pub facts: Vec<(String, String)>,
}

/// What was typed into the order form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderForm {
    /// Display name.
    pub name: String,
    /// Short name; empty means "propose one".
    pub slug: String,
    /// Key of the plan.
    pub plan: String,
    /// Key of the site's language; empty means "as the configuration says".
    pub language: String,
    /// Time zone of the site; empty means "as the configuration says, or that of the language".
    pub time_zone: String,
    /// E-mail address of the tenant's first admin.
    pub admin_email: String,
    /// Makes a double submit harmless: one per rendered form.
    pub key: String,
}

/// The order page: form on the left, what will exist on the right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPage {
    /// Values to show in the form.
    pub form: OrderForm,
    /// Verdict on the slug in the form, `None` while it is empty.
    pub slug: Option<SlugVerdict>,
    /// Plans to choose from.
    pub plans: Vec<PlanChoice>,
    /// Languages that a site can have here.
    pub languages: Vec<SiteLanguage>,
    /// Names of time zones.
    pub time_zones: Vec<String>,
    /// What ordering this form would make.
    pub preview: Vec<PreviewItem>,
    /// Why the last submit was refused.
    pub refused: Option<Oops>,
}

/// One thing that will exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewItem {
    /// "Database", "Site", "Sign-in client", "Chat".
    pub what: String,
    /// Exact outside names. The label is empty when there is one, else it tells them apart ("Group", "Connection").
    pub names: Vec<(String, String)>,
    /// Where it will be.
    pub place: String,
}

/// Is this slug free and well-formed?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlugVerdict {
    /// The slug that was judged.
    pub slug: String,
    /// It can be ordered.
    pub free: bool,
    /// "acme is free." or the reason with the cure.
    pub say: String,
    /// A free one to use instead.
    pub suggestion: Option<String>,
}

/// The tenant page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantPage {
    /// Identifier in the outside world (labels, marks).
    pub id: String,
    /// Short name in addresses.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// State word.
    pub status: Status,
    /// Plan's label.
    pub plan: String,
    /// What a month costs about, as text, if that is known.
    pub cost: Option<String>,
    /// Language that the site was ordered in.
    pub language: SiteLanguage,
    /// Time zone that the site was ordered with.
    pub time_zone: String,
    /// Public address of the site.
    pub site_url: String,
    /// Line for a machine's file of hosts, when no name server knows the address.
    pub hosts_line: Option<String>,
    /// Starts the single sign-on into WordPress; `None` until the site is up or for people who may not.
    pub open_wordpress: Option<String>,
    /// Deep link into the chat; only for people who are connected.
    pub open_chat: Option<String>,
    /// Who ordered it.
    pub ordered_by: String,
    /// When, microseconds since 1970.
    pub ordered_at: i64,
    /// The steps with their log.
    pub timeline: Timeline,
    /// What exists outside.
    pub objects: Vec<PreviewItem>,
    /// People of the tenant.
    pub members: Vec<Member>,
    /// Pairings of people with the chat.
    pub pairings: Vec<Pairing>,
    /// Accounts of the site itself, administrators first; only for those who manage people.
    pub locals: Vec<LocalAccount>,
    /// There are others besides.
    pub more_locals: bool,
    /// Checklist: each item proves itself.
    pub checklist: Vec<Check>,
    /// What the caller may do here.
    pub may: May,
}

/// One line of the checklist; never ticked by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// "Database answers", "Site reachable", "An admin signed in", "Connected to the chat", "First draft".
    pub what: String,
    /// The proof holds.
    pub done: bool,
    /// When it was seen or what is missing.
    pub detail: String,
}

/// What the caller may do on this page; buttons follow it, the server checks again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct May {
    /// Retry, skip, stop and undo, remove.
    pub operate: bool,
    /// Add and remove people, disconnect any pairing.
    pub manage_people: bool,
}
