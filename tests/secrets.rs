//! K7: where a PIN, a passphrase and a password are not: files, arguments, environments, screens, outputs, errors, and the
//! memory of the process once it has done with them.
#![cfg(target_os = "linux")]

#[path = "support/memory.rs"]
mod memory;
#[path = "support/person.rs"]
mod person;
#[path = "support/softhsm.rs"]
mod softhsm;
#[path = "support/station.rs"]
mod station;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;

use memory::{processes, waits_to_write};
use person::{Left, Person};
use station::Station;
use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io::Read;
use std::path::PathBuf;
use tempfile::TempDir;
use tuffet_signers::simulator::Simulator;

/// A text that is nowhere else.
fn unique(word: &str) -> String {
    let [a, b] = [(), ()].map(|()| RandomState::new().build_hasher().finish());
    format!("{word} {a:016x}{b:016x}")
}

/// How often a half of the secret stands in the memory of process `pid`: what a buffer left behind when it grew is part of
/// one too.
fn copies(pid: i32, secret: &str) -> usize {
    let (one, other) = secret[secret.len() - 32..].split_at(16);
    memory::copies(pid, one) + memory::copies(pid, other)
}

struct World {
    station: Station,
    pin: String,
    passphrase: String,
    /// Typed in the place of each of the three.
    wrong: [String; 3],
    full: TempDir,
}

/// What is typed at a question.
enum Typed<'a> {
    /// A secret that is wrong: it is asked for again.
    Wrong(&'a str),
    Right(&'a str),
    /// A secret that is needed for longer: at the next question it is still there.
    Kept(&'a str),
}

impl World {
    fn new() -> Option<Self> {
        let station = Station::new()?;
        let pin = unique("PIN");
        station.hsm.token_with("alice", &pin);
        let wrong = ["wednesday", "wrong horse", "passwort"].map(unique);
        Some(Self { station, pin, passphrase: unique("correct horse"), wrong, full: tempfile::tempdir().unwrap() })
    }

    fn secrets(&self) -> impl Iterator<Item = &str> {
        [&self.pin, &self.passphrase].into_iter().chain(&self.wrong).map(String::as_str)
    }

    /// Asserts that no secret is seen from outside of `person`'s process.
    fn look(&self, person: &Person) {
        self.look_at("the screen", person.screen().as_bytes());
        self.look_at_files();
        for (pid, process) in processes() {
            self.look_at(&format!("arguments or environment of process {pid}"), &process);
        }
    }

    fn look_at_files(&self) {
        let folders = [self.station.folder(), self.station.hsm.dir()];
        for (name, bytes) in folders.into_iter().flat_map(tree::tree) {
            self.look_at(&name, &bytes);
            self.look_at("a file's name", name.as_bytes());
        }
    }

    #[track_caller]
    fn look_at(&self, place: &str, bytes: &[u8]) {
        for secret in self.secrets() {
            assert_eq!(memory::count(bytes, secret.as_bytes()), 0, "`{secret}` is in {place}");
        }
    }

    /// Runs `words`, types what is given, and looks around at every question; at the end the process waits to write its
    /// result, has closed its key, and holds no secret. What it writes.
    fn done(&self, words: &[&str], typed: &[Typed<'_>]) -> String {
        let fifo: PathBuf = self.full.path().join(unique("full").replace(' ', "-"));
        let script = format!(
            "mkfifo {fifo}\nexec 3<>{fifo}\ndd if=/dev/zero of={fifo} oflag=nonblock bs=4096 2>/dev/null\nexec \"$@\" >&3",
            fifo = fifo.display()
        );
        let mut person = Person::run(&self.station.command(words), &script);
        let pid = person.pid();
        for (number, answer) in typed.iter().enumerate() {
            assert!(person.asked().is_some(), "{words:?}, question {number}:\n{}", person.screen());
            self.look(&person);
            match number.checked_sub(1).map(|before| &typed[before]) {
                Some(Typed::Wrong(secret)) => assert_eq!(copies(pid, secret), 0, "{words:?}: `{secret}` is kept"),
                // That the search finds what is there.
                Some(Typed::Kept(secret)) => assert!(copies(pid, secret) > 0, "{words:?}: `{secret}` is not found"),
                _ => {}
            }
            let (Typed::Wrong(text) | Typed::Right(text) | Typed::Kept(text)) = answer;
            person.types(format!("{text}\n").as_bytes());
        }
        waits_to_write(pid, || person.screen());
        self.look(&person);
        for secret in self.secrets() {
            assert_eq!(copies(pid, secret), 0, "{words:?}: `{secret}` is in memory after it was used");
        }
        let mut pipe = fs::File::open(&fifo).unwrap();
        let reader = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).map(|_| bytes)
        });
        let Left { screen, code, .. } = person.leaves();
        let written = reader.join().unwrap().unwrap();
        assert_eq!(code, 0, "{words:?}: {screen}");
        self.look_at("the screen", screen.as_bytes());
        self.look_at("stdout", &written);
        self.look_at_files();
        String::from_utf8(written).unwrap().trim_start_matches('\0').to_owned()
    }
}

