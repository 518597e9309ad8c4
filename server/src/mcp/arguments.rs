//! What the tools take. The doc comments are the descriptions that the model reads. Limits stand in the schema and are
//! checked again, because a model need not keep to a schema. Numbers may come as text: small models often write "12".

use crate::systems::wordpress::Named;
use rmcp::schemars::{self, JsonSchema};
use serde::{Deserialize, Deserializer};

/// Largest Markdown text, bytes.
pub(super) const MAX_MARKDOWN: usize = 200_000;

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct CreateDraft {
    /// Title of the post: plain text, no Markdown.
    #[schemars(length(min = 1, max = 200))]
    pub(super) title: String,
    /// Body of the post as Markdown: paragraphs, ## headings, lists, quotes, tables, code, footnotes, links and images. No HTML. Do not repeat the title.
    #[serde(alias = "content", alias = "body")]
    #[schemars(length(min = 1, max = 200_000))]
    pub(super) markdown: String,
    #[serde(flatten)]
    pub(super) extras: Extras,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct UpdateDraft {
    /// Id of the draft, from create_draft or list_drafts.
    #[serde(deserialize_with = "number")]
    #[schemars(range(min = 1))]
    pub(super) id: i64,
    /// New title, if it is to change.
    #[serde(default)]
    #[schemars(length(min = 1, max = 200))]
    pub(super) title: Option<String>,
    /// Some words of the body that are to become others. The rest stays as it is.
    #[serde(default)]
    #[schemars(with = "Replace")]
    pub(super) replace: Option<Replace>,
    /// Heading of the section that markdown is for, as get_post shows it. All other sections stay as they are.
    #[serde(default)]
    #[schemars(length(min = 1, max = 500))]
    pub(super) section: Option<String>,
    /// New text of the section as Markdown. Without section it replaces the whole body: then give version too, and keep every <!-- keep: … --> line of get_post that is to stay.
    #[serde(default, alias = "content", alias = "body")]
    #[schemars(length(min = 1, max = 200_000))]
    pub(super) markdown: Option<String>,
    /// The version that get_post gave. The draft is left alone if somebody changed it since.
    #[serde(default)]
    #[schemars(length(min = 1, max = 64))]
    pub(super) version: Option<String>,
    #[serde(flatten)]
    pub(super) extras: Extras,
}

/// An edit that names what it replaces.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Replace {
    /// The old words, copied exactly from get_post. They are there once.
    #[schemars(length(min = 1, max = 200_000))]
    pub(super) old: String,
    /// The new words, as Markdown. Empty takes the old ones out.
    #[schemars(length(max = 200_000))]
    pub(super) new: String,
}

