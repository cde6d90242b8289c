//! What must not be published, and repositories that are damaged.

use crate::site::{Site, at, establish, expires, first, key, online, second, signed, target, text, time};
use tuffet_keys::{Sign, sha256};
use tuffet_repository::{OnlineExpiries, stage};

fn published() -> (tempfile::TempDir, Site) {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(dir.path());
    site.publish(first()).unwrap();
    (dir, site)
}

#[test]
fn r4_a_repository_that_lost_a_root_is_refused() {
    let (_dir, site) = published();
    site.publish(second(&site.state())).unwrap();
    for lost in ["1.root.json", "2.root.json"] {
        let bytes = site.tree()[lost].clone();
        site.put("3.root.json", b"{}");
        std::fs::remove_file(site.repository.dir().join(lost)).unwrap();
        assert_eq!(
            text(site.repository.published()),
            format!("{lost}: expected the file, found none: every released version stays (R4)")
        );
        site.put(lost, &bytes);
        std::fs::remove_file(site.repository.dir().join("3.root.json")).unwrap();
    }
    std::fs::remove_file(site.repository.dir().join("timestamp.json")).unwrap();
    assert_eq!(
        text(site.repository.published()),
        "timestamp.json: expected the file, found none: every released version stays (R6)"
    );
    let (_dir, site) = published();
    std::fs::remove_file(site.repository.dir().join("1.root.json")).unwrap();
    assert_eq!(
        text(site.repository.published()),
        "1.root.json: expected the file, found none: every released version stays (R4)"
    );
}

#[test]
fn r5_the_same_version_with_other_bytes_is_refused_and_nothing_changes() {
    let (_dir, site) = published();
    let verified = site.stage(second(&site.state())).unwrap().verify(at()).unwrap();
    site.put("2.targets.json", b"{}");
    let before = site.tree();
    let ours = sha256(second(&site.state()).targets.as_deref().unwrap());
    assert_eq!(
        text(verified.publish(&site.repository)),
        format!(
            "2.targets.json: expected the published bytes (SHA-256 {}), found others ({ours}): a published version \
             never changes (R5)",
            sha256(b"{}")
        )
    );
    assert_eq!(site.tree(), before);
}

#[test]
fn r3_a_version_that_is_not_the_next_is_refused() {
    let (_dir, site) = published();
    let two = second(&site.state());
    site.publish(two.clone()).unwrap();
    // What is there already is no obstacle for the root; targets have a version that is not the next.
    assert_eq!(text(site.stage(two)), "targets.json: expected version 3, found 2 (TUF 5.3.5)");
    let (_dir, other) = published();
    let mut old = first();
    old.targets = None;
    old.root = other.tree().remove("1.root.json");
    assert_eq!(text(other.stage(first())), "targets.json: expected version 2, found 1 (TUF 5.3.5)");
}

#[test]
fn r20_under_signed_roles_are_refused() {
    let (_dir, site) = published();
    let dir = tempfile::tempdir().unwrap();
    let empty = Site::at(dir.path());
    let one = signed(None, &[establish()], &["@bob"]);
    assert_eq!(text(empty.stage(one)), "root.json: root v1: 1 of 2 required signatures are valid (TUF 5.3.4)");
    let one = signed(Some(&site.state()), &[target("new.json", b"new")], &["@bob"]);
    assert_eq!(text(site.stage(one)), "targets.json: targets v2: 1 of 2 required signatures are valid (TUF 5.6.3)");
    // New keys alone do not make a successor (R2).
    let outgoing = key("@alice").public_key().fingerprint();
    let replace = tuffet_builder::Change::ReplaceKeyholder { outgoing, incoming: crate::site::holder("@dave") };
    let new_only = signed(Some(&site.state()), &[replace], &["@bob", "@dave"]);
    assert_eq!(
        text(site.stage(new_only)),
        "root.json: root v2: 1 of 2 required signatures are valid by the keys of root v1 (TUF 5.3.4)"
    );
    assert!(empty.names().is_empty());
}

#[test]
fn r20_a_missing_or_another_target_is_refused() {
    let (_dir, site) = published();
    let mut lacks = second(&site.state());
    lacks.files.clear();
    assert_eq!(
        text(site.stage(lacks.clone())),
        "target `new.json`: expected the file that targets v2 lists, found none (R20)"
    );
    lacks.files.insert("new.json".into(), b"other".to_vec());
    assert_eq!(
        text(site.stage(lacks)),
        format!(
            "target `new.json`: expected the file that targets v2 lists, found another one (5 bytes, SHA-256 {}) (R20)",
            sha256(b"other")
        )
    );
}

