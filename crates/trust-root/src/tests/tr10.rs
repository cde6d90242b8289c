//! TR10: real bundles verify under the root that carries them, and under no other. The verifier asks the clock only whether
//! a time is in the future: these bundles are of 2025.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests read the bundles; the crate reads no file"
)]

#[path = "../../../../tests/support/bundles.rs"]
mod bundles;

use super::{GITHUB, PRODUCTION, STAGING, utc};
use crate::{
    About, EntryKind, Expected, Outcome, Proof, Prover, Refused, Sample, SampleArtifact, TrustedRoot, Verified,
};
use bundles::{ATTESTATION, BLOB, REKOR_V2};
use std::fs;

struct Files {
    bundle: Vec<u8>,
    artifact: Vec<u8>,
}

impl Files {
    fn of([bundle, artifact]: [&str; 2]) -> Self {
        let read = |name| fs::read(bundles::path(name)).unwrap();
        Self { bundle: read(bundle), artifact: read(artifact) }
    }

    fn sample(&self) -> Sample<'_> {
        let artifact = SampleArtifact::Bytes(&self.artifact);
        Sample { label: "B.json", bundle: &self.bundle, artifact, identity: None, issuer: None }
    }
}

fn prover(root: &str) -> Prover {
    Prover::new(root.as_bytes()).unwrap()
}

fn verified(outcome: Outcome) -> Verified {
    match outcome {
        Outcome::Verified(verified) => verified,
        Outcome::Refused(refused) => panic!("{refused:?}"),
    }
}

fn refused(outcome: Outcome) -> (About, String) {
    match outcome {
        Outcome::Refused(Refused { reason, about }) => (about, reason),
        Outcome::Verified(verified) => panic!("{verified:?}"),
    }
}

/// Kind, address and start of what carries a bundle.
fn carried(verified: &Verified) -> Vec<(EntryKind, &str, String)> {
    let row = |entry: &'_ crate::Entry| entry.start.as_ref().unwrap().to_string();
    verified.carried_by.iter().map(|e| (e.kind, e.url.as_deref().unwrap(), row(e))).collect()
}

fn failure(proof: Proof) -> String {
    proof.failure.unwrap()
}

/// A sound bundle that is of no instance these roots know.
fn own(root: &Prover) -> Expected<'_> {
    Expected::Foreign { own: Some(("OTHER.json", root)) }
}

const NONE: Expected<'static> = Expected::Foreign { own: None };
const NOW: Expected<'static> = Expected::Verifies { before: None };

#[test]
fn tr10_a_bundle_names_the_entries_that_carry_it() {
    let blob = Files::of(BLOB);
    let found = verified(prover(PRODUCTION).verify(&blob.sample()));
    assert_eq!(found.identity.as_deref(), Some("w.vollprecht@gmail.com"));
    assert_eq!(found.issuer.as_deref(), Some("https://github.com/login/oauth"));
    assert!(!found.named && found.unchecked.is_empty());
    let (log, ca, ct, tsa) =
        (EntryKind::TransparencyLog, EntryKind::CertificateAuthority, EntryKind::CtLog, EntryKind::TimestampAuthority);
    assert_eq!(
        carried(&found),
        [
            (log, "https://rekor.sigstore.dev", "2021-01-12T11:53:27Z".to_owned()),
            (ca, "https://fulcio.sigstore.dev", "2022-04-13T20:06:15Z".to_owned()),
            (ct, "https://ctfe.sigstore.dev/2022", "2022-10-20T00:00:00Z".to_owned()),
            (tsa, "https://timestamp.sigstore.dev/api/v1/timestamp", "2025-07-04T00:00:00Z".to_owned()),
        ]
    );
    let v2 = Files::of(REKOR_V2);
    let found = verified(prover(STAGING).verify(&v2.sample()));
    let kinds: Vec<_> = carried(&found).into_iter().map(|(kind, url, _)| (kind, url.to_owned())).collect();
    assert_eq!(
        kinds,
        [
            (log, "https://log2025-alpha1.rekor.sigstage.dev".to_owned()),
            (ca, "https://fulcio.sigstage.dev".to_owned()),
            (ct, "https://ctfe.sigstage.dev/2022-2".to_owned()),
            (tsa, "https://timestamp.sigstage.dev/api/v1/timestamp".to_owned()),
        ]
    );
}

#[test]
fn tr10_an_attestation_verifies_by_the_digest_alone() {
    let files = Files::of(ATTESTATION);
    let digest = ring::digest::digest(&ring::digest::SHA256, &files.artifact);
    let artifact = SampleArtifact::Sha256(digest.as_ref().try_into().unwrap());
    let found = verified(prover(PRODUCTION).verify(&Sample { artifact, ..files.sample() }));
    assert_eq!(found.issuer.as_deref(), Some("https://token.actions.githubusercontent.com"));
    let artifact = SampleArtifact::Sha256([7; 32]);
    let (about, reason) = refused(prover(PRODUCTION).verify(&Sample { artifact, ..files.sample() }));
    assert_eq!(about, About::Sample);
    assert_eq!(reason, "artifact mismatch: artifact hash does not match any subject in attestation");
}

#[test]
fn tr10_a_bundle_that_does_not_verify_is_no_proof() {
    let v2 = Files::of(REKOR_V2);
    let proof = prover(PRODUCTION).prove(&v2.sample(), NOW);
    assert!(failure(proof).starts_with("B.json: expected to verify, found refused: "));
    let staging = prover(STAGING);
    let proof = prover(PRODUCTION).prove(&v2.sample(), Expected::Verifies { before: Some(("OLD.json", &staging)) });
    let said = failure(proof);
    assert!(said.starts_with("B.json: expected to verify as it does under OLD.json, found refused: "), "{said}");
    assert!(said.ends_with(" (TR10)"), "{said}");
}

