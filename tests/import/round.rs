//! Over the golden repository: every layout in, every layout out.

use crate::real::tuffet;
use crate::tree::tree;
use crate::working::{AT, Scratch, Tree, current, golden, put, repository, tuftool_tree, working_tree};
use serde_json::{Value, json};
use std::path::Path;

/// Imports `source` to `w`.
pub(crate) fn import(scratch: &Scratch, more: &[&str]) -> Value {
    let words = ["import", &scratch.at("source"), &scratch.at("w"), "--at", AT, "--json"];
    tuffet(&[&words, more].concat()).done().json()
}

/// How the golden repository is laid out.
type Lay = fn(&Tree) -> Tree;

fn published(tree: &Tree) -> Tree {
    tree.clone()
}

#[test]
fn every_layout_is_taken_over_byte_for_byte() {
    let layouts: [(&str, Lay); 3] = [("published", published), ("tuf-on-ci", working_tree), ("tuftool", tuftool_tree)];
    for (layout, lay) in layouts {
        let scratch = Scratch::golden(lay);
        let report = import(&scratch, &[]);
        assert_eq!((&report["schema"], &report["layout"]), (&json!("tuffet-import-v1"), &json!(layout)));
        assert_eq!((&report["written"], &report["pinned"]), (&json!(true), &json!(false)));
        let made = repository(&scratch.path("w"));
        assert_eq!(made, current(&golden()), "{layout}");
        assert_eq!(report["files"].as_array().unwrap().len(), made.len(), "{layout}");
        for file in report["files"].as_array().unwrap() {
            let bytes = &made[file["file"].as_str().unwrap()];
            assert_eq!(file["sha256"], tuffet_keys::sha256(bytes).to_string());
            assert_eq!(file["length"], bytes.len());
            let from = std::fs::read(scratch.path("source").join(file["from"].as_str().unwrap())).unwrap();
            assert_eq!(from, *bytes);
        }
        assert_eq!(
            std::fs::read_to_string(scratch.path("w/tuffet.toml")).unwrap(),
            "schema = \"tuffet-workspace-v1\"\n"
        );
        // Nothing changes the second time, and nobody is in the way of a ceremony begun meanwhile.
        std::fs::write(scratch.path("w/ceremony/notes"), "ours").unwrap();
        let before = tree(&scratch.path("w"));
        let again = import(&scratch, &[]);
        assert_eq!((&again["written"], &again["files"]), (&json!(false), &report["files"]));
        assert_eq!(tree(&scratch.path("w")), before);
        scratch.holds(&["source", "w"]);
        modes(&scratch.path("w"));
    }
}

/// What is published is for everyone to read, and for its owner to write.
#[cfg(unix)]
fn modes(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder), 0o755);
    for name in tree(folder).into_keys().filter(|name| !name.ends_with("notes")) {
        assert_eq!(mode(&folder.join(&name)), 0o644, "{name}");
    }
}

#[test]
fn every_layout_is_handed_back_and_taken_again() {
    let scratch = Scratch::golden(published);
    import(&scratch, &[]);
    let layouts: [(&str, Lay); 3] = [("published", published), ("tuf-on-ci", working_tree), ("tuftool", tuftool_tree)];
    for (layout, lay) in layouts {
        let (out, back) = (scratch.at(&format!("out-{layout}")), scratch.at(&format!("back-{layout}")));
        let export = ["--workspace", &scratch.at("w"), "export", &out, "--layout", layout, "--at", AT, "--json"];
        let report = tuffet(&export).done().json();
        assert_eq!((&report["schema"], &report["layout"]), (&json!("tuffet-export-v1"), &json!(layout)));
        let expected = lay(&current(&golden()));
        assert_eq!(tree(Path::new(&out)), expected, "{layout}");
        assert_eq!(report["written"], true);
        assert_eq!(tuffet(&export).done().json()["written"], false);
        tuffet(&["import", &out, &back, "--at", AT]).done();
        assert_eq!(tree(Path::new(&back)), tree(&scratch.path("w")), "{layout}");
    }
}

