//! `ssh-agent:`: a key that an ssh-agent holds.

use super::{UriError, parameters, value};
use std::fmt;
use std::path::PathBuf;

/// A key of an ssh-agent, by fingerprint as `ssh-add -l` prints it, or by comment. The agent is the one at
/// `SSH_AUTH_SOCK`, unless the URI names its socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentUri {
    /// `SHA256:...`, or a comment.
    pub(crate) key: String,
    pub(crate) socket: Option<PathBuf>,
}

impl AgentUri {
    pub(super) fn parse(rest: &str) -> Result<Self, UriError> {
        let (key, query) = rest.split_once('?').unwrap_or((rest, ""));
        let parameters = parameters("ssh-agent", query, &["socket"], "socket")?;
        if key.is_empty() {
            return Err(UriError::Missing { scheme: "ssh-agent", expected: "a fingerprint `SHA256:...` or a comment" });
        }
        let socket = match value(&parameters, "socket") {
            Some("") => return Err(UriError::Missing { scheme: "ssh-agent", expected: "a path after `socket=`" }),
            other => other.map(PathBuf::from),
        };
        Ok(Self { key: key.to_owned(), socket })
    }
}

impl fmt::Display for AgentUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ssh-agent:{}", self.key)?;
        self.socket.as_ref().map_or(Ok(()), |socket| write!(f, "?socket={}", socket.display()))
    }
}
