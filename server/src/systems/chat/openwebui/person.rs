//! People. A person is the provider's subject, and OpenWebUI keeps the subject of an account in `oauth.oidc.sub`. No route
//! of its API writes that field: only the person's own sign-in does (seen in 0.12.1 and 0.12.4, see
//! `docs/outside/openwebui.md`). So the portal makes no account and deletes none: it finds the one that the person's
//! first visit made, and lets it in.

use super::super::{ChatUser, Held, Who};
use super::api::Api;
use super::rules::{closed, safe};
use crate::domain::{Fault, Seen};
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

/// The picture by which earlier versions marked accounts that they made before the person's first visit.
const MADE: &str = "/api/v1/users/slipway/profile/image";

/// More pages than this are no search result.
const MAX_PAGES: usize = 200;

/// How many pages of those who were active last are searched for somebody who has just signed in; 30 people a page.
const RECENT_PAGES: usize = 10;

/// An account.
#[derive(Debug, Deserialize)]
struct Account {
    id: String,
    email: String,
    role: String,
    #[serde(default)]
    profile_image_url: Option<String>,
    #[serde(default)]
    oauth: Option<Value>,
    #[serde(default)]
    last_active_at: i64,
    #[serde(default)]
    created_at: i64,
    #[serde(default)]
    groups: Vec<Membership>,
}

#[derive(Debug, Deserialize)]
struct Membership {
    id: String,
}

