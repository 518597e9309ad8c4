//! A portal that answers with example data, and the list of scenes it is shown in.

use crate::{
    data::{self, MINUTE, NOW, SECOND},
    steps,
};
use app::{
    model::{
        audit::{ActivityPage, AuditPage, AuditQuery},
        oops::{FieldError, Oops},
        pairing::ConsentPage,
        person::{Me, Role, Standing},
        systems::SystemsPage,
        tenant::{ListQuery, May, OrderForm, OrderPage, SlugVerdict, Status, TenantList, TenantPage},
    },
    portal::{Answer, Portal},
};

/// One picture of the gallery.
#[derive(Clone)]
pub(crate) struct Scene {
    /// File name.
    pub(crate) name: &'static str,
    /// Path and query.
    pub(crate) path: &'static str,
    /// Who looks.
    pub(crate) who: Option<Me>,
    /// A form was refused.
    pub(crate) refused: Option<(Oops, Option<OrderForm>)>,
    /// There is nothing, or nothing matches.
    pub(crate) empty: bool,
    /// The portal refuses to answer.
    pub(crate) fails: Option<Oops>,
}

/// All scenes.
pub(crate) fn scenes() -> Vec<Scene> {
    let olivia = || Some(data::me("Olivia Hart", Standing::Operator));
    let ada = || Some(data::me("Ada Byrne", Standing::Person));
    let mia = || Some(data::me("Mia Lindt", Standing::Person));
    let ben = || Some(data::me("Ben Okafor", Standing::Auditor));
    let scene = |name, path, who| Scene { name, path, who, refused: None, empty: false, fails: None };
    let empty = |name, path, who| Scene { empty: true, ..scene(name, path, who) };
    let fails = |name, path, who, oops| Scene { fails: Some(oops), ..scene(name, path, who) };
    let (bad_order, typed) = data::refused_order();
    let mut wrong = Oops::new(
        422,
        "typed_wrong",
        "Nothing was removed. What was typed is not the slug.",
        "Type harbor-bakery exactly, then press Stop and undo.",
    );
    wrong.fields.push(FieldError { field: "typed".to_owned(), say: "“harbor” is not harbor-bakery.".to_owned() });
    let chat = Oops::new(
        503,
        "chat_no_answer",
        "The chat did not answer in 10 s. Nothing was changed, and the old credential still works.",
        "Try again in a minute.",
    );
    vec![
        scene("welcome", "/welcome?to=/tenants/acme", None),
        scene("signed-out", "/signed-out", None),
        scene("tenants", "/tenants", olivia()),
        scene("tenants-done", "/tenants?done=retried&page=2", olivia()),
        scene("tenants-member", "/tenants", ada()),
        empty("tenants-empty", "/tenants", olivia()),
        empty("tenants-none-yours", "/tenants", mia()),
        empty("tenants-no-match", "/tenants?q=zebra&state=ready", olivia()),
        scene("new", "/tenants/new", olivia()),
        scene(
            "new-preview",
            "/tenants/new?name=Quayside+Books&slug=quayside-books&plan=medium&admin_email=ada@example.org",
            olivia(),
        ),
        Scene { refused: Some((bad_order, Some(typed))), ..scene("new-refused", "/tenants/new", olivia()) },
        fails("new-denied", "/tenants/new", ada(), Oops::forbidden()),
        scene("tenant-provisioning", "/tenants/harbor-bakery?done=ordered", olivia()),
        Scene { refused: Some((wrong, None)), ..scene("tenant-refused", "/tenants/harbor-bakery", olivia()) },
        scene("tenant-attention", "/tenants/northwind", olivia()),
        scene("tenant-attention-member", "/tenants/northwind", ada()),
        scene("tenant-degraded", "/tenants/fernhill-school", olivia()),
        scene("tenant-ready", "/tenants/acme", olivia()),
        scene("tenant-ready-admin", "/tenants/acme", ada()),
        scene("tenant-ready-member", "/tenants/acme", mia()),
        scene("tenant-ready-auditor", "/tenants/acme", ben()),
        scene("tenant-lonely", "/tenants/lonely", ada()),
        scene("tenant-deleting", "/tenants/saltmarsh-tours?done=removing", olivia()),
        scene("tenant-deleted", "/tenants/orchard-and-vine", olivia()),
        scene("activity", "/activity", olivia()),
        empty("activity-empty", "/activity", olivia()),
        empty("activity-no-match", "/activity?tenant=zebra", olivia()),
        scene("audit", "/audit", ben()),
        empty("audit-no-match", "/audit?who=zebra", ben()),
        scene("systems", "/systems", olivia()),
        fails("systems-denied", "/systems", mia(), Oops::forbidden()),
        scene("account", "/account", olivia()),
        scene("consent", "/connect/01JDA52K", ada()),
        fails("not-found", "/tenants/zebra", ada(), Oops::not_found()),
        scene("no-page", "/nowhere", olivia()),
        fails("error", "/tenants/acme", olivia(), chat),
    ]
}

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

    fn answer<T>(&self, value: T) -> Answer<T> {
        self.scene.fails.clone().map_or(Ok(value), Err)
    }
}

#[async_trait::async_trait]
impl Portal for Fixture {
    fn me(&self) -> Me {
        self.me.clone()
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

    async fn remove_member(&self, _: String, _: String) -> Answer<()> {
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
        let mut page = data::activity(query);
        if self.scene.empty {
            page.rows.clear();
        }
        self.answer(page)
    }

    async fn audit(&self, query: AuditQuery) -> Answer<AuditPage> {
        let mut page = data::audit(query);
        if self.scene.empty {
            page.rows.clear();
        }
        self.answer(page)
    }

    async fn systems(&self) -> Answer<SystemsPage> {
        self.answer(data::systems())
    }
}
