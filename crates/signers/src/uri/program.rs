//! `program:`: a key behind a program of the user's.

use super::{UriError, parameters, value};
use std::fmt;
use std::path::PathBuf;

/// A program that signs, and the name it knows the key by: `program:/usr/local/bin/sign?key=NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramUri {
    pub(crate) path: PathBuf,
    pub(crate) key: String,
}

impl ProgramUri {
    pub(super) fn parse(rest: &str) -> Result<Self, UriError> {
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let parameters = parameters("program", query, &["key"], "key")?;
        if path.is_empty() {
            return Err(UriError::Missing { scheme: "program", expected: "the path of a program" });
        }
        // A bare name would be looked up in PATH, which is whoever's set it last.
        if !path.contains('/') {
            let expected = "a path with a slash in it, as `/usr/local/bin/sign` or `./sign`";
            return Err(UriError::Value { scheme: "program", name: "path".into(), expected, found: path.into() });
        }
        match value(&parameters, "key") {
            None | Some("") => Err(UriError::Missing { scheme: "program", expected: "`?key=NAME` after the path" }),
            Some(key) => Ok(Self { path: PathBuf::from(path), key: key.to_owned() }),
        }
    }
}

impl fmt::Display for ProgramUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "program:{}?key={}", self.path.display(), self.key)
    }
}
