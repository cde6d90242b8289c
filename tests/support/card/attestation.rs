//! What the maker puts into a YubiKey: an attestation key with a certificate, which signs statements about other keys.
//! The extensions stand as real ones do: bare bytes, but a DER integer for the serial number.

use super::applet::Model;
use super::keys::{P256, P384, Slot};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PublicKeyData, SignatureAlgorithm, date_time_ymd,
};
use std::sync::{Arc, LazyLock};

/// The attestation key of one YubiKey, and the certificates above it.
#[derive(Clone)]
pub(crate) struct Maker(Arc<Inside>);

struct Inside {
    issuer: Issuer<'static, KeyPair>,
    device: Vec<u8>,
}

/// One root over every card of a test, as Yubico's is.
static ROOT: LazyLock<(CertificateParams, KeyPair, Vec<u8>)> = LazyLock::new(|| {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let mut params = named("Emulated PIV Root CA Serial 1");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).unwrap().der().to_vec();
    (params, key, root)
});

impl Maker {
    pub(crate) fn of(model: &Model) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = named("Yubico PIV Attestation");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.custom_extensions = vec![extension(3, model.firmware.to_vec())];
        let (above, signer, _) = &*ROOT;
        let device = params.signed_by(&key, &Issuer::from_params(above, signer)).unwrap().der().to_vec();
        Self(Arc::new(Inside { issuer: Issuer::new(params, key), device }))
    }

    /// The root certificate, in DER.
    pub(crate) fn root_der() -> Vec<u8> {
        ROOT.2.clone()
    }

    /// The attestation key's certificate, in DER.
    pub(crate) fn device_der(&self) -> &[u8] {
        &self.0.device
    }

    /// The statement that the key in this slot was made here.
    pub(crate) fn statement(&self, model: &Model, number: u8, slot: &Slot) -> Vec<u8> {
        let mut params = named(&format!("YubiKey PIV Attestation {number:02x}"));
        params.custom_extensions = vec![
            extension(3, model.firmware.to_vec()),
            extension(7, integer(model.serial)),
            extension(8, vec![slot.pin, slot.touch]),
            extension(9, vec![USB_A_KEYCHAIN]),
        ];
        let key = Attested { algorithm: slot.secret.algorithm(), point: slot.secret.point() };
        params.signed_by(&key, &self.0.issuer).unwrap().der().to_vec()
    }
}

struct Attested {
    algorithm: u8,
    point: Vec<u8>,
}

impl PublicKeyData for Attested {
    fn der_bytes(&self) -> &[u8] {
        &self.point
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self.algorithm {
            P256 => &PKCS_ECDSA_P256_SHA256,
            P384 => &PKCS_ECDSA_P384_SHA384,
            _ => &PKCS_ED25519,
        }
    }
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2016, 3, 14);
    params.not_after = date_time_ymd(2052, 4, 17);
    params
}

fn extension(number: u64, content: Vec<u8>) -> CustomExtension {
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 41482, 3, number], content)
}

/// A DER integer, as short as it can be.
fn integer(value: u32) -> Vec<u8> {
    let mut bytes: Vec<u8> = value.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
    if bytes.first().is_none_or(|b| b & 0x80 != 0) {
        bytes.insert(0, 0);
    }
    [vec![2, bytes.len() as u8], bytes].concat()
}

const USB_A_KEYCHAIN: u8 = 1;
