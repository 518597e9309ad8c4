//! A made-up portal: one tenant that Ada sees, and a list of what was asked.

mod page;
mod timeline;

use app::{
    model::{
        account::{AccountPage, SessionView},
        audit::{ActivityPage, AuditPage, AuditQuery},
        language::SiteLanguage,
        oops::{FieldError, Oops},
        pairing::ConsentPage,
        person::{Language, Me, Role},
        rebind::{RebindForm, RebindPage, RebindReport},
        session::{SessionQuery, SessionsPage},
        systems::SystemsPage,
        tenant::{Followed, ListQuery, OrderForm, OrderPage, SlugVerdict, Status, TenantList, TenantPage},
        timeline::{StepStatus, Timeline},
        token::{MadeToken, TokenForm, TokenScope, TokensPage},
    },
    portal::{Answer, Portal},
};
use async_trait::async_trait;
use slipway::domain::Caller;
use std::sync::{Arc, Mutex};

/// What all callers' portals share.
pub(crate) struct Desk {
    /// What was asked, oldest first.
    pub(crate) asked: Mutex<Vec<String>>,
    /// The timeline of `acme`.
    pub(crate) timeline: Mutex<Timeline>,
    pub(crate) out_of_sight: Mutex<Vec<String>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { asked: Mutex::default(), timeline: Mutex::new(timeline::begun()), out_of_sight: Mutex::default() }
    }
}

impl Desk {
    pub(crate) fn portal_for(self: &Arc<Self>, caller: Caller) -> Arc<dyn Portal> {
        Arc::new(Bound { desk: self.clone(), caller })
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no test panicked in here").clone()
    }

    /// Something happens to a step.
    pub(crate) fn happens(&self, name: &str, note: &str) {
        let mut timeline = self.timeline.lock().expect("no test panicked in here");
        timeline.seq += 1;
        let step = timeline.ranks.iter_mut().flatten().find(|step| step.name == name).expect("it is a step");
        (step.status, step.note) = (StepStatus::Running, note.to_owned());
    }
}

struct Bound {
    desk: Arc<Desk>,
    caller: Caller,
}

impl Bound {
    fn note(&self, what: impl std::fmt::Display) {
        let line = format!("{} {what}", self.caller.email);
        self.desk.asked.lock().expect("no test panicked in here").push(line);
    }

    fn sees(&self, slug: &str) -> Answer<()> {
        match slug {
            _ if self.desk.out_of_sight.lock().is_ok_and(|out| out.iter().any(|o| o == slug)) => Err(Oops::not_found()),
            "boom" => panic!("the secret inside"),
            "acme" | "globex" => Ok(()),
            _ => Err(Oops::not_found()),
        }
    }
}

#[async_trait]
impl Portal for Bound {
    fn me(&self) -> Me {
        let Caller { name, email, standing, .. } = self.caller.clone();
        Me { name, email: email.into(), standing }
    }

    async fn account(&self) -> Answer<AccountPage> {
        let session =
            |id: &str, device: &str| SessionView { id: id.into(), device: device.into(), made_at: 1, seen_at: 1 };
        let sessions = vec![
            session("s1", "Firefox on Linux"),
            session("s2", "Safari on iPhone"),
            session("s3", "Edge on Windows"),
        ];
        Ok(AccountPage { me: self.me(), sessions, pairings: vec![], language: Language::En })
    }

    async fn end_session(&self, session: String) -> Answer<()> {
        self.note(format_args!("end {session}"));
        Ok(())
    }

    async fn end_other_sessions(&self, kept: String) -> Answer<()> {
        self.note(format_args!("end all but {}", kept.len()));
        Ok(())
    }

    async fn sessions(&self, query: SessionQuery) -> Answer<SessionsPage> {
        Ok(SessionsPage { query, rows: vec![], total: 0, per_page: 50, may_end: true })
    }

    async fn end_sessions_of(&self, person: String) -> Answer<()> {
        self.note(format_args!("end all of {person}"));
        Ok(())
    }

    async fn choose_language(&self, language: Language) -> Answer<()> {
        self.note(format_args!("language {}", language.key()));
        Ok(())
    }

    async fn tenants(&self, query: ListQuery) -> Answer<TenantList> {
        Ok(TenantList { query, rows: vec![], counts: vec![], total: 0, per_page: 50, may_order: true, replaced: None })
    }

    async fn order_page(&self, form: OrderForm) -> Answer<OrderPage> {
        let (languages, time_zones) = (SiteLanguage::ALL.to_vec(), vec!["Europe/Berlin".to_owned()]);
        Ok(OrderPage { form, slug: None, plans: vec![], languages, time_zones, preview: vec![], refused: None })
    }

    async fn judge_slug(&self, slug: String) -> Answer<SlugVerdict> {
        Ok(SlugVerdict { say: format!("{slug} is free."), slug, free: true, suggestion: None })
    }

    async fn order(&self, form: OrderForm) -> Answer<String> {
        self.note(format_args!("order {}", form.slug));
        if form.slug != "taken" {
            return Ok(form.slug);
        }
        let mut oops = Oops::new(422, "order_unfit", "One field needs another look.", "Change it, then order again.");
        oops.fields.push(FieldError { field: "slug".into(), say: "taken is taken. Try taken-2.".into() });
        Err(oops)
    }

