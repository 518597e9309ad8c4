//! Who may know whom. The arrows of the design, read off the paths that the sources name; an arrow that is not in the
//! table is a mistake or a decision, and a decision belongs into the table with its reason.

mod names;
mod rules;

use names::{Source, sources};
use rules::{APP, PARTS, SERVER};
use std::{collections::BTreeSet, path::Path};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Every (from, to) between parts of a crate, with one place where it is.
fn arrows(all: &[Source]) -> Vec<(&str, &str, String)> {
    let parts: BTreeSet<&str> = all.iter().filter_map(|s| s.module.first().map(String::as_str)).collect();
    let mut found = Vec::new();
    for source in all {
        let Some(from) = source.module.first() else { continue };
        for path in &source.names {
            let to = path.first().and_then(|p| parts.get(p.as_str()));
            if let Some(to) = to.filter(|to| **to != from) {
                found.push((from.as_str(), *to, format!("{}: {}", source.file, path.join("::"))));
            }
        }
    }
    found
}

fn assert_arrows(all: &[Source], allowed: &[(&str, &[&str], &str)]) {
    let found = arrows(all);
    let wrong: Vec<_> = found
        .iter()
        .filter(|(from, to, _)| !allowed.iter().any(|(f, tos, _)| f == from && tos.contains(to)))
        .map(|(from, to, place)| format!("{from} → {to} ({place})"))
        .collect();
    assert!(wrong.is_empty(), "arrows that nobody allowed:\n{}", wrong.join("\n"));
    for (from, tos, reason) in allowed {
        assert!(reason.ends_with('.'), "{from}: an arrow needs a reason");
        for to in *tos {
            assert!(
                found.iter().any(|(f, t, _)| f == from && t == to),
                "{from} → {to} is allowed, but nobody needs it"
            );
        }
    }
}

#[test]
fn parts_of_the_server_know_only_whom_they_may() {
    assert_arrows(&sources("server/src"), SERVER);
}

#[test]
fn parts_of_the_pages_know_only_whom_they_may() {
    assert_arrows(&sources("app/src"), APP);
}

/// Where only a part of another part may be named: every path must begin with one of those.
#[test]
fn narrow_arrows_stay_narrow() {
    let all = sources("server/src");
    for (from, to, only, reason) in PARTS {
        assert!(reason.ends_with('.'));
        let mine = all.iter().filter(|s| s.module.first().is_some_and(|m| m == from));
        let paths: Vec<String> =
            mine.flat_map(|s| &s.names).filter(|p| p.first().is_some_and(|m| m == to)).map(|p| p.join("::")).collect();
        assert!(!paths.is_empty(), "{from} → {to} is not needed any more");
        for path in paths {
            let fine = only.iter().any(|o| path == *o || path.starts_with(&format!("{o}::")));
            assert!(fine, "{from} names {path}; it may name {only:?}: {reason}");
        }
    }
}

/// The drivers: folders and files beneath the ports.
fn drivers(all: &[Source]) -> BTreeSet<(String, String)> {
    let beneath = all
        .iter()
        .filter(|s| s.module.len() >= 3 && s.module[0] == "systems" && !rules::CLIENTS.contains(&s.module[1].as_str()));
    beneath.map(|s| (s.module[1].clone(), s.module[2].clone())).collect()
}

#[test]
fn only_the_composition_root_names_drivers() {
    let all = sources("server/src");
    let drivers = drivers(&all);
    assert!(drivers.len() >= 6, "{drivers:?}");
    for source in all.iter().filter(|s| s.module.first().is_some_and(|m| m != "boot")) {
        for path in source.names.iter().filter(|p| p.len() >= 3 && p[0] == "systems") {
            let named = drivers.contains(&(path[1].clone(), path[2].clone()));
            let at_home = source.module.len() >= 2 && source.module[0] == "systems" && source.module[1] == path[1];
            let demo = source.module.starts_with(&["cli".into(), "demo".into()]);
            assert!(!named || at_home || demo, "{} names the driver {}", source.file, path.join("::"));
        }
    }
}

