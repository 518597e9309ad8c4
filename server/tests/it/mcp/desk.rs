//! The desk of the house, which keeps drafts in memory.

use super::change::{sum, version};
use super::house::House;
use async_trait::async_trait;
use slipway::systems::wordpress::{Desk, DeskError, Draft, Image, Listed, Login, Media, Named, Post, Taxonomy, Term};

fn post(id: i64, draft: &Draft) -> Post {
    Post {
        id,
        title: draft.title.clone().unwrap_or_default(),
        status: "draft".to_owned(),
        edit_url: format!("https://acme.example/wp-admin/post.php?post={id}&action=edit"),
        preview_url: format!("https://acme.example/?p={id}&preview=true"),
        featured_media: draft.featured_media.filter(|id| *id < 100).unwrap_or_default(),
        content: draft.content.clone(),
        modified: "2026-01-02T03:04:05".to_owned(),
        version: version(draft.content.as_deref().unwrap_or_default()),
    }
}

impl House {
    fn trouble(&self) -> Result<(), DeskError> {
        self.memory().trouble.take().map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Desk for House {
    async fn create_draft(&self, _: &Login, draft: &Draft, key: &str) -> Result<Post, DeskError> {
        self.trouble()?;
        tokio::task::yield_now().await;
        let mut memory = self.memory();
        assert!(key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit()), "{key}");
        let made = match memory.posts.iter().find(|(known, _)| known == key) {
            Some((_, post)) => post.clone(),
            None => {
                let made = post(12 + i64::try_from(memory.posts.len()).expect("few"), draft);
                memory.posts.push((key.to_owned(), made.clone()));
                made
            }
        };
        if std::mem::take(&mut memory.lose_answer) { Err(DeskError::Away("timeout".to_owned())) } else { Ok(made) }
    }
    async fn update_draft(&self, _: &Login, id: i64, change: &Draft) -> Result<Post, DeskError> {
        self.trouble()?;
        let mut memory = self.memory();
        memory.changes.push((id, change.clone()));
        let Some((_, post)) = memory.posts.iter_mut().find(|(_, p)| p.id == id) else {
            return Err(DeskError::NotFound);
        };
        let stored = post.content.clone().unwrap_or_default();
        if change.base.as_ref().is_some_and(|base| base.sum != sum(&stored)) {
            return Err(DeskError::Changed);
        }
        post.title = change.title.clone().unwrap_or_else(|| post.title.clone());
        post.content = Some(change.content.clone().unwrap_or(stored));
        post.version = version(post.content.as_deref().unwrap_or_default());
        Ok(post.clone())
    }
    async fn list_drafts(&self, _: &Login, page: u32) -> Result<Listed<Post>, DeskError> {
        self.trouble()?;
        let posts: Vec<Post> = self.memory().posts.iter().map(|(_, post)| post.clone()).collect();
        let total = Some(posts.len() as u64);
        let items = posts.into_iter().skip(20 * (page as usize - 1)).take(20).collect();
        Ok(Listed { items, total, per_page: 20 })
    }
    async fn get_post(&self, _: &Login, id: i64) -> Result<Post, DeskError> {
        self.trouble()?;
        let memory = self.memory();
        memory.posts.iter().find(|(_, p)| p.id == id).map(|(_, p)| p.clone()).ok_or(DeskError::NotFound)
    }
    async fn search_posts(&self, _: &Login, _: &str, _: u32) -> Result<Listed<Post>, DeskError> {
        self.trouble()?;
        Ok(Listed { items: Vec::new(), total: Some(0), per_page: 20 })
    }
    async fn terms(&self, _: &Login, taxonomy: Taxonomy, _: &str, _: u32) -> Result<Listed<Term>, DeskError> {
        self.trouble()?;
        let name = if taxonomy == Taxonomy::Tags { "bread" } else { "News" };
        Ok(Listed { items: vec![Term { id: 4, name: name.to_owned(), count: 2 }], total: Some(250), per_page: 100 })
    }
    async fn chosen(&self, _: &Login, taxonomy: Taxonomy, named: &[Named]) -> Result<Vec<i64>, DeskError> {
        self.trouble()?;
        let known = |one: &Named| one.id == Some(4) || one.name.as_deref() == Some("News");
        match named.iter().find(|one| taxonomy == Taxonomy::Categories && !known(one)) {
            Some(one) => Err(DeskError::NoTerm(format!("The site has no category {one:?}."))),
            None => Ok(named.iter().map(|one| one.id.unwrap_or(4)).collect()),
        }
    }
    async fn upload_image(&self, _: &Login, image: Image, key: &str) -> Result<Media, DeskError> {
        self.trouble()?;
        let mut memory = self.memory();
        let url = format!("https://acme.example/wp-content/uploads/{}", image.name);
        memory.images.entry(key.to_owned()).or_insert(image);
        if std::mem::take(&mut memory.lose_answer) {
            Err(DeskError::Away("timeout".to_owned()))
        } else {
            Ok(Media { id: 90, url })
        }
    }
}
