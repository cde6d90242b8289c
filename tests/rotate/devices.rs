//! One device behind two seats, and the floor of firmware, by the records of keys.

use crate::{NOW, first, real, rotate};
use std::fs;
use std::path::{Path, PathBuf};
use tuffet_ceremony::{Invite, KeyFolder, TokenStatement};
use tuffet_keys::{Scheme, Sha256, sha256};
use tuffet_signers::FileKey;

/// Somebody's folder, made on a device that says this serial number of itself.
fn enrol(folder: &Path, who: &str, serial: &str, root: Sha256) -> PathBuf {
    let key = FileKey::throw_away(who, Scheme::EcdsaP256).unwrap();
    let invite = Invite::new("d", Some(root), who, *sha256(who.as_bytes()).as_bytes());
    let (kind, serial) = ("YubiKey".to_owned(), Some(serial.to_owned()));
    let token = TokenStatement { kind, serial, place: Some("slot 9c".to_owned()), claims: Vec::new() };
    let record = invite.answer(&key, token, None).unwrap();
    let name = folder.join(who.trim_start_matches('@'));
    KeyFolder::new(&record, None).unwrap().write(&name).unwrap();
    name
}

#[test]
fn k5_one_device_fills_no_two_seats() {
    let scratch = first();
    let workspace = scratch.path().join("w");
    let root = sha256(&fs::read(workspace.join("repository/1.root.json")).unwrap());
    let dave = enrol(scratch.path(), "@dave", "00012345", root);
    let erin = enrol(scratch.path(), "@erin", "12345", root);
    let frank = enrol(scratch.path(), "@frank", "777", root);
    let (dave, erin, frank) = (dave.to_str().unwrap(), erin.to_str().unwrap(), frank.to_str().unwrap());
    let add = ["--date", "2027-01-15", "--add", "@dave", "--person", dave];
    let said = rotate(&workspace, NOW, &[&add[..], &["--add", "@erin", "--person", erin]].concat());
    said.refused(
        1,
        "tuffet: error: @erin: expected a token of their own, found the YubiKey of @dave (AT10)\n\
         tuffet: hint: give each person a device of their own\n",
    );
    let said = rotate(&workspace, NOW, &[&add[..], &["--add", "@frank", "--person", frank]].concat()).done();
    let (short, rest) = said.stdout.split_once("comes      @dave, with the p256 key ").unwrap();
    assert!(rest.contains(", which has enrolled") && short.contains("root v2 in one ceremony"), "{}", said.stdout);
    // They enrolled for the ceremony `d`, so that is what it is called.
    assert!(said.stdout.contains("tuffet plan change d --date 2027-01-15T00:00:00Z"), "{}", said.stdout);
    let said = rotate(&workspace, NOW, &["--date", "2027-01-15", "--add", "@dave", "--person", frank]);
    said.refused(2, "tuffet: error: --person: expected somebody whom the goal names, found @frank (K1)\n");
}

#[test]
fn k9_keys_without_evidence_need_a_choice() {
    let scratch = first();
    let workspace = scratch.path().join("w");
    let floor = ["--date", "2027-01-15", "--firmware-floor", "5.7.0"];
    let said = rotate(&workspace, NOW, &floor);
    said.refused(
        1,
        "tuffet: error: --firmware-floor 5.7.0: expected evidence of every key, found none for @alice, @bob, @carol (AT1, \
         K9)\ntuffet: hint: give --evidence DIR with what their devices say, or say what to make of them: --unproved below, \
         --unproved keep\n",
    );
    let said = rotate(&workspace, NOW, &[&floor[..], &["--unproved", "below"]].concat()).done();
    assert!(said.stdout.contains("root v4 in 3 ceremonies"), "{}", said.stdout);
    let said = rotate(&workspace, NOW, &[&floor[..], &["--unproved", "keep"]].concat());
    assert_eq!(
        (said.code, said.stderr.as_str()),
        (1, "tuffet: error: expected a goal that changes something, found everything as it is wanted (R11)\n")
    );
    let said = rotate(&workspace, NOW, &["--date", "2027-01-15", "--firmware-floor", "5.7"]);
    said.refused(2, "tuffet: error: --firmware-floor: expected a version such as 5.7.0, found `5.7`\n");
}

#[test]
fn k9_sigstores_keys_below_the_floor_by_their_published_evidence() {
    let Some(data) = real::data("plan rotate --firmware-floor") else { return };
    let words = crate::sigstore::words(&data);
    let evidence = data.join("yubikey-attestations");
    let floor = ["--firmware-floor", "5.7.0", "--evidence", evidence.to_str().unwrap()];
    let said = real::tuffet(&[&words.each()[..], &floor, &["--unproved", "keep"]].concat()).done();
    let below =
        said.stdout.lines().filter(|line| line.starts_with("device ") && line.ends_with(", below 5.7.0")).count();
    assert_eq!(below, 4, "{}", said.stdout);
    assert!(said.stdout.contains(": kept, as --unproved says"), "{}", said.stdout);
    assert!(said.stdout.contains("result     root v17 in 2 ceremonies, the last on 2026-09-15"), "{}", said.stdout);
    assert!(said.stdout.contains("(--at-once): the same people sign with"), "{}", said.stdout);
}
