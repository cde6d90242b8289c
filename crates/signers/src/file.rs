//! Key files: one private key, encrypted with a passphrase, in PEM.

mod armour;
mod go_tuf;
mod pair;

use crate::checked::{MadeBy, checked};
use crate::secret::ask_until;
use crate::{AskSecret, CreateError, Holder, HolderKind, Key, OpenError, Secret};
use armour::Randomness;
use pair::Pair;
use ring::rand::{SecureRandom, SystemRandom};
use std::io::{Read, Write};
use std::path::Path;
use tuffet_keys::{PublicKey, Scheme, Sign, SignError};
use zeroize::Zeroizing;

/// A private key that was decrypted from a file, or made from a seed in a rehearsal.
///
/// The file is PEM: a `PUBLIC KEY` block for listing without the passphrase, then PKCS#8 v1 in an
/// `ENCRYPTED PRIVATE KEY` block (PBES2: scrypt with N = 2^14, r = 8, p = 1, then AES-256-CBC). OpenSSL 3 and Python's
/// cryptography read it as it is, so a key outlives this program. It is not [`Debug`].
///
/// Between two signatures the key is kept as one wiped-on-drop buffer; ring's own key objects are made for the
/// duration of a signature, because ring does not wipe them.
pub struct FileKey {
    description: String,
    pair: Pair,
    randomness: Option<Randomness>,
}

impl FileKey {
    /// Makes a new key file: mode 0600, whole or not at all, never over another file. It is decrypted again before it
    /// gets its name.
    ///
    /// # Errors
    /// Any [`CreateError`]; then there is no new file.
    pub fn generate(path: &Path, scheme: Scheme, passphrase: &Secret) -> Result<Self, CreateError> {
        let mut seed = Zeroizing::new([0; 32]);
        let random = SystemRandom::new().fill(seed.as_mut_slice());
        random.map_err(|_| CreateError::Randomness { path: path.into() })?;
        Self::write_new(path, scheme, passphrase, &seed, Randomness::System)
    }

    /// As [`generate`](Self::generate), with the private key derived from `seed`: whoever knows the seed has the key.
    /// For rehearsals.
    ///
    /// # Errors
    /// Any [`CreateError`]; then there is no new file.
    #[cfg(feature = "simulator")]
    pub fn generate_from_seed(
        path: &Path,
        scheme: Scheme,
        passphrase: &Secret,
        seed: &[u8; 32],
    ) -> Result<Self, CreateError> {
        Self::write_new(path, scheme, passphrase, &Zeroizing::new(*seed), Randomness::Seed)
    }

    /// A key that never touches the disk, derived from `seed`. For rehearsals: it announces itself as one.
    ///
    /// # Errors
    /// [`CreateError::Scheme`] for anything but Ed25519 and P-256.
    #[cfg(feature = "simulator")]
    pub fn from_seed(name: &str, scheme: Scheme, seed: &[u8; 32]) -> Result<Self, CreateError> {
        let description = format!("rehearsal key {name}");
        let pair = Pair::from_seed(scheme, &Zeroizing::new(*seed))
            .ok_or_else(|| CreateError::Scheme { what: description.clone(), scheme })?;
        Ok(Self { description, pair, randomness: Some(Randomness::Seed) })
    }

    /// A key that never touches the disk and is gone with the value: made, sealed under a passphrase as a key file is, and
    /// opened again. For a selftest: it announces itself as one to throw away.
    ///
    /// # Errors
    /// [`CreateError`]
    pub fn throw_away(name: &str, scheme: Scheme) -> Result<Self, CreateError> {
        let (made, path) = (Self::in_memory(name, scheme)?, Path::new(name));
        let mut random = Zeroizing::new([0; 32]);
        let filled = SystemRandom::new().fill(random.as_mut_slice());
        filled.map_err(|_| CreateError::Randomness { path: path.into() })?;
        let passphrase = Secret::new(random.iter().map(|byte| format!("{byte:02x}")).collect());
        let (description, pair) = (made.description, made.pair);
        let text = armour::seal(path, &pair, &passphrase, Randomness::System)?;
        let opened = armour::Container::parse(path, &text).and_then(|sealed| sealed.decrypt(path, &passphrase));
        let read_back = |reason: String| CreateError::ReadBack { path: path.into(), reason };
        match opened.map_err(|e| read_back(e.to_string()))? {
            Some(opened) if opened.public == pair.public => {
                Ok(Self { description, pair: opened, randomness: Some(Randomness::System) })
            }
            _ => Err(read_back("another key".into())),
        }
    }

    /// As [`throw_away`](Self::throw_away), but never sealed: for drills, which need many. It announces itself too.
    ///
    /// # Errors
    /// [`CreateError::Scheme`] for anything but Ed25519 and P-256, [`CreateError::Randomness`].
    pub fn in_memory(name: &str, scheme: Scheme) -> Result<Self, CreateError> {
        let description = format!("throw-away key {name}");
        let mut seed = Zeroizing::new([0; 32]);
        let filled = SystemRandom::new().fill(seed.as_mut_slice());
        filled.map_err(|_| CreateError::Randomness { path: name.into() })?;
        let pair =
            Pair::from_seed(scheme, &seed).ok_or_else(|| CreateError::Scheme { what: description.clone(), scheme })?;
        Ok(Self { description, pair, randomness: Some(Randomness::System) })
    }

