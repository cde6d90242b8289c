//! Keyholders at the command line, each with another kind of key: from the list of what is plugged in to the record, and
//! the second copy of a key on a second YubiHSM.

#[path = "support/softhsm.rs"]
mod softhsm;
#[path = "support/station.rs"]
mod station;
#[path = "support/terminal.rs"]
mod terminal;

use serde_json::Value;
use softhsm::MODULE;
use station::{Station, enrolled_fingerprint, flat, said};
use std::fs;
use tuffet_signers::simulator::Simulator;

const AT: Option<&str> = Some("2026-12-01T10:00:00Z");

/// A key that somebody brings, and what is to be said of it.
struct Brought {
    name: &'static str,
    /// As `key list` shows it, where it does.
    uri: String,
    scheme: &'static str,
    kind: &'static str,
    serial: Option<String>,
    place: Option<String>,
    claims: Vec<&'static str>,
}

impl Brought {
    fn owner(&self) -> String {
        if self.name == "online" { "file:online.pem".to_owned() } else { format!("@{}", self.name) }
    }

    /// The key's holder in one line, as the folder and the review tell it.
    fn described(&self) -> String {
        let serial = self.serial.as_ref().map(|serial| format!("{} serial {serial}", self.kind));
        let parts = [serial.unwrap_or_else(|| self.kind.to_owned())].into_iter().chain(self.place.clone());
        let parts: Vec<String> = parts.chain(self.claims.iter().map(|&claim| claim.to_owned())).collect();
        format!("{}: its owner says so, no evidence", parts.join(", "))
    }

    fn algorithm(&self) -> &'static str {
        if self.scheme == "ed25519" { "Ed25519" } else { "ECDSA P-256" }
    }
}

/// The keys of the five and the online key, made and listed.
fn brought(station: &Station) -> Option<Vec<Brought>> {
    let serial = station.hsm.token("alice");
    let in_agent = station.add_to_agent("bob at his desk");
    let program = station.program_key("carol.key")?;
    let device = station.object(7);
    let made = station.done(
        AT,
        &format!(
            "tuffet key generate '{}'
             tuffet key generate '{device}' --label dave
             tuffet key generate file:erin.pem
             tuffet key generate file:online.pem --scheme p256
             tuffet key list --module {MODULE} --yubihsm '{device}' > list.txt
             tuffet key list --module {MODULE} --yubihsm '{device}' --json > list.json",
            station.on_token("alice", "release")
        ),
    );
    let names: Vec<&str> = made.lines().filter(|line| line.starts_with("generated ")).collect();
    assert_eq!(
        names,
        [
            format!("generated    token \"alice\" of SoftHSM v2 serial {serial}, key \"release\" (id 01)").as_str(),
            "generated    simulated YubiHSM serial 0123456789, object 7",
            "generated    key file erin.pem",
            "generated    key file online.pem",
        ]
    );
    let on_token = format!("pkcs11:token=alice;serial={serial};id=%01?module-path={MODULE}");
    let socket = station.agent.socket().display().to_string();
    let bob = format!("ssh-agent:{in_agent}?socket={socket}");
    listed(
        station,
        &[
            (format!("token \"alice\" of SoftHSM v2 serial {serial}"), &on_token, "release"),
            (format!("ssh-agent at {socket}"), &bob, "bob at his desk"),
            ("simulated YubiHSM serial 0123456789, firmware 2.0.0".to_owned(), &device, "dave"),
        ],
    );
    let key = |name, uri: &str, scheme, kind| Brought {
        name,
        uri: uri.to_owned(),
        scheme,
        kind,
        serial: None,
        place: None,
        claims: Vec::new(),
    };
    let seeded = vec!["made from a fixed seed, for a rehearsal"];
    let program_place = format!("key {} of key-file-signer.py", station.folder().join("carol.key").display());
    Some(vec![
        Brought {
            serial: Some(serial),
            place: Some("token \"alice\", key \"release\" (id 01)".to_owned()),
            claims: vec!["generated on the token", "never extractable", "always sensitive"],
            ..key("alice", &on_token, "ecdsa-sha2-nistp256", "PKCS#11 token")
        },
        Brought { place: Some(in_agent), ..key("bob", &bob, "ed25519", "ssh-agent") },
        Brought {
            place: Some(program_place),
            claims: vec!["an open file on this machine"],
            ..key("carol", &program, "ecdsa-sha2-nistp256", "program")
        },
        Brought {
            place: Some("object 7".to_owned()),
            claims: vec!["simulated: no safe place for a key", "generated on the device", "capabilities sign-ecdsa"],
            ..key("dave", &device, "ecdsa-sha2-nistp256", "YubiHSM 2")
        },
        Brought { claims: seeded.clone(), ..key("erin", "file:../erin.pem", "ed25519", "key file") },
        Brought { claims: seeded, ..key("online", "file:../online.pem", "ecdsa-sha2-nistp256", "key file") },
    ])
}

