//! What a person sees when something is wrong: the whole message, the hint, the exit code, and nothing left behind.

#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/workspace.rs"]
mod workspace;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use workspace::{AT, RIGHT, drafted};

fn tuffet(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tuffet")).args(words).current_dir(folder).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The lines a command leaves on the screen after what it asked.
fn last_lines(screen: &str, count: usize) -> Vec<String> {
    let lines: Vec<&str> = screen.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..].iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn k7_three_wrong_passphrases_and_nothing_is_lost() {
    let scratch = drafted();
    let before = fs::read(scratch.path().join("alice.pem")).unwrap();
    let wrong = [("passphrase", "wrong horse"), ("Type `sign`", "sign")];
    let sitting = terminal::sit(scratch.path(), Some(AT), "tuffet sign w/ceremony/c --key file:alice.pem", &wrong);
    assert_eq!(sitting.code, 1);
    assert_eq!(sitting.screen.matches("passphrase for key file alice.pem").count(), 3, "{}", sitting.screen);
    let refusal = "tuffet: error: key file alice.pem: wrong passphrase, 3 times: nothing was changed";
    assert_eq!(last_lines(&sitting.screen, 1), [refusal]);
    assert_eq!(fs::read(scratch.path().join("alice.pem")).unwrap(), before);
    assert!(!scratch.path().join("w/ceremony/c/signatures").exists());
    let again = terminal::sit(scratch.path(), Some(AT), "tuffet sign w/ceremony/c --key file:alice.pem", RIGHT);
    assert_eq!(again.code, 0, "{}", again.screen);
}

#[test]
fn k2_any_other_word_than_sign_signs_nothing() {
    for word in ["", "y", "yes", "Sign", "sign!", "no"] {
        let scratch = drafted();
        let answers = [("passphrase", "correct horse"), ("Type `sign`", word)];
        let sitting =
            terminal::sit(scratch.path(), Some(AT), "tuffet sign w/ceremony/c --key file:alice.pem", &answers);
        assert_eq!(sitting.code, 3, "{word}");
        let last = last_lines(&sitting.screen, 1).concat();
        assert!(last.ends_with("tuffet: error: not confirmed: nothing was signed"), "{last}");
        assert!(!scratch.path().join("w/ceremony/c/signatures").exists());
    }
}

#[test]
fn f8_a_second_signature_by_one_key_is_refused() {
    let scratch = drafted();
    let script = "tuffet sign w/ceremony/c --key file:alice.pem; tuffet sign w/ceremony/c --key file:alice.pem";
    let sitting = terminal::sit(scratch.path(), Some(AT), script, RIGHT);
    assert_eq!(sitting.code, 1);
    let lines = last_lines(&sitting.screen, 2);
    assert_eq!(sitting.screen.matches("Type `sign`").count(), 1, "asked to confirm what cannot be signed");
    assert!(lines[0].starts_with("tuffet: error: root: @alice has signed already with key "), "{lines:?}");
    assert!(lines[0].ends_with(": one signature a key is counted (F8)"), "{lines:?}");
    assert_eq!(lines[1], "tuffet: hint: run `tuffet status w/ceremony/c` to see whose signatures are missing");
}

#[test]
fn a_key_of_no_role_signs_nothing() {
    let scratch = drafted();
    let script = "tuffet key generate file:mallory.pem; tuffet sign w/ceremony/c --key file:mallory.pem";
    let sitting = terminal::sit(scratch.path(), Some(AT), script, RIGHT);
    assert_eq!(sitting.code, 1);
    let lines = last_lines(&sitting.screen, 2);
    assert!(lines[0].starts_with("tuffet: error: key "), "{lines:?}");
    assert!(lines[0].ends_with(" may sign none of the roles of this ceremony"), "{lines:?}");
    assert!(!sitting.screen.contains("Type `sign`"), "nobody is asked to confirm what cannot be signed");
}

#[test]
fn r20_a_ceremony_below_its_threshold_is_not_published() {
    let scratch = drafted();
    let script = "
        tuffet sign w/ceremony/c --key file:alice.pem
        tuffet assemble w/ceremony/c
        tuffet publish w/ceremony/c --online-key file:online.pem";
    let sitting = terminal::sit(scratch.path(), Some(AT), script, RIGHT);
    assert_eq!(sitting.code, 1);
    assert_eq!(
        last_lines(&sitting.screen, 2),
        [
            "tuffet: error: root v1: expected its thresholds met, found it open (R20)",
            "tuffet: hint: run `tuffet status w/ceremony/c` to see whose signatures are missing",
        ]
    );
    assert_eq!(fs::read_dir(scratch.path().join("w/repository")).unwrap().count(), 0);
}

#[test]
fn t30_a_payload_changed_after_the_first_signature_is_refused_everywhere() {
    let scratch = drafted();
    let payload = scratch.path().join("w/ceremony/c/payload/root.json");
    let signed = terminal::sit(scratch.path(), Some(AT), "tuffet sign w/ceremony/c --key file:alice.pem", RIGHT);
    assert_eq!(signed.code, 0, "{}", signed.screen);
    let changed = fs::read_to_string(&payload).unwrap().replace("2027-06-01", "2037-06-01");
    fs::write(&payload, changed).unwrap();
    for command in ["sign w/ceremony/c --key file:bob.pem", "assemble w/ceremony/c", "status w/ceremony/c"] {
        let sitting = terminal::sit(scratch.path(), Some(AT), &format!("tuffet {command}"), RIGHT);
        assert_eq!(sitting.code, 1, "{command}");
        let lines = last_lines(&sitting.screen, 2);
        assert!(
            lines[0].starts_with("tuffet: error: payload/root.json: expected the payload the plan gives"),
            "{lines:?}"
        );
        assert!(lines[0].ends_with("it was changed after the draft (K1)"), "{lines:?}");
        assert_eq!(lines[1], "tuffet: hint: run `tuffet draft` on a fresh copy of the ceremony; do not sign this one");
    }
}

#[test]
fn a_misspelt_plan_says_where() {
    let scratch = drafted();
    let plan = scratch.path().join("w/ceremony/c/plan.toml");
    let text = fs::read_to_string(&plan).unwrap();
    fs::write(&plan, format!("treshold = 2\n{text}")).unwrap();
    let output = tuffet(scratch.path(), &["review", "w/ceremony/c"]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.starts_with("tuffet: error: plan.toml: "), "{message}");
    assert!(message.contains("unknown field `treshold`"), "{message}");
}

#[test]
fn an_output_file_that_exists_is_never_overwritten() {
    let scratch = drafted();
    let before = fs::read(scratch.path().join("alice.pem")).unwrap();
    let sitting = terminal::sit(scratch.path(), Some(AT), "tuffet key generate file:alice.pem", RIGHT);
    assert_eq!(sitting.code, 1);
    assert!(sitting.screen.contains("alice.pem"), "{}", sitting.screen);
    assert_eq!(fs::read(scratch.path().join("alice.pem")).unwrap(), before);
    let script = "tuffet key enroll --key file:alice.pem --invite alice.invite --out alice";
    let sitting = terminal::sit(scratch.path(), Some(AT), script, RIGHT);
    let lines = last_lines(&sitting.screen, 2);
    let (start, end) = lines[0].split_once("alice/").unwrap();
    assert_eq!(start, "tuffet: error: ");
    assert!(end.ends_with("/enrolment.json: expected no such file, found one: it is never overwritten"), "{end}");
    assert_eq!(lines[1], "tuffet: hint: move it away, or name another folder");
    assert!(!sitting.screen.contains("passphrase"), "nobody is asked for a secret in vain");
}

#[test]
fn wrong_usage_exits_with_2_and_refusals_with_1() {
    let scratch = tempfile::tempdir().unwrap();
    let cases: [(&[&str], i32, &str); 4] = [
        (&["trust-root", "show", "x.json", "--at", "yesterday"], 2, "yesterday"),
        (&["key", "show", "floppy:1"], 2, "floppy"),
        (&["no-such-command"], 2, "no-such-command"),
        (&["review", "nowhere"], 1, "nowhere: expected a ceremony's directory"),
    ];
    for (words, code, must) in cases {
        let output = tuffet(scratch.path(), words);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(must), "{words:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{words:?}: data on stdout after a refusal");
    }
}

