//! Driver: WordPress over its REST API, with this project's plugin on the other side.
//!
//! The portal speaks as itself with the site secret, and for one person with their application password, which the site
//! narrows. All requests go to addresses that the house keeps; what WordPress refuses is told in its own words.

use super::{About, Introspection, LocalAccount, Locals, Login, Site, WordPress};
use crate::domain::{At, Fault, Seen, person::Member};
use crate::systems::http::{Call, Http, Reply};
use answers::{Ended, Guest, Plugin, Secret, Settings, User};
use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use routes::Base;
use serde::Serialize;

mod answers;
mod desk;
mod plain;
mod routes;
mod terms;
mod trouble;

/// Most people of one site: what the plugin takes.
const MOST_PEOPLE: usize = 20_000;
/// How the site is called in sentences.
const PEER: &str = "The WordPress site";

/// WordPress's REST API.
#[derive(Debug, Clone)]
pub struct RestWordPress {
    http: Http,
}

impl RestWordPress {
    /// Speaks through `http`.
    pub fn new(http: Http) -> Self {
        Self { http }
    }

    /// A call for one person.
    fn call(&self, login: &Login, method: Method, path: &str, query: &[(&str, &str)]) -> Result<Call<'_>, Fault> {
        let url = Base::parse(&login.rest_url)?.route(path, query);
        Ok(self.http.call(PEER, method, url.as_str()).basic(&login.user, &login.password))
    }

    /// A call of the portal itself.
    async fn ask<B: Serialize + Sync>(
        &self,
        site: &Site,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<Reply, Fault> {
        let url = Base::parse(&routes::of(&site.address))?.route(path, &[]);
        let call = self.http.call(PEER, method, url.as_str()).bearer(&site.secret);
        match body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        }
    }

    fn seen(site: &Site, people: &[Member], reply: Reply) -> Result<Seen<About>, Fault> {
        if let Some(what) = trouble::instead(&reply) {
            return Ok(Seen::Drifted { what });
        }
        let found: Plugin = reply.ok()?.json()?;
        for url in [&found.site_url, &found.home_url] {
            if url.trim_end_matches('/') != site.site_url.trim_end_matches('/') {
                return Ok(Seen::Drifted {
                    what: format!("The site believes that it is at {url}, not {}.", site.site_url),
                });
            }
        }
        if !found.application_passwords {
            return Ok(Seen::Drifted { what: "Application passwords are switched off at the site.".to_owned() });
        }
        if let Some(what) = found.people.iter().find_map(|guest| guest.wrong(people)) {
            return Ok(Seen::Drifted { what });
        }
        // The way that the portal has: it may not reach the public address, or only over the internet. Not what the site
        // says of its routes either, which follows its permalinks; and credentials go there.
        let rest_url = routes::of(&site.address);
        let Plugin { wordpress, plugin, php, local, .. } = found;
        Ok(Seen::Ready(About { wordpress, plugin, php, rest_url, locals: Locals::from(local) }))
    }
}

#[async_trait]
impl WordPress for RestWordPress {
    async fn look(&self, site: &Site, people: &[Member]) -> Result<Seen<About>, Fault> {
        let reply = self.ask(site, Method::GET, "slipway/v1/status", None::<&()>).await?;
        Self::seen(site, people, reply)
    }

    fn tools_url(&self, about: &About) -> Result<String, Fault> {
        routes::tools(&about.rest_url).map(String::from)
    }

    async fn ensure(&self, site: &Site, title: &str, people: &[Member], at: At) -> Result<Seen<About>, Fault> {
        if people.len() > MOST_PEOPLE {
            return Err(Fault::fail(
                "too_many_people",
                format!(
                    "{} people belong to the tenant, and a site takes {MOST_PEOPLE}. Nobody was put out.",
                    people.len()
                ),
                "Remove some of them, then press Retry now.",
            ));
        }
        let body = Settings { title, people: people.iter().filter_map(Guest::of).collect(), at: at.0 };
        let reply = self.ask(site, Method::POST, "slipway/v1/settings", Some(&body)).await?;
        if reply.status == StatusCode::UNPROCESSABLE_ENTITY {
            return Err(Fault::fail(
                "title_refused",
                format!("WordPress refused the title: {}", answers::message(&reply)),
                "Change the tenant's name, then press Retry now.",
            ));
        }
        Self::seen(site, people, reply)
    }

    async fn end_account(&self, site: &Site, account: &LocalAccount) -> Result<(), Fault> {
        let body = Ended { id: account.id, login: &account.login };
        let reply = self.ask(site, Method::POST, "slipway/v1/end-account", Some(&body)).await?;
        match reply.status {
            StatusCode::CONFLICT => Err(Fault::fail(
                "account_not_local",
                format!("{} is not a local account of this WordPress any more.", account.login),
                "Reload the page.",
            )),
            StatusCode::NOT_FOUND => Err(Fault::fail(
                "plugin_too_old",
                "The site's plugin cannot do this yet.",
                "Update the site's Slipway files, or end the account in WordPress, under Users.",
            )),
            _ => {
                let left = reply.ok()?.json::<Plugin>()?.local;
                let still = || Fault::retry(format!("{PEER} still lists {} after its end.", account.login));
                if left.has(account.id) { Err(still()) } else { Ok(()) }
            }
        }
    }

    async fn introspect(&self, login: &Login) -> Result<Option<Introspection>, Fault> {
        let call = self.call(login, Method::GET, "wp/v2/users/me/application-passwords/introspect", &[])?;
        let reply = call.send().await?;
        // 401: revoked, wrong or missing, which WordPress does not tell apart. 404: signed in by something else.
        if matches!(reply.status, StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND)
            && reply.content_type.contains("json")
        {
            return Ok(None);
        }
        let secret: Secret = trouble::accepted(reply)?.json()?;
        let call = self.call(login, Method::GET, "wp/v2/users/me", &[("context", "edit")])?;
        let reply = call.send().await?;
        if reply.status == StatusCode::UNAUTHORIZED {
            return Ok(None);
        }
        let user: User = trouble::accepted(reply)?.json()?;
        let may = |name: &&str| user.may(name);
        Ok(Some(Introspection {
            user_id: user.id,
            login: user.username.clone(),
            password_uuid: secret.uuid,
            app_id: secret.app_id,
            edit_posts: user.may("edit_posts"),
            too_much: answers::TOO_MUCH.iter().any(may),
        }))
    }

    async fn revoke(&self, login: &Login, password_uuid: &str) -> Result<(), Fault> {
        let id: uuid::Uuid = password_uuid.parse().map_err(|_| {
            Fault::fail("password_id", "The application password has an id that is none.", "Report this.")
        })?;
        let path = format!("wp/v2/users/me/application-passwords/{id}");
        let reply = self.call(login, Method::DELETE, &path, &[])?.send().await?;
        // 404: that password is gone already. 401: so is the one we sign in with.
        if !matches!(reply.status, StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND)
            || !reply.content_type.contains("json")
        {
            trouble::removed(reply)?;
        }
        match self.introspect(login).await? {
            Some(left) if left.password_uuid == id.to_string() => {
                Err(Fault::retry("The site still accepts the application password after its removal."))
            }
            _ => Ok(()),
        }
    }
}
