//! The one tar file that stands for a list of members: USTAR, plain files, every field at its only value. A header is
//! read by writing it again, so that links, devices, owners, times and extensions need no rule of their own. (The
//! crate `tar` reads all of them, and would leave it to us to refuse each.)

/// An archive was refused, or could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TarError {
    /// It ends within a member.
    #[error("cut off after {members} whole members")]
    Cut {
        /// Members before the cut.
        members: usize,
    },
    /// Bytes after the end.
    #[error("expected nothing after its end, found {found} bytes")]
    Trailing {
        /// How many.
        found: usize,
    },
    /// A member that is no plain file as this program writes it: a link, a folder, an owner, an extension.
    #[error("member `{}`: expected a plain file's header, found another", member.escape_debug())]
    Header {
        /// The member.
        member: String,
    },
    /// A name no header holds: more than 100 bytes after the last slash that could part it, or 255 in all.
    #[error("member `{}`: expected a name that a tar header holds, found one of {} bytes", member.escape_debug(), member.len())]
    Name {
        /// The member.
        member: String,
    },
}

/// The archive of `members`, in their order.
///
/// # Errors
/// [`TarError::Name`]
pub fn write<'a>(members: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Vec<u8>, TarError> {
    let mut out = Vec::new();
    for (name, bytes) in members {
        out.extend(member(name, bytes)?);
    }
    out.resize(out.len().saturating_add(END), 0);
    Ok(out)
}

/// One member: header, content, zeros up to the next block.
pub(crate) fn member(name: &str, bytes: &[u8]) -> Result<Vec<u8>, TarError> {
    let mut out = header(name, bytes.len()).ok_or_else(|| TarError::Name { member: name.to_owned() })?;
    out.extend_from_slice(bytes);
    out.resize(out.len().next_multiple_of(BLOCK), 0);
    Ok(out)
}

/// The members of an archive that [`write`] made, and of no other. Names are as they stand: whether one may become a
/// file's is for the caller to say.
///
/// # Errors
/// [`TarError`]
pub fn read(archive: &[u8]) -> Result<Vec<(String, &[u8])>, TarError> {
    let mut members = Vec::new();
    let mut rest = archive;
    loop {
        let cut = TarError::Cut { members: members.len() };
        let (block, after) = rest.split_at_checked(BLOCK).ok_or_else(|| cut.clone())?;
        if block.iter().all(|byte| *byte == 0) {
            return match after.len() {
                BLOCK if after.iter().all(|byte| *byte == 0) => Ok(members),
                found if found < BLOCK => Err(cut),
                found => Err(TarError::Trailing { found: found.saturating_sub(BLOCK) }),
            };
        }
        let name = name(block);
        let size = size(block).filter(|size| header(&name, *size).as_deref() == Some(block));
        let size = size.ok_or_else(|| TarError::Header { member: name.clone() })?;
        let (bytes, padded) = after.split_at_checked(size).ok_or_else(|| cut.clone())?;
        let padding = size.next_multiple_of(BLOCK).saturating_sub(size);
        let (zeros, next) = padded.split_at_checked(padding).ok_or(cut)?;
        if zeros.iter().any(|byte| *byte != 0) {
            return Err(TarError::Header { member: name });
        }
        members.push((name, bytes));
        rest = next;
    }
}

fn name(block: &[u8]) -> String {
    let field = |from: usize, length: usize| {
        let field = block.get(from..).and_then(|rest| rest.get(..length)).unwrap_or_default();
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(length);
        String::from_utf8_lossy(field.get(..end).unwrap_or_default()).into_owned()
    };
    let (prefix, name) = (field(PREFIX_AT, PREFIX), field(0, NAME));
    if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
}

fn size(block: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(block.get(124..135)?).ok()?;
    usize::from_str_radix(digits, 8).ok()
}

/// A long name is parted at the first slash after which the rest fits, so that there is one way.
fn parted(name: &str) -> Option<(&str, &str)> {
    if name.len() <= NAME {
        return Some(("", name));
    }
    let mut slashes = name.match_indices('/').filter_map(|(at, _)| Some((name.get(..at)?, name.get(at..)?.get(1..)?)));
    slashes.find(|(_, rest)| rest.len() <= NAME).filter(|(prefix, rest)| prefix.len() <= PREFIX && !rest.is_empty())
}

