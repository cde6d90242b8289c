//! A tar in gzip, as other programs pack a folder.
//!
//! Each member is compressed by itself: the parts of a gzip file are gzip files (RFC 1952 2.2), and a reader that takes
//! what one read gives for the whole of a small file gets the whole. Times and system are at their neutral values, so that
//! the same members give the same bytes.

use crate::tar::{self, TarError};
use flate2::read::MultiGzDecoder;
use flate2::{Compression, GzBuilder};
use std::io::{Read, Write};

/// It could not be made, or is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TarGzError {
    /// Of the tar inside.
    #[error(transparent)]
    Tar(#[from] TarError),
    /// Of gzip.
    #[error("expected gzip: {0}")]
    Gzip(String),
    /// It holds more than its reader asked for.
    #[error("expected at most {limit} bytes, found more")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
}

/// The members, in their order.
///
/// # Errors
/// [`TarGzError::Tar`]: a name that no header holds.
pub fn write<'a>(members: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Vec<u8>, TarGzError> {
    let mut out = Vec::new();
    for (name, bytes) in members {
        // The header apart: what follows begins where a reader's buffer does.
        let member = tar::member(name, bytes)?;
        let (header, content) = member.split_at(tar::BLOCK.min(member.len()));
        out.extend(compressed(header)?);
        out.extend(compressed(content)?);
    }
    out.extend(compressed(&[0; tar::END])?);
    Ok(out)
}

fn compressed(bytes: &[u8]) -> Result<Vec<u8>, TarGzError> {
    let mut encoder = GzBuilder::new().mtime(0).operating_system(UNKNOWN).write(Vec::new(), Compression::best());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.map_err(|e| TarGzError::Gzip(e.to_string()))
}

/// The tar inside, whose members [`tar::read`] gives; at most `limit` bytes of it.
///
/// # Errors
/// [`TarGzError`]
pub fn unpack(bytes: &[u8], limit: u64) -> Result<Vec<u8>, TarGzError> {
    let mut out = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(limit.saturating_add(1)).read_to_end(&mut out);
    read.map_err(|e| TarGzError::Gzip(e.to_string()))?;
    if u64::try_from(out.len()).unwrap_or(u64::MAX) > limit {
        return Err(TarGzError::TooLarge { limit });
    }
    Ok(out)
}

/// "Unknown", whatever it was made on.
const UNKNOWN: u8 = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_members_give_the_same_bytes_and_come_back() {
        let long = vec![b'x'; 100_000];
        let members =
            [("repository/1.root.json", b"{}".as_slice()), ("repository/empty", b""), ("repository/z", &long)];
        let packed = write(members).unwrap();
        assert_eq!(packed, write(members).unwrap());
        assert_eq!(packed[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255], "no time, no system");
        let tar = unpack(&packed, 1 << 20).unwrap();
        let expected: Vec<_> = members.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes)).collect();
        assert_eq!(tar::read(&tar).unwrap(), expected);
        assert_eq!(tar, tar::write(members).unwrap());
    }

    #[test]
    fn what_is_cut_changed_or_too_large_is_refused() {
        let packed = write([("a", b"content".as_slice())]).unwrap();
        for at in 1..packed.len() {
            let whole = unpack(&packed[..at], 1 << 20).ok().and_then(|tar| tar::read(&tar).ok().map(|m| m.len()));
            assert_eq!(whole, None, "cut at {at}");
        }
        let mut flipped = packed.clone();
        let last = flipped.len() - 1;
        flipped[last] ^= 1;
        assert_eq!(
            unpack(&flipped, 1 << 20).unwrap_err().to_string(),
            "expected gzip: corrupt gzip stream does not have a matching checksum"
        );
        assert_eq!(unpack(&packed, 100).unwrap_err().to_string(), "expected at most 100 bytes, found more");
        let name = "n".repeat(101);
        let error = write([(name.as_str(), b"".as_slice())]).unwrap_err().to_string();
        assert_eq!(error, format!("member `{name}`: expected a name that a tar header holds, found one of 101 bytes"));
    }
}
