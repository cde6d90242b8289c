//! Keyholders with (emulated) YubiKeys, at a pseudo-terminal, from the slot to a record that a stranger replays: the key
//! that enters root.json is the one that was generated in the device (K5, K8, K9, K13).

#[path = "support/card.rs"]
mod card;
#[path = "support/terminal.rs"]
mod terminal;

use card::{Applet, Desk, Maker, at_a_desk};
use std::path::Path;
use terminal::{Sitting, sit};

/// Everyone types what belongs to them; an empty management key is the factory's.
const RIGHT: &[(&str, &str)] =
    &[("management key", ""), ("PIN of", "123456"), ("passphrase", "correct horse"), ("to stop", "sign")];

fn run(folder: &Path, script: &str) -> Sitting {
    let sitting = sit(folder, Some("2026-12-01T10:00:00Z"), script, RIGHT);
    assert!(!sitting.screen.contains("123456"), "a PIN on the screen:\n{}", sitting.screen);
    sitting
}

#[track_caller]
fn done(folder: &Path, script: &str) -> String {
    let sitting = run(folder, script);
    assert_eq!(sitting.code, 0, "{script}\n{}", sitting.screen);
    sitting.screen
}

#[track_caller]
fn refused(folder: &Path, script: &str) -> String {
    let sitting = run(folder, script);
    assert_eq!(sitting.code, 1, "{script}\n{}", sitting.screen);
    sitting.screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A workspace with invites, the maker's root, and @carol and the online key enrolled on files.
fn workspace() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    let root = pem::encode(&pem::Pem::new("CERTIFICATE", Maker::root_der()));
    std::fs::write(scratch.path().join("maker.pem"), root).unwrap();
    done(
        scratch.path(),
        "tuffet init w
         for who in alice bob carol; do
             tuffet --workspace w plan invite --ceremony c --owner @$who --out $who.invite
         done
         tuffet --workspace w plan invite --ceremony c --owner file:online.pem --out online.invite
         for who in carol online; do
             tuffet key generate file:$who.pem
             tuffet key enroll --key file:$who.pem --invite $who.invite --out $who
         done",
    );
    scratch
}

fn insert(desk: &Desk, reader: u16, serial: u32, firmware: [u8; 3]) -> card::Card {
    desk.insert(reader, Applet::new(serial, firmware))
}

const ENROL: &str = "
    tuffet key generate 'piv:9c?serial=11111111'
    tuffet key enroll --key 'piv:9c?serial=11111111' --invite alice.invite --out alice
    tuffet key generate 'piv:9c?serial=22222222'
    tuffet key enroll --key 'piv:9c?serial=22222222' --invite bob.invite --out bob";

const PLAN: &str = "tuffet --workspace w plan new c --approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z --threshold 2 \
    --keyholder alice --keyholder bob --keyholder carol --online online --attestation-root maker.pem";

#[test]
fn k8_two_yubikeys_from_the_slot_to_a_record_that_replays() {
    at_a_desk(|desk| {
        let _alice = insert(desk, 0, 11_111_111, [5, 7, 4]);
        let _bob = insert(desk, 1, 22_222_222, [5, 7, 4]);
        let scratch = workspace();
        let folder = scratch.path();
        let screen = done(folder, ENROL);
        let attested =
            "attested     YubiKey serial 11111111, slot 9c, firmware 5.7.4, PIN once, touch\n             always";
        assert!(screen.contains("evidence that proves nothing") && !screen.contains(attested), "nobody here is Yubico");

        let listed = done(folder, "tuffet key list");
        for uri in ["piv:9c?serial=11111111", "piv:9c?serial=22222222"] {
            assert_eq!(listed.matches(uri).count(), 1, "{listed}");
        }

        let verified = done(folder, "tuffet key verify alice bob carol online --attestation-root maker.pem");
        assert!(verified.contains(attested), "{verified}");
        assert!(verified.contains("good: 4 keys, 2 of them attested"), "{verified}");
        let refusal = refused(folder, "tuffet key verify alice");
        assert!(refusal.contains("refused AT2 expected a chain to a pinned root of the maker"), "{refusal}");

        done(folder, PLAN);
        done(folder, "tuffet --workspace w draft w/ceremony/c");
        let review = done(folder, "tuffet review w/ceremony/c");
        let words = review.split_whitespace().collect::<Vec<_>>().join(" ");
        let seen = "@alice: ECDSA P-256, YubiKey serial 11111111, slot 9c, firmware 5.7.4, PIN once, touch always";
        assert!(words.contains(seen), "{review}");
        assert!(
            words.contains("@carol: Ed25519, key file, made from a fixed seed, for a rehearsal: its owner says so"),
            "{review}"
        );
        assert!(review.lines().all(|line| line.chars().count() <= 80), "{review}");

        let signed = done(
            folder,
            "tuffet sign w/ceremony/c --key 'piv:9c?serial=11111111'
             tuffet sign w/ceremony/c --key 'piv:9c?serial=22222222'",
        );
        assert!(signed.contains("touch YubiKey serial 11111111") || signed.contains("touch"), "{signed}");
        assert_eq!(signed.matches("PIN of").count(), 2, "one PIN serves root and targets:\n{signed}");
        let told = done(
            folder,
            "tuffet --workspace w assemble w/ceremony/c
             tuffet --workspace w publish w/ceremony/c --online-key file:online.pem
             tuffet ceremony verify w/ceremony/c --repository w/repository",
        );
        assert!(told.trim_end().ends_with("the record holds"), "{told}");
    });
}

