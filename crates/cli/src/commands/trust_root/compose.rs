//! The lists of `trust-root compose`, read strictly: an unknown or a second word would be a key nobody reviewed.

use super::Compose as Arguments;
use crate::CliError;
use crate::commands::read;
use crate::context::time;
use chrono::{DateTime, Utc};
use std::path::PathBuf;
use tuffet_trust_root::{AuthorityKind, Compose, ComposeError, LogKind, NewAuthority, NewLog, TrustedRoot};

pub(super) fn compose(start: Compose, arguments: &Arguments) -> Result<TrustedRoot, CliError> {
    let mut compose = start;
    for text in &arguments.logs {
        compose = log(compose, "--log", None, text)?;
    }
    for text in &arguments.cas {
        compose = authority(compose, "--ca", AuthorityKind::CertificateAuthority, text)?;
    }
    for text in &arguments.cts {
        compose = log(compose, "--ct", Some(LogKind::CtLog), text)?;
    }
    for text in &arguments.tsas {
        compose = authority(compose, "--tsa", AuthorityKind::TimestampAuthority, text)?;
    }
    let given = [&arguments.logs, &arguments.cas, &arguments.cts, &arguments.tsas];
    if given.iter().all(|list| list.is_empty()) {
        return Err(CliError::usage("expected at least one of --log, --ca, --ct and --tsa, found none"));
    }
    Ok(compose.finish())
}

fn log(compose: Compose, option: &str, kind: Option<LogKind>, text: &str) -> Result<Compose, CliError> {
    let names: &[&str] = if kind.is_some() { &["key", "url", "start"] } else { &["kind", "key", "url", "start"] };
    let list = List::read(option, text, names)?;
    let kind = match (kind, list.optional("kind")) {
        (Some(kind), _) => kind,
        (None, Some("rekor-v1")) => LogKind::RekorV1,
        (None, Some("rekor-v2")) => LogKind::RekorV2,
        (None, other) => {
            let found = other.unwrap_or_default().escape_debug();
            return Err(CliError::usage(format!("{option}: kind: expected rekor-v1 or rekor-v2, found `{found}`")));
        }
    };
    let (path, pem) = list.file("key")?;
    let label = path.display().to_string();
    let new = NewLog {
        label: &label,
        kind,
        pem: &pem,
        base_url: list.required("url"),
        start: list.time("start")?,
        end: list.end()?,
    };
    compose.log(&new).map_err(|e| refused(&e))
}

fn authority(compose: Compose, option: &str, kind: AuthorityKind, text: &str) -> Result<Compose, CliError> {
    let list = List::read(option, text, &["chain", "uri", "start"])?;
    let (path, pem) = list.file("chain")?;
    let label = path.display().to_string();
    let new = NewAuthority {
        label: &label,
        kind,
        pem: &pem,
        uri: list.required("uri"),
        start: list.time("start")?,
        end: list.end()?,
    };
    compose.authority(&new).map_err(|e| refused(&e))
}

fn refused(error: &ComposeError) -> CliError {
    CliError::new("trust-root", error.to_string())
}

/// `name=value,name=value`.
struct List<'a> {
    option: &'a str,
    pairs: Vec<(&'a str, &'a str)>,
}

impl<'a> List<'a> {
    fn read(option: &'a str, text: &'a str, names: &[&str]) -> Result<Self, CliError> {
        let form = || {
            let named: Vec<_> = names.iter().map(|name| format!("{name}=…")).collect();
            format!("{option} {}[,end=…]", named.join(","))
        };
        let refuse = |found: String| {
            Err(CliError::usage(format!("{option}: expected {}, found {found}", form()))
                .hint("a path or URL with a comma cannot be given here; times are YYYY-MM-DDTHH:MM:SSZ"))
        };
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for part in text.split(',') {
            let Some((name, value)) = part.split_once('=').filter(|(_, value)| !value.is_empty()) else {
                return refuse(format!("`{}`", part.escape_debug()));
            };
            if !names.contains(&name) && name != "end" {
                return refuse(format!("`{}=`", name.escape_debug()));
            }
            if pairs.iter().any(|(other, _)| *other == name) {
                return refuse(format!("`{name}=` twice"));
            }
            pairs.push((name, value));
        }
        if let Some(missing) = names.iter().find(|name| !pairs.iter().any(|(other, _)| other == *name)) {
            return refuse(format!("no `{missing}=`"));
        }
        Ok(Self { option, pairs })
    }

    fn optional(&self, name: &str) -> Option<&'a str> {
        self.pairs.iter().find(|(other, _)| *other == name).map(|(_, value)| *value)
    }

    /// A value that [`read`](Self::read) has made sure of.
    fn required(&self, name: &str) -> &'a str {
        self.optional(name).unwrap_or_default()
    }

    fn file(&self, name: &str) -> Result<(PathBuf, Vec<u8>), CliError> {
        let path = PathBuf::from(self.required(name));
        let bytes = read(&path)?;
        Ok((path, bytes))
    }

    fn time(&self, name: &str) -> Result<DateTime<Utc>, CliError> {
        self.moment(name, self.required(name))
    }

    fn end(&self) -> Result<Option<DateTime<Utc>>, CliError> {
        self.optional("end").map(|text| self.moment("end", text)).transpose()
    }

    fn moment(&self, name: &str, text: &str) -> Result<DateTime<Utc>, CliError> {
        time(text).map_err(|e| CliError { message: format!("{}: {name}: {}", self.option, e.message), ..e })
    }
}
