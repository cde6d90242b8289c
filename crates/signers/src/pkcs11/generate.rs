//! A new key, made inside the token.

use super::failure::{problem, problem_with};
use super::object::{PrivateKey, flag, id, key_name, label, objects};
use super::patience::{GENERATION, PATIENCE, within};
use super::token::Token;
use super::{Pkcs11Key, find_token, login, public};
use crate::{AskSecret, CreateError, NewKey, OpenError, Pkcs11Uri, TokenProblem};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use std::ffi::c_ulong;
use std::sync::{Arc, Mutex, PoisonError};
use tuffet_attestation::PinPolicy;
use tuffet_keys::Scheme;

pub(super) fn generate(uri: &Pkcs11Uri, new: &NewKey, ask: &mut dyn AskSecret) -> Result<Pkcs11Key, CreateError> {
    let refuse = |problem: TokenProblem| CreateError::from(OpenError::Token(problem.at(&uri.to_string())));
    let kind = Kind::of(uri, new.scheme).map_err(refuse)?;
    let token = find_token(uri, PATIENCE)?;
    let name = token.about.name();
    let at = |problem: TokenProblem| OpenError::Token(problem.at(&name));

    let opened = token.clone();
    let session = within(PATIENCE, move || opened.module.context.open_rw_session(opened.slot).map_err(problem));
    let session = Arc::new(Mutex::new(session.map_err(at)?));
    let proof = login::log_in(&token, &session, PATIENCE, ask)?;

    // Looked for after the login: what lies on a token in private is taken too.
    let label = uri.object.clone().unwrap_or_else(|| new.label.clone());
    let (asked, wanted, looked_on) = (uri.id.clone(), label.clone(), Arc::clone(&session));
    let place =
        within(PATIENCE, move || place(&looked_on.lock().unwrap_or_else(PoisonError::into_inner), asked, &wanted));
    let id = match place.map_err(at)? {
        Place::Free(id) => id,
        Place::Taken(what) => return Err(CreateError::Taken { device: name, what, hint: ELSEWHERE }),
    };

    let made = Pkcs11Uri { id: Some(id.clone()), object: Some(label.clone()).filter(|l| !l.is_empty()), ..uri.clone() };
    let always = matches!(new.pin, PinPolicy::Always | PinPolicy::MatchAlways);
    let (checked_as, here, worked_on, scheme) = (made.clone(), token.clone(), Arc::clone(&session), new.scheme);
    within(GENERATION, move || {
        let session = worked_on.lock().unwrap_or_else(PoisonError::into_inner);
        check_mechanism(&here, kind, scheme)?;
        let (public, private) = make(&session, kind, scheme, &id, &label, always)?;
        check(&session, private, &checked_as).inspect_err(|_| {
            // What cannot be trusted must not lie there under the name that the next command asks for.
            let _ = (session.destroy_object(private), session.destroy_object(public));
        })
    })
    .map_err(at)?;
    Ok(Pkcs11Key::of_session(&made, token, session, proof, PATIENCE, ask)?)
}

/// What has to be made, whatever it signs for.
#[derive(Clone, Copy)]
enum Kind {
    Curve(&'static [u8]),
    Edwards,
    Rsa,
}

impl Kind {
    fn of(uri: &Pkcs11Uri, scheme: Scheme) -> Result<Self, TokenProblem> {
        let unsupported = |reason: String| Err(TokenProblem::Unsupported { what: scheme.to_string(), reason });
        let kind = match scheme {
            Scheme::EcdsaP256 => Self::Curve(P256),
            Scheme::EcdsaP384 => Self::Curve(P384),
            Scheme::Ed25519 => Self::Edwards,
            Scheme::RsaPssSha256 | Scheme::RsaPssSha384 | Scheme::RsaPssSha512 => Self::Rsa,
            _ => return unsupported("expected Ed25519, ECDSA P-256, P-384 or RSA-PSS".to_owned()),
        };
        // Whoever opens it later reads the digest from the URI: with another one it would be another key.
        let later = uri.scheme.or(matches!(kind, Self::Rsa).then_some(Scheme::RsaPssSha256));
        match later {
            Some(later) if later != scheme => {
                unsupported(format!("the URI is for {later}: expected `scheme={}`", scheme.name()))
            }
            _ => Ok(kind),
        }
    }

    fn mechanism(self) -> Mechanism<'static> {
        match self {
            Self::Curve(_) => Mechanism::EccKeyPairGen,
            Self::Edwards => Mechanism::EccEdwardsKeyPairGen,
            Self::Rsa => Mechanism::RsaPkcsKeyPairGen,
        }
    }

