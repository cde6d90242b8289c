//! Changes beyond a keyholder's: each planned, reviewed, signed, published, and met by a client.

#[path = "support/pages.rs"]
mod pages;
#[path = "support/terminal.rs"]
mod terminal;

#[path = "support/workspace.rs"]
mod workspace;

use std::fs;
use workspace::{AT, RIGHT, enrolled};

/// The first ceremony of @alice and @bob, one of two; then `d`, with a file of changes that @dave and an online key come by.
const FIRST: &str = "
    plan='--approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z'
    tuffet plan new c $plan --threshold 1 --keyholder ../alice --keyholder ../bob --online ../online --target ../a.txt
    tuffet draft ceremony/c
    tuffet sign ceremony/c --key file:../alice.pem
    tuffet assemble ceremony/c
    tuffet publish ceremony/c --online-key file:../online.pem
    for who in dave clock; do
        owner=@$who; [ $who != clock ] || owner=file:clock.pem
        tuffet plan invite --ceremony d --owner $owner --out ../$who.invite
        tuffet key generate file:../$who.pem
        tuffet key enroll --key file:../$who.pem --invite ../$who.invite --out ../$who
    done
    ";

/// From the plan `d` to a client.
const THEN: &str = "
    tuffet draft ceremony/d
    tuffet review ceremony/d
    for who in alice dave; do tuffet sign ceremony/d --key file:../$who.pem; done
    tuffet assemble ceremony/d
    tuffet status ceremony/d
    ";

const CHANGES: &str = r#"
[[changes]]
change = "set-delegation"
name = "team"
keys = ["@dave", "@bob"]
paths = ["team/*"]
terminating = true

[[changes]]
change = "set-online-keys"
role = "timestamp"
keys = ["file:online.pem", "file:clock.pem"]

[[changes]]
change = "set-periods"
role = "timestamp"
expiry_days = 7
signing_days = 6

[[changes]]
change = "remove-target"
path = "a.txt"
"#;

#[test]
fn k1_a_file_of_changes_goes_from_plan_to_client() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("a.txt"), "a\n").unwrap();
    fs::write(scratch.path().join("tool.txt"), "made by the team\n").unwrap();
    fs::write(scratch.path().join("changes.toml"), CHANGES).unwrap();
    let script = enrolled("alice bob")
        + FIRST
        + "tuffet plan change d $plan --changes ../changes.toml --person ../dave --online ../clock --target-role team \
            --target team/tool.txt=../tool.txt --sha512"
        + THEN
        + "
        tuffet publish ceremony/d --online-key file:../online.pem
        tuffet client init --cache ../cache --root repository/1.root.json
        tuffet client download --cache ../cache --url repository --out ../out team/tool.txt
        tuffet client download --cache ../cache --url repository --out ../out a.txt";
    let sitting = terminal::sit(scratch.path(), Some(AT), &script, RIGHT);
    let screen = &sitting.screen;
    assert_eq!(sitting.code, 1, "the last download finds nothing: {screen}");
    for line in
        ["team      v1 sha256 ", "delegates to `team`", "recorded: team by @dave", "published 7 files", "`a.txt`"]
    {
        assert!(screen.contains(line), "{line} in\n{screen}");
    }
    assert_eq!(fs::read_to_string(scratch.path().join("out/team/tool.txt")).unwrap(), "made by the team\n");
    assert!(!scratch.path().join("out/a.txt").exists());
    let repository = scratch.path().join("w/repository");
    let root = fs::read_to_string(repository.join("2.root.json")).unwrap();
    assert!(root.contains("\"x-tuf-on-ci-expiry-period\": 7"), "{root}");
    assert!(repository.join("1.team.json").exists());
    let copies = fs::read_dir(repository.join("targets/team")).unwrap().count();
    assert_eq!(copies, 2, "one for each hash (R7)");
}

