//! Changes of a few targets among very many: bins (hash prefixes, or TAP 15) whose next versions cost what changes.
//!
//! ```text
//!  changes ─► Bins::sort ─► by bin ─► next_bin (bytes of the old one, edited) ─► signed ─► pins ─► bins_snapshot
//! ```
//!
//! Delegations themselves are no business of this module: people sign those, in a ceremony. Nor are bins nobody
//! changes: they are not read.

mod agree;
mod error;
mod next;
mod snapshot;

pub use error::BinError;
pub use next::{first_bin, next_bin};
pub use snapshot::bins_snapshot;

use std::collections::BTreeMap;
use tuffet_metadata::{Authority, Delegations, TargetFile, TargetPath, Targets, Verified};

/// Targets by path: what each is to be from now on; `None` where it is to be gone.
pub type TargetChanges = BTreeMap<String, Option<TargetFile>>;

/// The roles to which a targets role hands its targets.
#[derive(Debug, Clone, Copy)]
pub struct Bins<'a> {
    delegations: &'a Delegations,
    version: u64,
}

impl<'a> Bins<'a> {
    /// Those of `targets`.
    ///
    /// # Errors
    /// [`BinError::NoBins`]
    pub fn of(targets: &'a Verified<Targets>) -> Result<Self, BinError> {
        let version = targets.common.version;
        let delegations = targets.delegations.as_ref().ok_or(BinError::NoBins { version })?;
        if delegations.succinct_roles().is_none() && delegations.roles().names().next().is_none() {
            return Err(BinError::NoBins { version });
        }
        Ok(Self { delegations, version })
    }

    /// The name of the role that is asked first for `path`: its succinct bin, or the first delegation that covers it.
    /// In another one clients would find it later, or behind a terminating one not at all (C54).
    ///
    /// # Errors
    /// [`BinError::Uncovered`]
    pub fn bin_of(&self, path: &str) -> Result<String, BinError> {
        let path = TargetPath::new(path);
        let covering = self.delegations.matching(&path).next();
        let uncovered = || BinError::Uncovered { path: path.as_str().to_owned(), version: self.version };
        covering.map(|delegation| delegation.name).ok_or_else(uncovered)
    }

    /// The changes of each bin that has any.
    ///
    /// # Errors
    /// [`BinError::Uncovered`]
    pub fn sort(&self, changes: TargetChanges) -> Result<BTreeMap<String, TargetChanges>, BinError> {
        let mut sorted: BTreeMap<String, TargetChanges> = BTreeMap::new();
        for (path, change) in changes {
            sorted.entry(self.bin_of(&path)?).or_default().insert(path, change);
        }
        Ok(sorted)
    }

    /// Who signs the bin `name`.
    ///
    /// # Errors
    /// [`BinError::NotABin`]
    pub fn authority(&self, name: &str) -> Result<Authority<'a>, BinError> {
        let not_one = || BinError::NotABin { name: name.to_owned(), version: self.version };
        self.delegations.authority(name).ok_or_else(not_one)
    }

    /// Every bin's name, made as it is reached: there may be 2^32.
    pub fn names(&self) -> impl Iterator<Item = String> + use<'a> {
        let delegations = self.delegations;
        let succinct = delegations.succinct_roles().into_iter();
        let numbered = succinct
            .flat_map(|bins| (0..=u32::MAX).take_while(|at| u64::from(*at) < bins.bins()).map(|at| bins.bin(at)));
        numbered.chain(delegations.roles().names().map(std::borrow::Cow::into_owned))
    }
}
