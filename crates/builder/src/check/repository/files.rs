//! Target files as they are served.

use super::Report;
use crate::check::keys::list;
use crate::check::observed::{Observed, served_names};
use crate::check::table::{CRLF, MISSING_HASH_COPY, MISSING_TARGET, TARGET_DIFFERS};

pub(super) fn check(seen: &Observed, report: &mut Report) {
    let Some(served) = &seen.served else { return };
    let consistent = seen.roots.last().is_some_and(|root| root.signed.consistent_snapshot);
    for (_, file) in seen.targets_roles() {
        let (mut missing, mut no_copy, mut differs, mut crlf) = (vec![], vec![], vec![], vec![]);
        for (path, target) in file.signed.targets().iter() {
            let names = served_names(&path, &target, consistent);
            let there: Vec<_> = names.iter().filter_map(|name| served.get(name)).collect();
            if there.is_empty() {
                missing.push(path.clone().into_owned());
                continue;
            }
            if there.len() < names.len() {
                no_copy.push(path.clone().into_owned());
            }
            if there.iter().any(|found| !found.is(&target)) {
                differs.push(path.clone().into_owned());
            }
            if there.iter().any(|found| found.has_crlf) {
                crlf.push(path.into_owned());
            }
        }
        for (lint, words, paths) in [
            (&MISSING_TARGET, "expected the file to be served, found none for", missing),
            (&MISSING_HASH_COPY, "expected a copy under each hash, found one missing for", no_copy),
            (&TARGET_DIFFERS, "expected the bytes that are listed, found others for", differs),
            (&CRLF, "expected line ends of one character, found CR LF in", crlf),
        ] {
            if !paths.is_empty() {
                let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
                report.say(lint, &file.name, format!("{words} {}", list("target", &paths)));
            }
        }
    }
}
