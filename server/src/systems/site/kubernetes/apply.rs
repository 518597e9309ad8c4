//! Writing a site's objects.

use super::{
    KubernetesSites, SOON, kind::Kind, manifest::Manifest, namespace, pods, pods::Condition, room::Room, volume,
};
use crate::{
    domain::{Fault, Seen},
    systems::site::{Place, Wanted},
};
use futures::future::join_all;
use serde_json::{Value, json};

impl KubernetesSites {
    /// Applies in waves: the namespace, policies, what pods need, pods. Which claim holds the site's files is written down
    /// before any pod can put one there.
    pub(super) async fn apply(
        &self,
        wanted: &Wanted,
        stale: Vec<Manifest>,
        before: Option<Value>,
        room: &Room,
    ) -> Result<(), Fault> {
        let name = namespace(&wanted.slug);
        let mut waves: [Vec<Manifest>; 4] = Default::default();
        stale.into_iter().for_each(|manifest| waves[manifest.kind.wave()].push(manifest));
        let (mut owner, mut claim) = (before, room.object(Kind::PersistentVolumeClaim, volume::CLAIM));
        for (at, wave) in waves.iter_mut().enumerate() {
            if at == Kind::Deployment.wave()
                && let (Some(owner), Some(claim)) = (&owner, &claim)
            {
                volume::mark(&self.cluster, &name, owner, claim).await?;
            }
            for written in self.apply_wave(&name, wave, owner.as_ref()).await? {
                match written {
                    (Kind::Namespace, metadata) => owner = Some(metadata),
                    (Kind::PersistentVolumeClaim, metadata) => claim = Some(metadata),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// What is there afterwards.
    async fn apply_wave(
        &self,
        namespace: &str,
        wave: &mut [Manifest],
        owner: Option<&Value>,
    ) -> Result<Vec<(Kind, Value)>, Fault> {
        for manifest in wave.iter_mut().filter(|m| m.kind == Kind::Namespace) {
            // The one that was looked at, or none: a namespace that somebody made anew meanwhile is refused.
            if let Some(uid) = owner.map(|owner| owner["metadata"]["uid"].clone()) {
                manifest.body["metadata"]["uid"] = uid;
            }
        }
        let applied = join_all(wave.iter().map(|m| {
            let path = format!("{}/{}", m.kind.collection(Some(namespace)), m.name);
            async move {
                Ok::<_, Fault>((m.kind, self.cluster.apply(&format!("{} {}", m.kind, m.name), &path, &m.body).await?))
            }
        }));
        applied.await.into_iter().collect()
    }

    /// What a room without differences comes to. Controllers try a refused pod again only after pauses of up to a quarter of
    /// an hour, and never write down when they were refused last. So they are asked to try at once, by a mark on the
    /// deployment, before their refusal is believed.
    pub(super) async fn tried_again(&self, wanted: &Wanted, room: &Room) -> Result<Seen<Place>, Fault> {
        let refused = room.deployment().is_some_and(|deployment| {
            matches!(pods::condition(&deployment, room.pod().as_ref()), Condition::Refused(_))
        });
        if !refused {
            self.tries.forget(wanted.tenant);
            return self.condition(room, wanted).await;
        }
        if self.tries.over(wanted.tenant) {
            return self.condition(room, wanted).await;
        }
        if self.tries.begin(wanted.tenant) {
            let found = room.object(Kind::Deployment, "wordpress").unwrap_or_default();
            let tries: u64 =
                found["metadata"]["annotations"][pods::TRIES].as_str().and_then(|n| n.parse().ok()).unwrap_or(0);
            let path = format!("{}/wordpress", Kind::Deployment.collection(Some(&namespace(&wanted.slug))));
            let marks = json!({ (pods::TRIES): tries.wrapping_add(1).to_string() });
            self.cluster.mark("Deployment wordpress", &path, &found["metadata"]["uid"], marks).await?;
            self.snapshots.changed(wanted.tenant);
        }
        Ok(Seen::Working { note: "Kubernetes tries again to make the site's pod.".to_owned(), again: SOON })
    }
}
