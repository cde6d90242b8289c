//! Another history: a root that follows one of the owners', and a whole repository of the thief's below it.

use super::expect::Prize;
use super::stage::{Stage, dates};
use crate::{MakeKey, TwinError};
use std::collections::BTreeSet;
use tuffet_builder::{Change, TargetPin, assemble};
use tuffet_client::MemoryTransport;
use tuffet_keys::Fingerprint;
use tuffet_metadata::{Limits, Profile, Proposed, RoleName, Root};

/// What clients are served: the owners' roots up to the oldest or the newest, then the thief's, and nothing of the owners
/// below it. Signed by those of the root before whose keys are held, if `signed`.
pub(super) fn fork(
    stage: &Stage,
    from_oldest: bool,
    signed: bool,
    held: &BTreeSet<Fingerprint>,
    prize: &Prize,
    make: &mut MakeKey<'_>,
) -> Result<MemoryTransport, TwinError> {
    let roots = stage.now.roots();
    let last = if from_oldest { roots.first() } else { roots.last() }.unwrap_or(stage.now.root());
    let mut other = stage.now.anew(make)?;
    let pin = TargetPin::of(&prize.0, &prize.1);
    other.publish(&[Change::SetTarget { role: RoleName::Targets, pin }], &dates(&stage.now))?;

    let version = last.common.version.saturating_add(1);
    let mut value = other.root().value();
    value.insert("version".to_owned(), version.into());
    let proposed = Proposed::<Root>::under(value.into(), &Profile::deployed(), &Limits::default())?;
    let authorities = [proposed.authority(&RoleName::Root), last.authority(&RoleName::Root)];
    let mut given = other.keys.sign(proposed.payload(), &authorities, None)?;
    if signed {
        given.extend(stage.now.keys.sign(proposed.payload(), &authorities, Some(held))?);
    }
    let mut files = other.files;
    files.files.retain(|name, _| !name.ends_with(".root.json"));
    for root in roots.iter().filter(|root| root.common.version < version) {
        files.files.insert(RoleName::Root.versioned_file_name(root.common.version), root.bytes().to_vec());
    }
    files.files.insert(RoleName::Root.versioned_file_name(version), assemble(&proposed, &authorities, &given));
    Ok(files)
}
