//! Strings as they stand in canonical bytes: between quotes, with `"` and `\` escaped and nothing else.

use std::borrow::Cow;
use std::cmp::Ordering;

/// Bytes from `at` to the next quote or backslash, if there is one.
pub(super) fn plain(bytes: &[u8], at: usize) -> Option<usize> {
    memchr::memchr2(b'"', b'\\', bytes.get(at..)?)
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
pub(super) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    match (memchr::memchr(b'\\', a), memchr::memchr(b'\\', b)) {
        (None, None) => a.cmp(b),
        _ => decoded(a).cmp(decoded(b)),
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
