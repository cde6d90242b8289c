//! Calls into a module, none of which can be interrupted and any of which can wait for a touch, a PIN pad or for ever.

use crate::TokenProblem;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Makes `call` on a thread of its own and waits for it no longer than `limit`. A call that takes longer is left alone:
/// to kill a thread inside a C library would leave the library's locks held and the token in the middle of a command.
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    call: impl FnOnce() -> Result<T, TokenProblem> + Send + 'static,
) -> Result<T, TokenProblem> {
    let (answer, wait) = channel();
    let started = thread::Builder::new().name("pkcs11".to_owned()).spawn(move || {
        // Nobody listens any more when the answer comes too late.
        let _ = answer.send(call());
    });
    if let Err(error) = started {
        return Err(TokenProblem::Refused { reason: format!("no thread for the call: {error}") });
    }
    match wait.recv_timeout(limit) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(TokenProblem::Slow { seconds: limit.as_secs() }),
        // The driver takes lengths and numbers from the module on trust and panics where they contradict each other.
        Err(RecvTimeoutError::Disconnected) => {
            Err(TokenProblem::Garbage { reason: "expected an answer of PKCS#11, found one that breaks it".to_owned() })
        }
    }
}

/// How long a person is given to touch a token, or to type on its pad.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// How long a new key may take: a smart card looks for the primes of an RSA key for minutes.
pub(super) const GENERATION: Duration = Duration::from_secs(300);
