//! The line to an opened key: a session that is kept, and taken up again when it was lost.

use super::failure::{is_lost, is_vague, problem};
use super::login::{Proof, check_tries, prove, refused};
use super::object::PrivateKey;
use super::public;
use super::sign::Way;
use super::token::Token;
use crate::{Pkcs11Uri, TokenProblem};
use cryptoki::error::{Error, RvError};
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use tuffet_keys::PublicKey;

/// What does not change while a key is open.
pub(super) struct Known {
    pub(super) uri: Pkcs11Uri,
    pub(super) token: Token,
    pub(super) public: PublicKey,
    pub(super) proof: Proof,
    pub(super) way: Way,
    /// The PIN is wanted before every signature.
    pub(super) always: bool,
    /// The token has refused the PIN: to send it again would cost another try (K7).
    pub(super) spoiled: AtomicBool,
}

/// A session that is logged in, and the key in it.
pub(super) struct Line {
    token: Token,
    session: Session,
    key: ObjectHandle,
}

impl Line {
    pub(super) fn new(token: Token, session: Session, key: ObjectHandle) -> Self {
        Self { token, session, key }
    }

    /// Anew, to the same key on the same token: the PIN goes to no other, nor the payload to another key.
    fn again(known: &Known) -> Result<Self, TokenProblem> {
        let token = known.token.again()?;
        let session = token.module.context.open_ro_session(token.slot).map_err(problem)?;
        let state = token.pin()?;
        if state.needed && !matches!(known.proof, Proof::Given) {
            check_tries(state, false)?;
            match prove(&session, UserType::User, &known.proof) {
                Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
                Err(error) => return Err(refused(&token, error)),
            }
        }
        let key = PrivateKey::find(&session, &known.uri)?;
        let found = public::of(&session, &key, known.uri.scheme)?;
        if found != known.public {
            let (expected, found) = (known.public.fingerprint().short(), found.fingerprint().short());
            let reason = format!("expected the key {expected} that was opened, found {found} in its place");
            return Err(TokenProblem::Garbage { reason });
        }
        Ok(Self { token, session, key: key.handle })
    }

    /// After a call that failed: it may have left its session in the middle of an operation. The new session is there
    /// before the old one ends, so that the token stays logged in.
    fn cleared(self) -> Option<Self> {
        let session = self.token.module.context.open_ro_session(self.token.slot).ok()?;
        Some(Self { session, ..self })
    }
}

/// Signs on the line that is kept. If it turns out to be lost, as when the token was pulled out and plugged in again
/// since the last signature, a new one is taken, once: whoever was asked to touch a token is asked twice at most.
pub(super) fn sign(known: &Known, line: &Mutex<Option<Line>>, message: &[u8]) -> Result<Vec<u8>, TokenProblem> {
    let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
    if known.spoiled.load(Ordering::Relaxed) {
        return Err(TokenProblem::Refused { reason: SPOILED.to_owned() });
    }
    let made = match line.as_ref().map(|kept| sign_on(known, kept, message)) {
        Some(Ok(signature)) => Ok(signature),
        Some(Err(Failed::Otherwise(problem))) => Err(problem),
        None | Some(Err(Failed::Lost(_))) => {
            *line = None;
            Line::again(known).and_then(|new| {
                sign_on(known, line.insert(new), message)
                    .map_err(|(Failed::Lost(problem) | Failed::Otherwise(problem))| problem)
            })
        }
    };
    if let Err(problem) = &made {
        let wrong = matches!(problem, TokenProblem::WrongPin { .. } | TokenProblem::Locked);
        known.spoiled.store(wrong && matches!(known.proof, Proof::Pin(_)), Ordering::Relaxed);
        *line = line.take().and_then(Line::cleared);
    }
    made
}

/// Why a line gave no signature.
enum Failed {
    /// It is gone; a new one may do better.
    Lost(TokenProblem),
    /// A new one would do no better.
    Otherwise(TokenProblem),
}

fn sign_on(known: &Known, line: &Line, message: &[u8]) -> Result<Vec<u8>, Failed> {
    let before_each = known.always.then_some(&known.proof);
    if before_each.is_some() {
        line.token.pin().and_then(|state| check_tries(state, false)).map_err(Failed::from)?;
    }
    match known.way.sign(&line.session, line.key, before_each, message) {
        Ok(made) => made.map_err(Failed::from),
        Err(error) if is_vague(&error) && line.token.again().is_err() => Err(Failed::Lost(TokenProblem::Removed)),
        Err(error) if is_lost(&error) => Err(Failed::Lost(known.way.problem(error))),
        Err(error @ Error::Pkcs11(RvError::PinIncorrect, _)) => Err(Failed::Otherwise(refused(&line.token, error))),
        Err(error) => Err(Failed::from(known.way.problem(error))),
    }
}

impl From<TokenProblem> for Failed {
    fn from(problem: TokenProblem) -> Self {
        if problem == TokenProblem::Removed { Self::Lost(problem) } else { Self::Otherwise(problem) }
    }
}

const SPOILED: &str = "the PIN was wrong before, so it was not sent again: run the command again and type it anew";
