//! What programs send.

use super::{Role, Status};
use app::model::{audit::AuditQuery, tenant::OrderForm};
use schemars::JsonSchema;
use serde::Deserialize;
use std::num::NonZeroU32;

/// Which tenants to list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web::api) struct TenantFilter {
    /// Part of name or slug.
    pub(in crate::web::api) q: Option<String>,
    /// Only this state; without it all but the deleted ones.
    pub(in crate::web::api) status: Option<Status>,
    /// 1-based; 50 tenants a page.
    pub(in crate::web::api) page: Option<NonZeroU32>,
}

/// Which people to list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web::api) struct SessionFilter {
    /// Part of name or address.
    pub(in crate::web::api) q: Option<String>,
    /// 1-based; 50 people a page.
    pub(in crate::web::api) page: Option<NonZeroU32>,
}

/// Whose sessions end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web::api) struct PersonOf {
    /// Their `subject`, as the list has it.
    #[schemars(length(min = 1, max = 255))]
    pub(in crate::web::api) subject: String,
}

/// Which events to list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web::api) struct ActivityFilter {
    /// Slug of one tenant.
    pub(in crate::web::api) tenant: Option<String>,
}

/// Where to go on.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in crate::web) struct After {
    /// Number of the last event that was seen.
    #[serde(default)]
    pub(in crate::web) after: i64,
    /// Ends after what there is now, for whoever stands behind something that keeps streams back.
    #[serde(default)]
    pub(in crate::web) once: bool,
}

macro_rules! audit_filter {
    ($(#[$doc:meta])* $name:ident { $($more:tt)* }, $before:expr) => {
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub(in crate::web::api) struct $name {
            /// Slug of one tenant.
            tenant: String,
            /// Part of the person.
            who: String,
            /// Part of the action, such as `tenant.` or `order`.
            what: String,
            /// First day, such as 2026-11-01, UTC.
            since: String,
            /// Last day.
            until: String,
            /// `1` for refusals only.
            refused: String,
            $($more)*
        }

        impl From<$name> for AuditQuery {
            fn from(asked: $name) -> Self {
                let before = $before(&asked);
                let $name { tenant, who, what, since, until, refused, .. } = asked;
                Self { tenant, who, what, since, until, refused: !refused.is_empty(), before }
            }
        }
    };
}

audit_filter! {
    /// Which entries of the audit.
    AuditFilter {}, |_: &AuditFilter| 0
}
audit_filter! {
    /// Which entries of the audit, and where to go on.
    AuditPage {
        /// Only entries with a smaller number: `next_before` of the page before.
        before: i64,
    }, |asked: &AuditPage| asked.before
}

/// An order.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web::api) struct Order {
    /// Display name, 1 to 80 characters.
    #[schemars(length(min = 1, max = 80))]
    name: String,
    /// Short name; without it one is made from the name.
    #[serde(default)]
    slug: String,
    /// Key of the plan; without it the first one.
    #[serde(default)]
    plan: String,
    /// Language of the site: `de`, `de-formal` (German with "Sie"), `en`, `fr`, `it` or `es`; without it as the
    /// configuration says, else `en`.
    #[serde(default)]
    language: String,
    /// Time zone of the site, such as `Europe/Berlin`, or `UTC`; without it as the configuration says, else that of the
    /// language.
    #[serde(default)]
    time_zone: String,
    /// E-mail address of the tenant's first admin.
    admin_email: String,
}

impl From<Order> for OrderForm {
    fn from(order: Order) -> Self {
        let Order { name, slug, plan, language, time_zone, admin_email } = order;
        Self { name, slug, plan, language, time_zone, admin_email, key: String::new() }
    }
}

/// An order to be.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::web::api) struct Draft {
    /// Display name.
    name: String,
    /// Short name.
    slug: String,
    /// Key of the plan.
    plan: String,
}

impl From<Draft> for OrderForm {
    fn from(draft: Draft) -> Self {
        let Draft { name, slug, plan } = draft;
        Self { name, slug, plan, ..Self::default() }
    }
}

/// A removal that is meant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web::api) struct Typed {
    /// The slug again, to be sure.
    pub(in crate::web::api) slug: String,
}

/// Why a step is skipped.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web::api) struct Reason {
    /// One sentence; it stands in the audit.
    #[schemars(length(min = 1, max = 300))]
    pub(in crate::web::api) reason: String,
}

/// A person's role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web::api) struct RoleOf {
    /// The role.
    pub(in crate::web::api) role: Role,
}
