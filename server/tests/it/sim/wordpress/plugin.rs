//! This project's plugin as the portal meets it, by the site's secret.

use super::{Asked, Site, no};
use axum::{
    Json,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use slipway::domain::TenantId;

impl Site {
    /// The plugin's routes for the portal.
    pub(super) fn plugin(&mut self, route: &str, asked: &Asked<'_>, tenant: TenantId, address: &str) -> Response {
        let given = asked.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if self.secret.is_empty() || given != format!("Bearer {}", self.secret) {
            return no(401, "slipway_unauthorized", "Only the portal of this site may ask this.");
        }
        match (asked.method.as_str(), route) {
            ("GET", "status") => {}
            ("POST", "settings") => match asked.json()["title"].as_str() {
                Some(title) if (1..=200).contains(&title.chars().count()) => {
                    self.title = title.to_owned();
                    self.settle(&asked.json()["people"], asked.json()["at"].as_i64().expect("a time"));
                }
                _ => return no(422, "slipway_bad_title", "The title is a text of 1 to 200 characters."),
            },
            ("POST", "end-account") => {
                if let Some(refused) = self.end_account(&asked.json()) {
                    return refused;
                }
            }
            _ => return no(404, "rest_no_route", "No route was found matching the URL and request method."),
        }
        let believes = self.believes.as_deref().unwrap_or(address);
        let base = if self.plain { "/?rest_route=/" } else { "/wp-json/" };
        let guests = self.guests.iter().map(|[s, e, r]| json!({"subject": s, "email": e, "role": r}));
        Json(json!({
            "people": guests.collect::<Vec<_>>(), "local": {"accounts": self.locals, "more": false}, "tenant": "acme", "tenant_id": tenant, "site_url": believes, "home_url": believes,
            "rest_url": format!("{believes}{base}"), "application_passwords": !self.no_passwords, "plugin": "1.0.0",
            "wordpress": "7.1.4", "php": "8.2.36", "time": 1
        }))
        .into_response()
    }

    /// Whoever is not among these is out, unless the portal sent them here since; the others get role and address of now.
    /// Addresses find nobody.
    fn settle(&mut self, people: &Value, at: i64) {
        let people = people.as_array().expect("the portal says who belongs there");
        assert!(people.iter().all(|p| p["subject"].as_str().is_some_and(|s| !s.is_empty())), "{people:?}");
        for person in people {
            let was = person["was"].as_array().map_or(&[][..], Vec::as_slice);
            let now = person["subject"].as_str().expect("a text");
            if self.guests.iter().any(|[subject, ..]| subject == now) {
                continue;
            }
            if let Some([subject, ..]) = self.guests.iter_mut().find(|[subject, ..]| was.contains(&json!(subject))) {
                *subject = now.to_owned();
            }
        }
        for [subject, email, role] in &mut self.guests {
            let text = |field: &str| people.iter().find(|p| p["subject"] == *subject).and_then(|p| p[field].as_str());
            match (text("email"), text("role")) {
                (Some(address), Some(now)) => (*email, *role) = (address.to_owned(), now.to_owned()),
                _ if self.seen.get(subject).is_some_and(|seen| *seen >= at) => {}
                _ => role.clear(),
            }
        }
    }

    /// Ends an account of the site itself; one that is not there is ended.
    fn end_account(&mut self, body: &Value) -> Option<Response> {
        let there = self.locals.iter().find(|known| known["id"] == body["id"]);
        if there.is_some_and(|known| known["login"] != body["login"]) {
            return Some(no(409, "slipway_not_local", "This is not a local account of this site."));
        }
        self.locals.retain(|known| known["id"] != body["id"]);
        None
    }
}
