//! Differences of two JSON values that nobody has words for: each is named by its path, innermost first.

use std::collections::BTreeSet;

use crate::json::Json;
use crate::node::member_path;
use crate::shown;

/// Calls `say` with a path and a sentence's end for every difference below `path`; not at all where the values are
/// equal, whatever the order of their members.
pub(crate) fn differences(path: &str, old: Option<&Json>, new: Option<&Json>, say: &mut dyn FnMut(String, String)) {
    match (old, new) {
        (None, None) => {}
        (None, Some(new)) => say(path.to_owned(), format!("adds {}", shown::value(new))),
        (Some(old), None) => say(path.to_owned(), format!("removes {}", shown::value(old))),
        (Some(Json::Map(old)), Some(Json::Map(new))) => {
            let names: BTreeSet<&str> = old.iter().chain(new).map(|(name, _)| name.as_str()).collect();
            for name in names {
                differences(&member_path(path, name), member(old, name), member(new, name), say);
            }
        }
        (Some(Json::List(old)), Some(Json::List(new))) => {
            for at in 0..old.len().max(new.len()) {
                differences(&format!("{path}[{at}]"), old.get(at), new.get(at), say);
            }
        }
        (Some(old), Some(new)) if old == new => {}
        (Some(old), Some(new)) => {
            say(path.to_owned(), format!("changes from {} to {}", shown::value(old), shown::value(new)));
        }
    }
}

/// The member of this name.
pub(crate) fn member<'a>(members: &'a [(String, Json)], name: &str) -> Option<&'a Json> {
    members.iter().find(|(found, _)| found == name).map(|(_, value)| value)
}
