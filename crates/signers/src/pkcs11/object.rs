//! The keys on a token, and which one is meant.

use super::failure::problem;
use super::token::printable;
use crate::{Pkcs11Uri, TokenProblem};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

/// A private key, by what is not secret about it.
#[derive(Debug, Clone)]
pub(super) struct PrivateKey {
    pub(super) handle: ObjectHandle,
    pub(super) label: String,
    pub(super) id: Vec<u8>,
    /// The PIN is wanted before every signature.
    pub(super) always_authenticate: bool,
    /// What the token says of it, in words.
    pub(super) claims: Vec<String>,
}

impl PrivateKey {
    /// The one private key that may sign and that `uri` means.
    pub(super) fn find(session: &Session, uri: &Pkcs11Uri) -> Result<Self, TokenProblem> {
        let (mut meant, mut others) = (Vec::new(), Vec::new());
        for handle in objects(session, ObjectClass::PRIVATE_KEY)? {
            // Of a key that does not say so, the signature will.
            if flag(session, handle, AttributeType::Sign)? == Some(false) {
                continue;
            }
            let (label, id) = (label(session, handle)?, id(session, handle)?);
            let is_meant = is_meant(uri, &label, &id);
            if is_meant { &mut meant } else { &mut others }.push((handle, label, id));
        }
        let names = |keys: &[(ObjectHandle, String, Vec<u8>)]| sorted(keys.iter().map(|(_, l, i)| key_name(l, i)));
        match meant.as_slice() {
            [] => Err(TokenProblem::NoKey { found: names(&others) }),
            [(handle, label, id)] => Self::read(session, *handle, label, id),
            _ => Err(TokenProblem::Ambiguous { found: names(&meant), hint: WHICH }),
        }
    }

    pub(super) fn name(&self) -> String {
        key_name(&self.label, &self.id)
    }

    fn read(session: &Session, handle: ObjectHandle, label: &str, id: &[u8]) -> Result<Self, TokenProblem> {
        let mut claims = Vec::new();
        for (attribute, claim) in [
            (AttributeType::Local, "generated on the token"),
            (AttributeType::NeverExtractable, "never extractable"),
            (AttributeType::AlwaysSensitive, "always sensitive"),
        ] {
            if flag(session, handle, attribute)? == Some(true) {
                claims.push(claim.to_owned());
            }
        }
        let always_authenticate = flag(session, handle, AttributeType::AlwaysAuthenticate)? == Some(true);
        Ok(Self { handle, label: label.to_owned(), id: id.to_owned(), always_authenticate, claims })
    }
}

/// As its owner would name it: `key "release" (id 01)`.
pub(super) fn key_name(label: &str, id: &[u8]) -> String {
    let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    match (printable(label), hex.as_str()) {
        (label, "") => format!("key \"{label}\""),
        (label, hex) if label.is_empty() => format!("key id {hex}"),
        (label, hex) => format!("key \"{label}\" (id {hex})"),
    }
}

/// In one order: a token may show its objects in another one every time.
pub(super) fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

pub(super) fn is_meant(uri: &Pkcs11Uri, label: &str, id: &[u8]) -> bool {
    uri.object.as_ref().is_none_or(|wanted| wanted == label) && uri.id.as_ref().is_none_or(|wanted| wanted == id)
}

/// The token's objects of this class that can be seen now, and no more than any token holds: a module that never ends
/// its list must not keep us for ever.
pub(super) fn objects(session: &Session, class: ObjectClass) -> Result<Vec<ObjectHandle>, TokenProblem> {
    let found = session.iter_objects(&[Attribute::Token(true), Attribute::Class(class)]).map_err(problem)?;
    let mut objects = Vec::new();
    for handle in found.take(MOST_OBJECTS) {
        objects.push(handle.map_err(problem)?);
    }
    Ok(objects)
}

/// One attribute, if the object has it and the token shows it. Asked for one at a time: some modules fail the whole
/// question over one attribute they do not know.
pub(super) fn attribute(
    session: &Session,
    handle: ObjectHandle,
    attribute: AttributeType,
) -> Result<Option<Attribute>, TokenProblem> {
    match session.get_attributes(handle, &[attribute]) {
        Ok(found) => Ok(found.into_iter().next()),
        Err(error) => match problem(error) {
            TokenProblem::Removed => Err(TokenProblem::Removed),
            _ => Ok(None),
        },
    }
}

pub(super) fn flag(session: &Session, handle: ObjectHandle, name: AttributeType) -> Result<Option<bool>, TokenProblem> {
    Ok(match attribute(session, handle, name)? {
        Some(
            Attribute::Sign(yes)
            | Attribute::Verify(yes)
            | Attribute::Local(yes)
            | Attribute::NeverExtractable(yes)
            | Attribute::AlwaysSensitive(yes)
            | Attribute::AlwaysAuthenticate(yes)
            | Attribute::Sensitive(yes)
            | Attribute::Extractable(yes),
        ) => Some(yes),
        _ => None,
    })
}

pub(super) fn label(session: &Session, handle: ObjectHandle) -> Result<String, TokenProblem> {
    let bytes = raw(session, handle, AttributeType::Label)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

pub(super) fn id(session: &Session, handle: ObjectHandle) -> Result<Vec<u8>, TokenProblem> {
    raw(session, handle, AttributeType::Id)
}

/// The bytes of an attribute; none where the object does not have it.
pub(super) fn raw(session: &Session, handle: ObjectHandle, name: AttributeType) -> Result<Vec<u8>, TokenProblem> {
    Ok(match attribute(session, handle, name)? {
        Some(
            Attribute::Label(bytes)
            | Attribute::Id(bytes)
            | Attribute::Value(bytes)
            | Attribute::EcPoint(bytes)
            | Attribute::EcParams(bytes)
            | Attribute::Modulus(bytes)
            | Attribute::PublicExponent(bytes)
            | Attribute::PublicKeyInfo(bytes),
        ) => bytes,
        _ => Vec::new(),
    })
}

pub(super) fn key_type(session: &Session, handle: ObjectHandle) -> Result<Option<KeyType>, TokenProblem> {
    Ok(match attribute(session, handle, AttributeType::KeyType)? {
        Some(Attribute::KeyType(found)) => Some(found),
        _ => None,
    })
}

pub(super) const WHICH: &str = "say which: id=%01, or object=LABEL";
const MOST_OBJECTS: usize = 1000;
