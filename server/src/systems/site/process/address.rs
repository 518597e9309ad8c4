//! Every site has a loopback address of its own, so that cookies and origins of two sites never meet. Linux takes the
//! whole of 127.0.0.0/8 for itself; other systems only 127.0.0.1 until an alias is added.

use crate::domain::{Fault, TenantId};
use sha2::{Digest, Sha256};
use std::net::{Ipv4Addr, TcpListener};

/// `127.<64..=127>.<0..=255>.<1..=254>` by a hash of the tenant's id: four million addresses, away from the low ones that
/// other programs use.
pub(super) fn of(tenant: TenantId) -> Ipv4Addr {
    let digest = Sha256::digest(tenant.0.as_bytes());
    Ipv4Addr::new(127, 64 + digest[0] % 64, digest[1], 1 + digest[2] % 254)
}

/// Checks that this machine has the address at all.
pub(super) fn takes(ip: Ipv4Addr, port: u16) -> Result<(), Fault> {
    match TcpListener::bind((ip, 0)) {
        Err(e) if e.kind() == std::io::ErrorKind::AddrNotAvailable => Err(Fault::fail(
            "address_missing",
            format!("This machine does not take {ip}:{port} for its own. On macOS: sudo ifconfig lo0 alias {ip}"),
            "Add the address as an alias of the loopback device, then press Retry now.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn stays_in_its_corner_of_the_loopback(id: u128) {
            let tenant = TenantId(Uuid::from_u128(id));
            let [a, b, _, d] = of(tenant).octets();
            prop_assert!(a == 127 && (64..=127).contains(&b) && (1..=254).contains(&d));
            prop_assert_eq!(of(tenant), of(tenant));
        }
    }

    #[test]
    fn says_which_address_is_missing() {
        // TEST-NET-1 (RFC 5737) is nobody's own.
        let fault = takes(Ipv4Addr::new(192, 0, 2, 1), 8000);
        assert!(matches!(fault, Err(Fault::Fail { code: "address_missing", .. })), "{fault:?}");
        assert_eq!(takes(Ipv4Addr::LOCALHOST, 8000), Ok(()));
    }
}
