mod at_authentik;
mod at_ionos;
mod direct;
mod engine;
mod machine;
mod proofs;
pub(crate) mod toy;
