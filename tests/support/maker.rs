//! A maker of devices of the test's own: a root, a device's certificate, statements about keys, each of them wrong on
//! demand.

#![allow(dead_code, reason = "each test makes the devices it needs")]

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, PublicKeyData,
};
use tuffet_attestation::{Anchors, Evidence};
use tuffet_keys::PublicKey;

/// A certificate and the key it certifies.
pub(crate) struct Authority {
    pub(crate) params: CertificateParams,
    pub(crate) key: KeyPair,
    pub(crate) certificate: Certificate,
}

pub(crate) struct Maker {
    pub(crate) root: Authority,
    pub(crate) device: Authority,
}

struct Point(Vec<u8>);

impl PublicKeyData for Point {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

struct Rsa(Vec<u8>);

impl PublicKeyData for Rsa {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

pub(crate) fn key() -> KeyPair {
    KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap()
}

/// The key as tuffet knows it.
pub(crate) fn public(key: &KeyPair) -> PublicKey {
    PublicKey::from_spki_der(&key.subject_public_key_info()).unwrap()
}

pub(crate) fn params(name: &str, is_ca: IsCa) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2016, 3, 14);
    params.not_after = rcgen::date_time_ymd(2052, 4, 17);
    params.is_ca = is_ca;
    params
}

pub(crate) fn ca(below: u8) -> IsCa {
    IsCa::Ca(BasicConstraints::Constrained(below))
}

pub(crate) fn extension(oid: &str, value: &[u8]) -> CustomExtension {
    let arcs: Vec<u64> = oid.split('.').map(|arc| arc.parse().unwrap()).collect();
    CustomExtension::from_oid_content(&arcs, value.to_vec())
}

impl Authority {
    pub(crate) fn root(name: &str) -> Self {
        let (params, key) = (params(name, ca(3)), key());
        let certificate = params.self_signed(&key).unwrap();
        Self { params, key, certificate }
    }

    pub(crate) fn issue(&self, params: CertificateParams) -> Self {
        let key = key();
        let certificate = self.certify(&params, &key);
        Self { params, key, certificate }
    }

    pub(crate) fn certify(&self, params: &CertificateParams, key: &impl PublicKeyData) -> Certificate {
        params.signed_by(key, &Issuer::from_params(&self.params, &self.key)).unwrap()
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        self.certificate.der().to_vec()
    }
}

impl Maker {
    pub(crate) fn of(device: CertificateParams) -> Self {
        let root = Authority::root("Test PIV Root");
        let device = root.issue(device);
        Self { root, device }
    }

    /// A maker of YubiKeys with firmware 5.7.4.
    pub(crate) fn yubikeys() -> Self {
        Self::of(piv_device([5, 7, 4]))
    }

    pub(crate) fn anchors(&self) -> Anchors {
        Anchors::of(&self.root.certificate.pem()).unwrap()
    }

    /// Evidence of which the device makes the statement `params` about `key`.
    pub(crate) fn evidence(&self, params: &CertificateParams, key: &KeyPair) -> Evidence {
        let statement = self.device.certify(params, key);
        Evidence::from_der(vec![statement.der().to_vec(), self.device.der()]).unwrap()
    }

    /// As [`evidence`](Self::evidence), about a P-256 key of which only the public half exists: its uncompressed point.
    pub(crate) fn about_point(&self, params: &CertificateParams, point: &[u8]) -> Evidence {
        let statement = self.device.certify(params, &Point(point.to_vec()));
        Evidence::from_der(vec![statement.der().to_vec(), self.device.der()]).unwrap()
    }

    /// As [`about_point`](Self::about_point), about an RSA key, as PKCS#1 has it.
    pub(crate) fn about(&self, params: &CertificateParams, pkcs1: &[u8]) -> Evidence {
        let statement = self.device.certify(params, &Rsa(pkcs1.to_vec()));
        Evidence::from_der(vec![statement.der().to_vec(), self.device.der()]).unwrap()
    }
}

pub(crate) fn piv_device(firmware: [u8; 3]) -> CertificateParams {
    let mut device = params("Yubico PIV Attestation", ca(0));
    device.custom_extensions.push(extension("1.3.6.1.4.1.41482.3.3", &firmware));
    device
}

/// What a YubiKey says of a key in `slot`.
pub(crate) fn piv(slot: &str, firmware: [u8; 3], serial: u32, policy: [u8; 2]) -> CertificateParams {
    let mut statement = params(&format!("YubiKey PIV Attestation {slot}"), IsCa::NoCa);
    statement.custom_extensions = vec![
        extension("1.3.6.1.4.1.41482.3.3", &firmware),
        extension("1.3.6.1.4.1.41482.3.7", &[&[2, 4], serial.to_be_bytes().as_slice()].concat()),
        extension("1.3.6.1.4.1.41482.3.8", &policy),
        extension("1.3.6.1.4.1.41482.3.9", &[3]),
    ];
    statement
}

/// A sound statement: slot 9c, firmware 5.7.4, PIN once, touch always.
pub(crate) fn sound() -> CertificateParams {
    piv("9c", [5, 7, 4], 12_345_678, [2, 2])
}

/// What a YubiHSM 2 says of a key that may sign with ECDSA.
pub(crate) fn hsm(origin: u8, capabilities: u64) -> CertificateParams {
    let mut statement = params("YubiHSM Attestation id:0x0007", IsCa::NoCa);
    statement.custom_extensions = vec![
        extension("1.3.6.1.4.1.41482.4.1", &[4, 3, 2, 4, 1]),
        extension("1.3.6.1.4.1.41482.4.2", &[2, 4, 1, 2, 3, 4]),
        extension("1.3.6.1.4.1.41482.4.3", &[3, 2, 0, origin]),
        extension("1.3.6.1.4.1.41482.4.4", &[3, 3, 0, 0, 1]),
        extension("1.3.6.1.4.1.41482.4.5", &[&[3, 9, 0], capabilities.to_be_bytes().as_slice()].concat()),
        extension("1.3.6.1.4.1.41482.4.6", &[2, 1, 7]),
        extension("1.3.6.1.4.1.41482.4.9", &[12, 0]),
    ];
    statement
}

pub(crate) fn hsm_device() -> CertificateParams {
    let mut device = params("YubiHSM Attestation (16909060)", ca(0));
    device.custom_extensions.push(extension("1.3.6.1.4.1.41482.4.1", &[4, 3, 2, 4, 1]));
    device
}
