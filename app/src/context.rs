//! What the server hands to every render. Pages read it once, through [`Visit`], so that a page is a function of the
//! visit and of one answer of the [`Portal`].

use crate::{
    model::{oops::Oops, person::Me, tenant::OrderForm},
    portal::Portal,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_query_map, use_url};
use std::{collections::HashMap, sync::Arc};

/// The portal, bound to the caller. Absent when nobody is signed in.
#[derive(Clone)]
pub struct House(pub Arc<dyn Portal>);

/// Where the assets are: logical name ("slipway.css") to address with the hash of the content.
#[derive(Clone)]
pub struct Files(pub Arc<HashMap<String, String>>);

/// "light", "dark" or "" (as the system).
#[derive(Clone)]
pub struct Theme(pub String);

/// The server's clock, microseconds since 1970.
#[derive(Clone, Copy)]
pub struct Now(pub i64);

/// Lets a page set the HTTP status of the answer.
#[derive(Clone)]
pub struct Status(pub Arc<dyn Fn(u16) + Send + Sync>);

/// The name of the session this request came with, as the account page lists it.
#[derive(Clone)]
pub struct Here(pub String);

/// The sign-in service does not answer, so what it last said of the caller is older than it should be.
#[derive(Clone, Copy)]
pub struct Unconfirmed {
    /// When it last said who they are, microseconds since 1970.
    pub confirmed: i64,
    /// Until when their standing is believed all the same; nothing for those who have none to lose.
    pub until: Option<i64>,
    /// That time is over: they have no standing now.
    pub over: bool,
}

/// A form was refused, and its page is rendered again.
#[derive(Clone)]
pub struct Refused {
    /// Why.
    pub oops: Oops,
    /// What was typed, when it was the order form.
    pub order: Option<OrderForm>,
}

/// What the browser says of its reader's languages (`Accept-Language`).
#[derive(Clone)]
pub struct Reads(pub String);

/// E-mail address of the platform team.
#[derive(Clone)]
pub struct Support(pub String);

/// The address of an asset, by its logical name.
pub(crate) fn file(name: &str) -> String {
    use_context::<Files>().and_then(|files| files.0.get(name).cloned()).unwrap_or_else(|| format!("/assets/{name}"))
}

/// The nonce of this answer for our script tags.
pub(crate) fn nonce() -> Option<String> {
    leptos::nonce::use_nonce().map(|nonce| nonce.to_string())
}

/// Everything a page knows about the request, read once.
#[derive(Clone)]
pub(crate) struct Visit {
    /// The portal of the caller.
    pub(crate) house: Option<House>,
    /// Who is calling.
    pub(crate) me: Option<Me>,
    /// Microseconds since 1970.
    pub(crate) now: i64,
    /// Path without query.
    pub(crate) path: String,
    /// "light", "dark" or "".
    pub(crate) theme: String,
    /// Address of the platform team, may be empty.
    pub(crate) support: String,
    /// The name of this session; empty when nobody is signed in.
    pub(crate) here: String,
    /// Key of the sentence after a redirect.
    pub(crate) done: String,
    /// Why the last form was refused.
    pub(crate) refused: Option<Refused>,
    /// The sign-in service does not answer.
    pub(crate) unconfirmed: Option<Unconfirmed>,
    status: Option<Status>,
}

impl Visit {
    /// Reads the context of this render.
    pub(crate) fn read() -> Self {
        let house = use_context::<House>();
        let query = use_query_map().get_untracked();
        Self {
            me: house.as_ref().map(|house| house.0.me()),
            house,
            now: use_context::<Now>().map_or(0, |now| now.0),
            path: use_url().get_untracked().path().to_owned(),
            theme: use_context::<Theme>().map(|theme| theme.0).unwrap_or_default(),
            support: use_context::<Support>().map(|support| support.0).unwrap_or_default(),
            here: use_context::<Here>().map(|here| here.0).unwrap_or_default(),
            done: query.get("done").unwrap_or_default(),
            refused: use_context::<Refused>(),
            unconfirmed: use_context::<Unconfirmed>(),
            status: use_context::<Status>(),
        }
    }

    /// Sets the HTTP status, if the answer can still take one.
    pub(crate) fn status(&self, code: u16) {
        if let Some(set) = &self.status {
            (set.0)(code);
        }
    }

    /// The complaint about a form field.
    pub(crate) fn complaint(&self, field: &str) -> Option<String> {
        self.refused.as_ref().and_then(|refused| refused.oops.on(field)).map(str::to_owned)
    }
}

/// One value of the page's query.
pub(crate) fn query(name: &str) -> String {
    use_query_map().get_untracked().get(name).unwrap_or_default()
}

/// One part of the page's path.
pub(crate) fn param(name: &str) -> String {
    leptos_router::hooks::use_params_map().get_untracked().get(name).unwrap_or_default()
}
