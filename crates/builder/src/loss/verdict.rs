//! What a situation does to each role and to the whole.

use super::reach::{Reach, reach};
use super::roster::{Roster, count};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_metadata::RoleName;

/// What happened to keys, by their places in [`Roster::keys`]. A stolen device is both lost and stolen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Situation {
    /// Nobody can sign with these any more, but who stole them.
    pub lost: BTreeSet<usize>,
    /// Somebody else can sign with these, too.
    pub stolen: BTreeSet<usize>,
    /// Their owners cannot come until then.
    pub absent: BTreeMap<usize, DateTime<Utc>>,
}

/// Whether a role can be signed by those who should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleState {
    /// Yes.
    Operable {
        /// How many keys more may go.
        spare: u64,
    },
    /// Once enough of the absent are back.
    Waits {
        /// When.
        until: DateTime<Utc>,
        /// Whether it expires before.
        late: bool,
    },
    /// Once its delegator, which can sign or be given keys, names other keys.
    Recoverable,
    /// Never again.
    Dead,
}

/// How a thief signs a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thief {
    /// The stolen keys meet its threshold.
    Own,
    /// They meet that of a role above it, which can name keys for it.
    Above,
}

/// What becomes of one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleVerdict {
    /// Whether those who should can sign it.
    pub state: RoleState,
    /// Whether others can.
    pub thief: Option<Thief>,
}

/// What becomes of the whole, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Every role can be signed, by nobody but those who should.
    Operable,
    /// The same, once the absent are back.
    Waits,
    /// Some role needs new keys from its delegator first.
    Recoverable,
    /// Root can never be signed again, nor can what needs new keys.
    Dead,
    /// Somebody else can sign a role.
    Compromised,
}

/// Why clients must be given a new root in another way (R16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutOfBand {
    /// Fewer keys of root are left than its threshold.
    RootLost,
    /// As many keys of root are stolen as its threshold: no client can tell whose next root is the right one.
    RootStolen,
}

/// What a situation comes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Verdict {
    /// For the whole.
    pub outcome: Outcome,
    /// Why it cannot be mended by signatures, if it cannot.
    pub out_of_band: Option<OutOfBand>,
    /// For each of [`Roster::roles`].
    pub roles: Vec<RoleVerdict>,
    /// What thieves can make clients believe, the strongest of each kind.
    pub reach: BTreeSet<Reach>,
}

/// Judges a situation at `at`.
#[must_use]
pub fn judge(roster: &Roster, situation: &Situation, at: DateTime<Utc>) -> Verdict {
    let of_role = |role: &super::RosterRole| {
        let among = |places: &BTreeSet<usize>| count(role.keys.intersection(places).count());
        let away = |(place, until): (&usize, &DateTime<Utc>)| {
            let counts = role.keys.contains(place) && !situation.lost.contains(place) && *until > at;
            counts.then_some(*until)
        };
        let mut absent: Vec<DateTime<Utc>> = situation.absent.iter().filter_map(away).collect();
        absent.sort();
        Keys { lost: among(&situation.lost), stolen: among(&situation.stolen), absent }
    };
    let keys: Vec<Keys> = roster.roles.iter().map(of_role).collect();
    of_keys(roster, &keys)
}

/// What became of a role's keys. More than that no verdict rests on.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    pub(super) lost: u64,
    pub(super) stolen: u64,
    /// When each that is not lost comes back, the first first.
    pub(super) absent: Vec<DateTime<Utc>>,
}

pub(super) fn of_keys(roster: &Roster, keys: &[Keys]) -> Verdict {
    let own = |(role, keys): (&super::RosterRole, &Keys)| {
        let left = count(role.keys.len()).saturating_sub(keys.lost);
        let here = left.saturating_sub(count(keys.absent.len()));
        if let Some(spare) = here.checked_sub(role.threshold) {
            return Some(RoleState::Operable { spare });
        }
        let missing = usize::try_from(role.threshold.saturating_sub(here)).ok()?;
        let until = *keys.absent.get(missing.checked_sub(1)?)?;
        Some(RoleState::Waits { until, late: role.expires.as_ref().is_some_and(|expires| expires.is_past(until)) })
    };
    let mut states: Vec<Option<RoleState>> = roster.roles.iter().zip(keys).map(own).collect();
    spread(roster, &mut states, RoleState::Recoverable);
    let stolen = |(role, keys): (&super::RosterRole, &Keys)| (keys.stolen >= role.threshold).then_some(Thief::Own);
    let mut thieves: Vec<Option<Thief>> = roster.roles.iter().zip(keys).map(stolen).collect();
    spread(roster, &mut thieves, Thief::Above);
    let roles: Vec<RoleVerdict> = states
        .into_iter()
        .zip(thieves)
        .map(|(state, thief)| RoleVerdict { state: state.unwrap_or(RoleState::Dead), thief })
        .collect();
    let outcome = roles.iter().map(RoleVerdict::outcome).max().unwrap_or(Outcome::Operable);
    let root = roster.roles.iter().position(|role| role.is(&RoleName::Root)).and_then(|place| roles.get(place));
    let out_of_band = root.and_then(|root| match (root.thief, root.state) {
        (Some(_), _) => Some(OutOfBand::RootStolen),
        (None, RoleState::Dead) => Some(OutOfBand::RootLost),
        (None, _) => None,
    });
    let reach = reach(roster, &roles);
    Verdict { outcome, out_of_band, roles, reach }
}

/// Gives `below` to each role that has nothing and a delegator that has something, until nothing changes: delegations may
/// go in circles, and a circle that hangs on nothing gives nothing. Of a delegator with two delegators one is enough: it
/// can publish the next version, and the other's path is broken already.
fn spread<T: Copy>(roster: &Roster, found: &mut [Option<T>], below: T) {
    for _ in 0..roster.roles.len() {
        let mut changed = false;
        for (place, _) in roster.roles.iter().enumerate().filter(|(_, role)| !role.is(&RoleName::Root)) {
            let above = roster.delegators(place).any(|by| found.get(by).is_some_and(Option::is_some));
            if let Some(entry @ None) = found.get_mut(place)
                && above
            {
                *entry = Some(below);
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

impl RoleVerdict {
    fn outcome(&self) -> Outcome {
        match (self.thief, self.state) {
            (Some(_), _) => Outcome::Compromised,
            (None, RoleState::Operable { .. }) => Outcome::Operable,
            (None, RoleState::Waits { .. }) => Outcome::Waits,
            (None, RoleState::Recoverable) => Outcome::Recoverable,
            (None, RoleState::Dead) => Outcome::Dead,
        }
    }
}
