//! Sigstore's production repository, as it was published on 2026-08-21.

use crate::real::{data, tuffet};
use crate::tree::tree;
use crate::working::{Scratch, Tree, put, repository, working_tree};
use serde_json::{Value, json};
use std::path::Path;
use tuffet_keys::sha256;

pub(crate) const NOW: &str = "2026-08-22T00:00:00Z";

/// The repository with its targets below its metadata, as its URL has it.
pub(crate) fn published(data: &Path) -> Tree {
    let mut out = tree(&data.join("prod/metadata"));
    out.extend(tree(&data.join("prod/targets")).into_iter().map(|(name, bytes)| (format!("targets/{name}"), bytes)));
    out
}

fn import(source: &str, to: &Path, more: &[&str]) -> Value {
    let words = ["import", source, to.to_str().unwrap(), "--at", NOW, "--json"];
    tuffet(&[&words, more].concat()).done().json()
}

#[test]
fn production_is_taken_over_byte_for_byte() {
    let Some(data) = data("import of production") else { return };
    let scratch = Scratch::new();
    // Metadata and targets side by side.
    let report = import(data.join("prod").to_str().unwrap(), &scratch.path("w"), &[]);
    let made = repository(&scratch.path("w"));
    assert_eq!(made, published(&data));
    let manifest = std::fs::read_to_string(data.join("prod/MANIFEST.sha256")).unwrap();
    let mut listed = 0;
    for line in manifest.lines().filter(|line| !line.contains("MANIFEST")) {
        let (digest, name) = line.split_once("  ./").unwrap();
        let bytes = &made[name.strip_prefix("metadata/").unwrap_or(name)];
        assert_eq!(sha256(bytes).to_string(), digest, "{name}");
        listed += 1;
    }
    println!("import of production: {listed} files, each with the SHA-256 of its manifest");
    assert_eq!((listed, made.len()), (31, 31));
    assert_eq!((&report["layout"], &report["targets"]), (&json!("tuftool"), &json!(12)));
    let versions: Vec<_> = report["roles"].as_array().unwrap().iter().map(|role| role["version"].clone()).collect();
    assert_eq!(versions, [15, 762, 165, 14, 8]);
    let codes: Vec<_> = report["notes"].as_array().unwrap().iter().map(|note| note["code"].clone()).collect();
    let dead = ["dead-entry"; 4].map(Value::from);
    assert_eq!(codes, [&["unpinned-hashes"; 2].map(Value::from)[..], &dead].concat());
    for name in ["rekor.json v3", "revocation.json v2", "root.json v2", "staging.json v2"] {
        let text = format!(
            "the snapshot lists {name}, which is no role: it stays, because clients refuse a snapshot without it (D6)"
        );
        assert!(report["notes"].as_array().unwrap().iter().any(|note| note["text"] == text), "{text}");
    }
    // By URL: metadata in one place, targets in another.
    let (metadata, targets) = (data.join("prod/metadata"), data.join("prod/targets"));
    let pin = data.join("prod/metadata/1.root.json");
    let more = ["--targets", targets.to_str().unwrap(), "--root", pin.to_str().unwrap()];
    let report = import(metadata.to_str().unwrap(), &scratch.path("by-path"), &more);
    assert_eq!((&report["layout"], &report["pinned"]), (&json!("published"), &json!(true)));
    assert_eq!(tree(&scratch.path("by-path")), tree(&scratch.path("w")));
}

#[test]
fn production_is_taken_over_from_a_server_and_from_a_later_root() {
    let Some(data) = data("import of production by URL") else { return };
    let scratch = Scratch::new();
    let server = Server::of(published(&data));
    let pin = data.join("prod/metadata/12.root.json");
    let report = import(&server.url, &scratch.path("w"), &["--root", pin.to_str().unwrap()]);
    assert_eq!(repository(&scratch.path("w")), published(&data));
    assert_eq!(report["first_root"]["version"], 1, "the roots before the pin are there, and lead to it");
    let mut later = published(&data);
    for version in 1..12 {
        later.remove(&format!("{version}.root.json"));
    }
    let server = Server::of(later.clone());
    let report = import(&server.url, &scratch.path("later"), &["--root", pin.to_str().unwrap()]);
    assert_eq!(repository(&scratch.path("later")), later);
    assert_eq!((&report["first_root"]["version"], &report["notes"][0]["code"]), (&json!(12), &json!("missing-roots")));
}

