//! The one place where signatures are counted (architecture.md: one function, by SPKI fingerprint, for every role).

use crate::counting::{Check, Checks, Counting, PerClass};
use crate::{Key, Problem, RoleName, Signature};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{Class, Fingerprint, KeyId};

/// Who may sign a role, as its delegator says: keys by keyid, and how many of them it takes.
///
/// A file's word, which nobody can change on the way to the count:
///
/// ```compile_fail
/// # use tuffet_metadata::{Authority, RoleName, Root};
/// fn lower(root: &Root) -> u64 {
///     let mut authority = root.authority(&RoleName::Targets);
///     authority.threshold = 1;
///     authority.threshold()
/// }
/// ```
///
/// ```
/// # use tuffet_metadata::{Authority, RoleName, Root};
/// fn read(root: &Root) -> u64 {
///     let authority = root.authority(&RoleName::Targets);
///     authority.threshold()
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Authority<'a> {
    role: RoleName,
    keyids: &'a [KeyId],
    threshold: u64,
    keys: &'a BTreeMap<KeyId, Key>,
}

/// One key of the role and its valid signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key.
    pub fingerprint: Fingerprint,
    /// What its scheme rests on.
    pub class: Class,
    /// The keyids under which it signed validly, in the order of the file.
    pub keyids: Vec<KeyId>,
}

/// What counting found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The threshold.
    pub threshold: u64,
    /// What the reader demands beside it.
    pub at_least: PerClass,
    /// Distinct keys of the role.
    pub keys: usize,
    /// Distinct keys with a valid signature, in the order of the file. Under [`Check::Enough`] those that were needed.
    pub valid: Vec<Signer>,
    /// Keyids of the role whose signature is there and is wrong. An empty placeholder is not one (F5).
    pub invalid: Vec<KeyId>,
    /// Keyids of the role whose key has given no valid signature, or none that was checked.
    pub missing: Vec<KeyId>,
}

impl<'a> Authority<'a> {
    pub(crate) fn new(role: RoleName, keyids: &'a [KeyId], threshold: u64, keys: &'a BTreeMap<KeyId, Key>) -> Self {
        Self { role, keyids, threshold, keys }
    }

    /// The role signed for.
    #[must_use]
    pub fn role(&self) -> &RoleName {
        &self.role
    }

    /// The keyids the delegator lists, in its order.
    #[must_use]
    pub fn keyids(&self) -> &'a [KeyId] {
        self.keyids
    }

    /// The threshold, from 1.
    #[must_use]
    pub fn threshold(&self) -> u64 {
        self.threshold
    }

    /// The role's keys the file has, in the order the role lists them; keyids without a key are left out (F11).
    pub fn keys(&self) -> impl Iterator<Item = &'a Key> + use<'a> {
        let keys = self.keys;
        self.keyids.iter().filter_map(move |keyid| keys.get(keyid))
    }

    /// The role's distinct usable keys: what a threshold can count at most.
    #[must_use]
    pub fn fingerprints(&self) -> BTreeSet<Fingerprint> {
        self.keys().filter_map(|key| key.public().map(tuffet_keys::PublicKey::fingerprint)).collect()
    }

    /// Whether whoever holds the keys `held` meets the threshold by them alone.
    #[must_use]
    pub fn is_met_by(&self, held: &BTreeSet<Fingerprint>) -> bool {
        let shared = self.fingerprints().intersection(held).count();
        u64::try_from(shared).is_ok_and(|shared| shared >= self.threshold)
    }

    /// Counts the distinct keys with a valid signature over `payload`, the canonical form of the received value. Checks
    /// every signature.
    ///
    /// Signatures by other keyids are passed over, wrong ones do no harm, and a key under two keyids counts once
    /// (TUF 5.3.4: "each KEY MUST only contribute one", F4, F8). At most one check per entry of the file and keyid
    /// of the role, however many signatures the file brings (X9).
    #[must_use]
    pub fn tally(&self, payload: &[u8], signatures: &[Signature]) -> Tally {
        self.count(&mut Checks::over(payload), signatures, Counting::default())
    }

    /// [`tally`](Self::tally) as the reader counts, with the checks others made of the same file.
    pub(crate) fn count<'s>(&self, checks: &mut Checks<'s>, signatures: &'s [Signature], counting: Counting) -> Tally {
        let mut tally = Tally {
            threshold: self.threshold,
            at_least: counting.at_least,
            keys: self.fingerprints().len(),
            valid: Vec::new(),
            invalid: Vec::new(),
            missing: Vec::new(),
        };
        let listed: BTreeSet<&KeyId> = self.keyids.iter().collect();
        for signature in signatures.iter().filter(|s| listed.contains(&s.keyid)) {
            if counting.check == Check::Enough && tally.is_met() {
                break;
            }
            let Some(public) = self.keys.get(&signature.keyid).and_then(Key::public) else { continue };
            let bytes = signature.bytes.as_deref();
            if bytes == Some(&[]) {
                continue;
            }
            let (fingerprint, class) = (public.fingerprint(), public.scheme().class());
            let known = tally.valid.iter().position(|signer| signer.fingerprint == fingerprint);
            if counting.check == Check::Enough && known.is_some() {
                continue;
            }
            if !bytes.is_some_and(|sig| checks.holds(public, sig)) {
                tally.invalid.push(signature.keyid.clone());
                continue;
            }
            match known.and_then(|at| tally.valid.get_mut(at)) {
                Some(signer) => signer.keyids.push(signature.keyid.clone()),
                None => tally.valid.push(Signer { fingerprint, class, keyids: vec![signature.keyid.clone()] }),
            }
        }
        let has_signed = |key: &Key| {
            let fingerprint = key.public().map(tuffet_keys::PublicKey::fingerprint);
            tally.valid.iter().any(|signer| Some(signer.fingerprint) == fingerprint)
        };
        tally.missing = self.keys().filter(|key| !has_signed(key)).map(|key| key.keyid().clone()).collect();
        tally
    }
}

impl Tally {
    /// Distinct keys with a valid signature.
    #[must_use]
    pub fn have(&self) -> usize {
        self.valid.len()
    }

    /// The same by class.
    #[must_use]
    pub fn per_class(&self) -> PerClass {
        PerClass::of(self.valid.iter().map(|signer| signer.class))
    }

    /// Whether the threshold is met, and what the reader demands beside it. A threshold of 0 cannot be read from a
    /// file (F9), and is never met here.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.threshold_is_met() && self.per_class().meets(self.at_least)
    }

    fn threshold_is_met(&self) -> bool {
        self.threshold > 0 && u64::try_from(self.have()).is_ok_and(|have| have >= self.threshold)
    }

    pub(crate) fn require(self, role: &RoleName, by: Option<String>) -> Result<Self, Problem> {
        if self.is_met() {
            return Ok(self);
        }
        if self.threshold_is_met() {
            let (have, need) = (self.per_class(), self.at_least);
            return Err(Problem::PerClass { have, need, by });
        }
        let (have, need, missing) = (self.have(), self.threshold, self.missing);
        Err(Problem::Signature { have, need, missing, by, section: role.signature_section() })
    }
}