#[test]
fn r11_changes_that_change_nothing_or_cannot_be_read_are_refused() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("a.txt"), "a\n").unwrap();
    fs::write(
        scratch.path().join("bad.toml"),
        "[[changes]]\nchange = \"set-threshold\"\nrole = \"root\"\nthresh = 2\n",
    )
    .unwrap();
    let refused = |ending: &str| {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.txt", "bad.toml"] {
            fs::copy(scratch.path().join(name), folder.path().join(name)).unwrap();
        }
        let sitting = terminal::sit(folder.path(), Some(AT), &(enrolled("alice bob") + FIRST + ending), RIGHT);
        assert!(!folder.path().join("w/ceremony/d/transcript.jsonl").exists(), "nothing is recorded");
        let errors = sitting.screen.rsplit_once("tuffet: error: ").map(|(_, error)| error.to_owned());
        (sitting.code, errors.unwrap_or(sitting.screen))
    };
    let (code, error) = refused("tuffet plan change d $plan");
    let text = "expected a change, found none\n\
                tuffet: hint: name one with --renew, --target, --remove-target or --changes FILE\n";
    assert_eq!((code, error.as_str()), (2, text));
    let (code, error) = refused("tuffet plan change d $plan --changes ../bad.toml");
    assert_eq!(code, 1);
    assert!(error.starts_with("../bad.toml: line 1: unknown field `thresh`"), "{error}");
    let (code, error) = refused("tuffet plan change d $plan --remove-target b.txt; tuffet draft ceremony/d");
    assert_eq!((code, error.as_str()), (1, "targets: expected a target `b.txt` to remove, found none (R11)\n"));
    let (code, error) = refused("tuffet plan change d $plan --renew root --person ../dave");
    assert_eq!(code, 1);
    assert_eq!(error, "plan.toml: people: expected only people whom a change names, found `@dave` (K1)\n");
}

#[test]
fn l64_l65_l66_a_trust_root_that_nobody_reads_is_refused_before_anybody_signs() {
    // What the playbook gives out.
    let whole = include_str!(
        "../repository/targets/6d1c949646f68099b38049ab34509dd21d105e7fee45f34fb427abb6ddbf9c38.trusted_root.json"
    );
    for (name, content, error) in [
        (
            "trusted_root.json",
            whole.replacen("\"baseUrl\"", "\"operator\": \"example.org\", \"baseUrl\"", 1),
            "targets/trusted_root.json: expected the fields of the format, found other tlogs.operator (TR6)",
        ),
        (
            "trusted_root.json",
            whole.replacen("2026-12-01T00:00:00Z", "2026-12-01:00:00Z", 1),
            "targets/trusted_root.json: tlogs[0].publicKey.validFor.start: expected an RFC 3339 time, found \
             `2026-12-01:00:00Z` (TR3)",
        ),
        (
            "signing_config.v0.2.json",
            "{}".to_owned(),
            "targets/signing_config.v0.2.json: expected a file that reads, found: mediaType: expected a value, found no such field (TR6)",
        ),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        fs::write(scratch.path().join("a.txt"), "a\n").unwrap();
        fs::write(scratch.path().join(name), content).unwrap();
        let script = enrolled("alice bob")
            + FIRST
            + &format!("tuffet plan change d $plan --target ../{name}; tuffet draft ceremony/d");
        let sitting = terminal::sit(scratch.path(), Some(AT), &script, RIGHT);
        assert_eq!(sitting.code, 1, "{}", sitting.screen);
        let found = sitting.screen.rsplit_once("tuffet: error: ").unwrap().1.split('\n').next().unwrap();
        assert_eq!(found, format!("the draft breaks a rule: {error}"));
        assert!(!scratch.path().join("w/ceremony/d/transcript.jsonl").exists(), "nothing is recorded");
    }
}

#[test]
fn a_renewal_is_one_word() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("a.txt"), "a\n").unwrap();
    let script = enrolled("alice bob")
        + FIRST
        + "tuffet plan change d $plan --renew root --renew targets --offline-days 200
        tuffet check --ceremony ceremony/d
        tuffet draft ceremony/d
        tuffet review ceremony/d
        tuffet sign ceremony/d --key file:../bob.pem
        tuffet publish ceremony/d --online-key file:../online.pem";
    let sitting = terminal::sit(scratch.path(), Some(AT), &script, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    assert!(sitting.screen.contains("root 2, targets 2, snapshot 2, timestamp 2"), "{}", sitting.screen);
}

