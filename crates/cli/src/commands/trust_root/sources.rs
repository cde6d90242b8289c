//! Keys and chains from where they are: a file, or a running service whose answer was pinned beforehand.

use super::entries::{GivenKind, refused};
use super::list::List;
use crate::CliError;
use crate::commands::network::Network;
use std::path::Path;
use tuffet_client::{ClientError, Transport};
use tuffet_trust_root::{Checkpoint, Compose, NewLog, chain_fingerprint, chains_of_trust_bundle, key_fingerprint};

/// What kind of service can be asked.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Fulcio,
    RekorV1,
    Tsa,
    /// None: this kind of log says nothing of its key.
    FileAlone,
}

impl Source {
    /// What the service answers, as a PEM file, if its fingerprint is the pinned one. An answer that nobody has compared
    /// yet is shown, and refused.
    pub(super) fn ask(
        self,
        list: &List<'_>,
        url: &str,
        pin: Option<&str>,
        network: &Network,
    ) -> Result<Vec<u8>, CliError> {
        let path = match self {
            Self::Fulcio => "api/v2/trustBundle",
            Self::RekorV1 => "api/v1/log/publicKey",
            Self::Tsa => "api/v1/timestamp/certchain",
            Self::FileAlone => {
                return Err(list.refuse("expected `key=`: such a log has no address that gives out its key"));
            }
        };
        // A TSA is often named by the address that stamps.
        let base = url.trim_end_matches('/').trim_end_matches("/api/v1/timestamp");
        let transport = network.open(base)?;
        let answer = transport.fetch(path, LARGEST).map_err(ClientError::from)?;
        let candidates = match self {
            Self::Fulcio => chains_of_trust_bundle(&answer)
                .map_err(|e| CliError::new("trust-root", format!("{}: {e}", transport.locate(path))))?,
            _ => vec![String::from_utf8_lossy(&answer).into_owned()],
        };
        let mut found = Vec::new();
        for pem in candidates {
            let fingerprint = match self {
                Self::RekorV1 => key_fingerprint(url, pem.as_bytes()),
                _ => chain_fingerprint(url, pem.as_bytes()),
            }
            .map_err(|e| refused(&e))?;
            if pin.is_some_and(|pin| pin.eq_ignore_ascii_case(&fingerprint)) {
                return Ok(pem.into_bytes());
            }
            found.push(fingerprint);
        }
        Err(other(url, pin, &found))
    }
}

/// A file is held to a pin where there is one.
pub(super) fn pinned(label: &str, pem: &[u8], kind: GivenKind, pin: Option<&str>) -> Result<(), CliError> {
    let Some(pin) = pin else { return Ok(()) };
    let found = match kind {
        GivenKind::Log(_) => key_fingerprint(label, pem),
        GivenKind::Authority(_) => chain_fingerprint(label, pem),
    }
    .map_err(|e| refused(&e))?;
    if pin.eq_ignore_ascii_case(&found) { Ok(()) } else { Err(other(label, Some(pin), &[found])) }
}

fn other(label: &str, pin: Option<&str>, found: &[String]) -> CliError {
    let expected =
        pin.map_or_else(|| "sha256=… beside `service=`".to_owned(), |pin| format!("SHA-256 {}", pin.escape_debug()));
    let message = format!("{label}: expected {expected}, found {} (TR5)", found.join(", "));
    CliError::new("trust-root", message).hint(
        "compare it with what the operator says by another way, such as the telephone, and give sha256= only then",
    )
}

/// That the log's key signs what the log says: its checkpoint, as a file (TR5).
pub(super) fn prove(log: &NewLog<'_>, path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let told = |problem: String| CliError::new("trust-root", format!("{}: {problem}", path.display()));
    let checkpoint = Checkpoint::parse(bytes).map_err(|e| told(e.to_string()))?;
    let alone = Compose::new().log(log).map_err(|e| refused(&e))?.finish();
    for log in alone.tlogs().iter().chain(alone.ctlogs()) {
        checkpoint.proves(log).map_err(|e| {
            told(e.to_string()).hint("get key and checkpoint again from the log's operator: they are not of one log")
        })?;
    }
    Ok(())
}

/// More than any chain or bundle of chains is.
const LARGEST: u64 = 1 << 20;
