//! The staged repository held to the lints, before anybody else can read it.

use crate::Staged;
use chrono::{DateTime, Utc};
use std::convert::Infallible;
use tuffet_builder::{Beside, Finding, Observed, check_repository, says_whom_to_trust};

impl Staged {
    /// Every finding in the repository as it would be, judged at `at`. What clients say of it,
    /// [`verify`](Self::verify) asks them; target files that were published before are not looked at again.
    #[must_use]
    pub fn findings(&self, at: DateTime<Utc>) -> Vec<Finding> {
        let file = |name: &str| Ok::<_, Infallible>(self.tree.get(name).cloned());
        let Ok(mut seen) = Observed::walk("staged", Some(at), None, file);
        for (path, names) in seen.target_names().into_iter().filter(|(path, _)| says_whom_to_trust(path)) {
            let content = names.iter().find_map(|name| self.tree.get(&format!("targets/{name}")));
            seen.contents.extend(content.map(|content| (path, content.clone())));
        }
        check_repository(&seen, &Beside::default(), at)
    }
}
