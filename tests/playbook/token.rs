//! The token of whoever holds one in the playbook: SoftHSM, for the entries that name it.

#[path = "../support/softhsm.rs"]
mod softhsm;

use crate::page::{Entry, Step};
use softhsm::SoftHsm;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) use softhsm::PIN;

/// The tokens of an entry, and the directory that keeps them.
pub(crate) enum Tokens {
    None,
    Some {
        conf: PathBuf,
        _dir: TempDir,
    },
    /// The entry names tokens, and there are none on this machine.
    Missing,
}

/// Makes each token that the entry names in a `pkcs11:` URI.
pub(crate) fn of(entry: &Entry) -> Tokens {
    let scripts = entry.steps.iter().filter_map(|step| if let Step::Own(block, _) = step { Some(block) } else { None });
    let names: std::collections::BTreeSet<&str> = scripts
        .flat_map(|block| block.script.split("pkcs11:token=").skip(1))
        .filter_map(|rest| rest.split_once(';'))
        .map(|(name, _)| name)
        .collect();
    if names.is_empty() {
        return Tokens::None;
    }
    let Some((dir, hsm)) = SoftHsm::within() else { return Tokens::Missing };
    for name in names {
        hsm.token(name);
    }
    Tokens::Some { conf: hsm.conf(), _dir: dir }
}
