//! The application of a tenant and its bindings. An application without a binding is open to everybody in Authentik, so it
//! is made without its provider, bound to the tenant's groups, seen to be bound, and only then given the provider: there is
//! no moment in which a stranger could sign in.
//!
//! Authentik makes the same binding twice when asked twice, so bindings are looked up first and surplus ones removed.

use super::super::Wanted;
use super::{
    api::{Api, Written},
    client,
    group::Groups,
    mark,
};
use crate::domain::Fault;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// An application as Authentik shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Application {
    pub(super) pk: String,
    #[serde(default)]
    provider: Option<i64>,
    #[serde(default)]
    meta_publisher: Option<String>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// A binding as Authentik shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Binding {
    pk: String,
    #[serde(default)]
    group: Option<String>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    negate: bool,
}

fn yes() -> bool {
    true
}

fn path(wanted: &Wanted) -> String {
    format!("/core/applications/{}/", client::name(wanted))
}

/// The application with the tenant's name, if it is the tenant's: by its mark, or by the provider it serves.
pub(super) async fn find(api: &Api, wanted: &Wanted, provider: Option<i64>) -> Result<Option<Application>, Fault> {
    Ok(named(api, wanted).await?.filter(|a| a.is_ours(wanted, provider)))
}

async fn named(api: &Api, wanted: &Wanted) -> Result<Option<Application>, Fault> {
    api.find(&path(wanted)).await
}

/// Makes application and bindings, and opens the door last.
pub(super) async fn ensure(api: &Api, wanted: &Wanted, provider: i64, groups: &Groups) -> Result<(), Fault> {
    let found = match named(api, wanted).await? {
        Some(found) => found,
        None => make(api, wanted).await?,
    };
    if !found.is_ours(wanted, Some(provider)) {
        return Err(super::taken("application", &client::name(wanted)));
    }
    bind(api, &found, groups).await?;
    let change = found.correction(fields(wanted, Some(provider)));
    if change.is_empty() {
        return Ok(());
    }
    match api.patch(&path(wanted), &Value::Object(change)).await? {
        Written::Refused(refusal) => Err(refusal.fault(&format!("the application {}", client::name(wanted)))),
        Written::Taken | Written::Vanished => Ok(()),
    }
}

async fn make(api: &Api, wanted: &Wanted) -> Result<Application, Fault> {
    let name = client::name(wanted);
    let written = api.create("/core/applications/", &Value::Object(fields(wanted, None))).await?;
    match (named(api, wanted).await?, written) {
        (Some(found), _) => Ok(found),
        (None, Written::Refused(refusal)) if refusal.names(&["slug"]) => Err(super::hidden("application", &name)),
        (None, Written::Refused(refusal)) => Err(refusal.fault(&format!("the application {name}"))),
        (None, _) => Err(Fault::retry("Authentik does not show the application it just made.")),
    }
}

/// Is there an application with the tenant's slug that the account does not see? It may be somebody else's. `None`: nobody
/// tells.
pub(super) async fn is_hidden(api: &Api, wanted: &Wanted) -> Result<Option<bool>, Fault> {
    if named(api, wanted).await?.is_some() {
        return Ok(Some(false));
    }
    // No provider has this number.
    let body = json!({"name": wanted.name, "slug": client::name(wanted), "provider": 0});
    Ok(api.against("/core/applications/", &body).await?.map(|refusal| refusal.names(&["slug"])))
}

/// The bindings of an application; `None`: the account may see no binding at all.
pub(super) async fn bindings(api: &Api, application: &Application) -> Result<Option<Vec<Binding>>, Fault> {
    api.list("/policies/bindings/", &[("target", &application.pk)]).await
}

/// One enabled binding for each group. Those of others stay as they are.
async fn bind(api: &Api, application: &Application, groups: &Groups) -> Result<(), Fault> {
    let found = bindings(api, application).await?;
    if found.is_none() && application.provider.is_some() {
        // It was bound once, or it would have no provider. Binding it again and again would not make it visible.
        return Err(hidden(application));
    }
    let found = found.unwrap_or_default();
    for (order, group) in groups.pks().into_iter().enumerate() {
        let mut mine = found.iter().filter(|b| b.group.as_deref() == Some(group));
        match mine.next() {
            None => make_binding(api, application, group, order).await?,
            Some(binding) if binding.opens() => {}
            Some(binding) => {
                let right = json!({"enabled": true, "negate": false});
                api.patch(&format!("/policies/bindings/{}/", binding.pk), &right).await?;
            }
        }
        for surplus in mine {
            api.delete(&format!("/policies/bindings/{}/", surplus.pk)).await?;
        }
    }
    match bindings(api, application).await? {
        Some(found) if groups.pks().iter().all(|g| is_bound(&found, g)) => Ok(()),
        Some(_) => Err(Fault::retry("Authentik does not show the bindings it just made.")),
        None => Err(hidden(application)),
    }
}

async fn make_binding(api: &Api, application: &Application, group: &str, order: usize) -> Result<(), Fault> {
    let body = json!({"target": application.pk, "group": group, "order": order, "enabled": true, "negate": false,
        "timeout": 30});
    match api.create("/policies/bindings/", &body).await? {
        Written::Refused(refusal) => Err(refusal.fault("the binding of an application to its group")),
        Written::Taken | Written::Vanished => Ok(()),
    }
}

/// Exactly one binding of the group, and it opens.
pub(super) fn is_bound(found: &[Binding], group: &str) -> bool {
    let mut mine = found.iter().filter(|b| b.group.as_deref() == Some(group));
    mine.next().is_some_and(Binding::opens) && mine.next().is_none()
}

/// Removes the application; its bindings go with it.
pub(super) async fn remove(api: &Api, wanted: &Wanted, provider: Option<i64>) -> Result<(), Fault> {
    match find(api, wanted, provider).await? {
        Some(_) => api.delete(&path(wanted)).await,
        None => Ok(()),
    }
}

/// The whole application as it should be.
pub(super) fn fields(wanted: &Wanted, provider: Option<i64>) -> Map<String, Value> {
    let body = json!({
        "name": wanted.name,
        "slug": client::name(wanted),
        "provider": provider,
        "meta_launch_url": format!("{}/wp-admin/", wanted.site_url),
        "meta_publisher": mark(wanted),
        // `all` with several bindings does not do what it says (goauthentik/authentik issue 17484).
        "policy_engine_mode": "any",
    });
    match body {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

impl Application {
    fn is_ours(&self, wanted: &Wanted, provider: Option<i64>) -> bool {
        self.meta_publisher.as_ref() == Some(&mark(wanted)) || (provider.is_some() && self.provider == provider)
    }

    /// The fields that differ, as they should be.
    pub(super) fn correction(&self, right: Map<String, Value>) -> Map<String, Value> {
        let differs = |(key, want): &(String, Value)| match key.as_str() {
            "provider" => json!(self.provider) != *want,
            "meta_publisher" => json!(self.meta_publisher) != *want,
            other => self.fields.get(other).is_some_and(|have| have != want),
        };
        right.into_iter().filter(differs).collect()
    }
}

impl Binding {
    fn opens(&self) -> bool {
        self.enabled && !self.negate
    }
}

fn hidden(application: &Application) -> Fault {
    let slug = application.fields.get("slug").and_then(Value::as_str).unwrap_or_default();
    Fault::fail(
        "identity_hidden",
        format!("Authentik does not show the portal's account the bindings that it makes of the application {slug}."),
        "Give its role the initial permissions of docs/operations/authentik.md, step 6, and remove those bindings; then press Retry now.",
    )
}
