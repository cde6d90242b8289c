//! Whose word counts: the pinned roots of the maker, and the certificates between them and a device.

use crate::{Device, Evidence};
use tuffet_certificates::Certificate;

/// Pinned roots, and certificates that help to reach them.
///
/// ```
/// use tuffet_attestation::Anchors;
///
/// let names: Vec<_> = Anchors::yubico().roots().collect();
/// assert_eq!(names[0], "CN=Yubico PIV Root CA Serial 263751");
/// ```
#[derive(Debug, Clone)]
pub struct Anchors {
    roots: Vec<Root>,
    between: Vec<Certificate>,
}

#[derive(Debug, Clone)]
struct Root {
    certificate: Certificate,
    attests: &'static [Device],
}

impl Anchors {
    /// Yubico's roots of both generations, and its published certificates between the newer one and the devices: a
    /// YubiKey from firmware 5.7.4 on carries only its own.
    #[must_use]
    pub fn yubico() -> Self {
        let roots = ROOTS
            .iter()
            .filter_map(|(pem, attests)| Some(Root { certificate: certificates(pem).into_iter().next()?, attests }));
        Self { roots: roots.collect(), between: BETWEEN.iter().flat_map(|pem| certificates(pem)).collect() }
    }

    /// These certificates as roots for every kind of device: a rehearsal's or a test's own maker.
    ///
    /// # Errors
    /// What is wrong with one of them, in words; none is wrong too.
    pub fn of(pem: &str) -> Result<Self, String> {
        let blocks = pem::parse_many(pem).map_err(|e| e.to_string())?;
        if blocks.is_empty() {
            return Err("expected a root certificate in PEM, found none".to_owned());
        }
        let certificates: Result<Vec<_>, _> = blocks.iter().map(|b| Certificate::from_der(b.contents())).collect();
        let roots = certificates?.into_iter().map(|certificate| Root { certificate, attests: &EVERY });
        Ok(Self { roots: roots.collect(), between: Vec::new() })
    }

    /// These and further ones: an organisation's own, for devices whose attestation key it has replaced.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn and(mut self, pem: &str) -> Result<Self, String> {
        self.roots.extend(Self::of(pem)?.roots);
        Ok(self)
    }

    /// The names of the roots.
    pub fn roots(&self) -> impl Iterator<Item = String> {
        self.roots.iter().map(|root| root.certificate.subject())
    }

    /// The root that issued `certificate` for a device of this kind, by name; whether it signed it is for the caller.
    pub(crate) fn root(&self, certificate: &Certificate, device: Device) -> Option<&Certificate> {
        let issued = |root: &&Root| root.attests.contains(&device) && certificate.is_issued_by(&root.certificate);
        self.roots.iter().find(issued).map(|root| &root.certificate)
    }

    pub(crate) fn is_root(&self, certificate: &Certificate) -> bool {
        self.roots.iter().any(|root| root.certificate == *certificate)
    }

    /// A published certificate that issued `certificate`, by name.
    pub(crate) fn between(&self, certificate: &Certificate) -> Option<&Certificate> {
        self.between.iter().find(|issuer| certificate.is_issued_by(issuer))
    }

    /// The evidence with every published certificate that is missing between it and a root, so that a record stands by
    /// itself. What cannot be completed comes back as it is.
    #[must_use]
    pub fn complete(&self, evidence: &Evidence) -> Evidence {
        let mut chain = evidence.certificates().to_vec();
        while chain.len() < Evidence::LONGEST {
            let last = chain.last().and_then(|der| Certificate::from_der(der).ok());
            let Some(issuer) = last.as_ref().and_then(|last| self.between(last)) else { break };
            chain.push(issuer.der().to_vec());
        }
        Evidence::from_der(chain).unwrap_or_else(|_| evidence.clone())
    }
}

fn certificates(pem: &str) -> Vec<Certificate> {
    // The files are part of the program; a test counts what is read from them.
    let blocks = pem::parse_many(pem).unwrap_or_default();
    blocks.iter().filter_map(|block| Certificate::from_der(block.contents()).ok()).collect()
}

const EVERY: [Device; 2] = [Device::YubiKeyPiv, Device::YubiHsm2];

/// Devices before 2018 have certificates under the root of U2F.
const ROOTS: [(&str, &[Device]); 4] = [
    (include_str!("anchors/yubico-piv-root-263751.pem"), &[Device::YubiKeyPiv]),
    (include_str!("anchors/yubico-u2f-root-457200631.pem"), &[Device::YubiKeyPiv]),
    (include_str!("anchors/yubico-attestation-root-1.pem"), &EVERY),
    (include_str!("anchors/yubihsm-root.pem"), &[Device::YubiHsm2]),
];

const BETWEEN: [&str; 5] = [
    include_str!("anchors/yubico-attestation-intermediate-a-1.pem"),
    include_str!("anchors/yubico-attestation-intermediate-b-1.pem"),
    include_str!("anchors/yubico-piv-attestation-a-1.pem"),
    include_str!("anchors/yubico-piv-attestation-b-1.pem"),
    include_str!("anchors/yubihsm-6742036-sub-ca.pem"),
];
