//! One ceremony of a plan: drafted, signed by those who are enough, read back by clients.

use super::change::RotationChange;
use super::clients;
use super::goal::{RotationTerms, SecondKeys};
use super::quorum::{Need, Quorum, enough};
use super::rehearsal::Rehearsal;
use super::time::lasts;
use crate::{Compatibility, Draft, Expiries, Finding, RotationRefused, Severity, State, Trait, check};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{Class, Fingerprint, Scheme};
use tuffet_metadata::{PerClass, RoleName};

/// One ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationStep {
    /// From 1.
    pub number: usize,
    /// When.
    pub at: DateTime<Utc>,
    /// What changes, in order.
    pub changes: Vec<RotationChange>,
    /// Whose keys come in.
    pub newcomers: Vec<Newcomer>,
    /// Every role that is signed, with its new version and the thresholds it must meet: of root the old root's first.
    pub roles: Vec<(RoleName, u64, Vec<Quorum>)>,
    /// What `draft` will warn of.
    pub warnings: Vec<Finding>,
    /// Clients of the table that it meets: left behind on purpose, or in need of a second run.
    pub clients: Vec<Compatibility>,
}

/// Somebody whose key comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// Who.
    pub who: String,
    /// The scheme of the key.
    pub scheme: Scheme,
    /// The key, if it has enrolled.
    pub key: Option<Fingerprint>,
    /// Whether the same person has another key in the root before.
    pub is_known: bool,
}

/// What a step is held with.
pub(super) struct Holding<'h> {
    pub(super) number: usize,
    pub(super) at: DateTime<Utc>,
    pub(super) changes: Vec<RotationChange>,
    /// Second keys come.
    pub(super) second: Option<&'h SecondKeys>,
    pub(super) demand: Option<PerClass>,
    pub(super) real: &'h State,
    pub(super) terms: &'h RotationTerms,
}

impl RotationStep {
    /// The new version of a role, if it is signed.
    #[must_use]
    pub fn version(&self, role: &RoleName) -> Option<u64> {
        self.roles.iter().find(|(signed, ..)| signed == role).map(|(_, version, _)| *version)
    }

    /// The thresholds a role must meet; none where it is not signed.
    #[must_use]
    pub fn quorums(&self, role: &RoleName) -> &[Quorum] {
        self.roles.iter().find(|(signed, ..)| signed == role).map_or(&[], |(_, _, quorums)| quorums)
    }

    pub(super) fn hold(rehearsal: &mut Rehearsal<'_>, holding: Holding<'_>) -> Result<Self, RotationRefused> {
        let Holding { number, at, changes, second, demand, real, terms } = holding;
        if number > 1 {
            let (root, targets) = (&rehearsal.state.root.common, &rehearsal.state.targets.common);
            lasts(number, RoleName::Root, root.version, root.expires.time(), at)?;
            lasts(number, RoleName::Targets, targets.version, targets.expires.time(), at)?;
        }
        let expires = at.checked_add_signed(terms.offline).ok_or(RotationRefused::Dates)?;
        let newcomers = Newcomer::of(&changes, rehearsal, second, terms);
        let scheme = second.map(|second| second.scheme);
        let draft = rehearsal.draft(&changes, &Expiries::new(expires, expires), scheme, terms)?;
        let old_clients = !terms.leave_behind.contains(OLD_CLIENTS);
        let mut step =
            Self { number, at, changes, newcomers, roles: Vec::new(), warnings: Vec::new(), clients: Vec::new() };
        step.lint(rehearsal, &draft)?;
        step.rows(real, rehearsal, &draft, terms)?;
        let mut signers = BTreeSet::new();
        let mut others: BTreeMap<RoleName, BTreeSet<Fingerprint>> = BTreeMap::new();
        for role in draft.roles() {
            let mut quorums = quorums(rehearsal, &draft, &role, terms, at);
            let mut needs: Vec<Need> = quorums.iter().flat_map(|quorum| quorum.needs(old_clients)).collect();
            if let (RoleName::Root, Some(demand), Some(new)) = (&role, demand, quorums.last()) {
                let lattice = |seat: &&super::RotationSeat| seat.scheme.class() == Class::PostQuantum;
                let keys = new.seats.iter().filter(lattice).map(|seat| seat.own).collect();
                let by = format!("{}, of ML-DSA", new.by);
                needs.push(Need { by, threshold: demand.post_quantum, keys, classical: false });
            }
            let people = people(&quorums, &signers);
            let found = enough(&needs, &people)
                .map_err(|(need, found)| step.too_few(&role, &need, found, &quorums, rehearsal, &draft, terms))?;
            quorums.iter_mut().for_each(|quorum| quorum.mark(&found));
            step.warnings.extend(quorums.last().filter(|_| old_clients).and_then(|quorum| no_spare(&role, quorum)));
            match role {
                RoleName::Root => signers = found,
                _ => drop(others.insert(role.clone(), found)),
            }
            let version = match &role {
                RoleName::Root => draft.root.as_ref().map(|root| root.common.version),
                role => draft.targets_of(role).map(|file| file.common.version),
            };
            step.roles.push((role, version.unwrap_or_default(), quorums));
        }
        rehearsal.hold(&draft, &signers, &others)?;
        clients::follow(&rehearsal.roots, at)?;
        if old_clients && rehearsal.classical != rehearsal.roots {
            clients::follow(&rehearsal.classical, at)?;
        }
        Ok(step)
    }

