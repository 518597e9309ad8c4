//! The chart's roles and the tables of rights: the same, right by right.

use slipway::systems::{
    cluster::Right,
    database,
    site::kubernetes::rights::{RIGHTS, When},
};
use std::collections::BTreeSet;

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rule {
    api_groups: Vec<String>,
    resources: Vec<String>,
    #[serde(default)]
    resource_names: Vec<String>,
    verbs: Vec<String>,
}

fn of_the_chart(text: &str) -> BTreeSet<String> {
    let rules: Vec<Rule> = serde_saphyr::from_str(text).expect("rules");
    let mut all = BTreeSet::new();
    for rule in rules {
        for group in &rule.api_groups {
            for resource in &rule.resources {
                all.extend(rule.verbs.iter().map(|verb| line(verb, group, resource, &rule.resource_names)));
            }
        }
    }
    all
}

fn of_the_table(table: &[Right]) -> BTreeSet<String> {
    let names = |r: &Right| r.names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    table.iter().flat_map(|r| r.verbs.iter().map(move |verb| line(verb, r.group, r.resource, &names(r)))).collect()
}

fn line(verb: &str, group: &str, resource: &str, names: &[String]) -> String {
    format!("{verb} {group}/{resource} {}", names.join(","))
}

#[test]
fn the_chart_grants_exactly_the_tables() {
    let sites = |when: When| -> Vec<Right> { RIGHTS.iter().filter(|(w, _)| *w == when).map(|(_, r)| *r).collect() };
    for (file, table) in [
        ("rights.yaml", sites(When::Always)),
        ("ingress-rights.yaml", sites(When::Ingress)),
        ("gateway-rights.yaml", sites(When::Gateway)),
        ("database-rights.yaml", database::rights::RIGHTS.to_vec()),
    ] {
        let path = format!("{}/../charts/slipway/files/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("the chart has its rights in a file");
        assert_eq!(of_the_chart(&text), of_the_table(&table), "{file}");
    }
}
