//! The gate: which tenant's site is calling. What is refused behind it goes into the audit here, in one place and at a
//! pace that nobody can fill it with.

use super::wire::{Noted, Refusal, refuse};
use crate::{
    domain::{Actor, Tenant, secret::TokenHash},
    portal::House,
};
use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};

#[derive(Clone)]
pub(super) struct Gate {
    pub(super) house: House,
}

/// The calling site's tenant, put into the request by [`enter`].
#[derive(Clone)]
pub(super) struct Site(pub(super) Tenant);

/// Looks the secret up by its hash, so that nothing is compared byte by byte, and keeps the pace.
pub(super) async fn enter(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let secret = header.and_then(|v| v.strip_prefix("Bearer ")).map(str::to_owned);
    let tenant = match secret {
        None => None,
        Some(secret) => match gate.house.store.tenant_by_site_secret(&TokenHash::of(&secret)).await {
            Ok(tenant) => tenant.filter(|t| t.gone_at.is_none()),
            Err(error) => return Refusal::from(error).into_response(),
        },
    };
    match gate.house.may_call(tenant.as_ref()).await {
        Ok(true) => {}
        Ok(false) => {
            let refusal = refuse(429, "too_many", "This site asks too often.", "Wait a minute, then try again.");
            return refusal.into_response();
        }
        Err(error) => return Refusal::from(error).into_response(),
    }
    let answer = match &tenant {
        Some(tenant) => {
            request.extensions_mut().insert(Site(tenant.clone()));
            next.run(request).await
        }
        None => stranger().into_response(),
    };
    if let Some(noted) = answer.extensions().get() {
        gate.note(tenant.as_ref(), noted).await;
    }
    answer
}

fn stranger() -> Refusal {
    let next = "Ask your operator to repair the tenant.";
    let refusal = refuse(401, "site_unknown", "The portal does not know this site.", next);
    refusal.noted("site.unknown", "No living tenant's site has the secret that was shown.")
}

impl Gate {
    async fn note(&self, tenant: Option<&Tenant>, Noted { what, why }: &Noted) {
        let who = tenant.map_or(Actor::UnknownSite, |t| Actor::Site(t.slug.clone()));
        tracing::warn!(%who, what, why, "a site was refused");
        if let Err(error) = self.house.refused(self.house.entry(&who, what, tenant, false, why)).await {
            tracing::error!(%error, what, "a refusal could not be written into the audit");
        }
    }
}
