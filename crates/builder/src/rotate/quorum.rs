//! Who signs a role: whose keys count, who of them can, and who is enough.

use super::goal::RotationTerms;
use super::rehearsal::Rehearsal;
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{Class, Fingerprint, Scheme};
use tuffet_metadata::Authority;

/// One threshold that a ceremony must meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quorum {
    /// Whose keys count: `root v15`, or the role that delegates.
    pub by: String,
    /// Signatures needed.
    pub threshold: u64,
    /// The keys that count, in the order in which they are listed; a key under two keyids once (F8).
    pub seats: Vec<RotationSeat>,
}

/// A key that counts, and its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationSeat {
    /// Whose it is, as the key object says.
    pub owner: String,
    /// The key; `None` where it is not enrolled yet.
    pub key: Option<Fingerprint>,
    /// Its scheme.
    pub scheme: Scheme,
    /// Whether its holder can sign on the day.
    pub can_sign: bool,
    /// Whether it is one of those that are enough.
    pub signs: bool,
    /// The stand-in.
    pub(super) own: Fingerprint,
}

impl RotationSeat {
    /// Whether both are one key's: of another role, or under another root.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.own == other.own
    }
}

impl Quorum {
    pub(super) fn of(
        by: String,
        authority: &Authority<'_>,
        rehearsal: &Rehearsal<'_>,
        terms: &RotationTerms,
        at: DateTime<Utc>,
    ) -> Self {
        let mut seats: Vec<RotationSeat> = Vec::new();
        for key in authority.keys() {
            let Some(own) = key.public().map(tuffet_keys::PublicKey::fingerprint) else { continue };
            let Some(stand_in) = rehearsal.keys.get(&own).filter(|_| seats.iter().all(|seat| seat.own != own)) else {
                continue;
            };
            let owner = key.owner().or(key.online_uri()).map_or_else(|| own.short(), str::to_owned);
            let can_sign = terms.can_sign(&owner, at);
            seats.push(RotationSeat {
                owner,
                key: stand_in.original,
                scheme: stand_in.scheme,
                can_sign,
                signs: false,
                own,
            });
        }
        Self { by, threshold: authority.threshold(), seats }
    }

    /// Seats of those who can sign.
    #[must_use]
    pub fn can_sign(&self) -> usize {
        self.seats.iter().filter(|seat| seat.can_sign).count()
    }

    /// How many of the seats are keys of a class.
    #[must_use]
    pub fn of_class(&self, class: Class) -> usize {
        self.seats.iter().filter(|seat| seat.scheme.class() == class).count()
    }

    /// How many people it takes at least, where some hold more keys than others.
    #[must_use]
    pub fn fewest_people(&self) -> u64 {
        let mut held: BTreeMap<&str, u64> = BTreeMap::new();
        for seat in &self.seats {
            let keys = held.entry(&seat.owner).or_default();
            *keys = keys.saturating_add(1);
        }
        let mut counts: Vec<u64> = held.into_values().collect();
        counts.sort_unstable_by(|one, other| other.cmp(one));
        let (mut keys, mut people) = (0u64, 0u64);
        for count in counts {
            if keys >= self.threshold {
                break;
            }
            keys = keys.saturating_add(count);
            people = people.saturating_add(1);
        }
        people
    }

    /// What must be met: by all keys, and, where some are of a class that old clients do not know, by the others alone.
    pub(super) fn needs(&self, old_clients: bool) -> Vec<Need> {
        let keys = |class: Option<Class>| {
            let counts = |seat: &&RotationSeat| class.is_none_or(|class| seat.scheme.class() == class);
            self.seats.iter().filter(counts).map(|seat| seat.own).collect::<BTreeSet<_>>()
        };
        let mut needs =
            vec![Need { by: self.by.clone(), threshold: self.threshold, keys: keys(None), classical: false }];
        if old_clients && self.of_class(Class::PostQuantum) > 0 {
            let keys = keys(Some(Class::Classical));
            needs.push(Need { by: self.by.clone(), threshold: self.threshold, keys, classical: true });
        }
        needs
    }

    pub(super) fn mark(&mut self, signers: &BTreeSet<Fingerprint>) {
        self.seats.iter_mut().for_each(|seat| seat.signs = signers.contains(&seat.own));
    }
}

/// A number of signatures by some keys.
#[derive(Debug, Clone)]
pub(super) struct Need {
    pub(super) by: String,
    pub(super) threshold: u64,
    pub(super) keys: BTreeSet<Fingerprint>,
    /// Whether it is that of clients that count classical keys alone.
    pub(super) classical: bool,
}

impl Need {
    pub(super) fn have(&self, signers: &BTreeSet<Fingerprint>) -> u64 {
        u64::try_from(self.keys.intersection(signers).count()).unwrap_or(u64::MAX)
    }

    fn is_met(&self, signers: &BTreeSet<Fingerprint>) -> bool {
        self.have(signers) >= self.threshold
    }
}

/// As few people as meet every need, those first who help most of them. Everybody signs with all the keys they have:
/// a person who is there anyhow need not be asked twice.
///
/// # Errors
/// The first need that all of them together do not meet, and how much of it they do.
pub(super) fn enough(needs: &[Need], people: &[BTreeSet<Fingerprint>]) -> Result<BTreeSet<Fingerprint>, (Need, u64)> {
    let everybody: BTreeSet<Fingerprint> = people.iter().flatten().copied().collect();
    if let Some(need) = needs.iter().find(|need| !need.is_met(&everybody)) {
        return Err((need.clone(), need.have(&everybody)));
    }
    let mut chosen: Vec<&BTreeSet<Fingerprint>> = Vec::new();
    let mut left: Vec<&BTreeSet<Fingerprint>> = people.iter().collect();
    let of = |chosen: &[&BTreeSet<Fingerprint>]| chosen.iter().flat_map(|keys| keys.iter().copied()).collect();
    loop {
        let signers: BTreeSet<Fingerprint> = of(&chosen);
        let unmet: Vec<&Need> = needs.iter().filter(|need| !need.is_met(&signers)).collect();
        if unmet.is_empty() {
            break;
        }
        let helps = |keys: &BTreeSet<Fingerprint>| unmet.iter().filter(|need| need.have(keys) > 0).count();
        // Of those who help equally whoever needs fewer keys for it, and then the first.
        let best = |(at, keys): &(usize, &&BTreeSet<Fingerprint>)| (helps(keys), Reverse(keys.len()), Reverse(*at));
        let best = left.iter().enumerate().max_by_key(best);
        let Some((at, _)) = best else { break };
        chosen.push(left.remove(at));
    }
    for at in (0..chosen.len()).rev() {
        let mut without = chosen.clone();
        without.remove(at);
        let signers = of(&without);
        if needs.iter().all(|need| need.is_met(&signers)) {
            chosen = without;
        }
    }
    Ok(of(&chosen))
}
