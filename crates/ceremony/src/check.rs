//! What a ceremony's draft would break: the builder's lints, and the rules about people and their devices.

use crate::directory::Drafting;
use crate::{Ceremony, CeremonyError, PlannedChange};
use std::collections::BTreeMap;
use tuffet_builder::{Compatibility, Finding, State};

impl Ceremony {
    /// Every finding in this ceremony's draft from `state`, recorded or not yet, each with the reason for which the plan
    /// waives it; the worst first. `state` is [`previous`](Self::previous), or what is published before `draft` has copied
    /// it.
    ///
    /// # Errors
    /// [`CeremonyError`]: the plan or a file it names does not read, or the changes give no draft.
    pub fn findings(&self, state: Option<State>) -> Result<Vec<(Finding, Option<String>)>, CeremonyError> {
        Ok(self.findings_of(&self.drafting_from(state)?))
    }

    pub(crate) fn findings_of(&self, drafting: &Drafting) -> Vec<(Finding, Option<String>)> {
        let mut findings = self.lints(drafting);
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let with_reason = |finding: Finding| {
            let reason = self.waived(&finding);
            (finding, reason)
        };
        findings.into_iter().map(with_reason).collect()
    }

    /// Of the metadata, of people and devices, and of the targets that say whom to trust: what nobody can read is told before
    /// a threshold signs it.
    pub(crate) fn lints(&self, drafting: &Drafting) -> Vec<Finding> {
        let mut findings = tuffet_builder::check(drafting.state.as_ref(), &drafting.draft, self.plan().at());
        findings.extend(drafting.findings.iter().cloned());
        let (mut contents, mut refused) = (BTreeMap::new(), BTreeMap::new());
        for change in &self.plan().changes {
            if let PlannedChange::SetTarget { path, .. } = change
                && tuffet_builder::says_whom_to_trust(path)
                && let Ok(bytes) = self.target(path)
            {
                // A finding names its rule itself.
                let reason = tuffet_trust_root::refused_target(path, &bytes);
                refused.extend(reason.map(|reason| (path.clone(), reason.trim_end_matches(" (TR6)").to_owned())));
                contents.insert(path.clone(), bytes);
            }
        }
        findings.extend(tuffet_builder::check_contents(contents, refused));
        findings
    }

    /// Which released clients this ceremony's draft would lock out that what is published does not.
    ///
    /// # Errors
    /// As [`findings`](Self::findings).
    pub fn clients(&self, state: Option<State>) -> Result<Vec<Compatibility>, CeremonyError> {
        let drafting = self.drafting_from(state)?;
        Ok(tuffet_builder::clients_of_draft(drafting.state.as_ref(), &drafting.draft))
    }

    /// Whether a finding of [`findings`](Self::findings) stops the ceremony, whatever reason its plan gives.
    #[must_use]
    pub fn is_stopped_by(&self, finding: &Finding) -> bool {
        self.stops(finding)
    }
}
