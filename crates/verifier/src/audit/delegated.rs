//! The delegated roles of an audited repository: every one that can be reached, under every delegator that reaches it.

use super::report::{AuditRefusal, DelegatedReport, RoleReport};
use crate::delegated::{Edge, Entrusted};
use crate::{Refreshed, Request, Trusted};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tuffet_metadata::{Limits, Pinned, RoleName, Targets};

/// The walk under way: delegations in pre-order, each checked as a client's search would check it, whatever paths it
/// covers.
#[derive(Debug)]
pub(super) struct DelegatedWalk {
    trusted: Refreshed,
    limits: Limits,
    /// The next one last.
    pending: Vec<Edge>,
    done: BTreeSet<Entrusted>,
    /// Files brought, so that a role with two delegators is asked for once.
    files: BTreeMap<String, Option<Vec<u8>>>,
    found: Vec<DelegatedReport>,
}

impl DelegatedWalk {
    pub(super) fn start(trusted: Refreshed, limits: Limits) -> Self {
        let (done, files, found) = (BTreeSet::new(), BTreeMap::new(), Vec::new());
        let mut walk = Self { trusted, limits, pending: Vec::new(), done, files, found };
        walk.follow(None);
        walk.settle();
        walk
    }

    pub(super) fn request(&self) -> Option<Request> {
        let edge = self.pending.last()?;
        self.trusted.pin(edge).map(|pin| self.trusted.request(edge, &pin))
    }

    /// The file asked for, or that it is not there.
    pub(super) fn take(&mut self, file: Option<Vec<u8>>) {
        if let Some(edge) = self.pending.last() {
            self.files.insert(edge.role.clone(), file);
            self.settle();
        }
    }

    /// What was found, and the number of delegations beyond the limit.
    pub(super) fn end(self) -> (Vec<DelegatedReport>, usize) {
        (self.found, self.pending.len())
    }

    pub(super) fn is_over(&self) -> bool {
        self.pending.is_empty() || self.found.len() >= self.limits.delegated_roles
    }

    /// Judges delegations until one needs a file.
    fn settle(&mut self) {
        while !self.is_over() {
            let Some(edge) = self.pending.last() else { return };
            let pin = self.trusted.pin(edge);
            if pin.is_some() && !self.files.contains_key(&edge.role) {
                return;
            }
            let Some(edge) = self.pending.pop() else { return };
            if self.done.insert(self.trusted.entrusted(&edge)) {
                let by = self.trusted.delegator(&edge).role().clone();
                let (role, outcome) = (RoleName::Delegated(edge.role.clone()), self.judge(&edge, pin));
                self.found.push(DelegatedReport { role, by, outcome });
            }
        }
    }

    fn judge(&mut self, edge: &Edge, pin: Option<Pinned>) -> Result<RoleReport, AuditRefusal> {
        let role = || RoleName::Delegated(edge.role.clone());
        let pin = pin.ok_or_else(|| AuditRefusal::NotInSnapshot { role: role() })?;
        let file = self.files.get(&edge.role).cloned().flatten();
        let name = self.trusted.request(edge, &pin).name;
        let file = file.ok_or_else(|| AuditRefusal::Absent { role: role(), name })?;
        let trusted = self.trusted.check(edge, &pin, file).map_err(AuditRefusal::File)?;
        let delegations = self.trusted.delegator(edge).delegations.as_ref();
        let by = delegations.and_then(|delegations| delegations.authority(&edge.role));
        let report = RoleReport::of_delegated(&trusted, by.as_ref(), &self.limits);
        self.follow(Some(&trusted));
        Ok(report)
    }

    /// Puts a role's delegations before all that is pending. Of succinct bins, those the snapshot lists.
    fn follow(&mut self, by: Option<&Arc<Trusted<Targets>>>) {
        let trusted = &self.trusted;
        let delegator = by.map_or(&trusted.targets, |by| by);
        let mut edges = Vec::new();
        for delegations in delegator.delegations.iter() {
            edges.extend(delegations.names_in(&trusted.snapshot).map(|role| Edge { by: by.cloned(), role }));
        }
        edges.retain(|edge| !self.done.contains(&trusted.entrusted(edge)));
        self.pending.extend(edges.into_iter().rev());
    }
}
