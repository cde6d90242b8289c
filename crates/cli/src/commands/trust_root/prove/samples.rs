//! The samples of `trust-root prove`, with all that their lists name.

use super::file;
use crate::CliError;
use crate::commands::trust_root::list::List;
use std::path::Path;
use tuffet_keys::{Sha256, sha256};
use tuffet_trust_root::{Prover, Sample, SampleArtifact};

/// A trust root and its bytes.
pub(super) struct Root {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) prover: Prover,
}

impl Root {
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let (name, bytes) = file(path)?;
        let prover = Prover::new(&bytes).map_err(|e| CliError::new("trust-root", format!("{name}: {e}")))?;
        Ok(Self { name, bytes, prover })
    }
}

/// A sample as it was given.
pub(super) struct Given {
    pub(super) name: String,
    pub(super) bundle: Vec<u8>,
    artifact: Artifact,
    identity: Option<String>,
    issuer: Option<String>,
    pub(super) foreign: bool,
    /// Of a foreign one: the trust root of its own.
    pub(super) root: Option<Root>,
}

enum Artifact {
    Bytes(Vec<u8>),
    Digest(Sha256),
}

impl Given {
    pub(super) fn read(option: &str, text: &str, foreign: bool) -> Result<Self, CliError> {
        let root: &[&str] = if foreign { &["root"] } else { &[] };
        let optional = [&["artifact", "digest", "identity", "issuer"], root].concat();
        let list = List::read(option, text, &["bundle"], &optional)?;
        let artifact = match (list.optional("artifact"), list.optional("digest")) {
            (Some(path), None) => Artifact::Bytes(file(Path::new(path))?.1),
            (None, Some(digest)) => Artifact::Digest(Sha256::from_hex(digest).ok_or_else(|| {
                let found = digest.escape_debug();
                list.refuse(&format!("digest: expected SHA-256 in 64 hex digits, found `{found}`"))
            })?),
            (Some(_), Some(_)) => return Err(list.refuse(&format!("{ONE_OF}, found both"))),
            (None, None) => return Err(list.refuse(&format!("{ONE_OF}, found none"))),
        };
        let (name, bundle) = file(Path::new(list.required("bundle")))?;
        let root = list.optional("root").map(|path| Root::read(Path::new(path))).transpose()?;
        let owned = |name| list.optional(name).map(str::to_owned);
        let (identity, issuer) = (owned("identity"), owned("issuer"));
        Ok(Self { name, bundle, artifact, identity, issuer, foreign, root })
    }

    pub(super) fn sample(&self) -> Sample<'_> {
        Sample {
            label: &self.name,
            bundle: &self.bundle,
            artifact: match &self.artifact {
                Artifact::Bytes(bytes) => SampleArtifact::Bytes(bytes),
                Artifact::Digest(digest) => SampleArtifact::Sha256(*digest.as_bytes()),
            },
            identity: self.identity.as_deref(),
            issuer: self.issuer.as_deref(),
        }
    }

    pub(super) fn artifact_sha256(&self) -> String {
        match &self.artifact {
            Artifact::Bytes(bytes) => sha256(bytes).to_string(),
            Artifact::Digest(digest) => digest.to_string(),
        }
    }
}

const ONE_OF: &str = "expected one of `artifact=FILE` and `digest=SHA256`";
