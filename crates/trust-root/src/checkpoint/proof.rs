//! Whether a checkpoint is a log's: name, key hint and signature.

use ring::digest::{SHA256, digest};
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
        let algorithms = algorithms(key.algorithm());
        if algorithms.is_empty() {
            return Err(CheckpointProblem::Algorithm { found: key.algorithm().to_string() }.into());
        }
        let hints = hints(key, name, rule);
        let expected = hints.iter().map(|(_, hint)| hex::encode(hint)).collect::<Vec<_>>().join(" or ");
        let mut hinted = false;
        for signature in &named {
            let Some((form, _)) = hints.iter().find(|(_, hint)| *hint == signature.hint) else { continue };
            hinted = true;
            if self.is_signed(signature, *form, key, &algorithms) {
                return Ok(());
            }
        }
        let name = name.to_owned();
        if hinted {
            return Err(CheckpointProblem::Signature { name, hint: expected }.into());
        }
        let found = named.iter().map(|signature| hex::encode(signature.hint)).collect();
        Err(CheckpointProblem::Hint { name, expected, found }.into())
    }

    fn is_signed(
        &self,
        signature: &NoteSignature,
        form: Form,
        key: &Spki,
        algorithms: &[&'static dyn VerificationAlgorithm],
    ) -> bool {
        let (signed, bytes) = match form {
            Form::Note => (self.note.as_bytes().to_vec(), signature.bytes.as_slice()),
            Form::TreeHead => match self.tree_head(&signature.bytes, key.algorithm()) {
                Some(found) => found,
                None => return false,
            },
        };
        algorithms.iter().any(|algorithm| UnparsedPublicKey::new(*algorithm, key.raw()).verify(&signed, bytes).is_ok())
    }

    /// What a CT log signs of this checkpoint, and the signature: a time, then the TLS form of one (RFC 6962, 3.5).
    fn tree_head<'a>(&self, bytes: &'a [u8], key: &KeyAlgorithm) -> Option<(Vec<u8>, &'a [u8])> {
        let (time, rest) = bytes.split_first_chunk::<8>()?;
        let ([hash, scheme, high, low], signature) = rest.split_first_chunk::<4>()?;
        let of_key = match key {
            KeyAlgorithm::Rsa { .. } => TLS_RSA,
            KeyAlgorithm::EcdsaP256 | KeyAlgorithm::EcdsaP384 => TLS_ECDSA,
            // RFC 6962 knows no other.
            _ => return None,
        };
        let fits = *hash == TLS_SHA256 && *scheme == of_key;
        if !fits || usize::from(u16::from_be_bytes([*high, *low])) != signature.len() {
            return None;
        }
        Some(([&TREE_HEAD_V1, &time[..], &self.size.to_be_bytes(), &self.root_hash].concat(), signature))
    }
}

/// What a signature line covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The text: Rekor, and whoever follows the signed note.
    Note,
    /// The tree head of RFC 6962: CT logs with tiles.
    TreeHead,
}

/// The name itself. Rekor v1, which has several trees behind one key, writes `name - tree`; with the other rule of ids
/// the tree would be a part of the name, so nothing may follow it.
fn is_origin(line: &str, name: &str, rule: KeyIdRule) -> bool {
    let rest = line.strip_prefix(name);
    let tree = rest.and_then(|rest| rest.strip_prefix(" - "));
    let numbered = |tree: &str| !tree.is_empty() && tree.bytes().all(|b| b.is_ascii_digit());
    rest == Some("") || rule == KeyIdRule::SpkiSha256 && tree.is_some_and(numbered)
}

/// The hints of the log's key, for each form in which such a log may sign: the first four bytes of its id, and of
/// the hash by which a CT log signs its notes. Rekor v1 and CT have one rule of ids, so the line itself tells which.
fn hints(key: &Spki, name: &str, rule: KeyIdRule) -> Vec<(Form, [u8; 4])> {
    let first = |id: &[u8]| id.first_chunk::<4>().copied();
    let found = match rule {
        KeyIdRule::SpkiSha256 => {
            let id = LogId::of_spki(key);
            let named = [name.as_bytes(), b"\n\x05", id.as_bytes()].concat();
            vec![(Form::Note, first(id.as_bytes())), (Form::TreeHead, first(digest(&SHA256, &named).as_ref()))]
        }
        KeyIdRule::SignedNote => {
            let id = LogId::of_signed_note(key, name);
            vec![(Form::Note, id.and_then(|id| first(id.as_bytes())))]
        }
    };
    found.into_iter().filter_map(|(form, hint)| Some((form, hint?))).collect()
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

/// Version and type of a signed tree head.
const TREE_HEAD_V1: [u8; 2] = [0, 1];
const TLS_SHA256: u8 = 4;
const TLS_RSA: u8 = 1;
const TLS_ECDSA: u8 = 3;