#[test]
fn k7_secrets_are_nowhere_while_keys_are_made_enrolled_and_used() {
    use Typed::{Kept, Right, Wrong};
    let Some(world) = World::new() else { return };
    let station = &world.station;
    let (pin, passphrase) = (world.pin.as_str(), world.passphrase.as_str());
    let [wrong_pin, wrong_passphrase, wrong_password] = world.wrong.each_ref().map(String::as_str);
    let (alice, dave) = (station.on_token("alice", "release"), station.object(7));
    let keys = [("alice", alice.as_str()), ("dave", &dave), ("erin", "file:erin.pem"), ("online", "file:online.pem")];
    let invite: String = keys
        .iter()
        .map(|(name, _)| format!("tuffet --workspace w plan invite --ceremony c --owner @{name} --out {name}.invite\n"))
        .collect();
    station.done(None, &format!("tuffet init w\n{invite}"));

    for (_, uri) in keys {
        let typed = match uri.split(':').next() {
            Some("pkcs11") => vec![Wrong(wrong_pin), Right(pin)],
            Some("yubihsm") => vec![Wrong(wrong_password), Right(Simulator::PASSWORD)],
            _ => vec![Kept(passphrase), Right(passphrase)],
        };
        let made = world.done(&["key", "generate", uri], &typed);
        assert!(made.starts_with("generated    "), "{made}");
    }
    let opened = |uri: &str| match uri.split(':').next() {
        Some("pkcs11") => vec![Wrong(wrong_pin), Wrong(wrong_pin), Right(pin)],
        Some("yubihsm") => vec![Wrong(wrong_password), Wrong(wrong_password), Right(Simulator::PASSWORD)],
        _ => vec![Wrong(wrong_passphrase), Wrong(wrong_passphrase), Right(passphrase)],
    };
    for (name, uri) in keys {
        let invite = format!("{name}.invite");
        let written =
            world.done(&["key", "enroll", "--key", uri, "--invite", &invite, "--out", name, "--json"], &opened(uri));
        assert!(written.contains("\"schema\": \"tuffet-enrolment-report-v1\""), "{written}");
    }
    let keyholders = "--keyholder alice --keyholder dave --keyholder erin --online online";
    let date = "--date 2026-12-01T10:00:00Z";
    station.done(
        None,
        &format!("tuffet --workspace w plan new c --approvals 0 --waive K5=test --allow-software-keys {date} --threshold 3 {keyholders}\ntuffet draft w/ceremony/c"),
    );
    let sign = |uri: &str, typed: &[Typed<'_>]| {
        let signed = world.done(&["sign", "w/ceremony/c", "--key", uri], typed);
        assert!(signed.starts_with("signed with "), "{signed}");
    };
    // A token's key is open while its owner reads what they sign, and keeps its PIN.
    sign(&alice, &[Wrong(wrong_pin), Kept(pin), Right("sign")]);
    sign(&dave, &[Wrong(wrong_password), Right(Simulator::PASSWORD), Right("sign")]);
    sign("file:erin.pem", &[Right("sign"), Wrong(wrong_passphrase), Right(passphrase)]);
    station.done(None, "tuffet assemble w/ceremony/c");
    let published =
        world.done(&["publish", "w/ceremony/c", "--online-key", "file:online.pem"], &opened("file:online.pem"));
    assert!(published.contains("transcript closed"), "{published}");
    station.done(None, "tuffet ceremony verify w/ceremony/c --repository w/repository");
    world.look_at_files();
}

#[test]
fn k7_errors_do_not_repeat_what_was_typed() {
    let Some(world) = World::new() else { return };
    let station = &world.station;
    station.answer(None, "tuffet key generate file:erin.pem", &[("passphrase", &world.passphrase)]);
    let [pin, passphrase, password] = world.wrong.each_ref().map(String::as_str);
    for (uri, wrong, error) in [
        (station.on_token("alice", "release"), pin, ": wrong PIN"),
        (station.object(7), password, ": wrong password for authentication key 1, 3 times: nothing was changed"),
        ("file:erin.pem".to_owned(), passphrase, ": wrong passphrase, 3 times: nothing was changed"),
    ] {
        let invite = "alice.invite";
        let made = station.answer(
            None,
            "[ -e w ] || tuffet init w\n[ -e alice.invite ] || tuffet --workspace w plan invite --ceremony c \
             --owner @alice --out alice.invite",
            &[],
        );
        assert_eq!(made.code, 0, "{}", made.screen);
        let words = ["--json", "key", "enroll", "--key", &uri, "--invite", invite, "--out", "alice"];
        let mut person = Person::sit(&station.command(&words));
        for _ in 0..3 {
            assert!(person.asked().is_some(), "{}", person.screen());
            world.look(&person);
            person.types(format!("{wrong}\n").as_bytes());
        }
        let left = person.leaves();
        assert_eq!(left.code, 1, "{}", left.screen);
        assert!(left.screen.contains(&format!("{error}\n")), "{}", left.screen);
        assert!(left.screen.contains("\"schema\": \"tuffet-error-v1\""), "{}", left.screen);
        world.look_at("the screen", left.screen.as_bytes());
        world.look_at_files();
        assert!(!station.folder().join("alice").exists());
    }
}

#[test]
fn k7_a_crash_leaves_no_core_file() {
    let Some(world) = World::new() else { return };
    let station = &world.station;
    let mut person = Person::sit_alone(&station.command(&["key", "generate", "file:erin.pem"]));
    assert!(person.asked().is_some(), "{}", person.screen());
    let limits = fs::read_to_string(format!("/proc/{}/limits", person.pid())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..], ["0", "0", "bytes"]);
    person.types(b"\x03");
    assert_eq!(person.leaves().code, 3);
}
