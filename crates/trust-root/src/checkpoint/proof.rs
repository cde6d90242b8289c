//! Whether a checkpoint is a log's: name, key hint and signature.

use ring::signature::{self as algorithms, UnparsedPublicKey, VerificationAlgorithm};
use tuffet_certificates::{KeyAlgorithm, Spki};

use super::{Checkpoint, CheckpointError, CheckpointProblem, NoteSignature};
use crate::log::{KeyIdRule, LogId, TransparencyLog};

impl Checkpoint {
    /// Checks that the log's key signed this checkpoint in the log's name. Signatures of others are witnesses': they
    /// prove nothing about the log's key and are passed over.
    ///
    /// # Errors
    /// [`CheckpointError`]: another origin, another key, a signature that does not verify.
    pub fn proves(&self, log: &TransparencyLog) -> Result<(), CheckpointError> {
        let name = log.origin();
        let rule = log.key_id_rule().ok_or_else(|| CheckpointProblem::LogId {
            id: log.log_id().to_string(),
            base_url: log.base_url().to_owned(),
        })?;
        let key = &log.public_key.spki;
        if !is_origin(&self.origin, name, rule) {
            let (base_url, found) = (log.base_url().to_owned(), self.origin.clone());
            return Err(CheckpointProblem::Origin { expected: name.to_owned(), base_url, found }.into());
        }
        let named: Vec<&NoteSignature> = self.signatures.iter().filter(|signature| signature.name == name).collect();
        if named.is_empty() {
            let found = self.signatures.iter().map(|signature| signature.name.clone()).collect();
            return Err(CheckpointProblem::Name { expected: name.to_owned(), found }.into());
        }
        let hint = hint(key, name, rule);
        let mut hinted = named.iter().filter(|signature| signature.hint[..] == hint[..]).peekable();
        if hinted.peek().is_none() {
            let found = named.iter().map(|signature| hex::encode(signature.hint)).collect();
            let (name, expected) = (name.to_owned(), hex::encode(hint));
            return Err(CheckpointProblem::Hint { name, expected, found }.into());
        }
        let algorithms = algorithms(key.algorithm());
        if algorithms.is_empty() {
            return Err(CheckpointProblem::Algorithm { found: key.algorithm().to_string() }.into());
        }
        if hinted.any(|signature| self.is_signed(signature, key, &algorithms)) {
            return Ok(());
        }
        Err(CheckpointProblem::Signature { name: name.to_owned(), hint: hex::encode(hint) }.into())
    }

    fn is_signed(
        &self,
        signature: &NoteSignature,
        key: &Spki,
        algorithms: &[&'static dyn VerificationAlgorithm],
    ) -> bool {
        algorithms.iter().any(|algorithm| {
            UnparsedPublicKey::new(*algorithm, key.raw()).verify(self.note.as_bytes(), &signature.bytes).is_ok()
        })
    }
}

/// The name itself. Rekor v1, which has several trees behind one key, writes `name - tree`; with the other rule of ids
/// the tree would be a part of the name, so nothing may follow it.
fn is_origin(line: &str, name: &str, rule: KeyIdRule) -> bool {
    let rest = line.strip_prefix(name);
    let tree = rest.and_then(|rest| rest.strip_prefix(" - "));
    let numbered = |tree: &str| !tree.is_empty() && tree.bytes().all(|b| b.is_ascii_digit());
    rest == Some("") || rule == KeyIdRule::SpkiSha256 && tree.is_some_and(numbered)
}

/// The first four bytes of the id that the rule gives.
fn hint(key: &Spki, name: &str, rule: KeyIdRule) -> Vec<u8> {
    let id = match rule {
        KeyIdRule::SpkiSha256 => LogId::of_spki(key),
        KeyIdRule::SignedNote => LogId::of_signed_note(key, name).unwrap_or_else(|| LogId::of_spki(key)),
    };
    id.as_bytes().iter().take(4).copied().collect()
}

/// Rekor hashes with SHA-256 whatever the curve; who goes by the key's name in the trust root takes SHA-384 for P-384.
fn algorithms(key: &KeyAlgorithm) -> Vec<&'static dyn VerificationAlgorithm> {
    match key {
        KeyAlgorithm::Ed25519 => vec![&algorithms::ED25519],
        KeyAlgorithm::EcdsaP256 => vec![&algorithms::ECDSA_P256_SHA256_ASN1],
        KeyAlgorithm::EcdsaP384 => vec![&algorithms::ECDSA_P384_SHA256_ASN1, &algorithms::ECDSA_P384_SHA384_ASN1],
        KeyAlgorithm::Rsa { .. } => vec![&algorithms::RSA_PKCS1_2048_8192_SHA256],
        KeyAlgorithm::EcdsaP521 | KeyAlgorithm::Other(_) => vec![],
    }
}
