//! One call, in the order that safety asks for: who, how often, whose site, then the deed, then the audit.

use super::CallRecord;
use super::answer::{Answer, Refusal};
use super::arguments::{
    CreateDraft, Extras, GetPost, ListDrafts, ListTerms, SearchPosts, UpdateDraft, UploadImage, line, named, page,
};
use super::misfit::parsed;
use super::server::Server;
use super::tools::Tool;
use super::visitor::{Visitor, Who};
use crate::domain::pairing::PairingStatus;
use crate::domain::tenant::Status;
use crate::domain::{Pairing, Tenant};
use crate::systems::wordpress::{DeskError, Draft, Login, Taxonomy};
use rmcp::model::{CallToolResult, JsonObject};
use std::time::Duration;

/// Time for WordPress, shorter than the door's, so that the model hears why.
const LIMIT: Duration = Duration::from_secs(50);

/// A person with their key in hand.
pub(super) struct Guest<'a> {
    pub(super) visitor: &'a Visitor,
    pub(super) id: &'a str,
    pub(super) pairing: Pairing,
    pub(super) login: Login,
}

impl Server {
    /// Does a call and writes it down.
    pub(super) async fn call(&self, visitor: &Visitor, tool: Tool, arguments: JsonObject) -> CallToolResult {
        let begun = self.gateway.clock.now();
        let mut who = match &visitor.who {
            Who::Person { email, .. } => email.clone(),
            Who::Probe | Who::Nobody(_) => String::new(),
        };
        let outcome = match self.admit(visitor).await {
            Ok(guest) => {
                who = guest.pairing.email.to_string();
                self.serve(&guest, tool, arguments).await
            }
            Err(refusal) => Err(refusal),
        };
        let (allowed, detail, result) = match outcome {
            Ok(answer) => (true, answer.detail.clone(), answer.result()),
            Err(refusal) => (false, refusal.detail.clone(), refusal.result()),
        };
        let chat_user = match &visitor.who {
            Who::Person { id, .. } => id.clone(),
            Who::Probe | Who::Nobody(_) => String::new(),
        };
        let ms = i64::try_from(self.gateway.clock.now().since(begun).as_millis()).unwrap_or(i64::MAX);
        metrics::counter!("slipway_gateway_calls_total", "tool" => tool.name(), "allowed" => if allowed { "yes" } else { "no" })
            .increment(1);
        let record =
            CallRecord { tenant: visitor.tenant.id, who, chat_user, tool: tool.name().to_owned(), allowed, detail, ms };
        self.gateway.ledger.record(&record).await;
        result
    }

