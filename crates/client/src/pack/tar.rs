//! The one tar file that stands for a list of members: USTAR, plain files, every field at its only value. A header is
//! read by writing it again, so that links, devices, owners, times and extensions need no rule of their own. (The
//! crate `tar` reads all of them, and would leave it to us to refuse each.)

use super::PackError;

/// The archive of `members`, in their order. A name is at most 100 bytes.
pub(super) fn write<'a>(members: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in members {
        out.extend(header(name, bytes.len()));
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }
    out.resize(out.len().saturating_add(END), 0);
    out
}

/// The members of an archive that [`write`] made, and of no other.
pub(super) fn read(archive: &[u8]) -> Result<Vec<(String, &[u8])>, PackError> {
    let mut members = Vec::new();
    let mut rest = archive;
    loop {
        let (block, after) = rest.split_at_checked(BLOCK).ok_or_else(|| cut(&members, rest))?;
        if block.iter().all(|byte| *byte == 0) {
            return match after.len() {
                BLOCK if after.iter().all(|byte| *byte == 0) => Ok(members),
                found => Err(PackError::Trailing { found: found.saturating_sub(BLOCK) }),
            };
        }
        let name = name(block);
        let size = size(block).filter(|size| header(&name, *size) == block);
        let size = size.ok_or_else(|| PackError::Header { member: name.clone() })?;
        let (bytes, padded) = after.split_at_checked(size).ok_or_else(|| cut(&members, after))?;
        let padding = size.next_multiple_of(BLOCK).saturating_sub(size);
        let (zeros, next) = padded.split_at_checked(padding).ok_or_else(|| cut(&members, padded))?;
        if zeros.iter().any(|byte| *byte != 0) {
            return Err(PackError::Header { member: name });
        }
        members.push((name, bytes));
        rest = next;
    }
}

fn cut(members: &[(String, &[u8])], _rest: &[u8]) -> PackError {
    PackError::Cut { members: members.len() }
}

fn name(block: &[u8]) -> String {
    let name = block.get(..NAME).unwrap_or_default();
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(NAME);
    String::from_utf8_lossy(name.get(..end).unwrap_or_default()).into_owned()
}

fn size(block: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(block.get(124..135)?).ok()?;
    usize::from_str_radix(digits, 8).ok()
}

/// Name, mode, owner 0, group 0, size, time 0, checksum, "plain file", magic; the rest is zero.
fn header(name: &str, size: usize) -> Vec<u8> {
    let with_checksum = |checksum: &str| {
        let mut block = name.as_bytes().to_vec();
        block.resize(NAME, 0);
        block.extend(format!("0000644\00000000\00000000\0{size:011o}\000000000000\0{checksum}0").bytes());
        block.resize(257, 0);
        block.extend(b"ustar\x0000");
        block.resize(BLOCK, 0);
        block
    };
    let sum: u32 = with_checksum("        ").into_iter().map(u32::from).fold(0, u32::wrapping_add);
    with_checksum(&format!("{sum:06o}\0 "))
}

const BLOCK: usize = 512;
const NAME: usize = 100;
const END: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_reads_back_and_no_flipped_byte_or_cut_does() {
        let members = [("manifest.json", b"{}".as_slice()), ("a", b""), ("b", &[7; 512])];
        let archive = write(members);
        let expected: Vec<_> = members.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes)).collect();
        assert_eq!(read(&archive).unwrap(), expected);
        for at in 0..archive.len() {
            let mut flipped = archive.clone();
            flipped[at] ^= 1;
            assert_ne!(read(&flipped).ok(), Some(expected.clone()), "byte {at}");
            assert!(read(&archive[..at]).is_err(), "cut at {at}");
        }
        assert_eq!(read(&[archive.as_slice(), b"x"].concat()).unwrap_err(), PackError::Trailing { found: 1 });
    }

    #[test]
    fn links_folders_paths_and_extensions_are_no_members() {
        let plain = write([("a", b"x".as_slice())]);
        for (at, byte) in [(156, b'1'), (156, b'2'), (156, b'5'), (156, b'x'), (156, b'g'), (157, b'/'), (345, b'p')] {
            let mut forged = plain.clone();
            forged[at] = byte;
            // Its checksum is right, as an attacker's would be.
            forged[148..156].copy_from_slice(b"        ");
            let sum: u32 = forged[..512].iter().map(|byte| u32::from(*byte)).sum();
            forged[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            assert_eq!(read(&forged).unwrap_err(), PackError::Header { member: "a".into() });
        }
    }
}
