//! An address follows its person. Who somebody is stands in the subject; all that shows or uses their address gets the one
//! that the provider verified at the last sign-in.

use super::{
    Result,
    both::{Tx, run, statements},
    rows::plain,
};
use crate::domain::Caller;

statements! {
    // Who was asked in under their new address is here already: the stronger of both roles stays, once.
    RAISE = "UPDATE member SET role = 'admin' WHERE subject = $1 AND issuer = $3 AND email <> $2 AND EXISTS (SELECT 1 FROM member o
        WHERE o.tenant = member.tenant AND o.email = $2 AND o.subject IS NULL AND o.role = 'admin')";
    MERGE = "DELETE FROM member WHERE email = $2 AND subject IS NULL AND EXISTS (SELECT 1 FROM member o
        WHERE o.tenant = member.tenant AND o.subject = $1 AND o.issuer = $3)";
    // Where somebody else is still written under it, the row waits until they have signed in with their new one.
    MEMBER = "UPDATE member SET email = $2 WHERE subject = $1 AND issuer = $3 AND email <> $2 AND NOT EXISTS (SELECT 1 FROM member o
        WHERE o.tenant = member.tenant AND o.email = $2)";
    PAIRING = "UPDATE pairing SET email = $2, name = $4
        WHERE subject = $1 AND issuer = $3 AND status <> 'gone' AND (email <> $2 OR name <> $4)";
    PREFERENCE = "UPDATE preference SET email = $2 WHERE subject = $1 AND email <> $2";
    TOKEN = "UPDATE api_token SET email = $2 WHERE subject = $1 AND issuer = $3 AND email <> $2";
    // A look shows the others where the person is known by an address: the chat, and the provider's groups.
    WAKE = "UPDATE tenant SET wake_at = 0, look_asked = look_asked + 1 WHERE gone_at IS NULL AND id IN (SELECT tenant FROM pairing
        WHERE subject = $1 AND issuer = $3 AND status <> 'gone' AND email <> $2)";
}

/// Brings everything of this person to their address of now. Their subject is one of this issuer.
pub(super) async fn follow(tx: &mut Tx, issuer: &str, caller: &Caller) -> Result<()> {
    let (subject, email, name) = (plain(&caller.subject), caller.email.as_str(), plain(&caller.name));
    for sql in [WAKE, RAISE, MERGE, MEMBER, TOKEN] {
        run!(tx, sql, &*subject, email, issuer)?;
    }
    run!(tx, PAIRING, &*subject, email, issuer, &*name)?;
    run!(tx, PREFERENCE, &*subject, email)?;
    Ok(())
}
