//! Bad input: each refused with its place and its rule, and nothing left behind.

use crate::real::{Said, tuffet};
use crate::working::{AT, Scratch, Tree, current, golden, put, repository, tuftool_tree, working_tree};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use tuffet_keys::sha256;

fn published(tree: &Tree) -> Tree {
    tree.clone()
}

fn import(scratch: &Scratch, more: &[&str]) -> Said {
    tuffet(&[&["import", &scratch.at("source"), &scratch.at("w"), "--at", AT], more].concat())
}

/// The import is refused with these words, and nothing is there but the source.
#[track_caller]
fn refused(scratch: &Scratch, error: &str, hint: &str) {
    let hint = if hint.is_empty() { String::new() } else { format!("tuffet: hint: {hint}\n") };
    import(scratch, &[]).refused(1, &format!("tuffet: error: {error}\n{hint}"));
    scratch.holds(&["source"]);
}

const RESTORE: &str = "restore the file from a mirror or from version control; never edit it";
const ITSELF: &str = "put the file itself there: a link or a device is not followed";

/// The golden target's file, plain and as published.
const TARGET: &str = "targets/trusted_root.json";

fn hashed() -> String {
    golden().into_keys().find(|name| name.starts_with("targets/")).unwrap()
}

#[test]
fn a_folder_that_is_no_repository_is_refused() {
    let scratch = Scratch::new();
    let source = scratch.at("source");
    fs::create_dir(&source).unwrap();
    refused(
        &scratch,
        &format!(
            "{source}: expected a repository's folder, found neither timestamp.json nor metadata/timestamp.json in it"
        ),
        "name the folder that holds metadata/ or timestamp.json, or say --layout",
    );
    fs::remove_dir(&source).unwrap();
    import(&scratch, &[]).refused(1, &format!("tuffet: error: {source}: expected a folder, found none\n"));
    fs::write(&source, "").unwrap();
    import(&scratch, &[]).refused(1, &format!("tuffet: error: {source}: expected a folder, found a file\n"));
    scratch.holds(&["source"]);
}

#[test]
fn two_layouts_at_once_are_one_too_many() {
    let scratch = Scratch::golden(working_tree);
    put(&scratch.path("source"), &golden());
    let source = scratch.at("source");
    refused(
        &scratch,
        &format!(
            "{source}: expected one repository, found two: published (timestamp.json) and tuf-on-ci (metadata/root_history)"
        ),
        "say which with --layout published, tuf-on-ci or tuftool",
    );
    let report = import(&scratch, &["--layout", "tuf-on-ci", "--json"]).done().json();
    assert_eq!(report["layout"], "tuf-on-ci");
    assert_eq!(repository(&scratch.path("w")), current(&golden()));
}

#[test]
fn c10_a_root_that_does_not_verify_is_refused() {
    let scratch = Scratch::golden(published);
    let mut root: Value = serde_json::from_slice(&golden()["2.root.json"]).unwrap();
    root["signatures"].as_array_mut().unwrap().truncate(2);
    fs::write(scratch.path("source/2.root.json"), root.to_string()).unwrap();
    refused(
        &scratch,
        "2.root.json: root v2: 2 of 3 required signatures are valid by the keys of root v1 (TUF 5.3.4)",
        "",
    );
    // Damage in a working tree is no signing event: a later root is there, or the pin asks for it.
    let scratch = Scratch::golden(working_tree);
    fs::write(scratch.path("source/metadata/root_history/2.root.json"), "{}").unwrap();
    refused(
        &scratch,
        "metadata/root_history/2.root.json: root: signed: expected an object, found nothing (TUF 4.2.1)",
        "",
    );
}

#[test]
fn c14_r4_a_root_under_anothers_name_and_a_root_that_was_lost() {
    let scratch = Scratch::golden(published);
    fs::copy(scratch.path("source/1.root.json"), scratch.path("source/2.root.json")).unwrap();
    refused(&scratch, "2.root.json: expected version 2, found 1 (TUF 5.3.5)", "");
    let scratch = Scratch::golden(published);
    fs::rename(scratch.path("source/2.root.json"), scratch.path("source/3.root.json")).unwrap();
    let hint = "restore it from a mirror; if older roots are lost, start from one you trust with --root";
    refused(&scratch, "2.root.json: expected the file, found none (R4)", hint);
}

