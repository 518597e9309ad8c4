//! What a person does through the chat, by their own credential.

use super::answers::{self, Item, MediaItem, User};
use super::{PEER, RestWordPress, plain};
use crate::domain::Fault;
use crate::systems::http::Reply;
use crate::systems::wordpress::{Desk, DeskError, Draft, Image, Listed, Login, Media, Named, Post, Taxonomy, Term};
use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Posts on a page of a list.
const PER_PAGE: &str = "20";
const PAGE: u32 = 20;
/// The fields of a post that are used.
const FIELDS: &str = "id,title,status,content,modified_gmt,link,featured_media";
/// How long an upload may take.
const UPLOAD: Duration = Duration::from_secs(60);

impl RestWordPress {
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        login: &Login,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, DeskError> {
        let call = self.call(login, Method::GET, path, query).map_err(away)?;
        read(judge(call.send().await.map_err(away)?)?)
    }

    async fn post<T: DeserializeOwned>(&self, login: &Login, path: &str, body: &Value) -> Result<T, DeskError> {
        let call = self.call(login, Method::POST, path, &[("_fields", FIELDS)]).map_err(away)?;
        read(judge(call.json(body).send().await.map_err(away)?)?)
    }

    /// A page of a list; a page behind the last one is empty, though WordPress calls it an error.
    async fn page(&self, login: &Login, path: &str, query: &[(&str, &str)]) -> Result<Listed<Post>, DeskError> {
        let call = self.call(login, Method::GET, path, query).map_err(away)?;
        let reply = call.send().await.map_err(away)?;
        if reply.status == StatusCode::BAD_REQUEST && answers::refusal(&reply).code == "rest_post_invalid_page_number" {
            return Ok(Listed { items: Vec::new(), total: None, per_page: PAGE });
        }
        let total = reply.total;
        let items: Vec<Item> = read(judge(reply)?)?;
        let items = items.into_iter().map(|item| item.head(&login.site_url)).collect();
        Ok(Listed { items, total, per_page: PAGE })
    }
}

#[async_trait]
impl Desk for RestWordPress {
    async fn create_draft(&self, login: &Login, draft: &Draft, key: &str) -> Result<Post, DeskError> {
        let mut body = fields(draft);
        body.insert("status".to_owned(), json!("draft"));
        body.insert("slipway_key".to_owned(), json!(key));
        let item: Item = self.post(login, "wp/v2/posts", &Value::Object(body)).await?;
        Ok(item.head(&login.site_url))
    }

    async fn update_draft(&self, login: &Login, id: i64, change: &Draft) -> Result<Post, DeskError> {
        let mut body = fields(change);
        if let Some(base) = &change.base {
            body.insert("slipway_base".to_owned(), json!(base.sum));
            body.insert("slipway_kept".to_owned(), json!(base.kept));
        }
        let item: Item = self.post(login, &format!("wp/v2/posts/{id}"), &Value::Object(body)).await?;
        Ok(item.head(&login.site_url))
    }

    async fn list_drafts(&self, login: &Login, page: u32) -> Result<Listed<Post>, DeskError> {
        let me: User = self.get(login, "wp/v2/users/me", &[("context", "edit")]).await?;
        let (me, page) = (me.id.to_string(), page.max(1).to_string());
        let query = [
            ("status", "draft,pending"),
            ("author", &me),
            ("context", "edit"),
            ("orderby", "modified"),
            ("order", "desc"),
            ("per_page", PER_PAGE),
            ("page", &page),
            ("_fields", FIELDS),
        ];
        self.page(login, "wp/v2/posts", &query).await
    }

    async fn get_post(&self, login: &Login, id: i64) -> Result<Post, DeskError> {
        let path = format!("wp/v2/posts/{id}");
        // The text as it was written is shown to those who may edit the post; others see what readers see.
        for context in ["edit", "view"] {
            match self.get::<Item>(login, &path, &[("context", context), ("_fields", FIELDS)]).await {
                Ok(item) => return Ok(item.whole(&login.site_url)),
                Err(DeskError::Refused(_)) => {}
                Err(e) => return Err(e),
            }
        }
        Err(DeskError::NotFound)
    }

