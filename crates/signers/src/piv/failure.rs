//! What the driver's errors mean, in words of ours.

use crate::TokenProblem;

/// Why a command brought nothing.
pub(crate) enum Failure {
    /// The driver or pcscd said so.
    Card(yubikey::Error),
    /// The driver met what it did not expect, and gave up on itself.
    Broken,
}

impl Failure {
    pub(crate) fn into_problem(self) -> TokenProblem {
        let garbage = |reason: &str| TokenProblem::Garbage { reason: reason.to_owned() };
        match self {
            Self::Broken => garbage("expected the answer of a YubiKey, found one that breaks the protocol"),
            Self::Card(error) => match error {
                yubikey::Error::PcscError { inner: Some(inner) } => from_pcsc(inner),
                yubikey::Error::WrongPin { tries: 0 } | yubikey::Error::PinLocked => TokenProblem::Locked,
                yubikey::Error::WrongPin { tries } => TokenProblem::WrongPin { left: Some(tries.into()) },
                yubikey::Error::ParseError | yubikey::Error::SizeError | yubikey::Error::InvalidObject => {
                    garbage("expected the answer of a YubiKey, found other bytes")
                }
                yubikey::Error::AuthenticationError => {
                    TokenProblem::Refused { reason: "it does not allow that now".to_owned() }
                }
                other => TokenProblem::Refused { reason: other.to_string() },
            },
        }
    }
}

pub(crate) fn from_pcsc(error: pcsc::Error) -> TokenProblem {
    use pcsc::Error as E;
    match error {
        E::NoService | E::ServiceStopped => {
            TokenProblem::Service { service: "pcscd".to_owned(), reason: "it is not running".to_owned() }
        }
        E::SecurityViolation => TokenProblem::Permission { reason: "pcscd lets this user speak to no card".to_owned() },
        E::SharingViolation => {
            TokenProblem::Refused { reason: "another program has taken the card for itself".to_owned() }
        }
        // What pcscd says of a card that has gone depends on when it noticed.
        E::RemovedCard
        | E::NoSmartcard
        | E::NotTransacted
        | E::CommError
        | E::CommDataLost
        | E::UnpoweredCard
        | E::UnresponsiveCard
        | E::ReaderUnavailable
        | E::UnknownReader
        | E::ResetCard
        | E::InvalidHandle => TokenProblem::Removed,
        other => TokenProblem::Service { service: "pcscd".to_owned(), reason: other.to_string() },
    }
}