#[test]
fn k5_k9_a_weak_device_and_one_device_for_two_people_stop_the_ceremony() {
    at_a_desk(|desk| {
        let _alice = insert(desk, 0, 11_111_111, [5, 7, 4]);
        let bob = insert(desk, 1, 22_222_222, [5, 4, 3]);
        let scratch = workspace();
        let folder = scratch.path();
        let screen = done(folder, ENROL).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(screen.contains("YSA-2024-03"), "said before the key is made: {screen}");
        let weak = "AT12 expected firmware without YSA-2024-03";
        let refusal = refused(folder, "tuffet key verify alice bob --attestation-root maker.pem");
        assert!(refusal.contains(&format!("refused {weak}")), "{refusal}");
        done(folder, PLAN);
        let refusal = refused(folder, "tuffet --workspace w draft w/ceremony/c");
        assert!(refusal.contains("(AT12)") && refusal.contains("hint: change the plan, or waive"), "{refusal}");

        // A weakness that the plan accepts is seen by everybody who signs, with the reason.
        let review = done(
            folder,
            "printf '\\n[[waivers]]\\nrule = \"AT12\"\\nreason = \"replaced in spring\"\\n' >> w/ceremony/c/plan.toml
             tuffet --workspace w draft w/ceremony/c
             tuffet review w/ceremony/c",
        );
        let (_, keys) = review.split_once("keys that come in, and what is proved of them").unwrap();
        let keys = keys.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(keys.matches("(waived: replaced in spring)").count(), 1, "{review}");
        assert!(keys.contains(weak), "{review}");

        // @bob takes another device: @alice's.
        drop(bob);
        let refusal = refused(
            folder,
            "rm -r w/ceremony bob
             tuffet key generate 'piv:82?serial=11111111'
             tuffet key enroll --key 'piv:82?serial=11111111' --invite bob.invite --out bob
             tuffet key verify alice bob --attestation-root maker.pem",
        );
        assert!(
            refusal.contains("refused AT10 expected a device of their own, found the YubiKey of @alice"),
            "{refusal}"
        );
        done(folder, PLAN);
        let refusal = refused(folder, "tuffet --workspace w draft w/ceremony/c");
        assert!(refusal.contains("(AT10)") && refusal.contains("(AT7)"), "every finding at once: {refusal}");
    });
}

#[test]
fn k8_a_key_that_was_exchanged_in_the_slot_after_enrolment_signs_nothing() {
    at_a_desk(|desk| {
        let alice = insert(desk, 0, 11_111_111, [5, 7, 4]);
        let _bob = insert(desk, 1, 22_222_222, [5, 7, 4]);
        let scratch = workspace();
        let folder = scratch.path();
        done(folder, ENROL);
        done(folder, PLAN);
        done(folder, "tuffet --workspace w draft w/ceremony/c");
        alice.applet().make(0x9c, card::P256, 2, 2);
        let refusal = refused(folder, "tuffet sign w/ceremony/c --key 'piv:9c?serial=11111111'");
        assert!(refusal.contains("may sign none of the roles of this ceremony"), "{refusal}");
    });
}