    /// Errors stop; of warnings those that are about numbers of people and dates. Others name keys, and the rehearsal's are
    /// nobody's.
    fn lint(&mut self, rehearsal: &Rehearsal<'_>, draft: &Draft) -> Result<(), RotationRefused> {
        for finding in check(Some(&rehearsal.state), draft, self.at) {
            let number = finding.lint.is_some_and(|lint| NUMBERS.contains(&lint.name));
            if finding.severity == Severity::Error {
                let Finding { place, message, rule, fix, .. } = finding;
                return Err(RotationRefused::Lint { ceremony: self.number, place, message, rule, fix });
            } else if number {
                self.warnings.push(finding);
            }
        }
        Ok(())
    }

    fn rows(
        &mut self,
        real: &State,
        rehearsal: &Rehearsal<'_>,
        draft: &Draft,
        terms: &RotationTerms,
    ) -> Result<(), RotationRefused> {
        let coming = self.newcomers.iter().map(|newcomer| newcomer.scheme).collect();
        self.clients = clients::rows(real, rehearsal, draft, &coming);
        let accepted = |row: &Compatibility| {
            let runs = matches!(row.row.cannot, Trait::RootsAfterPin(_));
            runs || terms.leave_behind.contains(row.row.client) || terms.leave_behind.contains("all")
        };
        let rows: Vec<Compatibility> = self.clients.iter().filter(|row| !accepted(row)).cloned().collect();
        if rows.is_empty() { Ok(()) } else { Err(RotationRefused::Stranded { ceremony: self.number, rows }) }
    }

    #[expect(clippy::too_many_arguments, reason = "all of it is the sentence")]
    fn too_few(
        &self,
        role: &RoleName,
        need: &Need,
        found: u64,
        quorums: &[Quorum],
        rehearsal: &Rehearsal<'_>,
        draft: &Draft,
        terms: &RotationTerms,
    ) -> RotationRefused {
        let (ceremony, role, by) = (self.number, role.clone(), need.by.clone());
        if need.classical {
            return RotationRefused::ClassicalAlone { ceremony, role, by, threshold: need.threshold, found };
        }
        let seats = quorums.iter().flat_map(|quorum| &quorum.seats);
        let away = seats.filter(|seat| !seat.can_sign && need.keys.contains(&seat.own));
        let mut absent: Vec<String> = away.map(|seat| seat.owner.escape_debug().to_string()).collect();
        absent.sort();
        absent.dedup();
        let mut later: Vec<DateTime<Utc>> = terms.absent.iter().filter_map(|absence| absence.until).collect();
        later.sort();
        let possible = |at: &&DateTime<Utc>| {
            let quorums = self::quorums(rehearsal, draft, &role, terms, **at);
            let needs: Vec<Need> = quorums.iter().flat_map(|quorum| quorum.needs(true)).collect();
            **at > self.at && enough(&needs, &people(&quorums, &BTreeSet::new())).is_ok()
        };
        let never: Vec<&str> = terms.absent.iter().filter(|a| a.until.is_none()).map(|a| a.who.as_str()).collect();
        let lost = quorums.iter().find(|quorum| quorum.by == need.by).is_some_and(|quorum| {
            let left = quorum.seats.iter().filter(|seat| !never.contains(&seat.owner.as_str())).count();
            u64::try_from(left).is_ok_and(|left| left < quorum.threshold)
        });
        let is_old = quorums.len() > 1 && quorums.first().is_some_and(|quorum| quorum.by == need.by);
        let (rule, hint) = match later.iter().find(possible) {
            Some(back) => {
                ("R2", format!("from {} on enough people are back: give --date that day", back.format("%Y-%m-%d")))
            }
            None if lost && is_old => (
                "R16",
                "no ceremony helps where fewer than the threshold can ever sign: `tuffet recover lost-threshold` says what does"
                    .to_owned(),
            ),
            None => (
                "R2",
                "name people who can sign, have fewer leave at once (--staged), or lower the threshold".to_owned(),
            ),
        };
        RotationRefused::TooFew {
            ceremony,
            role,
            by,
            threshold: need.threshold,
            found,
            at: self.at,
            absent,
            rule,
            hint,
        }
    }
}

