mod at_authentik;
mod engine;
mod machine;
mod proofs;
pub(crate) mod toy;