/// What `key list` printed: each token with its key, and on a line of its own the URI that is given to the other commands.
fn listed(station: &Station, expected: &[(String, &String, &str)]) {
    let text = fs::read_to_string(station.folder().join("list.txt")).unwrap();
    let json: Value = serde_json::from_slice(&fs::read(station.folder().join("list.json")).unwrap()).unwrap();
    assert_eq!(json["schema"], "tuffet-key-list-v1");
    let tokens = json["tokens"].as_array().unwrap();
    for (name, uri, label) in expected {
        let token = tokens.iter().find(|token| token["name"] == name.as_str()).unwrap_or_else(|| panic!("{json:#}"));
        let [key] = token["keys"].as_array().unwrap().as_slice() else { panic!("{token:#}") };
        assert_eq!((&key["uri"], &key["label"]), (&Value::from(uri.as_str()), &Value::from(*label)));
        let (place, short) = (key["place"].as_str().unwrap(), &key["fingerprint"].as_str().unwrap()[..16]);
        let algorithm = if key["scheme"] == "ed25519" { "Ed25519" } else { "ECDSA P-256" };
        let (_, section) = text.split_once(&format!("{name}\n")).unwrap_or_else(|| panic!("{text}"));
        let (about, _) = section.split_once(&format!("\n    '{uri}'\n")).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(flat(about), format!("{place}, `{label}`, {algorithm} {short}"));
    }
}

#[test]
fn five_kinds_of_keys_hold_one_ceremony() {
    let Some(station) = Station::new() else { return };
    let Some(keys) = brought(&station) else { return };
    let enroll: String = keys
        .iter()
        .map(|key| {
            format!(
                "tuffet plan invite --ceremony c --owner {} --out ../{name}.invite > ../out
                 tuffet key enroll --key '{}' --invite ../{name}.invite --out ../{name}\n",
                key.owner(),
                key.uri,
                name = key.name
            )
        })
        .collect();
    let enrolled = station.done(AT, &format!("tuffet init w > out\ncd w\n{enroll}"));
    let fingerprints: Vec<String> =
        keys.iter().map(|key| enrolled_fingerprint(&station.folder().join(key.name))).collect();
    let blocks: Vec<String> = keys.iter().zip(&fingerprints).map(|(key, print)| block(key, print)).collect();
    let written = |(key, print): (&Brought, &String)| {
        format!("{} ../{}/{print} is written: send it to the coordinator", block(key, print), key.name)
    };
    assert_eq!(flat(&enrolled), keys.iter().zip(&fingerprints).map(written).collect::<Vec<_>>().join(" "));

    let folders = keys.iter().map(|key| key.name).collect::<Vec<_>>().join(" ");
    let verified = station.done(AT, &format!("tuffet key verify {folders}"));
    let proof = " proof a signature proves that the owner's token held this key ";
    assert_eq!(flat(&verified), blocks.join(proof) + proof + "good: 6 keys, 0 of them attested");
    let json = station.done(AT, &format!("tuffet key verify {folders} --json"));
    verified_as_data(&serde_json::from_str(&json).unwrap(), &keys, &fingerprints);

    let holders: String = keys[..5].iter().map(|key| format!(" --keyholder {}", key.name)).collect();
    station.done(
        AT,
        &format!(
            "tuffet --workspace w plan new c --approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z --threshold 3 {holders} --online online
             tuffet draft w/ceremony/c"
        ),
    );
    let review = station.done(AT, "tuffet review w/ceremony/c");
    let (_, incoming) = review.split_once("\nkeys that come in, and what is proved of them\n").unwrap();
    let line = |(key, fingerprint): (&Brought, &String)| {
        let online = if key.owner().starts_with('@') { "" } else { " (online key)" };
        let short = format!("{} {}", &fingerprint[..8], &fingerprint[8..16]);
        format!("- {}: {}, {}, fingerprint {short}{online}", key.owner(), key.algorithm(), key.described())
    };
    let lines = keys.iter().zip(&fingerprints).map(line);
    assert_eq!(flat(incoming), lines.collect::<Vec<_>>().join(" "));

    signed_and_published(&station, &keys, &fingerprints, &review);
}

