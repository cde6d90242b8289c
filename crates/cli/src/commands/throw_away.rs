//! Keys that live as long as a command: what a drill, a recovery and a rotation are played with.

use tuffet_builder::MakeKey;
use tuffet_keys::{Scheme, Sign};
use tuffet_signers::FileKey;

/// Makes them.
pub(crate) fn throw_away() -> Box<MakeKey<'static>> {
    Box::new(|name| {
        let key = FileKey::in_memory(name, Scheme::Ed25519).map_err(|error| error.to_string())?;
        Ok(Box::new(key) as Box<dyn Sign>)
    })
}
