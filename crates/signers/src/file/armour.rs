//! The text of a key file, and the passphrase's part in it.

use super::pair::Pair;
use crate::{CreateError, OpenError, Secret};
use pkcs8::pkcs5::{self, EncryptionScheme, pbes2};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use ring::rand::{SecureRandom, SystemRandom};
use std::path::Path;
use tuffet_keys::PublicKey;
use zeroize::Zeroizing;

/// A key file, taken apart but not decrypted.
pub(crate) struct Container {
    /// What the file says its public key is. Anyone can have written that.
    pub(crate) public: Option<PublicKey>,
    /// Where the file says its key came from.
    pub(crate) randomness: Option<Randomness>,
    encrypted: Vec<u8>,
}

/// What a new key was made from (ceremony.md K12). The file says so in a line before its blocks, where RFC 7468 allows text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Randomness {
    /// The system's generator.
    System,
    /// A text somebody typed: whoever knows it has the key.
    Seed,
    /// Made by go-tuf, which kept it without encryption.
    GoTuf,
}

impl Randomness {
    /// As the file and its owner's enrolment say it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::System => "made from the operating system's random numbers",
            Self::Seed => "made from a fixed seed, for a rehearsal",
            Self::GoTuf => "made by go-tuf, and kept without encryption before",
        }
    }

    /// The first line, where it is one of ours: what a stranger wrote there is no claim.
    fn of(text: &str) -> Option<Self> {
        let first = text.lines().next().unwrap_or_default();
        [Self::System, Self::Seed, Self::GoTuf].into_iter().find(|known| known.words() == first)
    }
}

impl Container {
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, OpenError> {
        let not_a_key = |found: String| OpenError::NotAKey { path: path.into(), found };
        // By its label line alone, so that nothing of an open key is decoded.
        if text.lines().any(|line| OPEN_KEYS.contains(&line.trim())) && !text.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(OpenError::Unencrypted { path: path.into() });
        }
        let blocks = pem::parse_many(text).map_err(|e| not_a_key(format!("broken PEM ({e})")))?;
        let mut public = None;
        let mut encrypted = None;
        for block in &blocks {
            match block.tag() {
                "PUBLIC KEY" if public.is_none() => {
                    let key = PublicKey::from_spki_der(block.contents());
                    public = Some(key.map_err(|e| not_a_key(format!("a wrong PUBLIC KEY block ({e})")))?);
                }
                "ENCRYPTED PRIVATE KEY" if encrypted.is_none() => encrypted = Some(block.contents().to_vec()),
                other => return Err(not_a_key(format!("a block {other} too many"))),
            }
        }
        let encrypted = encrypted.ok_or_else(|| not_a_key("none".to_owned()))?;
        Ok(Self { public, randomness: Randomness::of(text), encrypted })
    }

    /// The key pair, or `None` if the passphrase is wrong.
    pub(crate) fn decrypt(&self, path: &Path, passphrase: &Secret) -> Result<Option<Pair>, OpenError> {
        let kind = |found: String| OpenError::Kind { path: path.into(), found };
        let info = EncryptedPrivateKeyInfoRef::try_from(self.encrypted.as_slice())
            .map_err(|_| kind("a block that is not PKCS#8".to_owned()))?;
        check_cost(path, &info.encryption_algorithm)?;
        let der = match bleached(|| info.decrypt(passphrase.expose())) {
            Ok(document) => Zeroizing::new(document.as_bytes().to_vec()),
            // A wrong passphrase gives wrong padding, or once in 256 times right padding around noise.
            Err(pkcs8::Error::EncryptedPrivateKey(pkcs5::Error::DecryptFailed) | pkcs8::Error::Asn1(_)) => {
                return Ok(None);
            }
            Err(other) => return Err(kind(other.to_string())),
        };
        let pair = Pair::from_pkcs8(der).map_err(kind)?;
        match &self.public {
            Some(public) if *public != pair.public => Err(OpenError::Mismatch {
                path: path.into(),
                expected: public.fingerprint(),
                found: pair.public.fingerprint(),
            }),
            _ => Ok(Some(pair)),
        }
    }
}

