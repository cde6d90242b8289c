//! What a module's return values mean, in the list that all tokens share.

use crate::TokenProblem;
use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};

/// What happened, as a person is told.
pub(super) fn problem(error: Error) -> TokenProblem {
    let (rv, function) = match error {
        Error::Pkcs11(rv, function) => (rv, function),
        other => return TokenProblem::Garbage { reason: format!("expected an answer of PKCS#11: {other}") },
    };
    let said = said(rv, function);
    match rv {
        RvError::PinIncorrect => TokenProblem::WrongPin { left: None },
        RvError::PinLocked => TokenProblem::Locked,
        RvError::PinExpired => {
            refused("the PIN has expired, or is still the maker's: set another with the maker's tool")
        }
        RvError::PinInvalid | RvError::PinLenRange => refused("the PIN is of a length or of characters it never has"),
        RvError::UserPinNotInitialized => refused("no PIN has been set on it: set one with the maker's tool"),
        RvError::DeviceRemoved
        | RvError::TokenNotPresent
        | RvError::SessionHandleInvalid
        | RvError::SessionClosed
        | RvError::SlotIdInvalid => TokenProblem::Removed,
        RvError::MechanismInvalid
        | RvError::MechanismParamInvalid
        | RvError::CurveNotSupported
        | RvError::DomainParamsInvalid
        | RvError::KeySizeRange
        | RvError::FunctionNotSupported => TokenProblem::Unsupported { what: "that".to_owned(), reason: said },
        RvError::FunctionCanceled | RvError::Cancel | RvError::FunctionRejected => refused("cancelled at the token"),
        // A YubiKey that nobody touches says this through libykcs11.
        RvError::UserNotLoggedIn => refused(&format!("not touched in time, or logged out meanwhile ({said})")),
        RvError::DeviceError => refused(&format!("{said}: was it pulled out, or not touched?")),
        RvError::KeyFunctionNotPermitted => refused("its owner did not allow the key to sign"),
        RvError::DeviceMemory => refused("its memory is full"),
        _ => TokenProblem::Refused { reason: said },
    }
}

/// As [`problem`], naming what the token was asked for where it cannot do it.
pub(super) fn problem_with(what: &str, error: Error) -> TokenProblem {
    match problem(error) {
        TokenProblem::Unsupported { reason, .. } => TokenProblem::Unsupported { what: what.to_owned(), reason },
        other => other,
    }
}

/// True where the session, not the token, may be what is wrong; libykcs11 has an error of the device for a session from
/// before a YubiKey was plugged in again.
pub(super) fn is_lost(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::UserNotLoggedIn | RvError::KeyHandleInvalid | RvError::ObjectHandleInvalid | RvError::DeviceError,
            _
        )
    )
}

/// True of the words a module has for "something went wrong": some say so of a token that was pulled out.
pub(super) fn is_vague(error: &Error) -> bool {
    matches!(error, Error::Pkcs11(RvError::DeviceError | RvError::GeneralError | RvError::FunctionFailed, _))
}

/// The names of the standard, which are those a person finds on the web.
pub(crate) fn said(rv: RvError, function: Function) -> String {
    let debug = format!("{rv:?}");
    let (name, code) = debug.split_once('(').unwrap_or((&debug, ""));
    let mut words = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            words.push('_');
        }
        words.push(c.to_ascii_uppercase());
    }
    let code = code.trim_end_matches(')');
    let gap = if code.is_empty() { "" } else { " " };
    format!("C_{function:?} says CKR{words}{gap}{code}")
}

fn refused(reason: &str) -> TokenProblem {
    TokenProblem::Refused { reason: reason.to_owned() }
}
