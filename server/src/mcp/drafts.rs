//! Making things once. The house's claim keeps two calls apart and remembers the answer; the site's own key closes the
//! gap when the process dies between WordPress and the record.

use super::answer::{Answer, Deed, Refusal};
use super::arguments::{CreateDraft, Extras, MAX_MARKDOWN, UploadImage, line};
use super::blocks::{self, Written};
use super::call::{Guest, trouble};
use super::server::Server;
use super::{Claim, picture, sameness};
use crate::systems::wordpress::{DeskError, Draft, Media, Post};
use serde::Serialize;

/// How often the same words are drafted anew after their draft was thrown away.
const LIVES: usize = 10;

impl Server {
    pub(super) async fn create_draft(&self, guest: &Guest<'_>, arguments: &CreateDraft) -> Result<Answer, Refusal> {
        let (draft, mut notes) = fresh(arguments).map_err(Refusal::arguments)?;
        let draft = self.with_terms(guest, draft, &arguments.extras).await?;
        let tenant = &guest.visitor.tenant.id;
        let words = arguments.markdown.trim().replace("\r\n", "\n");
        let more = (&draft.excerpt, &draft.categories, &draft.tags, &draft.featured_media);
        let mut key = sameness::key(guest.visitor, guest.id, "create_draft", &(&draft.title, words, more));
        for _ in 0..LIVES {
            let claim = self.gateway.ledger.claim(&key, *tenant).await.map_err(|error| trouble(&error))?;
            let (post, deed) = match claim {
                Claim::Pending => return Err(pending()),
                Claim::Done(value) => (self.still_there(guest, value).await?, Deed::Again),
                Claim::Fresh => (Life::of(self.make(guest, &draft, &key).await?), Deed::Made),
            };
            match post {
                Life::There(post) => {
                    notes.extend(without_picture(&draft, &post));
                    return Ok(Answer::draft(&post, &deed).noting(&notes));
                }
                Life::Gone(id) => key = sameness::reborn(&key, tenant, id),
            }
        }
        Err(Refusal::new("This draft was thrown away many times. Change its words.", "thrown away too often"))
    }

    /// Makes the draft under a claim.
    async fn make(&self, guest: &Guest<'_>, draft: &Draft, key: &str) -> Result<Post, Refusal> {
        match self.try_ask(guest, self.gateway.desk.create_draft(&guest.login, draft, key)).await {
            Ok(post) => {
                let post = Post { content: None, ..post };
                self.finish(key, &post).await;
                Ok(post)
            }
            Err(error) => {
                self.release(key).await;
                Err(Refusal::from(&error))
            }
        }
    }

    /// The draft that an earlier call made, as it is now. Thrown away, it is not handed out again.
    async fn still_there(&self, guest: &Guest<'_>, value: serde_json::Value) -> Result<Life, Refusal> {
        let Ok(made) = serde_json::from_value::<Post>(value) else {
            return Err(trouble(&anyhow::anyhow!("the answer of an earlier call cannot be read")));
        };
        match self.try_ask(guest, self.gateway.desk.get_post(&guest.login, made.id)).await {
            Ok(now) => Ok(Life::of(now)),
            Err(DeskError::NotFound) => Ok(Life::Gone(made.id)),
            Err(DeskError::Refused(_) | DeskError::Away(_)) => Ok(Life::There(made)),
            Err(error @ (DeskError::Revoked | DeskError::Changed | DeskError::NoTerm(_))) => Err(Refusal::from(&error)),
        }
    }

    /// A picture is the same by its bytes.
    pub(super) async fn upload_image(&self, guest: &Guest<'_>, arguments: UploadImage) -> Result<Answer, Refusal> {
        let picture = picture::develop(arguments).await?;
        let alt = picture.image.alt.clone();
        let key = sameness::key(guest.visitor, guest.id, "upload_image", &(&picture.sum, &picture.image.name, &alt));
        let claim = self.gateway.ledger.claim(&key, guest.visitor.tenant.id).await.map_err(|error| trouble(&error))?;
        match claim {
            Claim::Pending => Err(pending()),
            Claim::Done(value) => match serde_json::from_value::<Media>(value) {
                Ok(media) => Ok(Answer::media(&media, &alt)),
                Err(error) => Err(trouble(&error.into())),
            },
            Claim::Fresh => {
                let upload = self.gateway.desk.upload_image(&guest.login, picture.image, &key);
                match self.try_ask(guest, upload).await {
                    Ok(media) => {
                        self.finish(&key, &media).await;
                        Ok(Answer::media(&media, &alt))
                    }
                    Err(error) => {
                        self.release(&key).await;
                        Err(Refusal::from(&error))
                    }
                }
            }
        }
    }

    /// What is done is done, even if the house cannot note it: the site's key remembers a draft too.
    async fn finish<T: Serialize>(&self, key: &str, answer: &T) {
        let noted = match serde_json::to_value(answer) {
            Ok(value) => self.gateway.ledger.finish(key, &value).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = noted {
            tracing::error!(error = format!("{error:#}"), "the gateway cannot note an answer");
        }
    }

    async fn release(&self, key: &str) {
        if let Err(error) = self.gateway.ledger.release(key).await {
            tracing::error!(error = format!("{error:#}"), "the gateway cannot give a claim back");
        }
    }
}

/// Whether a draft still exists.
enum Life {
    There(Post),
    Gone(i64),
}

impl Life {
    fn of(post: Post) -> Self {
        if post.status == "trash" { Self::Gone(post.id) } else { Self::There(post) }
    }
}

fn pending() -> Refusal {
    Refusal::new("This is being done at this moment. Ask again in a few seconds.", "being done")
}

/// The draft, and what of its text was left out.
fn fresh(arguments: &CreateDraft) -> Result<(Draft, Vec<String>), String> {
    let title = line(&arguments.title, "title", 200)?;
    if title.is_empty() {
        return Err("Give the post a title.".to_owned());
    }
    let Written { blocks, notes, .. } = body(&arguments.markdown, &title)?;
    let draft = Draft { title: Some(title), content: Some(blocks), ..Draft::default() };
    Ok((with_extras(draft, &arguments.extras)?, notes))
}

fn body(markdown: &str, title: &str) -> Result<Written, String> {
    if markdown.len() > MAX_MARKDOWN {
        return Err("The text is longer than 200,000 bytes. Make it shorter or split it into two drafts.".to_owned());
    }
    let written = blocks::from_markdown(markdown, title);
    match written.blocks.len() {
        0 => Err("The text is empty. Write it as Markdown, not as HTML.".to_owned()),
        1..=blocks::MAX => Ok(written),
        _ => Err("The text has too many parts. Split it into two drafts.".to_owned()),
    }
}

/// WordPress takes the id of a picture that it does not have, and sets none.
pub(super) fn without_picture(draft: &Draft, post: &Post) -> Vec<String> {
    let missing = draft.featured_media.filter(|id| *id != post.featured_media);
    let say = |id| {
        format!(
            "The site has no picture with the id {id}, so the draft has not got it as its featured image. Put it there with \
             upload_image, then call update_draft with its id as featured_image."
        )
    };
    missing.map(say).into_iter().collect()
}

/// A draft with the fields beside its text, but for categories and tags, which the site has to be asked for.
pub(super) fn with_extras(draft: Draft, extras: &Extras) -> Result<Draft, String> {
    Ok(Draft {
        excerpt: extras.excerpt.as_deref().map(|text| line(text, "excerpt", 1_000)).transpose()?,
        featured_media: extras.featured_image.filter(|id| *id > 0),
        ..draft
    })
}
