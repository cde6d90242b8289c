//! An audit: the client workflow once more, with a report of everything on the way, from the first root to the last.
//!
//! A refresh says yes or no; an audit says who signed which root, what each file deviates in, and how long a client
//! can be kept in the past. It trusts nothing a refresh would not: it *is* one, from a pinned root and an empty
//! memory, and reports what passes. Bytes come in, a value goes out:
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use tuffet_verifier::{Audit, AuditReport, Policy};
//!
//! fn audit(pinned: Vec<u8>, now: DateTime<Utc>, file: impl Fn(&str) -> Option<Vec<u8>>) -> AuditReport {
//!     let mut audit = Audit::start(pinned, now, Policy::default());
//!     while let Some(request) = audit.request() {
//!         audit = match file(&request.name) {
//!             Some(bytes) => audit.take(bytes),
//!             None => audit.absent(),
//!         };
//!     }
//!     audit.report()
//! }
//! let report = audit(b"{}".to_vec(), DateTime::UNIX_EPOCH, |_| None);
//! assert!(!report.is_accepted());
//! ```

mod delegated;
mod freshness;
mod report;
#[cfg(test)]
mod tests;

pub use freshness::{Bound, Freshness};
pub use report::{AuditRefusal, AuditReport, CurrentReport, DelegatedReport, RoleReport, RootReport, RootSigner};

use delegated::DelegatedWalk;

use crate::{
    AwaitSnapshot, AwaitTargets, AwaitTimestamp, Memory, Policy, Request, Roots, Unverified, Update, UpdateError,
};
use chrono::{DateTime, Utc};
use tuffet_metadata::{Check, Profile, Root, Verified};

/// An audit under way: ask for [`request`](Self::request), bring it with [`take`](Self::take), until there is none.
///
/// Under [`Profile::Strict`] the verdict falls at the first root the strict rules refuse. The roots after it are
/// still read, under the deployed profile, so that the report names what is wrong with each of them.
#[derive(Debug)]
pub struct Audit {
    stage: Stage,
    policy: Policy,
    report: AuditReport,
}

#[derive(Debug)]
enum Stage {
    Roots(Box<Update<Roots>>),
    Timestamp(Box<Update<AwaitTimestamp>>),
    Snapshot(Box<Update<AwaitSnapshot>>),
    Targets(Box<Update<AwaitTargets>>),
    Delegated(Box<DelegatedWalk>),
    Over,
}

impl Audit {
    /// Starts from `pinned`, a root that reached the caller in a way it trusts, at time `at`.
    #[must_use]
    pub fn start(pinned: Vec<u8>, at: DateTime<Utc>, policy: Policy) -> Self {
        let policy = Policy { check: Check::Every, ..policy };
        let walking = match policy.profile {
            Profile::Strict => Policy { profile: Profile::deployed(), ..policy.clone() },
            Profile::Deployed { .. } => policy.clone(),
        };
        let mut audit = Self { stage: Stage::Over, policy, report: AuditReport::new(at) };
        match Update::start(Unverified::new(pinned), at, walking) {
            Ok(update) => {
                audit.passed(update.newest(), None);
                audit.stage = Stage::Roots(Box::new(update));
            }
            Err(cause) => audit.refuse(AuditRefusal::File(cause)),
        }
        audit
    }

    /// The file to bring next; `None` when the audit is over.
    #[must_use]
    pub fn request(&self) -> Option<Request> {
        match &self.stage {
            Stage::Roots(update) => update.request(),
            Stage::Timestamp(update) => Some(update.request()),
            Stage::Snapshot(update) => Some(update.request()),
            Stage::Targets(update) => Some(update.request()),
            Stage::Delegated(walk) => walk.request(),
            Stage::Over => None,
        }
    }

