//! Known answers (ceremony.md K17): whether this build, on this machine, says of published signatures and hashes what
//! their publishers say. A processor that fails, a compiler that errs and a library that was exchanged give others.
//!
//! ```
//! use tuffet_keys::{Scheme, known};
//! assert_eq!(known::signatures(Scheme::Ed25519), Ok(11));
//! assert_eq!(known::sha256(), Ok(4));
//! ```

use crate::{PublicKey, Scheme, encoding, post_quantum};

/// An answer that is not the known one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnownError {
    /// A signature.
    #[error("{file} test {test}: expected {expected}, found the opposite")]
    Signature {
        /// The publisher's file.
        file: String,
        /// The number in it.
        test: String,
        /// `valid` or `invalid`.
        expected: String,
    },
    /// A digest.
    #[error("the digest of {length} bytes: expected {expected}, found {found}")]
    Digest {
        /// Bytes hashed.
        length: usize,
        /// As published.
        expected: &'static str,
        /// As computed.
        found: String,
    },
    /// The table does not read.
    #[error("known answers, line {line}: {problem}")]
    Table {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// Nothing was asked of the scheme, or only what is valid.
    #[error("known answers: expected valid and invalid signatures of {scheme}, found {valid} and {invalid}")]
    Missing {
        /// The scheme.
        scheme: Scheme,
        /// Valid ones.
        valid: usize,
        /// Invalid ones.
        invalid: usize,
    },
}

/// The schemes whose answers are known and which this build verifies.
#[must_use]
pub fn schemes() -> &'static [Scheme] {
    const ALL: &[Scheme] = &[
        Scheme::Ed25519,
        Scheme::EcdsaP256,
        Scheme::EcdsaP384,
        Scheme::RsaPssSha256,
        Scheme::RsaPssSha384,
        Scheme::RsaPssSha512,
        Scheme::MlDsa44,
        Scheme::MlDsa65,
        Scheme::MlDsa87,
    ];
    if post_quantum::BUILT { ALL } else { ALL.split_at_checked(6).map_or(ALL, |(classical, _)| classical) }
}

/// Asks for every known signature of a scheme; how many there were.
///
/// # Errors
/// [`KnownError`] at the first answer that is another.
pub fn signatures(scheme: Scheme) -> Result<usize, KnownError> {
    ask(table(scheme), scheme)
}

/// Asks for known digests; how many there were.
///
/// # Errors
/// [`KnownError::Digest`]
pub fn sha256() -> Result<usize, KnownError> {
    digests(&SHA256, |bytes| crate::sha256(bytes).to_string())
}

/// As [`sha256`], for SHA-512.
///
/// # Errors
/// [`KnownError::Digest`]
pub fn sha512() -> Result<usize, KnownError> {
    digests(&SHA512, |bytes| crate::sha512(bytes).to_string())
}

/// A message, as a pattern and how often it is repeated, and its published digest.
type Known = (&'static [u8], usize, &'static str);

fn digests(table: &[Known], digest: impl Fn(&[u8]) -> String) -> Result<usize, KnownError> {
    for (pattern, times, expected) in table {
        let message = pattern.repeat(*times);
        let found = digest(&message);
        if found != *expected {
            return Err(KnownError::Digest { length: message.len(), expected, found });
        }
    }
    Ok(table.len())
}

fn ask(table: &str, scheme: Scheme) -> Result<usize, KnownError> {
    let (mut file, mut key, mut valid, mut invalid) = ("", None, 0usize, 0usize);
    for (at, text) in table.lines().enumerate() {
        let refuse = |problem| KnownError::Table { line: at.saturating_add(1), problem };
        let words: Vec<&str> = text.split(' ').collect();
        match *words.as_slice() {
            ["#", ..] => {}
            ["file", name] => file = name,
            ["key", name, spki] => {
                let of = || -> Option<PublicKey> {
                    encoding::from_spki(&hex::decode(spki).ok()?, Some(scheme)).ok().map(PublicKey::from)
                };
                key = if name == scheme.name() { Some(of().ok_or_else(|| refuse("expected a key"))?) } else { None };
            }
            [test, expected @ ("valid" | "invalid"), message, signature] => {
                let Some(key) = &key else { continue };
                let (message, signature) = (bytes(message), bytes(signature));
                let (message, signature) = message.zip(signature).ok_or_else(|| refuse("expected hex"))?;
                // What ML-DSA is given here is not a payload: no prefix comes before it.
                let answer = match scheme.ring() {
                    Some(_) => key.verify(&message, &signature),
                    None => post_quantum::verify(scheme, key.raw(), &message, &signature),
                };
                if answer.is_ok() != (expected == "valid") {
                    let (file, test, expected) = (file.to_owned(), test.to_owned(), expected.to_owned());
                    return Err(KnownError::Signature { file, test, expected });
                }
                let count = if answer.is_ok() { &mut valid } else { &mut invalid };
                *count = count.saturating_add(1);
            }
            _ => return Err(refuse("expected a file, a key or a test")),
        }
    }
    if valid == 0 || invalid == 0 {
        return Err(KnownError::Missing { scheme, valid, invalid });
    }
    Ok(valid.saturating_add(invalid))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    if text == "-" { Some(Vec::new()) } else { hex::decode(text).ok() }
}

fn table(scheme: Scheme) -> &'static str {
    if scheme.ring().is_some() { include_str!("known/wycheproof.txt") } else { post_quantum::KNOWN }
}

/// The examples of FIPS 180 for SHA-256.
const SHA256: [Known; 4] = [
    (b"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (b"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
        b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        1,
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ),
    (b"a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
];

/// The examples of FIPS 180 for SHA-512.
const SHA512: [Known; 4] = [
    (
        b"",
        1,
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce\
         47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    ),
    (
        b"abc",
        1,
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ),
    (
        b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        1,
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018\
         501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    ),
    (
        b"a",
        1_000_000,
        "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb\
         de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
    ),
];

#[cfg(test)]
mod tests;