    async fn tenant(&self, slug: String) -> Answer<TenantPage> {
        self.sees(&slug)?;
        let timeline = self.desk.timeline.lock().expect("no test panicked in here").clone();
        Ok(page::of(slug, timeline))
    }

    async fn follow(&self, slug: String) -> Answer<Followed> {
        self.note(format_args!("follow {slug}"));
        self.sees(&slug)?;
        Ok(Followed { id: super::tenant(&slug).to_string(), status: Status::Provisioning })
    }

    async fn retry(&self, slug: String, step: String) -> Answer<()> {
        self.sees(&slug)?;
        self.note(format_args!("retry {slug} {step}"));
        Ok(())
    }

    async fn skip(&self, slug: String, step: String, reason: String) -> Answer<()> {
        self.sees(&slug)?;
        self.note(format_args!("skip {slug} {step}: {reason}"));
        Ok(())
    }

    async fn remove(&self, slug: String, typed: String) -> Answer<()> {
        self.sees(&slug)?;
        if typed != slug {
            return Err(Oops::new(422, "typed_wrong", "That is not the slug.", "Type acme."));
        }
        self.note(format_args!("remove {slug}"));
        Ok(())
    }

    async fn put_member(&self, slug: String, email: String, role: Role) -> Answer<()> {
        self.sees(&slug)?;
        self.note(format_args!("member {slug} {email} {}", role.word()));
        Ok(())
    }

    async fn invite(&self, slug: String, email: String) -> Answer<()> {
        self.sees(&slug)?;
        self.note(format_args!("invite {slug} {email}"));
        Ok(())
    }

    async fn remove_member(&self, slug: String, email: String) -> Answer<()> {
        self.sees(&slug)?;
        self.note(format_args!("no member {slug} {email}"));
        Ok(())
    }

    async fn let_rebind(&self, slug: String, email: String, typed: String) -> Answer<()> {
        self.sees(&slug)?;
        self.note(format_args!("rebind {slug} {email} {typed}"));
        Ok(())
    }

    async fn rebind_page(&self) -> Answer<RebindPage> {
        Ok(RebindPage::default())
    }

    async fn rebind(&self, form: RebindForm) -> Answer<RebindReport> {
        self.note(format_args!("rebind list {:?}", form.typed));
        Ok(RebindReport::default())
    }

    async fn end_account(&self, slug: String, account: String) -> Answer<()> {
        self.sees(&slug)?;
        self.note(format_args!("end account {slug} {account}"));
        Ok(())
    }

    async fn disconnect(&self, slug: String, pairing: String) -> Answer<()> {
        self.sees(&slug)?;
        self.note(format_args!("disconnect {slug} {pairing}"));
        Ok(())
    }

    async fn consent(&self, intent: String) -> Answer<ConsentPage> {
        if intent != "i1" {
            return Err(Oops::not_found());
        }
        Ok(ConsentPage {
            intent,
            tenant: "Acme Tools".into(),
            site: "acme.example.org".into(),
            wp_login: "ada".into(),
            asked_by: "Slipway Connect 1.0.0".into(),
            asked_at: 1,
            expires_at: 2,
            callback_origin: "https://acme.example.org".into(),
            me: self.me(),
        })
    }

    async fn answer_consent(&self, intent: String, approve: bool) -> Answer<String> {
        self.note(format_args!("consent {intent} {approve}"));
        Ok("https://acme.example.org/wp-admin/admin-post.php?action=slipway_connect_callback&code=c".into())
    }

    async fn sign_in_to_site(&self, slug: String, state: String, _: String, to: String) -> Answer<String> {
        self.sees(&slug)?;
        self.note(format_args!("enter {slug} {state} {to}"));
        Ok("https://acme.example.org/wp-login.php?action=slipway_callback&code=c".into())
    }

    async fn activity(&self, query: AuditQuery) -> Answer<ActivityPage> {
        Ok(ActivityPage { query, rows: vec![] })
    }

    async fn audit(&self, query: AuditQuery) -> Answer<AuditPage> {
        Ok(AuditPage { query, rows: vec![], more: false })
    }

    async fn systems(&self) -> Answer<SystemsPage> {
        Ok(SystemsPage { systems: vec![], strays: vec![], may_adopt: false, at: 1 })
    }

    async fn adopt(&self, cluster: String, typed: String) -> Answer<()> {
        self.note(format!("adopt {cluster} {typed}"));
        Ok(())
    }

    async fn tokens(&self) -> Answer<TokensPage> {
        Ok(TokensPage { rows: vec![], scopes: TokenScope::ALL.into(), tenants: vec![], all: true })
    }

    async fn make_token(&self, form: TokenForm) -> Answer<MadeToken> {
        self.note(format_args!("token {}", form.name));
        Ok(MadeToken { id: "t1".into(), name: form.name, text: "slw_shown-once".into(), expires_at: 1 })
    }

    async fn revoke_token(&self, id: String) -> Answer<()> {
        self.note(format_args!("no token {id}"));
        Ok(())
    }
}