/// Fields that drafts may also have.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Extras {
    /// Short summary, plain text.
    #[serde(default)]
    #[schemars(length(max = 1_000))]
    pub(super) excerpt: Option<String>,
    /// Categories, each by its name or its id, from list_categories. They have to be there.
    #[serde(default, deserialize_with = "terms")]
    #[schemars(with = "Vec<String>", length(max = 20))]
    pub(super) categories: Option<Vec<Named>>,
    /// Tags, each by its name or its id, from list_tags. A new name makes a new tag.
    #[serde(default, deserialize_with = "terms")]
    #[schemars(with = "Vec<String>", length(max = 20))]
    pub(super) tags: Option<Vec<Named>>,
    /// Id of the featured image, from upload_image.
    #[serde(default, deserialize_with = "maybe_number")]
    #[schemars(range(min = 1))]
    pub(super) featured_image: Option<i64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct ListDrafts {
    /// Page of the list, from 1.
    #[serde(default, deserialize_with = "maybe_number")]
    #[schemars(range(min = 1, max = 1_000))]
    pub(super) page: Option<i64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct GetPost {
    /// Id of the post.
    #[serde(deserialize_with = "number")]
    #[schemars(range(min = 1))]
    pub(super) id: i64,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct SearchPosts {
    /// Words that the posts contain.
    #[serde(alias = "query", alias = "search")]
    #[schemars(length(min = 1, max = 200))]
    pub(super) words: String,
    /// Page of the result, from 1.
    #[serde(default, deserialize_with = "maybe_number")]
    #[schemars(range(min = 1, max = 1_000))]
    pub(super) page: Option<i64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct ListTerms {
    /// Words that the name contains. Leave out for all.
    #[serde(default, alias = "query", alias = "search")]
    #[schemars(length(max = 200))]
    pub(super) words: Option<String>,
    /// Page of the list, from 1.
    #[serde(default, deserialize_with = "maybe_number")]
    #[schemars(range(min = 1, max = 1_000))]
    pub(super) page: Option<i64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct UploadImage {
    /// The picture's bytes in base64: JPEG, PNG or WebP that does not move, at most 8 MB and 25 megapixels.
    #[serde(alias = "data_base64")]
    #[schemars(length(min = 1))]
    pub(super) data: String,
    /// File name without folder.
    #[serde(alias = "name")]
    #[schemars(length(min = 1, max = 100))]
    pub(super) filename: String,
    /// What the picture shows, for people who cannot see it.
    #[serde(default, alias = "alt")]
    #[schemars(length(max = 500))]
    pub(super) alt_text: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Number(i64),
    Text(String),
}

impl Loose {
    fn number<E: serde::de::Error>(self) -> Result<i64, E> {
        match self {
            Self::Number(n) => Ok(n),
            Self::Text(text) => text.trim().parse().map_err(|_| E::custom("an id is a whole number")),
        }
    }
}

fn number<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    Loose::deserialize(from)?.number()
}

fn maybe_number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    Option::<Loose>::deserialize(from)?.map(Loose::number).transpose()
}

/// A list, or one text with commas: small models write that too.
#[derive(Deserialize)]
#[serde(untagged)]
enum LooseList {
    List(Vec<Loose>),
    One(Loose),
}

fn terms<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Named>>, D::Error> {
    let one = |loose: Loose| match loose {
        Loose::Number(id) => Named { id: Some(id), name: None },
        Loose::Text(name) => Named { id: name.trim().parse().ok(), name: Some(name) },
    };
    Ok(Option::<LooseList>::deserialize(from)?.map(|all| match all {
        LooseList::List(all) => all.into_iter().map(one).collect(),
        LooseList::One(Loose::Text(all)) => all.split(',').map(|name| one(Loose::Text(name.to_owned()))).collect(),
        LooseList::One(number) => vec![one(number)],
    }))
}

/// A text within its limit of characters, without blanks around it and without control characters.
pub(super) fn line(text: &str, what: &str, max: usize) -> Result<String, String> {
    let text: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() > max {
        return Err(format!("The {what} is longer than {max} characters. Make it shorter."));
    }
    Ok(text)
}

/// A page number that WordPress understands.
pub(super) fn page(page: Option<i64>) -> u32 {
    page.and_then(|p| u32::try_from(p).ok()).unwrap_or(1).clamp(1, 1_000)
}

/// Categories or tags as they are named: ids from 1, names of one line.
pub(super) fn named(given: Option<&[Named]>, what: &str) -> Result<Option<Vec<Named>>, String> {
    let Some(given) = given else { return Ok(None) };
    if given.len() > 20 {
        return Err(format!("{what} has {} entries; at most 20 are possible.", given.len()));
    }
    let one = |named: &Named| {
        if let Some(id) = named.id.filter(|id| *id < 1) {
            return Err(format!("{what} has the entry {id}; an id is a whole number from 1. Give a name or an id."));
        }
        let name = named.name.as_deref().map(|name| line(name, &format!("name in {what}"), 100)).transpose()?;
        Ok(Named { name, ..named.clone() })
    };
    let empty = |named: &Named| named.name.as_ref().is_some_and(String::is_empty);
    let all: Vec<Named> = given.iter().map(one).collect::<Result<_, String>>()?;
    Ok(Some(all.into_iter().filter(|named| !empty(named)).collect()))
}
