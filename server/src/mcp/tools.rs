//! The tools, as the model reads them. Short sentences: small models read them too.

use super::arguments::{CreateDraft, GetPost, ListDrafts, ListTerms, SearchPosts, UpdateDraft, UploadImage};
use rmcp::handler::server::tool::schema_for_type;
use rmcp::model::{JsonObject, ToolAnnotations};
use rmcp::schemars::JsonSchema;
use serde_json::Value;
use std::sync::{Arc, LazyLock};

/// For clients that show a server's instructions to the model.
pub(super) const INSTRUCTIONS: &str = "Tools for one WordPress site. They make and change drafts under the name of the \
    person who asks; people publish in WordPress themselves. Write posts in Markdown.";

/// A tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    CreateDraft,
    UpdateDraft,
    ListDrafts,
    GetPost,
    SearchPosts,
    ListCategories,
    ListTags,
    UploadImage,
}

impl Tool {
    const ALL: [Self; 8] = [
        Self::CreateDraft,
        Self::UpdateDraft,
        Self::ListDrafts,
        Self::GetPost,
        Self::SearchPosts,
        Self::ListCategories,
        Self::ListTags,
        Self::UploadImage,
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CreateDraft => "create_draft",
            Self::UpdateDraft => "update_draft",
            Self::ListDrafts => "list_drafts",
            Self::GetPost => "get_post",
            Self::SearchPosts => "search_posts",
            Self::ListCategories => "list_categories",
            Self::ListTags => "list_tags",
            Self::UploadImage => "upload_image",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::CreateDraft => {
                "Save a new post as a draft in WordPress. Use this when the person wants a post, article or page text \
                 on their site. Call it once with the finished text. It does not publish. The answer has the links to \
                 edit and to preview the draft: give both to the person."
            }
            Self::UpdateDraft => {
                "Change a draft that the person made before. Read it with get_post first. To change some words use \
                 replace; to rewrite a part use section with markdown: all else stays as it is. Only for a new whole \
                 text give markdown with the version that get_post gave. Give only the fields that change. The answer \
                 says what changed; the old text stays in WordPress as a revision."
            }
            Self::ListDrafts => {
                "List the person's own drafts, newest first, with ids and links. 20 a page; the answer says how many there are."
            }
            Self::GetPost => {
                "Read one post or draft by its id: title, state, links, version and the whole text as Markdown. A line \
                 <!-- keep: … --> stands for a part that Markdown cannot say, such as a gallery, with its words. Hand it \
                 back unchanged where that part is to stay."
            }
            Self::SearchPosts => {
                "Find published posts of the site that contain some words. Use it to link to earlier posts or to see \
                 whether there is one on a subject."
            }
            Self::ListCategories => "List the site's categories with their ids, for create_draft and update_draft.",
            Self::ListTags => "List the site's tags with their ids, for create_draft and update_draft.",
            Self::UploadImage => {
                "Put a picture into the site's library. It is made no larger than 2,560 pixels a side, and what its \
                 file says of place and camera is taken out. The answer has its id, for featured_image, and its \
                 address, for ![what it shows](address \"caption\") in the Markdown of a post."
            }
        }
    }

    pub(super) fn schema(self) -> Arc<JsonObject> {
        match self {
            Self::CreateDraft => plain::<CreateDraft>(),
            Self::UpdateDraft => plain::<UpdateDraft>(),
            Self::ListDrafts => plain::<ListDrafts>(),
            Self::GetPost => plain::<GetPost>(),
            Self::SearchPosts => plain::<SearchPosts>(),
            Self::ListCategories | Self::ListTags => plain::<ListTerms>(),
            Self::UploadImage => plain::<UploadImage>(),
        }
    }

    fn hints(self) -> ToolAnnotations {
        let writes = matches!(self, Self::CreateDraft | Self::UpdateDraft | Self::UploadImage);
        ToolAnnotations::new()
            .read_only(!writes)
            .destructive(self == Self::UpdateDraft)
            .idempotent(true)
            .open_world(false)
    }
}

/// All tools, in the order they are listed.
pub(super) fn all() -> &'static [rmcp::model::Tool] {
    static ALL: LazyLock<Vec<rmcp::model::Tool>> = LazyLock::new(|| {
        let list = |tool: Tool| rmcp::model::Tool::new(tool.name(), tool.about(), tool.schema()).annotate(tool.hints());
        Tool::ALL.into_iter().map(list).collect()
    });
    &ALL
}

/// A schema without what makes clients warn ("unknown format int64") or small models stumble (types with null).
fn plain<T: JsonSchema + 'static>() -> Arc<JsonObject> {
    let mut schema = schema_for_type::<T>().as_ref().clone();
    for noise in ["$schema", "title", "description"] {
        schema.remove(noise);
    }
    let mut schema = Value::Object(schema);
    calm(&mut schema);
    match schema {
        Value::Object(schema) => Arc::new(schema),
        _ => Arc::default(),
    }
}

fn calm(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("format").is_some_and(|f| f.as_str().is_some_and(|f| f.contains("int"))) {
                map.remove("format");
            }
            if map.get("default") == Some(&Value::Null) {
                map.remove("default");
            }
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|t| t != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    map.insert("type".to_owned(), one);
                }
            }
            map.values_mut().for_each(calm);
        }
        Value::Array(list) => list.iter_mut().for_each(calm),
        _ => {}
    }
}
