//! The mark of ROCA on an RSA modulus (YSA-2017-01, CVE-2017-15361).
//!
//! The generator at fault made primes of the form k·M + (65537^a mod M), M a product of small primes. So, modulo each of
//! those, the modulus is a power of 65537 too: a sound modulus is one modulo all of them by a chance below one in 10^8.

use der::asn1::UintRef;
use der::{Decode, Reader, SliceReader};
use tuffet_certificates::{KeyAlgorithm, Spki};

/// Whether the key is an RSA key with the mark.
pub(crate) fn is_weak(key: &Spki) -> bool {
    matches!(key.algorithm(), KeyAlgorithm::Rsa { .. }) && modulus(key.raw()).is_some_and(has_mark)
}

fn modulus(pkcs1: &[u8]) -> Option<&[u8]> {
    let mut reader = SliceReader::new(pkcs1).ok()?;
    let key = reader.sequence(|key| Ok::<_, der::Error>((UintRef::decode(key)?, UintRef::decode(key)?)));
    key.ok().map(|(modulus, _)| modulus.as_bytes())
}

/// `modulus` is unsigned, big-endian.
pub(crate) fn has_mark(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| is_power(remainder(modulus, *prime), *prime))
}

fn remainder(number: &[u8], prime: u32) -> u32 {
    number.iter().fold(0, |rest, byte| (rest << 8 | u32::from(*byte)).checked_rem(prime).unwrap_or_default())
}

/// Whether `value` is 65537^a modulo `prime` for some a.
fn is_power(value: u32, prime: u32) -> bool {
    let step = |power: u32| power.saturating_mul(65537u32.checked_rem(prime).unwrap_or_default()).checked_rem(prime);
    let mut power = 1;
    for _ in 0..prime {
        if power == value {
            return true;
        }
        power = step(power).unwrap_or_default();
    }
    false
}

/// The odd primes that divide M for every key length.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
    113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];