impl Newcomer {
    fn of(
        changes: &[RotationChange],
        rehearsal: &Rehearsal<'_>,
        second: Option<&SecondKeys>,
        terms: &RotationTerms,
    ) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for change in changes {
            let names: &[String] = match change {
                RotationChange::ReplaceKeyholder { incoming, .. } | RotationChange::AddKeyholder { incoming, .. } => {
                    std::slice::from_ref(incoming)
                }
                RotationChange::BeginMigration { people } => people,
                _ => &[],
            };
            for who in names {
                if found.iter().any(|other| other.who == *who) {
                    continue;
                }
                let is_known = rehearsal.state.root.keys().values().any(|key| key.owner() == Some(who));
                // Whoever is in one role comes into the other with the key that is there.
                if is_known && matches!(change, RotationChange::AddKeyholder { .. }) && second.is_none() {
                    continue;
                }
                let enrolled = terms.enrolled.get(who);
                let scheme = enrolled.map(tuffet_keys::PublicKey::scheme);
                let scheme = scheme.or(second.map(|second| second.scheme)).unwrap_or(terms.scheme);
                let key = enrolled.map(tuffet_keys::PublicKey::fingerprint);
                found.push(Self { who: who.clone(), scheme, key, is_known });
            }
        }
        found
    }
}

/// The thresholds of a drafted role; of root the old root's first, as people speak of them.
fn quorums(
    rehearsal: &Rehearsal<'_>,
    draft: &Draft,
    role: &RoleName,
    terms: &RotationTerms,
    at: DateTime<Utc>,
) -> Vec<Quorum> {
    let mut authorities = draft.authorities(Some(&rehearsal.state), role);
    let old = rehearsal.state.root.common.version;
    let new = draft.root.as_ref().map_or(old, |root| root.common.version);
    let names: Vec<String> = match role {
        RoleName::Root => {
            authorities.reverse();
            vec![format!("root v{old}"), format!("root v{new}")]
        }
        RoleName::Delegated(name) => {
            draft.delegators(Some(&rehearsal.state), name).iter().map(ToString::to_string).collect()
        }
        _ => vec![format!("root v{new}")],
    };
    let of = |(by, authority): (String, _)| Quorum::of(by, &authority, rehearsal, terms, at);
    names.into_iter().zip(authorities).map(of).collect()
}

/// Classical keys of which none may be lost, beside others that hide it from the lint.
fn no_spare(role: &RoleName, quorum: &Quorum) -> Option<Finding> {
    let classical = quorum.of_class(Class::Classical);
    let lattice = quorum.of_class(Class::PostQuantum) > 0;
    let all = lattice && u64::try_from(classical).is_ok_and(|keys| keys == quorum.threshold);
    all.then(|| Finding {
        rule: "R16",
        severity: Severity::Warning,
        place: role.to_string(),
        message: format!(
            "expected more classical keys than the threshold {classical}, found as many: one lost key stops every client that \
             knows no ML-DSA"
        ),
        fix: "add a keyholder or lower the threshold",
        lint: None,
    })
}

/// Those who can sign, each with their keys, in the order of the newest list; whoever signs already first.
fn people(quorums: &[Quorum], signers: &BTreeSet<Fingerprint>) -> Vec<BTreeSet<Fingerprint>> {
    let mut names: Vec<&str> = Vec::new();
    let mut keys: BTreeMap<&str, BTreeSet<Fingerprint>> = BTreeMap::new();
    for seat in quorums.iter().rev().flat_map(|quorum| &quorum.seats).filter(|seat| seat.can_sign) {
        if !names.contains(&seat.owner.as_str()) {
            names.push(&seat.owner);
        }
        keys.entry(&seat.owner).or_default().insert(seat.own);
    }
    let mut people: Vec<BTreeSet<Fingerprint>> = names.into_iter().filter_map(|name| keys.remove(name)).collect();
    people.sort_by_key(|keys| keys.is_disjoint(signers));
    people
}

/// How [`RotationTerms::leave_behind`] calls those that know no ML-DSA.
pub(super) const OLD_CLIENTS: &str = "clients without ML-DSA";
/// The lints about numbers of people and dates.
const NUMBERS: [&str; 5] = ["threshold-one", "threshold-all", "too-few-old-keys", "expired", "expiry-too-far"];
