//! Connecting again: the old connection stays until the new one is proven, and whatever fails leaves what was there.

use super::plugin::{Plugin, ada, person, town, town_with};
use crate::sim::faults::Trouble;
use async_trait::async_trait;
use serde_json::json;
use slipway::{
    domain::{Fault, Gone, Pairing, Role, Seen, Standing, pairing::PairingStatus},
    saga::{AnyStep, Cx, Done, engine::Calm, plan::Plans},
};
use std::sync::{Arc, Mutex};

const STEPS: [&str; 4] = ["credential", "person", "access", "proof"];

/// Which step fails for good, and whether after its effect.
type Switch = Arc<Mutex<Option<(&'static str, bool)>>>;

struct Breakable(Arc<dyn AnyStep>, Switch);

impl Breakable {
    fn breaks(&self) -> Option<bool> {
        self.1.lock().expect("no test panics here").filter(|(name, _)| *name == self.name()).map(|(_, after)| after)
    }
}

#[async_trait]
impl AnyStep for Breakable {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn title(&self) -> &'static str {
        self.0.title()
    }

    fn heals(&self) -> bool {
        false
    }

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Done>, Fault> {
        if self.breaks().is_some() { Ok(Seen::Absent) } else { self.0.check(cx).await }
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Done>, Fault> {
        let Some(after) = self.breaks() else { return self.0.run(cx).await };
        if after {
            self.0.run(cx).await?;
        }
        Err(Fault::fail("broken_on_purpose", "It fails here.", "Nothing."))
    }

    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        self.0.undo(cx).await
    }
}

fn breakable(mut plans: Plans, switch: &Switch) -> Plans {
    plans.pair.nodes.iter_mut().for_each(|n| n.step = Arc::new(Breakable(n.step.clone(), switch.clone())));
    plans
}

async fn live(site: &Plugin<'_>) -> Vec<Pairing> {
    let all = site.town.stage.store.pairings(site.tenant.id).await.expect("the store works");
    all.into_iter().filter(|p| p.status != PairingStatus::Gone).collect()
}

#[tokio::test]
async fn p11_the_old_connection_stays_when_the_new_one_fails_at_any_step() {
    let switch = Switch::default();
    let town = town_with(|plans| breakable(plans, &switch)).await;
    let site = Plugin::of(&town, "acme").await;
    let old = site.connect().await;
    let world = (town.world().0.objects, town.world().1.objects);
    for (step, after) in STEPS.into_iter().flat_map(|s| [(s, false), (s, true)]) {
        let (code, question) = site.code(ada()).await;
        let (body, _) = site.handing_over(&code, &question);
        *switch.lock().expect("no test panics here") = Some((step, after));
        let said = site.worked("/connect/v1/complete", &body).await;
        assert_eq!((said.status, said.code()), (502, "pairing_failed"), "{step}, effect {after}: {}", said.data);
        *switch.lock().expect("no test panics here") = None;
        town.settle(&site.tenant, Calm).await;
        assert_eq!(live(&site).await.iter().map(|p| p.id).collect::<Vec<_>>(), [old.id], "{step}, effect {after}");
        assert!(site.draft(&old, &format!("{step} {after}")).await.0, "{step}, effect {after}");
        let drafts = |o: &String| !o.starts_with("post ") && !o.starts_with("draft ");
        let mut now = (town.world().0.objects, town.world().1.objects);
        now.0.retain(drafts);
        assert_eq!(world, now, "{step}, effect {after}");
    }
    let new = site.connect().await;
    assert_eq!(live(&site).await.iter().map(|p| p.id).collect::<Vec<_>>(), [new.id]);
    assert_eq!(site.there("password"), [format!("password {}", new.password_uuid)]);
    assert!(site.draft(&new, "with the new one").await.0);
    let old = town.pairing(old.id).await.expect("it is there");
    assert_eq!(old.note, "Replaced by a newer connection.");
}

#[tokio::test]
async fn p11_the_old_connection_works_until_the_new_one_is_proven() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let old = site.connect().await;
    let (code, question) = site.code(ada()).await;
    let (body, _) = site.handing_over(&code, &question);
    let begun = async {
        while live(&site).await.len() < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert!(site.draft(&old, "in between").await.0);
        town.settle(&site.tenant, Calm).await;
    };
    let (said, ()) = tokio::join!(site.post("/connect/v1/complete", &body), begun);
    assert_eq!(said.status, 200, "{}", said.data);
    assert_eq!(live(&site).await.len(), 1);
    let (made, _) = site.draft(&old, "for the same person in the chat").await;
    assert!(made, "the person is the same, so the chat goes on with the new one");
}

