//! `authentik-simulator`: Authentik's API, as far as Slipway's driver goes, on an address. What comes and goes is said on
//! standard error, and `GET /everything` lists what is there.

use anyhow::Context as _;
use authentik_simulator::{Inside, Witness, routes};
use axum::{
    Json,
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::get,
};
use clap::Parser;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::signal::unix::{SignalKind, signal};

/// Authentik's API, as far as Slipway's driver goes. Every call is held against Authentik's published description.
#[derive(Parser)]
struct Args {
    /// Address to listen on.
    #[arg(long)]
    listen: SocketAddr,
    /// File with the API token that it takes.
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// JSON file with the accounts that exist: a list of objects with `email`, and `sub` as the
    /// sign-in names the person.
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// File that keeps all objects over a restart.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Person {
    sub: String,
    email: String,
}

/// Says what happens.
struct Aloud;

impl Witness for Aloud {
    fn made(&self, kind: &str, name: &str) {
        say(&format!("made {kind} {name}"));
    }

    fn gone(&self, kind: &str, name: &str) {
        say(&format!("removed {kind} {name}"));
    }
}

fn say(line: &str) {
    // A log that nobody reads any more ends nothing.
    let _closed = writeln!(std::io::stderr(), "{line}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let token = std::fs::read_to_string(&args.token_file).context("The file with the token cannot be read")?;
    let inside = Inside::new(token.trim(), Arc::new(Aloud));
    for (pk, person) in (1..).zip(args.people.as_deref().map(people).transpose()?.unwrap_or_default()) {
        let mut memory = inside.memory();
        memory.person(pk, &person.email);
        memory.one("user", &person.email)["uid"] = json!(person.sub);
    }
    let all = inside.clone();
    let mut app = routes(inside.clone());
    if let Some(file) = args.keep {
        if let Ok(text) = std::fs::read_to_string(&file) {
            inside.memory().recall(serde_json::from_str(&text)?).context("The kept objects are none")?;
        }
        app = app.layer(from_fn_with_state((inside, file), keep));
    }
    let app = app.route("/everything", get(async move || Json(everything(&all))));
    let listener = tokio::net::TcpListener::bind(args.listen).await?;
    say(&format!("listens on {}", args.listen));
    let mut stop = signal(SignalKind::terminate())?;
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            stop.recv().await;
        })
        .await?;
    Ok(())
}

fn people(file: &Path) -> anyhow::Result<Vec<Person>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text).context("The file of people is no list of objects")
}

/// Nothing is answered before it is kept.
async fn keep(State((inside, file)): State<(Inside, PathBuf)>, request: Request, next: Next) -> Response {
    let reads = request.method() == Method::GET;
    let answer = next.run(request).await;
    let kept = || {
        let part = file.with_extension("part");
        std::fs::write(&part, inside.memory().keep().to_string())?;
        std::fs::rename(&part, &file)
    };
    match if reads { Ok(()) } else { kept() } {
        Ok(()) => answer,
        Err(error) => (StatusCode::INSUFFICIENT_STORAGE, error.to_string()).into_response(),
    }
}

/// Names of what clients of the API made, by kind; of groups their members' addresses too; and what broke the description.
fn everything(inside: &Inside) -> Value {
    let memory = inside.memory();
    let names = |kind: &str| -> Vec<Value> {
        memory.rows.get(kind).into_iter().flatten().map(|row| row.value["name"].clone()).collect()
    };
    let email = |pk: i64| {
        let mut people = memory.rows.get("user").into_iter().flatten();
        people.find(|row| row.value["pk"] == pk).map(|row| row.value["email"].clone())
    };
    let groups: serde_json::Map<String, Value> = names("group")
        .iter()
        .filter_map(Value::as_str)
        .map(|name| (name.to_owned(), memory.people_of(name).into_iter().filter_map(email).collect()))
        .collect();
    json!({"providers": names("provider"), "applications": names("application"), "groups": groups, "flaws": memory.flaws})
}
