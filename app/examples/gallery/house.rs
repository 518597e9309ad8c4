//! A portal that answers with example data.

use crate::{
    data::{self, MINUTE, NOW, SECOND},
    logs, marks, people,
    scenes::Scene,
    steps, tokens,
};
use app::{
    model::{
        account::AccountPage,
        audit::{ActivityPage, AuditPage, AuditQuery},
        oops::Oops,
        pairing::ConsentPage,
        person::{Language, Me, Role, Standing},
        rebind::{RebindForm, RebindPage, RebindReport},
        session::{SessionQuery, SessionsPage},
        systems::SystemsPage,
        tenant::{Followed, ListQuery, May, OrderForm, OrderPage, SlugVerdict, Status, TenantList, TenantPage},
        token::{MadeToken, TokenForm, TokensPage},
    },
    portal::{Answer, Portal},
};
use serde::{Serialize, de::DeserializeOwned};

/// The portal of one scene.
pub(crate) struct Fixture {
    /// Who is calling.
    pub(crate) me: Me,
    /// What is shown.
    pub(crate) scene: Scene,
}

impl Fixture {
    fn operator(&self) -> bool {
        self.me.standing == Standing::Operator
    }

    fn may(&self) -> May {
        May { operate: self.operator(), manage_people: self.operator() || self.me.name.starts_with("Ada") }
    }

    fn answer<T: Serialize + DeserializeOwned>(&self, value: T) -> Answer<T> {
        self.scene.fails.clone().map_or(Ok(if self.scene.marked { marks::marked(value) } else { value }), Err)
    }
}

#[async_trait::async_trait]
impl Portal for Fixture {
    fn me(&self) -> Me {
        self.me.clone()
    }

    async fn account(&self) -> Answer<AccountPage> {
        let mut page = people::account(self.me.clone());
        if self.scene.empty {
            page.pairings.clear();
            page.sessions.truncate(1);
        }
        self.answer(page)
    }

    async fn end_session(&self, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn end_other_sessions(&self, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn sessions(&self, query: SessionQuery) -> Answer<SessionsPage> {
        let mut page = people::sessions(query, self.operator());
        if self.scene.empty {
            page.rows.clear();
        }
        self.answer(page)
    }

    async fn end_sessions_of(&self, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn choose_language(&self, _: Language) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn tenants(&self, query: ListQuery) -> Answer<TenantList> {
        if self.scene.empty {
            return self.answer(data::empty_list(query, self.operator()));
        }
        let mut list = data::list(query, self.operator());
        if !self.operator() {
            list.rows.retain(|row| row.slug == "acme");
            list.counts = vec![(Status::Ready, 1)];
            list.total = 1;
        }
        self.answer(list)
    }

    async fn order_page(&self, form: OrderForm) -> Answer<OrderPage> {
        self.answer(data::order(form))
    }

    async fn judge_slug(&self, _: String) -> Answer<SlugVerdict> {
        Err(Oops::not_found())
    }

    async fn order(&self, _: OrderForm) -> Answer<String> {
        Err(Oops::not_found())
    }

    async fn tenant(&self, slug: String) -> Answer<TenantPage> {
        let may = self.may();
        self.answer(match slug.as_str() {
            "harbor-bakery" => data::tenant("Harbor Bakery", Status::Provisioning, steps::provisioning(&slug), may),
            "northwind" => data::tenant("Northwind", Status::NeedsAttention, steps::attention(&slug), may),
            "fernhill-school" => data::tenant("Fernhill School", Status::Degraded, steps::ready(&slug, true), may),
            "saltmarsh-tours" => data::tenant("Saltmarsh Tours", Status::Deleting, steps::deleting(&slug), may),
            "orchard-and-vine" => data::tenant("Orchard and Vine", Status::Deleted, steps::deleted(&slug), may),
            "lonely" => data::lonely(),
            _ => {
                let mut page = data::tenant("Acme", Status::Ready, steps::ready(&slug, false), may);
                for pairing in &mut page.pairings {
                    pairing.may_disconnect = may.manage_people || pairing.name == self.me.name;
                }
                page
            }
        })
    }

    async fn follow(&self, _: String) -> Answer<Followed> {
        Err(Oops::not_found())
    }

    async fn retry(&self, _: String, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn skip(&self, _: String, _: String, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn remove(&self, _: String, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn put_member(&self, _: String, _: String, _: Role) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn invite(&self, _: String, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn remove_member(&self, _: String, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn let_rebind(&self, _: String, _: String, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn rebind_page(&self) -> Answer<RebindPage> {
        let (issuer, old) = ("https://sign-in.example.org/", "https://old.example.org/");
        self.answer(RebindPage { issuer: issuer.to_owned(), others: vec![(old.to_owned(), 12)] })
    }

    async fn rebind(&self, _: RebindForm) -> Answer<RebindReport> {
        Err(Oops::not_found())
    }

    async fn end_account(&self, _: String, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn disconnect(&self, _: String, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn consent(&self, intent: String) -> Answer<ConsentPage> {
        self.answer(ConsentPage {
            intent,
            tenant: "Acme".to_owned(),
            site: "acme.sites.example.org".to_owned(),
            wp_login: "ada".to_owned(),
            asked_by: "Slipway Connect 1.0".to_owned(),
            asked_at: NOW - 40 * SECOND,
            expires_at: NOW + 4 * MINUTE + 20 * SECOND,
            callback_origin: "https://acme.sites.example.org".to_owned(),
            me: self.me.clone(),
        })
    }

    async fn answer_consent(&self, _: String, _: bool) -> Answer<String> {
        Err(Oops::not_found())
    }

    async fn sign_in_to_site(&self, _: String, _: String, _: String, _: String) -> Answer<String> {
        Err(Oops::not_found())
    }

    async fn activity(&self, query: AuditQuery) -> Answer<ActivityPage> {
        let mut page = logs::activity(query);
        if self.scene.empty {
            page.rows.clear();
        }
        self.answer(page)
    }

    async fn audit(&self, query: AuditQuery) -> Answer<AuditPage> {
        let mut page = logs::audit(query);
        if self.scene.empty {
            page.rows.clear();
        }
        self.answer(page)
    }

    async fn systems(&self) -> Answer<SystemsPage> {
        self.answer(logs::systems())
    }

    async fn tokens(&self) -> Answer<TokensPage> {
        let mut page = tokens::page(self.me.standing, &self.me.email);
        if self.scene.empty {
            page.rows.clear();
        }
        self.answer(page)
    }

    async fn make_token(&self, _: TokenForm) -> Answer<MadeToken> {
        Err(Oops::not_found())
    }

    async fn adopt(&self, _: String, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }

    async fn revoke_token(&self, _: String) -> Answer<()> {
        Err(Oops::not_found())
    }
}