    async fn search_posts(&self, login: &Login, words: &str, page: u32) -> Result<Listed<Post>, DeskError> {
        let page = page.max(1).to_string();
        let query =
            [("search", words), ("status", "publish"), ("per_page", PER_PAGE), ("page", &page), ("_fields", FIELDS)];
        self.page(login, "wp/v2/posts", &query).await
    }

    async fn terms(
        &self,
        login: &Login,
        taxonomy: Taxonomy,
        words: &str,
        page: u32,
    ) -> Result<Listed<Term>, DeskError> {
        self.listed(login, taxonomy, words, page).await
    }

    async fn chosen(&self, login: &Login, taxonomy: Taxonomy, named: &[Named]) -> Result<Vec<i64>, DeskError> {
        self.found_or_made(login, taxonomy, named).await
    }

    async fn upload_image(&self, login: &Login, image: Image, key: &str) -> Result<Media, DeskError> {
        let query = [("alt_text", image.alt.as_str()), ("slipway_key", key)];
        let call = self.call(login, Method::POST, "wp/v2/media", &query).map_err(away)?;
        let place = format!("attachment; filename=\"{}\"", file_name(&image.name));
        let call = call.header("content-disposition", &place).body(&image.mime, image.bytes).limit(UPLOAD);
        let item: MediaItem = read(judge(call.send().await.map_err(away)?)?)?;
        Ok(item.into())
    }
}

/// The fields that are given, in WordPress's names.
fn fields(draft: &Draft) -> Map<String, Value> {
    let given = [
        ("title", draft.title.as_ref().map(|v| json!(plain::html(v)))),
        ("content", draft.content.as_ref().map(|v| json!(v))),
        ("excerpt", draft.excerpt.as_ref().map(|v| json!(plain::html(v)))),
        ("categories", draft.categories.as_ref().map(|v| json!(v))),
        ("tags", draft.tags.as_ref().map(|v| json!(v))),
        ("featured_media", draft.featured_media.map(|v| json!(v))),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// A file name that fits into a header; WordPress makes it unique.
fn file_name(name: &str) -> String {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = name.chars().map(|c| if fine(c) { c } else { '-' }).take(100).collect();
    name.trim_start_matches('.').to_owned()
}

/// What a status means to the person. Only an answer in JSON is WordPress's; a page is from something in front of it.
pub(super) fn judge(reply: Reply) -> Result<Reply, DeskError> {
    let json = reply.content_type.contains("json");
    match reply.status.as_u16() {
        200..=299 if json => Ok(reply),
        401 if json => Err(DeskError::Revoked),
        404 if json => Err(DeskError::NotFound),
        409 if json && answers::refusal(&reply).code == "slipway_changed" => Err(DeskError::Changed),
        400 | 403 | 409 | 413 | 415 | 422 if json => Err(DeskError::Refused(answers::message(&reply))),
        500..=599 if json && answers::refusal(&reply).code.starts_with("rest_upload_") => {
            Err(DeskError::Refused(answers::message(&reply)))
        }
        413 => Err(DeskError::Refused("The file is too large for the site.".to_owned())),
        429 => Err(DeskError::Away("it asks to slow down".to_owned())),
        status if json => Err(DeskError::Away(format!("status {status}"))),
        status => Err(DeskError::Away(format!("a page in place of an answer, status {status}"))),
    }
}

pub(super) fn read<T: DeserializeOwned>(reply: Reply) -> Result<T, DeskError> {
    reply.json().map_err(away)
}

pub(super) fn away(fault: Fault) -> DeskError {
    let words = fault.to_string();
    let words = words.strip_prefix(PEER).unwrap_or(&words).trim();
    DeskError::Away(words.trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sends_only_what_is_given() {
        let change = Draft { title: Some("T".to_owned()), tags: Some(Vec::new()), ..Draft::default() };
        assert_eq!(Value::Object(fields(&change)), json!({"title": "T", "tags": []}));
        assert_eq!(file_name("../Ünser \"Bild\".png"), "--nser--Bild-.png");
    }
}
