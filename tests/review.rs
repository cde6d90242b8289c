//! K2, T30: the review as people read it, at a terminal, in a pull request, as data; and `tuffet diff`.

#[path = "support/folder.rs"]
mod folder;
#[path = "support/person.rs"]
mod person;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;
#[path = "support/workspace.rs"]
mod workspace;

use folder::data;
use person::Person;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;
use tuffet_keys::{sha256, words};
use workspace::{AT, RIGHT, drafted};

fn tuffet(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tuffet")).args(words).current_dir(folder).output().unwrap()
}

#[track_caller]
fn done(folder: &Path, words: &[&str]) -> String {
    let Output { status, stdout, stderr } = tuffet(folder, words);
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// The drafted ceremony, and a copy elsewhere.
fn two_stations() -> (TempDir, TempDir) {
    let (one, two) = (drafted(), tempfile::tempdir().unwrap());
    let far = two.path().join("quite/another/place");
    for (name, bytes) in tree::tree(&one.path().join("w/ceremony/c")) {
        fs::create_dir_all(far.join(&name).parent().unwrap()).unwrap();
        fs::write(far.join(&name), bytes).unwrap();
    }
    (one, two)
}

#[test]
fn k2_the_review_is_the_same_text_on_every_station() {
    let (one, two) = two_stations();
    for more in [&[][..], &["--markdown"], &["--json"]] {
        let review = |folder: &Path, dir: &str| done(folder, &[&["review", dir], more].concat());
        assert_eq!(review(one.path(), "w/ceremony/c"), review(two.path(), "quite/another/place"), "{more:?}");
    }
}

#[test]
fn k2_the_review_says_everything_in_80_columns() {
    let scratch = drafted();
    let text = done(scratch.path(), &["review", "w/ceremony/c"]);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for role in ["root", "targets"] {
        let payload = fs::read(scratch.path().join(format!("w/ceremony/c/payload/{role}.json"))).unwrap();
        let digest = sha256(&payload);
        let hex: Vec<String> =
            digest.to_string().as_bytes().chunks(8).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
        let (hex, words) = (hex.join(" "), words::encode(digest.as_bytes()));
        let expected = format!("SHA-256 of the {} bytes to sign, and the same in words: {hex} {words}", payload.len());
        assert!(flat.contains(&expected), "expected `{expected}` in\n{text}");
    }
    let plan = sha256(&fs::read(scratch.path().join("w/ceremony/c/plan.toml")).unwrap());
    assert!(flat.contains(&format!("plan hash {plan} {}", words::encode(plan.as_bytes()))), "{text}");
    for line in [
        "held at   2026-12-01T10:00:00Z",
        "replaces  nothing: this is the first root",
        "root v1",
        "  - version 1, the first",
        "  - root: threshold 2 of 2",
        "targets v1",
        "targets by what is in them",
        "readme.txt, text",
        "    +a target",
        "what the draft falls short of",
        "keys that come in, and what is proved of them",
    ] {
        assert!(text.lines().any(|found| found == line), "expected the line `{line}` in\n{text}");
    }
}

#[test]
fn k2_the_signature_names_the_text_that_was_shown() {
    let scratch = drafted();
    let review = done(scratch.path(), &["review", "w/ceremony/c"]);
    let sitting = terminal::sit(scratch.path(), Some(AT), "tuffet sign w/ceremony/c --key file:alice.pem", RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    let folder = scratch.path().join("w/ceremony/c/signatures/root");
    let file = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let signature: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(signature["review_sha256"], sha256(review.as_bytes()).to_string());
}

#[test]
fn k2_data_and_markdown_hold_the_same() {
    let scratch = drafted();
    let data: serde_json::Value =
        serde_json::from_str(&done(scratch.path(), &["--json", "review", "w/ceremony/c"])).unwrap();
    assert_eq!(data["schema"], "tuffet-review-v1");
    assert_eq!((&data["at"], &data["previous_root"]), (&"2026-12-01T10:00:00Z".into(), &serde_json::Value::Null));
    let markdown = done(scratch.path(), &["review", "w/ceremony/c", "--markdown"]);
    assert!(markdown.starts_with("# Ceremony `c`\n\n- Plan hash: `"), "{markdown}");
    for payload in data["payloads"].as_array().unwrap() {
        let digest = payload["sha256"].as_str().unwrap();
        let spelled = words::encode(&hex::decode(digest).unwrap());
        assert_eq!(payload["words"], spelled.as_str());
        assert!(markdown.contains(&format!("\n{spelled}\n```\n")), "{markdown}");
    }
    let texts = data["differences"].as_array().unwrap().iter().map(|d| d["text"].as_str().unwrap());
    for text in texts {
        assert!(markdown.contains(&format!("\n- `{text}`\n")) || text.contains('`'), "{text}\n{markdown}");
    }
    let content = &data["contents"][0];
    assert_eq!((&content["path"], &content["kind"]), (&"readme.txt".into(), &"text".into()));
    assert_eq!(content["diff"], serde_json::json!(["+a target"]));
    assert!(markdown.contains("\n### `readme.txt`, text\n\n```diff\n+a target\n```\n"), "{markdown}");
    assert_eq!((&data["keys"][0]["owner"], &data["keys"][0]["part"]), (&"@alice".into(), &"keyholder".into()));
    let both = tuffet(scratch.path(), &["--json", "review", "w/ceremony/c", "--markdown"]);
    assert_eq!(both.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&both.stderr).into_owned();
    assert_eq!(stderr, "tuffet: error: expected --markdown or --json, found both\n");
}

/// A name with backticks, a pipe and a heading in it: in a pull request it stays a name.
#[test]
fn k2_a_name_cannot_break_out_of_markdown() {
    let scratch = tempfile::tempdir().unwrap();
    let name = "a``` | # <b>@everyone.txt";
    fs::write(scratch.path().join("file"), "``````\n").unwrap();
    let script = workspace::enrolled("alice bob")
        + &format!(
            "
            tuffet plan new c --approvals 0 --waive K5=test --allow-software-keys \
                --date 2026-12-01T10:00:00Z --threshold 2 --keyholder ../alice --keyholder ../bob \
                --online ../online --target '{name}=../file'
            tuffet draft ceremony/c"
        );
    let sitting = terminal::sit(scratch.path(), Some(AT), &script, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    let markdown = done(scratch.path(), &["review", "w/ceremony/c", "--markdown"]);
    assert!(markdown.contains(&format!("\n### ````{name}````, text\n\n```````diff\n+``````\n```````\n")), "{markdown}");
    let line = markdown.lines().find(|line| line.starts_with("- ") && line.contains("adds `a```")).unwrap();
    assert!(line.starts_with("- ````adds `a``` | # <b>@everyone.txt`, 7 bytes, sha256 "), "{line}");
    assert!(line.ends_with("````"), "{line}");
}

fn sits(folder: &Path, words: &[&str], script: &str) -> Person {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuffet"));
    command.args(words).current_dir(folder);
    Person::run(&command, script)
}

const SMALL: &str = "stty rows 24 columns 80\nexec \"$@\"";

/// Whoever types ahead, or `q` by habit, reads on: the question stands behind the last line.
#[test]
fn k2_nobody_signs_before_everything_was_shown() {
    let scratch = drafted();
    let review = done(scratch.path(), &["review", "w/ceremony/c"]);
    let lines: Vec<&str> = review.lines().collect();
    assert!(lines.len() > 30, "a review of more than one screen: {review}");
    let words = ["--at", AT, "sign", "w/ceremony/c", "--key", "file:alice.pem"];
    let mut person = sits(scratch.path(), &words, SMALL);
    let mut pages = 0;
    let asked = loop {
        let asked = person.asked().unwrap();
        if !asked.contains("for more") {
            break asked;
        }
        pages += 1;
        let shown = person.screen();
        assert!(!shown.contains("Type `sign`"), "{shown}");
        if pages == 1 {
            let place = format!("-- lines 1-23 of {}; Enter for more, Ctrl-C to stop: ", lines.len() + 1);
            assert_eq!(asked, place);
            assert!(shown.contains(lines[22]) && !shown.contains(lines[23]), "{shown}");
            for answer in ["q", "sign", "yes"] {
                person.types(format!("{answer}\n").as_bytes());
                assert_eq!(person.asked().unwrap(), place, "`{answer}` passes over nothing");
            }
        }
        person.types(b"\n");
    };
    assert_eq!(asked, "Type `sign` to sign, anything else to stop: ");
    assert!(pages >= 2, "{pages}");
    let screen = person.screen();
    for line in lines.iter().filter(|line| !line.is_empty()) {
        assert!(screen.contains(line), "`{line}` was not shown:\n{screen}");
    }
    person.types(b"no\n");
    let left = person.leaves();
    assert_eq!(left.code, 3, "{}", left.screen);
    assert!(!scratch.path().join("w/ceremony/c/signatures").exists());
}

#[test]
fn k2_ctrl_c_and_ctrl_d_at_a_page_sign_nothing() {
    let scratch = drafted();
    let words = ["--at", AT, "sign", "w/ceremony/c", "--key", "file:alice.pem"];
    for (typed, code) in [(b"\x03", 130), (b"\x04", 3)] {
        let mut person = sits(scratch.path(), &words, SMALL);
        assert!(person.asked().unwrap().contains("for more"));
        person.types(typed);
        let left = person.leaves();
        assert_eq!(left.code, code, "{}", left.screen);
        assert!(!left.screen.contains("Type `sign`"), "{}", left.screen);
    }
    assert!(!scratch.path().join("w/ceremony/c/signatures").exists());
}

#[test]
fn k2_a_review_pages_at_a_terminal_and_not_into_a_file() {
    let scratch = drafted();
    let plain = done(scratch.path(), &["review", "w/ceremony/c"]);
    let mut person = sits(scratch.path(), &["review", "w/ceremony/c"], SMALL);
    assert!(person.asked().unwrap().starts_with("-- lines 1-23 of "));
    person.types(b"\n");
    while person.asked().is_some() {
        person.types(b"\n");
    }
    let left = person.leaves();
    assert_eq!(left.code, 0, "{}", left.screen);
    let last = plain.lines().last().unwrap();
    assert!(left.screen.trim_end().ends_with(last), "{}", left.screen);
    // On a long terminal it is the same text, unbroken.
    let whole = sits(scratch.path(), &["review", "w/ceremony/c"], "exec \"$@\"").leaves();
    assert_eq!(whole.screen, plain);
    let file = sits(scratch.path(), &["review", "w/ceremony/c"], "stty rows 24\n\"$@\" >file").leaves();
    assert_eq!((file.code, file.screen.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(scratch.path().join("file")).unwrap(), plain);
}

#[test]
fn k2_two_published_roots_are_compared() {
    let Some(data) = data("the difference of two roots") else { return };
    let metadata = data.join("prod/metadata");
    let text = done(&metadata, &["diff", "12.root.json", "13.root.json"]);
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "- version 12 -> 13 - expires 2026-01-22T13:05:59Z, 155 days later than 2025-08-19T14:33:09Z - root: adds @lance:",
        "- root: removes @dlorenc: ECDSA P-256, fingerprint 5330d64c5e6be93dd8d118433cffec9a",
    ] {
        assert!(flat.contains(part), "{text}");
    }
    assert!(!text.contains("not signed"), "{text}");
    let skipped = done(&metadata, &["diff", "1.root.json", "15.root.json"]);
    assert!(skipped.ends_with("- not signed by the threshold of root v1\n"), "{skipped}");
    assert_eq!(done(&metadata, &["diff", "12.root.json", "12.root.json"]), "no change\n");
    let report: serde_json::Value =
        serde_json::from_str(&done(&metadata, &["--json", "diff", "12.root.json", "13.root.json"])).unwrap();
    assert_eq!((&report["schema"], &report["kind"]), (&"tuffet-diff-v1".into(), &"root".into()));
    assert_eq!(report["changes"].as_array().unwrap().len(), 6);
    let targets = tuffet(&metadata, &["diff", "14.targets.json", "14.targets.json"]);
    let stderr = String::from_utf8_lossy(&targets.stderr).into_owned();
    assert_eq!(stderr, "tuffet: error: targets: expected --root, the root whose keys signed them\n");
    let same = ["diff", "14.targets.json", "14.targets.json", "--root", "15.root.json"];
    assert_eq!(done(&metadata, &same), "no change\n");
}

#[test]
fn t37_two_published_trust_roots_and_signing_configs_are_compared() {
    let Some(data) = data("the difference of two trust roots") else { return };
    let old = "11/last/targets/f44a1b88128e55ebfb62189becbc0fa48d4ec9915c65ac54ba0e46a008b12d5b.trusted_root.json";
    let new = "15/last/targets/6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66.trusted_root.json";
    let text = done(&data.join("epochs"), &["diff", old, new]);
    assert!(text.starts_with("- adds transparency log https://log2025-1.rekor.sigstore.dev, Ed25519, from"), "{text}");
    assert!(text.ends_with("\n- removes nothing\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let config = |hash: &str, name: &str| format!("{hash}.{name}.v0.2.json");
    let old = config("9711a6d5375706957a4859af31c5866a4474f81f0544f9f4b76c9c4f4c8a539c", "signing_config");
    let new = config("0f5f38554e29e770d4d5d6f0e1b51fcbf84f61dc6934530a09b7a901eaad5bee", "signing_config_rekor_v2");
    let targets = data.join("prod/targets");
    assert_eq!(
        done(&targets, &["diff", &old, &new]),
        "- adds Rekor v2 https://log2025-1.rekor.sigstore.dev, operator sigstore.dev,\n  from 2026-01-01T00:00:00Z, no \
         end\n- removes nothing\n"
    );
    let mixed = tuffet(&targets, &["diff", &old, "../metadata/1.root.json"]);
    let stderr = String::from_utf8_lossy(&mixed.stderr).into_owned();
    assert_eq!(stderr, "tuffet: error: expected two files of one kind, found signing-config and root\n");
}

#[test]
fn files_that_are_neither_are_named() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("a"), "{}").unwrap();
    let refused = tuffet(scratch.path(), &["diff", "a", "a"]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&refused.stderr),
        "tuffet: error: a: expected a root, targets, a trust root or a signing config, found none of them\n"
    );
}
