//! The scenes of the gallery: which page, who looks, and what is wrong.

use crate::data::{self, MINUTE, NOW};
use app::context::Unconfirmed;
use app::model::{
    oops::{FieldError, Oops},
    person::{Me, Standing},
    tenant::OrderForm,
};

/// One picture of the gallery.
#[derive(Clone)]
pub(crate) struct Scene {
    /// File name.
    pub(crate) name: &'static str,
    /// Path and query.
    pub(crate) path: &'static str,
    /// Who looks.
    pub(crate) who: Option<Me>,
    /// A form was refused.
    pub(crate) refused: Option<(Oops, Option<OrderForm>)>,
    /// The sign-in service does not answer: when it last did, and until when the standing holds.
    pub(crate) unconfirmed: Option<Unconfirmed>,
    /// There is nothing, or nothing matches.
    pub(crate) empty: bool,
    /// The portal refuses to answer.
    pub(crate) fails: Option<Oops>,
    /// Every text that the portal tells has markup in it.
    pub(crate) marked: bool,
}

/// All scenes.
pub(crate) fn scenes() -> Vec<Scene> {
    [lists(), orders(), tenants(), others()].concat()
}

fn scene(name: &'static str, path: &'static str, who: Option<Me>) -> Scene {
    Scene { name, path, who, refused: None, unconfirmed: None, empty: false, fails: None, marked: false }
}

fn empty(name: &'static str, path: &'static str, who: Option<Me>) -> Scene {
    Scene { empty: true, ..scene(name, path, who) }
}

fn fails(name: &'static str, path: &'static str, who: Option<Me>, oops: Oops) -> Scene {
    Scene { fails: Some(oops), ..scene(name, path, who) }
}

/// While the sign-in service does not answer.
fn unheard(name: &'static str, who: Option<Me>, until: Option<i64>, over: bool) -> Scene {
    let unconfirmed = Some(Unconfirmed { confirmed: NOW - 20 * MINUTE, until, over });
    Scene { unconfirmed, ..scene(name, "/tenants", who) }
}

fn olivia() -> Option<Me> {
    Some(data::me("Olivia Hart", Standing::Operator))
}

fn ada() -> Option<Me> {
    Some(data::me("Ada Byrne", Standing::Person))
}

fn mia() -> Option<Me> {
    Some(data::me("Mia Lindt", Standing::Person))
}

fn ben() -> Option<Me> {
    Some(data::me("Ben Okafor", Standing::Auditor))
}

fn lists() -> Vec<Scene> {
    vec![
        scene("welcome", "/welcome?to=/tenants/acme", None),
        scene("signed-out", "/signed-out", None),
        scene("tenants", "/tenants", olivia()),
        scene("tenants-done", "/tenants?done=retried&page=2", olivia()),
        scene("tenants-member", "/tenants", ada()),
        empty("tenants-empty", "/tenants", olivia()),
        empty("tenants-none-yours", "/tenants", mia()),
        empty("tenants-no-match", "/tenants?q=zebra&state=ready", olivia()),
    ]
}

fn orders() -> Vec<Scene> {
    let (bad_order, typed) = data::refused_order();
    vec![
        scene("new", "/tenants/new", olivia()),
        scene(
            "new-preview",
            "/tenants/new?name=Quayside+Books&slug=quayside-books&plan=medium&admin_email=ada@example.org",
            olivia(),
        ),
        Scene { refused: Some((bad_order, Some(typed))), ..scene("new-refused", "/tenants/new", olivia()) },
        fails("new-denied", "/tenants/new", ada(), Oops::forbidden()),
    ]
}

fn tenants() -> Vec<Scene> {
    let say = "Nothing was removed. What was typed is not the slug.";
    let mut wrong = Oops::new(422, "typed_wrong", say, "Type harbor-bakery exactly, then press Stop and undo.");
    wrong.fields.push(FieldError { field: "typed".to_owned(), say: "“harbor” is not harbor-bakery.".to_owned() });
    vec![
        scene("tenant-provisioning", "/tenants/harbor-bakery?done=ordered", olivia()),
        Scene { refused: Some((wrong, None)), ..scene("tenant-refused", "/tenants/harbor-bakery", olivia()) },
        scene("tenant-attention", "/tenants/northwind", olivia()),
        scene("tenant-attention-member", "/tenants/northwind", ada()),
        scene("tenant-degraded", "/tenants/fernhill-school", olivia()),
        scene("tenant-ready", "/tenants/acme", olivia()),
        scene("tenant-ready-admin", "/tenants/acme", ada()),
        scene("tenant-ready-member", "/tenants/acme", mia()),
        scene("tenant-ready-auditor", "/tenants/acme", ben()),
        scene("tenant-lonely", "/tenants/lonely", ada()),
        scene("tenant-deleting", "/tenants/saltmarsh-tours?done=removing", olivia()),
        scene("tenant-deleted", "/tenants/orchard-and-vine", olivia()),
    ]
}

fn others() -> Vec<Scene> {
    let say = "The chat did not answer in 10 s. Nothing was changed, and the old credential still works.";
    let chat = Oops::new(503, "chat_no_answer", say, "Try again in a minute.");
    let mut name = Oops::new(422, "token_refused", "The token cannot be made as it is.", "Correct the marked field.");
    let say = "You have a token of this name. Choose another one, or revoke that one first.";
    name.fields.push(FieldError { field: "name".to_owned(), say: say.to_owned() });
    vec![
        scene("activity", "/activity", olivia()),
        empty("activity-empty", "/activity", olivia()),
        empty("activity-no-match", "/activity?tenant=zebra", olivia()),
        scene("audit", "/audit", ben()),
        scene("audit-filtered", "/audit?who=olivia&since=2026-11-01&refused=1", ben()),
        empty("audit-no-match", "/audit?who=zebra", ben()),
        scene("systems", "/systems", olivia()),
        fails("systems-denied", "/systems", mia(), Oops::forbidden()),
        scene("tokens", "/tokens", olivia()),
        scene("tokens-made", "/tokens", olivia()),
        scene("tokens-admin", "/tokens?done=revoked", ada()),
        empty("tokens-empty", "/tokens", olivia()),
        Scene { refused: Some((name, None)), ..scene("tokens-refused", "/tokens", olivia()) },
        scene("account", "/account", olivia()),
        scene("sessions", "/sessions", olivia()),
        scene("sessions-auditor", "/sessions?done=person-ended", ben()),
        empty("sessions-no-match", "/sessions?q=zebra", olivia()),
        unheard("unheard", olivia(), Some(NOW + 25 * MINUTE), false),
        unheard("unheard-over", ada(), Some(NOW - MINUTE), true),
        unheard("unheard-member", ada(), None, false),
        scene("consent", "/connect/01JDA52K", ada()),
        scene("people", "/people", olivia()),
        fails("not-found", "/tenants/zebra", ada(), Oops::not_found()),
        scene("no-page", "/nowhere", olivia()),
        fails("error", "/tenants/acme", olivia(), chat),
    ]
}
