//! A place by the name people write down for it.

use crate::{FolderPlace, GitPlace, Place};
use std::path::Path;

/// A location that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", location.escape_debug())]
pub struct LocationError {
    /// As it was given, but for secrets.
    pub location: String,
    /// What is wrong with it.
    pub problem: String,
}

/// The place at `location`: a folder or `file:///PATH`; `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` or
/// `az://CONTAINER/PREFIX`, with the settings in `variables`, which are those of the environment;
/// `git+https://REMOTE#BRANCH`, `git+ssh://…` or `git+file://…`. Nothing is read yet.
///
/// # Errors
/// [`LocationError`]
pub fn open_place(
    location: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Box<dyn Place>, LocationError> {
    let scheme = location.split_once("://").map(|(scheme, _)| scheme);
    let refuse = |problem: String| LocationError::of(location, problem);
    if without_password(location) != location {
        return Err(refuse("expected no password in a location, found one".to_owned()));
    }
    match scheme {
        None if location.is_empty() => Err(refuse(FORMS.to_owned())),
        None => Ok(Box::new(FolderPlace::open(Path::new(location)))),
        Some("file") => match location.strip_prefix("file://").filter(|path| path.starts_with('/')) {
            Some(path) if !path.contains(['%', '?', '#']) => Ok(Box::new(FolderPlace::open(Path::new(path)))),
            _ => Err(refuse("expected file:///PATH without escapes".to_owned())),
        },
        #[cfg(feature = "cloud")]
        Some("s3" | "gs" | "az") => Ok(Box::new(crate::ObjectPlace::open(location, variables)?)),
        #[cfg(not(feature = "cloud"))]
        Some("s3" | "gs" | "az") => {
            let _no_use_for = variables;
            Err(refuse("this program was built without object stores (feature `cloud`)".to_owned()))
        }
        Some("git+ssh" | "git+https" | "git+http" | "git+file") => Ok(Box::new(GitPlace::open(location)?)),
        Some(_) => Err(refuse(FORMS.to_owned())),
    }
}

impl LocationError {
    pub(crate) fn of(location: &str, problem: impl Into<String>) -> Self {
        Self { location: without_secrets(location), problem: problem.into() }
    }
}

/// A location whose user has a password, without it: it would be in the list of processes, and in every error. Nor with what
/// follows a question mark: a signature that opens a store.
fn without_secrets(location: &str) -> String {
    let (location, signed) = location.split_once('?').map_or((location, ""), |(location, _)| (location, "?…"));
    without_password(location) + signed
}

fn without_password(location: &str) -> String {
    let Some((scheme, rest)) = location.split_once("://") else { return location.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((user, host)) if user.contains(':') => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}@{host}{path}")
        }
        _ => location.to_owned(),
    }
}

const FORMS: &str = "expected a folder, file:///PATH, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX or \
                     git+https://REMOTE#BRANCH (git+ssh, git+file)";
