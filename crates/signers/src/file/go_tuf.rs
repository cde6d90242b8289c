//! Keys that go-tuf keeps in `keys/ROLE.json`: read once, and kept in a key file of ours from then on.
//!
//! What lies there without encryption has to be taken for known to others. It is read all the same, because its one
//! signature is what leads old clients to the keys that follow it.

use super::armour::Randomness;
use super::pair::Pair;
use super::{FILE_LIMIT, FileKey};
use crate::{AskSecret, CreateError, OpenError, Secret};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::Read;
use std::path::Path;
use tuffet_keys::Scheme;
use zeroize::Zeroizing;

#[derive(Deserialize)]
struct Head {
    encrypted: bool,
    #[serde(rename = "data")]
    _data: IgnoredAny,
}

/// Borrowed from the wiped buffer: a private key that had escapes in it would be copied, and is refused.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    data: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    keytype: &'a str,
    #[serde(borrow)]
    keyval: KeyVal<'a>,
}

#[derive(Deserialize)]
struct KeyVal<'a> {
    public: &'a str,
    private: &'a str,
}

impl FileKey {
    /// Takes the key `number`, from 1, of go-tuf's file `from` over into a new key file at `to`, asking twice for the
    /// passphrase that is to protect it. `from` stays as it is. Where `number` is `None`, there has to be one key.
    ///
    /// # Errors
    /// Any [`CreateError`]; then there is no new file.
    pub fn import_go_tuf(
        from: &Path,
        number: Option<usize>,
        to: &Path,
        ask: &mut dyn AskSecret,
    ) -> Result<Self, CreateError> {
        Self::check_new(to, Scheme::Ed25519)?;
        let seed = seed(from, number)?;
        let passphrase = Secret::new_for(to, ask)?;
        Self::write_new(to, Scheme::Ed25519, &passphrase, &seed, Randomness::GoTuf)
    }
}

fn seed(path: &Path, number: Option<usize>) -> Result<Zeroizing<[u8; 32]>, OpenError> {
    let bytes = read(path)?;
    let refuse = |found: String| OpenError::NotGoTuf { path: path.into(), found };
    // What serde would quote of the file may be the key.
    let broken = |e: serde_json::Error| refuse(format!("other JSON (line {}, column {})", e.line(), e.column()));
    let head: Head = serde_json::from_slice(&bytes).map_err(broken)?;
    if head.encrypted {
        return Err(OpenError::GoTufEncrypted { path: path.into() });
    }
    let body: Body<'_> = serde_json::from_slice(&bytes).map_err(broken)?;
    let keys = body.data.len();
    let entry = match (number, body.data.as_slice()) {
        (None, [one]) => one,
        (None, _) => return Err(refuse(format!("{keys}"))),
        (Some(number), all) => number
            .checked_sub(1)
            .and_then(|at| all.get(at))
            .ok_or_else(|| refuse(format!("no key {number} among {keys}")))?,
    };
    if entry.keytype != "ed25519" {
        return Err(refuse(format!("keytype `{}`", entry.keytype.escape_debug())));
    }
    let private: Zeroizing<[u8; 64]> =
        unhex(entry.keyval.private).ok_or_else(|| refuse("a private key that is no 64 bytes of hex".into()))?;
    let mut seed = Zeroizing::new([0; 32]);
    seed.copy_from_slice(private.get(..32).unwrap_or_default());
    // Derived from the seed, never believed: the half behind it and the public value must be that key's.
    let pair = Pair::from_seed(Scheme::Ed25519, &seed).ok_or_else(|| refuse("a damaged private key".into()))?;
    let public = pair.public.to_tuf_public();
    let behind: Zeroizing<[u8; 32]> = unhex(&public).unwrap_or_default();
    if public != entry.keyval.public || private.get(32..) != Some(behind.as_slice()) {
        return Err(refuse("a public key that is not that of the private key".into()));
    }
    Ok(seed)
}

/// As much as a key file may have, through no memory that is not wiped.
fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let failed = |e: std::io::Error| OpenError::Read {
        path: path.into(),
        reason: e.to_string(),
        // What would make one makes none of go-tuf's.
        missing: false,
    };
    let limit = usize::try_from(FILE_LIMIT).unwrap_or(usize::MAX);
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit.saturating_add(2)));
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(FILE_LIMIT + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > limit {
        return Err(OpenError::NotGoTuf { path: path.into(), found: format!("more than {FILE_LIMIT} bytes") });
    }
    Ok(bytes)
}

fn unhex<const N: usize>(text: &str) -> Option<Zeroizing<[u8; N]>> {
    let mut out = Zeroizing::new([0; N]);
    let digits = text.as_bytes();
    if digits.len() != N.checked_mul(2)? {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    for (to, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = *pair else { return None };
        *to = digit(high)? << 4 | digit(low)?;
    }
    Some(out)
}
