//! Whether two canonicalisers agree (style.md rule 32), at the cost of what changes.
//!
//! Over a whole bin olpc-cjson takes longer than everything else together. They differ in two things only: text that
//! is not NFC, and the order of names in one object. What was signed before agreed; so each new entry is compared
//! whole, and the names among one another only where one of them has a character that sorts otherwise in quotes.

use super::BinError;
use crate::payload::agree;
use std::borrow::Cow;
use tuffet_metadata::json::{Edit, Edits, Object, Value};
use tuffet_metadata::{Proposed, RoleName, Targets};

/// The new entries, each with its name.
pub(super) fn entries(role: &RoleName, edits: &Edits) -> Result<(), BinError> {
    for (path, edit) in edits {
        if let Edit::Put(value) = edit {
            same(role, &Object::from([(path.clone(), value.clone())]).into(), "signed.targets")?;
        }
    }
    Ok(())
}

/// The order of an object's names.
pub(super) fn names<'a, I: Iterator<Item = Cow<'a, str>>>(
    role: &RoleName,
    place: &str,
    names: impl Fn() -> I,
) -> Result<(), BinError> {
    // Up to the quote, as the end of a name; a quote and a backslash, as they stand behind a backslash.
    let odd = |byte: u8| byte <= b'"' || byte == b'\\' || !byte.is_ascii();
    if !names().any(|name| name.bytes().any(odd)) {
        return Ok(());
    }
    let names: Object = names().map(|name| (name.into_owned(), Value::Null)).collect();
    same(role, &names.into(), place)
}

/// A file that is new as a whole.
pub(super) fn whole(role: &RoleName, proposed: &Proposed<Targets>) -> Result<(), BinError> {
    same(role, proposed.value(), "signed")
}

fn same(role: &RoleName, value: &Value, place: &str) -> Result<(), BinError> {
    agree(value, place).map_err(|cause| BinError::Disagreement { role: role.clone(), cause })
}
