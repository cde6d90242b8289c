//! A key as an agent shows it, and its signatures as metadata writes them.

use crate::TokenProblem;
use crate::printable::printable;
use ssh_key::public::KeyData;
use ssh_key::{Algorithm, EcdsaCurve, HashAlg, Signature};
use tuffet_keys::{PublicKey, Scheme};

/// A key that an agent shows.
#[derive(Clone)]
pub(crate) struct Identity(ssh_key::PublicKey);

impl Identity {
    /// `None` of a certificate: it stands beside the key it is about, which the agent shows too.
    pub(crate) fn new(shown: ssh_agent_client_rs::Identity<'static>) -> Option<Self> {
        match shown {
            ssh_agent_client_rs::Identity::PublicKey(key) => Some(Self(key.into_owned())),
            ssh_agent_client_rs::Identity::Certificate(_) => None,
        }
    }

    pub(crate) fn key(&self) -> &ssh_key::PublicKey {
        &self.0
    }

    /// As `ssh-add -l` prints it.
    pub(crate) fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// What its owner called it, as far as it can be shown.
    pub(crate) fn comment(&self) -> String {
        printable(self.0.comment(), 200)
    }

    /// Fingerprint and comment.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.fingerprint(), self.comment()).trim_end().to_owned()
    }

    /// Whether a URI that says `key` means this one. What begins like a fingerprint is never a comment: else a key
    /// could be given another's fingerprint for a comment.
    pub(crate) fn is_called(&self, key: &str) -> bool {
        if key.starts_with("SHA256:") { self.fingerprint() == key } else { self.0.comment() == key }
    }

    /// The key as TUF has it, or why it cannot sign there.
    pub(crate) fn public_key(&self) -> Result<PublicKey, TokenProblem> {
        let made = match self.0.key_data() {
            KeyData::Ed25519(key) => PublicKey::from_raw(Scheme::Ed25519, &key.0),
            KeyData::Ecdsa(key) => match key.curve() {
                EcdsaCurve::NistP256 => PublicKey::from_raw(Scheme::EcdsaP256, key.as_sec1_bytes()),
                EcdsaCurve::NistP384 => PublicKey::from_raw(Scheme::EcdsaP384, key.as_sec1_bytes()),
                EcdsaCurve::NistP521 => return Err(self.unsupported("TUF has no scheme for P-521")),
            },
            KeyData::Rsa(_) => {
                return Err(self.unsupported("agents sign with PKCS#1 v1.5, TUF wants PSS"));
            }
            KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_) => {
                return Err(self.unsupported(
                    "a FIDO key signs a counter and its application's name too, which no TUF client reads; \
                     take the token's PIV key",
                ));
            }
            _ => return Err(self.unsupported("TUF has no scheme for it")),
        };
        made.map_err(|e| TokenProblem::Garbage { reason: e.to_string() })
    }

    fn unsupported(&self, reason: &str) -> TokenProblem {
        let what = format!("{} keys", self.0.algorithm().as_str().escape_debug());
        TokenProblem::Unsupported { what, reason: reason.to_owned() }
    }
}

/// The signature as metadata writes it: Ed25519 as it is, ECDSA as DER.
pub(crate) fn tuf_signature(scheme: Scheme, signature: &Signature) -> Result<Vec<u8>, TokenProblem> {
    let expected = match scheme {
        Scheme::Ed25519 => Algorithm::Ed25519,
        Scheme::EcdsaP256 => Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 },
        _ => Algorithm::Ecdsa { curve: EcdsaCurve::NistP384 },
    };
    let found = signature.algorithm();
    let garbage = |reason: String| TokenProblem::Garbage { reason };
    if found != expected {
        let found = found.as_str().escape_debug();
        return Err(garbage(format!("expected a signature of {}, found one of {found}", expected.as_str())));
    }
    match scheme {
        Scheme::Ed25519 => Ok(signature.as_bytes().to_vec()),
        _ => der(signature.as_bytes()).ok_or_else(|| garbage("expected two numbers, found something else".to_owned())),
    }
}

/// Two numbers of SSH as a sequence of DER. A number has the same bytes in both, only its length is written otherwise.
fn der(two: &[u8]) -> Option<Vec<u8>> {
    let (r, rest) = number(two)?;
    let (s, rest) = number(rest)?;
    if !rest.is_empty() {
        return None;
    }
    let integer = |number: &[u8]| Some([&[2, u8::try_from(number.len()).ok()?], number].concat());
    let content = [integer(r)?, integer(s)?].concat();
    // Two numbers of 49 bytes at most: the length has one byte.
    let length = u8::try_from(content.len()).ok().filter(|length| *length < 0x80)?;
    Some([&[0x30, length], content.as_slice()].concat())
}

fn number(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}
