//! The chat's rules of sign-in: whether they are such that one person cannot come in as another.

use super::api::Api;
use crate::domain::Fault;
use serde::Deserialize;

/// Rules of sign-in, as far as who somebody is hangs on them.
#[derive(Deserialize)]
struct Rules {
    #[serde(rename = "OAUTH_MERGE_ACCOUNTS_BY_EMAIL", default)]
    joins: Option<bool>,
    #[serde(rename = "OAUTH_SUB_CLAIM", default)]
    claim: Option<String>,
    #[serde(rename = "ENABLE_OAUTH_SIGNUP", default)]
    sign_up: Option<bool>,
}

/// A chat that joins accounts by addresses lets one person in as another: `OAUTH_MERGE_ACCOUNTS_BY_EMAIL` looks at no
/// `email_verified`, and replaces the subject that an account had. Says whether it lets newcomers in.
pub(super) async fn safe(api: &Api) -> Result<bool, Fault> {
    let rules: Rules = api.get("/api/v1/auths/admin/config/oauth", &[]).await?.ok()?.json()?;
    if rules.joins.unwrap_or_default() {
        return Err(Fault::fail(
            "chat_joins_accounts",
            "OpenWebUI joins accounts by addresses that nobody verified, so somebody else may come in as this person.",
            "Set OAUTH_MERGE_ACCOUNTS_BY_EMAIL=false in OpenWebUI and restart it, then press Connect again.",
        ));
    }
    if rules.claim.is_some_and(|claim| !matches!(&*claim, "" | "sub")) {
        return Err(Fault::fail(
            "chat_subject_claim",
            "OpenWebUI tells people apart by another claim than the provider's subject.",
            "Take OAUTH_SUB_CLAIM out of OpenWebUI's settings and restart it, then press Connect again.",
        ));
    }
    Ok(rules.sign_up.unwrap_or_default())
}

/// Are the rules of sign-in such that people can be told apart, and come in?
pub(super) async fn check_rules(api: &Api) -> Result<(), Fault> {
    if safe(api).await? { Ok(()) } else { Err(closed()) }
}

pub(super) fn closed() -> Fault {
    Fault::fail(
        "chat_sign_up_closed",
        "OpenWebUI lets nobody in who has no account yet, and an account comes of the first sign-in.",
        "Set ENABLE_OAUTH_SIGNUP=true and DEFAULT_USER_ROLE=pending in OpenWebUI, then press Connect again.",
    )
}
