//! Targets that say whom to trust, held to the lints before anybody signs for them: what `publish` would refuse after all
//! have signed must stop the draft.

use crate::{Ceremony, CeremonyError, files};
use tuffet_builder::{Finding, Observed, check_contents, says_whom_to_trust};
use tuffet_trust_root::unread;

impl Ceremony {
    /// Findings in the trust roots and signing configs that the plan brings (L63 to L66, L69, L70).
    pub(crate) fn content_findings(&self) -> Result<Vec<Finding>, CeremonyError> {
        let (mut new, mut before) = (Observed::default(), Observed::default());
        let paths = self.plan().changes.iter().filter_map(|change| change.target());
        for path in paths.filter(|path| says_whom_to_trust(path)) {
            let bytes = self.target(path)?;
            if let Some(reason) = unread(path, &bytes) {
                new.refused_contents.insert(path.to_owned(), reason);
            }
            new.contents.insert(path.to_owned(), bytes);
            if let Some(old) = files::read_if_there(&self.dir, &format!("previous/targets/{path}"))? {
                before.contents.insert(path.to_owned(), old);
            }
        }
        for path in BESIDE.iter().filter(|path| !new.contents.contains_key(**path)) {
            let old = files::read_if_there(&self.dir, &format!("previous/targets/{path}"))?;
            before.contents.extend(old.map(|bytes| ((*path).to_owned(), bytes)));
        }
        Ok(check_contents(&new, &before))
    }
}

/// What one of them changes the other is held to.
const BESIDE: [&str; 2] = ["trusted_root.json", "signing_config.v0.2.json"];