#[test]
fn no_workspace_says_what_to_type() {
    let scratch = tempfile::tempdir().unwrap();
    let output = tuffet(scratch.path(), &["plan", "invite", "--ceremony", "c", "--owner", "@a", "--out", "x"]);
    let folder = scratch.path().display();
    assert_eq!(
        stderr(&output),
        format!(
            "tuffet: error: {folder}: expected tuffet.toml here or above, found none\n\
             tuffet: hint: run `tuffet init FOLDER`, or name the workspace with --workspace\n"
        )
    );
}

#[test]
fn k7_without_a_terminal_nobody_is_asked_through_a_pipe() {
    let scratch = drafted();
    let output = Command::new("setsid")
        .args(["-w", env!("CARGO_BIN_EXE_tuffet"), "sign", "w/ceremony/c", "--key", "file:alice.pem"])
        .current_dir(scratch.path())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.starts_with("tuffet: error: expected a terminal to ask at, found none: "), "{message}");
    let hint = "tuffet: hint: run the command in a terminal; secrets and confirmations never come from a pipe\n";
    assert!(message.ends_with(hint), "{message}");
}

#[test]
fn errors_are_data_too() {
    let scratch = tempfile::tempdir().unwrap();
    let output = tuffet(scratch.path(), &["--json", "review", "nowhere"]);
    let error: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(error["schema"], "tuffet-error-v1");
    assert_eq!(error["code"], "ceremony");
    assert_eq!(error["error"], "nowhere: expected a ceremony's directory, found no plan.toml in it");
}