/// Alice and Bob, one of two, go from Ed25519 to P-256 by way of two of four.
#[test]
fn an_algorithm_migration_takes_two_ceremonies() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("a.txt"), "a\n").unwrap();
    let begin = "[[changes]]\nchange = \"begin-migration\"\npeople = [\"@alice\", \"@bob\"]\n";
    fs::write(scratch.path().join("begin.toml"), begin).unwrap();
    let script = enrolled("alice bob")
        + FIRST
        + "
        for who in alice bob; do
            tuffet plan invite --ceremony d --owner @$who --out ../$who.second.invite
            tuffet key generate file:../$who.second.pem --scheme p256
            tuffet key enroll --key file:../$who.second.pem --invite ../$who.second.invite --out ../$who.second
        done
        tuffet plan change d $plan --changes ../begin.toml --person ../alice.second --person ../bob.second
        tuffet draft ceremony/d
        tuffet sign ceremony/d --key file:../alice.pem
        tuffet status ceremony/d
        tuffet sign ceremony/d --key file:../alice.second.pem
        tuffet publish ceremony/d --online-key file:../online.pem
        keys=$(ls -d ../alice/* ../bob/* | sed 's|.*/|\"|; s|$|\",|')
        printf '[[changes]]\\nchange = \"end-migration\"\\nkeys = [%s]\\n' \"$keys\" > ../end.toml
        tuffet plan change e $plan --changes ../end.toml
        tuffet draft ceremony/e
        for key in bob bob.second; do tuffet sign ceremony/e --key file:../$key.pem; done
        tuffet publish ceremony/e --online-key file:../online.pem
        tuffet client init --cache ../cache --root repository/1.root.json
        tuffet client download --cache ../cache --url repository --out ../out a.txt";
    let sitting = terminal::sit(scratch.path(), Some(AT), &script, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    let root = |version: u64| {
        let file = scratch.path().join(format!("w/repository/{version}.root.json"));
        let root: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let role = &root["signed"]["roles"]["root"];
        let scheme = |keyid: &serde_json::Value| root["signed"]["keys"][keyid.as_str().unwrap()]["scheme"].clone();
        let schemes: Vec<_> = role["keyids"].as_array().unwrap().iter().map(scheme).collect();
        (role["threshold"].as_u64().unwrap(), schemes)
    };
    let (ed25519, p256) = ("ed25519", "ecdsa-sha2-nistp256");
    assert_eq!(root(1), (1, vec![ed25519.into(), ed25519.into()]));
    assert_eq!(root(2), (2, vec![ed25519.into(), p256.into(), ed25519.into(), p256.into()]));
    assert_eq!(root(3), (1, vec![p256.into(), p256.into()]));
}

const PAGE: &str = include_str!("../crates/cli/docs/changes.md");

#[test]
fn the_page_on_changes_runs_and_names_every_change() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("a.txt"), "a\n").unwrap();
    fs::write(scratch.path().join("tool.txt"), "made by the team\n").unwrap();
    let script = enrolled("alice bob") + FIRST + "mv ../*.pem ../dave ../tool.txt .";
    let sitting = terminal::sit(scratch.path(), Some(AT), &script, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    let blocks = pages::blocks(PAGE);
    assert_eq!(blocks.len(), 2, "were they all read?");
    for block in blocks {
        let sitting = terminal::sit(&scratch.path().join("w"), block.now.as_deref(), &block.script, RIGHT);
        assert_eq!(sitting.code, 0, "{}", sitting.screen);
        block.assert_seen(&sitting.screen);
    }
    // What serde expects where it finds none of them.
    let unknown = "schema = \"x\"\n[[changes]]\nchange = \"other\"\n";
    let error = tuffet_ceremony::Plan::parse(unknown.as_bytes()).unwrap_err().to_string();
    let names: Vec<&str> = error.split('`').skip(1).step_by(2).filter(|name| *name != "other").collect();
    assert_eq!(names.len(), 17, "{error}");
    for name in names {
        assert!(PAGE.contains(&format!("| `{name}` |")), "{name} is not on the page");
    }
}
