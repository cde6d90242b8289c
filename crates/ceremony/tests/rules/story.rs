//! The happy paths: an initial ceremony, and the replacement of a keyholder.

use crate::table::{Laid, NAMES, TARGET, Table, drafted, hash, key, now, previous, sitting, text};
use tuffet_ceremony::{Action, Replay};
use tuffet_keys::{Sign, sha256};
use tuffet_metadata::{Limits, Profile, RoleName, Root, Unverified};

#[test]
fn k3_an_initial_ceremony_on_separate_machines_replays() {
    let laid = drafted();
    let (carol, alice, erin) = (laid.signed_by("@carol"), laid.signed_by("@alice"), laid.signed_by("@erin"));
    assert!(laid.assemble(&carol).unwrap().complete.is_empty());
    let both = [erin, alice].concat();
    let outcome = laid.assemble(&both).unwrap();
    assert_eq!(outcome.complete, [RoleName::Root, RoleName::Targets]);
    let recorded: Vec<String> = outcome.recorded.iter().map(|(role, owner)| format!("{role} {owner}")).collect();
    assert_eq!(recorded.len(), 4);
    let transcript = laid.close();
    let names: Vec<&str> = transcript.entries().iter().map(|entry| entry.action.name()).collect();
    let mut expected = vec!["draft"];
    expected.extend(["signature"; 6]);
    expected.extend(["assemble", "assemble", "publish", "close"]);
    assert_eq!(names, expected);

    let replay = Replay::run(laid.path()).unwrap();
    assert_eq!((replay.ceremony.as_str(), replay.lines), ("2026-12-01-initial", 11));
    assert_eq!(replay.head, transcript.head());
    assert_eq!(replay.plan_hash, sha256(&laid.get("plan.toml")));
    assert_eq!(replay.published, laid.published(1));
    for role in &replay.roles {
        assert_eq!(role.counts, [("new root".to_owned(), 3, 3)]);
        let signed: Vec<&str> = role.seats.iter().filter(|s| s.signed).map(|s| s.owner.as_str()).collect();
        assert_eq!(signed, ["@alice", "@carol", "@erin"]);
    }
}

#[test]
fn k3_a_replay_compares_with_the_repository() {
    let laid = crate::table::closed();
    let repository = tempfile::tempdir().unwrap();
    let replay = Replay::run(laid.path()).unwrap();
    assert_eq!(
        text(replay.matches_repository(repository.path())),
        format!(
            "{}: expected SHA-256 {}, found no file (R4)",
            repository.path().join("1.root.json").display(),
            replay.published["1.root.json"]
        )
    );
    for (name, role) in [("1.root.json", "root"), ("1.targets.json", "targets")] {
        std::fs::write(repository.path().join(name), laid.get(&format!("assembled/{role}.json"))).unwrap();
    }
    // The timestamp is somebody else's by now.
    assert_eq!(replay.matches_repository(repository.path()).unwrap(), 2);
    std::fs::write(repository.path().join("1.root.json"), b"{}").unwrap();
    assert_eq!(
        text(replay.matches_repository(repository.path())),
        format!(
            "{}: expected SHA-256 {}, found {} (R5)",
            repository.path().join("1.root.json").display(),
            replay.published["1.root.json"],
            hash(b"{}")
        )
    );
}

fn replacement() -> (Laid, Laid) {
    let first = drafted();
    first.carry_out(&NAMES[..3]);
    first.close();
    let root = first.get("assembled/root.json");
    let laid = Table::replacement(sha256(&root)).lay();
    let targets = first.get("assembled/targets.json");
    assert!(laid.open().draft(Some(&previous(&root, &targets)), now()).unwrap().recorded);
    (first, laid)
}

