//! What a person meets at a token, whatever kind it is: one list, so that the same thing is said the same way.

use tuffet_keys::SignError;

/// Why a token, an agent, a service or a program gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{device}: {problem}")]
pub struct TokenError {
    /// The key as its owner would name it.
    pub device: String,
    /// What happened.
    pub problem: TokenProblem,
}

/// What happened at a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenProblem {
    /// It is not there.
    #[error("not plugged in{}", listed(found))]
    Absent {
        /// What is plugged in, each as its owner would name it.
        found: Vec<String>,
    },
    /// What stands between us and the token does not answer.
    #[error("{service} does not answer: {reason}")]
    Service {
        /// `pcscd`, `ssh-agent`, a program.
        service: String,
        /// What happened, in words.
        reason: String,
    },
    /// The library that drives it cannot be used.
    #[error("{module} is not a PKCS#11 module that works here: {reason}")]
    Module {
        /// The library's path.
        module: String,
        /// What happened, in words.
        reason: String,
    },
    /// The operating system or the service says no.
    #[error("no permission: {reason}")]
    Permission {
        /// Whose permission, for what.
        reason: String,
    },
    /// The service does not let these credentials use the key.
    #[error("no permission: {reason}")]
    Credentials {
        /// Whose, for what.
        reason: String,
    },
    /// A wrong PIN.
    #[error("wrong PIN{}", tries(*left))]
    WrongPin {
        /// Tries left before the token locks, where it says so.
        left: Option<u32>,
    },
    /// One more wrong PIN would lock the token, and nobody asked for the risk.
    #[error("one try is left before the token locks: the PIN was not sent (K7)")]
    LastTry,
    /// The PIN is locked.
    #[error("the PIN is locked")]
    Locked,
    /// More than one token or key is meant.
    #[error("expected one, found {}: {}", found.len(), found.join(", "))]
    Ambiguous {
        /// Each as its owner would name it.
        found: Vec<String>,
        /// What tells them apart.
        hint: &'static str,
    },
    /// The token has no such key.
    #[error("there is no such key on it{}", listed(found))]
    NoKey {
        /// What is there.
        found: Vec<String>,
    },
    /// Pulled out, or the link broke, in the middle.
    #[error("removed while it was in use: nothing was signed")]
    Removed,
    /// Nobody touched it while it waited for that.
    #[error("not touched in time: nothing was signed")]
    NotTouched,
    /// No answer in time.
    #[error("no answer within {seconds} seconds: nothing was signed")]
    Slow {
        /// How long was waited.
        seconds: u64,
    },
    /// Its firmware, module or service cannot do that.
    #[error("cannot do {what}: {reason}")]
    Unsupported {
        /// The algorithm or operation.
        what: String,
        /// Why not.
        reason: String,
    },
    /// An answer that makes no sense.
    #[error("an answer that makes no sense: {reason}")]
    Garbage {
        /// What was expected and found.
        reason: String,
    },
    /// It refused, in its own words.
    #[error("refused: {reason}")]
    Refused {
        /// Its words, printable.
        reason: String,
    },
}

impl TokenProblem {
    /// At this key.
    #[must_use]
    pub fn at(self, device: &str) -> TokenError {
        TokenError { device: device.to_owned(), problem: self }
    }

    /// The command or action that helps, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Absent { .. } => "plug it in; `tuffet key list` shows what is there".to_owned(),
            Self::Service { service, .. } if service == "pcscd" => {
                "start it with: sudo systemctl start pcscd (or run `pcscd --foreground` as root)".to_owned()
            }
            Self::Service { service, .. } if service == "ssh-agent" => {
                "start one with: eval \"$(ssh-agent)\", and add the key with: ssh-add PATH".to_owned()
            }
            Self::Service { .. } | Self::Refused { .. } | Self::Garbage { .. } => return None,
            Self::Module { .. } => {
                "name the module in the URI: module-path=/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so".to_owned()
            }
            Self::Permission { .. } => "ask who runs this machine for the right, do not run as root".to_owned(),
            Self::WrongPin { .. } => "make sure of the PIN before you try again".to_owned(),
            Self::LastTry => {
                "make sure of the PIN, then run the command with --last-try; or set a new one with the PUK first"
                    .to_owned()
            }
            Self::Locked => "unlock it with the PUK, in the tool of the token's maker".to_owned(),
            Self::Credentials { .. } => {
                "log in with credentials that may use the key, or ask who runs the account for that right".to_owned()
            }
            Self::Ambiguous { hint, .. } => (*hint).to_owned(),
            Self::NoKey { .. } => "`tuffet key list` shows the keys that are there".to_owned(),
            Self::Removed => "plug it in and run the command again".to_owned(),
            Self::NotTouched => "run the command again, and touch it when it blinks".to_owned(),
            Self::Slow { .. } => "does it wait for a touch or a PIN? run the command again".to_owned(),
            Self::Unsupported { .. } => "take another algorithm, or a token that can".to_owned(),
        })
    }
}

impl From<TokenError> for SignError {
    fn from(error: TokenError) -> Self {
        let hint = error.problem.hint();
        Self::Failed { signer: error.device, reason: error.problem.to_string(), hint }
    }
}

fn listed(found: &[String]) -> String {
    if found.is_empty() { String::new() } else { format!(" (found {})", found.join(", ")) }
}

fn tries(left: Option<u32>) -> String {
    match left {
        None => String::new(),
        Some(1) => ", one try left".to_owned(),
        Some(left) => format!(", {left} tries left"),
    }
}
