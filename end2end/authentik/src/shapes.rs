//! What Authentik shows of an object: what was given, and what only it knows.

use super::{EMAIL, Memory, Row};
use serde_json::{Value, json};

const LONG_AGO: &str = "2026-01-01T00:00:00Z";

/// A name's UUID, the same in every run.
pub(crate) fn uuid(name: &str) -> String {
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
}

impl Memory {
    /// What the worker makes after an installation, and what the blueprint adds.
    pub(crate) fn set_up(&mut self) {
        for slug in ["default-provider-authorization-implicit-consent", "default-provider-invalidation-flow"] {
            self.put("flow", json!({"pk": uuid(slug), "slug": slug, "name": slug}));
        }
        let key = "authentik Self-signed Certificate";
        self.put("certificate", json!({"pk": uuid(key), "name": key}));
        for scope in ["openid", "email", "profile", "offline_access"] {
            let managed = format!("goauthentik.io/providers/oauth2/scope-{scope}");
            let name = format!("authentik default OAuth Mapping: {scope}");
            self.put(
                "mapping",
                json!({"pk": uuid(&managed), "managed": managed, "name": name, "scope_name": scope,
                "expression": "return {}"}),
            );
        }
        self.put(
            "mapping",
            json!({"pk": uuid(EMAIL), "managed": null, "name": EMAIL, "scope_name": "email",
            "expression": "return {}"}),
        );
    }

    /// Something that is there by itself and everybody may see.
    pub fn put(&mut self, kind: &'static str, value: Value) {
        self.rows.entry(kind.to_owned()).or_default().push(Row { value, seen: true });
    }

    /// An account of a person.
    pub fn person(&mut self, pk: i64, email: &str) {
        let value = json!({"pk": pk, "username": email, "name": email, "email": email, "is_active": true,
            "uuid": uuid(email), "uid": format!("hash-of-{pk}")});
        self.put("user", value);
    }

    /// Groups' members by name of the group.
    pub fn people_of(&self, name: &str) -> Vec<i64> {
        let group = self.rows["group"].iter().find(|r| r.value["name"] == name).expect("the group");
        let pk = group.value["pk"].as_str().expect("a pk");
        self.members.get(pk).map(|m| m.iter().copied().collect()).unwrap_or_default()
    }

    /// The stored object of a kind with this name or slug.
    pub fn one(&mut self, kind: &str, name: &str) -> &mut Value {
        let rows = self.rows.get_mut(kind).expect("the kind");
        let row = rows.iter_mut().find(|r| r.value["name"] == name || r.value["slug"] == name);
        &mut row.expect("it is there").value
    }

    /// The whole answer about an object.
    pub(crate) fn shape(&self, kind: &str, stored: &Value) -> Value {
        let mut shown = match kind {
            "flow" => json!({"background_themed_urls": null, "background_url": "", "cache_count": 0, "title": "",
                "designation": "authorization", "export_url": "", "policies": [], "stages": [],
                "policybindingmodel_ptr_id": stored["pk"]}),
            "certificate" => json!({"cert_expiry": LONG_AGO, "cert_subject": "", "certificate_download_url": "",
                "fingerprint_sha1": "", "fingerprint_sha256": "", "key_type": "rsa", "managed": null,
                "private_key_available": true, "private_key_download_url": ""}),
            "mapping" => json!({"component": "", "meta_model_name": "", "verbose_name": "", "verbose_name_plural": ""}),
            "provider" => self.provider(stored),
            "application" => json!({"backchannel_providers_obj": [], "launch_url": null, "meta_icon_themed_urls": null,
                "meta_icon_url": null, "provider_obj": null, "provider": null}),
            "group" => json!({"children": [], "children_obj": [], "inherited_roles_obj": [], "parents_obj": [],
                "num_pk": 1, "roles_obj": [], "users_obj": null, "users": self.users(stored)}),
            "invitation" => json!({"created_by": {}, "flow_obj": self.shape("flow", &self.flow(&stored["flow"]))}),
            "binding" => json!({"group_obj": null, "policy_obj": null, "user_obj": null}),
            _ => json!({"avatar": "", "date_joined": LONG_AGO, "groups_obj": null, "is_superuser": false,
                "last_updated": LONG_AGO, "password_change_date": LONG_AGO, "roles_obj": null, "type": "external",
                "a_field_of_tomorrow": {"any": [1]}}),
        };
        for (key, value) in stored.as_object().expect("an object") {
            shown[key] = value.clone();
        }
        shown
    }

    fn flow(&self, pk: &Value) -> Value {
        let mut flows = self.rows.get("flow").into_iter().flatten();
        flows.find(|row| row.value["pk"] == *pk).expect("invitations name a flow that exists").value.clone()
    }

    fn users(&self, group: &Value) -> Vec<i64> {
        let members = self.members.get(group["pk"].as_str().unwrap_or_default());
        members.map(|m| m.iter().copied().collect()).unwrap_or_default()
    }

    fn provider(&self, stored: &Value) -> Value {
        let applications = self.rows.get("application").into_iter().flatten();
        let slug = applications.map(|r| &r.value).find(|a| a["provider"] == stored["pk"]).map(|a| a["slug"].clone());
        json!({"assigned_application_name": slug, "assigned_application_slug": slug, "component": "",
            "assigned_backchannel_application_name": null, "assigned_backchannel_application_slug": null,
            "meta_model_name": "authentik_providers_oauth2.oauth2provider", "verbose_name": "", "verbose_name_plural": ""})
    }
}
