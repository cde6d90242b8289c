//! How the files are written.

use crate::{GOLDEN_AT, golden, hostile, page, production, real, root};
use std::fs;
use std::path::Path;
use tuffet_page::{Facts, Proof};

fn facts(folder: &Path) -> Facts {
    serde_json::from_slice(&fs::read(folder.join("status.json")).unwrap()).unwrap()
}

#[test]
fn the_page_is_replaced_whole_and_is_the_same_for_one_time() {
    let scratch = golden();
    let folder = scratch.path().join("repository");
    let read = || ["index.html", "status.json"].map(|name| fs::read(folder.join(name)).unwrap());
    let first = read();
    let said = page(scratch.path(), GOLDEN_AT).done().stdout;
    let at = scratch.path().display();
    assert_eq!(said, format!("workspace {at}\nwrote {at}/repository/index.html\nwrote {at}/repository/status.json\n"));
    assert_eq!(read(), first);
    page(scratch.path(), "2027-03-03T00:00:00Z").done();
    assert_ne!(read(), first);
    let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!left.iter().any(|name| name.starts_with(".tuffet")), "{left:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(folder.join("index.html")).unwrap().permissions().mode() & 0o777, 0o644);
    }
}

#[test]
fn somebody_elses_page_is_not_lost() {
    let scratch = golden();
    let folder = scratch.path().join("repository");
    let page_before = fs::read(folder.join("index.html")).unwrap();
    for (name, text) in [("status.json", "{\"status\": \"green\"}"), ("index.html", "<h1>mine</h1>")] {
        let ours = fs::read(folder.join(name)).unwrap();
        fs::write(folder.join(name), text).unwrap();
        page(scratch.path(), "2027-03-04T00:00:00Z").refused(
            1,
            &format!(
                "tuffet: error: {}/{name}: expected none or the one tuffet wrote, found another file\n\
                 tuffet: hint: move it away, or name another folder: `tuffet page --out DIR`\n",
                folder.display()
            ),
        );
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), text);
        fs::write(folder.join(name), ours).unwrap();
    }
    assert_eq!(fs::read(folder.join("index.html")).unwrap(), page_before, "neither was written");
    fs::remove_file(folder.join("index.html")).unwrap();
    fs::create_dir(folder.join("index.html")).unwrap();
    let said = page(scratch.path(), GOLDEN_AT);
    assert!(said.stderr.contains("index.html: Is a directory"), "{said:?}");
}