#[test]
fn tr10_a_foreign_bundle_that_verifies_is_the_error() {
    let blob = Files::of(BLOB);
    let proof = prover(PRODUCTION).prove(&blob.sample(), NONE);
    assert_eq!(
        failure(proof),
        "B.json: expected a foreign bundle to be refused, found that it verifies: by transparency log \
         https://rekor.sigstore.dev, certificate authority https://fulcio.sigstore.dev, CT log \
         https://ctfe.sigstore.dev/2022, timestamp authority https://timestamp.sigstore.dev/api/v1/timestamp (TR10)"
    );
}

#[test]
fn tr10_a_broken_foreign_bundle_shows_nothing() {
    let (blob, production, staging) = (Files::of(BLOB), prover(PRODUCTION), prover(STAGING));
    assert_eq!(staging.prove(&blob.sample(), NONE).failure, None);
    assert_eq!(staging.prove(&blob.sample(), own(&production)).failure, None);
    // Refused here by its log already: only its own root shows that it is of another artifact.
    let other = Sample { artifact: SampleArtifact::Bytes(b"another"), ..blob.sample() };
    assert_eq!(staging.prove(&other, NONE).failure, None);
    let said = failure(staging.prove(&other, own(&production)));
    assert!(said.starts_with("B.json: expected to verify under OTHER.json, found refused: "), "{said}");
    let broken = Sample { bundle: b"{}", ..blob.sample() };
    assert_eq!(
        failure(staging.prove(&broken, NONE)),
        "B.json: expected a sound bundle of another instance, found one that shows nothing: JSON error: missing field \
         `verificationMaterial` at line 1 column 2 (TR10)"
    );
}

#[test]
fn tr10_who_signed_is_proved_only_where_it_is_named() {
    let (blob, production) = (Files::of(BLOB), prover(PRODUCTION));
    let named = Sample { identity: Some("w.vollprecht@gmail.com"), ..blob.sample() };
    assert!(verified(production.verify(&named)).named);
    let named = Sample { issuer: Some("https://example.org"), ..blob.sample() };
    assert_eq!(
        refused(production.verify(&named)),
        (About::Sample, "issuer mismatch: expected https://example.org, got https://github.com/login/oauth".to_owned())
    );
}

/// GitHub's own instance has neither a log nor a CT log: what cannot be checked is said.
#[test]
fn tr10_what_a_root_has_none_of_is_unchecked_and_said() {
    let bundle = fs::read(bundles::path("bundles/github-private-attestation.sigstore.json")).unwrap();
    let read: serde_json::Value = serde_json::from_slice(&bundle).unwrap();
    let payload = read["dsseEnvelope"]["payload"].as_str().unwrap();
    let payload = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, payload).unwrap();
    let statement: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    let digest = hex::decode(statement["subject"][1]["digest"]["sha256"].as_str().unwrap()).unwrap();
    let artifact = SampleArtifact::Sha256(digest.try_into().unwrap());
    let sample = Sample { label: "B.json", bundle: &bundle, artifact, identity: None, issuer: None };
    let found = verified(prover(GITHUB).verify(&sample));
    let kinds: Vec<_> = found.carried_by.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::CertificateAuthority, EntryKind::TimestampAuthority]);
    assert_eq!(found.unchecked, [EntryKind::TransparencyLog, EntryKind::CtLog]);
}

/// The window of the CA closed before the bundle was signed: what carried it carries it no more.
#[test]
fn tr10_a_window_closed_too_early_is_found_by_the_bundles_it_loses() {
    let blob = Files::of(BLOB);
    let root = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    let open = root.certificate_authorities()[1].valid_for().start().unwrap().to_string();
    let closed = PRODUCTION.replacen(
        &format!("\"start\": \"{open}\""),
        &format!("\"start\": \"{open}\", \"end\": \"2023-01-01T00:00:00Z\""),
        1,
    );
    let now = Prover::new(closed.as_bytes()).unwrap();
    assert!(now.root().at(utc("2023-06-01T00:00:00Z")).certificate_authorities.is_empty());
    let before = prover(PRODUCTION);
    let said = failure(now.prove(&blob.sample(), Expected::Verifies { before: Some(("OLD.json", &before)) }));
    assert!(said.starts_with("B.json: expected to verify as it does under OLD.json, found refused: "), "{said}");
}

/// A flip in what nothing signs, the name of a member that may be absent, changes nothing; every other is refused. Never a
/// panic, and never another signer.
#[test]
fn tr10_a_mangled_bundle_is_refused_or_says_the_same() {
    let (blob, production) = (Files::of(BLOB), prover(PRODUCTION));
    let (mut same, mut tried) = (0, 0);
    for at in (0..blob.bundle.len()).step_by(17) {
        let mut flipped = blob.bundle.clone();
        flipped[at] ^= 1;
        tried += 1;
        if let Outcome::Verified(found) = production.verify(&Sample { bundle: &flipped, ..blob.sample() }) {
            assert_eq!(found.identity.as_deref(), Some("w.vollprecht@gmail.com"));
            same += 1;
        }
        let cut = &blob.bundle[..at];
        assert_eq!(refused(production.verify(&Sample { bundle: cut, ..blob.sample() })).0, About::Sample);
    }
    assert!(tried > 300 && same < tried / 20, "{same} of {tried}");
}
