//! The strict reader.

use super::scan::Scan;
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
    let mut reader = Reader { scan: Scan::start(bytes, depth)? };
    let value = reader.value()?;
    reader.scan.end()?;
    Ok(value)
}

struct Reader<'a> {
    scan: Scan<'a>,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value, JsonError> {
        match self.scan.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)]
                {
                    if self.scan.rest().starts_with(word) {
                        self.scan.advance(word.len());
                        return Ok(value);
                    }
                }
                Err(self.scan.unexpected("a JSON value"))
            }
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, JsonError>) -> Result<Value, JsonError> {
        self.scan.enter()?;
        let value = read(self)?;
        self.scan.leave();
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        let mut members = Object::new();
        self.scan.space();
        if self.scan.peek() == Some(b'}') {
            self.scan.advance(1);
            return Ok(Value::Object(members));
        }
        loop {
            self.scan.space();
            let start = self.scan.at;
            if self.scan.peek() != Some(b'"') {
                return Err(self.scan.unexpected("a member name"));
            }
            let name = self.string()?;
            self.scan.space();
            self.scan.expect(b':', "`:`")?;
            self.scan.space();
            let slot = match members.entry(name) {
                Entry::Vacant(slot) => slot,
                Entry::Occupied(taken) => {
                    let problem = JsonProblem::Duplicate(taken.key().clone());
                    return Err(JsonError { at: start, problem });
                }
            };
            slot.insert(self.value()?);
            self.scan.space();
            match self.scan.peek() {
                Some(b',') => self.scan.advance(1),
                _ => {
                    self.scan.expect(b'}', "`,` or `}`")?;
                    return Ok(Value::Object(members));
                }
            }
        }
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        let mut items = Vec::new();
        self.scan.space();
        if self.scan.peek() == Some(b']') {
            self.scan.advance(1);
            return Ok(Value::Array(items));
        }
        loop {
            self.scan.space();
            items.push(self.value()?);
            self.scan.space();
            match self.scan.peek() {
                Some(b',') => self.scan.advance(1),
                _ => {
                    self.scan.expect(b']', "`,` or `]`")?;
                    return Ok(Value::Array(items));
                }
            }
        }
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let at = self.scan.at;
        let literal = std::str::from_utf8(self.scan.integer()?).ok().and_then(|literal| literal.parse().ok());
        // The scan gives no integer that does not fit.
        literal.map(Value::Integer).ok_or(JsonError { at, problem: JsonProblem::Number })
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.scan.advance(1);
        let mut out = String::new();
        loop {
            let rest = self.scan.rest();
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            out.push_str(rest.get(..plain).unwrap_or(""));
            self.scan.advance(plain);
            match self.scan.peek() {
                Some(b'"') => {
                    self.scan.advance(1);
                    return Ok(out);
                }
                Some(b'\\') => {
                    let escaped = self.scan.escape()?;
                    out.push(escaped);
                }
                Some(_) => return Err(self.scan.error(JsonProblem::Control)),
                None => return Err(self.scan.error(JsonProblem::End("`\"`"))),
            }
        }
    }
}
