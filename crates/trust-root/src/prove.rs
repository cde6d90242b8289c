//! Real bundles verified against a trust root, before anybody signs it (TR10).
//!
//! What is proved is that the trust root carries a bundle: its log, its certificate authority, its CT log, its timestamp
//! authority. Not who signed: identity and issuer are what the bundle's own certificate says, unless the caller names
//! them.
//!
//! The verifier is another's, `sigstore-verify`. It asks the clock for one thing, whether a time it was shown lies in the
//! future, and that cannot be an argument here.

mod proof;

use crate::{Entry, EntryKind, ParseError, TrustedRoot};
use serde::Serialize;
use sigstore_verify::trust_root::TrustedRoot as TheirTrustedRoot;
use sigstore_verify::types::{Artifact, Bundle, Sha256Hash};
use sigstore_verify::{
    CertificateError, Error, TransparencyLogError, VerificationPolicy, VerificationResult, Verifier,
};
use thiserror::Error as ThisError;
use tuffet_certificates::escaped;

pub use proof::{Elsewhere, Expected, Proof};

/// A bundle and what it is of.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// What reports call it, often the bundle's file name.
    pub label: &'a str,
    /// The contents of the bundle's file.
    pub bundle: &'a [u8],
    /// What was signed.
    pub artifact: SampleArtifact<'a>,
    /// The identity the certificate has to name; `None` takes any.
    pub identity: Option<&'a str>,
    /// The issuer the certificate has to name; `None` takes any.
    pub issuer: Option<&'a str>,
}

/// What a bundle is of.
#[derive(Debug, Clone, Copy)]
pub enum SampleArtifact<'a> {
    /// All of it.
    Bytes(&'a [u8]),
    /// Its SHA-256, which is enough where that is what was signed.
    Sha256([u8; 32]),
}

/// A trust root that bundles are verified against.
pub struct Prover {
    /// As this crate reads it: what reports say of entries.
    root: TrustedRoot,
    /// As the verifier reads it, from the same bytes: in the same order.
    theirs: TheirTrustedRoot,
    verifier: Verifier,
}

/// A trust root that cannot be proved, since it is not one.
#[derive(Debug, ThisError)]
pub enum ProveError {
    /// To this crate.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// To the verifier: clients of its making refuse the whole file.
    #[error("expected a trusted root that `sigstore-verify` reads, found: {0} (TR10)")]
    Unread(String),
}

/// What became of a sample under a trust root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// It verifies.
    Verified(Verified),
    /// It does not.
    Refused(Refused),
}

/// A bundle that the trust root carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The identity in its certificate, proved only as far as it was named in the sample.
    pub identity: Option<String>,
    /// The issuer in its certificate, as the identity.
    pub issuer: Option<String>,
    /// Whether the sample named the identity or the issuer.
    pub named: bool,
    /// The entries that carry it: without any one of them, the others alone would refuse it.
    pub carried_by: Vec<Entry>,
    /// Kinds of entries that this trust root has none of, so that nothing was checked with them.
    pub unchecked: Vec<EntryKind>,
}

/// A bundle that does not verify.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Why, as the verifier says it.
    pub reason: String,
    /// Whose fault that is.
    pub about: About,
}

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// No log or authority of the trust root vouches for the bundle.
    TrustRoot,
    /// The bundle is broken, or of another artifact or identity: under no trust root would it verify.
    Sample,
}

impl Prover {
    /// Reads a trusted_root.json, twice: as this crate does, and as the verifier does.
    ///
    /// # Errors
    /// [`ProveError`]
    pub fn new(trusted_root: &[u8]) -> Result<Self, ProveError> {
        let root = TrustedRoot::parse(trusted_root)?;
        let unread = |error: &dyn std::fmt::Display| ProveError::Unread(words(error));
        let text = std::str::from_utf8(trusted_root).map_err(|e| unread(&e))?;
        let theirs = TheirTrustedRoot::from_json(text).map_err(|e| unread(&e))?;
        let verifier = Verifier::new(&theirs).map_err(|e| unread(&e))?;
        Ok(Self { root, theirs, verifier })
    }

    /// The trust root.
    pub fn root(&self) -> &TrustedRoot {
        &self.root
    }

    /// Verifies a sample, and where it verifies finds the entries that carry it.
    pub fn verify(&self, sample: &Sample<'_>) -> Outcome {
        let refused = |about, error: &dyn std::fmt::Display| Outcome::Refused(Refused { reason: words(error), about });
        let text = match std::str::from_utf8(sample.bundle) {
            Ok(text) => text,
            Err(error) => return refused(About::Sample, &error),
        };
        let bundle = match Bundle::from_json(text) {
            Ok(bundle) => bundle,
            Err(error) => return refused(About::Sample, &error),
        };
        let policy = self.policy(sample);
        match verify(&self.verifier, sample, &bundle, &policy) {
            Ok(result) => Outcome::Verified(Verified {
                identity: result.identity().map(|identity| words(&identity.as_str())),
                issuer: result.issuer().map(|issuer| words(&issuer)),
                named: sample.identity.is_some() || sample.issuer.is_some(),
                carried_by: self.carried_by(sample, &bundle, &policy),
                unchecked: self.unchecked(),
            }),
            Err(error) => refused(about(&error), &error),
        }
    }

