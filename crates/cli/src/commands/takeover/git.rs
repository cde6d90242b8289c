//! A repository in git, brought by the `git` program: one commit, byte for byte as it was committed.

use crate::CliError;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A checkout in a scratch folder, which goes with this value.
pub(super) struct Clone {
    folder: TempDir,
    commit: String,
}

/// Whether a location is a git remote by its form.
pub(super) fn is_remote(location: &str) -> bool {
    let forms = ["git+", "git://", "ssh://", "git@"];
    forms.iter().any(|form| location.starts_with(form)) || location.trim_end_matches('/').ends_with(".git")
}

impl Clone {
    /// Fetches `reference`, or what the remote has checked out, without its history.
    pub(super) fn of(location: &str, reference: Option<&str>) -> Result<Self, CliError> {
        let remote = location.strip_prefix("git+").unwrap_or(location);
        refuse_secrets(remote)?;
        let reference = reference.unwrap_or("HEAD");
        // `--` would not help where git takes a name for an option of the transport.
        if remote.starts_with('-') || reference.starts_with('-') || reference.contains(':') {
            return Err(CliError::usage("expected a git remote and a ref that are no options, found one that is"));
        }
        let remote = if Path::new(remote).exists() { absolute(Path::new(remote))? } else { remote.into() };
        let folder = tempfile::Builder::new().prefix("tuffet-import-").tempdir();
        let folder = folder.map_err(|cause| CliError::io(&std::env::temp_dir(), &cause))?;
        let at = folder.path();
        // An empty template: no hook of the machine runs in the scratch folder.
        git(at, ["init", "--quiet", "--template="].map(OsStr::new))?;
        // What is hashed is what was committed: no line end is converted, whatever the tree's attributes say (the
        // attributes of the repository's own folder have the last word).
        let attributes = at.join(".git/info/attributes");
        crate::commands::write_new(&attributes, b"* -text -eol -ident -filter -working-tree-encoding\n")?;
        let fetch = ["fetch", "--quiet", "--depth", "1", "--no-tags", "--"].map(OsStr::new);
        let fetch: Vec<&OsStr> = fetch.into_iter().chain([remote.as_os_str(), OsStr::new(reference)]).collect();
        git(at, fetch).map_err(|said| {
            let missing = said.message.contains("find remote ref") || said.message.contains("not our ref");
            if missing {
                let message =
                    format!("{location}: expected a branch, tag or commit `{}`, found none", reference.escape_debug());
                return CliError::new("git-ref", message)
                    .hint(format!("`git ls-remote {location}` lists what there is"));
            }
            CliError { hint: Some("can git itself reach it? `git ls-remote` says why not".into()), ..said }
        })?;
        git(at, ["checkout", "--quiet", "--detach", "FETCH_HEAD"].map(OsStr::new))?;
        let commit = git(at, ["rev-parse", "HEAD"].map(OsStr::new))?;
        Ok(Self { commit: commit.trim().to_owned(), folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn commit(&self) -> &str {
        &self.commit
    }
}

/// Everybody on the machine can read a command's arguments, and git's error messages are shown and kept.
fn refuse_secrets(remote: &str) -> Result<(), CliError> {
    let authority = remote.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or(rest));
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    if !user.contains(':') {
        return Ok(());
    }
    let text = "expected a git remote without a password in it, found one";
    Err(CliError::usage(text).hint("give it to git's credential helper, and the URL without it to tuffet"))
}

fn absolute(path: &Path) -> Result<PathBuf, CliError> {
    std::path::absolute(path).map_err(|cause| CliError::io(path, &cause))
}

/// Runs git in the scratch folder; what it says on stderr is the error.
fn git<'a>(at: &Path, words: impl IntoIterator<Item = &'a OsStr>) -> Result<String, CliError> {
    let mut command = Command::new("git");
    command.arg("-C").arg(at);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    // Variables of a hook or of another checkout would lead it there.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"] {
        command.env_remove(variable);
    }
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh").env("LC_ALL", "C");
    let output = command.args(words).stdin(std::process::Stdio::null()).output().map_err(|cause| {
        CliError::new("git", format!("cannot run git: {cause}")).hint("install git, or import from a checkout")
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said =
        said.lines().find(|line| line.starts_with("fatal: ")).or(said.lines().next()).unwrap_or("no reason given");
    Err(CliError::new("git", format!("git: {}", printable(said.trim_start_matches("fatal: ")))))
}

/// A remote's words, so that they cannot steer a terminal.
fn printable(said: &str) -> String {
    said.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

const SETTINGS: [&str; 5] = [
    "core.autocrlf=false",
    "core.hooksPath=/dev/null",
    "core.symlinks=true",
    "core.fsmonitor=false",
    "advice.detachedHead=false",
];
