//! Categories and tags: lists of them, and those that a draft names. What is not there is never dropped in silence, which is
//! what WordPress does with ids that it does not know.

use super::RestWordPress;
use super::answers::{self, TermItem};
use super::desk::{away, judge, read};
use crate::systems::wordpress::{DeskError, Listed, Login, Named, Taxonomy, Term};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

/// Terms on a page of a list: the most that WordPress gives.
const PAGE: u32 = 100;

/// WordPress's answer to a name that is taken: the error carries the id of the term that has it.
#[derive(Deserialize)]
struct Taken {
    data: Existing,
}

#[derive(Deserialize)]
struct Existing {
    term_id: i64,
}

impl RestWordPress {
    pub(super) async fn listed(
        &self,
        login: &Login,
        taxonomy: Taxonomy,
        words: &str,
        page: u32,
    ) -> Result<Listed<Term>, DeskError> {
        let page = page.max(1).to_string();
        let mut query = vec![
            ("per_page", "100"),
            ("page", page.as_str()),
            ("orderby", "count"),
            ("order", "desc"),
            ("_fields", "id,name,count"),
        ];
        if !words.trim().is_empty() {
            query.push(("search", words));
        }
        let call = self.call(login, Method::GET, path(taxonomy), &query).map_err(away)?;
        let reply = judge(call.send().await.map_err(away)?)?;
        let total = reply.total;
        let items: Vec<TermItem> = read(reply)?;
        Ok(Listed { items: items.into_iter().map(Term::from).collect(), total, per_page: PAGE })
    }

    pub(super) async fn found_or_made(
        &self,
        login: &Login,
        taxonomy: Taxonomy,
        named: &[Named],
    ) -> Result<Vec<i64>, DeskError> {
        let known = self.known(login, taxonomy, named).await?;
        let (mut ids, mut missing) = (Vec::new(), Vec::new());
        for one in named {
            let found = match (one.id, &one.name) {
                (Some(id), _) if known.contains(&id) => Some(id),
                (Some(_), Some(name)) => self.called(login, taxonomy, name).await?,
                (None, Some(name)) => match self.called(login, taxonomy, name).await? {
                    None if taxonomy == Taxonomy::Tags => self.made(login, name).await?,
                    found => found,
                },
                _ => None,
            };
            match found {
                Some(id) => ids.push(id),
                None => missing.push(one),
            }
        }
        if !missing.is_empty() {
            return Err(none(taxonomy, &missing));
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Which of the ids are there.
    async fn known(&self, login: &Login, taxonomy: Taxonomy, named: &[Named]) -> Result<Vec<i64>, DeskError> {
        let ids: Vec<String> = named.iter().filter_map(|one| one.id).map(|id| id.to_string()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let query = [("include", &*ids.join(",")), ("per_page", "100"), ("_fields", "id,name,count")];
        let items: Vec<TermItem> = self.get(login, path(taxonomy), &query).await?;
        Ok(items.into_iter().map(|item| item.id).collect())
    }

    /// The one of this name; categories may share a name below different parents.
    async fn called(&self, login: &Login, taxonomy: Taxonomy, name: &str) -> Result<Option<i64>, DeskError> {
        let query = [("search", name), ("per_page", "100"), ("_fields", "id,name,count")];
        let items: Vec<TermItem> = self.get(login, path(taxonomy), &query).await?;
        let ids: Vec<i64> = items.iter().filter(|item| item.is_called(name)).map(|item| item.id).collect();
        match ids.as_slice() {
            [] => Ok(None),
            [id] => Ok(Some(*id)),
            many => {
                let many: Vec<String> = many.iter().map(i64::to_string).collect();
                let (_, plural) = words(taxonomy);
                let say = format!("Several {plural} are called “{name}”: give one of the ids {}.", many.join(", "));
                Err(DeskError::NoTerm(say))
            }
        }
    }

    /// Makes a tag; `None` where this person or this site does not allow that.
    async fn made(&self, login: &Login, name: &str) -> Result<Option<i64>, DeskError> {
        let call = self.call(login, Method::POST, path(Taxonomy::Tags), &[]).map_err(away)?;
        let reply = call.json(&json!({"name": name})).send().await.map_err(away)?;
        if reply.status == StatusCode::BAD_REQUEST && answers::refusal(&reply).code == "term_exists" {
            return Ok(Some(read::<Taken>(reply)?.data.term_id));
        }
        if reply.status == StatusCode::FORBIDDEN && reply.content_type.contains("json") {
            return Ok(None);
        }
        Ok(Some(read::<TermItem>(judge(reply)?)?.id))
    }
}

fn path(taxonomy: Taxonomy) -> &'static str {
    match taxonomy {
        Taxonomy::Categories => "wp/v2/categories",
        Taxonomy::Tags => "wp/v2/tags",
    }
}

/// One and many, in words.
fn words(taxonomy: Taxonomy) -> (&'static str, &'static str) {
    match taxonomy {
        Taxonomy::Categories => ("category", "categories"),
        Taxonomy::Tags => ("tag", "tags"),
    }
}

fn none(taxonomy: Taxonomy, missing: &[&Named]) -> DeskError {
    let (one, _) = words(taxonomy);
    let said = |named: &&Named| match (&named.name, named.id) {
        (Some(name), _) => format!("no {one} “{name}”"),
        (None, Some(id)) => format!("no {one} with the id {id}"),
        (None, None) => format!("no such {one}"),
    };
    let missing: Vec<String> = missing.iter().map(said).collect();
    let next = match taxonomy {
        Taxonomy::Categories => "People make categories in WordPress; list_categories shows those that are there.",
        Taxonomy::Tags => "list_tags shows those that are there.",
    };
    DeskError::NoTerm(format!("The site has {}. {next} Nothing was written.", missing.join(", ")))
}
