//! Reading a post and changing a draft, so that nothing is lost that nobody named: the new text is made from the stored
//! one, and the site takes it only while that is still the stored one.

use super::answer::{Answer, Deed, MAX_CONTENT, Refusal};
use super::arguments::{MAX_MARKDOWN, UpdateDraft, line};
use super::blocks::{self, Edited, Page, Wish};
use super::call::{Guest, trouble};
use super::drafts::{with_extras, without_picture};
use super::server::Server;
use crate::systems::wordpress::{Base, Draft, Post, VERSION};

/// A post as the model reads it: what may be changed says all that is stored, the rest what readers see.
pub(super) async fn shown(post: Post) -> Result<Answer, Refusal> {
    let work = move || {
        let content = post.content.as_deref().unwrap_or_default();
        let markdown = if post.version.is_empty() { blocks::view(content) } else { Page::read(content).markdown() };
        Answer::post(&post, &markdown)
    };
    aside(work).await
}

impl Server {
    pub(super) async fn update_draft(&self, guest: &Guest<'_>, arguments: UpdateDraft) -> Result<Answer, Refusal> {
        let id = arguments.id;
        let change = fields(&arguments).map_err(Refusal::arguments)?;
        let change = self.with_terms(guest, change, &arguments.extras).await?;
        if !arguments.has_text() {
            let post = self.ask(guest, self.gateway.desk.update_draft(&guest.login, id, &change)).await?;
            let notes = without_picture(&change, &post);
            return Ok(Answer::draft(&post, &Deed::Changed(String::new())).noting(&notes));
        }
        let stored = self.ask(guest, self.gateway.desk.get_post(&guest.login, id)).await?;
        if stored.version.is_empty() {
            return Err(Refusal::new(
                "This post can only be read here: it is published, or it is somebody else's. It is changed in WordPress.",
                "not a draft of theirs",
            ));
        }
        let content = stored.content.clone().unwrap_or_default();
        let sum = blocks::hash(&content);
        let version = arguments.version.as_deref().map(|version| version.trim().to_lowercase());
        let before = content.clone();
        let edited = aside(move || edited(&before, &arguments)).await?.map_err(Refusal::arguments)?;
        let same = edited.content == content;
        if same && change == Draft::default() {
            return Ok(Answer::draft(&stored, &Deed::Same));
        }
        if !same && version.is_some_and(|version| version != sum[..VERSION]) {
            return Err(Refusal::from(&crate::systems::wordpress::DeskError::Changed));
        }
        let Edited { content, kept, say, mut notes } = edited;
        let change = Draft { content: Some(content), base: Some(Base { sum, kept }), ..change };
        let post = self.ask(guest, self.gateway.desk.update_draft(&guest.login, id, &change)).await?;
        notes.extend(without_picture(&change, &post));
        Ok(Answer::draft(&post, &Deed::Changed(say)).noting(&notes))
    }
}

/// Work that may take long, beside the tasks that answer others.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|error| trouble(&error.into()))
}

/// The fields beside the text that are given.
fn fields(arguments: &UpdateDraft) -> Result<Draft, String> {
    let title = arguments.title.as_deref().map(|title| line(title, "title", 200)).transpose()?;
    let title = title.filter(|title| !title.is_empty());
    let draft = with_extras(Draft { title, ..Draft::default() }, &arguments.extras)?;
    let terms = arguments.extras.categories.is_some() || arguments.extras.tags.is_some();
    if draft == Draft::default() && !terms && !arguments.has_text() {
        return Err("Nothing is to change: give at least one field besides the id.".to_owned());
    }
    Ok(draft)
}

/// The stored text after what the arguments ask for.
fn edited(content: &str, arguments: &UpdateDraft) -> Result<Edited, String> {
    let page = Page::read(content);
    let wish = match (&arguments.replace, &arguments.section, &arguments.markdown) {
        (Some(words), None, None) if !words.old.trim().is_empty() => {
            Wish::Words { old: words.old.trim(), new: &words.new }
        }
        (Some(_), None, None) => return Err("Give the old words too, copied exactly from get_post.".to_owned()),
        (None, Some(heading), Some(markdown)) => Wish::Section { heading, markdown },
        (None, Some(_), None) => return Err("Give the section's new text as markdown.".to_owned()),
        (None, None, Some(_)) if page.markdown().len() > MAX_CONTENT => {
            return Err("This text is too long to be replaced as a whole. Use section or replace.".to_owned());
        }
        (None, None, Some(_)) if arguments.version.is_none() && !content.trim().is_empty() => {
            return Err(
                "To replace the whole text, read it with get_post first and give its version. To change a part \
                        of it, use section or replace."
                    .to_owned(),
            );
        }
        (None, None, Some(markdown)) => Wish::Whole { markdown, title: arguments.title.as_deref().unwrap_or_default() },
        _ => return Err("Give one of these: replace alone, section with markdown, or markdown alone.".to_owned()),
    };
    let texts = [arguments.markdown.as_deref(), arguments.replace.as_ref().map(|words| words.new.as_str())];
    if texts.into_iter().flatten().any(|text| text.len() > MAX_MARKDOWN) {
        return Err("The text is longer than 200,000 bytes. Make it shorter or split it into two drafts.".to_owned());
    }
    page.edit(&wish)
}

impl UpdateDraft {
    fn has_text(&self) -> bool {
        self.replace.is_some() || self.section.is_some() || self.markdown.is_some()
    }
}