/// The text of a new key file. The public block comes first: OpenSSL reads either order, Python looks for a public key
/// in the first block only.
pub(crate) fn seal(path: &Path, pair: &Pair, passphrase: &Secret, from: Randomness) -> Result<String, CreateError> {
    let failed = |reason: String| CreateError::Write { path: path.into(), reason };
    let parameters = parameters().ok_or_else(|| CreateError::Randomness { path: path.into() })?;
    let info = PrivateKeyInfoRef::try_from(pair.pkcs8()).map_err(|e| failed(e.to_string()))?;
    let encrypted = bleached(|| info.encrypt_with_params(parameters, passphrase.expose()));
    let encrypted = encrypted.map_err(|e| failed(e.to_string()))?;
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    let block = pem::Pem::new("ENCRYPTED PRIVATE KEY", encrypted.as_bytes());
    Ok(format!("{}\n{}{}", from.words(), pair.public.to_pem(), pem::encode_config(&block, config)))
}

/// Does `work`, and overwrites the stack it used: HMAC, inside of scrypt, leaves the passphrase there, and a core dump of
/// a process that waits for its user long after would hold it.
fn bleached<T>(work: impl FnOnce() -> T) -> T {
    let done = apart(work);
    bleach();
    done
}

/// In frames of its own, below that of the caller.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn bleach() {
    std::hint::black_box(Zeroizing::new([0_u8; STACK]));
}

/// scrypt N = 2^14, r = 8, p = 1: the most that OpenSSL 3 takes without being told.
fn parameters() -> Option<pbes2::Parameters> {
    let random = SystemRandom::new();
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    random.fill(&mut salt).ok()?;
    random.fill(&mut iv).ok()?;
    let scrypt = pbes2::ScryptParams {
        salt: pbes2::Salt::new(salt).ok()?,
        cost_parameter: 1 << 14,
        block_size: 8,
        parallelization: 1,
        key_length: None,
    };
    Some(pbes2::Parameters { kdf: scrypt.into(), encryption: pbes2::EncryptionScheme::Aes256Cbc { iv } })
}

/// A key file from a stranger could ask for terabytes, or for a week, before the passphrase is even wrong.
fn check_cost(path: &Path, scheme: &EncryptionScheme) -> Result<(), OpenError> {
    let EncryptionScheme::Pbes2(parameters) = scheme else { return Ok(()) };
    let cost = match &parameters.kdf {
        pbes2::Kdf::Scrypt(s) => {
            let memory = u128::from(s.cost_parameter) * u128::from(s.block_size) * 128;
            let passes = u128::from(s.parallelization);
            if memory <= SCRYPT_MEMORY && passes <= 16 && s.cost_parameter.is_power_of_two() {
                return Ok(());
            }
            format!("scrypt with N = {}, r = {}, p = {}", s.cost_parameter, s.block_size, s.parallelization)
        }
        pbes2::Kdf::Pbkdf2(p) if p.iteration_count <= PBKDF2_ROUNDS => return Ok(()),
        pbes2::Kdf::Pbkdf2(p) => format!("PBKDF2 with {} rounds", p.iteration_count),
        _ => return Ok(()),
    };
    Err(OpenError::Cost { path: path.into(), cost })
}

/// Bytes of the stack: many times what scrypt uses, which keeps its blocks elsewhere.
const STACK: usize = 64 << 10;
/// Bytes of memory for scrypt: sixteen times what [`seal`] uses.
const SCRYPT_MEMORY: u128 = 256 << 20;
/// Sixteen times what OWASP asks for today.
const PBKDF2_ROUNDS: u32 = 10_000_000;
const OPEN_KEYS: [&str; 3] =
    ["-----BEGIN PRIVATE KEY-----", "-----BEGIN EC PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----"];
