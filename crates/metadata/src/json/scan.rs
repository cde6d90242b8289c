//! A place in a JSON text, and the small steps that every strict reader takes from there: white space, the next byte,
//! an integer, an escape. One spelling of F26, for the tree and for the canonical form alike.

use super::check::{is_integer, number_length};
use super::{JsonError, JsonProblem};

/// A text and a place in it.
pub(super) struct Scan<'a> {
    text: &'a str,
    pub(super) at: usize,
    depth: usize,
    limit: usize,
}

impl<'a> Scan<'a> {
    /// At the first byte that is no white space; at most `depth` arrays and objects inside one another.
    pub(super) fn start(bytes: &'a [u8], depth: usize) -> Result<Self, JsonError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|e| JsonError { at: e.valid_up_to(), problem: JsonProblem::Encoding })?;
        if text.starts_with('\u{feff}') {
            return Err(JsonError { at: 0, problem: JsonProblem::Encoding });
        }
        let mut scan = Self { text, at: 0, depth, limit: depth };
        scan.space();
        Ok(scan)
    }

    /// Nothing but white space is left.
    pub(super) fn end(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.at == self.text.len() { Ok(()) } else { Err(self.error(JsonProblem::Trailing)) }
    }

    pub(super) fn error(&self, problem: JsonProblem) -> JsonError {
        JsonError { at: self.at, problem }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// What is left of it.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    pub(super) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.advance(1);
        }
    }

    pub(super) fn unexpected(&self, expected: &'static str) -> JsonError {
        self.error(match self.rest().chars().next() {
            Some(found) => JsonProblem::Unexpected { expected, found },
            None => JsonProblem::End(expected),
        })
    }

    pub(super) fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), JsonError> {
        if self.peek() != Some(byte) {
            return Err(self.unexpected(expected));
        }
        self.advance(1);
        Ok(())
    }

    /// Into the array or object that begins here.
    pub(super) fn enter(&mut self) -> Result<(), JsonError> {
        self.depth = self.depth.checked_sub(1).ok_or_else(|| self.error(JsonProblem::Depth(self.limit)))?;
        self.advance(1);
        Ok(())
    }

    /// Out of it.
    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_add(1);
    }

    /// Whether this is inside the outermost array or object, and no other.
    pub(super) fn is_outermost(&self) -> bool {
        self.depth.checked_add(1) == Some(self.limit)
    }

    /// An integer as written, from -2^63 to 2^64-1 in its only spelling.
    pub(super) fn integer(&mut self) -> Result<&'a [u8], JsonError> {
        let rest = self.rest().as_bytes();
        let literal = rest.get(..number_length(rest)).unwrap_or(&[]);
        if !is_integer(literal) {
            return Err(self.error(JsonProblem::Number));
        }
        self.advance(literal.len());
        Ok(literal)
    }

    /// The character that an escape stands for.
    pub(super) fn escape(&mut self) -> Result<char, JsonError> {
        let simple = match self.rest().as_bytes().get(1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.error(JsonProblem::Escape)),
        };
        self.advance(2);
        Ok(simple)
    }

    /// `\uXXXX`, or a pair of them. A lone surrogate has no UTF-8 form, and parsers differ on what it becomes.
    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let unit = |from: usize| {
            let digits = self.text.get(from..from.saturating_add(6))?.strip_prefix("\\u")?;
            let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
        };
        let first = unit(self.at);
        let (length, units) = match first {
            Some(high @ 0xd800..=0xdbff) => (12, [Some(high), unit(self.at.saturating_add(6))]),
            _ => (6, [first, None]),
        };
        let mut decoded = char::decode_utf16(units.into_iter().flatten());
        let (Some(Ok(c)), None) = (decoded.next(), decoded.next()) else {
            return Err(self.error(JsonProblem::Escape));
        };
        self.advance(length);
        Ok(c)
    }
}
