//! Whether every client follows.

use super::rehearsal::Rehearsal;
use crate::clients::{trait_of_scheme, traits_of_keys};
use crate::{Client, Compatibility, Draft, RotationRefused, State, Trait, clients_of_draft};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use tuffet_keys::Scheme;
use tuffet_metadata::{KeyidExceptions, Profile, Unverified};
use tuffet_verifier::{Memory, Policy, Update};

/// The rows of the table of clients that the step meets and what is published does not.
///
/// `real` is what is published, whose keys are written as they are; the keys of a rehearsal are all of one scheme, so
/// what comes is asked for its own.
pub(super) fn rows(
    real: &State,
    rehearsal: &Rehearsal<'_>,
    draft: &Draft,
    coming: &BTreeSet<Scheme>,
) -> Vec<Compatibility> {
    let there = traits_of_keys(&real.root);
    let new: BTreeSet<Trait> = coming.iter().filter_map(|scheme| trait_of_scheme(*scheme)).collect();
    let by_key = |row: &&Client| new.contains(&row.cannot) && !there.contains(&row.cannot);
    let mut found = clients_of_draft(Some(&rehearsal.state), draft);
    for row in Client::all().iter().filter(by_key) {
        let files = draft.roles().iter().map(ToString::to_string).collect();
        found.push(Compatibility { row, pins: Vec::new(), every_pin: true, runs: None, files });
    }
    found
}

/// Every client that pins one of `roots` is led to the last of them, which is fresh at `at`.
pub(super) fn follow(roots: &[Vec<u8>], at: DateTime<Utc>) -> Result<(), RotationRefused> {
    for start in 0..roots.len() {
        let chain: Vec<&Vec<u8>> = roots.iter().skip(start).collect();
        walk(&chain, at).map_err(RotationRefused::Rehearsal)?;
    }
    Ok(())
}

fn walk(chain: &[&Vec<u8>], at: DateTime<Utc>) -> Result<(), String> {
    let Some((pinned, next)) = chain.split_first() else { return Ok(()) };
    let profile = Profile::Deployed { keyid_exceptions: KeyidExceptions::Opaque };
    let policy = Policy { profile, ..Policy::default() };
    let words = |error: tuffet_verifier::UpdateError| format!("a client that pins the root before: {error}");
    let mut update = Update::start(Unverified::new((*pinned).clone()), at, policy).map_err(words)?;
    for root in next {
        update = update.root(Unverified::new((*root).clone())).map_err(words)?;
    }
    update.final_root(Memory::default()).map(|_| ()).map_err(words)
}
