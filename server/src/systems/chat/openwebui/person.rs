//! People. An account is found by its exact address; OpenWebUI's search is a substring search over names and addresses
//! in which `_` matches anything (`alice@lab.test` also finds `malice@lab.test`), so every page is read and compared.

use super::super::ChatUser;
use super::api::Api;
use crate::domain::{Dice, Email, Fault, Token};
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::json;

/// The picture that says "made by Slipway". OpenWebUI accepts an address of this shape, keeps it unchanged, and shows
/// its standard picture for it (`validate_image_url` and the route `/users/{id}/profile/image` of 0.12.4). So the mark
/// is written in the same request that makes the account, and a crash right after it loses nothing. A person who
/// chooses another picture removes the mark; then the account counts as theirs and stays.
const MADE: &str = "/api/v1/users/slipway/profile/image";

/// More pages than this are no search result.
const MAX_PAGES: u32 = 200;

/// An account.
#[derive(Debug, Deserialize)]
pub(super) struct Account {
    id: String,
    email: String,
    role: String,
    #[serde(default)]
    profile_image_url: Option<String>,
}

impl Account {
    pub(super) fn into_user(self) -> ChatUser {
        let made = self.profile_image_url.as_deref() == Some(MADE);
        ChatUser { id: self.id, made }
    }
}

#[derive(Deserialize)]
struct Page {
    users: Vec<Account>,
    total: usize,
}

pub(super) async fn find(api: &Api, email: &Email) -> Result<Option<Account>, Fault> {
    let mut seen = 0;
    for number in 1..=MAX_PAGES {
        let number = number.to_string();
        let query = [("query", email.as_str()), ("page", number.as_str())];
        let page: Page = api.get("/api/v1/users/", &query).await?.ok()?.json()?;
        seen += page.users.len();
        let last = page.users.is_empty() || seen >= page.total;
        // Addresses are stored in lower case, like ours.
        if let Some(account) = page.users.into_iter().find(|a| a.email == email.as_str()) {
            return Ok(Some(account));
        }
        if last {
            return Ok(None);
        }
    }
    Err(Fault::retry("OpenWebUI's list of people does not end."))
}

/// Finds or makes the account. An existing one keeps its role, except that "pending" becomes "user".
pub(super) async fn ensure(api: &Api, dice: &dyn Dice, email: &Email, name: &str) -> Result<ChatUser, Fault> {
    if let Some(account) = find(api, email).await? {
        return admit(api, account).await;
    }
    let name = if name.trim().is_empty() { email.as_str() } else { name.trim() };
    let body = json!({
        "name": name,
        "email": email.as_str(),
        "password": password(dice),
        "role": "user",
        "profile_image_url": MADE,
    });
    // The answer holds a session of the new person for four weeks; it is dropped unread.
    let reply = api.post("/api/v1/auths/add", &body).await?;
    if !matches!(reply.status, StatusCode::OK | StatusCode::BAD_REQUEST | StatusCode::INTERNAL_SERVER_ERROR) {
        return Err(reply.fault());
    }
    // 400: the address is taken. 500: two additions at once hit the unique index. Either way somebody is there now.
    match find(api, email).await? {
        Some(account) => admit(api, account).await,
        None if reply.status == StatusCode::BAD_REQUEST => Err(Fault::fail(
            "chat_person_refused",
            format!("OpenWebUI refuses to make an account for {email}."),
            "Make the account in OpenWebUI by hand, then press Retry now.",
        )),
        None => Err(Fault::retry("OpenWebUI does not show the account it just made.")),
    }
}

async fn admit(api: &Api, account: Account) -> Result<ChatUser, Fault> {
    if account.role == "pending" {
        let path = format!("/api/v1/users/{}/update", account.id);
        api.post(&path, &json!({"role": "user"})).await?.ok()?;
    }
    Ok(account.into_user())
}

/// A password that nobody will know: 256 random bits, one sign of each kind for a policy, 47 of at most 72 bytes.
fn password(dice: &dyn Dice) -> String {
    format!("Aa1!{}", Token::throw(dice).reveal())
}

#[derive(Deserialize)]
struct Person {
    role: String,
    #[serde(default)]
    groups: Vec<Membership>,
}

#[derive(Deserialize)]
struct Membership {
    id: String,
}

/// One account with its groups. An unknown id answers 400.
async fn person(api: &Api, user_id: &str) -> Result<Option<Person>, Fault> {
    let reply = api.get(&format!("/api/v1/users/{user_id}"), &[]).await?;
    if matches!(reply.status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) {
        return Ok(None);
    }
    reply.ok()?.json().map(Some)
}

/// Deletes the account, unless a group or administration holds it. Deleting what is gone answers `true`; the first
/// account and the portal's own answer 403 and stay.
pub(super) async fn remove(api: &Api, user_id: &str) -> Result<(), Fault> {
    let Some(person) = person(api, user_id).await? else { return Ok(()) };
    if !person.groups.is_empty() || person.role == "admin" {
        return Ok(());
    }
    let reply = api.delete(&format!("/api/v1/users/{user_id}")).await?;
    if reply.status == StatusCode::FORBIDDEN { Ok(()) } else { reply.ok().map(drop) }
}

pub(super) async fn is_member(api: &Api, user_id: &str, group_id: &str) -> Result<bool, Fault> {
    Ok(person(api, user_id).await?.is_some_and(|p| p.groups.iter().any(|g| g.id == group_id)))
}

/// Puts the person into the group or takes them out. Adding drops unknown people in silence, so it is read back.
pub(super) async fn set_member(api: &Api, user_id: &str, group_id: &str, wanted: bool) -> Result<(), Fault> {
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
