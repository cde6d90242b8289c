//! Several trust roots at once: the public instance, one's own, GitHub's. Every answer says whose it is.

use chrono::{DateTime, Utc};
use thiserror::Error;
use tuffet_certificates::Certificate;

use crate::authority::CertificateAuthority;
use crate::error::{ParseError, quoted};
use crate::log::TransparencyLog;
use crate::shown;
use crate::tolerant::Tolerant;
use crate::trusted_root::TrustedRoot;

/// Where a trust root came from. An answer without it would let what one instance vouches for pass as another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    name: String,
    sha256: String,
    source: String,
}

/// One trust root among several.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    provenance: Provenance,
    root: Tolerant,
}

/// Trust roots of several instances, in the order they were added.
///
/// ```
/// use tuffet_trust_root::Instances;
///
/// # let public = sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT.as_bytes();
/// # let github = sigstore_trust_root::SIGSTORE_GITHUB_TRUSTED_ROOT.as_bytes();
/// let mut instances = Instances::new();
/// instances.add("public", public, "TUF, targets v14")?;
/// instances.add("github", github, "gh attestation trusted-root")?;
///
/// let rekor = hex::decode("c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d")?;
/// let answers = instances.logs(&rekor);
/// assert_eq!(answers.len(), 1);
/// assert_eq!(answers[0].provenance.name(), "public");
/// let at = "2020-01-01T00:00:00Z".parse()?;
/// assert_eq!(answers[0].entry.valid_at(at).unwrap_err().to_string(), "not valid before 2021-01-12T11:53:27Z");
///
/// // A name is an instance: a second root under it would mix two.
/// assert_eq!(
///     instances.add("github", public, "a copy").unwrap_err().to_string(),
///     "expected a name of its own for each instance, found \"github\" twice"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Instances {
    instances: Vec<Instance>,
}

/// An entry, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Of<'a, T> {
    /// The instance.
    pub provenance: &'a Provenance,
    /// The entry.
    pub entry: &'a T,
}

/// A trust root that was not added.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InstanceError {
    /// It does not read.
    #[error("instance {}: {error}", quoted(name))]
    Parse {
        /// The name it was to have.
        name: String,
        /// Why.
        error: ParseError,
    },
    /// The name is taken.
    #[error("expected a name of its own for each instance, found {} twice", quoted(name))]
    Name {
        /// The name.
        name: String,
    },
}

impl Provenance {
    /// The name the caller gave the instance.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of the file, in hex.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Where the file came from, in the caller's words.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl Instance {
    /// Where it came from.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The trust root, with what was set aside.
    #[must_use]
    pub fn root(&self) -> &Tolerant {
        &self.root
    }
}

impl Instances {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the trust root in `file`, read as a client reads.
    ///
    /// # Errors
    /// [`InstanceError`]: the file does not read, the name is taken. Nothing is added then.
    pub fn add(&mut self, name: &str, file: &[u8], source: &str) -> Result<(), InstanceError> {
        if self.instance(name).is_some() {
            return Err(InstanceError::Name { name: name.to_owned() });
        }
        let root = Tolerant::parse(file).map_err(|error| InstanceError::Parse { name: name.to_owned(), error })?;
        let provenance = Provenance { name: name.to_owned(), sha256: shown::sha256(file), source: source.to_owned() };
        self.instances.push(Instance { provenance, root });
        Ok(())
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Instance] {
        &self.instances
    }

    /// The one of this name.
    #[must_use]
    pub fn instance(&self, name: &str) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.provenance.name == name)
    }

    /// The transparency logs with this id. Two instances may share a log; both are answers, and their windows may differ.
    #[must_use]
    pub fn logs(&self, id: &[u8]) -> Vec<Of<'_, TransparencyLog>> {
        self.each(|root| root.log(id).into_iter().collect())
    }

    /// The CT logs with this id.
    #[must_use]
    pub fn ct_logs(&self, id: &[u8]) -> Vec<Of<'_, TransparencyLog>> {
        self.each(|root| root.ct_log(id).into_iter().collect())
    }

    /// As [`TrustedRoot::authorities_of`], of every instance.
    #[must_use]
    pub fn authorities_of(&self, certificate: &Certificate, time: DateTime<Utc>) -> Vec<Of<'_, CertificateAuthority>> {
        self.each(|root| root.authorities_of(certificate, time))
    }

    /// As [`TrustedRoot::timestamp_authorities_of`], of every instance.
    #[must_use]
    pub fn timestamp_authorities_of(
        &self,
        certificate: &Certificate,
        time: DateTime<Utc>,
    ) -> Vec<Of<'_, CertificateAuthority>> {
        self.each(|root| root.timestamp_authorities_of(certificate, time))
    }

    /// The transparency logs valid at `time`.
    #[must_use]
    pub fn logs_at(&self, time: DateTime<Utc>) -> Vec<Of<'_, TransparencyLog>> {
        self.each(|root| root.at(time).tlogs)
    }

    /// The certificate authorities valid at `time`.
    #[must_use]
    pub fn authorities_at(&self, time: DateTime<Utc>) -> Vec<Of<'_, CertificateAuthority>> {
        self.each(|root| root.at(time).certificate_authorities)
    }

    /// The CT logs valid at `time`.
    #[must_use]
    pub fn ct_logs_at(&self, time: DateTime<Utc>) -> Vec<Of<'_, TransparencyLog>> {
        self.each(|root| root.at(time).ctlogs)
    }

    /// The timestamp authorities valid at `time`.
    #[must_use]
    pub fn timestamp_authorities_at(&self, time: DateTime<Utc>) -> Vec<Of<'_, CertificateAuthority>> {
        self.each(|root| root.at(time).timestamp_authorities)
    }

    fn each<'a, T>(&'a self, ask: impl Fn(&'a TrustedRoot) -> Vec<&'a T>) -> Vec<Of<'a, T>> {
        let of = |instance: &'a Instance| {
            let entries = ask(instance.root.trusted_root());
            entries.into_iter().map(|entry| Of { provenance: &instance.provenance, entry }).collect::<Vec<_>>()
        };
        self.instances.iter().flat_map(of).collect()
    }
}