    /// What tells the token which key; in turn, until it understands one.
    fn parameters(self) -> Vec<Vec<Attribute>> {
        match self {
            Self::Curve(oid) => vec![vec![Attribute::EcParams(oid.to_vec())]],
            Self::Edwards => [ED25519, EDWARDS25519].map(|curve| vec![Attribute::EcParams(curve.to_vec())]).into(),
            Self::Rsa => {
                vec![vec![Attribute::ModulusBits(RSA_BITS.into()), Attribute::PublicExponent(vec![1, 0, 1])]]
            }
        }
    }
}

enum Place {
    /// Nothing has this id, nor this label.
    Free(Vec<u8>),
    /// What is there.
    Taken(String),
}

fn place(session: &Session, asked: Option<Vec<u8>>, wanted: &str) -> Result<Place, TokenProblem> {
    let mut there = Vec::new();
    for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY, ObjectClass::CERTIFICATE] {
        for handle in objects(session, class)? {
            there.push((label(session, handle)?, id(session, handle)?));
        }
    }
    let same = |(label, id): &&(String, Vec<u8>)| asked.as_ref() == Some(id) || (!wanted.is_empty() && label == wanted);
    if let Some((label, id)) = there.iter().find(same) {
        return Ok(Place::Taken(key_name(label, id)));
    }
    let free = |id: &Vec<u8>| there.iter().all(|(_, taken)| taken != id);
    let numbers = (1..=u16::MAX).map(|n| u8::try_from(n).map_or_else(|_| n.to_be_bytes().to_vec(), |n| vec![n]));
    Ok(Place::Free(asked.or_else(|| numbers.into_iter().find(free)).unwrap_or_default()))
}

fn check_mechanism(token: &Token, kind: Kind, scheme: Scheme) -> Result<(), TokenProblem> {
    let mechanisms = token.module.context.get_mechanism_list(token.slot).map_err(problem)?;
    if mechanisms.contains(&kind.mechanism().mechanism_type()) {
        return Ok(());
    }
    let reason = "the token's list of mechanisms makes no such keys".to_owned();
    Err(TokenProblem::Unsupported { what: scheme.to_string(), reason })
}

fn make(
    session: &Session,
    kind: Kind,
    scheme: Scheme,
    id: &[u8],
    label: &str,
    always: bool,
) -> Result<(ObjectHandle, ObjectHandle), TokenProblem> {
    let names = [Attribute::Label(label.as_bytes().to_vec()), Attribute::Id(id.to_vec()), Attribute::Token(true)];
    let mut private = names.to_vec();
    // Said, not left out: where nothing is said, some tokens allow everything.
    private.extend([
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        Attribute::Decrypt(false),
        Attribute::Unwrap(false),
        Attribute::Derive(false),
    ]);
    if always {
        private.push(Attribute::AlwaysAuthenticate(true));
    }
    let mut last = Error::NotSupported;
    for parameters in kind.parameters() {
        let mut public = names.to_vec();
        // The public half is shown to whoever asks: `key list` works without a PIN.
        public.extend([Attribute::Private(false), Attribute::Verify(true)]);
        public.extend(parameters);
        match session.generate_key_pair(&kind.mechanism(), &public, &private) {
            Ok(made) => return Ok(made),
            Err(
                error @ Error::Pkcs11(
                    RvError::CurveNotSupported | RvError::DomainParamsInvalid | RvError::AttributeValueInvalid,
                    _,
                ),
            ) => {
                last = error;
            }
            Err(error) => return Err(problem_with(&scheme.to_string(), error)),
        }
    }
    Err(problem_with(&scheme.to_string(), last))
}

/// Reads the new key back (style.md rule 8): it can be found and used, and it cannot leave.
fn check(session: &Session, private: ObjectHandle, uri: &Pkcs11Uri) -> Result<(), TokenProblem> {
    let key = PrivateKey::find(session, uri)?;
    public::of(session, &key, uri.scheme)?;
    let leaves = flag(session, private, AttributeType::Extractable)? != Some(false)
        || flag(session, private, AttributeType::Sensitive)? != Some(true);
    if leaves {
        let reason = "expected a new key that cannot leave the token, found one that can: it was deleted".to_owned();
        return Err(TokenProblem::Garbage { reason });
    }
    Ok(())
}

const ELSEWHERE: &str = "write another id and object into the URI: keys on a token are never overwritten";
const RSA_BITS: c_ulong = 3072;
/// Object identifiers in DER: 1.2.840.10045.3.1.7, 1.3.132.0.34 and 1.3.101.112.
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
/// The curve's name in a DER PrintableString, which PKCS#11 3.0 allows beside the identifier.
const EDWARDS25519: &[u8] = b"\x13\x0cedwards25519";
