//! TR3 of entries that are there already, and what is left of a kind at a time.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Findings, authorities, logs};
use crate::authority::CertificateAuthority;
use crate::error::{Rule, quoted};
use crate::gaps::{Span, gaps};
use crate::log::TransparencyLog;
use crate::severity::Severity;
use crate::time::{Window, WrittenTime};
use crate::trusted_root::TrustedRoot;
use tuffet_certificates::Certificate;

pub(super) fn check(root: &TrustedRoot, at: DateTime<Utc>, findings: &mut Findings) {
    for (place, log) in logs(root) {
        start(&format!("{place}.publicKey.validFor"), log.valid_for(), findings);
    }
    for (place, authority) in authorities(root) {
        let place = format!("{place}.validFor");
        let window = authority.valid_for();
        start(&place, window, findings);
        let not_before = authority.chain().iter().map(Certificate::not_before).max();
        let not_after = authority.chain().iter().map(Certificate::not_after).min();
        if let (Some(found), Some(limit)) = (window.start(), not_before)
            && found.time() < limit
        {
            let text =
                format!("expected a start not before {}, when all certificates are valid, found {found}", time(limit));
            findings.error(Rule::Tr3, &place, text);
        }
        if let (Some(found), Some(limit)) = (window.end(), not_after)
            && found.time() > limit
        {
            let text =
                format!("expected an end not after {}, when the first certificate expires, found {found}", time(limit));
            findings.error(Rule::Tr3, &place, text);
        }
        if let Some(limit) = not_after.filter(|limit| window.contains(at) && *limit < at) {
            let text =
                format!("expected certificates valid at {}, found one that expired at {}", time(at), time(limit));
            findings.warning(Rule::Tr3, &place, text);
        }
    }
    successors(root, at, findings);
    nothing_left(root, at, findings);
}

fn start(place: &str, window: &Window, findings: &mut Findings) {
    if window.start().is_none() {
        let text = "expected a start, found none: the entry is never valid, and strict readers refuse the file";
        findings.error(Rule::Tr3, place, text);
    }
}

/// Entries follow each other: between two of them a signature finds nobody who vouches.
fn successors(root: &TrustedRoot, at: DateTime<Utc>, findings: &mut Findings) {
    let logs = |logs: &[TransparencyLog]| -> Vec<(String, Span)> {
        logs.iter().filter_map(|log| Some((log.base_url().to_owned(), Span::of_log(log)?))).collect()
    };
    let authorities = |list: &[CertificateAuthority]| -> Vec<(String, Span)> {
        list.iter().filter_map(|a| Some((a.uri().unwrap_or_default().to_owned(), Span::of_authority(a)?))).collect()
    };
    for (list, entries) in [
        ("tlogs", logs(root.tlogs())),
        ("certificateAuthorities", authorities(root.certificate_authorities())),
        ("ctlogs", logs(root.ctlogs())),
        ("timestampAuthorities", authorities(root.timestamp_authorities())),
    ] {
        let all: Vec<Span> = entries.iter().map(|(_, span)| *span).collect();
        let of_kind = gaps(&all);
        let addresses: BTreeSet<&String> = entries.iter().map(|(address, _)| address).collect();
        let mut told = Vec::new();
        for address in addresses {
            let there = entries.iter().filter(|(other, _)| other == address);
            let there: Vec<Span> = there.map(|(_, span)| *span).collect();
            for gap in gaps(&there) {
                let text = format!(
                    "expected the entries at {} to follow each other without a gap, found none from {} to {}",
                    quoted(address),
                    time(gap.0),
                    time(gap.1)
                );
                findings.warning(Rule::Tr3, list, text);
                told.push(gap);
            }
        }
        for (from, to) in of_kind.into_iter().filter(|gap| !told.contains(gap)) {
            let (from, until) = (time(from), time(to));
            let text = format!("expected some entry at all times, found none from {from} to {until}");
            // What is past cannot be mended: nobody signed then whom a longer window would help.
            findings.say(Rule::Tr3, if to > at { Severity::Warning } else { Severity::Note }, list, text);
        }
    }
}

/// A kind that has entries and none for now: nothing that is signed now will verify.
fn nothing_left(root: &TrustedRoot, at: DateTime<Utc>, findings: &mut Findings) {
    let valid = root.at(at);
    for (list, all, valid) in [
        ("tlogs", root.tlogs().len(), valid.tlogs.len()),
        ("certificateAuthorities", root.certificate_authorities().len(), valid.certificate_authorities.len()),
        ("ctlogs", root.ctlogs().len(), valid.ctlogs.len()),
        ("timestampAuthorities", root.timestamp_authorities().len(), valid.timestamp_authorities.len()),
    ] {
        if all > 0 && valid == 0 {
            let text = format!("expected an entry valid at {}, found none of {all}", time(at));
            findings.warning(Rule::Tr3, list, text);
        }
    }
}

fn time(time: DateTime<Utc>) -> String {
    WrittenTime::from_utc(time)
        .map_or_else(|| time.to_rfc3339_opts(SecondsFormat::AutoSi, true), |written| written.to_string())
}
