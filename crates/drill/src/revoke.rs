//! K19: the emergency rotation of stolen keys, played to the end and counted.
//!
//! Nobody is asked to believe a number: how many must sign is found by signing with fewer and having the next root or
//! targets refused, how often clients must ask by having them ask.

use crate::{Cast, Forger, MakeKey, Twin, TwinError, rows};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use tuffet_builder::{Change, Holder, OfflineRole, OnlineKey, OnlineRole, assemble};
use tuffet_keys::Fingerprint;
use tuffet_metadata::{Authority, Limits, Profile, Proposed, Role, RoleName, Root, Targets, Unverified};

/// What a rotation takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The roles that lose a key.
    pub roles: Vec<RoleName>,
    /// New keys that have to be made and enrolled. Keys that nobody needs are taken out only.
    pub new_keys: usize,
    /// The roles whose next version people sign, and how many of those who are left it takes.
    pub signed: Vec<(RoleName, usize)>,
    /// Who does what, in order: a command each.
    pub steps: Vec<(String, String)>,
    /// How many people that is.
    pub people: usize,
    /// The clients by name, and after how many refreshes each follows and counts the keys no more; `None` where it does not.
    pub clients: Vec<(String, Option<usize>)>,
    /// Where a file signed with the stolen keys alone is still taken, or a role lists one. Empty as it must be.
    pub differs: Vec<String>,
}

/// Rotates `stolen`, keys of the original, on a copy of `twin`.
///
/// # Errors
/// [`TwinError`]: the changes give no draft, for one.
pub fn revoke(
    twin: &Twin,
    stolen: &BTreeSet<Fingerprint>,
    at: DateTime<Utc>,
    make: &mut MakeKey<'_>,
) -> Result<Revocation, TwinError> {
    let held: BTreeSet<Fingerprint> = stolen.iter().filter_map(|key| twin.stand_in(key)).collect();
    let all = RoleName::TOP_LEVEL.into_iter().chain(twin.delegated().keys().cloned().map(RoleName::Delegated));
    let roles: Vec<RoleName> = all.filter(|role| !twin.keys_of(role).is_disjoint(&held)).collect();
    let mut after = twin.clone();
    let (changes, new_keys) = changes(&mut after, &roles, &held, make)?;
    let old = after.clone();
    after.publish(&changes, &rows::dates(twin))?;

    let mut signed = Vec::new();
    if after.root().common.version != old.root().common.version {
        signed.push((RoleName::Root, enough_for_root(&old, &after, &held)?));
    }
    if after.targets().common.version != old.targets().common.version {
        signed.push((RoleName::Targets, enough_for_targets(&after, &held)?));
    }
    let signers = signed.iter().map(|(_, number)| *number).max().unwrap_or(0);
    let online = roles.iter().any(|role| matches!(role, RoleName::Snapshot | RoleName::Timestamp));
    let steps = steps(signers, new_keys, online);

    let mut cast = Cast::of(twin, at);
    let mut clients: Vec<(String, Option<usize>)> = Vec::new();
    for number in 1..=REFRESHES {
        for (name, answer) in cast.see("after the rotation", &after.files, at).answers {
            let follows = answer.follows() && answer.versions().root == after.root().common.version;
            match clients.iter_mut().find(|(known, _)| *known == name) {
                Some((_, after @ None)) if follows => *after = Some(number),
                Some(_) => {}
                None => clients.push((name, follows.then_some(number))),
            }
        }
    }
    let differs = still_taken(&after, &roles, &held, &cast, at)?;
    let people = signers.saturating_add(new_keys).saturating_add(BESIDE);
    Ok(Revocation { roles, new_keys, signed, steps, people, clients, differs })
}

/// What is to change, and how many new keys it takes. A keyholder's key goes without another where enough are left.
fn changes(
    twin: &mut Twin,
    roles: &[RoleName],
    held: &BTreeSet<Fingerprint>,
    make: &mut MakeKey<'_>,
) -> Result<(Vec<Change>, usize), TwinError> {
    let mut changes = Vec::new();
    let mut new_keys = 0_usize;
    let online = [OnlineRole::Snapshot, OnlineRole::Timestamp];
    let is_online =
        |twin: &Twin, key: &Fingerprint| online.iter().any(|role| twin.keys_of(&RoleName::from(*role)).contains(key));
    let machines: Vec<Fingerprint> = held.iter().filter(|key| is_online(twin, key)).copied().collect();
    for key in &machines {
        let uri = "file:drill.pem".to_owned();
        let new = OnlineKey { uri: uri.clone(), public: twin.new_key("online", make)? };
        new_keys = new_keys.saturating_add(1);
        for role in online {
            let root = twin.root();
            let authority = root.authority(&RoleName::from(role));
            if !authority.fingerprints().contains(key) {
                continue;
            }
            let stays = authority.keys().filter_map(|own| {
                let public = own.public().filter(|public| !held.contains(&public.fingerprint()))?;
                Some(OnlineKey { uri: own.online_uri().unwrap_or(&uri).to_owned(), public: public.clone() })
            });
            let keys = stays.chain([new.clone()]).collect();
            changes.push(Change::SetOnlineKeys { role, keys, threshold: authority.threshold() });
        }
    }
    let offline = [(OfflineRole::Root, RoleName::Root), (OfflineRole::Targets, RoleName::Targets)];
    for outgoing in held.iter().copied() {
        let of: Vec<&RoleName> = roles.iter().filter(|role| twin.keys_of(role).contains(&outgoing)).collect();
        let is_people = |role: &&RoleName| !matches!(role, RoleName::Snapshot | RoleName::Timestamp);
        let of: Vec<&RoleName> = of.into_iter().filter(is_people).collect();
        let spares = |role: &RoleName| {
            let left = twin.keys_of(role).difference(held).count();
            let threshold = twin.authorities(role).first().map_or(u64::MAX, Authority::threshold);
            matches!(role, RoleName::Root | RoleName::Targets)
                && u64::try_from(left).is_ok_and(|left| left >= threshold)
        };
        if of.is_empty() {
            continue;
        }
        if of.iter().all(|role| spares(role)) {
            let places = offline.iter().filter(|(_, name)| of.contains(&name));
            changes.extend(places.map(|(role, _)| Change::RemoveKeyholder { role: *role, outgoing }));
        } else {
            let owner = format!("@drill-{new_keys}");
            let public = twin.new_key(&owner, make)?;
            changes.push(Change::ReplaceKeyholder { outgoing, incoming: Holder { owner, public } });
            new_keys = new_keys.saturating_add(1);
        }
    }
    for role in roles.iter().filter(|role| !matches!(role, RoleName::Root | RoleName::Snapshot | RoleName::Timestamp)) {
        changes.push(Change::Renew { role: role.clone() });
    }
    Ok((changes, new_keys))
}