    /// What cannot be checked is not asked for: an instance without a CT log has no receipts of one. It is reported.
    fn policy(&self, sample: &Sample<'_>) -> VerificationPolicy {
        let mut policy = VerificationPolicy::any_identity();
        if let Some(identity) = sample.identity {
            policy = policy.require_identity(identity);
        }
        if let Some(issuer) = sample.issuer {
            policy = policy.require_issuer(issuer);
        }
        for kind in self.unchecked() {
            policy = match kind {
                EntryKind::TransparencyLog => policy.skip_tlog_unsafe(),
                _ => policy.skip_sct(),
            };
        }
        policy
    }

    fn unchecked(&self) -> Vec<EntryKind> {
        let logs = self.root.tlogs.is_empty().then_some(EntryKind::TransparencyLog);
        let ctlogs = self.root.ctlogs.is_empty().then_some(EntryKind::CtLog);
        logs.into_iter().chain(ctlogs).collect()
    }

    /// The verifier does not say what it used, so every entry is left out in turn, and stays out where the bundle
    /// verifies all the same. The last ones are tried first: what was there before is named where either would do.
    fn carried_by(&self, sample: &Sample<'_>, bundle: &Bundle, policy: &VerificationPolicy) -> Vec<Entry> {
        let mut theirs = self.theirs.clone();
        let mut left_out = Vec::new();
        for (place, array, at) in self.places().into_iter().rev() {
            let mut without = theirs.clone();
            if !left_out_of(&mut without, array, at) {
                continue;
            }
            let still = Verifier::new(&without).and_then(|verifier| verify(&verifier, sample, bundle, policy));
            if still.is_ok() {
                theirs = without;
                left_out.push(place);
            }
        }
        let entries = self.root.entries().into_iter().enumerate();
        entries.filter(|(place, _)| !left_out.contains(place)).map(|(_, entry)| entry).collect()
    }

    /// Every entry: its place among all, its array, its place there.
    fn places(&self) -> Vec<(usize, EntryKind, usize)> {
        let arrays = [
            (EntryKind::TransparencyLog, self.root.tlogs.len()),
            (EntryKind::CertificateAuthority, self.root.certificate_authorities.len()),
            (EntryKind::CtLog, self.root.ctlogs.len()),
            (EntryKind::TimestampAuthority, self.root.timestamp_authorities.len()),
        ];
        let entries = arrays.into_iter().flat_map(|(array, length)| (0..length).map(move |at| (array, at)));
        entries.enumerate().map(|(place, (array, at))| (place, array, at)).collect()
    }
}

fn verify(
    verifier: &Verifier,
    sample: &Sample<'_>,
    bundle: &Bundle,
    policy: &VerificationPolicy,
) -> Result<VerificationResult, Error> {
    let artifact = match sample.artifact {
        SampleArtifact::Bytes(bytes) => Artifact::from_blob(bytes),
        SampleArtifact::Sha256(digest) => Artifact::from_digest(Sha256Hash::new(digest)),
    };
    verifier.verify(artifact, bundle, policy)
}

/// Takes an entry out; `false` where there is none.
fn left_out_of(root: &mut TheirTrustedRoot, array: EntryKind, at: usize) -> bool {
    fn take<T>(entries: &mut Vec<T>, at: usize) -> bool {
        let there = at < entries.len();
        if there {
            entries.remove(at);
        }
        there
    }
    match array {
        EntryKind::TransparencyLog => take(&mut root.tlogs, at),
        EntryKind::CertificateAuthority => take(&mut root.certificate_authorities, at),
        EntryKind::CtLog => take(&mut root.ctlogs, at),
        EntryKind::TimestampAuthority => take(&mut root.timestamp_authorities, at),
    }
}

/// A foreign bundle is refused at the first log or authority that is not known; everything else would be refused anywhere.
fn about(error: &Error) -> About {
    match error {
        Error::Timestamp(_)
        | Error::Certificate(
            CertificateError::ChainInvalid(_) | CertificateError::NoValidAuthority { .. } | CertificateError::Sct(_),
        )
        | Error::TransparencyLog(
            TransparencyLogError::UnknownLog { .. }
            | TransparencyLogError::Checkpoint(_)
            | TransparencyLogError::InclusionPromise(_),
        ) => About::TrustRoot,
        _ => About::Sample,
    }
}

/// Another's words, which may hold those of a bundle: escaped for a terminal, and cut.
fn words(text: &dyn std::fmt::Display) -> String {
    const LONGEST: usize = 300;
    let text = text.to_string();
    let mut shown = escaped(text.chars().take(LONGEST));
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    shown
}
