//! Keys that an ssh-agent holds. The agent's signature over the payload *is* the TUF signature, in other wrapping, so
//! whatever puts a key into an agent (a forwarded laptop, gpg-agent, a token's own agent) becomes a signer.
//!
//! An agent proves nothing of where its key lies: there is no evidence, and policy may want some.

mod identity;
mod line;

use crate::checked::{MadeBy, checked};
use crate::{AgentUri, CreateError, Found, Holder, HolderKind, Key, KeyUri, Token, TokenError, TokenProblem};
use identity::Identity;
use line::Line;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tuffet_keys::{PublicKey, Sign, SignError};

/// A key of an ssh-agent.
pub struct AgentKey {
    socket: PathBuf,
    identity: Identity,
    public: PublicKey,
    description: String,
    patience: Patience,
}

/// How long an agent may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// To list its keys.
    pub(crate) list: Duration,
    /// To sign: a person may have to find the window that asks whether to.
    pub(crate) sign: Duration,
}

impl AgentKey {
    /// Asks the agent for the key, which it must show exactly once.
    ///
    /// # Errors
    /// [`TokenError`]; the agent was not asked to sign.
    pub fn open(uri: &AgentUri) -> Result<Self, TokenError> {
        Self::open_within(uri, Patience::USUAL)
    }

    pub(crate) fn open_within(uri: &AgentUri, patience: Patience) -> Result<Self, TokenError> {
        let device = uri.to_string();
        let at = |problem: TokenProblem| problem.at(&device);
        let socket = uri.socket.clone().or_else(agent_socket).ok_or_else(|| {
            at(TokenProblem::Service { service: SERVICE.into(), reason: "SSH_AUTH_SOCK is not set".into() })
        })?;
        let shown = identities(&socket, patience.list).map_err(at)?;
        if shown.is_empty() {
            return Err(at(TokenProblem::Refused { reason: NOTHING_SHOWN.to_owned() }));
        }
        let named: Vec<&Identity> = shown.iter().filter(|identity| identity.is_called(&uri.key)).collect();
        let identity = match named.as_slice() {
            [one] => (*one).clone(),
            [] => return Err(at(TokenProblem::NoKey { found: shown.iter().map(Identity::name).collect() })),
            many => {
                let found = many.iter().map(|i| i.fingerprint()).collect();
                return Err(at(TokenProblem::Ambiguous { found, hint: "say which: ssh-agent:SHA256:FINGERPRINT" }));
            }
        };
        let public = identity.public_key().map_err(at)?;
        let description = format!("ssh-agent key {}", identity.name());
        Ok(Self { socket, identity, public, description, patience })
    }

    /// Agents take keys in, they make none.
    pub(crate) fn not_made_here(uri: &AgentUri) -> CreateError {
        CreateError::NotMadeHere {
            device: uri.to_string(),
            hint: "make one with: ssh-keygen -t ed25519 -f PATH, and hand it to the agent with: ssh-add PATH",
        }
    }
}

impl Sign for AgentKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let at = |problem: TokenProblem| SignError::from(problem.at(&self.description));
        let mut line = Line::open(&self.socket, self.patience.sign).map_err(at)?;
        let signature = line.sign(&self.identity, message).map_err(at)?;
        let signature = identity::tuf_signature(self.public.scheme(), &signature).map_err(at)?;
        checked(&self.description, MadeBy::Device, &self.public, message, signature)
    }
}

impl Key for AgentKey {
    fn holder(&self) -> Holder {
        holder(&self.identity)
    }
}

/// The socket of the agent of whoever runs this program: the one thing, beside colours and the terminal, that the
/// station build reads from the environment (K14).
#[must_use]
pub fn agent_socket() -> Option<PathBuf> {
    std::env::var_os("SSH_AUTH_SOCK").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// The keys of the agent at `socket`, also those that cannot sign here, with the reason.
pub(crate) fn list(socket: &Path) -> Result<Vec<Token>, TokenError> {
    let name = format!("ssh-agent at {}", socket.display());
    let shown = identities(socket, Patience::USUAL.list).map_err(|problem| problem.at(&name))?;
    let keys = shown.iter().map(|identity| Found {
        uri: KeyUri::SshAgent(AgentUri { key: identity.fingerprint(), socket: Some(socket.to_owned()) }),
        holder: holder(identity),
        label: Some(identity.comment()).filter(|comment| !comment.is_empty()),
        public: identity.public_key().map_err(|problem| problem.to_string()),
    });
    Ok(vec![Token { name, keys: keys.collect() }])
}

fn identities(socket: &Path, patience: Duration) -> Result<Vec<Identity>, TokenProblem> {
    Line::open(socket, patience)?.identities()
}

fn holder(identity: &Identity) -> Holder {
    Holder { place: Some(identity.fingerprint()), ..Holder::new(HolderKind::SshAgent) }
}

impl Patience {
    pub(crate) const USUAL: Self = Self { list: Duration::from_secs(10), sign: Duration::from_secs(120) };
}

const SERVICE: &str = "ssh-agent";

/// A locked agent shows an empty list and no error, so the two cannot be told apart.
const NOTHING_SHOWN: &str =
    "it shows no key: none was added (ssh-add PATH adds one), or the agent is locked (ssh-add -X unlocks it)";
