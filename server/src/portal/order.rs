//! Ordering a tenant: judge the slug, show what will exist, place the order once.

mod place;

use super::{Bound, internal};
use crate::{
    domain::{
        DisplayName, Email, Fact, SiteLanguage, Slug, Tenant, TenantId, TimeZone, Token, name, secret::TokenHash,
        tenant::Status,
    },
    steps::purpose,
    store::tenant::{ListFilter, NewTenant, Ordered},
};
use app::{
    model::{
        oops::{FieldError, Oops},
        person::Standing,
        tenant::{ListQuery, OrderForm, OrderPage, PlanChoice, PreviewItem, SlugVerdict, TenantList, TenantRow},
    },
    portal::Answer,
};
use secrecy::ExposeSecret;

/// Rows of one page of the list.
const PER_PAGE: u32 = 50;

/// An order whose every field was judged.
struct Order {
    name: String,
    slug: Slug,
    plan: String,
    language: SiteLanguage,
    time_zone: TimeZone,
    admin: Email,
    key: String,
}

impl Bound {
    pub(super) async fn list(&self, query: ListQuery) -> Answer<TenantList> {
        let filter = ListFilter {
            sight: self.sight(),
            q: query.q.trim().chars().take(80).collect(),
            state: Status::from_key(&query.state),
            page: query.page.max(1),
            per_page: PER_PAGE,
        };
        let listed = self.house.store.list(&filter).await.map_err(internal)?;
        let rows = listed.rows.into_iter().map(|l| TenantRow {
            slug: l.tenant.slug.to_string(),
            name: l.tenant.name,
            status: l.tenant.status,
            plan: self.plan_label(&l.tenant.plan),
            site_url: l.tenant.site_url,
            now: l.now,
            stuck_step: l.stuck_step,
            done: (l.done, l.steps),
            ordered_at: l.tenant.ordered_at.0,
        });
        Ok(TenantList {
            rows: rows.collect(),
            counts: listed.counts,
            total: listed.total,
            per_page: PER_PAGE,
            may_order: self.caller.standing == Standing::Operator,
            replaced: self.replaced(None).await?,
            query,
        })
    }

    pub(super) fn plan_label(&self, key: &str) -> String {
        self.house.systems.sizes.iter().find(|p| p.key == key).map_or_else(|| key.to_owned(), |p| p.label.clone())
    }

    pub(super) async fn order_form(&self, mut form: OrderForm) -> Answer<OrderPage> {
        if form.slug.trim().is_empty() {
            form.slug = Slug::propose(&form.name).map(String::from).unwrap_or_default();
        }
        if form.plan.is_empty() {
            form.plan = self.house.systems.sizes.first().map(|p| p.key.clone()).unwrap_or_default();
        }
        place::suggest(&self.house.systems, &mut form);
        if form.key.is_empty() {
            form.key = self.house.dice.uuid().to_string();
        }
        let slug = if form.slug.is_empty() { None } else { Some(self.verdict(&form.slug).await?) };
        let preview = Slug::parse(&form.slug).map(|s| self.preview(&s)).unwrap_or_default();
        let s = &self.house.systems;
        let plans = s.sizes.iter().map(|p| PlanChoice {
            key: p.key.clone(),
            label: p.label.clone(),
            about: p.about.clone(),
            facts: [
                s.databases.size(p).map(|size| ("Database".to_owned(), size.to_string())),
                Some(("PHP workers".to_owned(), p.php_workers.to_string())),
                Some(("Largest upload".to_owned(), format!("{} MB", p.upload_mb))),
                s.cost(p).map(|cost| ("Cost".to_owned(), cost)),
            ]
            .into_iter()
            .flatten()
            .collect(),
        });
        let refused = self.house.systems.databases.room().await.err().map(no_room);
        let (languages, time_zones) = (s.sites.languages().await, TimeZone::names());
        Ok(OrderPage { plans: plans.collect(), slug, languages, time_zones, preview, form, refused })
    }

    /// What an order of this slug makes, by the names the drivers would use.
    pub(super) fn preview(&self, slug: &Slug) -> Vec<PreviewItem> {
        let s = &self.house.systems;
        let item = |what: &str, (name, place): (String, String)| PreviewItem {
            what: what.into(),
            names: vec![(String::new(), name)],
            place,
        };
        let corner = [("Group", "tenant"), ("Connection", "wp"), ("Model", "wp")];
        vec![
            item("Database", s.databases.preview(slug)),
            item("Sign-in client", s.identity.preview(slug)),
            item("Site", s.sites.preview(slug)),
            PreviewItem {
                what: "Chat".into(),
                names: corner.map(|(label, stem)| (label.to_owned(), format!("{stem}-{slug}"))).into(),
                place: s.chat.place(),
            },
        ]
    }

