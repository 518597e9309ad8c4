//! THE PLAN: what a tenant is made of and what a pairing is made of, as two tables. One file per step beneath.
//!
//! | tenant    | waits for          | makes                                            |
//! |-----------|--------------------|--------------------------------------------------|
//! | database  |                    | a MariaDB database with its own user             |
//! | identity  |                    | a sign-in client at the provider                 |
//! | site      | database, identity | the place where WordPress runs, installed        |
//! | wordpress | site               | a WordPress that knows its portal, and says so   |
//! | chat      | wordpress          | group, connection and model preset in the chat   |
//! | welcome   | chat               | a letter to the first admin                      |
//!
//! | pairing    | waits for  | makes                                           |
//! |------------|------------|-------------------------------------------------|
//! | credential |            | a proven, sealed application password           |
//! | person     | credential | the same person in the chat                     |
//! | access     | person     | their membership in the tenant's group; in direct mode a corner of their own |
//! | proof      | access     | tools seen by the chat, and one harmless read   |

pub mod access;
pub mod chat;
pub mod credential;
pub mod database;
pub mod direct;
pub mod identity;
pub mod person;
pub mod proof;
pub mod site;
pub mod welcome;
pub mod wordpress;

use crate::{
    domain::{Fault, Language, McpMode, Pairing, Plan as Size, Prices, SiteLanguage, Tenant, TimeZone},
    saga::plan::{Node, OnFail, Plan, Plans},
    saga::{AnyStep, Step},
    systems::{
        chat::Chat, database::Databases, gateway::Gateway, identity::Identity, mail::Mail, site::Sites,
        wordpress::WordPress,
    },
};
use std::sync::Arc;

/// The ports that steps act through, and what they need to know of the house.
#[derive(Clone)]
pub struct Systems {
    /// Databases.
    pub databases: Arc<dyn Databases>,
    /// OpenID provider.
    pub identity: Arc<dyn Identity>,
    /// Where sites run.
    pub sites: Arc<dyn Sites>,
    /// WordPress.
    pub wordpress: Arc<dyn WordPress>,
    /// The chat.
    pub chat: Arc<dyn Chat>,
    /// Mail.
    pub mail: Arc<dyn Mail>,
    /// Sizes by key.
    pub sizes: Arc<Vec<Size>>,
    /// Language of a site whose order names none.
    pub site_language: Option<SiteLanguage>,
    /// Time zone of a site whose order names none.
    pub site_time_zone: Option<TimeZone>,
    /// What databases cost, if that is known.
    pub prices: Option<Prices>,
    /// The portal's own gateway, as the chat's server reaches it.
    pub gateway: Gateway,
    /// The portal's address in browsers, without trailing slash.
    pub public_url: String,
    /// Language of letters to people who chose none.
    pub language: Language,
    /// `app_id` of the application passwords that belong to us.
    pub app_id: uuid::Uuid,
    /// Who has the tools.
    pub mcp: McpMode,
}

impl Systems {
    /// The plan that the tenant was ordered on.
    ///
    /// # Errors
    /// [`Fault::Fail`] when the configuration does not have it any more.
    pub fn plan_of(&self, tenant: &Tenant) -> Result<&Size, Fault> {
        self.sizes.iter().find(|p| p.key == tenant.plan).ok_or_else(|| {
            let say = format!("The plan {} is no longer in the configuration.", tenant.plan);
            Fault::fail("plan_unknown", say, "Add the plan to the configuration, restart, then press Retry now.")
        })
    }

    /// What a month on this plan costs about, for people: as the plan says, or by the prices of the database that a tenant
    /// has for itself.
    pub fn cost(&self, plan: &Size) -> Option<String> {
        let about = match &plan.cost {
            Some(text) => text.clone(),
            None => format!("about {}", self.prices.as_ref()?.month(self.databases.size(plan)?)),
        };
        Some(format!("{about} a month (estimate)"))
    }

    /// Address that opens the chat with the model that has this pairing's tools.
    pub fn chat_link(&self, tenant: &Tenant, pairing: &Pairing) -> String {
        self.chat.link(&match self.mcp {
            McpMode::Gateway => tenant.chat_key(),
            McpMode::Direct => pairing.chat_key(tenant),
        })
    }
}

/// The two tables.
pub fn plans(s: &Systems) -> Plans {
    let node = |step: Arc<dyn AnyStep>, after| Node { step, after };
    let access: Arc<dyn AnyStep> = match s.mcp {
        McpMode::Gateway => Arc::new(access::Access(s.clone())),
        McpMode::Direct => Arc::new(direct::Direct(s.clone())),
    };
    Plans {
        tenant: Plan {
            on_fail: OnFail::Park,
            nodes: vec![
                node(Arc::new(database::Database(s.clone())), &[]),
                node(Arc::new(identity::Identity(s.clone())), &[]),
                node(Arc::new(site::Site(s.clone())), &[database::Database::NAME, identity::Identity::NAME]),
                node(Arc::new(wordpress::WordPress(s.clone())), &[site::Site::NAME]),
                node(Arc::new(chat::Chat(s.clone())), &[wordpress::WordPress::NAME]),
                node(Arc::new(welcome::Welcome(s.clone())), &[chat::Chat::NAME]),
            ],
        },
        pair: Plan {
            on_fail: OnFail::Reverse,
            nodes: vec![
                node(Arc::new(credential::Credential(s.clone())), &[]),
                node(Arc::new(person::Person(s.clone())), &[credential::Credential::NAME]),
                node(access, &[person::Person::NAME]),
                node(Arc::new(proof::Proof(s.clone())), &[access::Access::NAME]),
            ],
        },
    }
}

/// Purposes under which the vault keeps a tenant's secrets. Persisted, never renamed.
pub mod purpose {
    /// Password of the database user.
    pub const DATABASE: &str = "database/password";
    /// Password of the account that came with the tenant's own database server.
    pub const DATABASE_OWNER: &str = "database/owner-password";
    /// Secret of the sign-in client.
    pub const CLIENT: &str = "identity/client-secret";
    /// What the identity driver needs to manage the client.
    pub const CLIENT_HANDLE: &str = "identity/handle";
    /// What site and portal present to each other.
    pub const SITE: &str = "site/secret";
    /// Root of WordPress's keys and salts.
    pub const SALT: &str = "site/salt";
    /// Break-glass administrator.
    pub const ADMIN: &str = "site/admin-password";
    /// Key the chat presents to the gateway.
    pub const GATEWAY: &str = "chat/gateway-key";
}