#[test]
fn ed25519_on_a_yubihsm_is_refused_at_the_draft_when_the_payload_does_not_fit() {
    use tuffet_signers::simulator::Simulator;
    let scratch = tempfile::tempdir().unwrap();
    let device = Simulator::start().unwrap();
    let key = device.uri(1).unwrap();
    let names = "alice bob carol dave erin frank grace heidi";
    let script = format!(
        "
        tuffet init w
        cd w
        list=
        for who in {names} online; do
            owner=@$who; [ $who != online ] || owner=file:online.pem
            key=file:../$who.pem; scheme=ed25519; [ $who != alice ] || key='{key}'
            tuffet plan invite --ceremony c --owner $owner --out ../$who.invite
            tuffet key generate $key --scheme ed25519
            tuffet key enroll --key $key --invite ../$who.invite --out ../$who
            [ $who = online ] || list=\"$list --keyholder ../$who\"
        done
        tuffet plan new c --approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z --threshold 2 $list --online ../online
        tuffet draft ceremony/c"
    );
    let answers = [("passphrase", "correct horse"), ("password", Simulator::PASSWORD)];
    let sitting = terminal::sit(scratch.path(), Some(AT), &script, &answers);
    assert_eq!(sitting.code, 1, "{}", sitting.screen);
    let lines = last_lines(&sitting.screen, 2);
    assert!(lines[0].starts_with("tuffet: error: @alice's YubiHSM 2: the payload is "), "{lines:?}");
    assert!(
        lines[0].ends_with(" bytes, the device takes 2026 for Ed25519: use a P-256 key on this device"),
        "{lines:?}"
    );
    assert_eq!(lines[1], "tuffet: hint: enrol a P-256 key of this device instead");
}

#[test]
fn k16_a_person_who_signed_one_role_signs_the_rest() {
    let scratch = drafted();
    let sign = "tuffet sign w/ceremony/c --key file:alice.pem";
    assert_eq!(terminal::sit(scratch.path(), Some(AT), sign, RIGHT).code, 0);
    let signatures = scratch.path().join("w/ceremony/c/signatures");
    let root = terminal::sit(scratch.path(), None, "cat w/ceremony/c/signatures/root/*", &[]).screen;
    fs::remove_dir_all(signatures.join("targets")).unwrap();
    let again = terminal::sit(scratch.path(), Some(AT), sign, RIGHT);
    assert_eq!(again.code, 0, "{}", again.screen);
    assert!(again.screen.contains(") would sign: targets\n"), "{}", again.screen);
    assert_eq!(fs::read_dir(signatures.join("targets")).unwrap().count(), 1);
    let same = terminal::sit(scratch.path(), None, "cat w/ceremony/c/signatures/root/*", &[]).screen;
    assert_eq!(root, same);
}

