//! What may be left although nothing of the tenant is to be seen. The account sees what it has permissions on, and they
//! come to an object in a second transaction: stopped in between, the account does not see what it made itself. So only
//! who could have seen an object may say that it is gone, and names that are taken speak for what is hidden.

use super::super::Wanted;
use super::api::Api;
use super::group::{self, Part};
use super::{application, client};
use crate::domain::Fault;

/// Says what could not be seen, one sentence each; none when all of it was seen to be gone.
///
/// # Errors
/// The tenant's own client is certainly there: a person removes it, or lets the account see it.
pub(super) async fn left(api: &Api, wanted: &Wanted) -> Result<Vec<String>, Fault> {
    let name = client::name(wanted);
    let mut unseen = Vec::new();
    match client::is_hidden(api, wanted).await? {
        Some(true) => return Err(super::hidden("provider", &name)),
        Some(false) => {}
        None => unseen.push(untold("provider", &name)),
    }
    unseen.extend(sentence("application", &name, application::is_hidden(api, wanted).await?));
    for part in Part::ALL {
        let name = part.name(wanted);
        unseen.extend(sentence("group", &name, group::is_hidden(api, &name).await?));
    }
    Ok(unseen)
}

fn sentence(what: &str, name: &str, hidden: Option<bool>) -> Option<String> {
    match hidden {
        Some(false) => None,
        Some(true) => Some(format!(
            "The name {name} is taken among Authentik's {what}s by one that the portal's account may not see: this tenant's, or somebody else's."
        )),
        None => Some(untold(what, name)),
    }
}

fn untold(what: &str, name: &str) -> String {
    format!(
        "The portal's account may neither see nor make {what}s in Authentik, so it cannot tell whether {name} is gone."
    )
}
