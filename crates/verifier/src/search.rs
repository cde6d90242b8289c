//! The search for a target through delegations: TUF 5.6.7.

use crate::delegated::Edge;
use crate::{Refreshed, Request, Target, TargetError, Trusted, UpdateError};
use std::collections::BTreeSet;
use std::sync::Arc;
use tuffet_metadata::{Pinned, RoleName, TargetPath, Targets};

/// A search under way: pre-order, depth first, delegations in order of appearance (C49). It fetches nothing; it says
/// which role comes next and how it ends.
///
/// ```
/// use tuffet_verifier::{Refreshed, Step, Target, UpdateError};
///
/// fn find(trusted: &Refreshed, path: &str, fetch: impl Fn(&str) -> Vec<u8>) -> Result<Option<Target>, UpdateError> {
///     let mut search = trusted.search(path);
///     loop {
///         match search.step() {
///             Step::Fetch(request) => search = search.take(fetch(&request.name))?,
///             Step::Found(target) => return Ok(Some(target.clone())),
///             Step::Absent(_) => return Ok(None),
///         }
///     }
/// }
/// ```
///
/// A refused file ends it (C57): [`take`](Self::take) consumes the search, so that going on with the next role, which
/// its owner trusts less, cannot be written down.
///
/// ```compile_fail
/// # use tuffet_verifier::Search;
/// fn fall_through<'a>(search: Search<'a>, corrupt: Vec<u8>, next: Vec<u8>) -> Search<'a> {
///     search.take(corrupt).or_else(|_| search.take(next)).unwrap()
/// }
/// ```
#[derive(Debug)]
pub struct Search<'a> {
    trusted: &'a Refreshed,
    path: TargetPath,
    /// Delegations still to follow, the next one last.
    pending: Vec<Edge>,
    /// Names of the delegated roles visited: a name seen again is skipped, and cycles end (C50).
    seen: BTreeSet<String>,
    visited: Vec<Arc<Trusted<Targets>>>,
    terminated: Option<RoleName>,
    next: Next,
}

/// What the search needs or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'s> {
    /// Bring this file.
    Fetch(Request),
    /// The first role that lists the target, in search order, describes it so.
    Found(&'s Target),
    /// No role that may list the target does, or the search may not go on.
    Absent(&'s TargetError),
}

#[derive(Debug)]
enum Next {
    Role(Edge, Pinned),
    Found(Target),
    Absent(TargetError),
}

impl Refreshed {
    /// Searches for the target at `path` from the top-level targets role down (TUF 5.6.7). The path is opaque text:
    /// nothing in it is resolved or normalised.
    #[must_use]
    pub fn search(&self, path: &str) -> Search<'_> {
        let unknown = TargetError::Unknown { path: path.to_owned(), version: self.targets.common.version };
        let mut search = Search {
            trusted: self,
            path: TargetPath::new(path),
            pending: Vec::new(),
            seen: BTreeSet::new(),
            visited: Vec::new(),
            terminated: None,
            next: Next::Absent(unknown),
        };
        search.enter(None);
        search
    }
}

