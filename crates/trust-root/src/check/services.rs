//! TR7: whom clients are told to sign with, they can verify; and what every client makes of the signing config alike.

use super::Findings;
use crate::authority::CertificateAuthority;
use crate::error::{Rule, quoted};
use crate::log::origin;
use crate::signing_config::{Selection, Selector, Service, SigningConfig};
use crate::time::{Window, WrittenTime};
use crate::trusted_root::TrustedRoot;

pub(super) fn check(root: &TrustedRoot, config: &SigningConfig, findings: &mut Findings) {
    for (list, services) in lists(config) {
        for (at, service) in services.iter().enumerate() {
            alone(&format!("signing config {list}[{at}]"), service, findings);
        }
        together(list, services, findings);
    }
    trust(root, config, findings);
    selection("rekorTlogConfig", config.tlog_selection(), config.tlogs(), findings);
    selection("tsaConfig", config.tsa_selection(), config.tsas(), findings);
}

/// Whether somebody in the trust root stands behind each service while it is in use.
pub(super) fn trust(root: &TrustedRoot, config: &SigningConfig, findings: &mut Findings) {
    let host = |url: &str| origin(url).split('/').next().unwrap_or_default().to_owned();
    for (list, services) in lists(config) {
        for (at, service) in services.iter().enumerate() {
            let windows: Vec<&Window> = match list {
                "oidcUrls" => continue,
                // A log is known by its origin, whole; an authority's address in the trust root may lack the path.
                "rekorTlogUrls" => {
                    let logs = root.tlogs().iter().filter(|log| log.origin() == origin(service.url()));
                    logs.map(crate::TransparencyLog::valid_for).collect()
                }
                list => {
                    let authorities = match list {
                        "caUrls" => root.certificate_authorities(),
                        _ => root.timestamp_authorities(),
                    };
                    let there = |a: &&CertificateAuthority| a.uri().is_some_and(|uri| host(uri) == host(service.url()));
                    authorities.iter().filter(there).map(CertificateAuthority::valid_for).collect()
                }
            };
            trusted(&format!("signing config {list}[{at}]"), list, service, &windows, findings);
        }
    }
}

fn lists(config: &SigningConfig) -> [(&'static str, &[Service]); 4] {
    [
        ("caUrls", config.cas()),
        ("oidcUrls", config.identity_providers()),
        ("rekorTlogUrls", config.tlogs()),
        ("tsaUrls", config.tsas()),
    ]
}

fn alone(place: &str, service: &Service, findings: &mut Findings) {
    if !service.url().starts_with("https://") {
        let text = format!("expected an address with https://, found {}", quoted(service.url()));
        findings.warning(Rule::Tr7, format!("{place}.url"), text);
    }
    if service.operator().is_none_or(str::is_empty) {
        let text = "expected an operator, by whom clients tell services apart, found none";
        findings.warning(Rule::Tr7, format!("{place}.operator"), text);
    }
    if service.valid_for().start().is_none() {
        let text = "expected a start, found none: the service is never used";
        findings.error(Rule::Tr7, format!("{place}.validFor"), text);
    }
}

/// Whether the windows of the trust entries at its place cover the service's.
fn trusted(place: &str, list: &str, service: &Service, windows: &[&Window], findings: &mut Findings) {
    let what = match list {
        "caUrls" => "a certificate authority",
        "rekorTlogUrls" => "a transparency log",
        _ => "a timestamp authority",
    };
    let url = quoted(service.url());
    if windows.is_empty() {
        let text = format!("expected {what} at {url} in the trusted root, found none");
        return findings.error(Rule::Tr7, place, text);
    }
    let window = service.valid_for();
    let Some(start) = window.start() else { return };
    let shown: Vec<String> = windows.iter().map(ToString::to_string).collect();
    for (word, time) in [("start", Some(start)), ("end", window.end())] {
        let Some(time) = time else { continue };
        if !windows.iter().any(|window| window.contains(time.time())) {
            let text = format!(
                "expected {what} at {url} valid at the service's {word} {time}, found one valid {}",
                shown.join(" and ")
            );
            findings.error(Rule::Tr7, place, text);
        }
    }
    if window.end().is_none() && windows.iter().all(|window| window.end().is_some()) {
        let text = format!(
            "expected {what} at {url} without an end, as the service has none, found one valid {}",
            shown.join(" and ")
        );
        findings.error(Rule::Tr7, place, text);
    }
}

/// Order and overlaps: of two services of one operator and version a client uses one, and which differs by client.
fn together(list: &str, services: &[Service], findings: &mut Findings) {
    let start = |service: &Service| service.valid_for().start().map(WrittenTime::time);
    for (at, (service, next)) in services.iter().zip(services.iter().skip(1)).enumerate() {
        if start(next) > start(service) {
            let place = format!("signing config {list}[{}]", at.saturating_add(1));
            let text = format!(
                "expected the newest service first, since clients take the first that fits, found {} after {}",
                quoted(next.url()),
                quoted(service.url())
            );
            findings.warning(Rule::Tr7, place, text);
        }
    }
    for (at, service) in services.iter().enumerate() {
        for (other_at, other) in services.iter().enumerate().skip(at.saturating_add(1)) {
            let same =
                service.operator() == other.operator() && service.major_api_version() == other.major_api_version();
            if same && service.valid_for().overlaps(other.valid_for()) {
                let text = format!(
                    "expected windows of one operator and version that do not overlap, found {} and {} of {list}[{at}]",
                    other.valid_for(),
                    service.valid_for()
                );
                findings.warning(Rule::Tr7, format!("signing config {list}[{other_at}].validFor"), text);
            }
        }
    }
}

fn selection(name: &str, selection: Option<&Selection>, services: &[Service], findings: &mut Findings) {
    let place = format!("signing config {name}");
    match (selection, services.is_empty()) {
        (None, false) => findings.error(Rule::Tr7, place, "expected a selector, as there are services, found none"),
        (Some(_), true) => {
            findings.error(Rule::Tr7, place, "expected no selector, as there is no service, found one");
        }
        (Some(selection), false) if selection.selector() != Selector::Any => {
            let found = selection.selector().as_str();
            let text = format!("expected ANY, the selector that every client follows, found {found}");
            findings.warning(Rule::Tr7, place, text);
        }
        _ => {}
    }
}