#[test]
fn r5_two_roots_with_one_version_are_refused() {
    let scratch = Scratch::golden(working_tree);
    let mut root: Value = serde_json::from_slice(&golden()["2.root.json"]).unwrap();
    let expected = sha256(&golden()["2.root.json"]);
    // As validly signed, by one person less.
    root["signatures"].as_array_mut().unwrap().pop();
    let other = serde_json::to_vec_pretty(&root).unwrap();
    fs::write(scratch.path("source/metadata/root.json"), &other).unwrap();
    refused(
        &scratch,
        &format!(
            "metadata/root.json: expected the bytes of metadata/root_history/2.root.json (SHA-256 {expected}), found \
             others ({}): two roots v2 (R5)",
            sha256(&other)
        ),
        "find out which one clients have: the other must never be signed or published",
    );
    let scratch = Scratch::golden(published);
    let pin = scratch.at("pin");
    fs::write(&pin, &other).unwrap();
    import(&scratch, &["--root", &pin]).refused(
        1,
        &format!(
            "tuffet: error: 2.root.json: expected the bytes of the pinned root (SHA-256 {}), found others ({expected}): \
             two roots v2 (R5)\n\
             tuffet: hint: find out which one clients have: the other must never be signed or published\n",
            sha256(&other)
        ),
    );
    scratch.holds(&["pin", "source"]);
}

#[test]
fn c59_a_target_with_other_bytes_is_refused() {
    let digest = |bytes: &[u8]| format!("{} bytes, SHA-256 {}", bytes.len(), sha256(bytes));
    let scratch = Scratch::golden(working_tree);
    fs::write(scratch.path("source").join(TARGET), "{}").unwrap();
    let error = format!(
        "{TARGET}: expected trusted_root.json, which targets v2 lists, found another file ({}) (C59)",
        digest(b"{}")
    );
    refused(&scratch, &error, RESTORE);
    let scratch = Scratch::golden(published);
    let long = vec![b'x'; golden()[&hashed()].len() + 1];
    fs::write(scratch.path("source").join(hashed()), &long).unwrap();
    let error = format!(
        "{}: expected trusted_root.json, which targets v2 lists, found another file (more than {} bytes) (C59)",
        hashed(),
        long.len() - 1
    );
    refused(&scratch, &error, RESTORE);
}

#[test]
fn r7_a_file_that_vanished_is_missed() {
    let scratch = Scratch::golden(working_tree);
    fs::remove_file(scratch.path("source").join(TARGET)).unwrap();
    refused(&scratch, &format!("{TARGET}: expected the file, found none (R7)"), RESTORE);
    for (lay, file) in [
        (working_tree as fn(&Tree) -> Tree, "metadata/targets.json"),
        (working_tree, "metadata/snapshot.json"),
        (working_tree, "metadata/timestamp.json"),
        (published, "2.snapshot.json"),
        (tuftool_tree, "metadata/2.targets.json"),
    ] {
        let scratch = Scratch::golden(lay);
        fs::remove_file(scratch.path("source").join(file)).unwrap();
        refused(&scratch, &format!("{file}: expected the file, found none (R6)"), RESTORE);
    }
}

