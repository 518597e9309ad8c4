//! Who may do what. One table, denied by default:
//!
//! | right        | operator | auditor | tenant admin | member | others |
//! |--------------|----------|---------|--------------|--------|--------|
//! | see          | yes      | yes     | yes          | yes    | 404    |
//! | operate      | yes      | 403     | 403          | 403    | 404    |
//! | manage people| yes      | 403     | yes          | 403    | 404    |
//! | sign in to the site, connect | if admin or member | if admin or member | yes | yes | 404 |
//! | order, adopt a cluster | yes | 403 | 403          | 403    | 403    |
//! | end other people's sessions | yes | 403 | 403     | 403    | 403    |
//! | read all (audit, systems, who is signed in) | yes | yes | 403 | 403 | 403 |
//! | look at tokens | all    | all     | own          | own    | own    |
//! | make a token | yes      | 403     | for own tenant | 403  | 404, or 403 without a tenant |
//! | end a token  | yes      | 403     | own          | 404    | 404    |
//!
//! A token for programs has the row of its scope (operator, auditor, or admin of one tenant), but is never a person: it
//! neither signs in to a site, nor connects one, nor makes tokens.
//!
//! A tenant that is gone can be seen; everything else is 409 for those who might have. For a tenant that is not theirs, people get the same answer as for one that does not exist. Refusals are audited.

use super::{Bound, internal, slug, token::Pass};
use crate::{
    domain::{Caller, Role, Standing, Tenant},
    store::Sight,
};
use app::{
    model::{oops::Oops, person::Replaced},
    portal::Answer,
};

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
    /// They are here themselves, not by a token.
    pub person: bool,
}

impl Place {
    /// The table above: `None` stands for 404, `Some(false)` for 403.
    pub fn allows(self, right: Right) -> Option<bool> {
        let inside = self.role.is_some() || self.standing != Standing::Person;
        inside.then_some(match right {
            Right::See => true,
            Right::Operate => self.standing == Standing::Operator,
            Right::ManagePeople => self.standing == Standing::Operator || self.role == Some(Role::Admin),
            Right::SignIn => self.person && self.role.is_some(),
        })
    }
}

/// What nobody can do any more.
pub(super) fn gone() -> Oops {
    Oops::new(409, "tenant_gone", "This tenant is gone; only its record is left.", "Order a new one.")
}

/// After a change of the sign-in service, until an operator says who is who.
fn elsewhere_oops() -> Oops {
    let say = "Your account here belongs to another sign-in service than the one you came by.";
    Oops::new(403, "other_sign_in", say, "Ask your operator to re-bind it.")
}

impl Bound {
    /// The tenant of a slug, if the caller has the right on it.
    pub(super) async fn open(&self, text: &str, right: Right, what: &str) -> Answer<(Tenant, Place)> {
        let slug = slug(text)?;
        let Some(tenant) = self.house.store.tenant_by_slug(&slug).await.map_err(internal)? else {
            return Err(Oops::not_found());
        };
        let place = self.place(&tenant).await?;
        match place.allows(right) {
            Some(true) if tenant.gone_at.is_some() && right != Right::See => Err(gone()),
            Some(true) => Ok((tenant, place)),
            Some(false) => {
                self.audit(what, Some(&tenant), false, "The role does not allow it.").await?;
                Err(Oops::forbidden())
            }
            None => {
                self.audit(what, Some(&tenant), false, "The role does not allow it.").await?;
                // Only of another sign-in service: that an address had a place under another account of this one is not told.
                let elsewhere = self.replaced(Some(&tenant)).await? == Some(Replaced::Service);
                Err(if elsewhere { elsewhere_oops() } else { Oops::not_found() })
            }
        }
    }

    /// The caller's place at this tenant. A token for one tenant has none anywhere else, and its maker's roles count for
    /// nothing: what it rests on was looked at when it came in.
    pub(super) async fn place(&self, tenant: &Tenant) -> Answer<Place> {
        let Caller { subject, email, standing, .. } = &self.caller;
        let role = match &self.pass {
            None => self.house.store.role_of(tenant.id, subject, email).await.map_err(internal)?,
            Some(pass) => pass.tenant.filter(|id| *id == tenant.id).map(|_| Role::Admin),
        };
        Ok(Place { standing: *standing, role, person: self.pass.is_none() })
    }

    /// Why the caller cannot take a place that their verified address has, in this tenant or anywhere.
    pub(super) async fn replaced(&self, tenant: Option<&Tenant>) -> Answer<Option<Replaced>> {
        if self.pass.is_some() {
            return Ok(None);
        }
        let found = self.house.store.replaced(&self.caller, tenant.map(|t| t.id)).await.map_err(internal)?;
        let here = self.house.store.issuer();
        Ok(found.map(|issuer| if issuer == here { Replaced::Account } else { Replaced::Service }))
    }

    /// Which tenants the caller sees at all.
    pub(super) fn sight(&self) -> Sight {
        match (&self.pass, self.caller.standing) {
            (Some(Pass { tenant: Some(id) }), _) => Sight::Only(*id),
            (_, Standing::Person) => Sight::Of(self.caller.subject.clone(), self.caller.email.clone()),
            _ => Sight::All,
        }
    }

    pub(super) async fn may_order(&self, what: &str) -> Answer<()> {
        self.standing(self.caller.standing == Standing::Operator, what).await
    }

    pub(super) async fn may_read_all(&self, what: &str) -> Answer<()> {
        self.standing(self.caller.standing != Standing::Person, what).await
    }

    pub(super) async fn standing(&self, allowed: bool, what: &str) -> Answer<()> {
        if allowed {
            return Ok(());
        }
        self.audit(what, None, false, "The role does not allow it.").await?;
        Err(Oops::forbidden())
    }
}
