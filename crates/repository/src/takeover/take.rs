//! The takeover itself: read, verified, written, and read back.

use super::chain::Chain;
use super::report::{self, described, is_target};
use super::walk::{Delegated, Walk};
use super::{Layout, LeftOut, Note, OpenEvent, Source, Staging, Taken, TakenFile, TakeoverError, event};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use tuffet_client::target_names;
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::{KeyidExceptions, Profile, RoleName, Root, TargetFile, Targets, Unverified, Verified};
use tuffet_verifier::{Limits, Policy, Refreshed};

/// How a repository is read.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    layout: Option<Layout>,
    pin: Option<&'a [u8]>,
    pub(super) at: DateTime<Utc>,
    pub(super) policy: Policy,
}

impl<'a> Options<'a> {
    /// Reads as deployed clients do, reports what has expired at `at`, and takes as many delegated roles as there are: a copy with some of them is none.
    #[must_use]
    pub fn new(at: DateTime<Utc>, exceptions: KeyidExceptions) -> Self {
        let usual = Limits::default();
        let limits = Limits {
            snapshot_bytes: usual.pinned_bytes,
            targets_bytes: usual.pinned_bytes,
            target_bytes: TARGET_BYTES,
            delegated_roles: usize::MAX,
            ..usual
        };
        let profile = Profile::Deployed { keyid_exceptions: exceptions };
        Self { layout: None, pin: None, at, policy: Policy { profile, limits, ..Policy::default() } }
    }

    /// Reads this layout, and does not ask the files.
    #[must_use]
    pub fn with_layout(self, layout: Layout) -> Self {
        Self { layout: Some(layout), ..self }
    }

    /// Begins the chain at `pin`, a root that reached the caller in a way it trusts, and before it as far as there are
    /// roots that lead to it.
    #[must_use]
    pub fn with_pin(self, pin: &'a [u8]) -> Self {
        Self { pin: Some(pin), ..self }
    }

    /// The pinned root, if it meets its own threshold.
    pub(super) fn pinned(&self) -> Result<Option<Verified<Root>>, TakeoverError> {
        let root =
            |pin: &[u8]| Unverified::<Root>::new(pin.to_vec()).verify_pinned(&self.policy.profile, &self.policy.limits);
        let refuse = |cause| TakeoverError::Root { file: "the pinned root".into(), cause: Box::new(cause) };
        self.pin.map(|pin| root(pin).map_err(refuse)).transpose()
    }
}

/// Where a copy goes: a folder of what is staged, and its layout.
#[derive(Debug)]
pub struct Tree<'a> {
    /// What is staged.
    pub staging: &'a mut Staging,
    /// The folder in it: empty, or a name with `/` behind it.
    pub below: &'a str,
    /// The layout.
    pub layout: Layout,
}

impl Tree<'_> {
    fn write(&mut self, file: &str, bytes: &[u8]) -> Result<(), TakeoverError> {
        self.staging.file(&format!("{}{file}", self.below), bytes)
    }
}

/// Verifies a repository, and writes what is published of it to `to`, if there is one. Every byte is verified before it
/// is staged, and nothing that is staged has its name before [`Staging::finish`].
///
/// # Errors
/// [`TakeoverError`]
pub fn take(source: &Source, options: &Options<'_>, to: Option<&mut Tree<'_>>) -> Result<Taken, TakeoverError> {
    let layout = options.layout.map_or_else(|| source.layout(), Ok)?;
    let chain = Chain::read(source, layout, options)?;
    let walk = Walk { source, layout, options };
    let (refreshed, ahead) = walk.top_level(&chain)?;
    let mut copy = Copy {
        source,
        layout,
        options,
        to,
        consistent: refreshed.root.consistent_snapshot,
        seen: BTreeSet::new(),
        taken: begin(layout, &chain, &refreshed, options),
    };
    copy.event(&chain)?;
    copy.roots(&chain, ahead)?;
    copy.top_level(&refreshed)?;
    walk.delegated(&refreshed, |found| copy.delegated(&found))?;
    copy.dead_entries(&refreshed);
    copy.left_out()?;
    Ok(copy.taken)
}

