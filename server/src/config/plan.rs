//! The sizes that can be ordered. The type is the domain's; only its words are here.

use super::{
    section::{Key, Kind, Section},
    table::Tables,
};
use crate::domain::{Gigabytes, Plan};
use std::collections::BTreeSet;
use toml::Value;

const fn key(name: &'static str, about: &'static str, kind: Kind, default: Option<&'static str>) -> Key {
    Key { name, about, kind, optional: false, default }
}

const fn optional(name: &'static str, about: &'static str, kind: Kind) -> Key {
    Key { optional: true, ..key(name, about, kind, None) }
}

pub(super) const SECTION: Section = Section {
    path: "plan",
    about: "A size that can be ordered; repeat the section for each. Without any there are `small` and `medium`. Plans \
            can only be set in the file.",
    keys: &[
        key("key", "Kept with each tenant; never rename it.", Kind::Text, None),
        key("label", "What people read.", Kind::Text, None),
        key("about", "One sentence.", Kind::Text, Some("\"\"")),
        optional("cost", "Monthly estimate as text, such as `about € 58`, in place of one by `[prices]`.", Kind::Text),
        key(
            "php_workers",
            "PHP workers of the site, at least 2: the portal calls back into a site that waits for the \
            portal.",
            Kind::Number,
            Some("4"),
        ),
        key("upload_mb", "Largest upload, megabytes (10^6 bytes).", Kind::Number, Some("16")),
        key(
            "memory_mb",
            "Most memory of a site on a cluster, megabytes (10^6 bytes); a PHP worker takes about 68. A quarter of it is set aside, at \
            least 128.",
            Kind::Number,
            Some("512"),
        ),
        key(
            "cpu_millicores",
            "Share of a processor set aside for a site on a cluster, thousandths of a core. An idle site takes 3, a page 56 ms.",
            Kind::Number,
            Some("25"),
        ),
        key("disk_gb", "Space for uploads on a cluster, gigabytes (10^9 bytes).", Kind::Number, Some("5")),
        optional(
            "database_instances",
            "Servers of a database cluster of IONOS for each tenant, 1 to 5; without it that of the driver's section, as \
            for the next three. They count for new tenants.",
            Kind::Number,
        ),
        optional("database_cores", "Cores of each such server.", Kind::Number),
        optional("database_ram_gb", "Memory of each, gigabytes (10^9 bytes), at least 4.", Kind::Number),
        optional("database_storage_gb", "Storage of each, gigabytes (10^9 bytes), at least 10.", Kind::Number),
    ],
};

/// The plans; problems are noted.
pub(super) fn read(tables: &mut Tables) -> Vec<Plan> {
    let Some(value) = tables.take_plans() else { return standard() };
    let Value::Array(entries) = value else {
        tables.problems.push("plan: write each plan as [[plan]].".to_owned());
        return Vec::new();
    };
    let mut plans: Vec<Plan> = Vec::new();
    for (i, entry) in entries.into_iter().enumerate() {
        match one(entry) {
            Ok(plan) => plans.push(plan),
            Err(say) => tables.problems.push(format!("plan number {}: {say}.", i + 1)),
        }
    }
    let unique: BTreeSet<&str> = plans.iter().map(|p| p.key.as_str()).collect();
    if unique.len() < plans.len() {
        tables.problems.push("plan: each key may be used once.".to_owned());
    }
    if plans.is_empty() && tables.problems.is_empty() {
        tables.problems.push("plan: there must be at least one.".to_owned());
    }
    plans
}

fn one(entry: Value) -> Result<Plan, String> {
    if let Some(unknown) = entry.as_table().and_then(|t| t.keys().find(|n| !SECTION.keys.iter().any(|k| k.name == *n)))
    {
        let near = SECTION
            .keys
            .iter()
            .max_by(|a, b| strsim::jaro_winkler(a.name, unknown).total_cmp(&strsim::jaro_winkler(b.name, unknown)));
        return Err(format!("there is no key {unknown}; did you mean {}?", near.map_or("", |k| k.name)));
    }
    let plan: Plan = entry.try_into().map_err(|e: toml::de::Error| e.message().to_owned())?;
    if plan.key.trim().is_empty() || plan.label.trim().is_empty() {
        return Err("key and label must not be empty".to_owned());
    }
    if plan.php_workers < 2 || plan.upload_mb < 1 {
        return Err("php_workers must be at least 2 and upload_mb at least 1".to_owned());
    }
    if plan.memory_mb < 128 || plan.cpu_millicores < 1 || plan.disk_gb < 1 {
        return Err("memory_mb must be at least 128, cpu_millicores and disk_gb at least 1".to_owned());
    }
    let within = |wish: Option<u16>, least, most| wish.is_none_or(|n| (least..=most).contains(&n));
    let gb = |wish: Option<Gigabytes>, least| wish.is_none_or(|Gigabytes(n)| n >= least);
    if !within(plan.database_instances, 1, 5) || !within(plan.database_cores, 1, u16::MAX) {
        return Err("database_instances must be 1 to 5 and database_cores at least 1".to_owned());
    }
    if !gb(plan.database_ram_gb, 4) || !gb(plan.database_storage_gb, 10) {
        return Err("database_ram_gb must be at least 4 and database_storage_gb at least 10".to_owned());
    }
    Ok(plan)
}

fn standard() -> Vec<Plan> {
    let plan = |key: &str, label: &str, about: &str, php_workers: u16, upload_mb| Plan {
        key: key.to_owned(),
        label: label.to_owned(),
        about: about.to_owned(),
        cost: None,
        php_workers,
        upload_mb,
        memory_mb: 128 * u32::from(php_workers),
        cpu_millicores: 25 * u32::from(php_workers) / 4,
        disk_gb: 5,
        database_instances: None,
        database_cores: None,
        database_ram_gb: None,
        database_storage_gb: None,
    };
    vec![
        plan("small", "Small", "A team's blog.", 4, 16),
        plan("medium", "Medium", "A site with many readers and large pictures.", 8, 64),
    ]
}
