//! Which mechanism signs, what it is sent, and what TUF wants back.

use super::failure::{problem_with, said};
use super::login::{Proof, prove};
use super::public::sequence;
use crate::TokenProblem;
use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use ring::digest;
use std::ffi::c_ulong;
use tuffet_keys::Scheme;
use x509_cert::der::asn1::UintRef;

/// How a token makes a signature of one scheme.
#[derive(Clone, Copy)]
pub(super) struct Way {
    scheme: Scheme,
    /// The token is sent the message, else its digest.
    whole: bool,
}

impl Way {
    /// The way that the token of these mechanisms has for `scheme`. A digest made here is preferred: it is 64 bytes at
    /// most, and a payload may be more than a smart card takes. Not so where the PIN is wanted before every signature:
    /// that takes the calls in parts, which the standard has for the mechanisms that hash.
    pub(super) fn choose(
        scheme: Scheme,
        mechanisms: &[MechanismType],
        always_authenticate: bool,
    ) -> Result<Self, TokenProblem> {
        let ways = if always_authenticate { [true, false] } else { [false, true] };
        let has = |whole: &bool| mechanism_of(scheme, *whole).is_some_and(|m| mechanisms.contains(&m.mechanism_type()));
        match ways.into_iter().find(has) {
            Some(whole) => Ok(Self { scheme, whole }),
            None => Err(TokenProblem::Unsupported {
                what: scheme.to_string(),
                reason: "the token's list of mechanisms does not have it".to_owned(),
            }),
        }
    }

    /// Signs `message` with `key`; in the encoding that TUF has, and checked by nobody yet.
    pub(super) fn sign(
        self,
        session: &Session,
        key: ObjectHandle,
        before_each: Option<&Proof>,
        message: &[u8],
    ) -> Result<Result<Vec<u8>, TokenProblem>, Error> {
        let Some(mechanism) = mechanism_of(self.scheme, self.whole) else {
            return Err(Error::NotSupported);
        };
        let data = if self.whole { message.to_vec() } else { hashed(self.scheme, message) };
        let signature = match before_each {
            None => session.sign(&mechanism, key, &data)?,
            Some(proof) => match in_parts(session, &mechanism, key, proof, &data) {
                Err(Error::Pkcs11(
                    rv @ (RvError::OperationNotInitialized | RvError::FunctionNotSupported),
                    function,
                )) => {
                    return Ok(Err(not_in_parts(self.scheme, rv, function)));
                }
                other => other?,
            },
        };
        Ok(match self.scheme {
            Scheme::EcdsaP256 | Scheme::EcdsaP384 => der(&signature),
            _ => Ok(signature),
        })
    }

    /// The words for an error of [`sign`](Self::sign).
    pub(super) fn problem(self, error: Error) -> TokenProblem {
        problem_with(&self.scheme.to_string(), error)
    }
}

/// The PIN goes between C_SignInit and the data (PKCS#11, CKU_CONTEXT_SPECIFIC). The driver has no C_Sign that does not
/// begin with C_SignInit, so the data goes in one part and the signature is fetched: YubiKeys (libykcs11, OpenSC) take
/// every mechanism so.
fn in_parts(
    session: &Session,
    mechanism: &Mechanism<'_>,
    key: ObjectHandle,
    proof: &Proof,
    data: &[u8],
) -> Result<Vec<u8>, Error> {
    session.sign_init(mechanism, key)?;
    prove(session, UserType::ContextSpecific, proof)?;
    session.sign_update(data)?;
    session.sign_final()
}

fn not_in_parts(scheme: Scheme, rv: RvError, function: Function) -> TokenProblem {
    TokenProblem::Unsupported {
        what: format!("{scheme} with a PIN before every signature"),
        reason: format!("the module takes no data in parts ({})", said(rv, function)),
    }
}

fn mechanism_of(scheme: Scheme, whole: bool) -> Option<Mechanism<'static>> {
    let pss = |hash_alg, mgf, bytes: c_ulong| PkcsPssParams { hash_alg, mgf, s_len: bytes.into() };
    let sha256 = pss(MechanismType::SHA256, PkcsMgfType::MGF1_SHA256, 32);
    let sha384 = pss(MechanismType::SHA384, PkcsMgfType::MGF1_SHA384, 48);
    let sha512 = pss(MechanismType::SHA512, PkcsMgfType::MGF1_SHA512, 64);
    Some(match (scheme, whole) {
        (Scheme::EcdsaP256 | Scheme::EcdsaP384, false) => Mechanism::Ecdsa,
        (Scheme::EcdsaP256, true) => Mechanism::EcdsaSha256,
        (Scheme::EcdsaP384, true) => Mechanism::EcdsaSha384,
        (Scheme::Ed25519, true) => Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519)),
        (Scheme::RsaPssSha256, false) => Mechanism::RsaPkcsPss(sha256),
        (Scheme::RsaPssSha384, false) => Mechanism::RsaPkcsPss(sha384),
        (Scheme::RsaPssSha512, false) => Mechanism::RsaPkcsPss(sha512),
        (Scheme::RsaPssSha256, true) => Mechanism::Sha256RsaPkcsPss(sha256),
        (Scheme::RsaPssSha384, true) => Mechanism::Sha384RsaPkcsPss(sha384),
        (Scheme::RsaPssSha512, true) => Mechanism::Sha512RsaPkcsPss(sha512),
        _ => return None,
    })
}

fn hashed(scheme: Scheme, message: &[u8]) -> Vec<u8> {
    let algorithm = match scheme {
        Scheme::EcdsaP384 | Scheme::RsaPssSha384 => &digest::SHA384,
        Scheme::RsaPssSha512 => &digest::SHA512,
        _ => &digest::SHA256,
    };
    digest::digest(algorithm, message).as_ref().to_vec()
}

/// PKCS#11 gives r and s in equal halves, TUF has them in DER.
pub(crate) fn der(halves: &[u8]) -> Result<Vec<u8>, TokenProblem> {
    let garbage = || TokenProblem::Garbage {
        reason: format!("expected an ECDSA signature of two equal halves, found {} bytes", halves.len()),
    };
    if halves.is_empty() || !halves.len().is_multiple_of(2) {
        return Err(garbage());
    }
    let (r, s) = halves.split_at(halves.len() / 2);
    let numbers = [UintRef::new(r).map_err(|_| garbage())?, UintRef::new(s).map_err(|_| garbage())?];
    sequence(&numbers).map_err(|_| garbage())
}
