//! What a ceremony's draft would break: the builder's lints, and the rules about people and their devices.

use crate::directory::Drafting;
use crate::{Ceremony, CeremonyError};
use tuffet_builder::{Compatibility, Finding, State};

impl Ceremony {
    /// Every finding in this ceremony's draft from `state`, recorded or not yet, each with the reason for which the plan
    /// waives it, where it can; the worst first. `state` is [`previous`](Self::previous), or what is published before `draft` has copied
    /// it.
    ///
    /// # Errors
    /// [`CeremonyError`]: the plan or a file it names does not read, or the changes give no draft.
    pub fn findings(&self, state: Option<State>) -> Result<Vec<(Finding, Option<String>)>, CeremonyError> {
        Ok(self.findings_of(&self.drafting_from(state)?))
    }

    pub(crate) fn findings_of(&self, drafting: &Drafting) -> Vec<(Finding, Option<String>)> {
        let mut findings = tuffet_builder::check(drafting.state.as_ref(), &drafting.draft, self.plan().at());
        findings.extend(drafting.findings.iter().cloned());
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let with_reason = |finding: Finding| {
            // A reason beside what stops all the same would read as if it went on.
            let reason = self.waived(&finding).filter(|_| !self.stops(&finding));
            (finding, reason)
        };
        findings.into_iter().map(with_reason).collect()
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
