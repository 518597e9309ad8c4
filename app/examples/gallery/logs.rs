//! Activity, audit and systems, as example data.

use crate::data::{HOUR, MINUTE, NOW, SECOND, slug_of};
use app::model::{
    audit::{ActivityPage, ActivityRow, AuditPage, AuditQuery, AuditRow},
    systems::{Removal, StrayKind, StrayView, SystemView, SystemsPage},
    tenant::Status,
};

pub(crate) fn activity(query: AuditQuery) -> ActivityPage {
    let row = |ago: i64, name: &str, step: &str, text: &str, tone: &str| ActivityRow {
        at: NOW - ago,
        tenant: (slug_of(name), name.to_owned()),
        step: step.to_owned(),
        text: text.to_owned(),
        tone: tone.to_owned(),
    };
    let rows = vec![
        row(12 * SECOND, "Harbor Bakery", "Database", "Cluster is BUSY, looks again in 30 s", "running"),
        row(18 * SECOND, "Harbor Bakery", "Identity", "Attempt 9: refused, 409. Next try in 30 s", "retrying"),
        row(7 * MINUTE, "Harbor Bakery", "", "Ordered by Olivia Hart, plan Medium", ""),
        row(26 * MINUTE, "Northwind Traders", "Site", "The address points to another server", "attention"),
        row(29 * MINUTE, "Northwind Traders", "Identity", "Done in 5 s", "done"),
        row(20 * HOUR, "Acme", "Welcome", "Done in 2 s", "done"),
        row(21 * HOUR, "Acme", "Chat", "Done in 6 s", "done"),
    ];
    ActivityPage { query, rows }
}

pub(crate) fn audit(query: AuditQuery) -> AuditPage {
    let row = |seq: i64, ago: i64, who: &str, what: &str, tenant: &str, allowed: bool, detail: &str| AuditRow {
        seq,
        at: NOW - ago,
        who: who.to_owned(),
        what: what.to_owned(),
        tenant: tenant.to_owned(),
        allowed,
        detail: detail.to_owned(),
        before: None,
        after: None,
    };
    let changed = |row: AuditRow, before: &str, after: &str| AuditRow {
        before: (!before.is_empty()).then(|| before.to_owned()),
        after: (!after.is_empty()).then(|| after.to_owned()),
        ..row
    };
    let promoted = row(
        1842,
        MINUTE,
        "token people from payroll of ada@example.org",
        "member.put",
        "acme",
        true,
        "ben@example.org: Admin",
    );
    let mut rows = vec![
        changed(promoted, "Member", "Admin"),
        row(1841, 3 * MINUTE, "ada@example.org", "mcp.create_draft", "acme", true, "“Spring opening hours”, draft 412"),
        row(
            1840,
            7 * MINUTE,
            "olivia@example.org",
            "tenant.order",
            "harbor-bakery",
            true,
            "Harbor Bakery, plan medium",
        ),
        row(1839, 9 * MINUTE, "ben@example.org", "tenant.remove", "acme", false, "The role does not allow this."),
        row(1838, 2 * HOUR, "site acme", "pairing.intent", "acme", true, "Asked by Slipway Connect 1.0 for ada"),
        row(1837, 22 * HOUR, "command line", "tenant.retry", "quayside-books", true, "Step chat"),
    ];
    rows[2] = changed(rows[2].clone(), "", "Provisioning");
    AuditPage { query, rows, more: true }
}

pub(crate) fn systems() -> SystemsPage {
    let system = |name: &str, driver: &str, status: Status, say: &str, next: &str, ms: i64| SystemView {
        name: name.to_owned(),
        driver: driver.to_owned(),
        status,
        say: say.to_owned(),
        next: next.to_owned(),
        ms,
    };
    let systems = vec![
        system(
            "Mail",
            "SMTP, mail.example.org:587",
            Status::NeedsAttention,
            "Login refused, 535",
            "Renew the password of slipway@example.org, then check now.",
            0,
        ),
        system(
            "Chat",
            "OpenWebUI 0.12.4, chat.example.org",
            Status::Degraded,
            "Slower than 500 ms",
            "Tries go on by themselves, at most every 60 s.",
            640,
        ),
        system("Database", "IONOS MariaDB, Frankfurt", Status::Ready, "3 clusters, 11.4", "", 204),
        system("Identity", "Authentik 2026.2, id.example.org", Status::Ready, "Token valid until 1 Mar 2027", "", 31),
        system(
            "Site",
            "Kubernetes 1.34, 10.7.222.2:6443",
            Status::Ready,
            "May apply and remove all kinds it needs",
            "",
            9,
        ),
    ];
    SystemsPage { systems, strays: strays(), may_adopt: true, at: NOW - 2 * SECOND }
}

fn strays() -> Vec<StrayView> {
    let id = "10732441-31b2-5d99-a0c1-c705483f18ba";
    let line = |verb: &str| {
        let token = "-H \"Authorization: Bearer $IONOS_TOKEN\"";
        format!("curl -sS {verb}{token} https://mariadb.de-txl.ionos.com/v2/clusters/{id}")
    };
    let orphan = StrayView {
        kind: StrayKind::Orphan,
        name: "slipway-prod-acme-north-456789ab".to_owned(),
        cluster: Some(id.to_owned()),
        since: Some(NOW - 40 * 24 * HOUR),
        size: "1 core, 4 GB memory, 10 GB storage".to_owned(),
        place: "10.7.222.3/24 in network 2".to_owned(),
        tenant: Some(("acme-north".to_owned(), "Acme North".to_owned())),
        removal: Some(Removal { look: line(""), remove: line("-X DELETE ") }),
        release: None,
    };
    let entry = |kind, host: u8, tenant: &str, release: Option<&str>| StrayView {
        kind,
        name: String::new(),
        cluster: None,
        since: Some(NOW - 3 * 24 * HOUR),
        size: String::new(),
        place: format!("host {host} in network 2"),
        tenant: Some((tenant.to_owned(), tenant.to_uppercase())),
        removal: None,
        release: release.map(str::to_owned),
    };
    let release = "DELETE FROM address WHERE tenant = '01901234-5678-7abc-9def-0123456789ab';";
    vec![orphan, entry(StrayKind::Lost, 4, "acme", None), entry(StrayKind::Abandoned, 5, "oldco", Some(release))]
}
