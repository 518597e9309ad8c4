//! What the portal and the provider are told: an ordinary configuration file, and the clients of the provider. Both are
//! written anew at each start.

use super::{
    Args, Folder, Identity, Net, Vars,
    folder::replace,
    model::Model,
    parts::{CHAT_CLIENT, PORTAL_CLIENT},
};
use anyhow::Context as _;
use serde_json::json;
use std::{fmt::Write as _, path::Path};

/// A data center: the simulated IONOS takes any.
const DATACENTER: &str = "5a029f4a-72e5-11ec-90d6-0242ac120003";

/// Where people find the portal: at its own address, or behind a proxy of the person's own.
pub(super) fn public(net: Net, vars: &Vars) -> String {
    let chosen = vars.get("SLIPWAY_PORTAL__PUBLIC_URL").map(|url| url.trim_end_matches('/').to_owned());
    chosen.unwrap_or_else(|| format!("http://{}", net.portal()))
}

/// Clients that the provider knows from its start on: the portal, also behind a proxy, and OpenWebUI.
///
/// # Errors
/// The file cannot be written.
pub(super) fn clients(folder: &Folder, net: Net, public: &str) -> anyhow::Result<()> {
    let (portal, chat) = (format!("http://{}", net.portal()), format!("http://{}", net.chat()));
    let mut addresses = vec![portal.as_str(), public];
    addresses.dedup();
    let everywhere = |path: &str| -> Vec<String> { addresses.iter().map(|base| format!("{base}{path}")).collect() };
    let list = json!([
        {
            "client_id": PORTAL_CLIENT,
            "client_secret": folder.reveal("portal-client-secret")?,
            "client_name": "Slipway",
            "redirect_uris": everywhere("/sign-in/callback"),
            "post_logout_redirect_uris": everywhere("/signed-out"),
            "backchannel_logout_uri": format!("{portal}/sign-in/back-channel"),
        },
        {
            "client_id": CHAT_CLIENT,
            "client_secret": folder.reveal("openwebui-client-secret")?,
            "client_name": "OpenWebUI",
            "redirect_uris": [format!("{chat}/oauth/oidc/callback")],
            "post_logout_redirect_uris": [chat, format!("{chat}/auth")],
        },
    ]);
    replace(&folder.secret("idp-clients.json"), &list.to_string(), 0o600)
}

/// The portal's configuration. No secret is in it, only names of files.
///
/// # Errors
/// The file cannot be written, or WordPress is not where it should be.
pub(super) fn portal(folder: &Folder, args: &Args, cache: &Path, model: &Model) -> anyhow::Result<()> {
    let net = args.net();
    let issuer = format!("http://{}", net.idp());
    let mut sheet = Sheet(String::from("# Written by `slipway demo` at each start.\n"));
    sheet.section("portal");
    sheet.text("listen", net.portal());
    sheet.text("metrics_listen", net.metrics());
    sheet.text("public_url", format!("http://{}", net.portal()));
    sheet.section("store");
    sheet.text("url", format!("sqlite://{}", folder.at("portal/slipway.db").display()));
    sheet.section("vault");
    sheet.path("master_key_file", &folder.at("portal/master.key"));
    sheet.section("sign_in");
    sheet.text("issuer", &issuer);
    sheet.text("client_id", PORTAL_CLIENT);
    sheet.path("client_secret_file", &folder.secret("portal-client-secret"));
    databases(&mut sheet, folder, args);
    match args.identity {
        Identity::Provider => {
            sheet.section("identity.rfc7591");
            sheet.text("issuer", &issuer);
            sheet.path("initial_access_token_file", &folder.secret("idp-registration-token"));
        }
        Identity::Authentik => {
            sheet.section("identity");
            sheet.text("driver", "authentik");
            sheet.section("identity.authentik");
            sheet.text("url", format!("http://{}", net.authentik()));
            sheet.path("token_file", &folder.secret("authentik-token"));
        }
    }
    match &args.cluster {
        Some(cluster) => cluster.settings(&mut sheet),
        None => processes(&mut sheet, folder, args, cache)?,
    }
    sheet.section("chat.openwebui");
    sheet.text("url", format!("http://{}", net.chat()));
    sheet.path("api_key_file", &folder.secret("openwebui-api-key"));
    sheet.text("base_model", &model.name);
    sheet.path("jwt_secret_file", &folder.secret("openwebui-jwt-secret"));
    sheet.section("mail.log");
    sheet.path("folder", &folder.at("mail"));
    replace(&folder.at("slipway.toml"), &sheet.0, 0o600)
}

fn databases(sheet: &mut Sheet, folder: &Folder, args: &Args) {
    let net = args.net();
    if args.ionos.is_none() {
        sheet.section("database.server");
        sheet.text("host", net.mariadb().ip());
        sheet.text("user", "root");
        sheet.path("password_file", &folder.secret("mariadb-root-password"));
        return;
    }
    sheet.section("database");
    sheet.text("driver", "ionos_v2");
    sheet.section("database.ionos_v2");
    sheet.text("location", "de-txl");
    sheet.text("url", format!("http://{}", net.ionos()));
    sheet.path("token_file", &folder.secret("ionos-token"));
    sheet.text("environment", "demo");
    sheet.text("datacenter", DATACENTER);
    sheet.text("lans", format!("1={}.0/24", net.lan()));
    sheet.text("backup_location", "eu-central-3");
    // The portal stands in their network itself: both are on loopback.
    sheet.section("database.reach");
    sheet.text("via", "direct");
}

fn processes(sheet: &mut Sheet, folder: &Folder, args: &Args, cache: &Path) -> anyhow::Result<()> {
    let near = args.parts.canonicalize()?.join("../../wordpress");
    let wordpress = near.canonicalize().with_context(|| format!("{} is missing", near.display()))?;
    sheet.section("site.process");
    sheet.path("core", &cache.join("wordpress"));
    sheet.path("wordpress", &wordpress);
    sheet.path("data", folder.root());
    Ok(())
}

/// A configuration file in the making.
pub(super) struct Sheet(String);

impl Sheet {
    pub(super) fn section(&mut self, name: &str) {
        let _a_string_takes_everything = writeln!(self.0, "\n[{name}]");
    }

    pub(super) fn text(&mut self, key: &str, value: impl ToString) {
        let _a_string_takes_everything = writeln!(self.0, "{key} = {}", toml::Value::String(value.to_string()));
    }

    pub(super) fn path(&mut self, key: &str, path: &Path) {
        self.text(key, path.display());
    }
}
