//! Tokens, as example data.

use crate::data::{HOUR, MINUTE, NOW};
use app::model::{
    person::Standing,
    token::{MadeToken, TokenRow, TokenScope, TokenState, TokensPage},
};

const DAY: i64 = 24 * HOUR;

/// A token that was just made.
pub(crate) fn made() -> MadeToken {
    let text = "slw_c2xpcHdheSBleGFtcGxlIHRva2VuLCBub3QgYSByZWFsIG9uZQ".to_owned();
    MadeToken { id: "t0".to_owned(), name: "nightly report".to_owned(), text, expires_at: NOW + 90 * DAY }
}

pub(crate) fn page(standing: Standing, email: &str) -> TokensPage {
    let (operator, person) = (standing == Standing::Operator, standing == Standing::Person);
    let row = |name: &str, scope, tenant: &str, maker: &str, used: Option<i64>, ends: i64, state| TokenRow {
        id: name.replace(' ', "-"),
        name: name.to_owned(),
        scope,
        tenant: tenant.to_owned(),
        maker: maker.to_owned(),
        made_at: NOW - 20 * DAY,
        expires_at: NOW + ends,
        used_at: used.map(|ago| NOW - ago),
        state,
        may_revoke: (operator || maker == email) && matches!(state, TokenState::Living | TokenState::Resting),
    };
    use TokenScope::{Auditor, Operator, TenantAdmin};
    use TokenState::{Ended, Expired, Living, Resting};
    let (olivia, ada) = ("olivia@example.org", "ada@example.org");
    let mut rows = vec![
        row("deploy pipeline", Operator, "", olivia, Some(3 * MINUTE), 70 * DAY, Living),
        row("nightly report", Auditor, "", olivia, Some(9 * HOUR), 345 * DAY, Living),
        row("people from payroll", TenantAdmin, "acme", ada, None, 89 * DAY, Living),
        row("old inventory", Auditor, "", "ben@example.org", Some(33 * DAY), 12 * DAY, Resting),
        row("trial", TenantAdmin, "harbor-bakery", olivia, Some(8 * DAY), -DAY, Expired),
        row("leaked in a chat", Operator, "", olivia, Some(5 * DAY), 30 * DAY, Ended),
    ];
    rows.retain(|row| !person || row.maker == email);
    let scopes = match standing {
        Standing::Operator => TokenScope::ALL.into(),
        Standing::Auditor => vec![],
        Standing::Person => vec![TenantAdmin],
    };
    let tenants = if person { vec![("acme".to_owned(), "Acme".to_owned())] } else { vec![] };
    TokensPage { rows, scopes, tenants, all: !person }
}
