//! Copies, and ceremonies to several places.

use crate::tree::tree;
use crate::{append, assembled, run};

const TWO: &str = "
[destination.preproduction]
location = \"../preproduction\"

[destination.production]
location = \"../production\"
from = \"preproduction\"
";

const PUBLISH: &str = "tuffet publish w/ceremony/c --online-key file:online.pem";

/// The last two lines of a screen, on one line each.
fn refusal(screen: &str) -> [String; 2] {
    let at = screen.find("tuffet: error: ").unwrap_or_else(|| panic!("no refusal:\n{screen}"));
    let (error, hint) = screen[at..].split_once("tuffet: hint: ").unwrap_or((&screen[at..], ""));
    [error, hint]
        .map(|part| part.trim_start_matches("tuffet: error: ").split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn t31_a_ceremony_is_published_to_several_places_and_recorded_once() {
    let scratch = assembled(TWO);
    let folder = scratch.path();
    let first = run(folder, PUBLISH, 0);
    assert!(first.contains("transcript closed, 9 lines"), "{first}");
    let second = run(folder, &format!("{PUBLISH} --to preproduction"), 0);
    assert!(second.contains("published 5 files to"), "{second}");
    assert!(second.contains("transcript closed when it was first published"), "{second}");
    let names = |place: &str| tree(&folder.join(place)).into_keys().collect::<Vec<_>>();
    assert_eq!(names("preproduction"), names("w/repository"));
    // Again: nothing is left to do, and nothing is written.
    let again = run(folder, &format!("{PUBLISH} --to preproduction"), 0);
    assert!(again.contains("published by an earlier run"), "{again}");
    run(folder, "cd w; tuffet publish --to production", 0);
    let has = run(folder, "cd w; tuffet publish --to production", 0);
    assert!(has.ends_with("production has it already\nroot 1, targets 1, snapshot 1, timestamp 1\n"), "{has}");
    let json = run(folder, "cd w; tuffet --json publish --to production", 0);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["schema"], &json["timestamp"]), (&"tuffet-copy-v1".into(), &1.into()));
    assert_eq!(tree(&folder.join("production")), tree(&folder.join("preproduction")));
}

#[test]
fn t31_what_a_destination_does_not_take_is_refused() {
    let scratch = assembled(TWO);
    let folder = scratch.path();
    run(folder, &format!("{PUBLISH} --to preproduction"), 0);
    for (command, code, expected) in [
        (
            format!("{PUBLISH} --to production"),
            2,
            [
                "production: expected what `preproduction` has, as tuffet.toml says, found a ceremony (T31)",
                "`tuffet publish w/ceremony/c --online-key KEY --to preproduction`, look at it there, then `tuffet publish \
                 --to production`",
            ],
        ),
        (
            "tuffet --workspace w publish --to production --from ./w/repository".into(),
            2,
            [
                "production: expected what `preproduction` has, as tuffet.toml says, found --from ./w/repository (T31)",
                "leave --from out",
            ],
        ),
        (
            "tuffet --workspace w publish --to prod".into(),
            2,
            [
                "expected a destination of tuffet.toml (preproduction, production) or a location, found `prod`",
                "add [destination.NAME] with its location to tuffet.toml, or give a location such as s3://BUCKET/PREFIX",
            ],
        ),
        (
            "tuffet --workspace w publish --to production --digest 12ab".into(),
            2,
            ["--digest: expected 64 hex digits, found `12ab`", "the SHA-256 of the timestamp.json that was looked at"],
        ),
    ] {
        assert_eq!(refusal(&run(folder, &command, code)), expected, "{command}");
    }
    let other = "0".repeat(64);
    let [error, hint] =
        refusal(&run(folder, &format!("tuffet --workspace w publish --to production --digest {other}"), 1));
    assert!(error.contains(&format!("timestamp.json: expected SHA-256 {other}, found ")), "{error}");
    assert_eq!(hint, "look at what is there now, and give the SHA-256 of its timestamp.json");
    assert!(!folder.join("production").exists());
}

#[test]
fn r10_x19_clients_read_through_their_url_before_and_after() {
    let scratch = assembled("");
    let folder = scratch.path();
    // Another folder is what clients are told of, and nobody copies to it.
    let (shop, mirror) = (folder.join("shop"), folder.join("mirror"));
    std::fs::create_dir(&mirror).unwrap();
    let destination =
        format!("\n[destination.shop]\nlocation = \"../shop\"\npublic = \"file://{}/\"\n", mirror.display());
    append(folder, &destination);
    let [error, hint] = refusal(&run(folder, &format!("{PUBLISH} --to shop"), 1));
    assert!(error.starts_with("a client refuses what would be published, as it is served: "), "{error}");
    assert!(error.ends_with("not found: the timestamp was not moved (R10)"), "{error}");
    assert_eq!(hint, "wait until every file is served, then run the same command again: what was written is taken up");
    assert!(!shop.exists(), "a folder is left as it was");
}
