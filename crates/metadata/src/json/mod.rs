//! JSON as TUF needs it: one strict reader, one canonical form, one writer whose bytes other tools reproduce.
//!
//! Not a general JSON library. Floats do not exist, integers are exact, a duplicate member is an error, and objects
//! are kept sorted by code point, which is the order of canonical JSON and of every file written since Sigstore's
//! root 9. Two parsers that disagree about one file are an attack (spec.md F26), so there is no lenient mode.

mod canonical;
mod check;
mod edit;
mod form;
mod parse;
mod raw;
mod scan;
mod text;
mod write;

pub use canonical::{canonical, canonical_object};
pub(crate) use edit::edited;
pub use edit::{Edit, Edits};
pub use form::canonical_form;
pub(crate) use form::{Form, form};
pub use parse::{JsonError, JsonProblem, parse};
pub(crate) use raw::{Cursor, Raw};
pub(crate) use text::{compare, compare_decoded, text};
pub use write::pretty;

use std::collections::BTreeMap;

/// The members of a JSON object, sorted by code point.
pub type Object = BTreeMap<String, Value>;

/// A JSON value without floats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer from -2^63 to 2^64-1.
    Integer(i128),
    /// A string of Unicode scalar values.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

impl Value {
    /// The members, if this is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// The elements, if this is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The text, if this is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The number, if this is an integer from 0 to 2^64-1.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        if let Self::Integer(number) = self { u64::try_from(*number).ok() } else { None }
    }

    /// What kind of value it is, in the words of an error message: short, whatever the value's size.
    #[must_use]
    pub fn kind(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Bool(b) => b.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::String(text) if text.chars().count() <= 40 => format!("`{}`", text.escape_debug()),
            Self::String(_) => "a long string".into(),
            Self::Array(_) => "an array".into(),
            Self::Object(_) => "an object".into(),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Integer(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<Object> for Value {
    fn from(value: Object) -> Self {
        Self::Object(value)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(value: Vec<T>) -> Self {
        Self::Array(value.into_iter().map(Into::into).collect())
    }
}

/// An object from `(name, value)` pairs; a later pair replaces an earlier one of the same name.
#[must_use]
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Object {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