#[test]
fn r2_a_replacement_counts_for_the_old_and_the_new_root() {
    let (first, laid) = replacement();
    let ceremony = laid.open();
    // Alice, Bob and Carol signed targets: they stay under the new root.
    let payloads = ceremony.payloads().unwrap();
    assert_eq!(payloads.iter().map(|p| (p.role.as_str(), p.version)).collect::<Vec<_>>(), [("root", 2)]);

    // The one who comes and the one who goes count for one root each.
    let files = [laid.signed_by("@frank"), laid.signed_by("@erin")].concat();
    let status = laid.assemble(&files).unwrap().status;
    assert_eq!(status[0].counts, [("new root".to_owned(), 1, 3), ("root v1".to_owned(), 1, 3)]);
    let owners: Vec<&str> = status[0].seats.iter().map(|seat| seat.owner.as_str()).collect();
    assert_eq!(owners, ["@alice", "@bob", "@carol", "@dave", "@frank", "@erin"]);

    // Enough for the new root is not enough.
    let files = [laid.signed_by("@alice"), laid.signed_by("@bob")].concat();
    let outcome = laid.assemble(&files).unwrap();
    assert_eq!(outcome.complete, [RoleName::Root]);
    assert_eq!(outcome.status[0].counts, [("new root".to_owned(), 3, 3), ("root v1".to_owned(), 3, 3)]);

    let profile = (Profile::Strict, Limits::default());
    let old = Unverified::<Root>::new(first.get("assembled/root.json")).verify_pinned(&profile.0, &profile.1).unwrap();
    let new = Unverified::<Root>::new(laid.get("assembled/root.json")).verify_next(&old, &profile.0, &profile.1);
    let new = new.unwrap();
    assert_eq!(new.tallies().iter().map(|tally| (tally.have(), tally.threshold)).collect::<Vec<_>>(), [(3, 3), (3, 3)]);
    let published = laid.published(2);
    laid.open().record_publication(published, now()).unwrap();
    assert_eq!(Replay::run(laid.path()).unwrap().roles[0].counts.len(), 2);
}

#[test]
fn r2_a_root_signed_for_the_new_keys_only_cannot_be_published() {
    let (_first, laid) = replacement();
    let outcome = laid.carry_out(&["@frank", "@alice", "@bob"]);
    assert_eq!(outcome.status[0].counts, [("new root".to_owned(), 3, 3), ("root v1".to_owned(), 2, 3)]);
    assert!(!outcome.status[0].is_complete());
    assert!(outcome.complete.is_empty());
    assert!(laid.open().assembled(&RoleName::Root).unwrap().is_none());
    let refused =
        "expected every drafted role assembled by `tuffet assemble` first, found one whose thresholds are not met";
    assert_eq!(text(laid.open().record_publication(laid.published(2), now())), refused);
    // Not even a file that is complete for the new root gets through under another name.
    laid.put("assembled/root.json", b"{}");
    assert_eq!(
        text(laid.open().record_publication(laid.published(2), now())),
        "assembled/root.json: root v2: 2 of 3 required signatures are valid by the keys of root v1 (TUF 5.3.4)"
    );
}

#[test]
fn r2_the_same_person_with_a_new_key_signs_with_both() {
    let first = crate::table::closed();
    let root = first.get("assembled/root.json");
    let mut table = Table::replacement(sha256(&root));
    table.plan.people.clear();
    table.plan.changes.clear();
    table.files.clear();
    let fresh = crate::people::Key::p256(77);
    table.person("@alice", &fresh);
    let (outgoing, incoming) = ("@alice".to_owned(), "@alice".to_owned());
    table.plan.changes.push(tuffet_ceremony::PlannedChange::ReplaceKeyholder { outgoing, incoming });
    let laid = table.lay();
    laid.open().draft(Some(&previous(&root, &first.get("assembled/targets.json"))), now()).unwrap();
    laid.open().sign(&RoleName::Root, &fresh, &sitting()).unwrap();
    laid.carry_out(&["@alice", "@bob"]);
    let status = &laid.open().status().unwrap()[0];
    assert_eq!(status.counts, [("new root".to_owned(), 2, 3), ("root v1".to_owned(), 2, 3)]);
    // Both rows say @alice; the keys tell which one is which.
    let alice: Vec<_> = status.seats.iter().filter(|seat| seat.owner == "@alice").collect();
    assert_eq!(alice.iter().map(|seat| seat.signed).collect::<Vec<_>>(), [true, true]);
    assert_eq!(alice[0].fingerprint, fresh.public_key().fingerprint());
    assert_eq!(alice[1].fingerprint, key("@alice").public_key().fingerprint());
}

#[test]
fn k2_p256_keys_put_raw_line_feeds_into_the_payload() {
    let laid = drafted();
    let payload = laid.get("payload/root.json");
    assert!(payload.windows(27).any(|w| w == b"-----BEGIN PUBLIC KEY-----\n"));
    assert_eq!(laid.open().target("logs/keys.json").unwrap(), TARGET);
    let Action::Draft { payloads, .. } = laid.open().transcript().unwrap().entries()[0].action.clone() else {
        panic!("expected a draft");
    };
    assert_eq!(payloads["root"], hash(&payload));
}
