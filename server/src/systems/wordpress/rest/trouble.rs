//! What it means that something else came than what was asked for. A tenant's people install plugins, and some of them
//! answer in place of WordPress: the words say who answered, because the next action follows from it.

use super::answers;
use crate::domain::Fault;
use crate::systems::http::Reply;

/// What answered in place of the plugin, in words; `None` where the answer may be the plugin's.
pub(super) fn instead(reply: &Reply) -> Option<String> {
    let (status, json) = (reply.status.as_u16(), reply.content_type.contains("json"));
    let what = match status {
        401 if json && answers::refusal(reply).code == "slipway_unauthorized" => {
            "The site does not accept the secret it shares with the portal."
        }
        401 | 403 if json => return Some(closed(reply)),
        401 | 403 => return Some(gate(status)),
        404 if json => "The Slipway plugin does not answer at the site.",
        404 => "There is no WordPress at the site's address (404).",
        300..=399 if to_installer(reply) => "WordPress is not installed at the site.",
        300..=399 => {
            "Something at the site leads the portal to another page instead of answering. Look at its redirects: rules of \
             the web server, and plugins that redirect."
        }
        _ => return None,
    };
    Some(what.to_owned())
}

/// Core leads to its installer while its tables are missing.
fn to_installer(reply: &Reply) -> bool {
    reply.location.as_deref().is_some_and(|to| to.contains("wp-admin/install.php"))
}

/// A plugin that closes the REST interface says so in its own words.
fn closed(reply: &Reply) -> String {
    format!(
        "A plugin of the site closes its REST interface to the portal: \u{201c}{}\u{201d} Allow the routes slipway/v1 in its \
         settings, or switch it off.",
        answers::message(reply)
    )
}

fn gate(status: u16) -> String {
    format!(
        "Something at the site asks for a password or forbids the request before WordPress answers ({status}): a plugin, or \
         the web server. Let requests with rest_route in their address through."
    )
}

/// The answer if it is 2xx, else WordPress's own words where it has some.
pub(super) fn accepted(reply: Reply) -> Result<Reply, Fault> {
    let (status, json) = (reply.status.as_u16(), reply.content_type.contains("json"));
    match status {
        501 => Err(Fault::fail(
            "application_passwords_off",
            "Application passwords are switched off at the site.",
            "Switch off the plugin that forbids them, then press Retry now.",
        )),
        403 if json => Err(Fault::fail(
            "wordpress_refused",
            format!("WordPress refused: {}", answers::message(&reply)),
            "Look at the site's plugins, then press Retry now.",
        )),
        // A sign-in that WordPress or a plugin refuses with words of its own. Core gives errors without a status 500.
        500 if json && !SERVER.contains(&answers::refusal(&reply).code.as_str()) => Err(Fault::fail(
            "wordpress_refused",
            format!("A plugin of the site refused the sign-in of the chat: {}", answers::message(&reply)),
            "Switch off the plugin that signs people in by Basic authentication: WordPress does that by itself.",
        )),
        401 | 403 => Err(Fault::fail(
            "site_gated",
            gate(status),
            "Let them through, or switch the plugin off, then connect again.",
        )),
        300..=399 => Err(Fault::fail(
            "site_redirects",
            "Something at the site leads the portal to another page instead of answering.",
            "Look at the redirects of the site's web server and plugins, then connect again.",
        )),
        _ => reply.ok(),
    }
}

/// The same for a removal, which goes on by itself as soon as nothing is in its way any more.
pub(super) fn removed(reply: Reply) -> Result<Reply, Fault> {
    let (status, json) = (reply.status.as_u16(), reply.content_type.contains("json"));
    match status {
        401 | 403 if !json => Err(Fault::retry(gate(status))),
        500 => reply.ok(),
        _ => accepted(reply),
    }
}

/// Codes of core that say that the server itself is not well, which heals.
const SERVER: [&str; 3] = ["", "internal_server_error", "db_error"];
