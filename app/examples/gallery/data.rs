//! Tenants, people and lists, as example data.

use crate::{people::people, steps};
use app::model::{
    language::SiteLanguage,
    oops::Oops,
    person::{LocalAccount, Me, Standing},
    tenant::{
        Check, ListQuery, May, OrderForm, OrderPage, PlanChoice, PreviewItem, SlugVerdict, Status, TenantList,
        TenantPage, TenantRow,
    },
    timeline::Timeline,
};

/// One second in microseconds.
pub(crate) const SECOND: i64 = 1_000_000;
/// One minute.
pub(crate) const MINUTE: i64 = 60 * SECOND;
/// One hour.
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// 22 Nov 2026, 14:09:27 UTC.
pub(crate) const NOW: i64 = 1_795_356_567 * SECOND;

pub(crate) fn me(name: &str, standing: Standing) -> Me {
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    Me { name: name.to_owned(), email: format!("{first}@example.org"), standing }
}

pub(crate) fn slug_of(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn row(name: &str, status: Status, now: &str, stuck: Option<&str>, done: u32, ago: i64) -> TenantRow {
    TenantRow {
        slug: slug_of(name),
        name: name.to_owned(),
        status,
        plan: ["Small", "Medium", "Large"][name.len() % 3].to_owned(),
        site_url: format!("https://{}.sites.example.org", slug_of(name)),
        now: now.to_owned(),
        stuck_step: stuck.map(str::to_owned),
        done: (done, 6),
        ordered_at: NOW - ago,
    }
}

pub(crate) fn list(query: ListQuery, may_order: bool) -> TenantList {
    use Status::{Degraded, Deleted, Deleting, Draft, NeedsAttention, Provisioning, Ready, Suspended};
    let rows = vec![
        row("Northwind Traders", NeedsAttention, "Site: the address points elsewhere", Some("site"), 2, 26 * MINUTE),
        row("Fernhill School", Degraded, "Chat answers slowly since 13:50", None, 6, 19 * HOUR),
        row("Harbor Bakery", Provisioning, "Database and Identity, usually 6–24 min", None, 0, 7 * MINUTE),
        row("Quayside Books", Provisioning, "Chat, attempt 9, next in 40 s", None, 4, 12 * MINUTE),
        row("Acme", Ready, "All proofs passed 27 s ago", None, 6, 4 * 24 * HOUR),
        row("Lakeside Clinic", Ready, "All proofs passed 60 s ago", None, 6, 13 * 24 * HOUR),
        row("Old Mill Theatre", Suspended, "By Olivia, until someone resumes it", None, 6, 20 * 24 * HOUR),
        row("Tern Architects", Draft, "Started by Ben, not ordered", None, 0, 21 * HOUR),
        row("Saltmarsh Tours", Deleting, "Database: waits until its absence is seen", None, 4, 40 * 24 * HOUR),
        row("Orchard and Vine", Deleted, "6 absences seen", None, 6, 400 * 24 * HOUR),
    ];
    let counts = vec![
        (NeedsAttention, 1),
        (Degraded, 1),
        (Provisioning, 2),
        (Ready, 16),
        (Suspended, 1),
        (Draft, 1),
        (Deleting, 1),
        (Deleted, 1),
    ];
    TenantList { query, rows, counts, total: 23, per_page: 10, may_order, replaced: None }
}

pub(crate) fn empty_list(query: ListQuery, may_order: bool) -> TenantList {
    let counts = if query.q.is_empty() && query.state.is_empty() { Vec::new() } else { vec![(Status::Ready, 16)] };
    TenantList { query, rows: Vec::new(), counts, total: 0, per_page: 10, may_order, replaced: None }
}

fn plan(key: &str, label: &str, about: &str, facts: [(&str, &str); 3]) -> PlanChoice {
    let facts = facts.map(|(label, value)| (label.to_owned(), value.to_owned())).to_vec();
    PlanChoice { key: key.to_owned(), label: label.to_owned(), about: about.to_owned(), facts }
}

pub(crate) fn things(slug: &str) -> Vec<PreviewItem> {
    let item = |what: &str, name: String, place: &str| PreviewItem {
        what: what.to_owned(),
        names: vec![(String::new(), name)],
        place: place.to_owned(),
    };
    let corner = [("Group", "tenant"), ("Connection", "wp"), ("Model", "wp")];
    vec![
        item("Database", format!("slipway-{slug}"), "IONOS, Frankfurt"),
        item("Sign-in client", format!("wordpress-{slug}"), "Authentik"),
        item("Site", format!("wordpress-tenant-{slug}"), "Kubernetes namespace"),
        PreviewItem {
            what: "Chat".to_owned(),
            names: corner.map(|(label, stem)| (label.to_owned(), format!("{stem}-{slug}"))).to_vec(),
            place: "OpenWebUI".to_owned(),
        },
    ]
}

pub(crate) fn order(mut form: OrderForm) -> OrderPage {
    form.key = "01JDA4V7Q2".to_owned();
    let slug = (!form.slug.is_empty()).then(|| {
        let free = form.slug != "acme";
        let say = if free { format!("{} is free.", form.slug) } else { "acme is taken by a tenant.".to_owned() };
        SlugVerdict { slug: form.slug.clone(), free, say, suggestion: (!free).then(|| "acme-2".to_owned()) }
    });
    let preview = if form.slug.is_empty() { Vec::new() } else { things(&form.slug) };
    let plans = vec![
        plan(
            "small",
            "Small",
            "A team and its blog",
            [("Database", "1 core, 4 GB"), ("Memory", "512 MiB"), ("Files", "5 GB")],
        ),
        plan(
            "medium",
            "Medium",
            "A site people visit",
            [("Database", "2 cores, 8 GB"), ("Memory", "1 GiB"), ("Files", "20 GB")],
        ),
        plan(
            "large",
            "Large",
            "Many editors",
            [("Database", "4 cores, 16 GB"), ("Memory", "2 GiB"), ("Files", "50 GB")],
        ),
    ];
    let time_zones = ["UTC", "Europe/Berlin", "Europe/Zurich"].map(str::to_owned).to_vec();
    OrderPage { form, slug, plans, languages: SiteLanguage::ALL.to_vec(), time_zones, preview, refused: None }
}

fn checks(done: usize) -> Vec<Check> {
    let all = [
        ("Database answers", "Login in 11 ms, 40 s ago", "A login from inside the cluster"),
        ("Site reachable", "HTTPS in 84 ms, 40 s ago", "HTTPS from outside, with a valid certificate"),
        ("An admin signed in", "Ada, 19 Nov", "One admin has signed in"),
        ("Connected to the chat", "8 tools and 1 read, 3 min ago", "WordPress and chat have read each other"),
        ("First draft", "Spring opening hours, by Ada", "A post sent from the chat"),
    ];
    let check = |(n, (what, held, missing)): (usize, (&str, &str, &str))| {
        let done = n < done;
        Check { what: what.to_owned(), done, detail: if done { held } else { missing }.to_owned() }
    };
    all.into_iter().enumerate().map(check).collect()
}

fn locals() -> Vec<LocalAccount> {
    let account = |id, login: &str, role: &str| LocalAccount {
        id,
        login: login.to_owned(),
        administrator: role == "administrator",
        role: role.to_owned(),
        since: NOW - 90 * 24 * 60 * MINUTE,
        moved: role == "author",
    };
    vec![account(7, "agency", "administrator"), account(9, "old-ada", "author")]
}

pub(crate) fn tenant(name: &str, status: Status, timeline: Timeline, may: May) -> TenantPage {
    let slug = slug_of(name);
    let up = matches!(status, Status::Ready | Status::Degraded);
    let (mut members, mut pairings) = people();
    if !up {
        pairings.clear();
        members.truncate(1);
    }
    let mut checklist = checks(match status {
        Status::Ready | Status::Degraded => 5,
        Status::NeedsAttention => 1,
        _ => 0,
    });
    if status == Status::Degraded {
        checklist[1].done = false;
        checklist[1].detail = "No answer since 13:50, last seen in 84 ms".to_owned();
    }
    TenantPage {
        id: "0192f3a1-5d2c-7f30-9c41-2ab7c0d1e5f4".to_owned(),
        status,
        plan: "Medium".to_owned(),
        cost: Some("€ 58".to_owned()),
        language: SiteLanguage::DeFormal,
        time_zone: "Europe/Berlin".to_owned(),
        site_url: format!("https://{slug}.sites.example.org"),
        hosts_line: None,
        open_wordpress: up.then(|| format!("https://{slug}.sites.example.org/slipway/sign-in")),
        open_chat: up.then(|| "https://chat.example.org/?models=writer".to_owned()),
        ordered_by: "Olivia Hart".to_owned(),
        ordered_at: timeline.began_at,
        timeline,
        objects: if status == Status::Provisioning { Vec::new() } else { things(&slug) },
        members,
        pairings,
        locals: if up { locals() } else { Vec::new() },
        more_locals: false,
        checklist,
        may,
        slug,
        name: name.to_owned(),
    }
}

/// A tenant that came up and has nobody in it.
pub(crate) fn lonely() -> TenantPage {
    let may = May { operate: false, manage_people: true };
    let mut page = tenant("Acme", Status::Ready, steps::ready("acme", false), may);
    page.members.clear();
    page.pairings.clear();
    page.open_chat = None;
    page
}

pub(crate) fn refused_order() -> (Oops, OrderForm) {
    let mut oops =
        Oops::new(422, "order_invalid", "The order was not placed. Two fields need a change.", "Nothing was made.");
    for (field, say) in [
        ("slug", "acme is taken by a tenant. Take acme-2, or choose another."),
        ("admin_email", "“ada” is no e-mail address. It needs an @ and a domain."),
    ] {
        oops.fields.push(app::model::oops::FieldError { field: field.to_owned(), say: say.to_owned() });
    }
    let form = OrderForm {
        name: "Acme".to_owned(),
        slug: "acme".to_owned(),
        plan: "medium".to_owned(),
        language: "de".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        admin_email: "ada".to_owned(),
        key: String::new(),
    };
    (oops, form)
}
