//! A house with tenants in its books and no engine: use cases only read and write records.

use crate::{
    connect::plugin::{ada, person, town},
    stage::{Stage, town::Town},
};
use app::{
    model::{audit::AuditQuery, audit::AuditRow, tenant::OrderForm},
    portal::Portal,
};
use slipway::{
    domain::{
        Actor, Caller, Clock as _, Email, Fact, Flow, IntentId, Pairing, PairingId, Role, Standing, Tenant, TenantId,
        pairing::PairingStatus, tenant::Status,
    },
    saga::{engine::Calm, journal::Entry},
    store::intent::{Intent, IntentKind},
};
use std::{sync::Arc, time::Duration};

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Operator,
    Auditor,
    Admin,
    Member,
    Foreign,
}

impl Who {
    pub(crate) const ALL: [Self; 5] = [Self::Operator, Self::Auditor, Self::Admin, Self::Member, Self::Foreign];

    pub(crate) fn caller(self) -> Caller {
        match self {
            Self::Operator => person("olivia", Standing::Operator),
            Self::Auditor => person("ava", Standing::Auditor),
            Self::Admin => ada(),
            Self::Member => person("mia", Standing::Person),
            Self::Foreign => person("mallory", Standing::Person),
        }
    }
}

pub(crate) struct Books {
    pub(crate) town: Town,
}

impl Books {
    pub(crate) async fn open() -> Self {
        Self { town: town().await }
    }

    pub(crate) fn portal(&self, who: Who) -> Arc<dyn Portal> {
        self.town.house.portal_for(who.caller())
    }

    pub(crate) fn stage(&self) -> &Stage {
        &self.town.stage
    }

    /// A tenant with its people, whose database failed: Ada is its admin, Mia a member who signed in.
    pub(crate) async fn tenant(&self, slug: &str) -> Tenant {
        let tenant = self.town.order(slug).await;
        let entry = self.town.house.entry(&Actor::CommandLine, "member.put", Some(&tenant), true, "");
        let store = &self.stage().store;
        store.put_member(tenant.id, &Who::Member.caller().email, Role::Member, &entry).await.expect("the store works");
        store.put_member(tenant.id, &guest(), Role::Member, &entry).await.expect("the store works");
        for who in [Who::Admin, Who::Member] {
            store.signed_in(&who.caller()).await.expect("the store works");
        }
        let failed = Fact::Failed { code: "broken".into(), say: "It broke.".into(), next: "Mend it.".into() };
        self.write(tenant.id, Flow::Tenant, "database", vec![Fact::Started { attempt: 1 }, failed]).await;
        tenant
    }

    /// A tenant that was removed; nothing of it is left but record, log and audit.
    pub(crate) async fn gone(&self, slug: &str) -> Tenant {
        let tenant = self.town.order(slug).await;
        self.town.reverse(&tenant, Flow::Tenant).await;
        self.town.settle(&tenant, Calm).await;
        assert_eq!(self.stage().status(tenant.id).await, Status::Deleted);
        tenant
    }

    async fn write(&self, tenant: TenantId, flow: Flow, step: &str, facts: Vec<Fact>) {
        let entries: Vec<_> = facts.into_iter().map(|fact| Entry::new(flow, step, fact)).collect();
        let now = self.stage().clock.now();
        self.town.house.journal.write(tenant, now, |_| Some(entries.clone())).await.expect("the store works");
    }

    /// An open question of the tenant's site.
    pub(crate) async fn question(&self, tenant: &Tenant) -> Intent {
        let now = self.stage().clock.now();
        let intent = Intent {
            id: IntentId(self.town.house.dice.uuid()),
            kind: IntentKind::Connect,
            tenant: tenant.id,
            wp_user: 7,
            wp_login: "ada".into(),
            wp_email: String::new(),
            state: slipway::domain::secret::SiteState::parse("a-state-of-the-site").expect("it is one"),
            challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into(),
            asked_by: "Slipway Connect 1.0.0".into(),
            asked_at: now,
            expires_at: now.plus(Duration::from_secs(300)),
            answered: None,
            subject: None,
            email: None,
            name: None,
            role: None,
            pairing: None,
            code_expires_at: None,
            redeemed_at: None,
            to: String::new(),
        };
        self.stage().store.put_intent(&intent).await.expect("the store works");
        intent
    }

    /// A pairing of that person, just begun.
    pub(crate) async fn pairing(&self, tenant: &Tenant, of: Who) -> Pairing {
        let Caller { subject, email, name, .. } = of.caller();
        let pairing = Pairing {
            id: PairingId(self.town.house.dice.uuid()),
            tenant: tenant.id,
            subject,
            email,
            name,
            wp_user: 7,
            wp_login: "ada".into(),
            password_uuid: self.town.house.dice.uuid().to_string(),
            chat_user: None,
            status: PairingStatus::Working,
            note: String::new(),
            made_at: self.stage().clock.now(),
            proof_at: None,
            proof_ms: None,
        };
        self.stage().store.put_pairing(&pairing).await.expect("the store works");
        self.write(tenant.id, Flow::Pair(pairing.id), "", vec![Fact::Opened { by: "test".into() }]).await;
        pairing
    }

    /// The newest entries of the audit.
    pub(crate) async fn audit(&self) -> Vec<AuditRow> {
        let (rows, _) = self.stage().store.audit_page(&AuditQuery::default(), 1000).await.expect("the store works");
        rows
    }
}

/// Somebody who never signed in.
pub(crate) fn guest() -> Email {
    Email::parse("guest@example.org").expect("it is one")
}

/// A sound order.
pub(crate) fn form(slug: &str) -> OrderForm {
    OrderForm {
        name: "Acme Tools".into(),
        slug: slug.into(),
        plan: "small".into(),
        language: "en".into(),
        time_zone: "UTC".into(),
        admin_email: "ada@example.org".into(),
        key: format!("form of {slug}"),
    }
}