#[test]
fn the_end_of_input_at_a_question_exits_with_3_and_writes_nothing() {
    let scratch = drafted();
    let sign = "tuffet sign w/ceremony/c --key file:alice.pem";
    for (answers, last) in [
        (
            [("passphrase", "correct horse"), ("Type `sign`", "\u{4}")],
            "interrupted: nothing was signed or written by this step",
        ),
        ([("passphrase", "\u{4}"), ("Type `sign`", "sign")], "passphrase for key file alice.pem: cancelled"),
    ] {
        let sitting = terminal::sit(scratch.path(), Some(AT), sign, &answers);
        assert_eq!(sitting.code, 3, "{}", sitting.screen);
        assert_eq!(last_lines(&sitting.screen, 1), [format!("tuffet: error: {last}")]);
        assert!(!scratch.path().join("w/ceremony/c/signatures").exists());
    }
}

#[test]
fn k10_a_record_for_another_ceremony_is_refused_by_the_plan() {
    let scratch = drafted();
    let words = "--workspace w plan new d --approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z --threshold 1 --keyholder alice \
                 --online online";
    let output = tuffet(scratch.path(), &words.split_whitespace().collect::<Vec<_>>());
    assert_eq!(
        stderr(&output),
        "tuffet: error: alice: ceremony: expected `d`, found `c`: the invite was for another occasion (K10)\n\
         tuffet: hint: run `tuffet plan invite --ceremony d --owner @alice --out FILE` and have it answered\n"
    );
    assert!(!scratch.path().join("w/ceremony/d").exists());
}

#[test]
fn what_a_plan_would_refuse_is_not_asked_of_anyone() {
    let scratch = drafted();
    for (ceremony, owner, message) in [
        ("../c", "@zoe", "--ceremony: expected letters, digits and hyphens, found `../c`"),
        ("c", "", "--owner: expected a name such as @alice or the online key's URI, found ``"),
    ] {
        let words = ["--workspace", "w", "plan", "invite", "--ceremony", ceremony, "--owner", owner, "--out", "z.json"];
        let output = tuffet(scratch.path(), &words);
        assert_eq!((output.status.code(), stderr(&output)), (Some(2), format!("tuffet: error: {message}\n")));
        assert!(!scratch.path().join("z.json").exists());
    }
}

#[test]
fn files_of_another_kind_are_named_with_what_was_expected() {
    let scratch = drafted();
    for (words, message) in [
        ("key verify none.json", "none.json: expected a folder `<fingerprint>` with `enrolment.json`, found none"),
        ("key verify w", "w: expected a folder `<fingerprint>` with `enrolment.json`, found none"),
        ("key verify readme.txt", "readme.txt: expected a folder `<fingerprint>` with `enrolment.json`, found a file"),
        (
            "assemble w/ceremony/c w/tuffet.toml --at 2026-12-01T10:00:00Z",
            "w/tuffet.toml: expected a signature, an approval or a signature of a rehearsal, found neither",
        ),
        (
            "key generate file:none/a.pem",
            "key file none/a.pem: cannot be written: expected the folder none, found none",
        ),
    ] {
        let output = tuffet(scratch.path(), &words.split(' ').collect::<Vec<_>>());
        assert_eq!(
            (output.status.code(), stderr(&output)),
            (Some(1), format!("tuffet: error: {message}\n")),
            "{words}"
        );
    }
}

#[test]
fn k15_a_clock_before_the_last_line_is_said_and_nothing_stops() {
    let scratch = drafted();
    let output = tuffet(scratch.path(), &["assemble", "w/ceremony/c", "--at", "2026-12-01T09:59:59Z"]);
    assert_eq!(
        (output.status.code(), stderr(&output)),
        (
            Some(0),
            "tuffet: warning: this station's clock says 2026-12-01T09:59:59Z, before the last line of the transcript, \
             2026-12-01T10:00:00Z: one of two clocks is wrong (K15)\n"
                .to_owned()
        )
    );
}

#[test]
fn wrong_usage_reads_like_every_other_refusal() {
    let scratch = tempfile::tempdir().unwrap();
    let output = tuffet(scratch.path(), &["status", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        stderr(&output),
        "tuffet: error: the following required arguments were not provided: <CEREMONY>\n\
         tuffet: hint: Usage: tuffet status --json <CEREMONY>; for more: add --help\n"
    );
    let error: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&error["schema"], &error["code"]), (&"tuffet-error-v1".into(), &"usage".into()));
}
