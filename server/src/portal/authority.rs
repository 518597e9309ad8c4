//! Who may do what. One table, denied by default:
//!
//! | right        | operator | auditor | tenant admin | member | others |
//! |--------------|----------|---------|--------------|--------|--------|
//! | see          | yes      | yes     | yes          | yes    | 404    |
//! | operate      | yes      | 403     | 403          | 403    | 404    |
//! | manage people| yes      | 403     | yes          | 403    | 404    |
//! | sign in to the site, connect | if admin or member | if admin or member | yes | yes | 404 |
//! | order        | yes      | 403     | 403          | 403    | 403    |
//! | read all (audit, systems) | yes | yes | 403       | 403    | 403    |
//!
//! A tenant that is gone can be seen; everything else is 409 for those who might have. For a tenant that is not theirs, people get the same answer as for one that does not exist. Refusals are audited.

use super::{Bound, internal, slug};
use crate::domain::{Role, Standing, Tenant};
use app::{model::oops::Oops, portal::Answer};

/// What a use case needs on a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Look at it.
    See,
    /// Retry, skip, remove.
    Operate,
    /// Add and remove people, end pairings.
    ManagePeople,
    /// Be somebody in its WordPress.
    SignIn,
}

/// The caller's place at one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Standing on the portal.
    pub standing: Standing,
    /// Role in the tenant.
    pub role: Option<Role>,
}

impl Place {
    /// The table above: `None` stands for 404, `Some(false)` for 403.
    pub fn allows(self, right: Right) -> Option<bool> {
        let inside = self.role.is_some() || self.standing != Standing::Person;
        inside.then_some(match right {
            Right::See => true,
            Right::Operate => self.standing == Standing::Operator,
            Right::ManagePeople => self.standing == Standing::Operator || self.role == Some(Role::Admin),
            Right::SignIn => self.role.is_some(),
        })
    }
}

impl Bound {
    /// The tenant of a slug, if the caller has the right on it.
    pub(super) async fn open(&self, text: &str, right: Right, what: &str) -> Answer<(Tenant, Place)> {
        let slug = slug(text)?;
        let Some(tenant) = self.house.store.tenant_by_slug(&slug).await.map_err(internal)? else {
            return Err(Oops::not_found());
        };
        let role =
            self.house.store.role_of(tenant.id, &self.caller.subject, &self.caller.email).await.map_err(internal)?;
        let place = Place { standing: self.caller.standing, role };
        match place.allows(right) {
            Some(true) if tenant.gone_at.is_some() && right != Right::See => {
                Err(Oops::new(409, "tenant_gone", "This tenant is gone; only its record is left.", "Order a new one."))
            }
            Some(true) => Ok((tenant, place)),
            refused => {
                self.audit(what, Some(&tenant), false, "The role does not allow it.").await?;
                Err(refused.map_or_else(Oops::not_found, |_| Oops::forbidden()))
            }
        }
    }

    pub(super) async fn may_order(&self, what: &str) -> Answer<()> {
        self.standing(self.caller.standing == Standing::Operator, what).await
    }

    pub(super) async fn may_read_all(&self, what: &str) -> Answer<()> {
        self.standing(self.caller.standing != Standing::Person, what).await
    }

    async fn standing(&self, allowed: bool, what: &str) -> Answer<()> {
        if allowed {
            return Ok(());
        }
        self.audit(what, None, false, "The role does not allow it.").await?;
        Err(Oops::forbidden())
    }
}
