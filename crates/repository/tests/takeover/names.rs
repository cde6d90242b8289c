//! C62: names that lead elsewhere, or are not one file's on every system.

use crate::maker::{Maker, Scratch, delegation, targets};

#[test]
fn c62_a_targets_name_that_leads_out_is_refused() {
    for (path, problem) in [
        ("../x", "expected names, found `.` or `..`"),
        ("a/../../x", "expected names, found `.` or `..`"),
        ("/etc/x", "expected names separated by single slashes, found an empty name"),
        ("a//b", "expected names separated by single slashes, found an empty name"),
        ("a\\b", "expected no backslash, found one"),
        ("C:x", "expected no colon, found one"),
        ("a/nul.txt", "expected a file's name, found one that Windows reserves for a device"),
        ("a\nb", "expected no control character, found one"),
        ("a.", "expected a name that ends in another character than a dot or space"),
    ] {
        let mut maker = Maker::new(&[(path, b"x")]);
        maker.contents.clear();
        for files in [maker.published(), maker.working()] {
            let scratch = Scratch::of(&files);
            // Where a join would lead to lies what is listed: only the name is wrong.
            scratch.put("x", b"x");
            assert_eq!(scratch.refused(), format!("{}: {problem} (C62)", path.escape_debug()));
        }
    }
}

#[test]
fn c62_a_roles_name_is_escaped_as_published_and_refused_as_a_path() {
    let mut maker = Maker::new(&[]);
    maker.delegate(&["@dora"], &[delegation("a/b", "@dora"), delegation("../c", "@dora")]);
    maker.add("a/b", targets(4, &[]), "@dora");
    maker.add("../c", targets(5, &[]), "@dora");
    let files = maker.published();
    assert!(files.contains_key("4.a%2Fb.json") && files.contains_key("5...%2Fc.json"));
    let scratch = Scratch::of(&files);
    scratch.take().unwrap();
    assert_eq!(crate::tree::tree(&scratch.made()), files);
    // A working tree has the name as it is, and no file outside of it.
    let error = crate::maker::copy(&scratch.made(), &scratch.0.path().join("out"), tuffet_repository::Layout::TufOnCi);
    let error = error.err().unwrap().to_string();
    assert_eq!(error, "metadata/../c.json: expected names, found `.` or `..` (C62)");
    assert!(!scratch.0.path().join("out").exists());
}

#[test]
fn a_layout_without_hashes_has_no_place_for_two_targets_of_one_name() {
    let mut maker = Maker::new(&[("x", b"one")]);
    maker.delegate(&["@dora"], &[delegation("d", "@dora")]);
    maker.add("d", targets(1, &[("x", b"two")]), "@dora");
    let mut files = maker.published();
    maker.contents.insert("x".into(), b"two".to_vec());
    files.extend(maker.published());
    let scratch = Scratch::of(&files);
    assert_eq!(scratch.take().unwrap().targets, 2);
    let out = scratch.0.path().join("out");
    let error = crate::maker::copy(&scratch.made(), &out, tuffet_repository::Layout::TufOnCi).err().unwrap();
    assert_eq!(
        error.to_string(),
        "targets/x: expected one file of this name, found two with other bytes: this layout has no place for both"
    );
    assert_eq!(error.hint(), Some("use --layout published, whose names have hashes"));
    assert!(!out.exists());
}