fn begin(layout: Layout, chain: &Chain, refreshed: &Refreshed, options: &Options<'_>) -> Taken {
    let first = chain.roots.first().map_or((0, sha256(b"")), |(root, _)| (root.common.version, root.sha256()));
    let mut notes = Vec::new();
    if first.0 > 1 {
        notes.push(Note::MissingRoots { last: first.0 - 1 });
    }
    notes.extend(report::of_top_level(refreshed, options.at));
    let (root, timestamp, snapshot) = (&refreshed.root, &refreshed.timestamp, &refreshed.snapshot);
    let row = |role: RoleName, common: &tuffet_metadata::Common| (role, common.version, common.expires.to_string());
    let roles = vec![
        row(RoleName::Root, &root.common),
        row(RoleName::Timestamp, &timestamp.common),
        row(RoleName::Snapshot, &snapshot.common),
        row(RoleName::Targets, &refreshed.targets.common),
    ];
    Taken { layout, first_root: first, roles, files: Vec::new(), targets: 0, left_out: Vec::new(), notes }
}

/// A copy under way.
struct Copy<'a, 's, 't> {
    source: &'a Source,
    layout: Layout,
    options: &'a Options<'a>,
    to: Option<&'s mut Tree<'t>>,
    consistent: bool,
    /// Files of the source that were read.
    seen: BTreeSet<String>,
    taken: Taken,
}

