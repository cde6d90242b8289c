//! What is missing is asked for at a terminal, and named where there is none; what is wrong is refused and leaves nothing.

use crate::{AT, LISTS, flat, run, services, terminal};
use std::process::{Command, Stdio};
use tempfile::TempDir;

fn scratch() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    services::write(scratch.path());
    scratch
}

#[test]
fn at_a_terminal_everything_that_is_missing_is_asked_for() {
    let scratch = scratch();
    let answers = [
        ("names of the keyholders", "@alice @bob @carol"),
        ("who operates", "example.org"),
        ("kind of the log", "rekor-v1"),
        ("PEM file of the log", "rekor.pub"),
        ("address of the log", "https://rekor.example.org"),
        ("PEM file of the CA", "fulcio.pem"),
        ("address of the CA", "https://fulcio.example.org"),
        ("since when", "2026-06-01T00:00:00Z"),
        ("is there a certificate transparency log", "yes"),
        ("PEM file of the CT log", "ctfe.pub"),
        ("address of the CT log", "https://ct.example.org/2026"),
        ("is there a timestamp authority", ""),
        ("address of the identity provider", "https://id.example.org"),
    ];
    let sitting = terminal::sit(scratch.path(), Some(AT), "tuffet init i --instance", &answers);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    assert!(sitting.screen.contains("trusted_root.json: 3 entries"), "{}", sitting.screen);
    let config = std::fs::read_to_string(scratch.path().join("i/signing_config.v0.2.json")).unwrap();
    for url in ["https://rekor.example.org", "https://fulcio.example.org", "https://id.example.org"] {
        assert!(config.contains(url), "{config}");
    }
    assert!(!config.contains("tsa"), "{config}");
}

/// Without a terminal: the standard error of a refusal, after which there is no folder.
fn refused(scratch: &TempDir, words: &str) -> String {
    let mut command = Command::new("setsid");
    command.args(["--wait", env!("CARGO_BIN_EXE_tuffet"), "--at", AT, "init", "i", "--instance"]);
    let output =
        command.args(words.split_whitespace()).current_dir(scratch.path()).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!scratch.path().join("i").exists(), "a folder is left behind");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn without_a_terminal_the_option_that_is_missing_is_named() {
    let scratch = scratch();
    let (log, rest) = LISTS.split_once(" --ca ").unwrap();
    let ca = format!("--ca {}", rest.split_whitespace().next().unwrap());
    let mut given = String::new();
    for (option, next) in [
        ("--keyholder @NAME, one to three", "--keyholder @alice"),
        ("--operator NAME", "--operator example.org"),
        ("--log kind=…,key=…,url=…,start=…", log),
        ("--ca chain=…,uri=…,start=…", &ca),
    ] {
        let expected = format!(
            "tuffet: error: --instance: expected {option}, found none, and no terminal to ask at\n\
             tuffet: hint: give every part as an option: `tuffet init --help`\n"
        );
        assert_eq!(refused(&scratch, &given), expected);
        given += &format!(" {next}");
    }
    let screen = run(scratch.path(), AT, &format!("tuffet init i --instance {given}"), 0);
    assert!(screen.contains("trusted_root.json: 2 entries"), "{screen}");
}

#[test]
fn what_is_wrong_is_refused_and_leaves_nothing() {
    let scratch = scratch();
    let all = format!("{LISTS} --operator example.org");
    let four = "--keyholder @a --keyholder @b --keyholder @c --keyholder @d";
    let expected = "tuffet: error: --keyholder: expected 1 to 3 people, found 4\n\
                    tuffet: hint: for more, plan with `tuffet init` and `tuffet plan new`\n";
    assert_eq!(refused(&scratch, &format!("{all} {four}")), expected);
    let expected = "tuffet: error: --threshold: expected 1 to 1, found 2\n";
    assert_eq!(refused(&scratch, &format!("{all} --keyholder @a --threshold 2")), expected);
    for name in ["alice", "@", "@a/b", "@online", "@../a"] {
        let expected = format!(
            "tuffet: error: --keyholder: expected @ and letters, digits, hyphens or underscores, found `{name}`\n\
             tuffet: hint: such as @alice, or @alice=piv:9c for a key on a YubiKey\n"
        );
        assert_eq!(refused(&scratch, &format!("{all} --keyholder {name}")), expected);
    }
    let expected = "tuffet: error: --keyholder: expected a name and a key each, found `@a` twice\n";
    assert_eq!(refused(&scratch, &format!("{all} --keyholder @a --keyholder @a")), expected);
}

#[test]
fn a_folder_that_is_there_is_left_as_it_is() {
    let scratch = scratch();
    std::fs::create_dir(scratch.path().join("i")).unwrap();
    std::fs::write(scratch.path().join("i/mine"), "mine").unwrap();
    let screen = run(scratch.path(), AT, &format!("tuffet init i --instance {LISTS}"), 1);
    let expected = "tuffet: error: i: expected a folder that is not there yet, found one\n\
                    tuffet: hint: name another: `tuffet init NAME --instance`\n";
    assert_eq!(screen, expected);
    assert_eq!(std::fs::read_dir(scratch.path().join("i")).unwrap().count(), 1);
    let screen = run(scratch.path(), AT, &format!("tuffet init other {LISTS}"), 2);
    assert!(flat(&screen).starts_with("tuffet: error: expected --instance beside logs and authorities, found none"));
    assert!(!scratch.path().join("other").exists());
}

#[test]
fn keys_on_devices_are_named_in_the_list_and_quoted_for_the_shell() {
    let scratch = scratch();
    let script = format!(
        "tuffet init i --instance {LISTS} --operator o --keyholder @a=piv:9c --keyholder '@b=pkcs11:token=b;object=b' \
         --online-key awskms:alias/tuf"
    );
    let screen = run(scratch.path(), AT, &script, 0);
    for line in [
        "tuffet key generate piv:9c\n",
        "tuffet key enroll --key 'pkcs11:token=b;object=b' --invite invites/b.json --out enrolled/b\n",
        "--online-key awskms:alias/tuf\n",
    ] {
        assert!(screen.contains(line), "expected `{line}`, found:\n{screen}");
    }
    assert!(!screen.contains("--allow-software-keys"), "no key lies in a file:\n{screen}");
}
