//! One conversation with an agent: connect, ask once, hear the answer in time.

use super::SERVICE;
use super::identity::Identity;
use crate::TokenProblem;
use ssh_agent_client_rs::{Client, Error};
use ssh_key::Signature;
use std::cell::Cell;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A connection that ends at a fixed time. A limit on each read would not do: an agent that sends a byte a second
/// never exceeds one.
pub(crate) struct Line {
    client: Client,
    patience: Duration,
    /// Set when the agent closed its end: the driver calls that a short message.
    closed: Rc<Cell<bool>>,
}

struct Timed {
    stream: UnixStream,
    end: Instant,
    closed: Rc<Cell<bool>>,
}

impl Line {
    pub(crate) fn open(socket: &Path, patience: Duration) -> Result<Self, TokenProblem> {
        let stream = UnixStream::connect(socket).map_err(|e| unreachable(socket, &e))?;
        let closed = Rc::new(Cell::new(false));
        let timed = Timed { stream, end: Instant::now() + patience, closed: Rc::clone(&closed) };
        Ok(Self { client: Client::with_read_write(Box::new(timed)), patience, closed })
    }

    pub(crate) fn identities(&mut self) -> Result<Vec<Identity>, TokenProblem> {
        let shown = self.client.list_all_identities().map_err(|e| self.problem(e))?;
        Ok(shown.into_iter().filter_map(Identity::new).collect())
    }

    pub(crate) fn sign(&mut self, identity: &Identity, message: &[u8]) -> Result<Signature, TokenProblem> {
        self.client.sign(identity.key(), message).map_err(|e| match e {
            Error::RemoteFailure => TokenProblem::Refused { reason: NOT_SIGNED.to_owned() },
            other => self.problem(other),
        })
    }

    fn problem(&self, error: Error) -> TokenProblem {
        let service = |reason: String| TokenProblem::Service { service: SERVICE.to_owned(), reason };
        let garbage = |reason: String| TokenProblem::Garbage { reason: reason.escape_debug().to_string() };
        match error {
            Error::AgentCommunicationError(e) => match e.kind() {
                ErrorKind::TimedOut | ErrorKind::WouldBlock => TokenProblem::Slow { seconds: self.patience.as_secs() },
                ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof => service(CLOSED.into()),
                _ => service(e.to_string()),
            },
            _ if self.closed.get() => service(CLOSED.to_owned()),
            Error::SSHKey(e) => garbage(format!("expected a key or signature of SSH: {e}")),
            Error::SSHEncoding(e) => garbage(format!("expected a key or signature of SSH: {e}")),
            Error::UnknownMessageType(number) => garbage(format!("expected an answer, found a message {number}")),
            // The driver puts its own reading of the whole message into the text.
            Error::InvalidMessage(text) if text.starts_with("Agent responded") => {
                garbage("expected the answer to the question, found that to another".to_owned())
            }
            Error::InvalidMessage(text) => garbage(text),
            Error::RemoteFailure => TokenProblem::Refused { reason: "it said no more".to_owned() },
        }
    }
}

impl Timed {
    fn left(&self) -> io::Result<Duration> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        let read = self.stream.read(buffer)?;
        self.closed.set(self.closed.get() || (read == 0 && !buffer.is_empty()));
        Ok(read)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn unreachable(socket: &Path, error: &io::Error) -> TokenProblem {
    let path = socket.display();
    let service = |reason| TokenProblem::Service { service: SERVICE.to_owned(), reason };
    match error.kind() {
        ErrorKind::NotFound => service(format!("there is no socket {path}")),
        ErrorKind::ConnectionRefused => service(format!("nobody listens at {path}")),
        ErrorKind::PermissionDenied => {
            TokenProblem::Permission { reason: format!("the socket {path} belongs to somebody else") }
        }
        _ => service(format!("{path}: {error}")),
    }
}

const CLOSED: &str = "it closed the connection before it answered";

/// The protocol has one refusal for all of these.
const NOT_SIGNED: &str =
    "the agent is locked (ssh-add -X unlocks it), or the key was taken out of it, or its use was not confirmed";
