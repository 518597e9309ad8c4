//! The one table that says what is where and who comes in how; for programs the same as JSON.

use super::{
    Args, Folder, Identity, Net,
    model::Model,
    parts::{CHAT_ADMIN, IONOS_PACE},
    watch::Running,
};
use serde_json::{Value, json};
use std::{fmt::Write as _, path::PathBuf};

/// What, where, and what to know of it.
type Row = (&'static str, String, String);

/// The table for people.
pub(super) fn table(folder: &Folder, args: &Args, model: &Model, public: &str, running: &Running) -> String {
    let rows = rows(folder, args, model, public);
    let wide = rows.iter().map(|row| row.1.len()).max().unwrap_or_default();
    let seconds = running.age().as_secs_f32();
    let mut text = format!("\nSlipway is up after {seconds:.0} s. {}, and on this machine only.\n\n", truth(args));
    for (what, place, note) in rows {
        let _a_string_takes_everything = writeln!(text, "  {what:<15} {place:<wide$}  {note}");
    }
    let root = folder.root().display();
    text + &format!("\n  Files are in {root}\n\nCtrl-C stops all of it. Start again to go on, --reset to begin anew.")
}

/// What stands for something else.
fn truth(args: &Args) -> &'static str {
    match (args.ionos.is_some(), args.identity == Identity::Authentik) {
        (false, false) => "Everything is real",
        (true, false) => "IONOS is simulated and its time is scaled; all else is real",
        (false, true) => "Authentik is simulated; all else is real",
        (true, true) => "IONOS and Authentik are simulated, and IONOS's time is scaled; all else is real",
    }
}

fn rows(folder: &Folder, args: &Args, model: &Model, public: &str) -> Vec<Row> {
    let net = args.net();
    let short = |path: PathBuf| path.strip_prefix(folder.root()).unwrap_or(&path).display().to_string();
    let by_password = |who, file| format!("{who}, password in {}", short(folder.secret(file)));
    let chat = format!("http://{}", net.chat());
    vec![
        portal(folder, args, public),
        wordpress(args),
        row("OpenWebUI", &chat, "the same people, once they pressed Connect in WordPress"),
        row("", format!("{chat}/auth?form=1"), by_password(CHAT_ADMIN, "openwebui-admin-password")),
        row("Single sign-on", format!("http://{}", net.idp()), "stands for your company's; nobody needs a password"),
        language_model(net, model),
        database(args, by_password("root", "mariadb-root-password")),
        row("Metrics", format!("http://{}/metrics", net.metrics()), "for Prometheus"),
        row("E-mails", short(folder.at("mail")), "a file for each e-mail that would be sent"),
        row("Logs", short(folder.at("logs")), "a file for each server"),
    ]
}

fn portal(folder: &Folder, args: &Args, public: &str) -> Row {
    if args.no_portal {
        let config = folder.at("slipway.toml");
        return row("Portal", "not started", format!("slipway serve --config {}", config.display()));
    }
    let people = "Olivia (operator), Theo (auditor), Ada, Mia, Ben; no password: pick a person";
    row("Portal", public, people)
}

fn wordpress(args: &Args) -> Row {
    match &args.cluster {
        None => row("WordPress", "an address for each tenant", "linked on the tenant's page: Open WordPress"),
        Some(c) => {
            let hosts = format!("the line for /etc/hosts is on the tenant's page: {} …", c.ingress);
            row("WordPress", format!("a name for each tenant at {}", c.ingress), hosts)
        }
    }
}

fn database(args: &Args, root: String) -> Row {
    let net = args.net();
    if args.ionos.is_none() {
        return row("MariaDB", net.mariadb().to_string(), root);
    }
    let note = format!(
        "simulated: after {IONOS_PACE} s instead of 5 to 30 minutes a real MariaDB for each tenant, in {}.0/24",
        net.lan()
    );
    row("IONOS", format!("http://{}/everything", net.ionos()), note)
}

fn language_model(net: Net, model: &Model) -> Row {
    if model.stub {
        let note = format!("{}, a stub: it writes the same article about everything", model.name);
        return row("Language model", format!("http://{}", net.llm()), note);
    }
    row("Language model", &model.url, format!("{}, your own", model.name))
}

fn row(what: &'static str, place: impl Into<String>, note: impl Into<String>) -> Row {
    (what, place.into(), note.into())
}

/// The same for programs.
pub(super) fn json(folder: &Folder, args: &Args, model: &Model, public: &str, running: &Running) -> Value {
    let net = args.net();
    json!({
        "data": folder.root(),
        "config": folder.at("slipway.toml"),
        "portal": public,
        "metrics": format!("http://{}/metrics", net.metrics()),
        "chat": {
            "url": format!("http://{}", net.chat()),
            "admin": CHAT_ADMIN,
            "password_file": folder.secret("openwebui-admin-password"),
            "api_key_file": folder.secret("openwebui-api-key"),
        },
        "idp": format!("http://{}", net.idp()),
        "authentik": (args.identity == Identity::Authentik).then(|| format!("http://{}", net.authentik())),
        "ionos": args.ionos.map(|_| format!("http://{}", net.ionos())),
        "mariadb": args.ionos.is_none().then(|| json!({
            "host": net.mariadb().ip(),
            "port": net.mariadb().port(),
            "user": "root",
            "password_file": folder.secret("mariadb-root-password"),
        })),
        "model": { "name": model.name, "stub": model.stub },
        "cluster": args.cluster.as_ref().map(|c| json!({ "kubeconfig": c.kubeconfig(), "ingress": c.ingress })),
        "mail": folder.at("mail"),
        "logs": folder.at("logs"),
        "processes": running.processes(),
    })
}