#[test]
fn c62_links_pipes_and_devices_are_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    let place = outside.path().join("same");
    for (lay, file) in [
        (working_tree as fn(&Tree) -> Tree, TARGET.to_owned()),
        (working_tree, "metadata/targets.json".to_owned()),
        (working_tree, "metadata/root_history/1.root.json".to_owned()),
        (published, hashed()),
    ] {
        let scratch = Scratch::golden(lay);
        let path = scratch.path("source").join(&file);
        // The right bytes, elsewhere: a link is refused for what it is.
        fs::copy(&path, &place).unwrap();
        fs::remove_file(&path).unwrap();
        symlink(&place, &path).unwrap();
        refused(&scratch, &format!("{file}: expected a file, found a symbolic link (C62)"), ITSELF);
        fs::remove_file(&path).unwrap();
        // A pipe would wait for a writer for ever.
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        refused(&scratch, &format!("{file}: expected a file, found a pipe, a socket or a device (C62)"), ITSELF);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        refused(&scratch, &format!("{file}: expected a file, found a folder (C62)"), ITSELF);
    }
    // A link on the way leads out as well.
    let scratch = Scratch::golden(working_tree);
    fs::rename(scratch.path("source/targets"), outside.path().join("targets")).unwrap();
    symlink(outside.path().join("targets"), scratch.path("source/targets")).unwrap();
    refused(&scratch, &format!("{TARGET}: expected a file, found a symbolic link (C62)"), ITSELF);
}

#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::golden(working_tree);
    let path = scratch.path("source").join(TARGET);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(scratch.0.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuffet"));
    command.args(["import", &scratch.at("source"), &scratch.at("w"), "--at", AT]);
    // Root is refused nothing: where the test runs as root, it is somebody else who imports.
    if fs::File::open(&path).is_ok() {
        std::os::unix::process::CommandExt::uid(&mut command, 65534);
    }
    let output = command.output().unwrap();
    let error = format!("tuffet: error: {TARGET}: Permission denied (os error 13)\n");
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(1), error));
    scratch.holds(&["source"]);
}

#[test]
fn a_destination_that_holds_something_else_is_refused() {
    let scratch = Scratch::golden(working_tree);
    let hint = "name a folder that is not there yet";
    let refuse = |place: &str, found: &str| {
        let error = format!(
            "{place}: expected the bytes to be written, or nothing there, found {found}: it is never overwritten"
        );
        import(&scratch, &[]).refused(1, &format!("tuffet: error: {error}\ntuffet: hint: {hint}\n"));
        scratch.holds(&["source", "w"]);
    };
    fs::write(scratch.path("w"), "mine").unwrap();
    refuse(&scratch.at("w"), "a file");
    fs::remove_file(scratch.path("w")).unwrap();
    fs::create_dir(scratch.path("w")).unwrap();
    fs::write(scratch.path("w/mine"), "mine").unwrap();
    refuse(&scratch.at("w/repository/1.root.json"), "no such file in the folder that is there");
    assert_eq!(fs::read(scratch.path("w/mine")).unwrap(), b"mine");
    fs::remove_file(scratch.path("w/mine")).unwrap();
    // An empty folder is as good as none.
    import(&scratch, &[]).done();
    fs::write(scratch.path("w/repository/timestamp.json"), "{}").unwrap();
    refuse(&scratch.at("w/repository/timestamp.json"), "other bytes");
    fs::write(scratch.path("w/repository/timestamp.json"), &golden()["timestamp.json"]).unwrap();
    fs::write(scratch.path("w/repository/3.root.json"), "{}").unwrap();
    refuse(&scratch.at("w/repository/3.root.json"), "a file more");
    fs::remove_file(scratch.path("w/repository/3.root.json")).unwrap();
    import(&scratch, &[]).done();
}

#[test]
fn an_export_is_refused_where_nothing_is_published_and_over_other_bytes() {
    let scratch = Scratch::golden(working_tree);
    let (w, out) = (scratch.at("w"), scratch.at("out"));
    tuffet(&["init", &w]).done();
    let export = ["--workspace", &w, "export", &out, "--layout", "tuf-on-ci", "--at", AT];
    tuffet(&export).refused(
        1,
        &format!(
            "tuffet: error: {w}/repository: expected a published repository, found no root in it\n\
             tuffet: hint: run `tuffet publish` first\n"
        ),
    );
    fs::remove_dir_all(&w).unwrap();
    import(&scratch, &[]).done();
    tuffet(&export).done();
    fs::write(scratch.path("out/README.md"), "theirs").unwrap();
    tuffet(&export).refused(
        1,
        &format!(
            "tuffet: error: {out}/README.md: expected the bytes to be written, or nothing there, found a file more: it \
             is never overwritten\n\
             tuffet: hint: name a folder that is not there yet\n"
        ),
    );
    scratch.holds(&["out", "source", "w"]);
}

