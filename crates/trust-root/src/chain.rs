//! Certificate chains (TR2): complete, in order, signed, and meant for the purpose.
//!
//! A client finds the fault of a wrong chain only when it verifies its first artefact, long after the ceremony; the
//! first staging root of Sigstore had its certificates in the wrong order.

use tuffet_certificates::{Certificate, SignatureProblem};

use crate::authority_kind::AuthorityKind;
use crate::extensions::{CODE_SIGNING, Extensions, TIME_STAMPING};
use crate::refusal::Refusal;

/// More certificates than any chain in the field has (three); each costs a signature check, so a file of thousands
/// would keep the machine busy.
pub(crate) const LONGEST_CHAIN: usize = 8;

/// Checks a chain as it stands in a file: issuing certificate first, trust anchor last.
pub(crate) fn check(chain: &[Certificate], kind: AuthorityKind) -> Result<(), Refusal> {
    let extensions = (1..)
        .zip(chain)
        .map(|(position, certificate)| Extensions::read(certificate, position))
        .collect::<Result<Vec<_>, _>>()?;
    if kind == AuthorityKind::TimestampAuthority && chain.len() == 1 {
        return Err(Refusal::LoneTsa);
    }
    order(chain)?;
    signatures(chain)?;
    key_identifiers(&extensions)?;
    for (index, extensions) in extensions.iter().enumerate() {
        let is_anchor = index.saturating_add(1) == chain.len();
        match kind {
            AuthorityKind::TimestampAuthority if index == 0 => tsa_leaf(extensions)?,
            AuthorityKind::TimestampAuthority => {
                authority(extensions, index.saturating_sub(1))?;
                extensions.purpose(TIME_STAMPING, false)?;
            }
            AuthorityKind::CertificateAuthority => {
                authority(extensions, index)?;
                // The issuing CA must be bound to code signing. A trust anchor, and an intermediate between (GitHub's
                // has no usage), may leave it open.
                extensions.purpose(CODE_SIGNING, index == 0 && !is_anchor)?;
            }
        }
    }
    Ok(())
}

fn order(chain: &[Certificate]) -> Result<(), Refusal> {
    for ((position, certificate), next) in (1..).zip(chain).zip(chain.iter().skip(1)) {
        if certificate.is_self_issued() {
            return Err(Refusal::AnchorNotLast { position });
        }
        if !certificate.is_issued_by(next) {
            return Err(Refusal::Order { position, next: next.subject(), issuer: certificate.issuer() });
        }
    }
    match chain.last() {
        Some(anchor) if !anchor.is_self_issued() => {
            Err(Refusal::NoAnchor { subject: anchor.subject(), issuer: anchor.issuer() })
        }
        _ => Ok(()),
    }
}

/// Each by the next, the anchor by itself.
fn signatures(chain: &[Certificate]) -> Result<(), Refusal> {
    let issuers = chain.iter().skip(1).chain(chain.last());
    for ((position, certificate), issuer) in (1..).zip(chain).zip(issuers) {
        certificate.is_signed_by(issuer).map_err(|problem| match problem {
            SignatureProblem::TwoAlgorithms { signed, outer } => Refusal::TwoAlgorithms { position, signed, outer },
            SignatureProblem::Algorithm(found) => Refusal::SignatureAlgorithm { position, found },
            SignatureProblem::Invalid => Refusal::Signature { position, issuer: issuer.subject() },
        })?;
    }
    Ok(())
}

fn key_identifiers(extensions: &[Extensions]) -> Result<(), Refusal> {
    let issuers = extensions.iter().skip(1).chain(extensions.last());
    for (certificate, issuer) in extensions.iter().zip(issuers) {
        if let (Some(found), Some(expected)) = (&certificate.said.issuer_key_id, &issuer.said.key_id)
            && found != expected
        {
            return Err(Refusal::KeyIdentifier {
                position: certificate.position,
                expected: hex::encode(expected),
                found: hex::encode(found),
            });
        }
    }
    Ok(())
}

fn authority(extensions: &Extensions, below: usize) -> Result<(), Refusal> {
    let position = extensions.position;
    if !extensions.said.is_ca {
        return Err(Refusal::NotCa { position });
    }
    if !extensions.cert_sign() {
        return Err(Refusal::NoCertSign { position });
    }
    match extensions.said.path_length {
        Some(allowed) if below > usize::from(allowed) => Err(Refusal::PathLength { position, allowed, found: below }),
        _ => Ok(()),
    }
}

fn tsa_leaf(extensions: &Extensions) -> Result<(), Refusal> {
    if extensions.said.is_ca {
        return Err(Refusal::NotTsaLeaf);
    }
    if !extensions.digital_signature() {
        return Err(Refusal::NoDigitalSignature);
    }
    extensions.time_stamping_only()
}
