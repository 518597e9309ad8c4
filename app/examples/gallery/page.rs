//! One page in one state, as the server would send it.

use crate::{data, house::Fixture, scenes::Scene, tokens};
use app::{
    context::{Files, Here, House, Now, Refused, Status, Support, Theme},
    shell,
};
use futures::StreamExt;
use leptos::prelude::*;
use leptos_meta::ServerMetaContext;
use leptos_router::location::RequestUrl;
use std::{collections::HashMap, sync::Arc};

/// The whole document.
pub(crate) async fn page(scene: Scene, theme: &'static str) -> String {
    let (meta, output) = ServerMetaContext::new();
    let owner = Owner::new_root(None);
    let stream = owner.with(|| {
        provide(&scene, theme);
        provide_context(meta);
        shell().to_html_stream_in_order()
    });
    let html: String = stream.collect().await;
    let whole = output.inject_meta_context(futures::stream::iter([html])).await.collect::<String>().await;
    drop(owner);
    whole
}

fn provide(scene: &Scene, theme: &str) {
    provide_context(RequestUrl::new(scene.path));
    if scene.name == "tokens-made" {
        provide_context(tokens::made());
    }
    let names =
        ["slipway.css", "portal.js", "portal.wasm", "boot.js", "page.js", "live.js", "worker.js", "favicon.svg"];
    let files: HashMap<String, String> = names.into_iter().map(|name| (name.to_owned(), format!("./{name}"))).collect();
    provide_context(Files(Arc::new(files)));
    provide_context(Theme(theme.to_owned()));
    provide_context(Now(data::NOW));
    provide_context(Here("s1".to_owned()));
    provide_context(Support("platform@example.org".to_owned()));
    provide_context(Status(Arc::new(|_| ())));
    if let Some(who) = scene.who.clone() {
        provide_context(House(Arc::new(Fixture { me: who, scene: scene.clone() })));
    }
    if let Some(unconfirmed) = scene.unconfirmed {
        provide_context(unconfirmed);
    }
    if let Some((oops, order)) = scene.refused.clone() {
        provide_context(Refused { oops, order });
    }
}
