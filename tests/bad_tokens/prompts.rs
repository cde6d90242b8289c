//! Random bytes at every question: never a panic, never a file, and the terminal as it was.

use crate::scene::{Scene, played};
use crate::softhsm::PIN;
use crate::station::{PASSPHRASE, Station};
use tuffet_signers::simulator::Simulator;

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
