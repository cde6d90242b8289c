//! K8, K9: the key that enters root.json is the one a device made, for everybody who touches the record.

use crate::maker::{Maker, piv, piv_device};
use crate::table::{Laid, NAMES, Table, URI, drafted, hash, key, now, text, token};
use rcgen::CertificateParams;
use tuffet_attestation::Evidence;
use tuffet_ceremony::{Action, CeremonyError, KeyFolder, PlannedAttestation, Proved, Replay, Waiver};
use tuffet_keys::{PublicKey, Sign};

/// What the device of `maker` says of @alice's key: hers is on P-256.
fn evidence(maker: &Maker, params: &CertificateParams) -> Evidence {
    let pem = key("@alice").public_key().to_pem();
    let spki = pem::parse(pem).unwrap();
    maker.about_point(params, &spki.contents()[spki.contents().len() - 65..])
}

/// A plan that pins the test's own maker, and @alice with this evidence.
fn table(maker: &Maker, evidence: Option<&Evidence>) -> Table {
    let mut table = Table::initial();
    let root = maker.root.certificate.pem().into_bytes();
    let pinned = hash(&root);
    table.files.insert(format!("roots/{pinned}.pem"), root);
    table.plan.attestation = Some(PlannedAttestation { roots: vec![pinned], ..PlannedAttestation::default() });
    let record = table.invite("@alice").answer(&key("@alice"), token(), evidence).unwrap();
    let folder = KeyFolder::new(&record, evidence).unwrap();
    table.files.extend(folder.files());
    table.plan.people[0].enrolment = hash(&folder.bytes);
    table
}

fn attested(firmware: [u8; 3], slot: &str, policy: [u8; 2]) -> Table {
    let maker = Maker::of(piv_device(firmware));
    table(&maker, Some(&evidence(&maker, &piv(slot, firmware, 1, policy))))
}

fn drafts(table: &Table) -> Result<(Laid, Vec<String>), CeremonyError> {
    let laid = table.lay();
    let drafted = laid.open().draft(None, now())?;
    let warnings = drafted.warnings.iter().map(|(w, waived)| match waived {
        Some(reason) => format!("{} {}: {} [{reason}]", w.rule, w.place, w.message),
        None => format!("{} {}: {}", w.rule, w.place, w.message),
    });
    // That this table has no witness is waived, and it has a target in a folder: not what these tests are about.
    let other = |warning: &String| warning.starts_with("K5 approvals") || warning.starts_with("TR8 targets");
    Ok((laid, warnings.filter(|warning| !other(warning)).collect()))
}

#[test]
fn k8_an_attested_key_goes_through_to_a_record_that_replays() {
    let (laid, warnings) = drafts(&attested([5, 7, 4], "9c", [2, 2])).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    let incoming = laid.open().incoming().unwrap();
    assert_eq!(incoming[0].to_string(), "YubiKey serial 1, slot 9c, firmware 5.7.4, PIN once, touch always");
    assert_eq!(incoming[1].to_string(), "test: its owner says so, no evidence");
    laid.carry_out(&NAMES[..3]);
    laid.close();
    Replay::run(laid.path()).unwrap();
    let files = laid.open().transcript().unwrap().entries()[0].files.clone();
    let evidence = format!("keys/{}/attestation.pem", key("@alice").fingerprint());
    assert_eq!(files[&evidence], hash(&laid.get(&evidence)), "the transcript binds the evidence");
    assert_eq!(files.keys().filter(|name| name.starts_with("roots/")).count(), 1, "and the pinned root");
}

#[test]
fn k8_evidence_for_another_key_stops_the_ceremony() {
    let maker = Maker::yubikeys();
    let other = crate::maker::key();
    let table = table(&maker, Some(&maker.evidence(&piv("9c", [5, 7, 4], 1, [2, 2]), &other)));
    let (alice, other) = (key("@alice").fingerprint(), crate::maker::public(&other).fingerprint());
    assert_eq!(
        text(drafts(&table)),
        format!(
            "the draft breaks a rule: @alice: expected a statement about the key {alice}, found one about {other} \
             (AT4)"
        )
    );
}

