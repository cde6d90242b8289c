//! One walk of the client workflow, and every delegated role under every delegator.

use super::chain::Chain;
use super::take::Options;
use super::{Layout, Source, TakeoverError};
use chrono::DateTime;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use tuffet_builder::Partial;
use tuffet_keys::Sha256;
use tuffet_metadata::{RoleName, Root, Targets, Unverified, Verified};
use tuffet_verifier::{Memory, Refreshed, Request, Trusted, Update, UpdateError};

pub(super) struct Walk<'a> {
    pub(super) source: &'a Source,
    pub(super) layout: Layout,
    pub(super) options: &'a Options<'a>,
}

/// What the walk over delegations comes to.
pub(super) enum Delegated {
    /// A role that verified, told once however many delegate to it.
    Role(Arc<Trusted<Targets>>),
    /// A delegation that no client follows.
    NotInSnapshot { by: RoleName, role: String },
}

impl Walk<'_> {
    /// The top-level roles under the newest root; or, where that one is signed and the online roles are not signed
    /// anew yet, under the one before: then the second value is true.
    pub(super) fn top_level(&self, chain: &Chain) -> Result<(Refreshed, bool), TakeoverError> {
        let mut newest = chain.roots.iter().rev().map(|(root, _)| root);
        let Some(root) = newest.next() else {
            return Err(TakeoverError::Missing { file: self.layout.root(1), rule: "R4" });
        };
        match (self.under(root), newest.next()) {
            (Err(error), Some(before)) => self.under(before).map(|refreshed| (refreshed, true)).map_err(|_| error),
            (result, _) => result.map(|refreshed| (refreshed, false)),
        }
    }

    /// The start time lies before every expiry: an expired repository is taken over all the same, and everything else a
    /// client asks for is asked for by the client's own rules.
    fn under(&self, root: &Verified<Root>) -> Result<Refreshed, TakeoverError> {
        let file = || self.layout.root(root.common.version);
        let refuse = |cause| TakeoverError::Role { file: file(), cause: Box::new(cause) };
        let policy = self.options.policy.clone();
        let update = Update::start(Unverified::new(root.bytes().to_vec()), DateTime::UNIX_EPOCH, policy);
        let update = update.and_then(|update| update.final_root(Memory::default())).map_err(refuse)?;
        let update = self.step(&update.request(), |file| update.timestamp(Unverified::new(file)))?;
        let update = self.step(&update.request(), |file| update.snapshot(Unverified::new(file)))?;
        self.step(&update.request(), |file| update.targets(Unverified::new(file)))
    }

    fn step<N>(
        &self,
        request: &Request,
        take: impl FnOnce(Vec<u8>) -> Result<N, UpdateError>,
    ) -> Result<N, TakeoverError> {
        let (file, bytes) = self.read(request)?;
        let kept = self.kept(&bytes);
        take(bytes).map_err(|cause| self.refuse(request, file, kept.as_deref(), cause))
    }

    fn read(&self, request: &Request) -> Result<(String, Vec<u8>), TakeoverError> {
        let file = match self.layout {
            Layout::Published | Layout::Tuftool => self.layout.metadata().to_owned() + &request.name,
            Layout::TufOnCi => self.layout.metadata().to_owned() + &request.role.file_name(),
        };
        match self.source.metadata(&file, request.limit)? {
            Some(bytes) => Ok((file, bytes)),
            None => Err(TakeoverError::Missing { file, rule: "R6" }),
        }
    }

    /// A working tree's file, for a word on why it was refused.
    fn kept(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        (self.layout == Layout::TufOnCi).then(|| bytes.to_vec())
    }

    /// A working tree has one file a role: a newer version than the snapshot lists is the work of a signing event.
    fn refuse(&self, request: &Request, file: String, kept: Option<&[u8]>, cause: UpdateError) -> TakeoverError {
        let policy = &self.options.policy;
        let partial = kept.and_then(|bytes| Partial::read(bytes, &policy.profile, &policy.limits).ok());
        let claimed = partial.map(|partial| partial.common().version);
        let listed = request.name.split('.').next().and_then(|version| version.parse().ok());
        match (listed, claimed) {
            (Some(expected), Some(found)) if found > expected => TakeoverError::Ahead { file, expected, found },
            _ => TakeoverError::Role { file, cause: Box::new(cause) },
        }
    }

    /// Every delegated role that the snapshot lists, breadth first, each checked under each of its delegators (C51).
    pub(super) fn delegated(
        &self,
        refreshed: &Refreshed,
        mut each: impl FnMut(Delegated) -> Result<(), TakeoverError>,
    ) -> Result<(), TakeoverError> {
        let mut pending: VecDeque<Option<Arc<Trusted<Targets>>>> = [None].into();
        let mut done: BTreeSet<(Sha256, String)> = BTreeSet::new();
        let mut told: BTreeMap<String, Sha256> = BTreeMap::new();
        while let Some(by) = pending.pop_front() {
            let delegator = by.as_deref().unwrap_or(&refreshed.targets);
            let delegations = delegator.delegations.iter();
            for name in delegations.flat_map(|delegations| delegations.names_in(&refreshed.snapshot)) {
                if !done.insert((delegator.sha256(), name.clone())) {
                    continue;
                }
                let Some(request) = refreshed.delegated_request(&name) else {
                    each(Delegated::NotInSnapshot { by: delegator.role().clone(), role: name })?;
                    continue;
                };
                let (file, bytes) = self.read(&request)?;
                let kept = self.kept(&bytes);
                let taken = refreshed.take_delegated(by.as_ref(), &name, bytes);
                let role = taken.map_err(|cause| self.refuse(&request, file.clone(), kept.as_deref(), cause))?;
                match told.insert(name, role.sha256()) {
                    None => each(Delegated::Role(Arc::clone(&role)))?,
                    // Read once a delegator: what one of them vouched for is what all of them have to vouch for.
                    Some(before) if before != role.sha256() => {
                        return Err(TakeoverError::Kind { file, found: "another one at each look" });
                    }
                    Some(_) => {}
                }
                // A bin is one of thousands, and delegates to nobody: it need not be remembered.
                if role.delegations.is_some() {
                    pending.push_back(Some(role));
                }
            }
        }
        Ok(())
    }
}