#[test]
fn out_names_another_folder_and_json_says_what_was_written() {
    let scratch = golden();
    let out = scratch.path().join("site/deep");
    let words = ["page", "--json", "--at", GOLDEN_AT, "--workspace", scratch.path().to_str().unwrap(), "--out"];
    let said = real::tuffet(&[&words[..], &[out.to_str().unwrap()]].concat()).done().json();
    assert_eq!(said["schema"], "tuffet-page-v1");
    assert_eq!(said["made"], GOLDEN_AT);
    assert_eq!(said["unread"], serde_json::json!([]));
    let files: Vec<_> = said["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert_eq!(files, ["index.html", "status.json"].map(|name| out.join(name).to_str().unwrap().to_owned()));
    assert!(facts(&out).made == facts(&scratch.path().join("repository")).made);
}

#[test]
fn a_damaged_record_neither_stops_the_page_nor_is_hidden() {
    let scratch = golden();
    let file = scratch.path().join("ceremony/2026-12-01-initial/transcript.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("2026-12-01T10", "2026-12-01T11", 1)).unwrap();
    let said = page(scratch.path(), GOLDEN_AT).done().stdout;
    let facts = facts(&scratch.path().join("repository"));
    assert_eq!(facts.ceremonies.len(), 1, "the other one is told");
    assert_eq!(facts.unread.len(), 1);
    let unread = &facts.unread[0];
    assert_eq!(unread.what, "ceremony 2026-12-01-initial");
    assert!(unread.problem.starts_with("transcript.jsonl line 1: expected hash "), "{}", unread.problem);
    assert!(said.contains(&format!("not read, and told on the page: {}: {}", unread.what, unread.problem)), "{said}");
    let html = fs::read_to_string(scratch.path().join("repository/index.html")).unwrap();
    assert!(html.contains("What could not be read"), "{html}");
    assert!(!html.contains(&scratch.path().display().to_string()), "no folder of this machine is on the page");
}

#[test]
fn a_repository_that_does_not_verify_has_no_page() {
    let scratch = golden();
    let folder = scratch.path().join("repository");
    let before = fs::read(folder.join("index.html")).unwrap();
    let root = fs::read_to_string(folder.join("2.root.json")).unwrap();
    fs::write(folder.join("2.root.json"), root.replacen("\"threshold\": 3", "\"threshold\": 1", 1)).unwrap();
    let said = page(scratch.path(), GOLDEN_AT);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("2.root.json"), "{said:?}");
    assert_eq!(fs::read(folder.join("index.html")).unwrap(), before);
}

#[test]
fn the_golden_status_is_what_happened() {
    let scratch = golden();
    let facts = facts(&scratch.path().join("repository"));
    assert_eq!(facts.roots.iter().map(|root| root.signers.len()).collect::<Vec<_>>(), [3, 4]);
    let seats = facts.roots[1].seats.iter().map(|seats| (seats.role.as_str(), seats.threshold, seats.keys.len()));
    assert_eq!(seats.collect::<Vec<_>>(), [("root", 3, 5), ("timestamp", 1, 1), ("snapshot", 1, 1), ("targets", 3, 5)]);
    assert_eq!(facts.keys.iter().filter(|key| key.online).count(), 1);
    assert_eq!(
        facts.ceremonies.iter().map(|held| held.id.as_str()).collect::<Vec<_>>(),
        ["2027-03-01-replace-erin", "2026-12-01-initial"]
    );
    let first = &facts.ceremonies[1];
    assert_eq!((first.signs.join(" "), first.signed_by.len()), ("root 1 targets 1".to_owned(), 3));
    assert_eq!(first.stated_by.as_ref().map(Vec::len), Some(2));
    assert_eq!(facts.roots[0].ceremony.as_deref(), Some("2026-12-01-initial"));
    assert!(facts.devices.iter().all(|device| device.proof == Proof::None && device.kind == "key file"));
    assert_eq!(facts.devices.iter().filter(|device| !device.roles.is_empty()).count(), 6);
    let text = fs::read_to_string(scratch.path().join("repository/status.json")).unwrap();
    assert!(!text.contains("file:"), "where the online key lies is not told");
}

#[test]
fn a_statement_that_lies_beside_the_page_is_linked() {
    let scratch = golden();
    let [from, to] = ["ceremony", "repository/ceremony"].map(|at| scratch.path().join(at).join("2026-12-01-initial"));
    fs::create_dir_all(&to).unwrap();
    fs::copy(from.join("statement.json"), to.join("statement.json")).unwrap();
    page(scratch.path(), GOLDEN_AT).done();
    let link = "<a href=\"./ceremony/2026-12-01-initial/statement.json\">";
    let html = || fs::read_to_string(scratch.path().join("repository/index.html")).unwrap();
    assert!(html().contains(link));
    // Another file of that name is no statement of it.
    fs::write(to.join("statement.json"), "{}").unwrap();
    page(scratch.path(), GOLDEN_AT).done();
    assert!(!html().contains(link));
}

#[test]
fn readers_of_the_repository_pass_the_page_over() {
    let scratch = golden();
    let (workspace, out) = (scratch.path(), tempfile::tempdir().unwrap());
    let repository = workspace.join("repository");
    let at = |name: &str| out.path().join(name).to_str().unwrap().to_owned();
    let pin = repository.join("1.root.json");
    let [repository, pin, w] = [&repository, &pin, workspace].map(|path| path.to_str().unwrap());
    let audit = real::tuffet(&["audit", repository, "--root", pin, "--at", GOLDEN_AT]).done().stdout;
    assert!(!audit.contains("status") && !audit.contains("index"), "{audit}");
    let import = real::tuffet(&["import", repository, &at("w"), "--at", GOLDEN_AT]).done().stdout;
    assert!(!import.contains("status.json") && !import.contains("index.html"), "{import}");
    assert!(!out.path().join("w/repository/status.json").exists());
    let export = ["export", &at("e"), "--layout", "tuftool", "--workspace", w, "--at", GOLDEN_AT];
    let export = real::tuffet(&export).done().stdout;
    assert!(!export.contains("status.json") && !export.contains("index.html"), "{export}");
    let before =
        real::tuffet(&["check", root().join("repository").to_str().unwrap(), "--at", GOLDEN_AT, "--json"]).json();
    let check = real::tuffet(&["check", repository, "--at", GOLDEN_AT, "--json"]).json();
    assert_eq!(check["findings"], before["findings"]);
}

#[test]
fn the_status_of_production_is_as_the_audit_says() {
    let Some(scratch) = production("the status of production") else { return };
    let repository = scratch.path().join("w/repository");
    let facts = facts(&repository);
    let pin = repository.join("1.root.json");
    let words = ["audit", repository.to_str().unwrap(), "--root", pin.to_str().unwrap(), "--json", "--at"];
    let audit = real::tuffet(&[&words[..], &[crate::PRODUCTION_AT]].concat()).done().json();
    let roots = audit["roots"].as_array().unwrap();
    assert_eq!(roots.len(), facts.roots.len());
    for (said, root) in roots.iter().zip(&facts.roots) {
        assert_eq!(said["sha256"], root.file.sha256);
        assert_eq!(said["own"]["have"], root.own.have);
        assert_eq!(said["previous"]["have"].as_u64(), root.previous.as_ref().map(|count| count.have));
        let signers: Vec<_> = said["signers"].as_array().unwrap().iter().map(|s| s["fingerprint"].clone()).collect();
        assert_eq!(signers, root.signers.iter().map(|signer| signer.key.as_str()).collect::<Vec<_>>());
    }
    let delegated = audit["current"]["delegated"].as_array().unwrap();
    assert_eq!(delegated.len(), facts.delegations.len());
    assert_eq!(facts.trust_root.map(|trust| trust.entries.len()), Some(7));
}

#[test]
fn a_hostile_workspace_is_told_of_and_written() {
    let scratch = tempfile::tempdir().unwrap();
    hostile::write(scratch.path());
    let said = page(scratch.path(), hostile::AT);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:?}");
    let facts = facts(&scratch.path().join("repository"));
    assert_eq!((facts.roots.len(), facts.unread.len()), (60, 1));
    assert_eq!(facts.unread[0].what, "ceremony 2026-12-01-<b>broken");
}
