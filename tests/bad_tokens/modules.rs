//! Modules that are none, tokens that cannot be told apart, and wrong PINs: at the command line and as data.

use crate::softhsm::MODULE;
use crate::station::{Station, flat, said};
use serde_json::{Value, json};
use std::fs;
use std::process::Output;

/// Exit code, stdout and stderr.
fn parts(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A library that this process has loaded, and that is no module.
fn other_library() -> String {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let found = maps.lines().filter_map(|line| line.split_once('/')).find(|(_, path)| path.contains("libc.so"));
    format!("/{}", found.expect("the C library").1)
}

#[test]
fn a_module_that_is_none_is_named_with_the_reason() {
    let Some(station) = Station::new() else { return };
    let at = |name: &str| station.folder().join(name).display().to_string();
    let whole = fs::read(MODULE).unwrap();
    for (name, bytes) in [
        ("text.so", b"no library, but longer than the head of one: that much the loader wants to see\n".as_slice()),
        ("empty.so", b""),
        ("cut.so", &whole[..whole.len() / 2]),
    ] {
        fs::write(at(name), bytes).unwrap();
    }
    fs::create_dir(at("folder.so")).unwrap();
    let cut = format!("cut short: expected {} bytes at least, found {}", mapped(&whole), whole.len() / 2);
    for (module, reason) in [
        (at("missing.so"), "No such file or directory (os error 2)"),
        (at("folder.so"), "expected a shared library, found no file"),
        ("/dev/zero".to_owned(), "expected a shared library, found no file"),
        (at("cut.so"), cut.as_str()),
        (other_library(), "it has no C_GetFunctionList"),
        // In the words of the loader.
        (at("text.so"), "invalid ELF header"),
        (at("empty.so"), "file too short"),
    ] {
        let uri = format!("pkcs11:token=alice;object=release?module-path={module}");
        let message = format!("{uri}: {module} is not a PKCS#11 module that works here: {reason}");
        for command in ["show", "generate"] {
            let (code, stdout, stderr) = parts(station.tuffet(&["key", command, &uri]));
            let expected = format!("tuffet: error: {message}\n{HINT}");
            assert_eq!((code, stdout.as_str(), stderr), (1, "", expected), "nobody is asked for a PIN");
        }
        // A list goes on, and says what it did not look at.
        let (code, stdout, stderr) = parts(station.tuffet(&["key", "list", "--module", &module]));
        assert_eq!((code, stderr.as_str()), (0, ""));
        let trouble = format!("not looked at: {module}: {module} is not a PKCS#11 module that works here: {reason}");
        assert!(flat(&stdout).contains(&trouble), "{stdout}");
        let (code, stdout, _) = parts(station.tuffet(&["key", "list", "--module", &module, "--json"]));
        let list: Value = serde_json::from_str(&stdout).unwrap();
        let problem = format!("{module} is not a PKCS#11 module that works here: {reason}");
        let trouble = json!({"place": module, "problem": problem});
        assert!(code == 0 && list["not_looked_at"].as_array().unwrap().contains(&trouble), "{list:#}");
    }
}

/// Where the last part of a library of 64 bits that the loader maps ends.
fn mapped(library: &[u8]) -> u64 {
    let number = |at: usize, length: usize| {
        library[at..at + length].iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    };
    let (table, size, count) = (number(0x20, 8), number(0x36, 2), number(0x38, 2));
    let header = |index: u64| usize::try_from(table + index * size).unwrap();
    (0..count).map(|index| number(header(index) + 8, 8) + number(header(index) + 0x20, 8)).max().unwrap()
}

#[test]
fn two_tokens_with_one_label_are_told_apart_by_serial_number() {
    let Some(station) = Station::new() else { return };
    let (first, second) = (station.hsm.token("alice"), station.hsm.token("alice"));
    let uri = station.on_token("alice", "release");
    let mut names = [&first, &second].map(|serial| format!("token \"alice\" of SoftHSM v2 serial {serial}"));
    names.sort();
    let message = format!("{uri}: expected one, found 2: {}, {}", names[0], names[1]);
    let both = format!("tuffet: error: {message}\ntuffet: hint: say which: serial=NUMBER, or unplug the other\n");
    for command in ["show", "generate"] {
        let refused = station.run(None, &format!("tuffet key {command} '{uri}'"));
        assert_eq!((refused.code, refused.screen.as_str()), (1, both.as_str()), "nobody is asked for a PIN");
    }
    let (code, stdout, _) = parts(station.tuffet(&["key", "show", &uri, "--json"]));
    let error: Value = serde_json::from_str(&stdout).unwrap();
    let hint = "say which: serial=NUMBER, or unplug the other";
    let expected = json!({"schema": "tuffet-error-v1", "code": "key", "error": message, "hint": hint});
    assert_eq!((code, error), (1, expected));
    // As the hint says.
    let one = format!("pkcs11:serial={first};object=release?module-path={MODULE}");
    station.done(None, &format!("tuffet key generate '{one}'"));
    let list = station.done(None, &format!("tuffet key list --module {MODULE}"));
    assert_eq!(list.matches("token \"alice\" of SoftHSM v2").count(), 2, "{list}");
    assert_eq!(list.matches("\n    'pkcs11:token=alice;serial=").count(), 1, "{list}");
    let absent = station.run(None, &format!("tuffet key show '{}'", station.on_token("bob", "release")));
    let there = format!("not plugged in (found {}, {})", names[0], names[1]);
    assert_eq!(
        (absent.code, absent.screen),
        (
            1,
            format!(
                "tuffet: error: {}: {there}\ntuffet: hint: plug it in; `tuffet key list` shows what is there\n",
                station.on_token("bob", "release")
            )
        )
    );
}

#[test]
fn k7_a_wrong_pin_is_said_and_the_token_counts() {
    let Some(station) = Station::new() else { return };
    let serial = station.hsm.token("alice");
    let (uri, missing) = (station.on_token("alice", "release"), station.on_token("alice", "other"));
    station.done(None, &format!("tuffet key generate '{uri}'"));
    let token = format!("token \"alice\" of SoftHSM v2 serial {serial}");
    let wrong = |words: &str| station.answer(None, &format!("tuffet {words}"), &[("PIN of", "wednesday")]);
    let refused = wrong(&format!("key generate '{missing}'"));
    let again = format!("wrong PIN, more than one try is left; PIN of {token}: \n");
    let end = format!("tuffet: error: {token}: wrong PIN\ntuffet: hint: make sure of the PIN before you try again\n");
    assert_eq!((refused.code, refused.screen), (1, format!("PIN of {token}: \n{again}{again}{end}")));
    let refused = wrong(&format!("--json key generate '{missing}'"));
    let before = format!("a wrong PIN was entered before; PIN of {token}: \n");
    let data = json!({
        "schema": "tuffet-error-v1", "code": "key", "error": format!("{token}: wrong PIN"),
        "hint": "make sure of the PIN before you try again",
    });
    let text = serde_json::to_string_pretty(&data).unwrap();
    assert_eq!((refused.code, refused.screen), (1, format!("{before}{again}{again}{end}{text}\n")));
    // The right one clears the count, and the key that was not made is not there.
    let absent = station.run(None, &format!("tuffet key show '{missing}'"));
    let there = format!("tuffet: error: {token}: there is no such key on it (found key \"release\" (id 01))");
    assert_eq!(
        (absent.code, said(&absent.screen)),
        (1, format!("{there}\ntuffet: hint: `tuffet key list` shows the keys that are there\n"))
    );
    let asked = station.run(None, &format!("tuffet key show '{missing}'")).screen;
    assert!(asked.starts_with(&format!("PIN of {token}: ")), "{asked}");
}

const HINT: &str = "tuffet: hint: name the module in the URI: module-path=/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so\n";
