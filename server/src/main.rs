//! slipway
fn main() {}