#[tokio::test]
async fn p15_two_tabs_end_in_one_connection_with_one_password() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let (one, two) = (site.code(ada()).await, site.code(ada()).await);
    let ((body_one, uuid_one), (body_two, uuid_two)) =
        (site.handing_over(&one.0, &one.1), site.handing_over(&two.0, &two.1));
    let (first, second) =
        tokio::join!(site.worked("/connect/v1/complete", &body_one), site.post("/connect/v1/complete", &body_two));
    for (said, uuid) in [(&first, uuid_one), (&second, uuid_two)] {
        if !said.ok() {
            town.wordpress.sites.revoke(site.tenant.id, uuid);
        }
    }
    town.settle(&site.tenant, Calm).await;
    let live = live(&site).await;
    assert_eq!(live.len(), 1, "{first:?} {second:?} {live:?}");
    assert_eq!(live[0].status, PairingStatus::Connected);
    assert_eq!(site.there("password"), [format!("password {}", live[0].password_uuid)]);
    let hers = town.chat.inside.memory().users.iter().filter(|u| u["oauth"]["oidc"]["sub"] == "sub-ada").count();
    assert_eq!(hers, 1);
    assert!(site.draft(&live[0], "after two tabs").await.0);
}

#[tokio::test]
async fn p15_a_double_click_and_the_back_button_change_nothing() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let question = site.press().await;
    let (one, two) = (town.house.portal_for(ada()), town.house.portal_for(ada()));
    let (yes, again) = tokio::join!(
        one.answer_consent(question.intent.clone(), true),
        two.answer_consent(question.intent.clone(), true)
    );
    assert!(yes.is_ok() ^ again.is_ok(), "{yes:?} {again:?}");
    let refused = yes.as_ref().err().or(again.as_ref().err()).expect("one was refused");
    assert_eq!(refused.code, "intent_answered");
    assert_eq!(one.consent(question.intent).await.expect_err("it is answered").code, "intent_answered");
}

#[tokio::test]
async fn p15_two_admins_have_a_connection_each_and_end_only_their_own() {
    let town = town().await;
    let mut site = Plugin::of(&town, "acme").await;
    let old = site.connect().await;
    let ben = person("ben", Standing::Person);
    site.add(&ben, Role::Admin).await;
    site.user = (9, "ben");
    let (code, question) = site.code(ben.clone()).await;
    let said = site.complete(&code, &question).await;
    town.settle(&site.tenant, Calm).await;
    assert_eq!(live(&site).await.len(), 2);
    let bens = town.house.portal_for(ben);
    bens.disconnect("acme".into(), said.pairing().to_string()).await.expect("it is his");
    town.settle(&site.tenant, Calm).await;
    assert_eq!(live(&site).await.iter().map(|p| p.id).collect::<Vec<_>>(), [old.id]);
    assert!(site.draft(&old, "still Ada's").await.0);
}

#[tokio::test]
async fn p16_what_fails_takes_its_password_back_without_the_plugin() {
    let switch = Switch::default();
    let town = town_with(|plans| breakable(plans, &switch)).await;
    let site = Plugin::of(&town, "acme").await;
    let world = (town.world().0.objects, town.world().1.objects);
    for (step, after) in STEPS.into_iter().flat_map(|s| [(s, false), (s, true)]) {
        let (code, question) = site.code(ada()).await;
        let (body, _) = site.handing_over(&code, &question);
        *switch.lock().expect("no test panics here") = Some((step, after));
        let said = site.worked("/connect/v1/complete", &body).await;
        assert_eq!((said.status, said.code()), (502, "pairing_failed"), "{step}, effect {after}");
        assert!(said.data["message"].as_str().is_some_and(|m| m.contains("It fails here.")), "{}", said.data);
        town.settle(&site.tenant, Calm).await;
        assert_eq!(world, (town.world().0.objects, town.world().1.objects), "{step}, effect {after}");
        assert!(live(&site).await.is_empty());
    }
}

/// Two flows about one person in one tenant: what the end of the old connection takes is not what the new one stands on.
#[tokio::test]
async fn p11_connecting_again_while_the_old_connection_ends_keeps_the_new_one() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let old = site.connect().await;
    town.faults.arm("DELETE /t/", Trouble::Unwell, 3);
    town.house.portal_for(ada()).disconnect("acme".into(), old.id.to_string()).await.expect("it may");
    town.stage.engine(Calm).drive(site.tenant.id).await.expect("the store works");
    assert_eq!(town.pairing(old.id).await.map(|p| p.status), Some(PairingStatus::Leaving), "the site is away");
    let new = site.connect().await;
    town.settle(&site.tenant, Calm).await;
    assert_eq!(
        live(&site).await.iter().map(|p| (p.id, p.status)).collect::<Vec<_>>(),
        [(new.id, PairingStatus::Connected)]
    );
    assert!(site.draft(&new, "after the old one ended").await.0);
    let groups = town.chat.inside.memory().groups.clone();
    assert_eq!(groups.iter().map(|g| &g["members"]).collect::<Vec<_>>(), [&json!([new.chat_user])], "in the group");
    // Elsewhere the same person's connection ends, and that is nobody's business here.
    let globex = Plugin::of(&town, "globex").await;
    let there = globex.connect().await;
    town.house.portal_for(ada()).disconnect("globex".into(), there.id.to_string()).await.expect("it may");
    let again = site.connect().await;
    town.settle(&globex.tenant, Calm).await;
    town.settle(&site.tenant, Calm).await;
    assert_eq!(live(&site).await.iter().map(|p| p.id).collect::<Vec<_>>(), [again.id]);
    assert!(site.draft(&again, "after the other tenant's ended").await.0 && live(&globex).await.is_empty());
}
