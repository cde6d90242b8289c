//! Rotations: what each ceremony of one signs, and when.

use chrono::Duration;

use super::certs::Key;
use super::{Pki, composed, new_ca, new_log, utc};
use crate::{
    Compose, ComposeConfig, LogKind, NewAuthority, NewEntry, NewLog, NewService, Rotation, RotationPurpose,
    ServiceKind, SigningConfig, TrustedRoot,
};

const PUBLISHED: &str = "2026-12-01T10:00:00Z";
const IN_USE: &str = "2026-12-15T00:00:00Z";

fn config() -> SigningConfig {
    let service = |kind, url, major_api_version| NewService {
        kind,
        url,
        major_api_version,
        operator: "example.org",
        start: utc("2026-01-01T00:00:00Z"),
        end: None,
    };
    let (ca, log) = (ServiceKind::CertificateAuthority, ServiceKind::TransparencyLog);
    let made = ComposeConfig::new().service(&service(ca, "https://ca.example.org", 1));
    made.and_then(|c| c.service(&service(log, "https://log.example.org", 2))).unwrap().finish()
}

fn wish<'a>(new: NewEntry<'a>) -> Rotation<'a> {
    Rotation {
        new,
        old: None,
        published: utc(PUBLISHED),
        in_use: utc(IN_USE),
        overlap: Duration::days(7),
        cache: Duration::days(7),
        operator: "example.org",
        use_apart: false,
    }
}

/// Purpose, dates, and the windows of the entries that the wish is about.
fn told(root: &TrustedRoot, wish: &Rotation<'_>, kind: &str) -> Vec<String> {
    let steps = root.rotate(Some(&config()), wish).unwrap();
    let told = steps.iter().map(|step| {
        let entries = step.trusted_root.entries().into_iter().filter(|entry| entry.kind.words() == kind);
        let entries: Vec<_> = entries
            .map(|e| {
                let end = e.end.map_or_else(|| "open".to_owned(), |end| end.to_string());
                format!("{} {} {end}", e.url.unwrap(), e.start.unwrap())
            })
            .collect();
        let services = step.signing_config.as_ref().unwrap();
        let services = services.tlogs().iter().chain(services.cas());
        let services: Vec<_> = services.map(|s| format!("{} {}", s.url(), s.valid_for())).collect();
        format!("{:?} {} {}\n{}\n{}", step.purpose, step.not_before, step.by, entries.join("\n"), services.join("\n"))
    });
    told.collect()
}

#[test]
fn tr7_a_log_is_trusted_before_use_and_its_predecessor_ends_after() {
    let (root, key) = (composed(&Pki::new()), Key::ed25519(40).pem());
    let new = new_log(LogKind::RekorV2, &key, "https://log-2.example.org");
    let wish = wish(NewEntry::Log(NewLog { start: utc(PUBLISHED), ..new }));
    let old = "https://log.example.org 2026-01-01T00:00:00Z";
    let new = "https://log-2.example.org 2026-12-01T10:00:00Z open";
    let before = "https://log.example.org from 2026-01-01T00:00:00Z, no end";
    let services = "https://log-2.example.org from 2026-12-15T00:00:00Z, no end\n\
                    https://log.example.org from 2026-01-01T00:00:00Z to 2026-12-14T23:59:59Z";
    let ca = "https://ca.example.org from 2026-01-01T00:00:00Z, no end";
    let end = format!(
        "End 2026-12-15 00:00:00 UTC 2026-12-22 00:00:00 UTC\n{old} 2026-12-22T00:00:00Z\n{new}\n{services}\n{ca}"
    );
    let dates = "2026-12-01 10:00:00 UTC 2026-12-08 00:00:00 UTC";
    let kind = "transparency log";
    assert_eq!(told(&root, &wish, kind), [format!("Trust {dates}\n{old} open\n{new}\n{services}\n{ca}"), end.clone()]);
    // With a ceremony of its own for the signing configuration, nobody writes to it before that is published.
    assert_eq!(
        told(&root, &Rotation { use_apart: true, ..wish }, kind),
        [
            format!("Trust {dates}\n{old} open\n{new}\n{before}\n{ca}"),
            format!("Use 2026-12-15 00:00:00 UTC 2026-12-15 00:00:00 UTC\n{old} open\n{new}\n{services}\n{ca}"),
            end
        ]
    );
    for step in root.rotate(Some(&config()), &wish).unwrap() {
        assert_eq!(step.trusted_root.breaks_history_of(&root), []);
    }
}

