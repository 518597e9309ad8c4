//! Port: a tenant's WordPress as the portal talks to it: as the portal (site secret) and for one person (their
//! application password, narrowed by the site to reading, drafts and uploads).

use crate::domain::{At, Fault, Seen, person::Member};
use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

pub mod rest;

/// A site with the secret shared with it.
#[derive(Debug, Clone)]
pub struct Site {
    /// Address under which the portal reaches it, without trailing slash.
    pub address: String,
    /// Registered public address: what the site must believe of itself.
    pub site_url: String,
    /// Site secret.
    pub secret: SecretString,
}

/// What the plugin says of its site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// WordPress version.
    pub wordpress: String,
    /// Plugin version.
    pub plugin: String,
    /// PHP version.
    pub php: String,
    /// Base of the REST routes, with trailing slash, as the portal reaches them.
    pub rest_url: String,
    /// Accounts of the site itself, administrators first. Older plugins do not say, and older logs do not know.
    #[serde(default)]
    pub locals: Locals,
}

impl About {
    /// How many of the accounts that nobody here knows administer the site.
    pub fn unknown_administrators(&self) -> usize {
        self.locals.accounts.iter().filter(|account| account.administrator).count()
    }
}

/// Accounts that were made in WordPress and are nobody's by single sign-on; the one for emergencies is not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locals {
    /// At most 20.
    pub accounts: Vec<LocalAccount>,
    /// There are others besides.
    pub more: bool,
}

/// An account of the site itself that may write or administer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalAccount {
    /// WordPress user id.
    pub id: i64,
    /// Login.
    pub login: String,
    /// May administer the site, or make itself an administrator.
    pub administrator: bool,
    /// Its roles in WordPress's words; may be empty.
    pub role: String,
    /// Seconds since 1970 when it was made.
    pub since: i64,
    /// It held the address of somebody who came by single sign-on, and has none any more.
    pub moved: bool,
}

/// One person's credential at one site.
#[derive(Debug, Clone)]
pub struct Login {
    /// Registered public address, without trailing slash: where links for people lead.
    pub site_url: String,
    /// Base of the REST routes, as the portal reaches them.
    pub rest_url: String,
    /// WordPress login.
    pub user: String,
    /// Application password.
    pub password: SecretString,
}

/// What WordPress says of a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introspection {
    /// WordPress user id.
    pub user_id: i64,
    /// Login.
    pub login: String,
    /// Id of the application password.
    pub password_uuid: String,
    /// `app_id` of the application password.
    pub app_id: String,
    /// May write drafts.
    pub edit_posts: bool,
    /// May publish or manage: must be `false` for a narrowed credential.
    pub too_much: bool,
}

/// WordPress as the portal sets it up and checks it.
#[async_trait]
pub trait WordPress: Send + Sync {
    /// Looks, changes nothing. `Drifted` when the site believes in another address, application passwords are off, or
    /// somebody may come in who is not among `people`, or in another role or with another address. People are told apart
    /// by their subject alone.
    async fn look(&self, site: &Site, people: &[Member]) -> Result<Seen<About>, Fault>;
    /// Endpoint of the site's own MCP server (wordpress-mcp), as whoever reaches the site reaches it.
    ///
    /// # Errors
    /// The site's routes are at no web address.
    fn tools_url(&self, about: &About) -> Result<String, Fault>;
    /// Sets the title, puts out whoever is not among `people`, and looks. Whoever the portal sent to the site after `at`,
    /// when the people were read, stays: the list cannot know them.
    async fn ensure(&self, site: &Site, title: &str, people: &[Member], at: At) -> Result<Seen<About>, Fault>;
    /// Ends an account of the site itself: signed out everywhere, no password opens it, no role. Gone already is success.
    async fn end_account(&self, site: &Site, account: &LocalAccount) -> Result<(), Fault>;
    /// Looks a credential up at the site it belongs to. `Ok(None)`: the site does not accept it (revoked or wrong).
    async fn introspect(&self, login: &Login) -> Result<Option<Introspection>, Fault>;
    /// Lets the credential delete itself and sees that it is refused afterwards. Already gone is success.
    async fn revoke(&self, login: &Login, password_uuid: &str) -> Result<(), Fault>;
}