impl Account {
    /// Whose it is. A subject that is a number is stored as one by old versions.
    fn subject(&self) -> Option<String> {
        match &self.oauth.as_ref()?["oidc"]["sub"] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn is_of(&self, subject: &str) -> bool {
        !subject.is_empty() && self.subject().as_deref() == Some(subject)
    }

    /// Nobody has ever been in: it was made by an earlier version of the portal and never signed in to, or by somebody's
    /// sign-in and never let in. OpenWebUI sets both times when it makes an account.
    fn is_idle(&self) -> bool {
        let unseen = self.oauth.as_ref().is_none_or(Value::is_null) && self.last_active_at <= self.created_at + 1;
        let ours = self.profile_image_url.as_deref() == Some(MADE);
        (ours && unseen) || self.role == "pending"
    }

    /// Whether its address is the person's to take.
    async fn gives_way(&self, who: &Who<'_>) -> Result<bool, Fault> {
        Ok(match self.subject() {
            _ if self.is_idle() => true,
            Some(subject) if self.role != "admin" => who.takes_over_from(&subject).await?,
            _ => false,
        })
    }
}

/// The account with exactly this id; an unknown one answers 400.
async fn by_id(api: &Api, id: &str) -> Result<Option<Account>, Fault> {
    let reply = api.get(&format!("/api/v1/users/{id}"), &[]).await?;
    if matches!(reply.status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) {
        return Ok(None);
    }
    reply.ok()?.json().map(Some)
}

#[derive(Deserialize)]
struct Page {
    users: Vec<Account>,
    total: usize,
}

/// Goes through pages until somebody fits.
async fn first(
    api: &Api,
    query: &[(&str, &str)],
    pages: usize,
    fits: impl Fn(&Account) -> bool + Send,
) -> Result<Option<Account>, Fault> {
    let mut seen = 0;
    for number in 1..=pages {
        let number = number.to_string();
        let query = [query, &[("page", number.as_str())]].concat();
        let page: Page = api.get("/api/v1/users/", &query).await?.ok()?.json()?;
        seen += page.users.len();
        let last = page.users.is_empty() || seen >= page.total;
        if let Some(account) = page.users.into_iter().find(&fits) {
            return Ok(Some(account));
        }
        if last {
            break;
        }
    }
    Ok(None)
}

/// The account that shows this address. OpenWebUI searches for parts of names and addresses, with `_` and `%` for
/// anything, and stores addresses in lower case.
async fn by_address(api: &Api, email: &str) -> Result<Option<Account>, Fault> {
    let query = [("query", email), ("order_by", "email"), ("direction", "asc")];
    first(api, &query, MAX_PAGES, |a| a.email == email).await
}

/// The person's account: by the ids that were theirs, by their address, and among those who were active last, which is
/// where somebody is who has just signed in. Whatever led there, the subject decides.
async fn find(api: &Api, who: &Who<'_>) -> Result<Option<Account>, Fault> {
    for id in who.known {
        if let Some(account) = by_id(api, id).await?.filter(|a| a.is_of(who.subject)) {
            return Ok(Some(account));
        }
    }
    if let Some(account) = by_address(api, who.email.as_str()).await?.filter(|a| a.is_of(who.subject)) {
        return Ok(Some(account));
    }
    let recent = [("order_by", "last_active_at"), ("direction", "desc")];
    first(api, &recent, RECENT_PAGES, |a| a.is_of(who.subject)).await
}

/// Who stands in the way of the person's address.
async fn rival(api: &Api, who: &Who<'_>) -> Result<Option<Account>, Fault> {
    Ok(by_address(api, who.email.as_str()).await?.filter(|a| !a.is_of(who.subject)))
}

/// What is to be done about an account that is theirs; administrators' accounts are left as they are.
async fn difference(api: &Api, who: &Who<'_>, account: &Account) -> Result<Option<&'static str>, Fault> {
    if account.role == "pending" {
        let known = who.known.contains(&account.id);
        return Ok(Some(if known { SUSPENDED } else { "The chat has not let this person in yet." }));
    }
    if account.role == "admin" || account.email == who.email.as_str() {
        return Ok(None);
    }
    // An address that somebody else uses there is theirs to give up.
    let free = match rival(api, who).await? {
        Some(rival) => rival.gives_way(who).await?,
        None => true,
    };
    Ok(free.then_some("The chat shows another address of this person."))
}

/// An account that stood in a connection before was made pending by somebody who runs the chat.
const SUSPENDED: &str = "Somebody who runs the chat has suspended this person's account there (role \"pending\").";

pub(super) async fn look(api: &Api, who: &Who<'_>) -> Result<Seen<ChatUser>, Fault> {
    safe(api).await?;
    let Some(account) = find(api, who).await? else { return Ok(Seen::Absent) };
    Ok(match difference(api, who, &account).await? {
        Some(what) => Seen::Drifted { what: what.into() },
        None => Seen::Ready(ChatUser { id: account.id }),
    })
}

/// Lets the person's account in and gives it their address. Without an account it makes room for their first visit.
pub(super) async fn ensure(api: &Api, who: &Who<'_>) -> Result<Seen<ChatUser>, Fault> {
    let newcomers = safe(api).await?;
    let Some(account) = find(api, who).await? else {
        if !newcomers {
            return Err(closed());
        }
        make_room(api, who).await?;
        return Ok(Seen::Absent);
    };
    match difference(api, who, &account).await? {
        None => {}
        Some(SUSPENDED) => return Err(suspended()),
        Some(_) if account.role == "pending" => change(api, &account.id, &json!({"role": "user"})).await?,
        Some(_) => {
            make_room(api, who).await?;
            change(api, &account.id, &json!({"email": who.email.as_str()})).await?;
        }
    }
    Ok(Seen::Ready(ChatUser { id: account.id }))
}

/// An account nobody was ever in, or whose owner has no claim to the address any more, must not keep it from the person whom
/// it belongs to. It stays, under an address that nobody can have; a colleague's gets their own at their next look.
async fn make_room(api: &Api, who: &Who<'_>) -> Result<(), Fault> {
    let Some(rival) = rival(api, who).await? else { return Ok(()) };
    if !rival.gives_way(who).await? {
        return Err(Fault::fail(
            "chat_address_taken",
            format!("Another account in OpenWebUI has the address {}, and it is not this person's.", who.email),
            "Have that account's address changed in OpenWebUI, then press Connect again.",
        ));
    }
    let aside = format!("{}@set-aside.invalid", rival.id);
    let role = if rival.is_idle() { "pending" } else { &rival.role };
    change(api, &rival.id, &json!({"email": aside, "role": role})).await
}

async fn change(api: &Api, id: &str, fields: &Value) -> Result<(), Fault> {
    let reply = api.post(&format!("/api/v1/users/{id}/update"), fields).await?;
    if reply.status == StatusCode::BAD_REQUEST {
        return Err(Fault::retry("OpenWebUI does not change this person's account at the moment."));
    }
    reply.ok().map(drop)
}

fn suspended() -> Fault {
    Fault::fail("chat_person_suspended", SUSPENDED, "Ask the people who run the chat.")
}

/// Is the account in the group, and is it the person's still?
pub(super) async fn held(api: &Api, user_id: &str, subject: &str, group_id: &str) -> Result<Held, Fault> {
    let Some(account) = by_id(api, user_id).await? else { return Ok(Held::No) };
    Ok(match (account.is_of(subject), account.groups.iter().any(|g| g.id == group_id)) {
        (true, true) => Held::Yes,
        (false, true) => Held::ByAnother,
        (_, false) => Held::No,
    })
}

/// Puts the account into the group if it is the person's. Adding drops unknown people in silence, so it is read back.
pub(super) async fn give(api: &Api, user_id: &str, subject: &str, group_id: &str) -> Result<(), Fault> {
    let account = by_id(api, user_id).await?;
    if account.is_none_or(|a| !a.is_of(subject)) {
        take(api, user_id, group_id).await?;
        return Err(Fault::retry("The account in the chat is not this person's any more."));
    }
    set(api, user_id, group_id, true).await
}

/// Takes the account out of the group, whosever it is.
pub(super) async fn take(api: &Api, user_id: &str, group_id: &str) -> Result<(), Fault> {
    set(api, user_id, group_id, false).await
}

async fn is_member(api: &Api, user_id: &str, group_id: &str) -> Result<bool, Fault> {
    Ok(by_id(api, user_id).await?.is_some_and(|a| a.groups.iter().any(|g| g.id == group_id)))
}

async fn set(api: &Api, user_id: &str, group_id: &str, wanted: bool) -> Result<(), Fault> {
    if is_member(api, user_id, group_id).await? == wanted {
        return Ok(());
    }
    let verb = if wanted { "add" } else { "remove" };
    let path = format!("/api/v1/groups/id/{group_id}/users/{verb}");
    let reply = api.post(&path, &json!({"user_ids": [user_id]})).await?;
    if matches!(reply.status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) {
        return Err(Fault::retry("The tenant's group is not in OpenWebUI."));
    }
    reply.ok()?;
    if is_member(api, user_id, group_id).await? == wanted {
        return Ok(());
    }
    Err(Fault::retry("OpenWebUI does not show the change of the group's members."))
}
