//! From a device's statement to a pinned root (AT2, AT3).

use crate::{Anchors, Device, Refused, Statement};
use chrono::{DateTime, Utc};
use tuffet_certificates::Certificate;

/// Checks every link, and gives the name of the root at the end. The root itself is trusted as a name and a key: what it
/// says of its own validity and of the authorities below is not asked (RFC 5280 6.1.1), and Yubico's older ones would
/// refuse the devices below them.
pub(crate) fn check(
    chain: &[Certificate],
    device: Device,
    anchors: &Anchors,
    at: DateTime<Utc>,
) -> Result<String, Refused> {
    let mut path: Vec<&Certificate> = chain.iter().collect();
    if path.last().is_some_and(|last| anchors.is_root(last)) {
        path.pop();
    }
    let root = loop {
        let Some(last) = path.last() else { return Err(Refused::NoStatement) };
        if let Some(root) = anchors.root(last, device) {
            break root;
        }
        // No certificate is issued by one that stands before it: the search ends.
        match anchors.between(last).filter(|issuer| !path.contains(issuer)) {
            Some(issuer) => path.push(issuer),
            None => return Err(stranded(&path)),
        }
    };
    for (position, link) in (1..).zip(path.windows(2)) {
        let [certificate, issuer] = link else { continue };
        if !certificate.is_issued_by(issuer) {
            return Err(out_of_order(position, certificate, issuer));
        }
    }
    // The signatures before what the certificates say: nothing in them counts until then.
    let issuers = path.iter().skip(1).copied().chain([root]);
    for ((position, certificate), issuer) in (1..).zip(&path).zip(issuers) {
        certificate.is_signed_by(issuer).map_err(|problem| Refused::Signature {
            position,
            issuer: issuer.subject(),
            problem: problem.to_string(),
        })?;
    }
    for (index, certificate) in path.iter().enumerate() {
        authority(index, certificate, device)?;
        if !certificate.is_valid_at(at) {
            let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
            return Err(Refused::Time { position: index.saturating_add(1), at, not_before, not_after });
        }
    }
    Ok(root.common_name().unwrap_or_else(|| root.subject()))
}

/// The first certificate is the statement; the second is the device's, and it and all above it must be authorities. Some
/// YubiKeys have one that does not say what it is. Yubico's roots speak for other applets too, whose keys sign texts that
/// others choose a part of, so the device's certificate must name the one that makes statements. A statement bears that
/// name too, and its key signs whatever its holder wants: no statement is an authority, whatever stands above it allows.
fn authority(index: usize, certificate: &Certificate, device: Device) -> Result<(), Refused> {
    let position = index.saturating_add(1);
    let extensions =
        certificate.extensions().map_err(|problem| Refused::Extensions { position, reason: problem.to_string() })?;
    if index == 0 {
        return Ok(());
    }
    let named = certificate.common_name().is_some_and(|name| name.contains(applet(device)));
    let silent = certificate.extension(BASIC_CONSTRAINTS).is_none();
    let own = index == 1;
    let signs = extensions.usage.is_none_or(|usage| usage.cert_sign);
    let allowed = signs && !Statement::is_one(certificate);
    if (own && !named) || !allowed || !(extensions.is_ca || (own && silent && device == Device::YubiKeyPiv)) {
        return Err(Refused::NotCa { position, subject: certificate.subject() });
    }
    let below = index.saturating_sub(1);
    match extensions.path_length {
        Some(allowed) if below > usize::from(allowed) => Err(Refused::PathLength { position, allowed, found: below }),
        _ => Ok(()),
    }
}

fn applet(device: Device) -> &'static str {
    match device {
        Device::YubiKeyPiv => "PIV Attestation",
        Device::YubiHsm2 => "YubiHSM Attestation",
    }
}

/// No way to a root: a link out of order says more than the name at the end.
fn stranded(path: &[&Certificate]) -> Refused {
    for (position, link) in (1..).zip(path.windows(2)) {
        if let [certificate, issuer] = link
            && !certificate.is_issued_by(issuer)
        {
            return out_of_order(position, certificate, issuer);
        }
    }
    Refused::Anchor { issuer: path.last().map(|last| last.issuer()).unwrap_or_default() }
}

fn out_of_order(position: usize, certificate: &Certificate, issuer: &Certificate) -> Refused {
    Refused::Order { position, next: issuer.subject(), issuer: certificate.issuer() }
}

const BASIC_CONSTRAINTS: &str = "2.5.29.19";
