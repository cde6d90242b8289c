//! The strict reader.

use super::{Object, Value};
use std::collections::btree_map::Entry;

/// Where and why a text is not JSON as TUF needs it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {problem} (F26)")]
pub struct JsonError {
    /// Offset of the offending byte, from 0.
    pub at: usize,
    /// What is wrong there.
    pub problem: JsonProblem,
}

/// What is wrong with a JSON text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonProblem {
    /// Not UTF-8, or a byte order mark.
    #[error("expected UTF-8 without a byte order mark")]
    Encoding,
    /// The text ends too early.
    #[error("expected {0}, found the end of the file")]
    End(&'static str),
    /// Another character than the grammar allows.
    #[error("expected {expected}, found `{}`", found.escape_debug())]
    Unexpected {
        /// What may stand here.
        expected: &'static str,
        /// What stands here.
        found: char,
    },
    /// A second member of one name.
    #[error("duplicate member `{}`", .0.escape_debug())]
    Duplicate(String),
    /// Bytes after the value.
    #[error("expected the end of the file, found more bytes")]
    Trailing,
    /// Arrays and objects nested too deeply.
    #[error("nested deeper than {0}")]
    Depth(usize),
    /// A number that is not an integer of 64 bits, or is `-0`.
    #[error("expected an integer from -2^63 to 2^64-1, without fraction, exponent or leading zero")]
    Number,
    /// A bad escape, or a lone surrogate.
    #[error("invalid escape in a string")]
    Escape,
    /// A raw control character in a string.
    #[error("raw control character in a string")]
    Control,
}

/// Reads one JSON value that fills `bytes` whole; at most `depth` arrays and objects inside one another.
///
/// ```
/// use tuffet_metadata::json::parse;
/// assert!(parse(br#"{"version": 7}"#, 32).is_ok());
/// let twice = parse(br#"{"version": 7, "version": 8}"#, 32).unwrap_err();
/// assert_eq!(twice.to_string(), "byte 15: duplicate member `version` (F26)");
/// ```
///
/// # Errors
/// [`JsonError`] at the first byte that is wrong.
pub fn parse(bytes: &[u8], depth: usize) -> Result<Value, JsonError> {
    let text =
        std::str::from_utf8(bytes).map_err(|e| JsonError { at: e.valid_up_to(), problem: JsonProblem::Encoding })?;
    if text.starts_with('\u{feff}') {
        return Err(JsonError { at: 0, problem: JsonProblem::Encoding });
    }
    let mut reader = Reader { text, at: 0, depth, limit: depth };
    reader.space();
    let value = reader.value()?;
    reader.space();
    if reader.at == text.len() { Ok(value) } else { Err(reader.error(JsonProblem::Trailing)) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    limit: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, problem: JsonProblem) -> JsonError {
        JsonError { at: self.at, problem }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.advance(1);
        }
    }

    fn unexpected(&self, expected: &'static str) -> JsonError {
        self.error(match self.rest().chars().next() {
            Some(found) => JsonProblem::Unexpected { expected, found },
            None => JsonProblem::End(expected),
        })
    }

    fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), JsonError> {
        if self.peek() == Some(byte) {
            self.advance(1);
            Ok(())
        } else {
            Err(self.unexpected(expected))
        }
    }

    fn value(&mut self) -> Result<Value, JsonError> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)]
                {
                    if self.rest().starts_with(word) {
                        self.advance(word.len());
                        return Ok(value);
                    }
                }
                Err(self.unexpected("a JSON value"))
            }
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, JsonError>) -> Result<Value, JsonError> {
        self.depth = self.depth.checked_sub(1).ok_or_else(|| self.error(JsonProblem::Depth(self.limit)))?;
        self.advance(1);
        let value = read(self)?;
        self.depth = self.depth.saturating_add(1);
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        let mut members = Object::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.advance(1);
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a member name"));
            }
            let name = self.string()?;
            self.space();
            self.expect(b':', "`:`")?;
            self.space();
            let slot = match members.entry(name) {
                Entry::Vacant(slot) => slot,
                Entry::Occupied(taken) => {
                    let problem = JsonProblem::Duplicate(taken.key().clone());
                    return Err(JsonError { at: start, problem });
                }
            };
            slot.insert(self.value()?);
            self.space();
            match self.peek() {
                Some(b',') => self.advance(1),
                _ => {
                    self.expect(b'}', "`,` or `}`")?;
                    return Ok(Value::Object(members));
                }
            }
        }
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.advance(1);
            return Ok(Value::Array(items));
        }
        loop {
            self.space();
            items.push(self.value()?);
            self.space();
            match self.peek() {
                Some(b',') => self.advance(1),
                _ => {
                    self.expect(b']', "`,` or `]`")?;
                    return Ok(Value::Array(items));
                }
            }
        }
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let rest = self.rest();
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        let literal = rest.get(..end).unwrap_or("");
        let digits = literal.strip_prefix('-').unwrap_or(literal);
        let plain = digits == "0" && !literal.starts_with('-')
            || !digits.starts_with('0') && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        // 2^64 has 20 digits, so a longer literal is out of range before it is read as a number.
        let number = (plain && digits.len() <= 20).then(|| literal.parse::<i128>().ok()).flatten();
        match number.filter(|n| (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(n)) {
            Some(number) => {
                self.advance(end);
                Ok(Value::Integer(number))
            }
            None => Err(self.error(JsonProblem::Number)),
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.advance(1);
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            out.push_str(rest.get(..plain).unwrap_or(""));
            self.advance(plain);
            match self.peek() {
                Some(b'"') => {
                    self.advance(1);
                    return Ok(out);
                }
                Some(b'\\') => {
                    let escaped = self.escape()?;
                    out.push(escaped);
                }
                Some(_) => return Err(self.error(JsonProblem::Control)),
                None => return Err(self.error(JsonProblem::End("`\"`"))),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let letter = self.text.as_bytes().get(self.at.saturating_add(1)).copied();
        let simple = match letter {
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
        let problem = self.error(JsonProblem::Escape);
        let unit = |offset: usize| {
            let start = self.at.saturating_add(offset);
            let text = self.text.get(start..start.saturating_add(6))?;
            let digits = text.strip_prefix("\\u").filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
            u16::from_str_radix(digits, 16).ok()
        };
        let first = unit(0).ok_or_else(|| problem.clone())?;
        let units = match first {
            0xd800..=0xdbff => vec![first, unit(6).ok_or_else(|| problem.clone())?],
            _ => vec![first],
        };
        let length = units.len().saturating_mul(6);
        let mut decoded = char::decode_utf16(units);
        match (decoded.next(), decoded.next()) {
            (Some(Ok(c)), None) => {
                self.advance(length);
                Ok(c)
            }
            _ => Err(problem),
        }
    }
}
