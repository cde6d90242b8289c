//! From a URI to a key: the three entry points that do not care what kind of key it is.
#![allow(unreachable_patterns, reason = "a build with every feature opens every kind of key")]

use crate::{AskSecret, CreateError, FileKey, Key, KeyUri, NewKey, OpenError, Secret, YubiHsm};
use tuffet_keys::{PublicKey, Sign};

#[cfg(feature = "piv")]
use crate::PivKey;
#[cfg(feature = "pkcs11")]
use crate::Pkcs11Key;

/// Opens the key `uri` names, asking for its passphrase or password (three tries).
///
/// # Errors
/// Any [`OpenError`]; nothing on the disk or the device was changed.
pub fn open(uri: &KeyUri, ask: &mut dyn AskSecret) -> Result<Box<dyn Key>, OpenError> {
    match uri {
        KeyUri::File(path) => Ok(Box::new(FileKey::open(path, ask)?)),
        KeyUri::YubiHsm(hsm) => Ok(Box::new(YubiHsm::open(hsm, ask)?)),
        #[cfg(feature = "piv")]
        KeyUri::Piv(piv) => Ok(Box::new(PivKey::open(piv, ask)?)),
        #[cfg(feature = "aws")]
        KeyUri::AwsKms(kms) => Ok(Box::new(crate::KmsKey::open(kms)?)),
        KeyUri::Program(program) => Ok(Box::new(crate::ProgramKey::open(program)?)),
        #[cfg(all(unix, feature = "ssh-agent"))]
        KeyUri::SshAgent(agent) => Ok(Box::new(crate::AgentKey::open(agent)?)),
        #[cfg(feature = "pkcs11")]
        KeyUri::Pkcs11(uri) => Ok(Box::new(Pkcs11Key::open(uri, ask)?)),
        other => Err(not_built(other)),
    }
}

/// The public half of the key `uri` names, for listing. A key file that carries its public key is read without a
/// passphrase, and then says only what the file claims: [`open`] is what proves it.
///
/// # Errors
/// Any [`OpenError`].
pub fn public_key(uri: &KeyUri, ask: &mut dyn AskSecret) -> Result<PublicKey, OpenError> {
    match uri {
        KeyUri::File(path) => FileKey::public_key_of(path, ask),
        KeyUri::YubiHsm(hsm) => Ok(YubiHsm::open(hsm, ask)?.public_key().clone()),
        #[cfg(feature = "piv")]
        KeyUri::Piv(piv) => PivKey::public_key_of(piv),
        #[cfg(feature = "aws")]
        KeyUri::AwsKms(kms) => Ok(crate::KmsKey::open(kms)?.public_key().clone()),
        KeyUri::Program(program) => Ok(crate::ProgramKey::open(program)?.public_key().clone()),
        #[cfg(all(unix, feature = "ssh-agent"))]
        KeyUri::SshAgent(agent) => Ok(crate::AgentKey::open(agent)?.public_key().clone()),
        #[cfg(feature = "pkcs11")]
        KeyUri::Pkcs11(uri) => Pkcs11Key::public_key_of(uri, ask),
        other => Err(not_built(other)),
    }
}

/// Makes a new key where `uri` says, and opens it. A passphrase for a new file is asked twice.
///
/// # Errors
/// Any [`CreateError`]; a file or object that is there already is never overwritten.
pub fn generate(uri: &KeyUri, new: &NewKey, ask: &mut dyn AskSecret) -> Result<Box<dyn Key>, CreateError> {
    match uri {
        KeyUri::YubiHsm(hsm) => Ok(Box::new(YubiHsm::generate(hsm, new, ask)?)),
        #[cfg(feature = "pkcs11")]
        KeyUri::Pkcs11(uri) => Ok(Box::new(Pkcs11Key::generate(uri, new, ask)?)),
        KeyUri::File(path) => {
            FileKey::check_new(path, new.scheme)?;
            let passphrase = Secret::new_for(path, ask)?;
            Ok(Box::new(FileKey::generate(path, new.scheme, &passphrase)?))
        }
        #[cfg(feature = "piv")]
        KeyUri::Piv(piv) => Ok(Box::new(PivKey::generate(piv, new, ask)?)),
        #[cfg(feature = "aws")]
        KeyUri::AwsKms(kms) => Err(crate::KmsKey::not_made_here(kms)),
        KeyUri::Program(program) => Err(crate::ProgramKey::not_made_here(program)),
        #[cfg(all(unix, feature = "ssh-agent"))]
        KeyUri::SshAgent(agent) => Err(crate::AgentKey::not_made_here(agent)),
        other => Err(not_built(other).into()),
    }
}

/// The feature that a build without it lacks.
fn not_built(uri: &KeyUri) -> OpenError {
    let lacks = match uri {
        KeyUri::Pkcs11(_) => "PKCS#11",
        KeyUri::Piv(_) => "PIV",
        KeyUri::SshAgent(_) => "ssh-agent",
        KeyUri::AwsKms(_) => "AWS KMS",
        KeyUri::File(_) | KeyUri::YubiHsm(_) | KeyUri::Program(_) => "driver for it",
    };
    OpenError::NotBuilt { device: uri.to_string(), lacks }
}