/// What a person may do through the chat.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Makes a draft; the same `key` (64 hex) by the same person gives the same draft.
    async fn create_draft(&self, login: &Login, draft: &Draft, key: &str) -> Result<Post, DeskError>;
    /// Changes a draft of their own. Only the fields that are given.
    async fn update_draft(&self, login: &Login, id: i64, change: &Draft) -> Result<Post, DeskError>;
    /// Their own drafts, newest first.
    async fn list_drafts(&self, login: &Login, page: u32) -> Result<Listed<Post>, DeskError>;
    /// One post they may read.
    async fn get_post(&self, login: &Login, id: i64) -> Result<Post, DeskError>;
    /// Published posts that contain the words.
    async fn search_posts(&self, login: &Login, words: &str, page: u32) -> Result<Listed<Post>, DeskError>;
    /// Categories or tags, the most used ones first.
    async fn terms(&self, login: &Login, taxonomy: Taxonomy, words: &str, page: u32)
    -> Result<Listed<Term>, DeskError>;
    /// The ids of the categories or tags that a draft names. A tag that is not there is made; a category is refused.
    async fn chosen(&self, login: &Login, taxonomy: Taxonomy, named: &[Named]) -> Result<Vec<i64>, DeskError>;
    /// Puts a picture into the library; the same `key` (64 hex) by the same person gives the same picture.
    async fn upload_image(&self, login: &Login, image: Image, key: &str) -> Result<Media, DeskError>;
}

/// Fields of a draft; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// Title, plain text.
    pub title: Option<String>,
    /// Gutenberg blocks.
    pub content: Option<String>,
    /// Excerpt, plain text.
    pub excerpt: Option<String>,
    /// Category ids.
    pub categories: Option<Vec<i64>>,
    /// Tag ids.
    pub tags: Option<Vec<i64>>,
    /// Media id of the featured image.
    pub featured_media: Option<i64>,
    /// The stored text that the new one was made from. Only in changes.
    pub base: Option<Base>,
}

/// The stored text that a change was made from. The site refuses the change when its text is another one by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// SHA-256 of the stored text, hexadecimal.
    pub sum: String,
    /// What was carried over: where it is in the new text, where it was in the stored one, and its length, bytes. The
    /// site keeps it from its filters, which would take out what this person may not write but somebody else did.
    pub kept: Vec<[usize; 3]>,
}

/// A post as the chat may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Id.
    pub id: i64,
    /// Title, plain text.
    pub title: String,
    /// "draft", "publish", …
    pub status: String,
    /// Where a person edits it.
    pub edit_url: String,
    /// Where a person sees it.
    pub preview_url: String,
    /// Text; only where one post was asked for.
    pub content: Option<String>,
    /// Last change, as WordPress says it (UTC).
    pub modified: String,
    /// Stands for the text as it is stored; empty where this person may not change it.
    #[serde(default)]
    pub version: String,
    /// Media id of its featured image; 0 for none.
    #[serde(default)]
    pub featured_media: i64,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// How many there are in all, if the site says so.
    pub total: Option<u64>,
    /// How many fit on a page.
    pub per_page: u32,
}

/// A category or tag as somebody names it. A number in a text may be either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: Option<i64>,
    /// Its name.
    pub name: Option<String>,
}

/// How many hexadecimal digits of the text's hash a version has.
pub const VERSION: usize = 16;

/// Categories or tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taxonomy {
    /// `category`
    Categories,
    /// `post_tag`
    Tags,
}

/// A category or tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Id, to be used in a draft.
    pub id: i64,
    /// Name.
    pub name: String,
    /// How many posts have it.
    pub count: i64,
}

/// A picture to upload, written anew by us: nothing but the picture is in it.
#[derive(Debug, Clone)]
pub struct Image {
    /// File name.
    pub name: String,
    /// `image/png` or `image/jpeg`.
    pub mime: String,
    /// Alternative text.
    pub alt: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A picture in the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Id.
    pub id: i64,
    /// Address.
    pub url: String,
}

/// Why the desk refused; the words are for the model and its person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// The site no longer accepts the credential.
    #[error("The site no longer accepts this connection. Open WordPress, then Slipway, and connect again.")]
    Revoked,
    /// WordPress said no, in its own words.
    #[error("WordPress refused: {0}")]
    Refused(String),
    /// Not there, or not this person's.
    #[error("There is no such post, or it is not yours.")]
    NotFound,
    /// The text is no longer the one that the change was made from.
    #[error(
        "The draft was changed by somebody since it was read, so nothing was written. Read it again with get_post, then \
         make the change."
    )]
    Changed,
    /// A category or tag that is not there, in whole sentences.
    #[error("{0}")]
    NoTerm(String),
    /// The site does not answer properly.
    #[error("The site does not answer now ({0}). Nothing was lost; send the message again in a minute.")]
    Away(String),
}
