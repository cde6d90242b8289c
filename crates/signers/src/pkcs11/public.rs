//! The public half of a key: tokens keep it in up to three places, and in more than one spelling.

use super::object::{PrivateKey, flag, id, key_name, key_type, label, objects, raw, sorted};
use crate::TokenProblem;
use cryptoki::object::{AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use tuffet_keys::{PublicKey, Scheme};
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, OctetStringRef, PrintableStringRef, UintRef};
use x509_cert::der::{Decode, Encode};
use x509_cert::spki::SubjectPublicKeyInfoRef;

/// The public half of `key`: from the public key object beside it, else from its certificate, else from the private key's
/// own attributes. What lies beside it is a claim; that the two belong together shows when a signature is checked (K11).
pub(super) fn of(session: &Session, key: &PrivateKey, rsa: Option<Scheme>) -> Result<PublicKey, TokenProblem> {
    let mut found: Vec<Result<PublicKey, String>> = Vec::new();
    for class in [ObjectClass::PUBLIC_KEY, ObjectClass::CERTIFICATE] {
        for handle in objects(session, class)? {
            let beside = match key.id.as_slice() {
                [] => id(session, handle)?.is_empty() && label(session, handle)? == key.label,
                key_id => id(session, handle)? == key_id,
            };
            if beside {
                found.push(read(session, handle, class, rsa)?);
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    if found.is_empty() {
        found.push(read(session, key.handle, ObjectClass::PRIVATE_KEY, rsa)?);
    }
    found.dedup();
    match found.as_slice() {
        [Ok(public)] => Ok(public.clone()),
        [Err(reason)] => Err(TokenProblem::Unsupported { what: key.name(), reason: reason.clone() }),
        several => {
            let name = |public: &Result<PublicKey, String>| match public {
                Ok(public) => format!("public key {}", public.fingerprint().short()),
                Err(_) => "a public key of another kind".to_owned(),
            };
            Err(TokenProblem::Ambiguous {
                found: sorted(several.iter().map(name)),
                hint: "one of them is not the key's: delete it with the maker's tool",
            })
        }
    }
}

/// A key that can be seen without a PIN.
pub(super) struct Seen {
    pub(super) label: String,
    pub(super) id: Vec<u8>,
    /// Or why it cannot be used here.
    pub(super) public: Result<PublicKey, String>,
}

impl Seen {
    pub(super) fn name(&self) -> String {
        key_name(&self.label, &self.id)
    }
}

/// The keys whose public half can be seen without a PIN and may check signatures, each once: a certificate says no more
/// of a key than its public key object does.
pub(super) fn seen(session: &Session, rsa: Option<Scheme>) -> Result<Vec<Seen>, TokenProblem> {
    let mut seen: Vec<(bool, Seen)> = Vec::new();
    for class in [ObjectClass::PUBLIC_KEY, ObjectClass::CERTIFICATE] {
        for handle in objects(session, class)? {
            let (label, id) = (label(session, handle)?, id(session, handle)?);
            let known = seen.iter().any(|(_, key)| key.id == id && (!id.is_empty() || key.label == label));
            if class == ObjectClass::PUBLIC_KEY || !known {
                // A key of a smart card that decrypts says so here; a certificate says nothing.
                let signs = flag(session, handle, AttributeType::Verify)? != Some(false);
                seen.push((signs, Seen { label, id, public: read(session, handle, class, rsa)? }));
            }
        }
    }
    let mut seen: Vec<Seen> = seen.into_iter().filter(|(signs, _)| *signs).map(|(_, key)| key).collect();
    seen.sort_by(|a, b| (&a.id, &a.label).cmp(&(&b.id, &b.label)));
    Ok(seen)
}

fn read(
    session: &Session,
    handle: ObjectHandle,
    class: ObjectClass,
    rsa: Option<Scheme>,
) -> Result<Result<PublicKey, String>, TokenProblem> {
    if class == ObjectClass::CERTIFICATE {
        return Ok(of_certificate(&raw(session, handle, AttributeType::Value)?, rsa));
    }
    let info = raw(session, handle, AttributeType::PublicKeyInfo)?;
    if class == ObjectClass::PRIVATE_KEY && !info.is_empty() {
        return Ok(of_spki(&info, rsa));
    }
    Ok(match key_type(session, handle)? {
        Some(KeyType::RSA) => of_rsa(
            &raw(session, handle, AttributeType::Modulus)?,
            &raw(session, handle, AttributeType::PublicExponent)?,
            rsa,
        ),
        Some(kind @ (KeyType::EC | KeyType::EC_EDWARDS)) => {
            let point = raw(session, handle, AttributeType::EcPoint)?;
            let curve = raw(session, handle, AttributeType::EcParams)?;
            of_point(kind == KeyType::EC_EDWARDS, &curve, &point).and_then(|key| only_for_rsa(key, rsa))
        }
        Some(other) => Err(format!("{EXPECTED}, found {other}")),
        None => Err(format!("{EXPECTED}, found none")),
    })
}

pub(crate) fn of_certificate(der: &[u8], rsa: Option<Scheme>) -> Result<PublicKey, String> {
    let certificate = Certificate::from_der(der).map_err(|e| format!("the certificate beside it: {e}"))?;
    let spki = certificate.tbs_certificate().subject_public_key_info().to_der();
    of_spki(&spki.map_err(|e| format!("the certificate beside it: {e}"))?, rsa)
}

fn of_spki(der: &[u8], rsa: Option<Scheme>) -> Result<PublicKey, String> {
    let key = PublicKey::from_spki_der(der).map_err(|e| e.to_string())?;
    match rsa {
        Some(scheme) if key.scheme() == Scheme::RsaPssSha256 => {
            let spki = SubjectPublicKeyInfoRef::from_der(key.spki_der()).map_err(|e| e.to_string())?;
            PublicKey::from_raw(scheme, spki.subject_public_key.raw_bytes()).map_err(|e| e.to_string())
        }
        other => only_for_rsa(key, other),
    }
}

pub(crate) fn of_rsa(modulus: &[u8], exponent: &[u8], rsa: Option<Scheme>) -> Result<PublicKey, String> {
    if modulus.is_empty() {
        return Err(NO_PUBLIC.to_owned());
    }
    let number = |bytes| UintRef::new(bytes).map_err(|e| format!("RSA: {e}"));
    let pkcs1 = sequence(&[number(modulus)?, number(exponent)?]).map_err(|e| format!("RSA: {e}"))?;
    PublicKey::from_raw(rsa.unwrap_or(Scheme::RsaPssSha256), &pkcs1).map_err(|e| e.to_string())
}

/// The key of an elliptic curve: the point in a DER OCTET STRING as the standard has it, or bare as some tokens do. No
/// bare point has the length of a wrapped one.
pub(crate) fn of_point(edwards: bool, curve: &[u8], point: &[u8]) -> Result<PublicKey, String> {
    if point.is_empty() {
        return Err(NO_PUBLIC.to_owned());
    }
    let curve = curve_name(curve);
    let (scheme, length) = match (edwards, curve.as_str()) {
        (false, P256) => (Scheme::EcdsaP256, 65),
        (false, P384) => (Scheme::EcdsaP384, 97),
        (true, ED25519 | ED25519_OLD | "edwards25519") => (Scheme::Ed25519, 32),
        _ => return Err(format!("{EXPECTED}, found one on the curve {curve}")),
    };
    let inner = if point.len() == length {
        point
    } else {
        <&OctetStringRef>::from_der(point).map_err(|e| format!("the point of the key: {e}"))?.as_bytes()
    };
    PublicKey::from_raw(scheme, inner).map_err(|e| e.to_string())
}

fn curve_name(der: &[u8]) -> String {
    let oid: Result<ObjectIdentifier, _> = ObjectIdentifier::from_der(der);
    if let Ok(oid) = oid {
        return oid.to_string();
    }
    PrintableStringRef::from_der(der).map_or_else(|_| "without a name".to_owned(), |name| name.as_str().to_owned())
}

fn only_for_rsa(key: PublicKey, rsa: Option<Scheme>) -> Result<PublicKey, String> {
    match rsa {
        Some(scheme) => Err(format!("expected an RSA key, for {scheme} as the URI says, found {}", key.scheme())),
        None => Ok(key),
    }
}

/// A DER SEQUENCE of whole numbers: a public RSA key, and an ECDSA signature.
pub(super) fn sequence(numbers: &[UintRef<'_>]) -> Result<Vec<u8>, x509_cert::der::Error> {
    numbers.to_vec().to_der()
}

const EXPECTED: &str = "expected an Ed25519, ECDSA P-256, P-384 or RSA key";
const NO_PUBLIC: &str = "the token shows no public half of it, neither beside it nor in a certificate";
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";
const ED25519: &str = "1.3.101.112";
/// From before RFC 8410, as Botan and older tokens write it.
const ED25519_OLD: &str = "1.3.6.1.4.1.11591.15.1";
