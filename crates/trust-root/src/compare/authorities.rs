//! Authorities, by their first certificate.

use super::change::{Named, TrustChange};
use super::{field, windows};
use crate::authority::{CertificateAuthority, Subject};
use crate::entries::EntryKind;
use crate::pairs::Pairs;
use crate::shown;
use tuffet_certificates::Certificate;

pub(super) fn compare(
    kind: EntryKind,
    old: &[CertificateAuthority],
    new: &[CertificateAuthority],
    changes: &mut Vec<TrustChange>,
) {
    let pairs = Pairs::new(old, new, id);
    for authority in &pairs.removed {
        changes.push(TrustChange::Removed(named(kind, authority)));
    }
    for authority in &pairs.added {
        changes.push(added(kind, authority));
        for gone in pairs.removed.iter().filter(|gone| gone.uri.is_some() && gone.uri == authority.uri) {
            let key = |authority: &CertificateAuthority| (algorithm(authority), hex::encode(id(authority)));
            let address = authority.uri.clone().unwrap_or_default();
            changes.push(TrustChange::Replaced { kind, address, from: key(gone), to: key(authority) });
        }
    }
    for (old, new) in &pairs.kept {
        changed(&named(kind, new), old, new, changes);
    }
    if pairs.reordered {
        let order = pairs.kept.iter().map(|(_, authority)| named(kind, authority)).collect();
        changes.push(TrustChange::Reordered { kind, order });
    }
}

/// SHA-256 of the first certificate. A chain is never empty.
fn id(authority: &CertificateAuthority) -> Vec<u8> {
    authority.chain.first().map(Certificate::sha256).unwrap_or_default()
}

fn algorithm(authority: &CertificateAuthority) -> String {
    authority.chain.first().map(|first| first.key_algorithm().to_string()).unwrap_or_default()
}

fn named(kind: EntryKind, authority: &CertificateAuthority) -> Named {
    let subject = authority.subject.to_string();
    let subject = if subject.is_empty() { "without a subject".to_owned() } else { subject };
    let name = match &authority.uri {
        Some(uri) => format!("{subject} at {uri}"),
        None => format!("{subject}, no address"),
    };
    Named { kind, name, id: hex::encode(id(authority)) }
}

fn added(kind: EntryKind, authority: &CertificateAuthority) -> TrustChange {
    let CertificateAuthority { subject: _, uri: _, chain, valid_for, operator } = authority;
    let mut details: Vec<String> = (1..)
        .zip(chain)
        .map(|(position, certificate): (usize, _)| {
            format!("certificate {position} {}", shown::certificate(certificate))
        })
        .collect();
    details.extend(operator.as_ref().map(|operator| format!("operator {operator}")));
    let (entry, algorithm) = (named(kind, authority), algorithm(authority));
    TrustChange::Added { entry, algorithm, window: valid_for.clone(), details }
}

fn changed(entry: &Named, old: &CertificateAuthority, new: &CertificateAuthority, changes: &mut Vec<TrustChange>) {
    let CertificateAuthority { subject, uri, chain, valid_for, operator } = new;
    let Subject { organization, common_name } = subject;
    windows(entry, &old.valid_for, valid_for, changes);
    field(entry, "organization", old.subject.organization.clone(), organization.clone(), changes);
    field(entry, "commonName", old.subject.common_name.clone(), common_name.clone(), changes);
    field(entry, "uri", old.uri.clone(), uri.clone(), changes);
    field(entry, "operator", old.operator.clone(), operator.clone(), changes);
    for at in 1..old.chain.len().max(chain.len()) {
        let (from, to) = (old.chain.get(at), chain.get(at));
        if from != to {
            let (from, to) = (from.map(shown::certificate), to.map(shown::certificate));
            let (entry, position) = (entry.clone(), at.saturating_add(1));
            changes.push(TrustChange::Certificate { entry, position, from, to });
        }
    }
}
