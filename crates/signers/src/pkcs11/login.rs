//! The PIN: read how many tries are left, ask, send, and keep for the sitting.

use super::failure::problem;
use super::patience::within;
use super::token::{PinState, Token};
use crate::secret::TRIES;
use crate::{AskSecret, OpenError, Secret, TokenProblem};
use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::types::RawAuthPin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How its owner proves to be there. The PIN stays in memory as long as the key is open: a token that was plugged in again,
/// or that wants the PIN before every signature, is then not a question more in the middle of a sitting.
#[derive(Clone)]
pub(super) enum Proof {
    /// The token wants none, or another key of this process logged in to it before.
    Given,
    /// The PIN is typed on the token's pad, every time.
    Pad,
    /// The PIN, wiped from memory with the key.
    Pin(Arc<Secret>),
}

/// Logs in to the token of `session`, asking where need be.
pub(super) fn log_in(
    token: &Token,
    session: &Arc<Mutex<Session>>,
    limit: Duration,
    ask: &mut dyn AskSecret,
) -> Result<Proof, OpenError> {
    let name = token.about.name();
    let at = |problem: TokenProblem| OpenError::Token(problem.at(&name));
    let (looked_at, looked_on) = (token.clone(), Arc::clone(session));
    let (state, logged_in) = within(limit, move || {
        let session = looked_on.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((looked_at.pin()?, is_logged_in(&session)?))
    })
    .map_err(at)?;
    if logged_in || !state.needed {
        return Ok(Proof::Given);
    }
    check_tries(state, ask.risks_last_try()).map_err(at)?;
    if state.pad {
        ask.tell(&format!("type the PIN on the pad of {name}"));
        return send(token, session, limit, Proof::Pad).map_err(at).map(|()| Proof::Pad);
    }
    let mut state = state;
    for tried in 0..TRIES {
        let pin = ask_pin(&name, tried, state, ask)?;
        match send(token, session, limit, Proof::Pin(Arc::clone(&pin))) {
            Ok(()) => return Ok(Proof::Pin(pin)),
            Err(TokenProblem::WrongPin { left: None }) => {}
            Err(other) => return Err(at(other)),
        }
        // Asked again only where the token itself says that more than one try is left. A token that says nothing may
        // have one left, and a risk that was agreed to was one try (K7).
        let asked = token.clone();
        state = within(limit, move || asked.pin()).map_err(at)?;
        if !state.low {
            break;
        }
        check_tries(state, false).map_err(at)?;
    }
    Err(at(TokenProblem::WrongPin { left: None }))
}

/// Asks for the PIN once more, where one is needed for every signature and none was needed to log in.
pub(super) fn ask_again(token: &Token, limit: Duration, ask: &mut dyn AskSecret) -> Result<Proof, OpenError> {
    let name = token.about.name();
    let asked = token.clone();
    let state = within(limit, move || asked.pin()).map_err(|problem| problem.at(&name))?;
    check_tries(state, ask.risks_last_try()).map_err(|problem| problem.at(&name))?;
    if state.pad { Ok(Proof::Pad) } else { Ok(Proof::Pin(ask_pin(&name, 0, state, ask)?)) }
}

/// K7: the tries are read before the PIN is sent, and the last one is nobody's accident.
pub(super) fn check_tries(state: PinState, risked: bool) -> Result<(), TokenProblem> {
    match state {
        PinState { locked: true, .. } => Err(TokenProblem::Locked),
        PinState { last_try: true, .. } if !risked => Err(TokenProblem::LastTry),
        _ => Ok(()),
    }
}

fn ask_pin(name: &str, tried: u32, state: PinState, ask: &mut dyn AskSecret) -> Result<Arc<Secret>, OpenError> {
    let what = format!("PIN of {name}");
    let prompt = match (tried, state.last_try, state.low) {
        (0, true, _) => format!("last try before the token locks; {what}: "),
        (0, false, true) => format!("a wrong PIN was entered before; {what}: "),
        (0, false, false) => format!("{what}: "),
        _ => format!("wrong PIN, more than one try is left; {what}: "),
    };
    let pin = ask.ask(&prompt).map_err(|source| OpenError::NotGiven { what, source })?;
    let (least, most) = state.length;
    // A token counts a PIN it could never have as a wrong one. A token that says nothing of the length says 0.
    if pin.expose().len() < least || (most > 0 && pin.expose().len() > most) {
        let reason = format!("expected a PIN of {least} to {most} bytes, found another length: it was not sent");
        return Err(TokenProblem::Refused { reason }.at(name).into());
    }
    Ok(Arc::new(pin))
}

fn send(token: &Token, session: &Arc<Mutex<Session>>, limit: Duration, proof: Proof) -> Result<(), TokenProblem> {
    let (session, token) = (Arc::clone(session), token.clone());
    within(limit, move || {
        let session = session.lock().unwrap_or_else(PoisonError::into_inner);
        prove(&session, UserType::User, &proof).or_else(|error| match error {
            // In this moment, by another thread of this process.
            Error::Pkcs11(RvError::UserAlreadyLoggedIn, _) => Ok(()),
            other => Err(refused(&token, other)),
        })
    })
}

/// The words for a login that failed, with what a wrong PIN has left.
pub(super) fn refused(token: &Token, error: Error) -> TokenProblem {
    match (problem(error), token.pin()) {
        (TokenProblem::WrongPin { .. }, Ok(PinState { locked: true, .. })) => TokenProblem::Locked,
        (TokenProblem::WrongPin { .. }, Ok(PinState { last_try: true, .. })) => {
            TokenProblem::WrongPin { left: Some(1) }
        }
        (other, _) => other,
    }
}

/// Sends what `proof` holds.
pub(super) fn prove(session: &Session, user: UserType, proof: &Proof) -> Result<(), Error> {
    match proof {
        Proof::Given => Ok(()),
        Proof::Pad => session.login(user, None),
        Proof::Pin(pin) => session.login_with_raw(user, &RawAuthPin::new(Box::new(pin.expose().to_vec()))),
    }
}

fn is_logged_in(session: &Session) -> Result<bool, TokenProblem> {
    let state = session.get_session_info().map_err(problem)?.session_state();
    Ok(matches!(state, SessionState::RoUser | SessionState::RwUser))
}