/// Name, mode, owner 0, group 0, size, time 0, checksum, "plain file", magic, the front of a long name; the rest is zero.
fn header(name: &str, size: usize) -> Option<Vec<u8>> {
    let (prefix, rest) = parted(name).filter(|_| !name.is_empty() && !name.contains('\0') && size <= LARGEST)?;
    let with_checksum = |checksum: &str| {
        let mut block = rest.as_bytes().to_vec();
        block.resize(NAME, 0);
        block.extend(format!("0000644\00000000\00000000\0{size:011o}\000000000000\0{checksum}0").bytes());
        block.resize(257, 0);
        block.extend(b"ustar\x0000");
        block.resize(PREFIX_AT, 0);
        block.extend_from_slice(prefix.as_bytes());
        block.resize(BLOCK, 0);
        block
    };
    let sum: u32 = with_checksum("        ").into_iter().map(u32::from).fold(0, u32::wrapping_add);
    Some(with_checksum(&format!("{sum:06o}\0 ")))
}

pub(crate) const BLOCK: usize = 512;
const NAME: usize = 100;
const PREFIX: usize = 155;
const PREFIX_AT: usize = 345;
pub(crate) const END: usize = 1024;
/// What eleven octal digits hold.
const LARGEST: usize = 0o77_777_777_777;

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(mut archive: Vec<u8>) -> Vec<u8> {
        archive[148..156].copy_from_slice(b"        ");
        let sum: u32 = archive[..512].iter().map(|byte| u32::from(*byte)).sum();
        archive[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        archive
    }

    #[test]
    fn what_was_written_reads_back_and_no_flipped_byte_or_cut_does() {
        let members = [("manifest.json", b"{}".as_slice()), ("a", b""), ("b", &[7; 512])];
        let archive = write(members).unwrap();
        let expected: Vec<_> = members.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes)).collect();
        assert_eq!(read(&archive).unwrap(), expected);
        for at in 0..archive.len() {
            let mut flipped = archive.clone();
            flipped[at] ^= 1;
            assert_ne!(read(&flipped).ok(), Some(expected.clone()), "byte {at}");
            assert!(read(&archive[..at]).is_err(), "cut at {at}");
        }
        assert_eq!(read(&[archive.as_slice(), b"x"].concat()).unwrap_err(), TarError::Trailing { found: 1 });
        assert_eq!(read(&archive[..archive.len() - 1]).unwrap_err(), TarError::Cut { members: 3 });
    }

    #[test]
    fn links_folders_paths_and_extensions_are_no_members() {
        let plain = write([("a", b"x".as_slice())]).unwrap();
        for (at, byte) in [(156, b'1'), (156, b'2'), (156, b'5'), (156, b'x'), (156, b'g'), (157, b'/'), (500, b'p')] {
            let mut forged = plain.clone();
            forged[at] = byte;
            // Its checksum is right, as an attacker's would be.
            assert_eq!(read(&sealed(forged)).unwrap_err(), TarError::Header { member: "a".into() });
        }
        let mut short = plain;
        short[345] = b'p';
        // A name of two parts that fits into one.
        assert_eq!(read(&sealed(short)).unwrap_err(), TarError::Header { member: "p/a".into() });
    }

    #[test]
    fn a_long_name_is_parted_in_one_way_and_one_that_no_header_holds_is_refused() {
        let long = format!("targets/{}/{}", "d".repeat(80), "n".repeat(99));
        let archive = write([(long.as_str(), b"x".as_slice())]).unwrap();
        assert_eq!(&archive[345..353], b"targets/");
        assert_eq!(read(&archive).unwrap(), [(long.clone(), b"x".as_slice())]);
        for name in [String::new(), "n".repeat(101), format!("{}/n", "p".repeat(156)), "a\0b".to_owned()] {
            let expected = TarError::Name { member: name.clone() };
            assert_eq!(write([(name.as_str(), b"".as_slice())]).unwrap_err(), expected);
        }
        assert_eq!(
            TarError::Name { member: "n".repeat(101) }.to_string(),
            format!("member `{}`: expected a name that a tar header holds, found one of 101 bytes", "n".repeat(101))
        );
    }
}
