//! What every row begins with: two publications of the twin, and the clients there are in the world.

use crate::{Dates, Reader, Twin, TwinError};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;
use tuffet_builder::{Change, Expiries};
use tuffet_metadata::{DelegatedRole, RoleName, TargetPath};

/// The twin before and after its last publication, at a time.
pub(super) struct Stage {
    pub(super) before: Twin,
    pub(super) now: Twin,
    pub(super) clients: Vec<ClientOf>,
    pub(super) at: DateTime<Utc>,
    pub(super) delegated: Option<Delegated>,
}

/// A client, and how it came to be.
#[derive(Clone)]
pub(super) struct ClientOf {
    pub(super) name: String,
    pub(super) oldest: bool,
    pub(super) new: bool,
    pub(super) reader: Reader,
}

/// The delegated role that thieves go for.
pub(super) struct Delegated {
    pub(super) role: RoleName,
    /// A target path that a search gives it first.
    pub(super) inside: Option<String>,
    /// One that it does not cover.
    pub(super) outside: Option<String>,
}

impl Stage {
    pub(super) fn of(twin: &Twin, at: DateTime<Utc>) -> Result<Self, TwinError> {
        let before = twin.clone();
        let mut now = twin.clone();
        now.publish(&[Change::Renew { role: RoleName::Targets }], &dates(twin))?;
        let oldest = twin.roots().first().unwrap_or(twin.root());
        let mut pins = vec![(oldest, true)];
        if oldest.common.version != twin.root().common.version {
            pins.push((twin.root(), false));
        }
        let delegated = delegated(&now);
        let looked_up = delegated.as_ref().and_then(|delegated| delegated.inside.as_ref());
        let mut clients = Vec::new();
        for (root, oldest) in pins {
            let version = root.common.version;
            for new in [false, true] {
                let name = format!("root {version}, {}", if new { "new" } else { "in use" });
                let mut reader = Reader::pinned(&name, root.bytes());
                if !new {
                    for files in [&before.files, &now.files] {
                        let answer = reader.refresh(files, at);
                        if !answer.follows() {
                            return Err(TwinError::Unusable { client: name, said: answer.to_string() });
                        }
                    }
                    // A delegated role is fetched by whoever looks for a target of it. Nothing is found, and it is kept.
                    let _ = looked_up.map(|path| reader.install(&now.files, at, path, b""));
                }
                clients.push(ClientOf { name, oldest, new, reader });
            }
        }
        Ok(Self { before, now, clients, at, delegated })
    }

    /// Later than anything lives.
    pub(super) fn far(&self) -> DateTime<Utc> {
        self.at.checked_add_signed(FAR).unwrap_or(self.at)
    }
}

/// The expiries a twin has: its next publication ends no later, so that what is found of its dates is found of the
/// original's.
pub(crate) fn dates(twin: &Twin) -> Dates {
    let time = |role: &RoleName| match role {
        RoleName::Root => twin.root().common.expires.time(),
        _ => twin.targets().common.expires.time(),
    };
    let delegated: BTreeMap<String, DateTime<Utc>> =
        twin.delegated().iter().map(|(name, role)| (name.clone(), role.common.expires.time())).collect();
    Dates {
        offline: Expiries { delegated, ..Expiries::new(time(&RoleName::Root), time(&RoleName::Targets)) },
        snapshot: twin.snapshot().common.expires.time(),
        timestamp: twin.timestamp().common.expires.time(),
    }
}

/// The first role that targets delegates to by name and that has a file; one with a path of its own before others.
fn delegated(twin: &Twin) -> Option<Delegated> {
    let delegations = twin.targets().delegations.as_ref()?;
    let known = |role: &DelegatedRole| twin.delegated().contains_key(&role.name);
    let all: Vec<Delegated> = delegations
        .roles()
        .iter()
        .filter(known)
        .take(CANDIDATES)
        .map(|role| {
            let first = |path: &String| {
                let path = TargetPath::new(path);
                delegations.matching(&path).next().is_some_and(|found| found.name == role.name)
            };
            let listed = |path: &String| twin.targets().targets().contains_key(path);
            let inside = paths_of(&role).find(|path| first(path) && !listed(path));
            let outside = OUTSIDE.map(str::to_owned).into_iter().find(|path| !role.covers(&TargetPath::new(path)));
            Delegated { role: RoleName::Delegated(role.name), inside, outside }
        })
        .collect();
    let best = all.iter().position(|delegated| delegated.inside.is_some()).unwrap_or(0);
    all.into_iter().nth(best)
}

/// Paths that its patterns may cover, or its prefixes.
fn paths_of(role: &DelegatedRole) -> impl Iterator<Item = String> {
    let by_pattern: Vec<String> =
        role.paths.iter().map(|pattern| pattern.as_str().replace('*', "drill").replace('?', "d")).collect();
    let numbers = if role.path_hash_prefixes.is_empty() { 0 } else { NUMBERS };
    by_pattern.into_iter().chain((0..numbers).map(|i| format!("drill-{i}")))
}

const FAR: Duration = Duration::days(36_500);
const OUTSIDE: [&str; 3] = ["drill.txt", "drill/outside/drill.txt", "a/b/c/d/e/drill"];
const CANDIDATES: usize = 64;
const NUMBERS: u32 = 4_096;
