//! Where a repository is published to beside the workspace: destinations of `tuffet.toml`, and locations.

use crate::CliError;
use crate::workspace::Workspace;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tuffet_client::{AnyTransport, Pace, SystemPace, Transport};
use tuffet_repository::{Accepted, Place, Public, Receipt, Repository, RepositoryError, open_place};

/// A place to publish to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// As `tuffet.toml` calls it, or as it was given.
    pub name: String,
    /// Where it lies: a folder, a bucket, a branch.
    pub location: String,
    /// Where clients read it, if that is known.
    pub public: Option<String>,
    /// The destination whose contents it takes, and no others.
    pub from: Option<String>,
}

/// `[destination.NAME]` as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    location: String,
    public: Option<String>,
    from: Option<String>,
}

/// The destinations of a workspace, by name.
pub(crate) type Destinations = BTreeMap<String, Destination>;

/// Reads what `tuffet.toml` says; folders are below the workspace.
pub(crate) fn read(written: BTreeMap<String, Written>, file: &Path) -> Result<Destinations, CliError> {
    let names: Vec<String> = written.keys().cloned().collect();
    let mut out = Destinations::new();
    for (name, Written { location, public, from }) in written {
        let refuse = |what: String, hint: &str| {
            let message = format!("{}: destination `{}`: {what}", file.display(), name.escape_debug());
            Err(CliError::new("destination", message).hint(hint))
        };
        let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || !name.bytes().all(word) || name.starts_with('-') {
            return refuse(
                "expected a name of small letters, digits and `-`".to_owned(),
                "as in [destination.production]",
            );
        }
        let base = file.parent().unwrap_or(file);
        let location = if location.contains("://") || location.is_empty() {
            location
        } else {
            base.join(&location).display().to_string()
        };
        if let Err(error) = open_place(&location, []) {
            // Settings of a cloud are in the environment of whoever publishes; here it is read only.
            if !error.problem.starts_with("the settings") && !error.problem.starts_with("this program was built") {
                return refuse(format!("location: {error}"), "as in location = \"s3://BUCKET/PREFIX\"");
            }
        }
        if let Some(url) = public.as_deref().filter(|url| !is_url(url)) {
            return refuse(
                format!("public: expected the URL that clients have, found `{}`", url.escape_debug()),
                "as in public = \"https://tuf.example.org/\", without user, `?` and `#`",
            );
        }
        if let Some(from) = from.as_deref().filter(|from| *from == name || !names.iter().any(|name| name == from)) {
            return refuse(
                format!("from: expected another destination, found `{}`", from.escape_debug()),
                "it names the destination whose contents are looked at first, as in from = \"preproduction\"",
            );
        }
        out.insert(name.clone(), Destination { name, location, public, from });
    }
    Ok(out)
}

fn is_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let plain = !url.contains(['?', '#', ' ', '@']) && !url.chars().any(char::is_control);
    plain && (matches!(scheme, "https" | "http") && !host.is_empty() || scheme == "file" && rest.starts_with('/'))
}

impl Workspace {
    /// The destination of this name, or at this location.
    ///
    /// # Errors
    /// [`CliError`]: it is neither.
    pub fn destination(&self, given: &str) -> Result<Destination, CliError> {
        if let Some(destination) = self.destinations.get(given) {
            return Ok(destination.clone());
        }
        if given.contains("://") || given.contains('/') || given.starts_with('.') {
            let (name, location) = (given.to_owned(), given.to_owned());
            return Ok(Destination { name, location, public: None, from: None });
        }
        let names: Vec<&str> = self.destinations.keys().map(String::as_str).collect();
        let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let message =
            format!("expected a destination of tuffet.toml ({there}) or a location, found `{}`", given.escape_debug());
        Err(CliError::usage(message).hint(
            "add [destination.NAME] with its location to tuffet.toml, or give a location such as s3://BUCKET/PREFIX",
        ))
    }
}

impl Destination {
    /// The repository there. Credentials come from the environment, as each cloud's own programs read them.
    ///
    /// # Errors
    /// [`CliError`]: the location is none, or this program cannot go there.
    pub fn repository(&self) -> Result<Repository<Box<dyn Place>>, CliError> {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let place = open_place(&self.location, std::env::vars_os().filter_map(text));
        let place = place.map_err(|error| {
            let refused = CliError { exit: crate::error::USAGE, ..CliError::new("location", error.to_string()) };
            if error.problem.starts_with("this program was built") {
                return refused.hint("use a build with the feature `cloud`: `cargo install --features cloud …`");
            }
            if error.problem.starts_with("the settings") {
                return refused
                    .hint("set what the cloud's own program needs, such as AWS_REGION; publishing.md lists it");
            }
            refused
        })?;
        Ok(Repository::at(place))
    }

    /// The way clients read it, where one is known.
    ///
    /// # Errors
    /// [`CliError`]: this program cannot go there.
    fn public(&self) -> Result<Option<PublicUrl>, CliError> {
        let Some(url) = &self.public else { return Ok(None) };
        let transport = tuffet_client::open_transport(url).map_err(tuffet_client::ClientError::from)?;
        Ok(Some(PublicUrl { transport }))
    }
}

/// How clients read what is published, where that is known.
#[derive(Default)]
pub(crate) struct Through(Option<PublicUrl>);

impl Through {
    pub(crate) fn of(destination: &Destination) -> Result<Self, CliError> {
        Ok(Self(destination.public()?))
    }

    /// Publishes, and tells of a cache that holds it back.
    pub(crate) fn publish<P: Place>(
        &self,
        accepted: Accepted,
        repository: &Repository<P>,
    ) -> Result<Receipt, RepositoryError> {
        let Some(public) = &self.0 else { return accepted.publish(repository) };
        let (receipt, lag) = accepted.publish_through(repository, public)?;
        if let Some(lag) = lag {
            crate::outcome::warn(&format!("{lag} (X19)"));
        }
        Ok(receipt)
    }
}

/// The URL that clients have, asked again for some seconds.
struct PublicUrl {
    transport: AnyTransport,
}

impl Public for PublicUrl {
    fn transport(&self) -> &dyn Transport {
        &*self.transport
    }

    fn wait(&self, attempt: u32) -> bool {
        let wait = usize::try_from(attempt).ok().and_then(|attempt| WAITS.get(attempt.checked_sub(2)?));
        wait.inspect(|seconds| SystemPace.wait(Duration::from_secs(**seconds))).is_some()
    }
}

/// Enough for a mirror that follows at once, and not for a cache that keeps what it has: that one is told, not waited for.
const WAITS: [u64; 3] = [1, 2, 4];
