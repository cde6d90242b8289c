//! The chain of roots, from the first there is or from a pinned one.

use super::take::Options;
use super::{Layout, OpenEvent, Source, TakeoverError, event};
use tuffet_builder::Partial;
use tuffet_keys::sha256;
use tuffet_metadata::{MetadataError, Problem, RoleName, Root, Unverified, Verified};

/// Every root that verifies, oldest first, each with the file it was read from.
pub(super) struct Chain {
    pub(super) roots: Vec<(Verified<Root>, String)>,
    /// A root that is not signed by enough people, and its file.
    pub(super) open: Option<(String, Vec<u8>)>,
}

impl Chain {
    pub(super) fn newest(&self) -> Option<&Verified<Root>> {
        self.roots.last().map(|(root, _)| root)
    }

    /// Reads the chain. A gap in it is no end: a root that was lost would make the repository a younger one (R4).
    pub(super) fn read(source: &Source, layout: Layout, options: &Options<'_>) -> Result<Self, TakeoverError> {
        let listed = source.numbered_roots(layout)?;
        let reader = Reader { source, layout, options, pin: options.pinned()? };
        let mut chain = Self { roots: Vec::new(), open: None };
        let mut next = reader.first()?;
        while let Some((file, bytes)) = reader.root(next)? {
            let root = match reader.verify(&chain, bytes.clone()) {
                Ok(root) => root,
                Err(cause) if reader.is_open_event(&chain, &cause, next, listed.as_ref()) => {
                    chain.open = Some((file, bytes));
                    break;
                }
                Err(cause) => return Err(TakeoverError::Root { file, cause: Box::new(cause) }),
            };
            let found = root.common.version;
            if found != next {
                return Err(TakeoverError::Version { file, expected: next, found });
            }
            chain.roots.push((root, file));
            next = next.saturating_add(1);
        }
        let last = chain.open.as_ref().map_or(next, |_| next.saturating_add(1));
        if listed.is_some_and(|all| all.range(last..).next().is_some()) {
            return Err(TakeoverError::Missing { file: layout.root(last), rule: "R4" });
        }
        if chain.roots.is_empty() {
            return Err(TakeoverError::Missing { file: layout.root(1), rule: "R4" });
        }
        reader.one_of_each(&chain)?;
        Ok(chain)
    }

    /// Whose signatures the open root waits for.
    pub(super) fn unsigned(&self, options: &Options<'_>) -> OpenEvent {
        let unsigned = self.open.iter().filter_map(|(_, bytes)| {
            event::unsigned_root(bytes, self.newest()?, &options.policy.profile, &options.policy.limits)
        });
        OpenEvent { invites: Vec::new(), unsigned: unsigned.collect() }
    }
}

struct Reader<'a> {
    source: &'a Source,
    layout: Layout,
    options: &'a Options<'a>,
    pin: Option<Verified<Root>>,
}

