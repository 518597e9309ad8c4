mod at_authentik;
mod at_ionos;
mod direct;
mod engine;
mod machine;
mod newcomers;
mod person;
mod proofs;
pub(crate) mod toy;
