//! TR3 of entries that are there already, and what is left of a kind at a time.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Findings, authorities, logs};
use crate::error::{Rule, quoted};
use crate::gaps::{Span, gaps};
use crate::time::{Window, WrittenTime};
use crate::trusted_root::TrustedRoot;

pub(super) fn check(root: &TrustedRoot, at: DateTime<Utc>, findings: &mut Findings) {
    for (place, log) in logs(root) {
        start(&format!("{place}.publicKey.validFor"), log.valid_for(), findings);
    }
    for (place, authority) in authorities(root) {
        let place = format!("{place}.validFor");
        let window = authority.valid_for();
        start(&place, window, findings);
        let not_before = authority.chain().iter().map(|c| c.not_before()).max();
        let not_after = authority.chain().iter().map(|c| c.not_after()).min();
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
    successors(root, findings);
    nothing_left(root, at, findings);
}

fn start(place: &str, window: &Window, findings: &mut Findings) {
    if window.start().is_none() {
        let text = "expected a start, found none: the entry is never valid, and strict readers refuse the file";
        findings.error(Rule::Tr3, place, text);
    }
}

/// Entries at one address follow each other: between two of them a signature finds nobody who vouches.
fn successors(root: &TrustedRoot, findings: &mut Findings) {
    let logs: Vec<_> =
        logs(root).filter_map(|(place, log)| Some((place, log.base_url().to_owned(), Span::of_log(log)?))).collect();
    let authorities = authorities(root);
    let authorities: Vec<_> = authorities
        .filter_map(|(place, a)| Some((place, a.uri().unwrap_or_default().to_owned(), Span::of_authority(a)?)))
        .collect();
    let all: Vec<_> = logs.iter().chain(&authorities).collect();
    let list = |place: &str| place.split('[').next().unwrap_or_default().to_owned();
    let mut seen: Vec<(String, &str)> = Vec::new();
    for (place, address, _) in &all {
        let key = (list(place), address.as_str());
        if seen.contains(&key) {
            continue;
        }
        let same = all.iter().filter(|(other, url, _)| (list(other), url.as_str()) == key);
        let spans: Vec<Span> = same.map(|(_, _, span)| *span).collect();
        for (from, to) in gaps(&spans) {
            let text = format!(
                "expected the entries at {} to follow each other without a gap, found none from {} to {}",
                quoted(address),
                time(from),
                time(to)
            );
            findings.warning(Rule::Tr3, &key.0, text);
        }
        seen.push(key);
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
