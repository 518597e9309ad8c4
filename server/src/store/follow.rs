//! An address follows its person. Who somebody is stands in the subject; all that shows or uses their address gets the one
//! that the provider verified at the last sign-in.

use super::{
    Result,
    both::{Tx, all, one, run, statements},
    rows::plain,
};
use crate::domain::Caller;
use std::collections::BTreeMap;

statements! {
    // Who was asked in under their new address is here already, once, and in the role that they have: a place that is kept
    // for an address is for somebody who has none, and an admin is made by an admin.
    MERGE = "DELETE FROM member WHERE email = $2 AND subject IS NULL AND EXISTS (SELECT 1 FROM member o
        WHERE o.tenant = member.tenant AND o.subject = $1 AND o.issuer = $3)";
    MEMBER = "UPDATE member SET email = $2 WHERE subject = $1 AND issuer = $3 AND email <> $2 AND NOT EXISTS (SELECT 1 FROM member o
        WHERE o.tenant = member.tenant AND o.email = $2)";
    STAYS = "UPDATE member SET moving_to = NULL WHERE subject = $1 AND issuer = $3 AND email = $2 AND moving_to IS NOT NULL";
    // Where somebody else is still written under it, the row waits until they were seen with another one.
    WAITS = "SELECT tenant, email FROM member WHERE subject = $1 AND issuer = $3 AND email <> $2 ORDER BY tenant";
    MOVING = "UPDATE member SET moving_to = $3 WHERE tenant = $1 AND email = $2";
    MOVES = "SELECT email, moving_to FROM member WHERE tenant = $1 AND moving_to IS NOT NULL";
    IS_HELD = "SELECT email FROM member WHERE tenant = $1 AND email = $2";
    ASIDE = "UPDATE member SET email = 'moving ' || email WHERE tenant = $1 AND email = $2";
    ARRIVE = "UPDATE member SET email = moving_to, moving_to = NULL WHERE tenant = $1 AND email = 'moving ' || $2";
    HOLD = "UPDATE tenant SET wake_at = 0, look_asked = look_asked + 1 WHERE id = $1 AND gone_at IS NULL";
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
    for sql in [WAKE, MERGE, MEMBER, STAYS, TOKEN] {
        run!(&mut *tx, sql, &*subject, email, issuer)?;
    }
    let waits: Vec<(String, String)> = all!(&mut *tx, WAITS, &*subject, email, issuer)?;
    for (tenant, from) in waits {
        exchange(tx, &tenant, &from, email).await?;
    }
    run!(&mut *tx, PAIRING, &*subject, email, issuer, &*name)?;
    run!(tx, PREFERENCE, &*subject, email)?;
    Ok(())
}

/// Gives everybody their address of now where people wait for each other's: two who swapped, or more in a ring or a row.
async fn exchange(tx: &mut Tx, tenant: &str, from: &str, to: &str) -> Result<()> {
    run!(&mut *tx, HOLD, tenant)?; // one at a time, so that the last one sees the others
    run!(&mut *tx, MOVING, tenant, from, to)?;
    let moves: BTreeMap<String, String> = all!(&mut *tx, MOVES, tenant)?.into_iter().collect();
    let mut row = vec![from];
    let mut at = to;
    while at != from {
        if !moves.contains_key(at) {
            let held: Option<(String,)> = one!(&mut *tx, IS_HELD, tenant, at)?;
            match held {
                Some(_) => return Ok(()), // its owner was seen with no other one
                None => break,
            }
        }
        if row.contains(&at) {
            return Ok(()); // a ring of others, which the last of them closes
        }
        row.push(at);
        at = &moves[at];
    }
    for sql in [ASIDE, ARRIVE] {
        for from in &row {
            run!(&mut *tx, sql, tenant, *from)?;
        }
    }
    Ok(())
}
