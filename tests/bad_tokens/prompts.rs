//! Random bytes at every question: never a panic, never a file, and the terminal as it was.

use crate::person::Person;
use crate::softhsm::PIN;
use crate::station::{PASSPHRASE, Station};
use crate::tree::tree;
use std::collections::BTreeSet;
use tuffet_signers::simulator::Simulator;

/// A command and what it asks, each with the right answer.
struct Scene {
    words: Vec<String>,
    right: Vec<&'static str>,
}

impl Scene {
    fn new(words: &str, uris: &[&str], right: &[&'static str]) -> Self {
        let mut uris = uris.iter();
        let word = |word: &str| if word == "_" { (*uris.next().unwrap()).to_owned() } else { word.to_owned() };
        Self { words: words.split(' ').map(word).collect(), right: right.to_vec() }
    }
}

/// A station on which a ceremony is drafted that @alice (on SoftHSM), @dave (on a YubiHSM) and @erin (a file) sign.
/// Also gives the serial number of the token.
fn drafted() -> Option<(Station, String)> {
    let station = Station::new()?;
    let serial = station.hsm.token("alice");
    let enroll = |(name, uri): (&str, &str)| {
        format!(
            "tuffet plan invite --ceremony c --owner @{name} --out {name}.invite
             tuffet key generate '{uri}' --backup
             tuffet key enroll --key '{uri}' --invite {name}.invite --out {name}\n"
        )
    };
    let keys = [
        ("alice", station.on_token("alice", "release")),
        ("dave", station.object(7)),
        ("erin", "file:erin.pem".to_owned()),
        ("online", "file:online.pem".to_owned()),
    ];
    let enrolled: String = keys.iter().map(|(name, uri)| enroll((name, uri))).collect();
    let next = station.device.uri(8).unwrap();
    station.done(
        None,
        &format!(
            "tuffet init w
             tuffet() {{ command {program} --workspace w \"$@\"; }}
             {enrolled}
             tuffet plan invite --ceremony d --owner @zoe --out zoe.invite
             tuffet plan new c --approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z --threshold 2 --keyholder alice --keyholder dave \
                --keyholder erin --online online
             tuffet draft w/ceremony/c
             tuffet key share-wrap-key '{next}' '{second}' --id 99",
            program = env!("CARGO_BIN_EXE_tuffet"),
            second = station.second.uri(8).unwrap(),
        ),
    );
    Some((station, serial))
}

/// SplitMix64: the same bytes on every machine, and no crate for it.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn bytes(&mut self, length: u64, byte: impl Fn(u64) -> u8) -> Vec<u8> {
        (0..length).map(|_| byte(self.next() >> 32)).collect()
    }

    /// What somebody types in the place of `right`, without the end of the line.
    fn typed(&mut self, kind: usize, right: &str) -> Vec<u8> {
        let length = 1 + self.below(40);
        let any = |n: u64| n as u8;
        match kind % KINDS {
            0 => Vec::new(),
            1 => self.bytes(length, |n| b' ' + (n % 95) as u8),
            2 => self.bytes(length, |n| (n % 32) as u8),
            3 => self.bytes(1 + length * 5, any),
            4 => self.bytes(300 + length * 150, |n| b'!' + (n % 94) as u8),
            5 => self.bytes(300 + length * 150, any),
            6 => "pässwörd ✓ пароль \u{202e}".as_bytes().to_vec(),
            7 => b"\x03".to_vec(),
            8 => b"\x04".to_vec(),
            9 => [right.as_bytes(), b"x"].concat(),
            10 => right.as_bytes()[1..].to_vec(),
            11 => [right.as_bytes(), b"\x03"].concat(),
            12 => [right.as_bytes(), b"\x04\x04"].concat(),
            13 => b"\x1b[A\x1b[200~%n%s\0".to_vec(),
            14 => b"\xff\xfe".to_vec(),
            _ => right.to_uppercase().into_bytes(),
        }
    }
}

const KINDS: usize = 16;

/// As it goes over the line: a line end would be the answer to the next question, Ctrl-S would hold the screen back, and
/// after Ctrl-V neither would be one. After Ctrl-C nobody asks any more.
fn line(typed: &[u8]) -> Vec<u8> {
    let harmless = |byte: &u8| if b"\n\r\x13\x16".contains(byte) { b'?' } else { *byte };
    match typed.iter().position(|byte| *byte == 3) {
        Some(end) => typed[..=end].iter().map(harmless).collect(),
        None => typed.iter().map(harmless).chain([b'\n']).collect(),
    }
}

/// Plays each scene twice for each of its questions and kinds of wrong answers, and gives the messages that were seen.
/// Whoever is asked again types an answer of another kind, `steps` further.
fn played(station: &Station, steps: [usize; 2], scenes: &[Scene]) -> BTreeSet<String> {
    let mut random = Random(steps[0] as u64);
    let mut seen = BTreeSet::new();
    let before = tree(station.folder());
    for scene in scenes {
        let words: Vec<&str> = scene.words.iter().map(String::as_str).collect();
        for (at, right) in scene.right.iter().enumerate() {
            for (kind, step) in steps.iter().flat_map(|step| (0..KINDS).map(move |kind| (kind, step))) {
                let mut person = Person::sit(&station.command(&words));
                for (earlier, answer) in scene.right[..at].iter().enumerate() {
                    assert!(person.asked().is_some(), "{words:?}, question {earlier}: {}", person.screen());
                    person.types(&line(answer.as_bytes()));
                }
                let mut typed = Vec::new();
                while typed.len() < 6 && person.asked().is_some() {
                    typed.push(line(&random.typed(kind + typed.len() * step, right)));
                    person.types(typed.last().unwrap());
                }
                let left = person.leaves();
                let typed: String = typed.iter().flatten().map(|byte| byte.escape_ascii().to_string()).collect();
                let case = format!("{words:?}, question {at}, {}, typed {typed}:\n{}", left.code, left.screen);
                assert!(!left.screen.contains("panicked"), "{case}");
                assert!(left.restored, "{case}");
                assert!(tree(station.folder()) == before, "{case}");
                // Where a line is echoed, Ctrl-C and Ctrl-\ are signals.
                let signal = *right == SIGN && [130, 131].contains(&left.code);
                assert!([1, 3].contains(&left.code) || signal, "{case}");
                let errors = left.screen.split("tuffet: error: ").skip(1);
                let errors: Vec<&str> = errors.map(|rest| rest.split('\n').next().unwrap()).collect();
                assert_eq!(errors.len(), usize::from(!signal), "{case}");
                seen.extend(errors.into_iter().map(str::to_owned));
            }
        }
    }
    seen
}

const SIGN: &str = "sign";
const PASSWORD: &str = Simulator::PASSWORD;

/// Of the question whether to sign.
const QUESTION: [&str; 2] =
    ["interrupted: nothing was signed or written by this step", "not confirmed: nothing was signed"];
const FILES: &[&str] = &[
    "key file erin.pem: wrong passphrase, 3 times: nothing was changed",
    "key file new.pem: the two passphrases are not the same, so no key was made",
    "new passphrase for key file new.pem: cancelled",
    "passphrase for key file erin.pem: cancelled",
];

#[test]
fn k7_random_bytes_at_the_questions_of_key_files() {
    let Some((station, _)) = drafted() else { return };
    let seen = played(
        &station,
        [1, 3],
        &[
            Scene::new("key generate file:new.pem", &[], &[PASSPHRASE, PASSPHRASE]),
            Scene::new("key enroll --key file:erin.pem --invite zoe.invite --out zoe", &[], &[PASSPHRASE]),
            Scene::new("sign w/ceremony/c --key file:erin.pem", &[], &[SIGN, PASSPHRASE]),
        ],
    );
    assert_eq!(seen, QUESTION.iter().chain(FILES).map(|message| (*message).to_owned()).collect());
}

#[test]
fn k7_random_bytes_at_the_questions_of_a_token() {
    let Some((station, alices)) = drafted() else { return };
    let bobs = station.hsm.token("bob");
    let (alice, bob) = (station.on_token("alice", "release"), station.on_token("bob", "new"));
    let seen = played(
        &station,
        [0, 3],
        &[
            Scene::new("key generate _", &[&bob], &[PIN]),
            Scene::new("key enroll --key _ --invite zoe.invite --out zoe", &[&alice], &[PIN]),
            Scene::new("sign w/ceremony/c --key _", &[&alice], &[PIN, SIGN]),
        ],
    );
    let mut messages = QUESTION.map(str::to_owned).to_vec();
    for (label, serial) in [("alice", alices), ("bob", bobs)] {
        let token = format!("token \"{label}\" of SoftHSM v2 serial {serial}");
        messages.push(format!("PIN of {token}: cancelled"));
        messages.push(format!("{token}: wrong PIN"));
        let length = "expected a PIN of 4 to 255 bytes, found another length: it was not sent";
        messages.push(format!("{token}: refused: {length}"));
    }
    assert_eq!(seen, messages.into_iter().collect());
}

#[test]
fn k7_random_bytes_at_the_questions_of_a_yubihsm() {
    let Some((station, _)) = drafted() else { return };
    let (dave, free) = (station.object(7), station.object(9));
    let second = station.second.uri(7).unwrap().to_string();
    station.done(None, &format!("tuffet key backup '{dave}' --wrap-key 99 --out dave.backup"));
    let before = objects(&station);
    let seen = played(
        &station,
        [0, 3],
        &[
            Scene::new("key generate _", &[&free], &[PASSWORD]),
            Scene::new("key enroll --key _ --invite zoe.invite --out zoe", &[&dave], &[PASSWORD]),
            Scene::new("sign w/ceremony/c --key _", &[&dave], &[PASSWORD, SIGN]),
            Scene::new("key backup _ --wrap-key 99 --out again.backup", &[&dave], &[PASSWORD]),
            Scene::new("key restore _ --from dave.backup", &[&second], &[PASSWORD]),
            Scene::new("key share-wrap-key _ _", &[&dave, &second], &[PASSWORD, PASSWORD]),
            Scene::new("key list --yubihsm _", &[&dave], &[PASSWORD]),
            Scene::new("key log _", &[&dave], &[PASSWORD]),
        ],
    );
    let mut messages = QUESTION.map(str::to_owned).to_vec();
    for uri in [&dave, &free, &second] {
        messages.push(format!("password for authentication key 1 of {uri}: cancelled"));
        messages.push(format!("{uri}: wrong password for authentication key 1, 3 times: nothing was changed"));
    }
    assert_eq!(seen, messages.into_iter().collect());
    assert_eq!(objects(&station), before);
}

/// What lies on both devices.
fn objects(station: &Station) -> Vec<String> {
    let list = |uri: String| station.done(None, &format!("tuffet key list --yubihsm '{uri}'"));
    vec![list(station.object(7)), list(station.second.uri(7).unwrap().to_string())]
}
