//! Several copies of one file, each with the signatures of some people, made one.

use crate::partial::{Asked, Partial, PartialError, owner};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::KeyId;
use tuffet_metadata::json::Value;
use tuffet_metadata::{Limits, Problem, Profile, Root, Signature, write_file};

/// The one file.
#[derive(Debug, Clone)]
pub struct Merged {
    /// Its bytes, as every current writer lays them out (interop.md, Must write 1).
    pub bytes: Vec<u8>,
    /// The same, read back.
    pub file: Partial,
    /// What is not in it.
    pub dropped: Vec<Dropped>,
}

/// What was in one of the files and is not in the merged one, sorted by keyid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dropped {
    /// A place kept for somebody who has not signed.
    Placeholder {
        /// Whose place.
        keyid: KeyId,
        /// The person, as one of the roots says.
        owner: Option<String>,
    },
    /// A signature that the key of the role did not give: no reader counts it.
    Wrong {
        /// Whose it claims to be.
        keyid: KeyId,
        /// The person, as one of the roots says.
        owner: Option<String>,
    },
    /// Further signatures under one keyid, of which a file holds one.
    Others {
        /// Whose they claim to be.
        keyid: KeyId,
        /// The person, as one of the roots says.
        owner: Option<String>,
        /// How many.
        number: usize,
    },
}

/// Why the files do not make one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is none.
    #[error("expected a file to merge, found none")]
    NoFile,
    /// They sign different things.
    #[error(
        "{member}: expected {expected} as in the first file, found {found}: signatures over one cannot serve the other"
    )]
    Differ {
        /// Which of the files, from 0.
        file: usize,
        /// The first member that differs, by the order of canonical JSON, innermost.
        member: String,
        /// What the first file has, in short.
        expected: String,
        /// What this one has.
        found: String,
    },
    /// They cannot be counted, or the file they make is beyond a limit.
    #[error("{0}")]
    Partial(#[from] PartialError),
}

/// Makes one file of several over the same `signed`.
///
/// Of each keyid one signature stays: a valid one where there is one, else, where nobody here can check, the first by
/// its bytes. Placeholders and signatures that are wrong stay behind.
///
/// The order is that of the files: one entry stands before another where every file that has both says so, places of
/// placeholders included. What the files leave open, or say in two ways, follows the own root's keyids, then those of
/// the root before, then the keyid. So whoever merges the same files, in whatever order, writes the same bytes, and
/// merging the result again with any of them changes nothing.
///
/// # Errors
/// [`MergeError`]
pub fn merge(files: &[Partial], root: Option<&Root>, profile: &Profile, limits: &Limits) -> Result<Merged, MergeError> {
    let first = files.first().ok_or(MergeError::NoFile)?;
    files.iter().enumerate().try_for_each(|(at, file)| same_signed(at, first, file))?;
    let asked = first.asked(root)?;
    let mut dropped = Vec::new();
    let mut kept: BTreeMap<&KeyId, &[u8]> = BTreeMap::new();
    for (keyid, given) in united(files) {
        let owner = owner(&asked, keyid);
        let keyid_owned = keyid.clone();
        let Some(choice) = choose(&asked, first.payload(), &given) else {
            dropped.push(match given.iter().all(|one| one.bytes.as_deref() == Some(&[])) {
                true => Dropped::Placeholder { keyid: keyid_owned, owner },
                false => Dropped::Wrong { keyid: keyid_owned, owner },
            });
            continue;
        };
        let number =
            given.iter().filter(|one| one.bytes.as_deref().is_some_and(|b| !b.is_empty() && b != choice)).count();
        if number > 0 {
            dropped.push(Dropped::Others { keyid: keyid_owned, owner, number });
        }
        kept.insert(keyid, choice);
    }
    // Before the comparisons, which are as many as its square.
    if kept.len() > limits.signatures {
        let problem = Problem::Limit { what: "signatures", limit: limits.signatures, found: kept.len() };
        return Err(PartialError::File(problem).into());
    }
    let ordered = ordered(files, &asked, kept.keys().copied().collect());
    let entries: Vec<(KeyId, Vec<u8>)> = ordered
        .into_iter()
        .filter_map(|keyid| kept.get(keyid).map(|signature| (keyid.clone(), signature.to_vec())))
        .collect();
    let bytes = write_file(first.value(), &entries);
    let file = Partial::read(&bytes, profile, limits)?;
    // Read back (style.md rule 8): what people signed is in the file, to the byte.
    same_signed(0, first, &file)?;
    Ok(Merged { bytes, file, dropped })
}