/// A key with its owner, as `key enroll` and `key verify` tell it, on one line.
fn block(key: &Brought, fingerprint: &str) -> String {
    format!(
        "owner {} ceremony c algorithm {} fingerprint {fingerprint} token {}",
        key.owner(),
        key.algorithm(),
        key.described()
    )
}

fn verified_as_data(report: &Value, keys: &[Brought], fingerprints: &[String]) {
    assert_eq!((&report["schema"], &report["refused"]), (&"tuffet-key-verify-v1".into(), &false.into()));
    let found = report["keys"].as_array().unwrap();
    assert_eq!(found.len(), keys.len());
    for ((key, fingerprint), found) in keys.iter().zip(fingerprints).zip(found) {
        let token =
            serde_json::json!({"kind": key.kind, "serial": key.serial, "place": key.place, "claims": key.claims});
        let expected = serde_json::json!({
            "owner": key.owner(), "ceremony": "c", "scheme": key.scheme, "fingerprint": fingerprint, "token": token,
            "attested": null, "evidence_problem": null, "findings": [],
        });
        assert_eq!(*found, expected);
    }
}

fn signed_and_published(station: &Station, keys: &[Brought], fingerprints: &[String], review: &str) {
    let sign = |name: &str| {
        let key = keys.iter().position(|key| key.name == name).unwrap();
        // The key files lie beside the workspace.
        let uri = keys[key].uri.replace("file:../", "file:");
        let signed = station.done(AT, &format!("tuffet sign w/ceremony/c --key '{uri}'"));
        let shown = format!("{review}\nThis key ({}) would sign: root, targets\n", &fingerprints[key][..16]);
        assert!(signed.trim_start().starts_with(&shown), "{signed}");
    };
    let assemble = || station.done(AT, "tuffet assemble w/ceremony/c");
    ["alice", "dave"].into_iter().for_each(sign);
    assert!(assemble().contains("root      v1 open: 2 of 3 for the new root\n  signed:  @alice, @dave\n"));
    sign("bob");
    assert!(assemble().contains(
        "targets   v1 complete: 3 of 3 for the new root\n  signed:  @alice, @bob, @dave\n  missing: @carol, @erin\n"
    ));
    // Whoever is late signs too.
    ["carol", "erin"].into_iter().for_each(sign);
    assert!(assemble().contains("recorded: root by @erin\n"));
    let end = station.done(
        AT,
        "tuffet publish w/ceremony/c --online-key file:online.pem
         tuffet ceremony verify w/ceremony/c --repository w/repository",
    );
    assert!(end.contains("root 1, targets 1, snapshot 1, timestamp 1\n"), "{end}");
    assert!(end.contains("targets   v1 complete: 5 of 3 for the new root\n"), "{end}");
    assert!(end.ends_with("\nthe record holds\n"), "{end}");
}

