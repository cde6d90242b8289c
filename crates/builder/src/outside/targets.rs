//! W10, W11: every target under each of its hashes, with the length and the hashes that are listed.

use super::symptom::{MISSING_TARGET, WRONG_TARGET};
use super::{Alarms, Level, View};

pub(super) fn check(url: &str, view: &View, alarms: &mut Alarms) {
    let Some(served) = &view.seen.served else { return };
    for (path, target, names) in view.seen.listed_targets() {
        for name in names {
            let shown = name.escape_debug().to_string();
            let say = |symptom, message: String, alarms: &mut Alarms| {
                alarms.say(Level::Critical, symptom, url, &shown, message);
            };
            if let Some(reason) = view.unreached.get(&name) {
                say(&MISSING_TARGET, format!("expected target file {shown}: {reason}"), alarms);
            } else if let Some(file) = served.get(&name) {
                if !file.is(&target) {
                    let listed = target.length.map_or_else(|| "any number of".to_owned(), |length| length.to_string());
                    let what = if target.length == Some(file.length) { " with other hashes" } else { "" };
                    let message = format!(
                        "expected target `{}` as listed, {listed} bytes, found {} bytes{what} in {shown}",
                        path.escape_debug(),
                        file.length
                    );
                    say(&WRONG_TARGET, message, alarms);
                }
            } else if let Some(length) = view.lengths.get(&name) {
                if target.length.is_some_and(|listed| listed != *length) {
                    let listed = target.length.unwrap_or_default();
                    say(&WRONG_TARGET, format!("expected {listed} bytes in {shown}, found {length} announced"), alarms);
                }
            } else {
                let message = format!("expected target `{}` in {shown}, found no such file", path.escape_debug());
                say(&MISSING_TARGET, message, alarms);
            }
        }
    }
}