fn same_signed(at: usize, first: &Partial, other: &Partial) -> Result<(), MergeError> {
    if other.payload() == first.payload() {
        return Ok(());
    }
    let (member, expected, found) = first_difference("signed", first.value(), other.value());
    Err(MergeError::Differ { file: at, member, expected, found })
}

/// Every different entry by keyid, each group sorted by its bytes.
fn united(files: &[Partial]) -> BTreeMap<&KeyId, Vec<&Signature>> {
    let mut out: BTreeMap<&KeyId, Vec<&Signature>> = BTreeMap::new();
    for signature in files.iter().flat_map(Partial::signatures) {
        let group = out.entry(&signature.keyid).or_default();
        if !group.contains(&signature) {
            group.push(signature);
        }
    }
    for group in out.values_mut() {
        group.sort_by_key(|signature| &signature.bytes);
    }
    out
}

/// The one to keep of the signatures under one keyid.
fn choose<'a>(asked: &[Asked<'_>], payload: &[u8], given: &[&'a Signature]) -> Option<&'a [u8]> {
    let usable =
        |one: &Asked<'_>, keyid: &KeyId| one.authority.keys().any(|key| key.keyid() == keyid && key.public().is_some());
    let mut written = given.iter().filter_map(|one| Some((*one, one.bytes.as_deref()?))).filter(|(_, b)| !b.is_empty());
    let valid = |one: &Signature| {
        asked.iter().any(|asked| asked.authority.tally(payload, std::slice::from_ref(one)).have() > 0)
    };
    let can_check = given.first().is_some_and(|one| asked.iter().any(|asked| usable(asked, &one.keyid)));
    // A wrong signature under a checked keyid is of no use to any reader; a stranger's may be to one who knows the key.
    written.find(|(one, _)| !can_check || valid(one)).map(|(_, bytes)| bytes)
}

/// `keyids` in the one order that [`merge`] describes.
fn ordered<'a>(files: &'a [Partial], asked: &[Asked<'_>], keyids: BTreeSet<&'a KeyId>) -> Vec<&'a KeyId> {
    let roles: Vec<&KeyId> = asked.iter().flat_map(|asked| asked.authority.keyids()).collect();
    let rank = |keyid: &KeyId| roles.iter().position(|listed| *listed == keyid).unwrap_or(roles.len());
    let mut keyids: Vec<&KeyId> = keyids.into_iter().collect();
    keyids.sort_by_cached_key(|keyid| (rank(keyid), *keyid));
    let places: Vec<BTreeMap<&KeyId, usize>> = files
        .iter()
        .map(|file| file.signatures().iter().enumerate().map(|(at, one)| (&one.keyid, at)).collect())
        .collect();
    let before = |a: &KeyId, b: &KeyId| {
        let mut said = places.iter().filter_map(|file| Some(file.get(a)? < file.get(b)?)).peekable();
        said.peek().is_some() && said.all(|first| first)
    };
    let earlier = |one: &KeyId| keyids.iter().copied().filter(|other| before(other, one)).collect::<BTreeSet<_>>();
    let mut rest: Vec<(&KeyId, BTreeSet<&KeyId>)> = keyids.iter().map(|one| (*one, earlier(one))).collect();
    let mut out = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        // Three files can say a before b, b before c and c before a: then none is free, and the rank decides.
        let free = rest.iter().position(|(_, earlier)| earlier.is_empty()).unwrap_or(0);
        let (next, _) = rest.remove(free);
        rest.iter_mut().for_each(|(_, earlier)| {
            earlier.remove(next);
        });
        out.push(next);
    }
    out
}

/// The first member in which two different values differ, and what each has there.
fn first_difference(place: &str, one: &Value, other: &Value) -> (String, String, String) {
    let inside = |step: String, one: Option<&Value>, other: Option<&Value>| match (one, other) {
        (Some(one), Some(other)) => first_difference(&step, one, other),
        (one, other) => {
            let kind = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::kind);
            (step, kind(one), kind(other))
        }
    };
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            let differs = names.into_iter().find(|name| one.get(*name) != other.get(*name));
            let step = differs.map(|name| (format!("{place}.{}", name.escape_debug()), one.get(name), other.get(name)));
            let (step, one, other) = step.unwrap_or_else(|| (place.to_owned(), None, None));
            inside(step, one, other)
        }
        (Value::Array(one), Value::Array(other)) => {
            let at = one.iter().zip(other).take_while(|(one, other)| one == other).count();
            inside(format!("{place}[{at}]"), one.get(at), other.get(at))
        }
        _ if one.kind() == other.kind() => (place.to_owned(), one.kind(), "another".to_owned()),
        _ => (place.to_owned(), one.kind(), other.kind()),
    }
}
