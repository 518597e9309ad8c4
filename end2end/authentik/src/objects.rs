//! What Authentik does with a call: look up by exact filters, make, change the named fields, remove with what hangs on it.

use super::{Ask, Memory, Row, Said, Witness, shapes::uuid};
use axum::http::Method;
use serde_json::{Value, json};

/// Which kind lies under a path, and the field that its address is made of.
fn kind(template: &str) -> (&'static str, &'static str) {
    match template.split('/').nth(2).unwrap_or_default() {
        "instances" => ("flow", "slug"),
        "certificatekeypairs" => ("certificate", "pk"),
        "provider" => ("mapping", "pk"),
        "oauth2" => ("provider", "pk"),
        "applications" => ("application", "slug"),
        "groups" => ("group", "pk"),
        "bindings" => ("binding", "pk"),
        "invitation" => ("invitation", "pk"),
        _ => ("user", "pk"),
    }
}

pub(crate) fn no(status: u16, detail: &str) -> Said {
    (status, Some(json!({"detail": detail})))
}

fn refused(field: &str, message: &str) -> Said {
    (400, Some(json!({field: [message]})))
}

/// All that is wrong, field by field: Authentik judges every field before it refuses.
fn all_refused(flaws: Vec<(&str, &str)>) -> Option<Said> {
    let flaws: serde_json::Map<String, Value> =
        flaws.into_iter().map(|(field, message)| (field.to_owned(), json!([message]))).collect();
    (!flaws.is_empty()).then_some((400, Some(Value::Object(flaws))))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Memory {
    pub(crate) fn typed(&self) -> bool {
        let mut parts = self.version.split('.').filter_map(|p| p.parse::<u32>().ok());
        (parts.next(), parts.next()) >= (Some(2026), Some(5))
    }

    pub(crate) fn ask(&mut self, ask: &Ask, witness: &dyn Witness) -> Said {
        match ask.template.as_str() {
            "/admin/version/" => return (200, Some(self.running())),
            "/core/users/me/" => return (200, Some(self.me())),
            "/rbac/initial_permissions/" => return self.initial(),
            _ => {}
        }
        let (kind, address) = kind(&ask.template);
        let lacks = self.forbidden.contains(kind) || self.narrow && kind == "mapping";
        if ask.method == Method::POST && ask.key.is_none() {
            return if lacks {
                no(403, "You do not have permission to perform this action.")
            } else {
                self.make(kind, ask, witness)
            };
        }
        // The account may see nothing of the kind: then even a look-up is refused.
        let visible = |row: &Row| row.seen || !self.narrow;
        let general = matches!(kind, "flow" | "certificate" | "mapping" | "user") && !self.forbidden.contains(kind);
        if (self.narrow || self.forbidden.contains(kind)) && !general && !self.of(kind).iter().any(visible) {
            return no(403, "You do not have permission to perform this action.");
        }
        let Some(key) = &ask.key else { return self.list(kind, ask) };
        let there = |row: &Row| visible(row) && text(&row.value[address]) == *key;
        let Some(at) = self.of(kind).iter().position(there) else {
            return no(404, "No object matches the given query.");
        };
        match ask.method {
            Method::GET => (200, Some(self.shape(kind, &self.of(kind)[at].value))),
            Method::PATCH => self.change(kind, at, ask),
            Method::DELETE => self.remove(kind, at, witness),
            _ => self.membership(key, ask),
        }
    }

    fn running(&self) -> Value {
        json!({"version_current": self.version, "version_latest": self.version, "version_latest_valid": true,
            "build_hash": "", "outdated": false, "outpost_outdated": false})
    }

    fn of(&self, kind: &str) -> &[Row] {
        self.rows.get(kind).map(Vec::as_slice).unwrap_or_default()
    }

    fn list(&self, kind: &'static str, ask: &Ask) -> Said {
        let shown = self.of(kind).iter().filter(|row| row.seen || !self.narrow).map(|row| &row.value);
        let found: Vec<&Value> = shown.filter(|value| self.passes(kind, value, ask)).collect();
        let number = |name: &str| ask.query.iter().find(|(k, _)| k == name).and_then(|(_, v)| v.parse::<usize>().ok());
        let size = number("page_size").unwrap_or(20).min(self.page.unwrap_or(100));
        let (page, pages) = (number("page").unwrap_or(1), found.len().div_ceil(size).max(1));
        if page > pages {
            return no(404, "Invalid page.");
        }
        let results: Vec<Value> =
            found.iter().skip((page - 1) * size).take(size).map(|value| self.shape(kind, value)).collect();
        let next = if page < pages { page + 1 } else { 0 };
        let pagination = json!({"next": next, "previous": page - 1, "count": found.len(), "current": page,
            "total_pages": pages, "start_index": 1, "end_index": results.len()});
        (200, Some(json!({"pagination": pagination, "results": results, "autocomplete": {}})))
    }

    fn passes(&self, kind: &str, value: &Value, ask: &Ask) -> bool {
        let managed: Vec<&String> = ask.query.iter().filter(|(k, _)| k == "managed").map(|(_, v)| v).collect();
        let exact = |(key, want): &(String, String)| match key.as_str() {
            "page" | "page_size" | "has_key" | "managed" => true,
            _ if key.starts_with("include_") => true,
            "attributes" => {
                let want: Value = serde_json::from_str(want).expect("JSON");
                want.as_object().expect("an object").iter().all(|(k, v)| value["attributes"][k] == *v)
            }
            "search" => {
                let word = want.to_lowercase();
                ["username", "name", "email"].iter().any(|key| text(&value[key]).to_lowercase().contains(&word))
            }
            "groups_by_pk" => {
                value["pk"].as_i64().is_some_and(|pk| self.members.get(want).is_some_and(|m| m.contains(&pk)))
            }
            other => text(&value[other]) == *want,
        };
        let by_managed = kind != "mapping" || managed.is_empty() || managed.iter().any(|m| value["managed"] == ***m);
        by_managed && ask.query.iter().all(exact)
    }

    fn make(&mut self, kind: &'static str, ask: &Ask, witness: &dyn Witness) -> Said {
        let mut value = ask.body.clone().unwrap_or_default();
        if value.as_object().is_some_and(serde_json::Map::is_empty) {
            return refused("name", "This field is required.");
        }
        if let Some(refusal) = self.refusal(kind, None, &value) {
            return refusal;
        }
        self.next += 1;
        value["pk"] = if kind == "provider" { json!(self.next) } else { json!(uuid(&format!("{kind} {}", self.next))) };
        self.normalize(kind, &mut value);
        witness.made(kind, &self.title(kind, &value));
        let struck = self.struck.remove(kind);
        self.rows
            .entry(kind.to_owned())
            .or_default()
            .push(Row { value: value.clone(), seen: !self.blind.contains(kind) && !struck });
        self.watch_doors(kind, &value);
        (201, Some(self.shape(kind, &value)))
    }

    fn change(&mut self, kind: &'static str, at: usize, ask: &Ask) -> Said {
        let change = ask.body.clone().unwrap_or_default();
        if let Some(refusal) = self.refusal(kind, Some(at), &change) {
            return refusal;
        }
        let mut value = self.of(kind)[at].value.clone();
        for (key, new) in change.as_object().expect("an object") {
            value[key] = new.clone();
        }
        self.normalize(kind, &mut value);
        self.rows.get_mut(kind).expect("the kind")[at].value = value.clone();
        self.watch_doors(kind, &value);
        (200, Some(self.shape(kind, &value)))
    }

    /// What a version does not know, it drops; 2026.5 fills in what is missing.
    fn normalize(&self, kind: &str, value: &mut Value) {
        if kind != "provider" {
            return;
        }
        if !self.typed() {
            value.as_object_mut().expect("an object").remove("grant_types");
        } else if value["grant_types"].is_null() {
            value["grant_types"] = json!([]);
        }
    }

    /// References that do not exist, names that are taken, by objects that the account sees or does not.
    fn refusal(&self, kind: &str, at: Option<usize>, value: &Value) -> Option<Said> {
        const NONE: &str = "Invalid pk - object does not exist.";
        let exists = |kind: &str, pk: &Value| pk.is_null() || self.of(kind).iter().any(|r| r.value["pk"] == *pk);
        let each = |field: &str| value[field].as_array().cloned().unwrap_or_default();
        let mut flaws = Vec::new();
        for (field, other) in [
            ("authorization_flow", "flow"),
            ("invalidation_flow", "flow"),
            ("flow", "flow"),
            ("signing_key", "certificate"),
            ("target", "application"),
            ("group", "group"),
            ("provider", "provider"),
        ] {
            let label = kind == "application" && field == "group";
            if !label && !exists(other, &value[field]) {
                flaws.push((field, NONE));
            }
        }
        for (field, other) in [("property_mappings", "mapping"), ("users", "user")] {
            if each(field).iter().any(|pk| !exists(other, pk)) {
                flaws.push((field, NONE));
            }
        }
        let unique: &[&str] = match kind {
            "provider" => &["name", "client_id"],
            "application" => &["slug", "provider"],
            "group" | "mapping" => &["name"],
            _ => &[],
        };
        let others = || self.of(kind).iter().enumerate().filter(|(n, _)| Some(*n) != at).map(|(_, r)| &r.value);
        let twice = |field: &&&str| !value[**field].is_null() && others().any(|o| o[**field] == value[**field]);
        flaws
            .extend(unique.iter().filter(twice).map(|field| (*field, "This field must be unique, it already exists.")));
        all_refused(flaws)
    }

    /// An application with a provider and without a binding lets everybody in.
    fn watch_doors(&mut self, kind: &str, value: &Value) {
        let bound = self.of("binding").iter().any(|b| b.value["target"] == value["pk"] && b.value["enabled"] == true);
        if kind == "application" && !value["provider"].is_null() && !bound {
            self.flaws.push(format!("the application {} is open to everybody", value["slug"]));
        }
    }

    fn title(&self, kind: &str, value: &Value) -> String {
        let name = |kind: &str, pk: &Value| {
            let row = self.of(kind).iter().find(|r| r.value["pk"] == *pk);
            row.map_or_else(String::new, |r| text(&r.value["name"]))
        };
        match kind {
            "binding" => format!("{} to {}", name("application", &value["target"]), name("group", &value["group"])),
            _ => text(&value["name"]),
        }
    }

    fn remove(&mut self, kind: &'static str, at: usize, witness: &dyn Witness) -> Said {
        let title = self.title(kind, &self.of(kind)[at].value);
        let pk = self.of(kind)[at].value["pk"].clone();
        let hangs = |r: &Row| r.value["target"] == pk || r.value["group"] == pk;
        while let Some(binding) = self.of("binding").iter().position(hangs) {
            self.remove("binding", binding, witness);
        }
        for row in self
            .rows
            .entry("application".to_owned())
            .or_default()
            .iter_mut()
            .filter(|r| kind == "provider" && r.value["provider"] == pk)
        {
            row.value["provider"] = Value::Null;
        }
        self.rows.get_mut(kind).expect("the kind").remove(at);
        self.members.remove(&text(&pk));
        witness.gone(kind, &title);
        (204, None)
    }

    fn membership(&mut self, group: &str, ask: &Ask) -> Said {
        let pk = ask.body.as_ref().and_then(|b| b["pk"].as_i64()).unwrap_or_default();
        if !self.of("user").iter().any(|r| r.value["pk"] == pk) {
            return no(404, "Not found.");
        }
        let members = self.members.entry(group.to_owned()).or_default();
        match ask.template.ends_with("/add_user/") {
            true => members.insert(pk),
            false => members.remove(&pk),
        };
        (204, None)
    }
}