#[test]
fn c2_no_trust_comes_from_a_network() {
    let scratch = Scratch::new();
    for source in ["https://tuf.example.org/", "git@example.org:root-signing.git"] {
        let error =
            format!("tuffet: error: {source}: expected --root, found none: no trust comes from a network (C2)\n");
        let hint = "tuffet: hint: add --root PINNED, a root.json that reached you in another way\n";
        tuffet(&["import", source, &scratch.at("w")]).refused(2, &(error + hint));
    }
    scratch.holds(&[]);
}

#[test]
fn an_open_signing_event_is_told_and_not_published() {
    let scratch = Scratch::golden(working_tree);
    let mut root: Value = serde_json::from_slice(&golden()["2.root.json"]).unwrap();
    root["signed"]["version"] = 3.into();
    for signature in root["signatures"].as_array_mut().unwrap() {
        signature["sig"] = "".into();
    }
    let open = serde_json::to_vec_pretty(&root).unwrap();
    let files = [
        ("metadata/root.json", open.clone()),
        ("metadata/root_history/3.root.json", open),
        ("metadata/.signing-event-state", br#"{"invites": {"@grace": ["root", "targets"]}}"#.to_vec()),
    ];
    put(&scratch.path("source"), &files.map(|(name, bytes)| (name.to_owned(), bytes)).into());
    let report = import(&scratch, &["--json"]).done().json();
    assert_eq!(repository(&scratch.path("w")), current(&golden()));
    let text = "a signing event is open: @grace is invited to root, targets; root v3 has 0 of 3 signatures for root v3, \
                missing @alice, @bob, @carol, @dave, @frank; root v3 has 0 of 3 signatures for root v2, missing @alice, \
                @bob, @carol, @dave, @frank";
    let missing = ["@alice", "@bob", "@carol", "@dave", "@frank"];
    let count = |root: u64| json!({"root": root, "have": 0, "need": 3, "missing": missing});
    assert_eq!(
        report["notes"],
        json!([{
            "code": "open-event",
            "text": text,
            "invites": [{"who": "@grace", "roles": ["root", "targets"]}],
            "unsigned": [{"role": "root", "version": 3, "counts": [count(3), count(2)]}],
        }])
    );
    assert_eq!(
        report["left_out"],
        json!([
            {"file": "metadata/.signing-event-state",
             "why": "it is the state of a signing event, and nothing that is published"},
            {"file": "metadata/root_history/3.root.json", "why": "it is not signed by enough people yet"},
        ])
    );
    // What is published of targets is not in the tree any more once they change.
    let mut targets: Value = serde_json::from_slice(&golden()["2.targets.json"]).unwrap();
    targets["signed"]["version"] = 3.into();
    fs::write(scratch.path("source/metadata/targets.json"), targets.to_string()).unwrap();
    fs::remove_dir_all(scratch.path("w")).unwrap();
    refused(
        &scratch,
        "metadata/targets.json: expected version 2, which the snapshot lists, found version 3: a signing event is open, \
         or the online roles are not signed yet (C46)",
        "name what is published: its URL, or the branch that is deployed with --git-ref",
    );
}

#[test]
fn x20_two_imports_at_once_make_one_workspace() {
    let scratch = Scratch::golden(working_tree);
    let words = ["import", &scratch.at("source"), &scratch.at("w"), "--at", AT, "--json"];
    let start = || Command::new(env!("CARGO_BIN_EXE_tuffet")).args(words).stdout(std::process::Stdio::piped()).spawn();
    let running: Vec<_> = (0..8).map(|_| start().unwrap()).collect();
    let reports = running.into_iter().map(|child| child.wait_with_output().unwrap()).map(|output| {
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["written"].as_bool().unwrap()
    });
    assert_eq!(reports.filter(|written| *written).count(), 1);
    assert_eq!(repository(&scratch.path("w")), current(&golden()));
    scratch.holds(&["source", "w"]);
}