#[test]
fn what_is_not_published_is_named_and_left_out() {
    let scratch = Scratch::golden(working_tree);
    put(
        &scratch.path("source"),
        &[
            ("README.md", &b"about"[..]),
            ("metadata/old.json", b"{}"),
            ("metadata/root_history/002.root.json", b"{}"),
            ("targets/draft.txt", b"soon"),
        ]
        .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
        .into(),
    );
    std::os::unix::fs::symlink("/etc/passwd", scratch.path("source/targets/link")).unwrap();
    let why = |file: &str, why: &str| json!({"file": file, "why": why});
    assert_eq!(
        import(&scratch, &[])["left_out"],
        json!([
            why("metadata/old.json", "no current metadata lists it"),
            why("metadata/root_history/002.root.json", "no current metadata lists it"),
            why("targets/draft.txt", "no current metadata lists it"),
            why("targets/link", "a symbolic link, and no current metadata lists it"),
        ])
    );
    assert_eq!(repository(&scratch.path("w")), current(&golden()));
}

#[test]
fn r4_from_a_pinned_root_the_missing_ones_are_named() {
    let scratch = Scratch::golden(published);
    std::fs::remove_file(scratch.path("source/1.root.json")).unwrap();
    let (source, dir) = (scratch.at("source"), scratch.at("w"));
    tuffet(&["import", &source, &dir, "--at", AT]).refused(
        1,
        "tuffet: error: 1.root.json: expected the file, found none (R4)\n\
         tuffet: hint: restore it from a mirror; if older roots are lost, start from one you trust with --root\n",
    );
    scratch.holds(&["source"]);
    let pin = scratch.at("pin.json");
    std::fs::write(&pin, &golden()["2.root.json"]).unwrap();
    let report = import(&scratch, &["--root", &pin]);
    let text = "root 1 is missing: clients that pin it are stranded, and nothing is published until it is back (R4)";
    assert_eq!(report["notes"], json!([{"code": "missing-roots", "text": text}]));
    assert_eq!((&report["first_root"]["version"], &report["pinned"]), (&json!(2), &json!(true)));
    // A pin is also found where the chain begins before it.
    put(&scratch.path("source"), &golden());
    let said = tuffet(&["import", &source, &scratch.at("whole"), "--root", &pin, "--at", AT, "--json"]).done().json();
    assert_eq!((&said["first_root"]["version"], &said["notes"]), (&json!(1), &json!([])));
}

#[test]
fn an_expired_repository_is_taken_over_with_a_note() {
    let scratch = Scratch::golden(published);
    let (source, dir) = (scratch.at("source"), scratch.at("w"));
    let said = tuffet(&["import", &source, &dir, "--at", "2030-01-01T00:00:00Z", "--json"]).done().json();
    let texts: Vec<_> = said["notes"].as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap()).collect();
    let expected =
        [("root", "2027-08-30"), ("timestamp", "2027-03-08"), ("snapshot", "2027-03-22"), ("targets", "2027-08-30")];
    let note = |(role, day): (&str, &str)| {
        format!("{role} v2 expired at {day}T10:00:00Z: no client trusts it until the next version is signed (R18)")
    };
    assert_eq!(texts, expected.map(note));
}

#[test]
fn people_read_what_was_taken_in_eighty_columns() {
    let scratch = Scratch::golden(working_tree);
    let said = tuffet(&["import", &scratch.at("source"), &scratch.at("w"), "--at", AT]).done().stdout;
    let wide = said.lines().filter(|line| line.chars().count() > 80 && !line.contains(scratch.at("").as_str()));
    // A hash is never broken: people compare it.
    assert_eq!(wide.filter(|line| !line.contains("sha256")).collect::<Vec<_>>(), [""; 0]);
    let first = tuffet_keys::sha256(&golden()["1.root.json"]);
    let expected = format!(
        "{} (tuf-on-ci)\n\
         \n\
         role       version  expires\n\
         root             2  2027-08-30T10:00:00Z\n\
         timestamp        2  2027-03-08T10:00:00Z\n\
         snapshot         2  2027-03-22T10:00:00Z\n\
         targets          2  2027-08-30T10:00:00Z\n\
         6 files, 1 target\n\
         first root v1, sha256 {first}\n\
         \n\
         compare the first root's sha256 with the one its owner announced\n\
         \n\
         workspace {dir} is written\n\
         next: plan a ceremony there; `tuffet plan --help` names the changes\n",
        scratch.at("source"),
        dir = scratch.at("w"),
    );
    assert_eq!(said, expected);
}
