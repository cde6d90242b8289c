//! The lists of `trust-root prove`, read strictly: of a word that is passed over nobody would know that it proved nothing.

use super::file;
use crate::CliError;
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
        let list = List::read(option, text, foreign)?;
        let artifact = match (list.value("artifact"), list.value("digest")) {
            (Some(path), None) => Artifact::Bytes(file(Path::new(path))?.1),
            (None, Some(digest)) => Artifact::Digest(Sha256::from_hex(digest).ok_or_else(|| {
                let found = digest.escape_debug();
                CliError::usage(format!("{option}: digest: expected SHA-256 in 64 hex digits, found `{found}`"))
            })?),
            (Some(_), Some(_)) => return Err(list.refused("both `artifact=` and `digest=`")),
            (None, None) => return Err(list.refused("no `artifact=`")),
        };
        let Some(path) = list.value("bundle") else { return Err(list.refused("no `bundle=`")) };
        let (name, bundle) = file(Path::new(path))?;
        let root = list.value("root").map(|path| Root::read(Path::new(path))).transpose()?;
        let owned = |name| list.value(name).map(str::to_owned);
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

/// `name=value,name=value`.
struct List<'a> {
    option: &'a str,
    foreign: bool,
    pairs: Vec<(&'a str, &'a str)>,
}

impl<'a> List<'a> {
    fn read(option: &'a str, text: &'a str, foreign: bool) -> Result<Self, CliError> {
        let mut list = Self { option, foreign, pairs: Vec::new() };
        for part in text.split(',') {
            let Some((name, value)) = part.split_once('=').filter(|(_, value)| !value.is_empty()) else {
                return Err(list.refused(&format!("`{}`", part.escape_debug())));
            };
            if !NAMES.contains(&name) && !(foreign && name == "root") {
                return Err(list.refused(&format!("`{}=`", name.escape_debug())));
            }
            if list.value(name).is_some() {
                return Err(list.refused(&format!("`{name}=` twice")));
            }
            list.pairs.push((name, value));
        }
        Ok(list)
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        self.pairs.iter().find(|(other, _)| *other == name).map(|(_, value)| *value)
    }

    fn refused(&self, found: &str) -> CliError {
        let root = if self.foreign { "[,root=…]" } else { "" };
        CliError::usage(format!(
            "{}: expected bundle=…,artifact=…[,identity=…][,issuer=…]{root}, found {found}",
            self.option
        ))
        .hint("a path with a comma cannot be given here; instead of the artifact, digest=SHA256 may be")
    }
}

const NAMES: [&str; 5] = ["bundle", "artifact", "digest", "identity", "issuer"];