#[test]
fn k8_a_lie_about_the_online_key_stops_the_ceremony_too() {
    let maker = Maker::yubikeys();
    let mut table = table(&maker, Some(&evidence(&maker, &piv("9c", [5, 7, 4], 1, [2, 2]))));
    let lie = maker.evidence(&piv("9a", [5, 7, 4], 2, [1, 1]), &crate::maker::key());
    let record = table.invite(URI).answer(&key(URI), token(), Some(&lie)).unwrap();
    let folder = KeyFolder::new(&record, Some(&lie)).unwrap();
    table.files.extend(folder.files());
    table.plan.online.as_mut().unwrap().enrolment = hash(&folder.bytes);
    let refused = text(drafts(&table));
    assert!(refused.contains("expected a statement about the key") && refused.ends_with("(AT4)"), "{refused}");
}

#[test]
fn k8_a_maker_the_plan_does_not_pin_proves_nothing() {
    let mut table = attested([5, 7, 4], "9c", [2, 2]);
    table.plan.attestation = None;
    let refused = drafts(&table).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the draft breaks a rule: @alice: expected a chain to a pinned root of the maker, found one that ends at CN=Test \
         PIV Root (AT2)"
    );
    let CeremonyError::Rules(findings) = refused else { panic!("{refused}") };
    assert_eq!(findings[0].fix, "enrol the key again on the device that holds it");
}

#[test]
fn k8_at1_a_plan_may_demand_evidence_of_everyone() {
    let mut table = attested([5, 7, 4], "9c", [2, 2]);
    table.plan.attestation.as_mut().unwrap().require = true;
    let CeremonyError::Rules(findings) = drafts(&table).unwrap_err() else { panic!() };
    let places: Vec<&str> = findings.iter().map(|f| f.place.as_str()).collect();
    assert_eq!(places, &NAMES[1..], "every one of them, at once");
    assert_eq!(
        (findings[0].rule, findings[0].message.as_str()),
        ("AT1", "expected evidence that a device made the key, found none (test)")
    );
}

#[test]
fn k9_a_weak_firmware_needs_a_reason_in_the_plan() {
    let mut table = attested([5, 2, 7], "9c", [3, 2]);
    assert_eq!(
        text(drafts(&table)),
        "the draft breaks a rule: @alice: expected firmware without YSA-2024-03 (ECDSA keys can be read out with the \
         device in hand; mended in 5.7.0), found YubiKey 5.2.7 (AT12)"
    );
    let reason = "replaced at the next ceremony".to_owned();
    table.plan.waivers.push(Waiver { rule: "AT12".into(), reason: reason.clone() });
    let (laid, warnings) = drafts(&table).unwrap();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("AT12 @alice: ") && warnings[0].ends_with(&format!("[{reason}]")), "{warnings:?}");
    let transcript = laid.open().transcript().unwrap();
    let Action::Draft { waived, .. } = &transcript.entries()[0].action else { panic!() };
    assert_eq!(waived, &["AT12: replaced at the next ceremony", "K5: a test of something else"]);
    laid.carry_out(&NAMES[..3]);
    laid.close();
    Replay::run(laid.path()).unwrap();
}

#[test]
fn k9_no_plan_is_needed_to_refuse_a_weak_firmware() {
    let maker = Maker::of(piv_device([5, 2, 7]));
    let folder = table(&maker, Some(&evidence(&maker, &piv("9c", [5, 2, 7], 1, [2, 2]))));
    let laid = folder.lay();
    let ceremony = laid.open();
    let incoming = ceremony.incoming().unwrap();
    let findings = tuffet_ceremony::judge(&incoming, None).unwrap();
    let rules: Vec<_> = findings.iter().map(|f| (f.rule, f.severity)).collect();
    assert_eq!(rules, [("AT12", tuffet_builder::Severity::Error)]);
}

