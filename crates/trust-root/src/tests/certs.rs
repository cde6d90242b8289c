//! Certificates made by the test: a DER writer of a page and keys of ring. It can make every wrong certificate too.

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};

pub(super) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut out = vec![tag];
    match body.len() {
        n @ 0..=127 => out.push(n as u8),
        n @ 128..=255 => out.extend([0x81, n as u8]),
        n => out.extend([0x82, (n >> 8) as u8, n as u8]),
    }
    out.extend(body);
    out
}

pub(super) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts)
}

pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], bytes])
}

pub(super) fn oid(text: &str) -> Vec<u8> {
    let oid = der::asn1::ObjectIdentifier::new_unwrap(text);
    tlv(0x06, &[oid.as_bytes()])
}

pub(super) fn pem(label: &str, der: &[u8]) -> String {
    pem::encode_config(&pem::Pem::new(label, der), pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF))
}

enum Signer {
    Ed25519(Ed25519KeyPair),
    Ecdsa(EcdsaKeyPair, &'static str),
}

/// A throwaway key that can sign certificates.
pub(super) struct Key {
    signer: Signer,
    pub(super) spki: Vec<u8>,
}

impl Key {
    pub(super) fn ed25519(seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let spki = seq(&[&seq(&[&oid("1.3.101.112")]), &bits(pair.public_key().as_ref())]);
        Self { signer: Signer::Ed25519(pair), spki }
    }

    pub(super) fn p256() -> Self {
        Self::ecdsa(false)
    }

    pub(super) fn p384() -> Self {
        Self::ecdsa(true)
    }

    // ring cannot sign with ECDSA without its random source; the tests assert nothing that depends on it.
    #[allow(clippy::disallowed_methods)]
    fn ecdsa(p384: bool) -> Self {
        let (scheme, curve, name) = if p384 {
            (&ECDSA_P384_SHA384_ASN1_SIGNING, "1.3.132.0.34", "1.2.840.10045.4.3.3")
        } else {
            (&ECDSA_P256_SHA256_ASN1_SIGNING, "1.2.840.10045.3.1.7", "1.2.840.10045.4.3.2")
        };
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(scheme, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(scheme, pkcs8.as_ref(), &random).unwrap();
        let spki = seq(&[&seq(&[&oid("1.2.840.10045.2.1"), &oid(curve)]), &bits(pair.public_key().as_ref())]);
        Self { signer: Signer::Ecdsa(pair, name), spki }
    }

    pub(super) fn pem(&self) -> String {
        pem("PUBLIC KEY", &self.spki)
    }

    fn algorithm(&self) -> &'static str {
        match &self.signer {
            Signer::Ed25519(_) => "1.3.101.112",
            Signer::Ecdsa(_, name) => name,
        }
    }

    #[allow(clippy::disallowed_methods)]
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.signer {
            Signer::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Signer::Ecdsa(pair, _) => {
                let signature = pair.sign(&SystemRandom::new(), message).unwrap();
                signature.as_ref().to_vec()
            }
        }
    }
}

/// What a certificate shall say; every field may be wrong.
#[derive(Clone)]
pub(super) struct Spec<'a> {
    pub(super) subject: &'a str,
    pub(super) issuer: &'a str,
    pub(super) organization: Option<&'a str>,
    pub(super) key: &'a Key,
    pub(super) signer: &'a Key,
    pub(super) not_before: &'a str,
    pub(super) not_after: &'a str,
    pub(super) extensions: Vec<Vec<u8>>,
    pub(super) inner_algorithm: Option<&'a str>,
    pub(super) outer_algorithm: Option<&'a str>,
}

impl<'a> Spec<'a> {
    pub(super) fn new(subject: &'a str, key: &'a Key, issuer: &'a str, signer: &'a Key) -> Self {
        Self {
            subject,
            issuer,
            organization: Some("example.org"),
            key,
            signer,
            not_before: "250101000000Z",
            not_after: "350101000000Z",
            extensions: Vec::new(),
            inner_algorithm: None,
            outer_algorithm: None,
        }
    }

    pub(super) fn with(mut self, extensions: &[Vec<u8>]) -> Self {
        self.extensions.extend_from_slice(extensions);
        self
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let algorithm = |name: Option<&str>| seq(&[&oid(name.unwrap_or(self.signer.algorithm()))]);
        let signed = seq(&[
            &[0xa0, 3, 2, 1, 2],
            &[2, 1, 7],
            &algorithm(self.inner_algorithm),
            &self.name(self.issuer),
            &seq(&[&tlv(0x17, &[self.not_before.as_bytes()]), &tlv(0x17, &[self.not_after.as_bytes()])]),
            &self.name(self.subject),
            &self.key.spki,
            &tlv(0xa3, &[&seq(&[&self.extensions.concat()])]),
        ]);
        let signature = bits(&self.signer.sign(&signed));
        let outer = self.outer_algorithm.or(self.inner_algorithm);
        seq(&[&signed, &algorithm(outer), &signature])
    }

    pub(super) fn pem(&self) -> String {
        pem("CERTIFICATE", &self.der())
    }

    fn name(&self, common_name: &str) -> Vec<u8> {
        let part = |kind: &str, text: &str| tlv(0x31, &[&seq(&[&oid(kind), &tlv(0x0c, &[text.as_bytes()])])]);
        let organization = self.organization.map(|text| part("2.5.4.10", text));
        let common_name = (!common_name.is_empty()).then(|| part("2.5.4.3", common_name));
        seq(&[&organization.unwrap_or_default(), &common_name.unwrap_or_default()])
    }
}

pub(super) fn extension(id: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    seq(&[&oid(id), critical, &tlv(0x04, &[value])])
}

pub(super) fn ca(path_length: Option<u8>) -> Vec<u8> {
    let length = path_length.map(|n| vec![2, 1, n]).unwrap_or_default();
    extension("2.5.29.19", true, &seq(&[&[1, 1, 0xff], &length]))
}

pub(super) fn cert_sign() -> Vec<u8> {
    extension("2.5.29.15", true, &[3, 2, 2, 0x04])
}

pub(super) fn digital_signature() -> Vec<u8> {
    extension("2.5.29.15", true, &[3, 2, 7, 0x80])
}

pub(super) fn purposes(critical: bool, ids: &[&str]) -> Vec<u8> {
    let ids: Vec<u8> = ids.iter().flat_map(|id| oid(id)).collect();
    extension("2.5.29.37", critical, &seq(&[&ids]))
}

pub(super) fn key_id(id: &[u8]) -> Vec<u8> {
    extension("2.5.29.14", false, &tlv(0x04, &[id]))
}

pub(super) fn issuer_key_id(id: &[u8]) -> Vec<u8> {
    extension("2.5.29.35", false, &seq(&[&tlv(0x80, &[id])]))
}

pub(super) const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
pub(super) const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
