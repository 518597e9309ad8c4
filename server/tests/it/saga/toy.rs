//! Steps without an outside, for tests of the machine and the engine itself.

use async_trait::async_trait;
use slipway::{
    domain::{Fault, Gone, Seen},
    saga::{
        Cx, Step,
        plan::{Node, OnFail, Plan, Plans},
    },
};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

/// A world of names.
#[derive(Clone, Default)]
pub(crate) struct Toy(pub(crate) Arc<Mutex<BTreeSet<String>>>);

macro_rules! toy {
    ($name:ident, $text:literal) => {
        struct $name(Toy);

        #[async_trait]
        impl Step for $name {
            const NAME: &'static str = $text;
            const TITLE: &'static str = $text;
            type Output = String;

            async fn check(&self, cx: &Cx<'_>) -> Result<Seen<String>, Fault> {
                let name = format!("{} {}", cx.tenant.slug, $text);
                let there = self.0.0.lock().expect("no test panics here").contains(&name);
                Ok(if there { Seen::Ready(name) } else { Seen::Absent })
            }

            async fn run(&self, cx: &Cx<'_>) -> Result<Seen<String>, Fault> {
                let name = format!("{} {}", cx.tenant.slug, $text);
                self.0.0.lock().expect("no test panics here").insert(name.clone());
                Ok(Seen::Ready(name))
            }

            async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
                let name = format!("{} {}", cx.tenant.slug, $text);
                self.0.0.lock().expect("no test panics here").remove(&name);
                Ok(Gone::Seen { what: name })
            }
        }
    };
}

toy!(A, "a");
toy!(B, "b");
toy!(C, "c");
toy!(P, "p");

/// `a ∥ b → c`, and a pairing of one step.
pub(crate) fn plans(toy: &Toy) -> Plans {
    Plans {
        tenant: Plan {
            on_fail: OnFail::Park,
            nodes: vec![
                Node { step: Arc::new(A(toy.clone())), after: &[] },
                Node { step: Arc::new(B(toy.clone())), after: &[] },
                Node { step: Arc::new(C(toy.clone())), after: &["a", "b"] },
            ],
        },
        pair: Plan { on_fail: OnFail::Reverse, nodes: vec![Node { step: Arc::new(P(toy.clone())), after: &[] }] },
    }
}
