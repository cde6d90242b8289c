//! Findings: their ids, names, and which profile refuses them.

use super::*;
use crate::Finding;
use tuffet_keys::{KeyError, KeyId};

#[test]
fn every_finding_has_an_id_a_name_and_a_text() {
    let keyid = KeyId::new("0123456789abcdef");
    let computed = KeyId::new("fedcba9876543210");
    let fingerprint = public(1).fingerprint();
    let text = || "t\n".to_owned();
    let table: [(Finding, bool, &str, &str, &str); 15] = [
        (
            Finding::KeyidExcepted { keyid: keyid.clone(), computed: computed.clone() },
            true,
            "D1",
            "keyid-excepted",
            "keyid 01234567 is not the hash of its key (fedcba98); used by exception",
        ),
        (
            Finding::KeyidMismatch { keyid: keyid.clone(), computed },
            true,
            "D1",
            "keyid-mismatch",
            "keyid 01234567 is not the hash of its key (fedcba98); the key is not used",
        ),
        (
            Finding::KeyidOfCore { keyid: keyid.clone() },
            true,
            "D1",
            "keyid-of-core",
            "keyid 01234567 hashes only keytype, scheme and keyval",
        ),
        (
            Finding::LegacyExpires { text: "2030-01-01T00:00:00+00:00".into() },
            true,
            "D2",
            "legacy-expires",
            "expires `2030-01-01T00:00:00+00:00` is not of the form YYYY-MM-DDTHH:MM:SSZ",
        ),
        (
            Finding::ShortSpecVersion { text: "1.0".into() },
            true,
            "D3",
            "short-spec-version",
            "spec_version `1.0` has not three numbers",
        ),
        (Finding::HexPoint { keyid: keyid.clone() }, true, "D4", "hex-point", "key 01234567 is a hex point, not PEM"),
        (
            Finding::LegacyKeytype { keyid: keyid.clone(), keytype: "ecdsa-sha2-nistp256".into() },
            true,
            "D4",
            "legacy-keytype",
            "key 01234567 has the scheme's name `ecdsa-sha2-nistp256` as keytype",
        ),
        (
            Finding::UnusableKey { keyid: keyid.clone(), reason: KeyError::Hex },
            false,
            "F17",
            "unusable-key",
            "key 01234567 is not usable: expected hex, found a character that is not",
        ),
        (
            Finding::EmptySignature { keyid: keyid.clone() },
            false,
            "F5",
            "empty-signature",
            "empty signature under keyid 01234567",
        ),
        (
            Finding::OneKeyTwoKeyids { fingerprint, keyids: vec![keyid.clone(), KeyId::new("x")] },
            false,
            "D5",
            "one-key-two-keyids",
            "stands under keyids 01234567, x; it counts once",
        ),
        (
            Finding::KeyidWithoutKey { role: text(), keyid },
            false,
            "F11",
            "keyid-without-key",
            r"role t\n lists keyid 01234567, which has no key",
        ),
        (
            Finding::ThresholdUnreachable { role: text(), threshold: 3, keys: 2 },
            false,
            "F10",
            "threshold-unreachable",
            r"role t\n needs 3 signatures and has 2 distinct usable keys",
        ),
        (Finding::NullDelegations, true, "F19", "null-delegations", "delegations is null"),
        (
            Finding::TargetWithoutLength { path: text() },
            true,
            "C59",
            "target-without-length",
            r"target `t\n` has no length",
        ),
        (
            Finding::DeadSnapshotEntry { name: text() },
            false,
            "D6",
            "dead-snapshot-entry",
            r"snapshot lists `t\n`, which is no targets role",
        ),
    ];
    for (finding, breaks_a_rule, id, name, text) in table {
        assert_eq!((finding.breaks_a_rule(), finding.id(), finding.name()), (breaks_a_rule, id, name));
        let shown = finding.to_string();
        let prefix = format!("key {} ", fingerprint.short());
        assert_eq!(shown.strip_prefix(&prefix).unwrap_or(&shown), text);
    }
}

#[test]
fn the_default_profile_is_deployed_without_exceptions() {
    assert_eq!(Profile::default(), Profile::Deployed { keyid_exceptions: KeyidExceptions::Listed(vec![]) });
    assert_eq!(
        (Profile::Strict.name(), Profile::default().name(), opaque().name()),
        ("strict", "deployed", "deployed")
    );
}

#[test]
fn the_limits_are_those_of_spec_md() {
    let limits = Limits::default();
    assert_eq!((limits.roots, limits.root_bytes, limits.timestamp_bytes), (1_024, 512_000, 16_384));
    assert_eq!((limits.snapshot_bytes, limits.targets_bytes, limits.pinned_bytes), (2_000_000, 5_000_000, 64_000_000));
    assert_eq!((limits.delegated_roles, limits.signatures, limits.depth), (32, 256, 32));
}

#[test]
fn f26_depth_is_counted_in_the_whole_file() {
    let mut signed = targets();
    // The file, `signed`, and 31 more.
    signed["deep"] = (0..30).fold(json!([]), |inner, _| json!([inner]));
    let error = verified::<crate::Targets>(signed_by(&signed, &[5, 6]), &Profile::deployed()).unwrap_err().to_string();
    assert!(error.starts_with("targets: byte ") && error.ends_with(": nested deeper than 32 (F26)"), "{error}");
    signed["deep"] = signed["deep"][0].clone();
    assert!(verified::<crate::Targets>(signed_by(&signed, &[5, 6]), &Profile::deployed()).is_ok());
}