#[test]
fn k13_a_key_moves_to_a_second_yubihsm_and_answers_to_its_fingerprint() {
    let (first, second) = (Simulator::start().unwrap(), Simulator::start().unwrap());
    let scratch = tempfile::tempdir().unwrap();
    let (one, two) = (first.uri(7).unwrap().to_string(), second.uri(7).unwrap().to_string());
    let run = |script: &str| terminal::sit(scratch.path(), None, script, &[("password", Simulator::PASSWORD)]);
    let done = |script: &str| {
        let sitting = run(script);
        assert_eq!(sitting.code, 0, "{}", sitting.screen);
        said(&sitting.screen)
    };
    assert_eq!(
        done(&format!("tuffet key share-wrap-key '{one}' '{two}'")),
        "wrap key 100 is on both devices: the first exports under it, the second imports\nnext: `tuffet key backup KEY \
         --wrap-key 100 --out FILE`, then `tuffet key restore`\n"
    );
    let made = done(&format!("tuffet key generate '{one}' --label release --backup"));
    let (_, key) = made.split_once("generated    simulated YubiHSM serial 0123456789, object 7\n").unwrap();
    let fingerprint = key.lines().nth(1).unwrap().strip_prefix("fingerprint  ").unwrap();
    assert_eq!(
        done(&format!("tuffet key backup '{one}' --out alice.backup")),
        format!(
            "backup       alice.backup\nfingerprint  {fingerprint}\nnext: restore it on the second device at once, and \
             see the same fingerprint\n"
        )
    );
    drop(first);
    let restored = done(&format!("tuffet key restore '{two}' --from alice.backup"));
    assert_eq!(restored, format!("restored     simulated YubiHSM serial 0123456789, object 7\n{key}"));
    let shown = done(&format!("tuffet key show '{two}'"));
    assert_eq!(shown, format!("key          {two}\n{key}"));

    let again = run(&format!("tuffet key restore '{two}' --from alice.backup"));
    assert_eq!(
        (again.code, said(&again.screen)),
        (
            1,
            format!(
                "tuffet: error: {two}: object 7 is taken by the key `release`: it was not changed\ntuffet: hint: choose \
                 another object id: objects are never overwritten\n"
            )
        )
    );
    let over = run(&format!("tuffet key backup '{two}' --out alice.backup"));
    assert_eq!(over.code, 1);
    assert!(!over.screen.contains("password"), "nobody is asked for a secret in vain: {}", over.screen);

    assert_eq!(
        done(&format!("tuffet key log '{two}'")),
        "the device gave no entries: it keeps no log, or all were read\n"
    );
    let json: Value = serde_json::from_str(&done(&format!("tuffet key log '{two}' --json"))).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "schema": "tuffet-device-log-v1", "entries": [], "unlogged_boots": 0, "unlogged_logins": 0, "problem": null,
        })
    );
}

#[test]
fn a_log_from_yubihsm_shell_is_checked_without_the_device() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("whole.txt"), LOG).unwrap();
    let edited = LOG.replace("target key: 0x0001 -- second key: 0xffff -- result: 0x83", EDITED);
    fs::write(scratch.path().join("edited.txt"), edited).unwrap();
    let run = |words: &str| {
        let sitting = terminal::sit(scratch.path(), None, &format!("tuffet key log {words}"), &[]);
        (sitting.code, sitting.screen)
    };
    let (code, whole) = run("--from whole.txt");
    assert_eq!(code, 0);
    let last = "the chain holds: note the last digest, 2e395d1b706668737e1d2215813db47e\n";
    assert!(whole.ends_with(last), "{whole}");
    let rows: Vec<String> = whole.lines().map(flat).collect();
    assert_eq!(rows[0], "entry command by key on result digest");
    assert_eq!(rows[1], "46 0x4b 1 53140 0xcb 415f51f1f035a1b713e730e4464e4033");
    assert_eq!(rows.len(), 8);

    let (code, refused) = run("--from edited.txt");
    assert_eq!(code, 1);
    let problem = "refused: entry 49: expected digest ";
    let end = ", found b20a8f25c025e693a8e869b433294a20: this entry or the one before it was changed\n";
    assert!(refused.lines().last().unwrap().starts_with(problem) && refused.ends_with(end), "{refused}");
    let (code, json) = run("--from edited.txt --json");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, json["entries"].as_array().unwrap().len()), (1, 6));
    assert!(json["problem"].as_str().unwrap().starts_with("entry 49: "), "{json:#}");

    // The first digest ties this reading to the one before.
    assert_eq!(run("--from whole.txt --after 415f51f1f035a1b713e730e4464e4033").0, 1);
    let (code, usage) = run("--from whole.txt --after 415f");
    assert_eq!((code, usage.as_str()), (2, "tuffet: error: --after: expected 32 digits of hex, found `415f`\n"));
}

const LOG: &str = include_str!("../crates/signers/src/tests/audit-get.txt");
const EDITED: &str = "target key: 0x0002 -- second key: 0xffff -- result: 0x83";
