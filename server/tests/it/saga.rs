mod at_authentik;
mod direct;
mod engine;
mod machine;
mod proofs;
pub(crate) mod toy;
