//! A bundle to be verified by what a repository says, and who its own certificate says signed it.

use sigstore_verify::SubjectAltName;
use sigstore_verify::crypto::parse_certificate_info;
use sigstore_verify::types::{Bundle, SignatureContent};
use std::fs;
use std::path::{Path, PathBuf};

/// One row of the matrix.
pub(crate) struct Case {
    /// Its name in matrix.toml.
    pub(crate) name: String,
    /// The repository that the client asks.
    pub(crate) repository: &'static str,
    /// The repository whose first root it is told to trust.
    pub(crate) pin: &'static str,
    pub(crate) bundle: PathBuf,
    pub(crate) artifact: PathBuf,
    pub(crate) signer: Signer,
    /// Clients that cannot be asked this.
    pub(crate) left_out: &'static [&'static str],
}

/// What the certificate says.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) identity: SubjectAltName,
    pub(crate) issuer: String,
    /// Of an attestation: what kind it is.
    pub(crate) predicate: Option<String>,
}

impl Case {
    pub(crate) fn new(name: &str, repository: &'static str, bundle: &Path, artifact: &Path) -> Self {
        Self {
            name: name.to_owned(),
            repository,
            pin: repository,
            bundle: bundle.to_owned(),
            artifact: artifact.to_owned(),
            signer: signer(bundle),
            left_out: &[],
        }
    }

    pub(crate) fn read(&self) -> Bundle {
        read(&self.bundle)
    }
}

impl Signer {
    /// `OWNER/REPOSITORY` of a workflow's identity.
    pub(crate) fn repository(&self) -> Option<String> {
        let path = self.identity.as_str().strip_prefix("https://github.com/")?;
        let mut parts = path.split('/');
        Some(format!("{}/{}", parts.next()?, parts.next()?))
    }
}

fn read(bundle: &Path) -> Bundle {
    Bundle::from_json(&fs::read_to_string(bundle).unwrap()).unwrap()
}

fn signer(bundle: &Path) -> Signer {
    let bundle = read(bundle);
    let certificate = parse_certificate_info(bundle.signing_certificate().unwrap()).unwrap();
    let predicate = match &bundle.content {
        SignatureContent::DsseEnvelope(envelope) => {
            let statement: serde_json::Value = serde_json::from_slice(envelope.payload.as_bytes()).unwrap();
            statement["predicateType"].as_str().map(str::to_owned)
        }
        _ => None,
    };
    Signer { identity: certificate.identity.unwrap(), issuer: certificate.issuer.unwrap(), predicate }
}