    /// Lets the person in whose pairing is sound.
    async fn admit<'a>(&self, visitor: &'a Visitor) -> Result<Guest<'a>, Refusal> {
        let tenant = &visitor.tenant;
        let id = match &visitor.who {
            Who::Person { id, .. } => id.as_str(),
            Who::Probe => return Err(Refusal::new("A probe may look and do nothing.", "probe")),
            Who::Nobody(doubt) => return Err(Refusal::new(doubt.say(), doubt.word())),
        };
        let paced = self.gateway.count_person(tenant.id, id).await.map_err(|error| trouble(&error))?;
        paced.map_err(|wait| {
            let say = format!("These were too many calls. Try again in {} s.", wait.as_secs() + 1);
            Refusal::new(say, "too many calls")
        })?;
        if matches!(tenant.status, Status::Suspended | Status::Deleting | Status::Deleted) {
            let say = format!("The site of {} is switched off at the moment. Nothing was done.", tenant.name);
            return Err(Refusal::new(say, "tenant switched off"));
        }
        let found = self.gateway.ledger.login(tenant, id).await.map_err(|error| trouble(&error))?;
        let Some((pairing, login)) = found else { return Err(unpaired(tenant, "no pairing")) };
        match pairing.status {
            PairingStatus::Connected | PairingStatus::Working => Ok(Guest { visitor, id, pairing, login }),
            PairingStatus::Broken => Err(unpaired(tenant, "pairing broken")),
            PairingStatus::SafeMode => Err(unpaired(tenant, "pairing in safe mode")),
            PairingStatus::Leaving | PairingStatus::Gone => Err(unpaired(tenant, "pairing ended")),
        }
    }

    async fn serve(&self, guest: &Guest<'_>, tool: Tool, arguments: JsonObject) -> Result<Answer, Refusal> {
        let schema = tool.schema();
        match tool {
            Tool::CreateDraft => self.create_draft(guest, &parsed::<CreateDraft>(arguments, &schema)?).await,
            Tool::UpdateDraft => self.update_draft(guest, parsed::<UpdateDraft>(arguments, &schema)?).await,
            Tool::UploadImage => self.upload_image(guest, parsed::<UploadImage>(arguments, &schema)?).await,
            Tool::ListCategories => self.terms(guest, Taxonomy::Categories, tool, parsed(arguments, &schema)?).await,
            Tool::ListTags => self.terms(guest, Taxonomy::Tags, tool, parsed(arguments, &schema)?).await,
            Tool::ListDrafts => {
                let page = page(parsed::<ListDrafts>(arguments, &schema)?.page);
                let posts = self.ask(guest, self.gateway.desk.list_drafts(&guest.login, page)).await?;
                Ok(Answer::posts(&posts, "Drafts", page, tool.name()))
            }
            Tool::GetPost => {
                let GetPost { id } = parsed(arguments, &schema)?;
                let post = self.ask(guest, self.gateway.desk.get_post(&guest.login, id)).await?;
                super::change::shown(post).await
            }
            Tool::SearchPosts => {
                let SearchPosts { words, page: number } = parsed(arguments, &schema)?;
                let words = line(&words, "search", 200).map_err(Refusal::arguments)?;
                let page = page(number);
                let posts = self.ask(guest, self.gateway.desk.search_posts(&guest.login, &words, page)).await?;
                Ok(Answer::posts(&posts, "Posts", page, tool.name()))
            }
        }
    }

    async fn terms(
        &self,
        guest: &Guest<'_>,
        taxonomy: Taxonomy,
        tool: Tool,
        list: ListTerms,
    ) -> Result<Answer, Refusal> {
        let words = line(list.words.as_deref().unwrap_or_default(), "search", 200).map_err(Refusal::arguments)?;
        let page = page(list.page);
        let terms = self.ask(guest, self.gateway.desk.terms(&guest.login, taxonomy, &words, page)).await?;
        let what = if taxonomy == Taxonomy::Tags { "tags" } else { "categories" };
        Ok(Answer::terms(&terms, what, page, tool.name()))
    }

    /// The draft with the ids of the categories and tags that it names.
    pub(super) async fn with_terms(&self, guest: &Guest<'_>, draft: Draft, extras: &Extras) -> Result<Draft, Refusal> {
        let chosen = [(Taxonomy::Categories, &extras.categories, "categories"), (Taxonomy::Tags, &extras.tags, "tags")];
        let mut ids = [None, None];
        for (place, (taxonomy, given, what)) in chosen.into_iter().enumerate() {
            if let Some(named) = named(given.as_deref(), what).map_err(Refusal::arguments)? {
                ids[place] = Some(self.ask(guest, self.gateway.desk.chosen(&guest.login, taxonomy, &named)).await?);
            }
        }
        let [categories, tags] = ids;
        Ok(Draft { categories, tags, ..draft })
    }

    /// Asks WordPress within the time limit, and tells the house when it refused the credential.
    pub(super) async fn ask<T>(
        &self,
        guest: &Guest<'_>,
        question: impl Future<Output = Result<T, DeskError>>,
    ) -> Result<T, Refusal> {
        let answer = self.try_ask(guest, question).await;
        answer.map_err(|error| Refusal::from(&error))
    }

    /// The same with the site's own error.
    pub(super) async fn try_ask<T>(
        &self,
        guest: &Guest<'_>,
        question: impl Future<Output = Result<T, DeskError>>,
    ) -> Result<T, DeskError> {
        let answer = match tokio::time::timeout(LIMIT, question).await {
            Ok(answer) => answer,
            Err(_) => Err(DeskError::Away("it took longer than 50 seconds".to_owned())),
        };
        if answer.as_ref().is_err_and(|error| *error == DeskError::Revoked) {
            self.gateway.ledger.broken(&guest.pairing, "WordPress refused the credential.").await;
        }
        answer
    }
}

fn unpaired(tenant: &Tenant, detail: &str) -> Refusal {
    let say = format!(
        "This person's WordPress account at {} is not connected with the chat. Tell them: open \
         {}/wp-admin/admin.php?page=slipway-connect (in WordPress: Slipway), press Connect, and \
         send the message again.",
        tenant.name, tenant.site_url
    );
    Refusal::new(say, detail)
}

/// The house itself cannot. The reason stays in its log.
pub(super) fn trouble(error: &anyhow::Error) -> Refusal {
    tracing::error!(error = format!("{error:#}"), "the gateway cannot ask the house");
    Refusal::new(
        "Slipway cannot do this right now. Nothing was lost; send the message again in a minute.",
        "trouble in the house",
    )
}
