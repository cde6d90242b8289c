//! How a reader counts signatures: its own choice, never a file's.

use std::collections::BTreeMap;
use std::fmt;
use tuffet_keys::{Class, Fingerprint, PublicKey, Scheme};

/// How a reader counts signatures. The default checks every one and demands what the file demands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counting {
    /// Which signatures are checked.
    pub check: Check,
    /// What is demanded beyond the threshold.
    pub at_least: PerClass,
}

/// Which signatures are checked. The verdict is the same: one more signature never undoes a threshold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Check {
    /// Every one, for a report of who signed.
    #[default]
    Every,
    /// In the order of the file until the verdict stands: a client need not know who else signed.
    Enough,
}

/// Valid signatures by distinct keys of each class. As a demand it stands *beside* the threshold: a hybrid root whose
/// classical keys are all forged meets its threshold by those alone (threats.md T35).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerClass {
    /// By keys that rest on lattices.
    pub post_quantum: u64,
    /// By keys that rest on factoring or discrete logarithms.
    pub classical: u64,
}

impl PerClass {
    /// Whether both counts reach `demand`.
    #[must_use]
    pub fn meets(self, demand: Self) -> bool {
        self.post_quantum >= demand.post_quantum && self.classical >= demand.classical
    }

    pub(crate) fn of(classes: impl Iterator<Item = Class>) -> Self {
        classes.fold(Self::default(), |count, class| match class {
            Class::PostQuantum => Self { post_quantum: count.post_quantum.saturating_add(1), ..count },
            Class::Classical => Self { classical: count.classical.saturating_add(1), ..count },
        })
    }
}

impl fmt::Display for PerClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} post-quantum and {} classical", self.post_quantum, self.classical)
    }
}

/// The checks made over one file's payload, each made once whoever asks: the keys of the root before and of the root
/// itself are mostly the same. The scheme is part of the name, because one RSA key verifies by three.
#[derive(Debug)]
pub(crate) struct Checks<'a> {
    payload: &'a [u8],
    made: BTreeMap<(Fingerprint, Scheme, &'a [u8]), bool>,
}

impl<'a> Checks<'a> {
    pub(crate) fn over(payload: &'a [u8]) -> Self {
        Self { payload, made: BTreeMap::new() }
    }

    pub(crate) fn holds(&mut self, key: &PublicKey, signature: &'a [u8]) -> bool {
        let payload = self.payload;
        *self
            .made
            .entry((key.fingerprint(), key.scheme(), signature))
            .or_insert_with(|| key.verify(payload, signature).is_ok())
    }

    /// Checks made so far: what a hostile file costs (X9).
    #[cfg(test)]
    pub(crate) fn made(&self) -> usize {
        self.made.len()
    }
}