impl Copy<'_, '_, '_> {
    /// The layout written to.
    fn out(&self) -> Layout {
        self.to.as_ref().map_or(self.layout, |to| to.layout)
    }

    fn write(&mut self, file: String, from: &str, bytes: &[u8], digest: Sha256) -> Result<(), TakeoverError> {
        self.seen.insert(from.to_owned());
        if let Some(to) = &mut self.to {
            to.write(&file, bytes)?;
        }
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.taken.files.push(TakenFile { file, from: from.to_owned(), sha256: digest, length });
        Ok(())
    }

    fn roots(&mut self, chain: &Chain, ahead: bool) -> Result<(), TakeoverError> {
        let newest = chain.newest().map_or(0, |root| root.common.version);
        // Nobody who refreshes from a working tree has seen it; as published it is there for everyone.
        let left = ahead && self.layout == Layout::TufOnCi;
        if ahead {
            self.taken.notes.push(Note::RootAhead { version: newest });
        }
        let published = newest - u64::from(left);
        for (root, from) in &chain.roots {
            let version = root.common.version;
            if version > published {
                let why = format!("root v{version} is signed and not published yet");
                self.leave_out(from, &why);
                continue;
            }
            self.write(self.out().root(version), from, root.bytes(), root.sha256())?;
            if version == published
                && let Some(file) = self.out().newest_root()
            {
                self.write(file.to_owned(), from, root.bytes(), root.sha256())?;
            }
        }
        // Copies of a root under another name hold nothing new: they were compared.
        self.seen.extend(self.layout.unnumbered_roots().iter().map(|file| (*file).to_owned()));
        Ok(())
    }

    fn top_level(&mut self, refreshed: &Refreshed) -> Result<(), TakeoverError> {
        let (timestamp, snapshot, targets) = (&refreshed.timestamp, &refreshed.snapshot, &refreshed.targets);
        self.role(&RoleName::Targets, targets.common.version, targets.bytes(), targets.sha256())?;
        self.role(&RoleName::Snapshot, snapshot.common.version, snapshot.bytes(), snapshot.sha256())?;
        self.role(&RoleName::Timestamp, timestamp.common.version, timestamp.bytes(), timestamp.sha256())?;
        self.targets(targets)
    }

    fn role(&mut self, role: &RoleName, version: u64, bytes: &[u8], digest: Sha256) -> Result<(), TakeoverError> {
        let from = self.layout.role(role, version, self.consistent);
        let file = self.out().role(role, version, self.consistent);
        safe(&file)?;
        self.write(file, &from, bytes, digest)
    }

    fn delegated(&mut self, found: &Delegated) -> Result<(), TakeoverError> {
        match found {
            Delegated::Role(role) => {
                let common = &role.common;
                self.taken.roles.push((role.role().clone(), common.version, common.expires.to_string()));
                self.taken.notes.extend(report::expired(role.role().clone(), common, self.options.at));
                self.role(role.role(), common.version, role.bytes(), role.sha256())?;
                self.targets(role)
            }
            Delegated::NotInSnapshot { by, role } => {
                let role = RoleName::Delegated(role.clone());
                self.taken.notes.push(Note::NotInSnapshot { by: by.clone(), role });
                Ok(())
            }
        }
    }

    fn targets(&mut self, targets: &Verified<Targets>) -> Result<(), TakeoverError> {
        for (path, listed) in targets.targets().iter() {
            target_names(&path).map_err(|problem| TakeoverError::Name { name: path.clone().into_owned(), problem })?;
            self.target(targets, &path, &listed)?;
            self.taken.targets += 1;
        }
        Ok(())
    }

    /// One target, by each of its names. A copy that clients ask for and the source lacks is not made up: what is
    /// written is what was read.
    fn target(&mut self, by: &Verified<Targets>, path: &str, listed: &TargetFile) -> Result<(), TakeoverError> {
        let limit = listed.length.unwrap_or(self.options.policy.limits.target_bytes);
        let refuse = |file: &str, found: String| TakeoverError::Target {
            file: file.to_owned(),
            path: path.to_owned(),
            role: by.role().to_string(),
            version: by.common.version,
            found,
        };
        let names = self.layout.target(path, listed, self.consistent);
        let mut copies = Vec::new();
        let mut missing = Vec::new();
        for name in &names {
            match self.source.target(name, limit) {
                Ok(Some(bytes)) if is_target(listed, &bytes) => copies.push((name.clone(), bytes)),
                Ok(Some(bytes)) => return Err(refuse(name, described(&bytes))),
                // Without consistent snapshots nobody asks by hash; the copies are for the root that turns them on.
                Ok(None) if self.consistent => missing.push(name.clone()),
                Ok(None) => {}
                Err(TakeoverError::TooLong { .. }) => return Err(refuse(name, format!("more than {limit} bytes"))),
                Err(error) => return Err(error),
            }
        }
        if copies.is_empty()
            && let Some(name) = self.layout.target_elsewhere(path)
            && let Some(bytes) = self.source.target(&name, limit)?
        {
            if !is_target(listed, &bytes) {
                return Err(refuse(&name, described(&bytes)));
            }
            missing.clear();
            copies.push((name, bytes));
        }
        let Some((first, bytes)) = copies.first() else {
            let file = names.into_iter().next().unwrap_or_default();
            return Err(TakeoverError::Missing { file, rule: "R7" });
        };
        let digest = sha256(bytes);
        for file in self.out().target(path, listed, self.consistent) {
            if missing.contains(&file) {
                self.taken.notes.push(Note::MissingCopy { file });
                continue;
            }
            let from = copies.iter().find(|(name, _)| *name == file).map_or(first, |(name, _)| name);
            self.write(file, from, bytes, digest)?;
        }
        self.seen.extend(copies.into_iter().map(|(name, _)| name));
        Ok(())
    }

    /// What a working tree of tuf-on-ci says of a signing event.
    fn event(&mut self, chain: &Chain) -> Result<(), TakeoverError> {
        if self.layout != Layout::TufOnCi {
            return Ok(());
        }
        let mut open = chain.unsigned(self.options);
        let limits = &self.options.policy.limits;
        if let Some(state) = self.source.metadata(EVENT, limits.root_bytes)? {
            match event::invites(&state, limits.depth) {
                Ok(invites) => open.invites = invites,
                Err(why) => self.leave_out(EVENT, &format!("it is no state of a signing event: {why}")),
            }
            if !self.seen.contains(EVENT) {
                self.leave_out(EVENT, "it is the state of a signing event, and nothing that is published");
            }
        }
        if let Some((file, _)) = &chain.open {
            self.leave_out(file, "it is not signed by enough people yet");
        }
        if open != (OpenEvent { invites: Vec::new(), unsigned: Vec::new() }) {
            self.taken.notes.push(Note::OpenEvent(open));
        }
        Ok(())
    }

    fn dead_entries(&mut self, refreshed: &Refreshed) {
        let live: BTreeSet<String> = self.taken.roles.iter().map(|(role, _, _)| role.file_name()).collect();
        let dead = refreshed
            .snapshot
            .meta()
            .versions()
            .filter(|(file, _)| *file == RoleName::Root.file_name() || !live.contains(&**file));
        let notes = dead.map(|(file, version)| Note::DeadEntry { file: file.into_owned(), version });
        self.taken.notes.extend(notes.collect::<Vec<_>>());
    }

    fn leave_out(&mut self, file: &str, why: &str) {
        if self.seen.insert(file.to_owned()) {
            self.taken.left_out.push(LeftOut { file: file.to_owned(), why: why.to_owned() });
        }
    }

    fn left_out(&mut self) -> Result<(), TakeoverError> {
        let more = self.source.left_out(self.layout, &self.seen)?;
        self.taken.left_out.extend(more);
        self.taken.left_out.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(())
    }
}

fn safe(file: &str) -> Result<(), TakeoverError> {
    match target_names(file) {
        Ok(_) => Ok(()),
        Err(problem) => Err(TakeoverError::Name { name: file.to_owned(), problem }),
    }
}

const EVENT: &str = "metadata/.signing-event-state";
/// Bytes of a target whose metadata gives no length. Somebody asked for all of it.
const TARGET_BYTES: u64 = 1 << 30;
