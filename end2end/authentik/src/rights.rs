//! What the account may do with what it makes, and what an invitation is worth.

use super::{Memory, Said, objects::no, shapes::uuid};
use serde_json::{Value, json};

/// App, kind as it is called here, model, and the rights over it.
const RIGHTS: [(&str, &str, &str, &[&str]); 5] = [
    ("authentik_providers_oauth2", "provider", "oauth2provider", &["view", "change", "delete"]),
    ("authentik_core", "application", "application", &["view", "change", "delete"]),
    ("authentik_core", "group", "group", &["view", "change", "delete"]),
    ("authentik_policies", "binding", "policybinding", &["view", "change", "delete"]),
    ("authentik_stages_invitation", "invitation", "invitation", &["view", "delete"]),
];

impl Memory {
    /// The account itself: an administrator's, or one with the smallest role.
    pub(crate) fn me(&self) -> Value {
        json!({"user": {"pk": 1, "username": "slipway", "name": "Slipway", "is_active": true, "is_superuser": !self.narrow,
            "groups": [], "roles": [{"name": "slipway-portal", "pk": uuid("role")}], "avatar": "", "uid": "hash-of-1",
            "settings": {}, "type": "service_account", "system_permissions": []}})
    }

    /// Initial permissions: those of the account's role, for each kind that it is not blind for, and somebody else's.
    pub(crate) fn initial(&self) -> Said {
        if self.forbidden.contains("initial") {
            return no(403, "You do not have permission to perform this action.");
        }
        let names = |(app, kind, model, rights): &(&str, &str, &str, &[&str])| -> Vec<Value> {
            let group = if *kind == "group" { &["add_user_to_group", "remove_user_from_group"][..] } else { &[] };
            let own = rights.iter().map(|right| format!("{right}_{model}"));
            own.chain(group.iter().map(|name| (*name).to_owned())).map(|name| permission(app, model, &name)).collect()
        };
        let seen = RIGHTS.iter().filter(|(_, kind, ..)| !self.blind.contains(kind));
        let mine: Vec<Value> = seen.flat_map(names).collect();
        let all: Vec<Value> = RIGHTS.iter().flat_map(names).collect();
        let results = json!([
            {"pk": 1, "name": "slipway-portal", "role": uuid("role"), "permissions": [], "permissions_obj": mine},
            {"pk": 2, "name": "somebody", "role": uuid("another role"), "permissions": [], "permissions_obj": all},
        ]);
        let pagination = json!({"next": 0, "previous": 0, "count": 2, "current": 1, "total_pages": 1, "start_index": 1,
            "end_index": 2});
        (200, Some(json!({"pagination": pagination, "results": results, "autocomplete": {}})))
    }

    /// The administrator gives the account its permissions on an object after all.
    ///
    /// # Panics
    /// There is no such object.
    pub fn grant(&mut self, kind: &str, name: &str) {
        let rows = self.rows.get_mut(kind).expect("the kind");
        let named = |value: &Value| value["name"] == name || value["slug"] == name;
        rows.iter_mut().find(|r| named(&r.value)).expect("it is there").seen = true;
    }

    /// Somebody opens the link of an invitation: one for a single use is used up by that, whether they finish or not.
    /// `None`: "Invalid invite/invite not found".
    pub fn open(&mut self, itoken: &str) -> Option<Value> {
        let rows = self.rows.get_mut("invitation")?;
        let at = rows.iter().position(|r| r.value["pk"] == itoken)?;
        let invitation = rows[at].value.clone();
        if invitation["single_use"] == true {
            rows.remove(at);
        }
        Some(invitation)
    }

    /// They finish: an account with the invitation's address and name. `false`: the name is taken.
    pub fn enrol(&mut self, invitation: &Value, pk: i64) -> bool {
        let (email, name) = (&invitation["fixed_data"]["email"], &invitation["fixed_data"]["username"]);
        let users = self.rows.get("user").into_iter().flatten();
        if users.map(|r| &r.value).any(|user| user["username"] == *name) {
            return false;
        }
        self.person(pk, email.as_str().unwrap_or_default());
        true
    }
}

fn permission(app: &str, model: &str, name: &str) -> Value {
    json!({"id": 1, "name": name, "codename": name, "model": model, "app_label": app, "app_label_verbose": "", "model_verbose": ""})
}
