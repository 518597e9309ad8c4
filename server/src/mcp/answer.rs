//! What the model gets back: words for its person, and the same as data.

use crate::systems::wordpress::{DeskError, Listed, Media, Post, Term};
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};

/// Longest text of a post that is given back, bytes: as much as can be handed back.
pub(super) const MAX_CONTENT: usize = super::arguments::MAX_MARKDOWN;

/// A call that was done.
pub(super) struct Answer {
    text: String,
    data: Value,
    /// Ids, for the audit.
    pub(super) detail: String,
}

/// A call that was not done.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// For the model and its person.
    pub(super) say: String,
    /// For the audit.
    pub(super) detail: String,
}

impl Refusal {
    pub(super) fn new(say: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { say: say.into(), detail: detail.into() }
    }

    /// The arguments cannot be used. What was wrong with them may quote them, so the audit only learns that.
    pub(super) fn arguments(say: impl Into<String>) -> Self {
        Self::new(say, "arguments refused")
    }

    pub(super) fn result(&self) -> CallToolResult {
        CallToolResult::error(vec![ContentBlock::text(self.say.clone())])
    }
}

impl From<&DeskError> for Refusal {
    fn from(error: &DeskError) -> Self {
        let detail = match error {
            DeskError::Revoked => "credential refused by the site",
            DeskError::Refused(_) => "refused by WordPress",
            DeskError::NotFound => "no such post",
            DeskError::Changed => "changed since it was read",
            DeskError::NoTerm(_) => "no such category or tag",
            DeskError::Away(_) => "the site does not answer",
        };
        Self::new(error.to_string(), detail)
    }
}

impl Answer {
    pub(super) fn result(self) -> CallToolResult {
        let mut result = CallToolResult::structured(self.data);
        result.content = vec![ContentBlock::text(self.text)];
        result
    }

    pub(super) fn draft(post: &Post, deed: &Deed) -> Self {
        let title = plain(&post.title);
        let head = match deed {
            Deed::Made => format!("The draft “{title}” is in WordPress."),
            Deed::Again => format!("The draft “{title}” was already in WordPress; no second one was made."),
            Deed::Changed(what) if what.is_empty() => format!("The draft “{title}” was changed."),
            Deed::Changed(what) => format!("The draft “{title}” was changed. {what}"),
            Deed::Same => format!("The draft “{title}” says so already. Nothing was changed."),
        };
        let text = format!(
            "{head} [Edit it]({}) or [preview it]({}). It is not published: the person does that in WordPress.",
            post.edit_url, post.preview_url
        );
        let mut data = summary(post);
        data["repeated"] = json!(matches!(deed, Deed::Again | Deed::Same));
        data["version"] = json!(post.version);
        Self { text, data, detail: format!("post {}", post.id) }
    }

    /// The same, with what was left out or could not be done, in whole sentences.
    pub(super) fn noting(mut self, notes: &[String]) -> Self {
        for note in notes {
            self.text.push_str("\nNote: ");
            self.text.push_str(note);
        }
        if !notes.is_empty() {
            self.data["notes"] = json!(notes);
        }
        self
    }

    pub(super) fn posts(posts: &Listed<Post>, what: &str, page: u32, tool: &str) -> Self {
        let mut text = head(posts, what, page, tool);
        for post in &posts.items {
            text.push_str(&format!(
                "\n- {} (id {}, {}, {}): [edit]({}), [view]({})",
                plain(&post.title),
                post.id,
                post.status,
                post.modified,
                post.edit_url,
                post.preview_url
            ));
        }
        let data = json!({"page": page, "total": posts.total, "more": posts.has_more(page),
            "posts": posts.items.iter().map(summary).collect::<Vec<_>>()});
        Self { text, data, detail: format!("{} posts", posts.items.len()) }
    }

    /// A post with its text as Markdown. The text stands in one place only: the model pays for both.
    pub(super) fn post(post: &Post, markdown: &str) -> Self {
        let mut end = markdown.len().min(MAX_CONTENT);
        while !markdown.is_char_boundary(end) {
            end -= 1;
        }
        let cut = if end < markdown.len() { "\n\n(The rest is left out.)" } else { "" };
        let about = match post.version.as_str() {
            "" => "It can only be read here.".to_owned(),
            version => format!("Its version is {version}."),
        };
        let text = format!(
            "“{}” (id {}, {}). [Edit it]({}) or [view it]({}). {about} Its text as Markdown:\n\n{}{cut}",
            plain(&post.title),
            post.id,
            post.status,
            post.edit_url,
            post.preview_url,
            &markdown[..end]
        );
        let mut data = summary(post);
        data["version"] = json!(post.version);
        Self { text, data, detail: format!("post {}", post.id) }
    }

    pub(super) fn terms(terms: &Listed<Term>, what: &str, page: u32, tool: &str) -> Self {
        let mut text = head(terms, what, page, tool);
        for term in &terms.items {
            text.push_str(&format!("\n- {} (id {}, {} posts)", plain(&term.name), term.id, term.count));
        }
        let data = json!({"page": page, "total": terms.total, "more": terms.has_more(page), what: terms.items});
        Self { text, data, detail: format!("{} {what}", terms.items.len()) }
    }

    pub(super) fn media(media: &Media, alt: &str) -> Self {
        let text =
            format!("The picture is in the library (id {}). In Markdown: ![{}]({})", media.id, plain(alt), media.url);
        Self { text, data: json!({"id": media.id, "url": media.url}), detail: format!("media {}", media.id) }
    }
}

impl<T> Listed<T> {
    /// Whether there is a page behind this one.
    fn has_more(&self, page: u32) -> bool {
        self.total.is_some_and(|total| total > u64::from(page) * u64::from(self.per_page))
    }
}

/// How many there are, and how to get more.
fn head<T>(list: &Listed<T>, what: &str, page: u32, tool: &str) -> String {
    let all = list.total.map(|total| format!(", {total} in all")).unwrap_or_default();
    if list.items.is_empty() && page > 1 {
        return format!("There are no {what} on page {page}; begin with page 1.");
    }
    if list.items.is_empty() {
        return format!("There are no such {what}.");
    }
    match list.has_more(page) {
        true => format!("{what}, page {page}{all}. For more call {tool} with page {}:", page + 1),
        false if page > 1 => format!("{what}, page {page}, the last one{all}:"),
        false => format!("{what}{all}:"),
    }
}

/// What was done with a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    Made,
    Again,
    /// With what changed in its text, in words.
    Changed(String),
    /// It was so already.
    Same,
}

fn summary(post: &Post) -> Value {
    json!({
        "id": post.id,
        "title": post.title,
        "status": post.status,
        "edit_url": post.edit_url,
        "preview_url": post.preview_url,
        "modified": post.modified,
    })
}

/// A text that stays itself in Markdown.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>') {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}