impl<'a> Search<'a> {
    /// Where the search stands. Asking changes nothing.
    #[must_use]
    pub fn step(&self) -> Step<'_> {
        match &self.next {
            Next::Role(edge, pin) => Step::Fetch(self.trusted.request(edge, pin)),
            Next::Found(target) => Step::Found(target),
            Next::Absent(reason) => Step::Absent(reason),
        }
    }

    /// Takes the delegated role asked for, through the checks of every other role: length, hash, the delegator's
    /// threshold, version, expiry (C43 to C47). Once the search has ended, nothing is looked at.
    ///
    /// # Errors
    /// [`UpdateError`]: the target cannot be found, and nothing of the file is to be stored (C57, C48).
    pub fn take(self, file: Vec<u8>) -> Result<Self, UpdateError> {
        let Next::Role(edge, pin) = &self.next else { return Ok(self) };
        let role = self.trusted.check(edge, pin, file)?;
        Ok(self.entered(role))
    }

    /// Goes on with a file remembered from an earlier refresh, if it is what the delegator and the snapshot want now;
    /// else gives the search back, and the file has to be fetched.
    ///
    /// # Errors
    /// The search, unchanged. A remembered file is no authority: that it does not fit is no attack.
    pub fn remembered(self, file: Vec<u8>) -> Result<Self, Box<Self>> {
        let Next::Role(edge, pin) = &self.next else { return Ok(self) };
        match self.trusted.check(edge, pin, file) {
            Ok(role) => Ok(self.entered(role)),
            Err(_) => Err(Box::new(self)),
        }
    }

    /// The role taken last, to be stored now (TUF 5.6.6).
    #[must_use]
    pub fn newest(&self) -> Option<&Arc<Trusted<Targets>>> {
        self.visited.last()
    }

    /// The delegated roles visited, in order, whether their files came by [`take`](Self::take), from memory, or from
    /// an earlier search in this refresh.
    #[must_use]
    pub fn visited(&self) -> &[Arc<Trusted<Targets>>] {
        &self.visited
    }

    fn entered(mut self, role: Arc<Trusted<Targets>>) -> Self {
        self.visited.push(Arc::clone(&role));
        self.enter(Some(role));
        self
    }

    /// Looks into a role, then on to the next that has to be brought.
    fn enter(&mut self, mut role: Option<Arc<Trusted<Targets>>>) {
        loop {
            if self.look_into(role.as_ref()) {
                return;
            }
            self.next = match self.next_edge() {
                Ok((edge, pin)) => match self.trusted.delegated.recall(&self.trusted.entrusted(&edge)) {
                    Some(known) => {
                        self.visited.push(Arc::clone(&known));
                        role = Some(known);
                        continue;
                    }
                    None => Next::Role(edge, pin),
                },
                Err(reason) => Next::Absent(reason),
            };
            return;
        }
    }

    /// Whether the role lists the target; if not, its matching delegations go before all that is pending. Only those
    /// that match are followed, so a target has matched every delegation on the way to its role (C56).
    fn look_into(&mut self, role: Option<&Arc<Trusted<Targets>>>) -> bool {
        let targets = role.map_or(&self.trusted.targets, |role| role);
        if let Some(file) = targets.targets().get(self.path.as_str()) {
            let (path, consistent) = (self.path.as_str(), self.trusted.root.consistent_snapshot);
            self.next = Next::Found(Target::new(targets.role(), path, file, consistent));
            return true;
        }
        let mut edges = Vec::new();
        let mut terminated = None;
        for delegation in targets.delegations.iter().flat_map(|by| by.matching(&self.path)) {
            let terminating = delegation.terminating;
            if terminating {
                terminated = Some(RoleName::Delegated(delegation.name.clone()));
            }
            // Beyond as many new names as may be visited at all, an edge is never followed: a file of a million
            // delegations costs no more memory than that (C52).
            if edges.len() <= self.limit() && !self.seen.contains(&delegation.name) {
                edges.push(Edge { by: role.cloned(), role: delegation.name });
            }
            if terminating {
                break;
            }
        }
        // Neither a later sibling of a terminating delegation nor one of its ancestors' is consulted (C54), also when
        // the role itself was visited before.
        if terminated.is_some() {
            self.pending.clear();
            self.terminated = terminated;
        }
        self.pending.extend(edges.into_iter().rev());
        false
    }

    /// The next delegation to a role not visited yet, and the snapshot's pin of it.
    fn next_edge(&mut self) -> Result<(Edge, Pinned), TargetError> {
        let path = || self.path.as_str().to_owned();
        while let Some(edge) = self.pending.pop() {
            let role = &edge.role;
            if self.seen.contains(role) {
                continue;
            }
            if self.seen.len() >= self.limit() {
                return Err(TargetError::TooManyRoles { path: path(), limit: self.limit() });
            }
            let Some(pin) = self.trusted.pin(&edge) else {
                return Err(TargetError::NotInSnapshot { path: path(), role: RoleName::Delegated(role.clone()) });
            };
            self.seen.insert(role.clone());
            return Ok((edge, pin));
        }
        if let Some(role) = self.terminated.take() {
            return Err(TargetError::Terminated { path: path(), role });
        }
        let version = self.trusted.targets.common.version;
        Err(match self.seen.len() {
            0 => TargetError::Unknown { path: path(), version },
            delegated => TargetError::Unlisted { path: path(), version, delegated },
        })
    }

    fn limit(&self) -> usize {
        self.trusted.core.policy.limits.delegated_roles
    }
}
