//! Keys of the corpus: seeds, so that key 7 is the same key in every run.

use ed25519_dalek::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use tuffet_keys::{PublicKey, Scheme};
use tuffet_metadata::json::{canonical, parse};
use tuffet_metadata::{Key, keyid_of};

/// Deeper than any case.
const DEPTH: usize = 400;

/// A key as metadata lists it, and what signs for it.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) keyid: String,
    pub(crate) object: Value,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Ed25519(u8),
    P256 {
        seed: u8,
        high_s: bool,
    },
    /// Signs nothing but what was signed once, by `openssl dgst -sha256 -sign` with `rsa_padding_mode:pss` and
    /// `rsa_pss_saltlen:digest`: no private key lies in the tree.
    Recorded(&'static str),
}

pub(crate) fn ed25519(seed: u8) -> Signer {
    let raw = dalek(seed).verifying_key().to_bytes();
    Signer::of(&PublicKey::from_raw(Scheme::Ed25519, &raw).unwrap(), Kind::Ed25519(seed))
}

pub(crate) fn p256(seed: u8) -> Signer {
    let point = p256_key(seed).verifying_key().to_sec1_point(false);
    let public = PublicKey::from_raw(Scheme::EcdsaP256, point.as_bytes()).unwrap();
    Signer::of(&public, Kind::P256 { seed, high_s: false })
}

/// The form of an ECDSA key in Sigstore's first roots (D4).
pub(crate) fn p256_point(seed: u8) -> Signer {
    let point = p256_key(seed).verifying_key().to_sec1_point(false);
    let (keytype, public) = ("ecdsa-sha2-nistp256", hex::encode(point.as_bytes()));
    p256(seed).with(|object| {
        object["keytype"] = keytype.into();
        object["keyval"]["public"] = public.into();
    })
}

pub(crate) fn recorded(pem: &str, signature: &'static str) -> Signer {
    Signer::of(&PublicKey::from_pem(pem).unwrap(), Kind::Recorded(signature))
}

fn dalek(seed: u8) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&[seed; 32])
}

fn p256_key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

impl Signer {
    fn of(public: &PublicKey, kind: Kind) -> Self {
        let key = Key::compose(public, None, None);
        let object = tuffet_metadata::json::pretty(&key.object().clone().into());
        let object = serde_json::from_slice(&object).unwrap();
        Self { keyid: key.keyid().as_str().to_owned(), object, kind }
    }

    /// The same key with another object, under the keyid of that object.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.object);
        let object = parse(self.object.to_string().as_bytes(), DEPTH).unwrap();
        self.keyid = keyid_of(object.as_object().unwrap()).as_str().to_owned();
        self
    }

    /// The same key and object under another keyid.
    pub(crate) fn under(self, keyid: &str) -> Self {
        Self { keyid: keyid.to_owned(), ..self }
    }

    /// The other of the two signatures that fit (interop.md, Must read 12).
    pub(crate) fn high_s(mut self) -> Self {
        if let Kind::P256 { high_s, .. } = &mut self.kind {
            *high_s = true;
        }
        self
    }

    fn sign(&self, payload: &[u8]) -> String {
        match self.kind {
            Kind::Ed25519(seed) => hex::encode(dalek(seed).sign(payload).to_bytes()),
            Kind::P256 { seed, high_s } => {
                let signature: Signature = p256_key(seed).sign(payload);
                let low = signature.normalize_s();
                let s = if high_s { -*low.s() } else { *low.s() };
                hex::encode(Signature::from_scalars(low.r().to_bytes(), s.to_bytes()).unwrap().to_der())
            }
            Kind::Recorded(signature) => signature.to_owned(),
        }
    }
}

/// The canonical bytes of `signed`.
pub(crate) fn payload(signed: &Value) -> Vec<u8> {
    canonical(&parse(signed.to_string().as_bytes(), DEPTH).unwrap())
}

/// The file: `signed` and a signature by each.
pub(crate) fn file(signed: &Value, signers: &[Signer]) -> Vec<u8> {
    let payload = payload(signed);
    let entry = |signer: &Signer| json!({ "keyid": signer.keyid, "sig": signer.sign(&payload) });
    let signatures: Vec<Value> = signers.iter().map(entry).collect();
    serde_json::to_vec_pretty(&json!({ "signatures": signatures, "signed": signed })).unwrap()
}