#[test]
fn production_as_tuf_on_ci_has_it_is_taken_over_and_handed_back() {
    let Some(data) = data("production as a working tree") else { return };
    let scratch = Scratch::new();
    let working = working_tree(&published(&data));
    put(&scratch.path("source"), &working);
    let report = import(&scratch.at("source"), &scratch.path("w"), &[]);
    assert_eq!((&report["layout"], &report["left_out"]), (&json!("tuf-on-ci"), &json!([])));
    assert_eq!(repository(&scratch.path("w")), published(&data));
    let words = ["--workspace", &scratch.at("w"), "export", &scratch.at("out"), "--layout", "tuf-on-ci", "--at", NOW];
    tuffet(&words).done();
    let out = tree(&scratch.path("out"));
    assert_eq!(out.keys().collect::<Vec<_>>(), working.keys().collect::<Vec<_>>(), "the names of the rebuilt tree");
    // Contents are compared with what was published, not with the rebuilt tree.
    let mut compared = 0;
    for bytes in out.values() {
        let digest = sha256(bytes);
        assert!(published(&data).values().any(|published| sha256(published) == digest && published == bytes));
        compared += 1;
    }
    println!("export of production: {compared} files compared; root.json stands twice");
    assert_eq!((compared, out.len()), (32, 32));
    assert_eq!(out["metadata/root.json"], out["metadata/root_history/15.root.json"]);
    import(&scratch.at("out"), &scratch.path("again"), &[]);
    assert_eq!(tree(&scratch.path("again")), tree(&scratch.path("w")));
}

/// What tuf-on-ci itself publishes from the tree it is handed back: a Python that has `tuf_on_ci` is named by
/// TUFFET_TUF_ON_CI.
#[test]
fn tuf_on_ci_publishes_production_from_what_it_is_handed_back() {
    let Some(data) = data("production through tuf-on-ci") else { return };
    let Some(python) = std::env::var_os("TUFFET_TUF_ON_CI") else {
        println!("skipped: needs TUFFET_TUF_ON_CI, a Python that has tuf_on_ci");
        return;
    };
    let scratch = Scratch::new();
    import(data.join("prod").to_str().unwrap(), &scratch.path("w"), &[]);
    let words = ["--workspace", &scratch.at("w"), "export", &scratch.at("out"), "--layout", "tuf-on-ci", "--at", NOW];
    tuffet(&words).done();
    let build =
        "import sys; from tuf_on_ci._repository import CIRepository; CIRepository('metadata').build(*sys.argv[1:])";
    let (metadata, targets) = (scratch.at("published"), scratch.at("published/targets"));
    let output = std::process::Command::new(python)
        .args(["-c", build, &metadata, &targets])
        .current_dir(scratch.path("out"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(tree(&scratch.path("published")), published(&data));
}

#[test]
fn production_at_other_times_is_taken_over_too() {
    let Some(data) = data("import of the epochs") else { return };
    let mut taken = 0;
    for epoch in ["1", "3", "5", "9", "11", "15"] {
        for when in ["first", "last"] {
            let source = data.join("epochs").join(epoch).join(when);
            let scratch = Scratch::new();
            let words = ["import", source.to_str().unwrap(), &scratch.at("w"), "--at", NOW, "--json"];
            let said = tuffet(&words);
            assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{epoch}/{when}: {}", said.stdout);
            let made = repository(&scratch.path("w"));
            let there: Tree =
                tree(&source).into_iter().map(|(name, bytes)| (name.replace("metadata/", ""), bytes)).collect();
            for (name, bytes) in &made {
                // Before root 5 no name had a hash; copies with one are for the root that turned them on.
                let plain =
                    name.rsplit_once('/').map(|(folder, file)| format!("{folder}/{}", file.split_once('.').unwrap().1));
                let found = there.get(name).or_else(|| there.get(&plain.filter(|_| ["1", "3"].contains(&epoch))?));
                assert_eq!(found, Some(bytes), "{epoch}/{when}: {name}");
            }
            taken += 1;
        }
    }
    println!("import of the epochs: {taken} repositories");
    assert_eq!(taken, 12);
}

/// A server on the loopback that hands files out.
struct Server {
    url: String,
    server: std::sync::Arc<tiny_http::Server>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    fn of(files: Tree) -> Self {
        let server = std::sync::Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let url = format!("http://{}/", server.server_addr());
        let running = std::sync::Arc::clone(&server);
        let thread = std::thread::spawn(move || {
            for request in running.incoming_requests() {
                let answer = files.get(request.url().trim_start_matches('/')).cloned();
                let _ = match answer {
                    Some(bytes) => request.respond(tiny_http::Response::from_data(bytes)),
                    None => request.respond(tiny_http::Response::from_data(Vec::new()).with_status_code(404)),
                };
            }
        });
        Self { url, server, thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
