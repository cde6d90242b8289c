//! From facts to files.

use crate::{Facts, SchemaName, frame};
use std::collections::BTreeMap;

/// The files of a page, by name. They lie beside a repository's timestamp.json, or anywhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Bytes by name.
    pub files: BTreeMap<&'static str, Vec<u8>>,
}

/// The page and status.json. The same facts give the same bytes.
#[must_use]
pub fn site(facts: &Facts) -> Site {
    // Plain values: there is nothing in them that JSON could refuse.
    let status = serde_json::to_string_pretty(facts).unwrap_or_default();
    let page = frame::page(facts).into_text();
    Site { files: BTreeMap::from([(PAGE, page.into_bytes()), (STATUS, (status + "\n").into_bytes())]) }
}

/// Whether `bytes` are a file `name` that this crate made, which may be replaced; somebody else's is not ours to lose.
#[must_use]
pub fn is_ours(name: &str, bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..HEAD).unwrap_or(bytes)).into_owned();
    match name {
        PAGE => head.contains(&format!("<meta name=\"generator\" content=\"{}\">", frame::GENERATOR)),
        STATUS => head.contains(&format!("\"schema\": \"{}\"", SchemaName::TEXT)),
        _ => false,
    }
}

/// The page's name.
pub const PAGE: &str = "index.html";
/// The facts' name.
pub const STATUS: &str = "status.json";
const HEAD: usize = 512;
