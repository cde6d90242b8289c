//! Is it canonical already? One pass that writes nothing.
//!
//! It answers no wherever it is in doubt, never why: what is not canonical goes to the strict reader, which writes the
//! canonical form or says what is wrong and where.

use super::text::{compare, plain};
use std::cmp::Ordering;
use std::ops::Range;

/// Whether `bytes` are one JSON value in canonical form that the strict reader accepts too: a file with a raw control
/// character is canonical and no JSON.
pub(super) fn is_canonical(bytes: &[u8], depth: usize) -> Option<Outer> {
    // Two passes of a few instructions per 16 bytes each, so that the one by tokens need not look at every byte.
    if std::str::from_utf8(bytes).is_err() || bytes.iter().fold(false, |seen, byte| seen | (*byte < b' ')) {
        return None;
    }
    let mut check = Check { bytes, at: 0, outer: Outer::default() };
    check.value(depth, true)?;
    (check.at == bytes.len()).then_some(check.outer)
}

/// Where the value of the outermost `signed` stands: it is nearly the whole file, and nobody should look for its end
/// twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outer {
    pub(super) signed: Option<Range<usize>>,
}

struct Check<'a> {
    bytes: &'a [u8],
    at: usize,
    outer: Outer,
}

impl<'a> Check<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at = self.at.saturating_add(1))
    }

    fn value(&mut self, depth: usize, outermost: bool) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(|_| ()),
            b'{' => self.object(depth.checked_sub(1)?, outermost),
            b'[' => self.array(depth.checked_sub(1)?),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => None,
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let end = self.at.saturating_add(word.len());
        (self.bytes.get(self.at..end)? == word).then(|| self.at = end)
    }

    /// The string as written, without its quotes.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.take(b'"')?;
        let start = self.at;
        loop {
            self.at = self.at.saturating_add(plain(self.bytes, self.at)?);
            if self.peek()? == b'"' {
                let written = self.bytes.get(start..self.at);
                self.at = self.at.saturating_add(1);
                return written;
            }
            let escaped = self.bytes.get(self.at.saturating_add(1)).copied()?;
            if escaped != b'"' && escaped != b'\\' {
                return None;
            }
            self.at = self.at.saturating_add(2);
        }
    }

    fn object(&mut self, depth: usize, outermost: bool) -> Option<()> {
        self.take(b'{')?;
        if self.take(b'}').is_some() {
            return Some(());
        }
        let mut before: Option<&[u8]> = None;
        loop {
            let name = self.string()?;
            if before.is_some_and(|before| compare(before, name) != Ordering::Less) {
                return None;
            }
            before = Some(name);
            self.take(b':')?;
            let start = self.at;
            self.value(depth, false)?;
            if outermost && name == b"signed" {
                self.outer.signed = Some(start..self.at);
            }
            if self.take(b',').is_none() {
                return self.take(b'}');
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.take(b'[')?;
        if self.take(b']').is_some() {
            return Some(());
        }
        loop {
            self.value(depth, false)?;
            if self.take(b',').is_none() {
                return self.take(b']');
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        let rest = self.bytes.get(self.at..)?;
        let length = number_length(rest);
        let literal = rest.get(..length)?;
        is_integer(literal).then(|| self.at = self.at.saturating_add(length))
    }
}

/// Bytes of the longest run that could be part of a number, so that `1.0` is refused as one literal.
pub(super) fn number_length(bytes: &[u8]) -> usize {
    let inside = |b: &&u8| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    bytes.iter().take_while(inside).count()
}

/// Whether `literal` is an integer from -2^63 to 2^64-1 in its only spelling.
pub(super) fn is_integer(literal: &[u8]) -> bool {
    let (digits, limit) = match literal.strip_prefix(b"-") {
        Some(digits) => (digits, b"9223372036854775808".as_slice()),
        None => (literal, b"18446744073709551615".as_slice()),
    };
    let spelled = match digits {
        [b'0'] => literal == b"0",
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    spelled && (digits.len() < limit.len() || digits.len() == limit.len() && digits <= limit)
}
