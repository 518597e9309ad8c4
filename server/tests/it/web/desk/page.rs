//! The page of the made-up tenant.

use app::model::{
    language::SiteLanguage,
    tenant::{May, Status, TenantPage},
    timeline::Timeline,
};

pub(super) fn of(slug: String, timeline: Timeline) -> TenantPage {
    TenantPage {
        id: "1".into(),
        slug,
        name: "Acme Tools".into(),
        status: Status::Provisioning,
        plan: "Small".into(),
        cost: None,
        language: SiteLanguage::De,
        time_zone: "Europe/Berlin".into(),
        site_url: "https://acme.example.org".into(),
        hosts_line: Some("192.0.2.1 acme.local".into()),
        open_wordpress: None,
        open_chat: None,
        ordered_by: "olivia@example.org".into(),
        ordered_at: 1,
        timeline,
        objects: vec![],
        members: vec![],
        pairings: vec![],
        locals: vec![],
        more_locals: false,
        checklist: vec![],
        may: May { operate: true, manage_people: true },
    }
}
