//! Reading canonical bytes without a tree of values.
//!
//! Everything here stands on bytes that are known to be canonical: each was checked by [`is_canonical`] or written by
//! [`form`] or [`canonical`]. On other bytes the answers are wrong and finite.
//!
//! [`is_canonical`]: super::check::is_canonical
//! [`form`]: super::form::form
//! [`canonical`]: super::canonical

use super::text::{compare_decoded, plain, text};
use super::{Object, Value};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::convert::Infallible;

/// One value in canonical form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw<'a>(&'a [u8]);

/// A place in canonical bytes.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Raw<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn is_object(self) -> bool {
        self.0.first() == Some(&b'{')
    }

    /// The elements, if this is an array.
    pub(crate) fn items(self) -> Option<Vec<Raw<'a>>> {
        let mut items = Vec::new();
        let is_array = Cursor::new(self.0).elements(|cursor| {
            items.push(cursor.skip());
            Ok::<(), Infallible>(())
        });
        (is_array == Ok(true)).then_some(items)
    }

    /// The text, if this is a string.
    pub(crate) fn as_str(self) -> Option<Cow<'a, str>> {
        self.written().map(text)
    }

    /// The text as it is written between the quotes, if this is a string.
    pub(crate) fn written(self) -> Option<&'a [u8]> {
        self.0.strip_prefix(b"\"")?.strip_suffix(b"\"")
    }

    /// The number, if this is an integer from 0 to 2^64-1.
    pub(crate) fn as_u64(self) -> Option<u64> {
        // Canonical bytes hold integers that fit: the length was checked with the digits.
        self.0.iter().try_fold(0u64, |number, byte| {
            let digit = byte.is_ascii_digit().then(|| u64::from(byte.wrapping_sub(b'0')))?;
            number.checked_mul(10)?.checked_add(digit)
        })
    }

    pub(crate) fn as_bool(self) -> Option<bool> {
        match self.0 {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        }
    }

    /// As [`Value::kind`], with no tree of what can be large.
    pub(crate) fn kind(self) -> String {
        match self.0.first() {
            Some(b'{') => "an object".into(),
            Some(b'[') => "an array".into(),
            _ => self.to_value().kind(),
        }
    }

    /// The member of this name. The members are sorted: the search ends where it would stand.
    pub(crate) fn member(self, name: &str) -> Option<Raw<'a>> {
        let mut found = None;
        let _ = Cursor::new(self.0).members(|written, cursor| match compare_decoded(written, name) {
            Ordering::Less => {
                cursor.skip();
                Ok(())
            }
            Ordering::Equal => {
                found = Some(cursor.skip());
                Err(())
            }
            Ordering::Greater => Err(()),
        });
        found
    }

    /// The value as a tree.
    pub(crate) fn to_value(self) -> Value {
        match self.0 {
            b"null" => Value::Null,
            b"true" => Value::Bool(true),
            b"false" => Value::Bool(false),
            [b'"', ..] => Value::String(self.as_str().map(Cow::into_owned).unwrap_or_default()),
            [b'[', ..] => Value::Array(self.items().into_iter().flatten().map(Raw::to_value).collect()),
            [b'{', ..] => Value::Object(self.to_object()),
            number => Value::Integer(std::str::from_utf8(number).ok().and_then(|n| n.parse().ok()).unwrap_or(0)),
        }
    }

    /// The members as a tree; none, if this is no object.
    pub(crate) fn to_object(self) -> Object {
        let mut object = Object::new();
        let _ = Cursor::new(self.0).members(|name, cursor| {
            object.insert(text(name).into_owned(), cursor.skip().to_value());
            Ok::<(), ()>(())
        });
        object
    }
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// What it goes through, from the first byte.
    pub(crate) fn all(&self) -> &'a [u8] {
        self.bytes
    }

    /// The offset from the first byte.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Goes to an offset known to be the start of a value or a name, or the end of a value.
    pub(crate) fn jump(&mut self, at: usize) {
        self.at = at;
    }

    /// What lies between here and a place further on.
    pub(crate) fn up_to(&self, end: &Self) -> Raw<'a> {
        Raw(self.bytes.get(self.at..end.at).unwrap_or(&[]))
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at = self.at.saturating_add(1);
        }
        found
    }

    /// Goes past the string here; gives it as it is written between the quotes.
    pub(crate) fn string(&mut self) -> &'a [u8] {
        self.at = self.at.saturating_add(1);
        let start = self.at;
        while let Some(run) = plain(self.bytes, self.at) {
            self.at = self.at.saturating_add(run);
            if self.peek() == Some(b'"') {
                let written = self.bytes.get(start..self.at).unwrap_or(&[]);
                self.at = self.at.saturating_add(1);
                return written;
            }
            self.at = self.at.saturating_add(2);
        }
        self.at = self.bytes.len();
        &[]
    }

    /// Goes past the value here.
    pub(crate) fn skip(&mut self) -> Raw<'a> {
        let start = self.at;
        let mut open = 0usize;
        loop {
            match self.peek() {
                None => break,
                Some(b'"') => {
                    self.string();
                }
                Some(b'{' | b'[') => {
                    open = open.saturating_add(1);
                    self.at = self.at.saturating_add(1);
                }
                Some(b'}' | b']') => {
                    open = open.saturating_sub(1);
                    self.at = self.at.saturating_add(1);
                }
                Some(_) => self.at = self.at.saturating_add(1),
            }
            // A number or a word ends before the next mark; everything else where it closes.
            if open == 0 && matches!(self.peek(), None | Some(b',' | b'}' | b']')) {
                break;
            }
        }
        Raw(self.bytes.get(start..self.at).unwrap_or(&[]))
    }

    /// Goes through the elements of the array here, and past it. `each` gets the cursor at an element, and goes past
    /// that. `Ok(false)` where there is no array.
    pub(crate) fn elements<E>(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), E>) -> Result<bool, E> {
        if !self.take(b'[') {
            return Ok(false);
        }
        if self.take(b']') {
            return Ok(true);
        }
        loop {
            each(self)?;
            if !self.take(b',') {
                self.take(b']');
                return Ok(true);
            }
        }
    }

    /// Goes through the members of the object here, and past it. `each` gets a name as it is written and the cursor at
    /// its value, and goes past that. `Ok(false)` where there is no object.
    pub(crate) fn members<E>(&mut self, mut each: impl FnMut(&'a [u8], &mut Self) -> Result<(), E>) -> Result<bool, E> {
        if !self.take(b'{') {
            return Ok(false);
        }
        if self.take(b'}') {
            return Ok(true);
        }
        loop {
            let name = self.string();
            self.take(b':');
            each(name, self)?;
            if !self.take(b',') {
                self.take(b'}');
                return Ok(true);
            }
        }
    }
}
