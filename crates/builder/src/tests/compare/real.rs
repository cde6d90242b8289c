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
    assert_eq!(
        found,
        ["version 12 -> 13", "expires 2026-01-22T13:05:59Z, 170 days after the ceremony, was 2025-08-19T14:33:09Z",]
    );
}

#[test]
fn k2_every_published_root_says_what_changed() {
    let Some(data) = folder::data("every root") else { return };
    for version in 1..15 {
        let (old, new) = (root(&data, version), root(&data, version + 1));
        let found = compare_roots(Some(&old), &new, None);
        println!("--- {version} -> {}\n{}", version + 1, found.join("\n"));
        assert_eq!(found[0], format!("version {version} -> {}", version + 1));
        assert!(found.iter().all(|line| !line.contains('\n')), "{found:#?}");
        assert_eq!(compare_roots(Some(&old), &old, None).len(), 2);
    }
}
