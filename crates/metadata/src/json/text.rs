//! Strings as they stand in canonical bytes: between quotes, with `"` and `\` escaped and nothing else.

use std::borrow::Cow;
use std::cmp::Ordering;

/// Bytes from `at` to the next quote or backslash, if there is one.
pub(super) fn plain(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    // Names and numbers of bins end within a word or two: a call that sets up wide registers costs more than they do.
    let (mut ahead, mut before) = (rest, 0usize);
    for _ in 0..2 {
        let Some((word, after)) = ahead.split_first_chunk() else { break };
        let word = u64::from_le_bytes(*word);
        let marks = zero_bytes(word ^ repeat(b'"')) | zero_bytes(word ^ repeat(b'\\'));
        if marks != 0 {
            return Some(before.saturating_add(usize::try_from(marks.trailing_zeros() / 8).unwrap_or(0)));
        }
        (ahead, before) = (after, before.saturating_add(8));
    }
    memchr::memchr2(b'"', b'\\', ahead).map(|run| before.saturating_add(run))
}

const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The lowest bit set is the highest of the first byte that is zero; those above it may lie.
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(repeat(1)) & !word & repeat(0x80)
}

/// The bytes a written name stands for.
fn decoded(written: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let mut escaped = false;
    written.iter().copied().filter(move |byte| {
        escaped = *byte == b'\\' && !escaped;
        !escaped
    })
}

/// The order of two written names by the code points they stand for, which is that of their UTF-8 bytes (F2). The
/// bytes *as written* do not sort so: `"` stands behind a backslash.
pub(crate) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let (mut x, mut y) = (a, b);
    while let (Some((word, rest)), Some((other, others))) = (x.split_first_chunk::<8>(), y.split_first_chunk())
        && word == other
    {
        (x, y) = (rest, others);
    }
    match x.iter().zip(y).find(|(x, y)| x != y) {
        None => a.len().cmp(&b.len()),
        // One of them may be an escape, and what stands for the name's byte comes after it.
        Some((b'\\', _) | (_, b'\\')) => decoded(a).cmp(decoded(b)),
        Some((x, y)) => x.cmp(y),
    }
}

/// The order of a written name and a decoded one.
pub(crate) fn compare_decoded(written: &[u8], name: &str) -> Ordering {
    match memchr::memchr(b'\\', written) {
        None => written.cmp(name.as_bytes()),
        Some(_) => decoded(written).cmp(name.bytes()),
    }
}

/// The text a written name stands for, borrowed where nothing is escaped.
pub(crate) fn text(written: &[u8]) -> Cow<'_, str> {
    match memchr::memchr(b'\\', written) {
        // What is no UTF-8 was refused on reading. The check that replaces is many times slower than this one.
        None => std::str::from_utf8(written).map_or_else(|_| String::from_utf8_lossy(written), Cow::Borrowed),
        Some(_) => Cow::Owned(String::from_utf8_lossy(&decoded(written).collect::<Vec<u8>>()).into_owned()),
    }
}