    /// Brings the file asked for.
    #[must_use]
    pub fn take(mut self, bytes: Vec<u8>) -> Self {
        match self.step(bytes) {
            Ok(stage) => self.stage = stage,
            Err(cause) => self.refuse(AuditRefusal::File(cause)),
        }
        self
    }

    /// There is no such file. For a root that is the end of the chain (C9), for any other role the end of the audit.
    #[must_use]
    pub fn absent(mut self) -> Self {
        let request = self.request();
        match (std::mem::replace(&mut self.stage, Stage::Over), request) {
            (Stage::Roots(update), _) => self.end_of_chain(*update),
            (Stage::Delegated(walk), _) => self.stage = self.walked(*walk, None),
            (_, Some(Request { role, name, .. })) => self.refuse(AuditRefusal::Absent { role, name }),
            (_, None) => {}
        }
        self
    }

    /// What was found. An audit that was not brought to its end is no acceptance.
    #[must_use]
    pub fn report(self) -> AuditReport {
        self.report
    }

    fn step(&mut self, bytes: Vec<u8>) -> Result<Stage, UpdateError> {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Roots(update) => {
                let before = update.newest().clone();
                let update = update.root(Unverified::new(bytes))?;
                self.passed(update.newest(), Some(&before));
                // The limit of roots a refresh walks: the chain goes on, but not here (C8).
                if update.request().is_none() {
                    self.end_of_chain(update);
                    return Ok(std::mem::replace(&mut self.stage, Stage::Over));
                }
                Ok(Stage::Roots(Box::new(update)))
            }
            Stage::Timestamp(update) => Ok(Stage::Snapshot(Box::new(update.timestamp(Unverified::new(bytes))?))),
            Stage::Snapshot(update) => Ok(Stage::Targets(Box::new(update.snapshot(Unverified::new(bytes))?))),
            Stage::Targets(update) => {
                let refreshed = update.targets(Unverified::new(bytes))?;
                self.report.current = Some(CurrentReport::of(&refreshed, &self.policy.limits));
                let limits = self.policy.limits.clone();
                Ok(self.go_on(DelegatedWalk::start(refreshed, limits)))
            }
            Stage::Delegated(walk) => Ok(self.walked(*walk, Some(bytes))),
            Stage::Over => Ok(Stage::Over),
        }
    }

    fn walked(&mut self, mut walk: DelegatedWalk, file: Option<Vec<u8>>) -> Stage {
        walk.take(file);
        self.go_on(walk)
    }

    /// On to the next delegated role, or to the end: the first that a client refuses is the verdict, and those after
    /// it are reported all the same.
    fn go_on(&mut self, walk: DelegatedWalk) -> Stage {
        if !walk.is_over() {
            return Stage::Delegated(Box::new(walk));
        }
        let (found, beyond) = walk.end();
        if let Some(refused) = found.iter().find_map(|found| found.outcome.as_ref().err()) {
            self.refuse(refused.clone());
        }
        if let Some(current) = &mut self.report.current {
            current.reached(found, beyond);
        }
        Stage::Over
    }

    fn passed(&mut self, root: &Verified<Root>, before: Option<&Verified<Root>>) {
        let report = RootReport::of(root, before, &self.policy.limits);
        if self.policy.profile == Profile::Strict
            && let Some(reason) = &report.strict
        {
            self.refuse(AuditRefusal::File(UpdateError::Metadata(reason.clone())));
        }
        self.report.roots.push(report);
    }

    fn end_of_chain(&mut self, mut update: Update<Roots>) {
        if self.report.refused.is_some() {
            return;
        }
        update.core.policy.profile = self.policy.profile.clone();
        match update.final_root(Memory::default()) {
            Ok(update) => self.stage = Stage::Timestamp(Box::new(update)),
            Err(cause) => self.refuse(AuditRefusal::File(cause)),
        }
    }

    /// The first refusal is the verdict.
    fn refuse(&mut self, why: AuditRefusal) {
        self.report.refused.get_or_insert(why);
    }
}
