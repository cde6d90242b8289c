//! `name=value,name=value`, read strictly: an unknown or a second word would be a key nobody reviewed.

use crate::CliError;
use crate::commands::read;
use crate::context::time;
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

/// The words of one option.
pub(crate) struct List<'a> {
    option: &'a str,
    pairs: Vec<(&'a str, &'a str)>,
}

impl<'a> List<'a> {
    /// Every word of `required`, and of `optional` what is there.
    pub(crate) fn read(option: &'a str, text: &'a str, required: &[&str], optional: &[&str]) -> Result<Self, CliError> {
        let refuse = |found: String| {
            let named: Vec<_> = required.iter().map(|name| format!("{name}=…")).collect();
            let more: String = optional.iter().map(|name| format!("[,{name}=…]")).collect();
            Err(CliError::usage(format!("{option}: expected {option} {}{more}, found {found}", named.join(",")))
                .hint("a path or URL with a comma cannot be given here; times are YYYY-MM-DDTHH:MM:SSZ"))
        };
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for part in text.split(',') {
            let Some((name, value)) = part.split_once('=').filter(|(_, value)| !value.is_empty()) else {
                return refuse(format!("`{}`", part.escape_debug()));
            };
            if !required.contains(&name) && !optional.contains(&name) {
                return refuse(format!("`{}=`", name.escape_debug()));
            }
            if pairs.iter().any(|(other, _)| *other == name) {
                return refuse(format!("`{name}=` twice"));
            }
            pairs.push((name, value));
        }
        if let Some(missing) = required.iter().find(|name| !pairs.iter().any(|(other, _)| other == *name)) {
            return refuse(format!("no `{missing}=`"));
        }
        Ok(Self { option, pairs })
    }

    pub(crate) fn optional(&self, name: &str) -> Option<&'a str> {
        self.pairs.iter().find(|(other, _)| *other == name).map(|(_, value)| *value)
    }

    /// A value that [`read`](Self::read) has made sure of.
    pub(crate) fn required(&self, name: &str) -> &'a str {
        self.optional(name).unwrap_or_default()
    }

    pub(crate) fn file(&self, name: &str) -> Result<Option<(PathBuf, Vec<u8>)>, CliError> {
        let path = self.optional(name).map(Path::new);
        path.map(|path| Ok((path.to_owned(), read(path)?))).transpose()
    }

    pub(crate) fn time(&self, name: &str) -> Result<DateTime<Utc>, CliError> {
        self.moment(name, self.required(name))
    }

    pub(crate) fn optional_time(&self, name: &str) -> Result<Option<DateTime<Utc>>, CliError> {
        self.optional(name).map(|text| self.moment(name, text)).transpose()
    }

    /// A usage error about this option.
    pub(crate) fn refuse(&self, problem: &str) -> CliError {
        CliError::usage(format!("{}: {problem}", self.option))
    }

    fn moment(&self, name: &str, text: &str) -> Result<DateTime<Utc>, CliError> {
        time(text).map_err(|e| CliError { message: format!("{}: {name}: {}", self.option, e.message), ..e })
    }
}
