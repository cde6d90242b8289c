//! What it takes to mend a situation: which ceremony, whose signatures, in order.

use super::roster::Roster;
use super::verdict::{OutOfBand, RoleState, Situation, Verdict};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use tuffet_metadata::RoleName;

/// One step. Numbers are places in the roster's roles and keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Clients must be given a new root in another way. Nothing else helps.
    OutOfBand(OutOfBand),
    /// To wait for people, as long as a role is not signed anew.
    Wait {
        /// The role.
        role: usize,
        /// Until when.
        until: DateTime<Utc>,
        /// Whether it expires before.
        late: bool,
    },
    /// A new version of a delegator that names other keys.
    NewKeys {
        /// The delegator.
        by: RoleName,
        /// The roles that get other keys.
        roles: Vec<usize>,
        /// The keys that go.
        outgoing: BTreeSet<usize>,
        /// Signatures needed.
        threshold: u64,
        /// Whose can be had. Empty where the delegator's own new keys sign it.
        signers: BTreeSet<usize>,
        /// Whether clients then forget the versions they have seen of snapshot and timestamp (R14).
        forgets: bool,
    },
    /// New versions of these roles by their new keys.
    SignAnew {
        /// The roles.
        roles: Vec<usize>,
    },
}

/// The steps, in order; none where nothing happened.
#[must_use]
pub fn needs(roster: &Roster, situation: &Situation, verdict: &Verdict) -> Vec<Need> {
    if let Some(why) = verdict.out_of_band {
        return vec![Need::OutOfBand(why)];
    }
    let mut needs = Vec::new();
    for (role, found) in verdict.roles.iter().enumerate() {
        if let RoleState::Waits { until, late } = found.state {
            needs.push(Need::Wait { role, until, late });
        }
    }
    let gone: BTreeSet<usize> = situation.lost.union(&situation.stolen).copied().collect();
    let mut anew = Vec::new();
    let mut done: BTreeSet<&RoleName> = BTreeSet::new();
    for by in roster.roles.iter().map(|role| &role.by) {
        if !done.insert(by) {
            continue;
        }
        let affected = |role: &super::RosterRole| role.by == *by && !role.keys.is_disjoint(&gone);
        let roles: Vec<usize> =
            (0..roster.roles.len()).filter(|place| roster.roles.get(*place).is_some_and(affected)).collect();
        if roles.is_empty() {
            continue;
        }
        let keys = roles.iter().filter_map(|place| roster.roles.get(*place)).flat_map(|role| &role.keys);
        let outgoing: BTreeSet<usize> = keys.filter(|key| gone.contains(key)).copied().collect();
        let forgets = roles
            .iter()
            .filter_map(|place| roster.roles.get(*place))
            .any(|role| role.is(&RoleName::Timestamp) || role.is(&RoleName::Snapshot));
        let delegator = roster.roles.iter().position(|role| role.names.contains(by));
        let state = delegator.and_then(|place| verdict.roles.get(place)).map(|found| found.state);
        let Some(own) = delegator.and_then(|place| roster.roles.get(place)) else { continue };
        let stay = state != Some(RoleState::Recoverable);
        let waits = matches!(state, Some(RoleState::Waits { .. }));
        let comes =
            |key: &&usize| stay && !situation.lost.contains(key) && (waits || !situation.absent.contains_key(key));
        let signers = own.keys.iter().filter(comes).copied().collect();
        anew.extend(
            roles.iter().copied().filter(|place| roster.roles.get(*place).is_some_and(|r| !r.is(&RoleName::Root))),
        );
        let threshold = own.threshold;
        needs.push(Need::NewKeys { by: by.clone(), roles, outgoing, threshold, signers, forgets });
    }
    if !anew.is_empty() {
        needs.push(Need::SignAnew { roles: anew });
    }
    needs
}
