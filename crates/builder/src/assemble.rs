//! From a payload and signatures to the file.

use tuffet_keys::{Fingerprint, KeyId};
use tuffet_metadata::{Authority, Proposed, Role};

/// A signature somebody gave, by key. Whether enough of them are valid is for the reader of the assembled file to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The key that signed.
    pub by: Fingerprint,
    /// The signature.
    pub signature: Vec<u8>,
}

/// The file: entries in the order of the authorities' keyids, the first authority's first, whatever order the
/// signatures came in, so that everybody assembles the same bytes (interop.md, Must write 2). A root takes the new
/// root's authority, then the old one's; a key that has another keyid in each gets an entry under both.
#[must_use]
pub fn assemble<T: Role>(proposed: &Proposed<T>, authorities: &[Authority<'_>], given: &[Given]) -> Vec<u8> {
    let mut entries: Vec<(KeyId, Vec<u8>)> = Vec::new();
    for key in authorities.iter().flat_map(Authority::keys) {
        let Some(public) = key.public() else { continue };
        // A person who signed twice, or once by mistake, must not make the file depend on the order of arrival.
        let wrong = |given: &&Given| public.verify(proposed.payload(), &given.signature).is_err();
        let by_key = given.iter().filter(|given| given.by == public.fingerprint());
        if let Some(found) = by_key.min_by_key(|given| (wrong(given), &given.signature))
            && entries.iter().all(|(keyid, _)| keyid != key.keyid())
        {
            entries.push((key.keyid().clone(), found.signature.clone()));
        }
    }
    proposed.assemble(&entries)
}
