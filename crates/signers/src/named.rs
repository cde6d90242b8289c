//! A scheme by the name that TUF metadata gives it.

use tuffet_keys::Scheme;

/// The scheme called `name`, whatever its key type.
pub(crate) fn scheme_named(name: &str) -> Option<Scheme> {
    ["ed25519", "ecdsa", "rsa", "ml-dsa"].into_iter().find_map(|keytype| Scheme::from_tuf(keytype, name))
}
