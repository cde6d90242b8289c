//! What `tuffet signatures` says, whole, for people and when it refuses.

use crate::real::{data, tuffet};
use std::path::Path;

fn path(data: &Path, name: &str) -> String {
    data.join(name).to_str().unwrap().to_owned()
}

const TARGETS: &str = "ceremonies/tufonci-targets-v12/2025-07-10T152220_abca5c8c_targets_v12_4of6.json";
const ROOT: &str = "ceremonies/tufonci-root-v11/2025-01-23T140850_7fc9e2ea_root_v11_3of5.json";

#[test]
fn k6_people_are_named_for_the_root_in_force() {
    let Some(data) = data("people of a real ceremony") else { return };
    let (file, root) = (path(&data, TARGETS), path(&data, "prod/metadata/12.root.json"));
    let said = tuffet(&["signatures", &file, "--root", &root]).done().stdout;
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    let said = said.split_once("\n\n").unwrap();
    let head = "targets v12, expires 2035-07-05T08:05:16Z
sha256 a8213993";
    assert!(said.0.starts_with(head), "{}", said.0);
    let end = "_v12_4of6.json
  complete: 3 of 3 for root v12
    signed:  @mnm678, @bobcallaway, @joshuagl
    missing: @dlorenc, @santiagotorres
  places without a signature: @dlorenc, @santiagotorres
  by strangers, whom no root named here lets sign: 183e64f3
";
    assert!(said.1.ends_with(end), "{}", said.1);
}

#[test]
fn k6_a_root_without_the_one_before_says_who_was_not_asked() {
    let Some(data) = data("a real root alone") else { return };
    let file = path(&data, ROOT);
    let said = tuffet(&["signatures", &file]).done().stdout;
    let end = "  complete: 3 of 3 for the new root
    signed:  @mnm678, @bobcallaway, @joshuagl
    missing: @dlorenc, @santiagotorres
  places without a signature: @dlorenc, @santiagotorres

not asked: the people of root v10; --root 10.root.json does
";
    assert!(said.ends_with(end), "{said}");
}

#[test]
fn files_of_two_drafts_are_refused_with_the_first_member_that_differs() {
    let Some(data) = data("two drafts of a real ceremony") else { return };
    let folder = data.join("ceremonies/tufonci-root-v11");
    let [first, second] =
        ["2025-01-21T110430_91bbe2c4_root_v11_0of5.json", "2025-01-21T111100_996d98c4_root_v11_2of5.json"]
            .map(|name| folder.join(name).to_str().unwrap().to_owned());
    tuffet(&["signatures", &first, &second]).refused(
        1,
        &format!(
            "tuffet: error: {second}: signed.expires: expected `2025-07-20T13:24:13Z` as in the first file, found \
             `2025-08-05T08:37:20Z`: signatures over one cannot serve the other
tuffet: hint: name only files of one draft: who signed an earlier one has to sign again
"
        ),
    );
}

#[test]
fn a_root_that_is_not_the_one_before_is_refused() {
    let Some(data) = data("a wrong root of a real ceremony") else { return };
    let (file, root) = (path(&data, ROOT), path(&data, "prod/metadata/11.root.json"));
    tuffet(&["signatures", &file, "--root", &root]).refused(
        2,
        &format!(
            "tuffet: error: {file}: root v11: expected root v10 as the root before, found root v11 (TUF 5.3.5)
tuffet: hint: --root takes 10.root.json
"
        ),
    );
    // Nor is one that is still collecting signatures anybody's word.
    let open = path(&data, "ceremonies/tufonci-root-v11/2025-01-21T111100_996d98c4_root_v11_2of5.json");
    let next = path(&data, "prod/metadata/12.root.json");
    tuffet(&["signatures", &next, "--root", &open]).refused(
        1,
        &format!(
            "tuffet: error: {open}: root v11: 2 of 3 required signatures are valid (TUF 5.3.4)
tuffet: hint: --root takes a root that is complete: the one before, or the one in force
"
        ),
    );
}

#[test]
fn what_is_missing_is_asked_for() {
    let Some(data) = data("usage on a real ceremony") else { return };
    let (targets, root) = (path(&data, TARGETS), path(&data, ROOT));
    tuffet(&["signatures", &targets]).refused(
        2,
        &format!(
            "tuffet: error: {targets}: targets v12: expected the root in force, whose keys may sign targets, found none
tuffet: hint: add --root ROOT, the root.json in force once this is published
"
        ),
    );
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("root.json");
    tuffet(&["signatures", &root, "--out", out.to_str().unwrap()]).refused(
        2,
        "tuffet: error: root v11: expected the root before it, to know its people's signatures, found none
tuffet: hint: add --root 10.root.json
",
    );
    assert!(!out.exists());
    tuffet(&["signatures", &root, "--out", &root]).refused(
        1,
        &format!(
            "tuffet: error: {root}: expected no such file, found one: it is never overwritten
tuffet: hint: move it away, or name another file
"
        ),
    );
}

#[test]
fn what_is_no_metadata_is_refused_by_its_name() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("x.json");
    let name = file.to_str().unwrap();
    tuffet(&["signatures", name]).refused(1, &format!("tuffet: error: {name}: expected a file, found none\n"));
    for (content, message) in [
        ("", "byte 0: expected a JSON value, found the end of the file (F26)"),
        ("{\"signatures\": []}", "signed: expected an object, found nothing (TUF 4.2.1)"),
        (
            "{\"signatures\": [], \"signed\": {\"_type\": \"\u{9b}m\"}}",
            "signed._type: expected root, timestamp, snapshot or targets, found `\\u{9b}m` (F16)",
        ),
    ] {
        std::fs::write(&file, content.replace('\u{9b}', "\\u009b")).unwrap();
        tuffet(&["signatures", name]).refused(1, &format!("tuffet: error: {name}: {message}\n"));
    }
}
