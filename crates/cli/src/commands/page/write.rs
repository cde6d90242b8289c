//! The page's files, each replaced whole.

use crate::CliError;
use tuffet_page::{Site, is_ours};
use tuffet_repository::{Found, Place, Replaced, RepositoryError};

/// Writes every file or, as far as can be known before, none. Only a page that this program made is replaced.
pub(super) fn at(site: &Site, place: &dyn Place) -> Result<Vec<String>, CliError> {
    let mut waiting = Vec::new();
    for (name, bytes) in &site.files {
        waiting.push((name, bytes, ours(name, place)?));
    }
    for (name, bytes, there) in &waiting {
        if there.as_ref().is_some_and(|there| there.bytes == **bytes) {
            continue;
        }
        let tag = there.as_ref().map(|there| &there.tag);
        if place.replace(name, bytes, tag).map_err(RepositoryError::Place)? == Replaced::Changed {
            let message = format!("{}/{name}: expected the page read a moment ago, found another", place.describe());
            return Err(
                CliError::new("page", message).hint("another publication wrote its own: run `tuffet page` again")
            );
        }
    }
    Ok(site.files.keys().map(|name| (*name).to_owned()).collect())
}

fn ours(name: &str, place: &dyn Place) -> Result<Option<Found>, CliError> {
    let found = place.read(name).map_err(RepositoryError::Place)?;
    if found.as_ref().is_none_or(|found| is_ours(name, &found.bytes)) {
        return Ok(found);
    }
    let message = format!("{}/{name}: expected none or the one tuffet wrote, found another file", place.describe());
    Err(CliError::new("exists", message).hint("move it away, or name another folder: `tuffet page --out DIR`"))
}
