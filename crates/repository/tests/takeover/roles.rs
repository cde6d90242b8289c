//! Delegated roles: every one, under each of its delegators.

use crate::maker::{Maker, Scratch, delegation, file, keys, notes, role, targets};
use crate::tree::tree;
use serde_json::json;
use tuffet_repository::Layout;

/// targets delegates to a and b; both delegate to c, a with Dora's key and b with Dan's.
fn diamond(by: &'static str) -> Maker {
    let mut maker = Maker::new(&[("top.txt", b"top")]);
    maker.delegate(&["@dora", "@dan"], &[delegation("a", "@dora"), delegation("b", "@dan")]);
    for (name, who) in [("a", "@dora"), ("b", "@dan")] {
        let mut signed = targets(2, &[]);
        signed["delegations"] = json!({"keys": keys(&[who]), "roles": [delegation("c", who)]});
        maker.add(name, signed, who);
    }
    maker.add("c", targets(7, &[("deep/er.txt", b"deep")]), by);
    maker.contents.insert("deep/er.txt".into(), b"deep".to_vec());
    maker
}

#[test]
fn c51_a_role_that_holds_for_one_delegator_only_is_refused() {
    for (by, other) in [("@dora", "1 of 1"), ("@dan", "1 of 1")] {
        let maker = diamond(by);
        let scratch = Scratch::of(&maker.published());
        assert_eq!(scratch.refused(), "7.c.json: c v7: 0 of 1 required signatures are valid (TUF 5.6.3)", "{other}");
    }
    // Signed for both it is taken, once.
    let maker = diamond("@dora");
    let mut files = maker.published();
    files.insert("7.c.json".into(), file(&maker.delegated["c"].0, &["@dora", "@dan"]));
    let scratch = Scratch::of(&files);
    let taken = scratch.take().unwrap();
    let names: Vec<_> = taken.roles.iter().map(|(role, version, _)| format!("{role} {version}")).collect();
    assert_eq!(names, ["root 1", "timestamp 3", "snapshot 3", "targets 1", "a 2", "b 2", "c 7"]);
    assert_eq!((taken.targets, tree(&scratch.made())), (2, files));
}

#[test]
fn c53_a_delegation_that_the_snapshot_does_not_list_is_told() {
    let mut maker = Maker::new(&[]);
    maker.delegate(&["@dora"], &[delegation("d", "@dora")]);
    let scratch = Scratch::of(&maker.published());
    let text = "targets delegates to d, which the snapshot does not list: clients find nothing below it (C53)";
    assert_eq!(notes(&scratch.take().unwrap()), [text]);
}

#[test]
fn r6_a_role_that_the_snapshot_lists_and_nobody_has_is_missed() {
    let mut maker = Maker::new(&[]);
    maker.delegate(&["@dora"], &[delegation("d", "@dora")]);
    maker.listed.insert("d.json".into(), 4);
    assert_eq!(Scratch::of(&maker.published()).refused(), "4.d.json: expected the file, found none (R6)");
    assert_eq!(Scratch::of(&maker.working()).refused(), "metadata/d.json: expected the file, found none (R6)");
    // One that nobody delegates to is an entry of old, and stays (D6).
    maker.targets.as_object_mut().unwrap().remove("delegations");
    let text =
        "the snapshot lists d.json v4, which is no role: it stays, because clients refuse a snapshot without it (D6)";
    assert_eq!(notes(&Scratch::of(&maker.published()).take().unwrap()), [text]);
}

#[test]
fn c46_a_delegated_role_of_another_version_is_refused_or_an_open_event() {
    let mut maker = Maker::new(&[]);
    maker.delegate(&["@dora"], &[delegation("d", "@dora")]);
    maker.add("d", targets(4, &[]), "@dora");
    let newer = file(&targets(5, &[]), &["@dora"]);
    let mut files = maker.published();
    files.insert("4.d.json".into(), newer.clone());
    let error = "4.d.json: d: expected version 4 as snapshot says, found 5 (TUF 5.6.4)";
    assert_eq!(Scratch::of(&files).refused(), error);
    let mut files = maker.working();
    files.insert("metadata/d.json".into(), newer);
    let error = "metadata/d.json: expected version 4, which the snapshot lists, found version 5: a signing event is open, \
                 or the online roles are not signed yet (C46)";
    assert_eq!(Scratch::of(&files).refused(), error);
}

#[test]
fn f23_succinct_bins_are_taken_with_what_they_list() {
    let mut maker = Maker::new(&[]);
    let mut bins = role(&["@dora"]);
    bins["bit_length"] = 2.into();
    bins["name_prefix"] = "bin".into();
    maker.targets["delegations"] = json!({"keys": keys(&["@dora"]), "succinct_roles": bins});
    for bin in 0..4 {
        let path = format!("file-{bin}");
        maker.add(&format!("bin-{bin}"), targets(1, &[(&path, path.as_bytes())]), "@dora");
        maker.contents.insert(path.clone(), path.into_bytes());
    }
    // As many as are named so, and no bin of this delegation.
    maker.listed.insert("bin-4.json".into(), 1);
    let scratch = Scratch::of(&maker.published());
    let taken = scratch.take().unwrap();
    assert_eq!((taken.targets, taken.roles.len()), (4, 8));
    assert_eq!(tree(&scratch.made()), maker.published());
    assert_eq!(notes(&taken).len(), 1);
    // A working tree of them, and back.
    let (out, back) = (scratch.0.path().join("out"), scratch.0.path().join("back"));
    crate::maker::copy(&scratch.made(), &out, Layout::TufOnCi).unwrap();
    assert_eq!(tree(&out), maker.working());
    crate::maker::copy(&out, &back, Layout::Published).unwrap();
    assert_eq!(tree(&back), maker.published());
}