    /// Decrypts the key at `path`, asking for the passphrase (three tries). A file made by OpenSSL, without the
    /// `PUBLIC KEY` block, will do.
    ///
    /// # Errors
    /// Any [`OpenError`]; nothing was changed.
    pub fn open(path: &Path, ask: &mut dyn AskSecret) -> Result<Self, OpenError> {
        let container = armour::Container::parse(path, &read(path)?)?;
        let what = format!("passphrase for key file {}", path.display());
        let pair = ask_until(ask, &what, |secret| container.decrypt(path, secret))?;
        let pair = pair.ok_or_else(|| OpenError::WrongPassphrase { path: path.into() })?;
        Ok(Self::named(path, pair, container.randomness))
    }

    /// The public key at `path`: as the file claims, without a passphrase, or decrypted where the file does not say.
    pub(crate) fn public_key_of(path: &Path, ask: &mut dyn AskSecret) -> Result<PublicKey, OpenError> {
        match armour::Container::parse(path, &read(path)?)?.public {
            Some(key) => Ok(key),
            None => Ok(Self::open(path, ask)?.pair.public.clone()),
        }
    }

    /// What can be refused before anyone is asked for a passphrase.
    pub(crate) fn check_new(path: &Path, scheme: Scheme) -> Result<(), CreateError> {
        if !matches!(scheme, Scheme::Ed25519 | Scheme::EcdsaP256) {
            return Err(CreateError::Scheme { what: describe(path), scheme });
        }
        // A dangling link counts as something there. The final word is the exclusive rename.
        if path.symlink_metadata().is_ok() {
            return Err(CreateError::Exists { path: path.into() });
        }
        let folder = folder(path);
        if folder.is_dir() {
            return Ok(());
        }
        let reason = format!("expected the folder {}, found none", folder.display());
        Err(CreateError::Write { path: path.into(), reason })
    }

    fn write_new(
        path: &Path,
        scheme: Scheme,
        passphrase: &Secret,
        seed: &Zeroizing<[u8; 32]>,
        from: Randomness,
    ) -> Result<Self, CreateError> {
        Self::check_new(path, scheme)?;
        if passphrase.is_empty() {
            return Err(CreateError::EmptyPassphrase { path: path.into() });
        }
        let pair = Pair::from_seed(scheme, seed).ok_or_else(|| CreateError::Scheme { what: describe(path), scheme })?;
        let text = armour::seal(path, &pair, passphrase, from)?;
        write_exclusively(path, &text, |written| {
            let reason = |e: OpenError| CreateError::ReadBack { path: path.into(), reason: e.to_string() };
            let back = armour::Container::parse(path, written).and_then(|c| c.decrypt(path, passphrase));
            match back.map_err(reason)? {
                Some(back) if back.public == pair.public => Ok(()),
                _ => Err(CreateError::ReadBack { path: path.into(), reason: "another key".into() }),
            }
        })?;
        Ok(Self::named(path, pair, Some(from)))
    }

    fn named(path: &Path, pair: Pair, randomness: Option<Randomness>) -> Self {
        Self { description: describe(path), pair, randomness }
    }
}

impl Sign for FileKey {
    fn public_key(&self) -> &PublicKey {
        &self.pair.public
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self.pair.sign(message).ok_or_else(|| SignError::Failed {
            signer: self.describe(),
            reason: "ring made no signature".to_owned(),
            hint: None,
        })?;
        checked(&self.description, MadeBy::Ring, &self.pair.public, message, signature)
    }
}

impl Key for FileKey {
    fn holder(&self) -> Holder {
        let claims = self.randomness.iter().map(|from| from.words().to_owned()).collect();
        Holder { claims, ..Holder::new(HolderKind::KeyFile) }
    }
}

fn describe(path: &Path) -> String {
    format!("key file {}", path.display())
}

pub(crate) fn read(path: &Path) -> Result<String, OpenError> {
    let failed = |e: std::io::Error| OpenError::Read {
        path: path.into(),
        reason: e.to_string(),
        missing: e.kind() == std::io::ErrorKind::NotFound,
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(FILE_LIMIT + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(OpenError::NotAKey { path: path.into(), found: format!("more than {FILE_LIMIT} bytes") });
    }
    String::from_utf8(bytes).map_err(|_| OpenError::NotAKey { path: path.into(), found: "binary data".into() })
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Temporary file in the same directory (created exclusively, 0600), content, fsync, `check` on what is read back,
/// rename that fails if the name is taken, fsync of the directory (X2, style.md rule 28).
pub(crate) fn write_exclusively(
    path: &Path,
    text: &str,
    check: impl FnOnce(&str) -> Result<(), CreateError>,
) -> Result<(), CreateError> {
    let failed = |e: std::io::Error| CreateError::Write { path: path.into(), reason: e.to_string() };
    let directory = folder(path);
    let mut temporary = tempfile::Builder::new().prefix(".tuffet-key-").tempfile_in(directory).map_err(failed)?;
    temporary.write_all(text.as_bytes()).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    check(&std::fs::read_to_string(temporary.path()).map_err(failed)?)?;
    temporary.persist_noclobber(path).map_err(|e| match e.error.kind() {
        std::io::ErrorKind::AlreadyExists => CreateError::Exists { path: path.into() },
        _ => failed(e.error),
    })?;
    #[cfg(unix)]
    std::fs::File::open(directory).and_then(|d| d.sync_all()).map_err(failed)?;
    Ok(())
}

/// More than any key file needs, and little to read by mistake.
const FILE_LIMIT: u64 = 65_536;