#[test]
fn r1_an_online_key_of_another_role_is_refused_before_it_signs() {
    let (_dir, site) = published();
    let bob = key("@bob");
    let next = second(&site.state());
    assert_eq!(
        text(stage(site.repository.published().unwrap(), next, &bob, &expires())),
        format!("snapshot: expected the online key {}, found {} (test key)", online().fingerprint(), bob.fingerprint())
    );
    assert_eq!(bob.asked.get(), 0);
}

#[test]
fn k11_a_faulty_online_key_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(dir.path());
    let mut faulty = online();
    faulty.faulty = true;
    let message = text(stage(None, first(), &faulty, &expires()));
    assert_eq!(message, "snapshot.json: snapshot v1: 0 of 1 required signatures are valid (TUF 5.5.3)");
    assert!(site.names().is_empty());
}

#[test]
fn r21_what_a_client_would_refuse_is_refused_first() {
    let (_dir, site) = published();
    let expires = OnlineExpiries { timestamp: time("2026-11-30"), ..expires() };
    let staged = stage(site.repository.published().unwrap(), second(&site.state()), &online(), &expires).unwrap();
    assert_eq!(
        text(staged.verify(at())),
        "a client that starts from root v1 refuses the staged repository: timestamp.json: timestamp v2: \
         expired at 2026-11-30T00:00:00Z, and the update started at 2026-12-01T00:00:00Z (TUF 5.4.4) (R21)"
    );
}

#[test]
fn r21_what_expires_long_before_the_next_timestamp_is_due_is_refused() {
    let (_dir, site) = published();
    let expires = OnlineExpiries { snapshot: time("2026-12-04"), ..expires() };
    let staged = stage(site.repository.published().unwrap(), second(&site.state()), &online(), &expires).unwrap();
    assert_eq!(
        text(staged.verify(at())),
        "a client that starts from root v1 refuses the staged repository: 2.snapshot.json: snapshot v2: \
         expired at 2026-12-04T00:00:00Z, and the update started at 2026-12-04T12:00:00Z (TUF 5.5.6) (R21)"
    );
}

#[test]
fn r12_versions_alone_are_pinned_where_that_was_asked_for() {
    let (_dir, site) = published();
    let expires = OnlineExpiries { pins: tuffet_builder::Pins::VersionOnly, ..expires() };
    let staged = stage(site.repository.published().unwrap(), second(&site.state()), &online(), &expires).unwrap();
    staged.verify(at()).unwrap().publish(&site.repository).unwrap();
    let published = site.repository.published().unwrap().unwrap();
    let pin = published.snapshot.meta().get("targets.json").unwrap();
    assert_eq!((pin.version, pin.length, pin.hashes), (2, None, None));
    assert_eq!(published.timestamp.snapshot.hashes, None);
}

#[test]
fn r5_published_files_that_were_swapped_are_noticed() {
    let (_dir, site) = published();
    let one = site.tree()["1.targets.json"].clone();
    site.publish(second(&site.state())).unwrap();
    // An older version under the newer name, as valid as it ever was.
    site.put("2.targets.json", &one);
    let message = text(site.repository.published());
    assert_eq!(message, "2.targets.json: expected version 2, found 1 (TUF 5.3.5)");
    site.put("2.targets.json", b"{}");
    assert_eq!(
        text(site.repository.published()),
        "2.targets.json: targets: signed: expected an object, found nothing (TUF 4.2.1)"
    );
}

#[test]
fn x20_a_publication_in_between_is_noticed() {
    let (_dir, site) = published();
    let late = site.stage(second(&site.state())).unwrap().verify(at()).unwrap();
    let mut other = signed(Some(&site.state()), &[target("x.json", b"x")], &["@alice", "@bob"]);
    other.files.insert("x.json".into(), b"x".to_vec());
    site.publish(other).unwrap();
    let before = site.tree();
    assert_eq!(
        text(late.publish(&site.repository)),
        "timestamp.json: expected the one this publication was staged from, found another: another was published in \
         between, nothing was published (X20)"
    );
    assert_eq!(site.tree(), before);
    let late = site.stage(second(&site.state())).unwrap().verify(at()).unwrap();
    let lock = std::fs::File::open(site.repository.dir()).unwrap();
    lock.lock().unwrap();
    assert_eq!(
        text(late.clone().publish(&site.repository)),
        "another publication into this repository is running: nothing was published (X20)"
    );
    drop(lock);
    late.publish(&site.repository).unwrap();
}
