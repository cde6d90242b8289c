//! Which released clients a repository, or a change of it, locks out.
//!
//! [`Client`] is one row of a table; what a row may ask of a file is a closed set, [`Trait`]. A repository is replayed
//! under each row from every root a client may have pinned.

mod table;
mod traits;

pub use traits::Trait;
pub(crate) use traits::{trait_of_scheme, traits_of_keys};

use crate::{Draft, Observed, Seen, State};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use tuffet_metadata::RoleName;

/// One row: a released client and one thing it cannot do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its name, or the neutral name of a reader by a rule of the format.
    pub client: &'static str,
    /// Which versions; empty for a neutral row.
    pub versions: &'static str,
    /// What it cannot read.
    pub cannot: Trait,
    /// What then happens, after the client's name.
    pub effect: &'static str,
    /// The public issue, advisory, release note or pull request; for a neutral row the section.
    pub reference: &'static str,
}

impl Client {
    /// Every row.
    #[must_use]
    pub fn all() -> &'static [Self] {
        table::CLIENTS
    }
}

/// A row that applies: who is locked out, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compatibility {
    /// The row.
    pub row: &'static Client,
    /// The roots that such a client may pin and then fails. Empty for a change that nobody has fetched yet.
    pub pins: Vec<u64>,
    /// Whether those are all the roots there are.
    pub every_pin: bool,
    /// How many runs it takes from the oldest of them, where it takes more than one.
    pub runs: Option<u64>,
    /// The files it cannot read, in the order it meets them.
    pub files: Vec<String>,
}

/// Every row that some client meets, from some root of the chain.
#[must_use]
pub fn clients(seen: &Observed) -> Vec<Compatibility> {
    let roots: Vec<(u64, &str, BTreeSet<Trait>)> = seen
        .roots
        .iter()
        .map(|root| (root.version(), root.name.as_str(), traits::of_root(&root.signed, &root.signatures)))
        .collect();
    let Some(newest) = seen.roots.last().map(Seen::version) else { return Vec::new() };
    let current = current(seen);
    let mut found = Vec::new();
    for row in Client::all() {
        if let Trait::RootsAfterPin(limit) = row.cannot {
            let behind: Vec<u64> =
                roots.iter().map(|root| root.0).filter(|pin| newest.saturating_sub(*pin) > limit).collect();
            let Some(oldest) = behind.first().copied() else { continue };
            let runs = newest.saturating_sub(oldest).div_ceil(limit.max(1));
            found.push(Compatibility { row, pins: behind, every_pin: false, runs: Some(runs), files: Vec::new() });
            continue;
        }
        let of_roots: Vec<(u64, &str)> =
            roots.iter().filter(|root| root.2.contains(&row.cannot)).map(|root| (root.0, root.1)).collect();
        let mut files: Vec<String> = of_roots.iter().map(|(_, name)| (*name).to_owned()).collect();
        let now = current.iter().filter(|(_, traits)| traits.contains(&row.cannot)).map(|(name, _)| name.clone());
        // Of targets and the online roles every client reads the newest, whatever it pins.
        let last = of_roots.last().map(|(version, _)| *version);
        let everybody = current.values().any(|traits| traits.contains(&row.cannot));
        files.extend(now);
        let pins: Vec<u64> =
            roots.iter().map(|root| root.0).filter(|pin| everybody || last.is_some_and(|last| *pin <= last)).collect();
        if !files.is_empty() {
            let every_pin = pins.len() == roots.len();
            found.push(Compatibility { row, pins, every_pin, runs: None, files });
        }
    }
    found
}

/// The rows that a draft meets and what is published does not: whom the change would lock out.
#[must_use]
pub fn clients_of_draft(state: Option<&State>, draft: &Draft) -> Vec<Compatibility> {
    let mut new: Vec<(RoleName, BTreeSet<Trait>)> = Vec::new();
    if let Some(root) = &draft.root {
        let old = state.map(|state| traits::of_root(&state.root, &[])).unwrap_or_default();
        new.push((RoleName::Root, traits::of_root(root, &[]).difference(&old).copied().collect()));
    }
    if let Some(targets) = &draft.targets {
        let old = state.map(|state| traits::of_targets(&state.targets)).unwrap_or_default();
        new.push((RoleName::Targets, traits::of_targets(targets).difference(&old).copied().collect()));
    }
    let mut found = Vec::new();
    for row in Client::all() {
        let files = new.iter().filter(|(_, traits)| traits.contains(&row.cannot)).map(|(role, _)| role.to_string());
        let files: Vec<String> = files.collect();
        let newest = draft.root.as_ref().map_or(0, |root| root.common.version);
        match row.cannot {
            // The first client to need another run pins root 1.
            Trait::RootsAfterPin(limit) if newest == limit.saturating_add(2) => {
                found.push(Compatibility { row, pins: vec![1], every_pin: false, runs: Some(2), files: Vec::new() });
            }
            _ if files.is_empty() => {}
            _ => found.push(Compatibility { row, pins: Vec::new(), every_pin: true, runs: None, files }),
        }
    }
    found
}

/// What every client reads, by file.
fn current(seen: &Observed) -> BTreeMap<String, BTreeSet<Trait>> {
    let mut out = BTreeMap::new();
    if let Some(file) = &seen.timestamp {
        out.insert(file.name.clone(), traits::of_timestamp(&file.signed, &file.signatures));
    }
    if let Some(file) = &seen.snapshot {
        let live = seen.live_files();
        out.insert(file.name.clone(), traits::of_snapshot(&file.signed, &file.signatures, &live));
    }
    for (_, file) in seen.targets_roles() {
        let mut found = traits::of_targets(&file.signed);
        found.extend(traits::of_signatures(&file.signatures));
        out.insert(file.name.clone(), found);
    }
    out
}

/// One sentence.
impl fmt::Display for Compatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Client { client, versions, effect, reference, .. } = self.row;
        let versions = if versions.is_empty() { String::new() } else { format!(" {versions}") };
        if let (Some(runs), Trait::RootsAfterPin(limit)) = (self.runs, self.row.cannot) {
            let (pins, up_to) = (ranges(&self.pins), if self.pins.len() > 1 { "up to " } else { "" });
            return write!(
                f,
                "{client}{versions}: a client with a limit of {limit} roots that pins root {pins} needs {up_to}{runs} runs ({reference})"
            );
        }
        write!(f, "{client}{versions} {effect}: {}", shown(&self.files))?;
        match (self.pins.is_empty(), self.every_pin) {
            (true, _) => {}
            (false, true) => f.write_str("; whatever root it pins")?,
            (false, false) => write!(f, "; if it pins root {}", ranges(&self.pins))?,
        }
        write!(f, " ({reference})")
    }
}

/// `roots 1-8, 14.targets.json`.
fn shown(files: &[String]) -> String {
    let version = |name: &String| name.strip_suffix(".root.json").and_then(|version| version.parse().ok());
    let roots: Vec<u64> = files.iter().filter_map(version).collect();
    let roots = match roots.len() {
        0 => None,
        1 => Some(format!("root {}", ranges(&roots))),
        _ => Some(format!("roots {}", ranges(&roots))),
    };
    let others = files.iter().filter(|name| version(name).is_none()).cloned();
    roots.into_iter().chain(others).collect::<Vec<_>>().join(", ")
}

/// `1-8, 11`.
fn ranges(numbers: &[u64]) -> String {
    let mut out: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match out.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => out.push((*number, *number)),
        }
    }
    let shown = out.iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from}-{to}") });
    shown.collect::<Vec<_>>().join(", ")
}
