//! TR2 of entries that are there already: composing checked them, or another tool did not.

use super::{Findings, authorities};
use crate::authority_kind::AuthorityKind;
use crate::chain;
use crate::error::Rule;
use crate::shown;
use crate::trusted_root::TrustedRoot;

pub(super) fn check(root: &TrustedRoot, findings: &mut Findings) {
    for (place, authority) in authorities(root) {
        let kind = if place.starts_with('c') {
            AuthorityKind::CertificateAuthority
        } else {
            AuthorityKind::TimestampAuthority
        };
        if let Err(refusal) = chain::check(authority.chain(), kind) {
            findings.error(refusal.rule(), format!("{place}.certChain"), refusal.to_string());
        }
        let issuer = authority.chain().first();
        let earlier = authorities(root)
            .take_while(|(other, _)| *other != place)
            .find(|(other, found)| other.starts_with(kind_of(&place)) && found.chain().first() == issuer);
        if let (Some((other, _)), Some(issuer)) = (earlier, issuer) {
            // Two windows for one issuer would hide that closing one leaves the other open.
            let subject = shown::text(&issuer.subject());
            let text = format!("expected one entry per issuing certificate, found {subject} in {other} too");
            findings.error(Rule::Tr2, format!("{place}.certChain"), text);
        }
    }
}

/// The list's name of `certificateAuthorities[0]`.
fn kind_of(place: &str) -> &str {
    place.split('[').next().unwrap_or(place)
}