/// How many of those who are left it takes until clients of the old root take the new one.
fn enough_for_root(old: &Twin, new: &Twin, held: &BTreeSet<Fingerprint>) -> Result<usize, TwinError> {
    let (profile, limits) = (Profile::deployed(), Limits::default());
    let proposed = Proposed::<Root>::under(new.root().value().into(), &profile, &limits)?;
    let authorities = [proposed.authority(&RoleName::Root), old.root().authority(&RoleName::Root)];
    enough(new, &proposed, &authorities, held, |bytes| {
        Unverified::<Root>::new(bytes).verify_next(old.root(), &profile, &limits).is_ok()
    })
}

fn enough_for_targets(new: &Twin, held: &BTreeSet<Fingerprint>) -> Result<usize, TwinError> {
    let (profile, limits) = (Profile::deployed(), Limits::default());
    let proposed = Proposed::<Targets>::under(new.targets().value().into(), &profile, &limits)?;
    let by = new.root().authority(&RoleName::Targets);
    enough(new, &proposed, std::slice::from_ref(&by), held, |bytes| {
        Unverified::<Targets>::new(bytes).verify(&by, &profile, &limits).is_ok()
    })
}

fn enough<T: Role>(
    twin: &Twin,
    proposed: &Proposed<T>,
    authorities: &[Authority<'_>],
    held: &BTreeSet<Fingerprint>,
    accepted: impl Fn(Vec<u8>) -> bool,
) -> Result<usize, TwinError> {
    // Whoever is in both first: one person, one signature for both.
    let in_all = |key: &Fingerprint| authorities.iter().all(|by| by.fingerprints().contains(key));
    let mut left: Vec<Fingerprint> = authorities.iter().flat_map(Authority::fingerprints).collect();
    left.sort();
    left.dedup();
    left.retain(|key| !held.contains(key));
    left.sort_by_key(|key| !in_all(key));
    for number in 1..=left.len() {
        let signers: BTreeSet<Fingerprint> = left.iter().take(number).copied().collect();
        let given = twin.keys.sign(proposed.payload(), authorities, Some(&signers))?;
        if accepted(assemble(proposed, authorities, &given)) {
            return Ok(number);
        }
    }
    Ok(left.len())
}

/// What is typed, and by whom: the commands of the playbook.
fn steps(signers: usize, new_keys: usize, online: bool) -> Vec<(String, String)> {
    let mut steps = Vec::new();
    let mut step = |who: &str, what: &str| steps.push((who.to_owned(), what.to_owned()));
    for _ in 0..new_keys {
        step("coordinator", "tuffet plan invite");
        let who = if online { "operator" } else { "whoever comes" };
        step(who, "tuffet key generate");
        step(who, "tuffet key enroll");
    }
    step("coordinator", if online { "tuffet recover online-key" } else { "tuffet recover stolen-key" });
    step("coordinator", "tuffet draft");
    for number in 1..=WITNESSES {
        step(&format!("witness {number}"), "tuffet approve");
    }
    for number in 1..=signers {
        step(&format!("keyholder {number}"), "tuffet sign");
    }
    step("coordinator", "tuffet assemble");
    step("operator", "tuffet publish");
    steps
}

/// Where the keys still count after the rotation.
fn still_taken(
    after: &Twin,
    roles: &[RoleName],
    held: &BTreeSet<Fingerprint>,
    cast: &Cast,
    at: DateTime<Utc>,
) -> Result<Vec<String>, TwinError> {
    let mut differs = Vec::new();
    for role in roles {
        if !after.keys_of(role).is_disjoint(held) {
            differs.push(format!("{role} lists a stolen key"));
        }
    }
    let mut thief = Forger::holding(after, held.iter().copied());
    let version = after.timestamp().common.version.saturating_add(1);
    thief.version(&RoleName::Timestamp, version).sign(&RoleName::Timestamp)?;
    let scene = cast.would_see("a timestamp by the stolen keys", &thief.files, at);
    for (name, answer) in scene.answers.iter().filter(|(_, answer)| answer.code() != Some("signature")) {
        differs.push(format!("{name}: expected a timestamp by the stolen keys refused, found: {answer}"));
    }
    Ok(differs)
}

/// Refreshes after which a client that does not follow is given up.
const REFRESHES: usize = 3;
/// Approvals that a plan asks for.
const WITNESSES: usize = 2;
/// The coordinator, the operator of the online key, and the witnesses.
const BESIDE: usize = 4;