#[test]
fn a_driver_knows_its_port_the_shared_clients_and_the_domain() {
    for (_, _, reason) in rules::SIBLINGS {
        assert!(reason.ends_with('.'));
    }
    let all = sources("server/src");
    for source in all.iter().filter(|s| s.module.len() >= 2 && s.module[0] == "systems") {
        for path in source.names.iter().filter(|p| p.len() >= 2) {
            let fine = path[0] == "domain"
                || path[0] != "systems" && !rules::TOPS.contains(&path[0].as_str())
                || path[0] == "systems" && (path[1] == source.module[1] || rules::CLIENTS.contains(&path[1].as_str()))
                || rules::SIBLINGS
                    .iter()
                    .any(|(from, to, _)| source.module[1] == *from && path.join("::").starts_with(to));
            assert!(fine, "{} names {}", source.file, path.join("::"));
        }
    }
}

#[test]
fn nobody_but_the_command_line_names_the_composition_root() {
    for source in sources("server/src") {
        let may = source.module.first().is_none_or(|m| m == "boot" || m == "cli");
        assert!(may || !source.names.iter().any(|p| p[0] == "boot"), "{} names boot", source.file);
    }
}

#[test]
fn the_domain_names_of_the_pages_only_their_words() {
    for source in sources("server/src").iter().filter(|s| s.module.first().is_some_and(|m| m == "domain")) {
        for path in source.text.split("app::").skip(1) {
            assert!(path.starts_with("model::"), "{} names app::{}", source.file, &path[..20.min(path.len())]);
        }
    }
}

#[test]
fn the_pages_can_be_built_without_any_server() {
    let manifest: toml::Table = read("app/Cargo.toml").parse().expect("it is TOML");
    let names: Vec<&String> = manifest["dependencies"].as_table().expect("a table").keys().collect();
    for banned in ["tokio", "axum", "sqlx", "reqwest", "kube", "hyper", "leptos_axum", "server"] {
        assert!(!names.iter().any(|n| *n == banned || n.starts_with(&format!("{banned}-"))), "app depends on {banned}");
    }
    for source in sources("app/src") {
        for banned in ["tokio::", "axum::", "sqlx::", "reqwest::", "kube::", "slipway::", "std::fs::", "std::net::"] {
            assert!(!source.text.contains(banned), "{} names {banned}", source.file);
        }
    }
}

#[test]
fn no_file_is_longer_than_three_hundred_lines() {
    let long: Vec<String> = ["server/src", "app/src", "server/tests"]
        .into_iter()
        .flat_map(sources)
        .filter(|s| s.lines > 300)
        .map(|s| format!("{}: {}", s.file, s.lines))
        .collect();
    assert!(long.is_empty(), "{long:?}");
    assert!(read("server/src/main.rs").lines().count() <= 40);
}

#[test]
fn a_module_says_first_why_it_is_there() {
    for source in ["server/src", "app/src"].into_iter().flat_map(sources) {
        let why = source.whole.lines().take_while(|l| l.starts_with("//!")).count();
        assert!((1..=25).contains(&why) || source.file.ends_with("/tests.rs"), "{}: {why} lines of why", source.file);
    }
}

#[test]
fn settings_come_through_the_configuration() {
    for source in sources("server/src").iter().chain(&sources("app/src")) {
        let may = source.module.first().is_some_and(|m| m == "config" || m == "cli");
        for banned in ["env::var(", "env::vars(", "env::var_os(", "option_env!"] {
            assert!(may || !source.text.contains(banned), "{} reads {banned}", source.file);
        }
    }
}

/// One of each: two versions of a framework compile, and then types of the same name do not fit.
#[test]
fn the_lock_holds_one_version_of_each_framework() {
    let lock: toml::Table = read("Cargo.lock").parse().expect("it is TOML");
    let packages = lock["package"].as_array().expect("a list");
    for one in ["axum", "sqlx", "reqwest", "leptos", "hyper", "rustls", "tokio", "rmcp", "http"] {
        let versions: Vec<_> =
            packages.iter().filter(|p| p["name"].as_str() == Some(one)).map(|p| &p["version"]).collect();
        assert_eq!(versions.len(), 1, "{one}: {versions:?}");
    }
}

#[test]
fn tests_live_in_folders_like_the_sources() {
    for name in ["config", "connect", "mcp", "portal", "saga", "store", "systems", "vault", "web"] {
        let there = |file: &str| Path::new(ROOT).join("server").join(file).exists();
        assert!(there(&format!("tests/it/{name}.rs")) && there(&format!("src/{name}.rs")), "{name}");
    }
}
