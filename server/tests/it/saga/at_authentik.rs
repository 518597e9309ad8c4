//! The generic proofs once more with the step Identity at Authentik: stopped at every point, run twice, failing anywhere and
//! in bad weather it leaves exactly what an undisturbed run leaves; and people and losses are put right by the looks.

use super::proofs::{Broken, Once, POINTS, TENANT, Twice, down, each, life};
use crate::{sim::authentik::AuthentikSim, stage::town::Town};
use slipway::{
    domain::{Actor, Clock as _, Email, Fact, Flow, Role, Tenant, invitation::HOLDS, tenant::Status},
    saga::{AnyStep, engine::Calm, plan::Plans},
    store::Store,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

async fn town(change: impl FnOnce(Plans) -> Plans) -> Town {
    let store = Store::open("sqlite::memory:").await.expect("memory is there");
    let town = Town::at_authentik(store, change).await;
    for (pk, email) in [(5, "ada@example.org"), (6, "ben@example.org")] {
        town.authentik.inside.memory().person(pk, email);
    }
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_point_leaves_what_an_undisturbed_run_leaves() {
    let calm = life(&town(|p| p).await, Once::default).await;
    assert!(calm[0].0.objects.contains("provider wp-acme"), "{:?}", calm[0].0);
    assert!(calm[3].0.objects.is_empty() && calm[3].1.objects.is_empty(), "{:?}", calm[3]);
    for point in POINTS {
        for undo in [false, true] {
            let struck = Arc::new(AtomicBool::new(false));
            let at = Some((point, "identity", undo));
            let crashed = life(&town(|p| p).await, || Once(at, struck.clone())).await;
            assert!(struck.load(Ordering::SeqCst), "no crash at {at:?}");
            assert_eq!(calm, crashed, "after a crash at {at:?}");
        }
    }
    let twice = town(|p| each(p, |step| Arc::new(Twice(step)))).await;
    assert_eq!(calm, life(&twice, Once::default).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_at_any_step_unwinds_to_nothing() {
    for (at, after) in TENANT.into_iter().flat_map(|s| [(s, false), (s, true)]) {
        let breaking = |step: Arc<dyn AnyStep>| -> Arc<dyn AnyStep> {
            if step.name() == at { Arc::new(Broken { step, after }) } else { step }
        };
        let town = town(|p| each(p, breaking)).await;
        let tenant = town.order("acme").await;
        town.settle(&tenant, Calm).await;
        assert_eq!(town.stage.status(tenant.id).await, Status::NeedsAttention, "{at}");
        down(&town, &tenant, Once::default()).await;
        town.assert_empty(&format!("after {at} failed, effect {after}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn weather_delays_but_changes_nothing() {
    let calm = life(&town(|p| p).await, Once::default).await;
    for seed in 0..6 {
        let town = town(|p| p).await;
        town.faults.weather(seed, 150);
        let stormy = life(&town, Once::default).await;
        assert_eq!(calm[1].0.objects.len(), stormy[1].0.objects.len(), "seed {seed}");
        town.assert_empty(&format!("seed {seed}"));
    }
}

fn people(sim: &AuthentikSim) -> (Vec<i64>, Vec<i64>) {
    let memory = sim.inside.memory();
    (memory.people_of("tenant-acme"), memory.people_of("tenant-acme-admins"))
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_follow_the_people_and_mend_what_was_lost() {
    let town = town(|p| p).await;
    let tenant = town.order("acme").await;
    town.settle(&tenant, Calm).await;
    assert_eq!(people(&town.authentik), (vec![5], vec![5]), "Ada is the first admin");

    let ben = Email::parse("ben@example.org").expect("an address");
    let entry = town.house.entry(&Actor::CommandLine, "member.put", Some(&tenant), true, "");
    town.stage.store.put_member(tenant.id, &ben, Role::Member, &entry).await.expect("the store works");
    town.settle(&tenant, Calm).await;
    assert_eq!(people(&town.authentik), (vec![5, 6], vec![5]));
    town.stage.store.remove_member(tenant.id, &ben, &entry).await.expect("the store works");
    town.settle(&tenant, Calm).await;
    assert_eq!(people(&town.authentik), (vec![5], vec![5]));

    let before = town.authentik.inside.memory().one("provider", "wp-acme").clone();
    for kind in ["provider", "group", "application", "binding"] {
        town.authentik.inside.memory().rows.get_mut(kind).expect("it was made").clear();
        town.settle(&tenant, Calm).await;
        assert_eq!(town.stage.status(tenant.id).await, Status::Ready, "{kind}");
    }
    let after = town.authentik.inside.memory().one("provider", "wp-acme").clone();
    assert_eq!((&before["client_id"], &before["client_secret"]), (&after["client_id"], &after["client_secret"]));
    let log = town.stage.store.log(tenant.id).await.expect("the store works");
    let drifts = log.iter().filter(|e| matches!(&e.fact, Fact::Drifted { what, .. } if what.contains("In Authentik")));
    assert_eq!(drifts.count(), 6, "each is in the log");
}

/// The portal's account sees what it made only once its permissions have come, and they come in a transaction of their own.
async fn cut_short() -> (Town, slipway::domain::Tenant) {
    let town = town(|p| p).await;
    {
        let mut memory = town.authentik.inside.memory();
        (memory.narrow, memory.struck) = (true, ["group"].into());
    }
    let tenant = town.order("acme").await;
    town.settle(&tenant, Calm).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::NeedsAttention);
    (town, tenant)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_is_hidden_from_its_maker_waits_for_a_person_and_heals() {
    let (town, tenant) = cut_short().await;
    let log = town.stage.store.log(tenant.id).await.expect("the store works");
    let failed = log.iter().find_map(|e| match &e.fact {
        Fact::Failed { code, say, .. } => Some((code.as_str(), say.as_str())),
        _ => None,
    });
    assert!(
        failed.is_some_and(|(code, say)| code == "identity_hidden" && say.contains("group tenant-acme")),
        "{failed:?}"
    );
    town.authentik.inside.memory().grant("group", "tenant-acme");
    town.retry(&tenant, "identity").await;
    town.settle(&tenant, Calm).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::Ready);
    down(&town, &tenant, Once::default()).await;
    town.assert_empty("after it healed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_says_what_could_not_be_seen() {
    let (town, tenant) = cut_short().await;
    down(&town, &tenant, Once::default()).await;
    let left = town.effects.world().objects;
    assert_eq!(left.into_iter().collect::<Vec<_>>(), ["group tenant-acme"], "it is there, and hidden");
    let log = town.stage.store.log(tenant.id).await.expect("the store works");
    let told = log.iter().find_map(|e| match &e.fact {
        Fact::Undone { seen, unseen } if e.step == "identity" => Some((seen.clone(), unseen.clone())),
        _ => None,
    });
    let (seen, unseen) = told.expect("it is undone");
    assert!(seen.is_empty() && unseen.contains("tenant-acme is taken"), "{seen} {unseen}");
    let olivia = crate::connect::plugin::person("olivia", slipway::domain::Standing::Operator);
    let page = town.house.portal_for(olivia).tenant("acme".into()).await.expect("she may");
    let step = page.timeline.ranks.iter().flatten().find(|s| s.name == "identity").expect("it is told");
    assert_eq!(step.status, app::model::timeline::StepStatus::Unseen);
    assert!(step.note.starts_with("Could not be seen: "), "{}", step.note);
    let word = step.log.last().map(|line| (line.text.as_str(), line.tone.as_str()));
    assert_eq!(word, Some((step.note.as_str(), "attention")));
}

/// The path of the link in a letter, and its sealed text.
fn link(text: &str) -> String {
    let at = text.find("/invitations/").expect("it leads through the portal");
    let link: String = text[at..].chars().take_while(|c| !c.is_whitespace() && *c != '"').collect();
    link.strip_prefix("/invitations/").expect("a link").to_owned()
}

fn letters(town: &Town) -> Vec<String> {
    let files = std::fs::read_dir(town.letters.path()).expect("a folder");
    files
        .map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("text").replace("=\r\n", ""))
        .collect()
}

/// The letter's link has no token of the provider. It leads to where an account is made as long as there is none, and to
/// the sign-in afterwards, by whichever of two letters.
async fn invite(town: &Town, tenant: &Tenant, email: &Email) {
    let now = town.stage.clock.now();
    let mut held = town.stage.store.hold(tenant.id).await.expect("the store works").expect("it is there");
    held.invite(email, Role::Member, "ada@example.org", now, now.plus(HOLDS)).await.expect("the store works");
    held.commit(None).await.expect("the store works");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_leads_to_an_account_and_then_to_the_sign_in() {
    let town = town(|p| p).await;
    let nina = Email::parse("nina@example.org").expect("an address");
    let mut links = Vec::new();
    for slug in ["acme", "globex"] {
        let tenant = town.order(slug).await;
        town.settle(&tenant, Calm).await;
        invite(&town, &tenant, &nina).await;
        town.house.carry_due().await.expect("the store works");
        let to_nina = |text: &String| text.contains("nina@example.org") && text.contains(&format!("to {slug}"));
        let letter = letters(&town).into_iter().find(to_nina).expect("it was written");
        assert!(!letter.contains("itoken"), "{letter}");
        links.push((tenant, link(&letter)));
    }
    let follow = async |sealed: &str| town.house.follow_invitation(sealed).await.expect("it is there");
    for (tenant, sealed) in &links {
        for _ in 0..2 {
            assert!(follow(sealed).await.starts_with("https://sso.example/if/flow/"), "opened twice it works twice");
        }
        // The invitation went, as an older Slipway ended it: it is made anew when she comes.
        town.authentik.inside.memory().rows.get_mut("invitation").expect("they are there").clear();
        assert!(follow(sealed).await.contains("?itoken="), "{}", tenant.slug);
        assert!(!sealed.contains("acme") && sealed.len() < 600, "{sealed}");
    }
    let way = follow(&links[0].1).await;
    let invitation = town.authentik.inside.memory().open(way.split_once("itoken=").expect("a link").1).expect("open");
    assert!(town.authentik.inside.memory().enrol(&invitation, 20));
    for (tenant, sealed) in &links {
        assert_eq!(follow(sealed).await, format!("/tenants/{}", tenant.slug), "she has an account now");
        town.settle(tenant, Calm).await;
    }
    assert!(town.authentik.inside.memory().rows["invitation"].is_empty(), "and both invitations have ended");
    for nonsense in ["", "a", &"a".repeat(5000), &links[0].1[1..]] {
        assert_eq!(follow(nonsense).await, "/");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_opens_nothing_once_the_place_is_gone_or_its_time_is_over() {
    let town = town(|p| p).await;
    let tenant = town.order("acme").await;
    town.settle(&tenant, Calm).await;
    let mut sealed = Vec::new();
    for email in ["nina@example.org", "otto@example.org"].map(|text| Email::parse(text).expect("an address")) {
        invite(&town, &tenant, &email).await;
        town.house.carry_due().await.expect("the store works");
        let letter = letters(&town).into_iter().find(|text| text.contains(email.as_str())).expect("it was written");
        sealed.push(link(&letter));
    }
    let open = |town: &Town| town.authentik.inside.memory().rows["invitation"].len();
    let nina = Email::parse("nina@example.org").expect("an address");
    let entry = town.house.entry(&Actor::CommandLine, "member.remove", Some(&tenant), true, "");
    town.stage.store.remove_member(tenant.id, &nina, &entry).await.expect("the store works");
    town.settle(&tenant, Calm).await;
    assert_eq!(open(&town), 1, "Nina's is withdrawn");
    let follow = async |sealed: &str| town.house.follow_invitation(sealed).await.expect("it is there");
    assert_eq!(follow(&sealed[0]).await, "/tenants/acme");
    assert_eq!(open(&town), 1, "and not made again");
    assert!(follow(&sealed[1]).await.contains("itoken="));
    town.stage.clock.by(HOLDS);
    assert_eq!(follow(&sealed[1]).await, "/tenants/acme");
    town.reverse(&tenant, Flow::Tenant).await;
    town.settle(&tenant, Calm).await;
    assert_eq!(follow(&sealed[1]).await, "/");
}
