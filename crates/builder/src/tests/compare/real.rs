//! What Sigstore really changed, in our sentences.

#[path = "../../../../../tests/support/folder.rs"]
mod folder;

use super::*;
use tuffet_metadata::Verified;

fn root(folder: &std::path::Path, version: u64) -> Verified<Root> {
    let bytes = read(&folder.join(format!("prod/metadata/{version}.root.json")));
    let (profile, limits) = (Profile::deployed(), Limits::default());
    Unverified::<Root>::new(bytes).verify_pinned(&profile, &limits).unwrap()
}

#[allow(clippy::disallowed_methods, reason = "a test reads its data")]
fn read(path: &std::path::Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[test]
fn k2_the_change_from_root_12_to_13_as_a_keyholder_would_have_read_it() {
    let Some(data) = folder::data("roots 12 and 13") else { return };
    let (old, new) = (root(&data, 12), root(&data, 13));
    let found = compare_roots(Some(&old), &new, Some(at("2025-08-05T00:00:00Z")));
    let (lance, dlorenc) = (
        "b3413f6d4ecec9289a075c441b82f70c4a2bad3445ed94e2a49856c7e440582b",
        "5330d64c5e6be93dd8d118433cffec9a079aa7260706502b352f3f88ce8d03ff",
    );
    assert_eq!(
        found,
        [
            "version 12 -> 13",
            "expires 2026-01-22T13:05:59Z, 170 days after the ceremony, was 2025-08-19T14:33:09Z",
            &format!("root: adds @lance: ECDSA P-256, fingerprint {lance}"),
            &format!("root: removes @dlorenc: ECDSA P-256, fingerprint {dlorenc}"),
            "targets: adds @lance: ECDSA P-256, fingerprint b3413f6d 4ecec928",
            "targets: removes @dlorenc: ECDSA P-256, fingerprint 5330d64c 5e6be93d",
        ]
    );
}

#[test]
fn k2_every_published_root_says_what_changed() {
    let Some(data) = folder::data("every root") else { return };
    for version in 1..15 {
        let (old, new) = (root(&data, version), root(&data, version + 1));
        let found = compare_roots(Some(&old), &new, None);
        assert_eq!(found[0], format!("version {version} -> {}", version + 1));
        assert!(found.iter().all(|line| !line.contains('\n')), "{found:#?}");
        assert_eq!(compare_roots(Some(&old), &old, None).len(), 2);
    }
}

/// The URI of the online key was mended by hand and the keyid stayed: six weeks later everybody knew.
#[test]
fn k2_root_11_says_that_its_online_key_is_not_usable() {
    let Some(data) = folder::data("roots 10 and 11") else { return };
    let found = compare_roots(Some(&root(&data, 10)), &root(&data, 11), None);
    let uri = "gcpkms:projects/sigstore-root-signing/locations/global/keyRings/root/cryptoKeys/timestamp";
    let (old, new) = (uri.replace(':', "://"), format!("{uri}/cryptoKeyVersions/1"));
    assert_eq!(
        found[2..6],
        [
            "timestamp: threshold 1 of 1 -> 1 of 0 usable keys (1 keyid)".to_owned(),
            "snapshot: threshold 1 of 1 -> 1 of 0 usable keys (1 keyid)".to_owned(),
            format!(
                "WARNING: keyid 7247f0db stays and its key is usable no more: the online key {new}: \
                 ecdsa-sha2-nistp256, not usable"
            ),
            format!(
                "the key stays and its owner changes under the same keyid 7247f0db: the online key {old} -> the online \
                 key {new}: ecdsa-sha2-nistp256, not usable"
            ),
        ]
    );
}