#[test]
fn tr7_an_authority_at_the_same_address_changes_no_service() {
    let other = Pki { anchor: Key::ed25519(31), issuing: Key::ed25519(32), tsa: Key::ed25519(33) };
    let (root, file) = (composed(&Pki::new()), other.ca_chain());
    let wish = wish(NewEntry::Authority(NewAuthority { start: utc(PUBLISHED), ..new_ca(&file) }));
    let steps = root.rotate(Some(&config()), &Rotation { use_apart: true, ..wish }).unwrap();
    let purposes: Vec<_> = steps.iter().map(|step| step.purpose).collect();
    assert_eq!(purposes, [RotationPurpose::Trust, RotationPurpose::End]);
    assert!(steps.iter().all(|step| step.signing_config.as_ref() == Some(&config())));
    let ends: Vec<_> = steps[1].trusted_root.certificate_authorities().iter().map(|ca| ca.valid_for().end()).collect();
    assert_eq!(ends[0].unwrap().as_str(), "2026-12-22T00:00:00Z");
    assert_eq!(ends[1], None);
}

#[test]
fn tr3_tr7_a_rotation_that_somebody_would_notice_is_refused() {
    let (root, key) = (composed(&Pki::new()), Key::ed25519(40).pem());
    let new =
        NewEntry::Log(NewLog { start: utc(PUBLISHED), ..new_log(LogKind::CtLog, &key, "https://ct-2.example.org") });
    let error = |wish: &Rotation<'_>| root.rotate(None, wish).unwrap_err().to_string();
    assert_eq!(
        error(&Rotation { overlap: Duration::zero(), ..wish(new) }),
        "log.pub: expected an overlap, in which both are trusted, found none (TR3)"
    );
    assert_eq!(
        error(&Rotation { in_use: utc("2026-12-08T09:59:59Z"), ..wish(new) }),
        "log.pub: expected use from 2026-12-08T10:00:00Z on, when every client knows it, found 2026-12-08T09:59:59Z (TR7)"
    );
    let late = NewEntry::Log(NewLog {
        start: utc("2026-12-16T00:00:00Z"),
        ..new_log(LogKind::CtLog, &key, "https://ct-2.example.org")
    });
    assert_eq!(
        error(&wish(late)),
        "log.pub: expected use from 2026-12-16T00:00:00Z on, when its window starts, found 2026-12-15T00:00:00Z (TR7)"
    );
    assert_eq!(
        error(&Rotation { old: Some("https://other.example.org"), ..wish(new) }),
        "log.pub: expected the URL or the id of an entry, found none so called; there are: CT log \
         https://ct.example.org/2026 ("
            .to_owned()
            + &root.ctlogs()[0].log_id().to_string()[..16]
            + ") (TR4)"
    );
    let closed = Compose::from_trusted_root(root.clone()).close(None, "https://ct.example.org/2026", utc(IN_USE));
    let error = closed.unwrap().finish().rotate(None, &wish(new)).unwrap_err().to_string();
    assert_eq!(error, "log.pub: expected one open CT log that goes, found 0: name it (TR3)");
}

#[test]
fn t36_a_stolen_log_key_gets_an_end_and_what_it_logged_before_stays() {
    let root = composed(&Pki::new());
    let stolen = utc("2026-06-01T00:00:00Z");
    let closed =
        Compose::from_trusted_root(root.clone()).close(None, "https://log.example.org", stolen).unwrap().finish();
    let logs_at = |time: &str| closed.at(utc(time)).tlogs.len();
    assert_eq!((logs_at("2026-05-31T23:59:59Z"), logs_at("2026-06-01T00:00:00Z")), (1, 1));
    assert_eq!(logs_at("2026-06-01T00:00:01Z"), 0, "a promise of the thief's is of no time it is trusted for");
    assert_eq!(closed.breaks_history_of(&root), []);
}