#[test]
fn k8_without_wishes_in_the_plan_slot_and_touch_are_a_warning() {
    let maker = Maker::yubikeys();
    let laid = table(&maker, Some(&evidence(&maker, &piv("9a", [5, 7, 4], 1, [1, 1])))).lay();
    let incoming = laid.open().incoming().unwrap();
    let findings = |wanted: Option<&PlannedAttestation>| {
        let findings = tuffet_ceremony::judge(&incoming, wanted).unwrap();
        findings.iter().map(|f| (f.rule, f.severity)).collect::<Vec<_>>()
    };
    use tuffet_builder::Severity::{Error, Warning};
    assert_eq!(findings(None), [("AT7", Warning), ("AT8", Warning), ("AT9", Warning)]);
    assert_eq!(findings(Some(&PlannedAttestation::default())), [("AT7", Error), ("AT8", Error), ("AT9", Error)]);
    let lenient = PlannedAttestation {
        slots: Some(vec!["9a".into()]),
        pin: Some("never".into()),
        touch: Some("never".into()),
        ..PlannedAttestation::default()
    };
    assert_eq!(findings(Some(&lenient)), []);
}

#[test]
fn k5_two_people_with_one_device_are_refused() {
    let maker = Maker::yubikeys();
    let mut table = table(&maker, Some(&evidence(&maker, &piv("9c", [5, 7, 4], 7, [2, 2]))));
    // @bob's key, in another slot of the same YubiKey.
    let bob = crate::people::Key::p256(2);
    let pem = pem::parse(bob.public_key().to_pem()).unwrap();
    let statement = maker.about_point(&piv("82", [5, 7, 4], 7, [2, 2]), &pem.contents()[pem.contents().len() - 65..]);
    let record = table.invite("@bob").answer(&bob, token(), Some(&statement)).unwrap();
    let folder = KeyFolder::new(&record, Some(&statement)).unwrap();
    table.files.extend(folder.files());
    table.plan.people[1].key = bob.fingerprint();
    table.plan.people[1].enrolment = hash(&folder.bytes);
    table.plan.attestation.as_mut().unwrap().slots = Some(vec![]);
    assert_eq!(
        text(drafts(&table)),
        "the draft breaks a rule: @bob: expected a device of their own, found the YubiKey of @alice (AT10)"
    );
}

#[test]
fn k5_a_proved_device_that_another_station_names_too_is_refused() {
    // @alice's evidence proves serial 7; @bob holds another slot of it through PKCS#11, which has no evidence.
    let maker = Maker::yubikeys();
    let mut table = table(&maker, Some(&evidence(&maker, &piv("9c", [5, 7, 4], 7, [2, 2]))));
    let stated = tuffet_ceremony::TokenStatement { serial: Some("00000007".into()), ..token() };
    let record = table.invite("@bob").answer(&key("@bob"), stated, None).unwrap();
    table.plan.people[1].enrolment = table.keep(&record).1;
    assert_eq!(
        text(drafts(&table)),
        "the draft breaks a rule: @bob: expected a token of their own, found the test of @alice (AT10)"
    );
}

#[test]
fn k8_evidence_that_was_exchanged_taken_away_or_added_is_refused() {
    let (laid, _) = drafts(&attested([5, 7, 4], "9c", [2, 2])).unwrap();
    let file = format!("keys/{}/attestation.pem", key("@alice").fingerprint());
    let good = laid.get(&file);
    let forged = evidence(&Maker::yubikeys(), &piv("9c", [5, 7, 4], 2, [2, 2])).to_pem().into_bytes();
    laid.put(&file, &forged);
    let swapped =
        format!("{file}: evidence: expected {} as the record says, found {} (K10)", hash(&good), hash(&forged));
    for refused in [text(laid.open().payloads()), text(laid.open().status()), text(laid.open().incoming())] {
        assert_eq!(refused, swapped);
    }
    std::fs::remove_file(laid.path().join(&file)).unwrap();
    assert_eq!(
        text(laid.open().payloads()),
        format!("{file}: evidence: expected {} as the record says, found none (K10)", hash(&good))
    );
    laid.put(&file, &good);
    laid.open().payloads().unwrap();
    let bob = format!("keys/{}/attestation.pem", key("@bob").fingerprint());
    laid.put(&bob, &good);
    assert_eq!(
        text(laid.open().payloads()),
        format!("{bob}: evidence: expected none as the record says, found {} (K10)", hash(&good))
    );
}

