//! The `git` program, in a scratch repository that goes with the place.

use crate::LocationError;
use crate::place::{PlaceError, PlaceErrorKind};
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

/// git, for one branch of one remote.
#[derive(Debug)]
pub(super) struct Git {
    location: String,
    remote: String,
    branch: String,
    scratch: Mutex<Option<TempDir>>,
}

impl Git {
    pub(super) fn of(location: &str) -> Result<Self, LocationError> {
        let refuse = |problem: &str| LocationError::of(location, problem);
        let form = "expected git+https://REMOTE#BRANCH, git+ssh://REMOTE#BRANCH or git+file:///PATH#BRANCH";
        let (remote, branch) = location.split_once('#').ok_or_else(|| refuse(form))?;
        let remote = remote.strip_prefix("git+").ok_or_else(|| refuse(form))?;
        if !["https://", "http://", "ssh://", "file:///"].iter().any(|scheme| remote.starts_with(scheme)) {
            return Err(refuse(form));
        }
        let word = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
        let odd = ["..", "//", "/.", ".lock"].iter().any(|part| branch.contains(part));
        if branch.is_empty() || !branch.bytes().all(word) || branch.starts_with(['-', '/', '.']) || odd {
            return Err(refuse("expected a branch of letters, digits, `-`, `.`, `_` and `/` after `#`"));
        }
        if remote.bytes().any(|byte| byte.is_ascii_control() || byte == b' ' || byte == b'?') {
            return Err(refuse("expected a remote without blanks and `?`"));
        }
        Ok(Self {
            location: location.to_owned(),
            remote: remote.to_owned(),
            branch: branch.to_owned(),
            scratch: Mutex::new(None),
        })
    }

    pub(super) fn location(&self) -> &str {
        &self.location
    }

    pub(super) fn remote(&self) -> &str {
        &self.remote
    }

    pub(super) fn branch(&self) -> &str {
        &self.branch
    }

    /// The bytes of a file that was fetched.
    pub(super) fn blob(&self, file: &str, blob: &str) -> Result<Vec<u8>, PlaceError> {
        self.run(&["cat-file", "blob", blob]).map_err(|error| PlaceError { file: file.to_owned(), ..error })
    }

    pub(super) fn failed(&self, file: &str, reason: String, kind: PlaceErrorKind) -> PlaceError {
        PlaceError { place: self.location.clone(), file: file.to_owned(), reason, kind }
    }

    pub(super) fn run(&self, words: &[&str]) -> Result<Vec<u8>, PlaceError> {
        self.run_with(words, b"")
    }

    /// Runs git with this on its stdin; what it says on stderr is the error.
    pub(super) fn run_with(&self, words: &[&str], stdin: &[u8]) -> Result<Vec<u8>, PlaceError> {
        let scratch = self.scratch()?;
        let output = self.start(&scratch, words, stdin)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let (reason, kind) = reason(&String::from_utf8_lossy(&output.stderr));
        Err(self.failed(".", reason, kind))
    }

    /// The folder of the scratch repository, made when it is first needed.
    fn scratch(&self) -> Result<std::path::PathBuf, PlaceError> {
        let mut scratch = self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = &*scratch {
            return Ok(folder.path().to_owned());
        }
        let folder = tempfile::Builder::new().prefix("tuffet-git-").tempdir();
        let folder = folder.map_err(|cause| self.failed(".", cause.to_string(), PlaceErrorKind::Other))?;
        let path = folder.path().to_owned();
        // An empty template: no hook of the machine runs in it.
        let made = self.start(&path, &["init", "--quiet", "--bare", "--template=", "."], b"")?;
        if !made.status.success() {
            let (reason, kind) = reason(&String::from_utf8_lossy(&made.stderr));
            return Err(self.failed(".", reason, kind));
        }
        *scratch = Some(folder);
        Ok(path)
    }

    fn start(&self, at: &std::path::Path, words: &[&str], stdin: &[u8]) -> Result<Output, PlaceError> {
        let mut command = Command::new("git");
        command.arg("-C").arg(at);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        // Variables of a hook or of another checkout would lead it there; those of SSH and of credentials stay.
        for variable in FOREIGN {
            command.env_remove(variable);
        }
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "tuffet").env(format!("GIT_{role}_EMAIL"), "tuffet@localhost");
        }
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ALLOW_PROTOCOL", "file:http:https:ssh").env("LC_ALL", "C");
        let failed =
            |cause: std::io::Error| self.failed(".", format!("cannot run git: {cause}"), PlaceErrorKind::Other);
        let piped = command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().map_err(failed)?;
        if let Some(mut input) = child.stdin.take() {
            // A git that ended early says why.
            let _ = input.write_all(stdin);
        }
        child.wait_with_output().map_err(failed)
    }
}

/// What git said, on one line and without anything that steers a terminal, and what can be done about it.
fn reason(said: &str) -> (String, PlaceErrorKind) {
    // A refused push says it in the line of the branch; the lines after it only sum up.
    let telling = ["! [", "fatal: ", "error: "];
    let line = telling.iter().find_map(|begins| said.lines().find(|line| line.trim_start().starts_with(begins)));
    let line = line.or(said.lines().next()).unwrap_or("no reason given").trim();
    let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    let any = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let kind = if any(&["Permission denied", "Authentication failed", "could not read Username", "403", "401"]) {
        PlaceErrorKind::Denied
    } else if any(&["No space left", "quota exceeded"]) {
        PlaceErrorKind::Full
    } else if any(&["Could not resolve", "Connection", "timed out", "Couldn't connect", "hung up", "unable to access"])
    {
        PlaceErrorKind::Passing
    } else {
        PlaceErrorKind::Other
    };
    (format!("git: {}", line.trim_start_matches("fatal: ").trim_start_matches("error: ")), kind)
}

const SETTINGS: [&str; 5] =
    ["core.autocrlf=false", "core.hooksPath=/dev/null", "core.fsmonitor=false", "gc.auto=0", "push.gpgSign=false"];

const FOREIGN: [&str; 6] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
];