impl Reader<'_> {
    /// The version to begin with: 1, or below a pinned root the lowest from which every one is there.
    fn first(&self) -> Result<u64, TakeoverError> {
        let Some(pin) = &self.pin else { return Ok(1) };
        let mut first = pin.common.version;
        while first > 1 && self.read(first - 1)?.is_some() {
            first -= 1;
        }
        Ok(first)
    }

    /// A root's file. The pinned one is there wherever it lies.
    fn root(&self, version: u64) -> Result<Option<(String, Vec<u8>)>, TakeoverError> {
        let found = self.read(version)?;
        let Some(pin) = self.pin.as_ref().filter(|pin| pin.common.version == version) else { return Ok(found) };
        match found {
            None => Ok(Some(("the pinned root".to_owned(), pin.bytes().to_vec()))),
            Some((file, bytes)) if bytes == pin.bytes() => Ok(Some((file, bytes))),
            Some((second, bytes)) => Err(two_roots(version, "the pinned root", pin.bytes(), &second, &bytes)),
        }
    }

    fn read(&self, version: u64) -> Result<Option<(String, Vec<u8>)>, TakeoverError> {
        let limit = self.options.policy.limits.root_bytes;
        let file = self.layout.root(version);
        if let Some(bytes) = self.source.metadata(&file, limit)? {
            return Ok(Some((file, bytes)));
        }
        // Over a network the name is asked for that clients ask for, and no other (C6).
        if let Source::Transport { .. } = self.source {
            return Ok(None);
        }
        let numbered = self.layout == Layout::Tuftool;
        let beside = numbered.then(|| RoleName::Root.versioned_file_name(version));
        if let Some(file) = beside
            && let Some(bytes) = self.source.metadata(&file, limit)?
        {
            return Ok(Some((file, bytes)));
        }
        for file in self.layout.unnumbered_roots() {
            let Some(bytes) = self.source.metadata(file, limit)? else { continue };
            if self.claims(&bytes) == Some(version) {
                return Ok(Some(((*file).to_owned(), bytes)));
            }
        }
        Ok(None)
    }

    /// The version that a root says it has. A claim: the file may be forged, or not be signed yet.
    fn claims(&self, bytes: &[u8]) -> Option<u64> {
        let policy = &self.options.policy;
        let root = Partial::read(bytes, &policy.profile, &policy.limits).ok();
        root.filter(|root| *root.role() == RoleName::Root).map(|root| root.common().version)
    }

    fn verify(&self, chain: &Chain, bytes: Vec<u8>) -> Result<Verified<Root>, MetadataError> {
        let (policy, unverified) = (&self.options.policy, Unverified::<Root>::new(bytes));
        match chain.newest() {
            None => unverified.verify_pinned(&policy.profile, &policy.limits),
            Some(last) => unverified.verify_next(last, &policy.profile, &policy.limits),
        }
    }

    /// Whether this is a root that people are about to sign, and no damage: the last of a working tree, too few
    /// signatures, and not asked for by a pin.
    fn is_open_event(
        &self,
        chain: &Chain,
        cause: &MetadataError,
        version: u64,
        listed: Option<&std::collections::BTreeSet<u64>>,
    ) -> bool {
        let pinned = self.pin.as_ref().is_some_and(|pin| version <= pin.common.version);
        let last = listed.is_none_or(|all| all.range(version.saturating_add(1)..).next().is_none());
        let few = matches!(cause.problem, Problem::Signature { .. });
        self.layout == Layout::TufOnCi && few && last && !pinned && !chain.roots.is_empty()
    }

    /// A working tree has its newest root twice. Two different ones are two roots with one version.
    fn one_of_each(&self, chain: &Chain) -> Result<(), TakeoverError> {
        let limit = self.options.policy.limits.root_bytes;
        let Source::Folder(_) = self.source else { return Ok(()) };
        for file in self.layout.unnumbered_roots() {
            let Some(bytes) = self.source.metadata(file, limit)? else {
                if self.layout == Layout::TufOnCi {
                    return Err(TakeoverError::Missing { file: (*file).to_owned(), rule: "R4" });
                }
                continue;
            };
            let Some(version) = self.claims(&bytes) else { continue };
            let same = chain.roots.iter().find(|(root, from)| root.common.version == version && from != file);
            let known = same.map(|(root, from)| (from.as_str(), root.bytes()));
            let open = chain.open.as_ref().map(|(from, bytes)| (from.as_str(), &bytes[..]));
            let open = open.filter(|(from, bytes)| from != file && self.claims(bytes) == Some(version));
            if let Some((first, expected)) = known.or(open).filter(|(_, expected)| *expected != bytes) {
                return Err(two_roots(version, first, expected, file, &bytes));
            }
            let newest = chain.newest().map_or(0, |root| root.common.version);
            if self.layout == Layout::TufOnCi && version < newest {
                return Err(TakeoverError::Version { file: (*file).to_owned(), expected: newest, found: version });
            }
        }
        Ok(())
    }
}

fn two_roots(version: u64, first: &str, expected: &[u8], second: &str, found: &[u8]) -> TakeoverError {
    TakeoverError::TwoRoots {
        version,
        first: first.to_owned(),
        second: second.to_owned(),
        expected: sha256(expected).to_string(),
        found: sha256(found).to_string(),
    }
}
