//! Who belongs to a tenant, asked for at the moment it counts. What exists outside is listed first and compared with the
//! people asked for after it, so nobody who joined meanwhile is taken for a stranger.

use super::{Fault, person::Member};
use async_trait::async_trait;

/// The people of one tenant, as the portal's table has them now.
#[async_trait]
pub trait Roster: Send + Sync + std::fmt::Debug {
    /// Everybody, admins first. Never kept: a list is old as soon as something else was waited for.
    ///
    /// # Errors
    /// The portal's own database did not answer.
    async fn people(&self) -> Result<Vec<Member>, Fault>;
}