#[test]
fn k8_a_pinned_root_is_the_one_the_plan_names() {
    let (laid, _) = drafts(&attested([5, 7, 4], "9c", [2, 2])).unwrap();
    let pinned = laid.open().plan().attestation.clone().unwrap().roots[0].clone();
    let file = format!("roots/{pinned}.pem");
    let other = Maker::yubikeys().root.certificate.pem().into_bytes();
    laid.put(&file, &other);
    assert_eq!(text(laid.open().payloads()), format!("{file}: expected SHA-256 {pinned}, found {} (K8)", hash(&other)));
}

#[test]
fn k8_a_ceremony_without_evidence_is_what_it_was() {
    let laid = drafted();
    let proved: Vec<Proved> = laid.open().incoming().unwrap().into_iter().map(|key| key.proved).collect();
    assert_eq!(proved, vec![Proved::Nothing; 6]);
}

#[test]
fn k1_wishes_that_cannot_be_read_are_refused() {
    let refused = |attestation: &str| {
        let laid = Table::initial().lay();
        laid.edit("plan.toml", "[[people]]", &format!("[attestation]\n{attestation}\n\n[[people]]"));
        text(tuffet_ceremony::Ceremony::open(laid.path()))
    };
    for (line, message) in [
        ("slots = [\"9C\"]", "attestation.slots: expected two digits of lower-case hex each, found `9C` (K1)"),
        ("pin = \"sometimes\"", "attestation.pin: expected `never`, `once` or `always`, found `sometimes` (K1)"),
        ("touch = \"\"", "attestation.touch: expected `never`, `cached` or `always`, found `` (K1)"),
        ("yubikey = \"5.7\"", "attestation.yubikey: expected a firmware version such as `5.7.4`, found `5.7` (K1)"),
        ("roots = [\"x\"]", "attestation.roots: expected 64 characters of lower-case hex, found `x` (K1)"),
    ] {
        assert_eq!(refused(line), format!("plan.toml: {message}"));
    }
    assert!(refused("firmware = \"5.7.4\"").contains("unknown field `firmware`"));
}

#[test]
fn k8_a_folder_of_keys_is_read_as_it_was_written() {
    let maker = Maker::yubikeys();
    let evidence = evidence(&maker, &piv("9c", [5, 7, 4], 1, [2, 2]));
    let record = Table::initial().invite("@alice").answer(&key("@alice"), token(), Some(&evidence)).unwrap();
    let folder = KeyFolder::new(&record, Some(&evidence)).unwrap();
    let keys = tempfile::tempdir().unwrap();
    let written = folder.write(keys.path()).unwrap();
    assert_eq!(KeyFolder::find(keys.path()).unwrap(), std::slice::from_ref(&written));
    assert_eq!(KeyFolder::find(&written).unwrap(), std::slice::from_ref(&written));
    assert_eq!(KeyFolder::read(&written).unwrap(), folder);
    assert_eq!(
        text(folder.write(keys.path())),
        format!(
            "{}: expected no such file, found one: it is never overwritten",
            written.join("enrolment.json").display()
        )
    );
    let pem = std::fs::read_to_string(written.join("attestation.pem")).unwrap();
    std::fs::write(written.join("attestation.pem"), pem.replace('\n', "\r\n")).unwrap();
    assert!(text(KeyFolder::read(&written)).contains("evidence: expected"), "another file than the record names");
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(
        text(KeyFolder::find(empty.path())),
        format!("{}: expected a folder `<fingerprint>` with `enrolment.json`, found none", empty.path().display())
    );
    let _: PublicKey = folder.public;
}

#[test]
fn k5_two_people_whose_stations_name_one_token_are_refused() {
    let mut table = Table::initial();
    let stated = |serial: &str| tuffet_ceremony::TokenStatement { serial: Some(serial.into()), ..token() };
    for (index, serial) in [(1, "0a1b"), (2, "0a1b"), (3, "2c3d")] {
        let name = NAMES[index];
        let record = table.invite(name).answer(&key(name), stated(serial), None).unwrap();
        table.plan.people[index].enrolment = table.keep(&record).1;
    }
    assert_eq!(
        text(drafts(&table)),
        "the draft breaks a rule: @carol: expected a token of their own, found the test of @bob (AT10)"
    );
    table.plan.waivers.push(Waiver { rule: "AT10".into(), reason: "a partitioned HSM with two operators".into() });
    assert_eq!(drafts(&table).unwrap().1.len(), 1);
}
