//! One file, read once.

use super::FileProblem;
use super::place::{Identity, Place};
use ring::digest::{Context, SHA256};
use std::io::{ErrorKind, Read};
use tuffet_keys::Sha256;

/// The digest of the file at `path`, and which file it was; `read` gets the bytes of each read.
pub(super) fn hash(
    place: &Place,
    path: &str,
    buffer: &mut [u8],
    read: &mut dyn FnMut(u64),
) -> Result<(Identity, Sha256), FileProblem> {
    let mut file = place.file(path)?;
    let before = Place::identity_of(&file)?;
    let mut context = Context::new(&SHA256);
    let mut length = 0;
    // As far as it was long: what is appended meanwhile shows in the length afterwards, and a file that never ends does
    // not keep us.
    while length < before.length {
        let count = match file.read(buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(cause) if cause.kind() == ErrorKind::Interrupted => continue,
            Err(cause) => return Err(FileProblem::Unreadable(cause.to_string())),
        };
        context.update(&buffer[..count]);
        length += count as u64;
        read(count as u64);
    }
    // The open file, for who writes into it; and the name, for who renames another over it: the digest would be of
    // bytes that nobody can find there any more.
    let after = [Place::identity_of(&file)?, place.identity(path)?];
    if let Some(what) = after.iter().find_map(|after| before.differs(after)) {
        return Err(FileProblem::Changed { what });
    }
    if length != before.length {
        return Err(FileProblem::Changed { what: "length" });
    }
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(context.finish().as_ref());
    Ok((before, Sha256::from_bytes(sha256)))
}