    pub(super) async fn verdict(&self, text: &str) -> Answer<SlugVerdict> {
        let verdict = |free, say: String, suggestion| SlugVerdict {
            slug: text.chars().take(64).collect(),
            free,
            say,
            suggestion,
        };
        let slug = match Slug::parse(text) {
            Ok(slug) => slug,
            Err(why) => {
                let other = match Slug::propose(text) {
                    Some(near) => self.free_like(&near).await?,
                    None => None,
                };
                return Ok(verdict(false, why.to_string(), other));
            }
        };
        match self.free_like(&slug).await? {
            Some(free) if free == slug.as_str() => Ok(verdict(true, format!("{slug} is free."), None)),
            Some(other) => Ok(verdict(false, format!("{slug} is taken."), Some(other))),
            None => Ok(verdict(false, format!("{slug} is taken. Choose another one."), None)),
        }
    }

    /// This slug, or else the first free one with a number behind it.
    async fn free_like(&self, slug: &Slug) -> Answer<Option<String>> {
        let numbered = (2..30).filter_map(|n| slug.numbered(n));
        for candidate in std::iter::once(slug.clone()).chain(numbered) {
            if !self.house.store.slug_taken(&candidate).await.map_err(internal)? {
                return Ok(Some(candidate.into()));
            }
        }
        Ok(None)
    }

    pub(super) async fn place_order(&self, form: OrderForm) -> Answer<String> {
        let order = self.judge(form).await?;
        self.house.systems.databases.room().await.map_err(no_room)?;
        let id = TenantId(self.house.dice.uuid());
        // The site's secret is kept with the tenant, so that no crash leaves one of them alone.
        let (secret, kept) = self.house.vault.first(id, purpose::SITE).map_err(|error| {
            tracing::error!(%error, "a site's secret cannot be made");
            Oops::internal()
        })?;
        let site_hash = TokenHash::of(secret.expose_secret());
        let Order { name, slug, plan, language, time_zone, admin, key } = order;
        let by = self.who();
        let tenant = Tenant {
            id,
            site_url: self.house.systems.sites.address(id, &slug),
            slug,
            name,
            plan,
            language,
            time_zone,
            admin,
            ordered_by: by.clone(),
            ordered_at: self.house.now(),
            status: Status::Provisioning,
            gone_at: None,
        };
        let detail = format!("{} on plan {}, first admin {}", tenant.name, tenant.plan, tenant.admin);
        let audit = self.house.entry(&self.actor, "tenant.order", Some(&tenant), true, detail);
        let audit = audit.changed("", tenant.status.word());
        let new = NewTenant { tenant, key, opened: Fact::Opened { by }, site_hash, secret: Some(kept) };
        match self.house.store.order(&new, &audit).await.map_err(internal)? {
            Ordered::Made(tenant) => Ok(tenant.slug.into()),
            Ordered::Same(before) if is_same(&before, &new.tenant) => Ok(before.slug.into()),
            Ordered::Same(_) => Err(Oops::reused_key()),
            Ordered::SlugTaken => {
                Err(refused(vec![complaint("slug", format!("{} is taken. Choose another one.", new.tenant.slug))]))
            }
        }
    }

    /// All that is wrong with it, in the order of the form.
    async fn judge(&self, form: OrderForm) -> Answer<Order> {
        let mut complaints = Vec::new();
        let name = DisplayName::parse(&form.name, name::TENANT);
        if let Err(why) = &name {
            complaints.push(complaint("name", why.to_string()));
        }
        let typed = form.slug.trim();
        let slug = if typed.is_empty() { Slug::propose(&form.name) } else { Slug::parse(typed).ok() };
        if slug.is_none() {
            let why = Slug::parse(typed).err().filter(|_| !typed.is_empty());
            complaints
                .push(complaint("slug", why.map_or("Write a short name, such as acme.".into(), |w| w.to_string())));
        }
        if !self.house.systems.sizes.iter().any(|p| p.key == form.plan) {
            complaints.push(complaint("plan", "Choose a plan."));
        }
        let place = place::judge(&self.house.systems, &form, &mut complaints).await;
        let admin = Email::parse(&form.admin_email);
        if let Err(why) = &admin {
            complaints.push(complaint("admin_email", why.to_string()));
        }
        let key = if form.key.is_empty() { Token::throw(&*self.house.dice).reveal().to_owned() } else { form.key };
        match (name, slug, place, admin) {
            (Ok(name), Some(slug), Some((language, time_zone)), Ok(admin))
                if complaints.is_empty() && key.len() <= 64 =>
            {
                Ok(Order { name: name.into(), slug, plan: form.plan, language, time_zone, admin, key })
            }
            _ => Err(refused(complaints)),
        }
    }
}

fn complaint(field: &str, say: impl Into<String>) -> FieldError {
    FieldError { field: field.into(), say: say.into() }
}

fn no_room(why: String) -> Oops {
    Oops::new(409, "no_room", "There is no room for another tenant.", why)
}

/// Is it the order that was placed before? A short name that nobody typed is another one each time.
fn is_same(before: &Tenant, now: &Tenant) -> bool {
    let order = |t: &Tenant| (t.name.clone(), t.plan.clone(), t.language, t.time_zone.clone(), t.admin.clone());
    order(before) == order(now)
}

fn refused(fields: Vec<FieldError>) -> Oops {
    let mut oops =
        Oops::new(422, "order_refused", "The order cannot be placed as it is.", "Correct the marked fields.");
    oops.fields = fields;
    oops
}
