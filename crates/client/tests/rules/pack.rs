//! Trust packs: verified like a repository, from what the caller trusts; strict to the byte.

use crate::simulator::{EXPIRES, Simulator, at, now};
use tuffet_client::{Floors, OpenedPack, PackError, PackLimits, PackSource, PackTrust, Policy, TrustPack};

fn repository() -> Simulator {
    let mut sim = Simulator::new();
    sim.publish_root();
    sim.publish_root();
    sim.publish();
    sim
}

fn pack(sim: &Simulator) -> TrustPack {
    let source = PackSource { metadata: &sim.served, targets: None };
    TrustPack::make(source, &sim.pin_v1(), &["trusted_root.json"], now(), &Policy::default()).unwrap()
}

fn open(pack: &TrustPack, trust: PackTrust<'_>, floors: Floors) -> Result<OpenedPack, PackError> {
    pack.open(trust, floors, now(), &Policy::default())
}

fn read(bytes: &[u8]) -> Result<TrustPack, PackError> {
    TrustPack::read(bytes, PackLimits::default())
}

#[test]
fn a_pack_holds_what_a_client_needs_and_nothing_else() {
    let sim = repository();
    let made = pack(&sim);
    let paths: Vec<&str> = made.paths().collect();
    let target = paths[6];
    assert!(target.starts_with("targets/") && target.ends_with(".trusted_root.json"), "{target}");
    assert_eq!(
        [&paths[..6], &paths[7..]].concat(),
        [
            "1.root.json",
            "2.root.json",
            "2.snapshot.json",
            "2.targets.json",
            "3.root.json",
            "root.json",
            "timestamp.json",
        ]
    );
    assert_eq!(made.floors(), Floors { root: 3, timestamp: 2, snapshot: 2, targets: 2 });
    assert_eq!(made.to_bytes(), pack(&sim).to_bytes(), "the same input gives the same bytes");
    let again = read(&made.to_bytes()).unwrap();
    assert_eq!(again, made);
    let mut opened = open(&again, PackTrust::Root(&sim.pin_v1()), Floors::default()).unwrap();
    assert_eq!(opened.trusted.root.common.version, 3);
    assert_eq!(opened.target_bytes("trusted_root.json").unwrap(), b"keys of the logs");
    let own = open(&again, PackTrust::Digest(made.sha256()), made.floors()).unwrap();
    assert_eq!(own.trusted.timestamp.common.version, 2);
}

#[test]
fn c2_a_pack_brings_no_trust_of_its_own() {
    let sim = repository();
    let made = pack(&sim);
    // Another organisation's root is not this pack's.
    let mut other = Simulator::new();
    other.keys.insert(tuffet_metadata::RoleName::Root, (vec![8, 9], 2));
    other.versions.insert(tuffet_metadata::RoleName::Root, 1);
    other.write_root();
    let foreign = other.write_root();
    let refused = open(&made, PackTrust::Root(&foreign), Floors::default()).unwrap_err();
    assert_eq!(refused.code(), "signature", "{refused}");
    let refused = open(&made, PackTrust::Digest(tuffet_keys::sha256(b"another")), Floors::default()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!("trust pack: expected SHA-256 {}, found {}", tuffet_keys::sha256(b"another"), made.sha256())
    );
}

#[test]
fn c17_a_pack_is_verified_at_the_time_stated() {
    let sim = repository();
    let made = pack(&sim);
    let refused =
        made.open(PackTrust::Root(&sim.pin_v1()), Floors::default(), at(EXPIRES), &Policy::default()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "trust pack: root v3: expired at 2027-01-01T00:00:00Z, and the update started at 2027-01-01T00:00:00Z (TUF \
         5.3.10)"
    );
    let hint = "the pack is too old, or does not belong to this root: make a new one where there is a network";
    assert_eq!((refused.code(), refused.hint()), ("freeze", Some(hint)));
}

#[test]
fn c24_a_pack_below_a_remembered_floor_is_refused() {
    let sim = repository();
    let made = pack(&sim);
    let Floors { root, timestamp, snapshot, targets } = made.floors();
    for (floors, role) in [
        (Floors { root: root + 1, ..Floors::default() }, "root"),
        (Floors { timestamp: timestamp + 1, ..Floors::default() }, "timestamp"),
        (Floors { snapshot: snapshot + 1, ..Floors::default() }, "snapshot"),
        (Floors { targets: targets + 1, ..Floors::default() }, "targets"),
    ] {
        let refused = open(&made, PackTrust::Root(&sim.pin_v1()), floors).unwrap_err();
        let found = if role == "root" { 3 } else { 2 };
        assert_eq!(
            refused.to_string(),
            format!(
                "trust pack: {role}: expected version {} or later, which this caller has seen, found {found}",
                found + 1
            )
        );
        assert_eq!(refused.code(), "rollback");
    }
}

#[test]
fn every_flipped_byte_of_a_pack_is_refused_or_changes_nothing_and_every_cut_is_refused() {
    let sim = repository();
    let made = pack(&sim);
    let (bytes, floors, pin) = (made.to_bytes(), made.floors(), sim.pin_v1());
    for at in (0..bytes.len()).step_by(7) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x20;
        // What is taken all the same trusts no other thing: another name for a file makes it missing at most.
        if let Ok(mut opened) = read(&flipped).and_then(|pack| open(&pack, PackTrust::Root(&pin), floors)) {
            assert_eq!(Floors::of(&opened.trusted), floors, "byte {at}");
            let target = opened.target_bytes("trusted_root.json");
            assert!(target.is_err() || target.unwrap() == b"keys of the logs", "byte {at}");
            let flipped = read(&flipped).unwrap();
            assert!(open(&flipped, PackTrust::Digest(made.sha256()), floors).is_err(), "byte {at}");
        }
        assert!(read(&bytes[..at]).is_err(), "cut at {at}");
    }
    let long = [bytes.as_slice(), &[0; 512]].concat();
    assert_eq!(read(&long).unwrap_err().to_string(), "trust pack: expected nothing after its end, found 512 bytes");
}

/// The archive's members: header and padded content.
fn members(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut out, mut rest) = (Vec::new(), bytes);
    while rest[0] != 0 {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[124..135]).unwrap(), 8).unwrap();
        let (member, after) = rest.split_at(512 + size.next_multiple_of(512));
        out.push(member.to_vec());
        rest = after;
    }
    out
}

#[test]
fn members_missing_repeated_unknown_or_out_of_order_are_refused() {
    let bytes = pack(&repository()).to_bytes();
    let whole = members(&bytes);
    let name = |member: &[u8]| String::from_utf8_lossy(&member[..64]).into_owned();
    let join = |members: Vec<Vec<u8>>| [members.concat(), vec![0; 1024]].concat();
    assert_eq!(join(whole.clone()), bytes);
    let (first, second) = (name(&whole[1]), name(&whole[2]));
    let mut missing = whole.clone();
    missing.remove(1);
    let mut repeated = whole.clone();
    repeated.insert(1, whole[1].clone());
    let mut swapped = whole.clone();
    swapped.swap(1, 2);
    let last = name(whole.last().unwrap());
    let mut unknown = whole.clone();
    unknown.push(whole[1].clone());
    let mut short = whole.clone();
    short.pop();
    let headless = whole[1..].to_vec();
    for (members, text) in [
        (missing, format!("expected member `{first}`, found `{second}`")),
        (repeated, format!("expected member `{second}`, found `{first}`")),
        (swapped, format!("expected member `{first}`, found `{second}`")),
        (unknown, format!("expected member the end, found `{first}`")),
        (short, format!("expected member `{last}`, found the end")),
        (headless, format!("expected member `manifest.json`, found `{first}`")),
        (vec![], "expected member `manifest.json`, found nothing".to_owned()),
    ] {
        assert_eq!(read(&join(members)).unwrap_err().to_string(), format!("trust pack: {text}"));
    }
}

#[test]
fn content_that_is_not_what_its_name_says_is_refused() {
    let bytes = pack(&repository()).to_bytes();
    let whole = members(&bytes);
    let at = whole[0].len() + 512;
    let mut other = bytes.clone();
    other[at] ^= 1;
    let expected = String::from_utf8_lossy(&whole[1][..64]).into_owned();
    let refused = read(&other).unwrap_err();
    let text = format!("trust pack: member `{expected}`: expected this SHA-256, found ");
    assert!(refused.to_string().starts_with(&text), "{refused}");
    assert_eq!(refused.code(), "trust-pack");
}

#[test]
fn a_manifest_has_one_form() {
    let bytes = pack(&repository()).to_bytes();
    let at = |needle: &[u8]| bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    for (from, to, text) in [
        ("tuffet-trust-pack-v1", "tuffet-trust-pack-v2", {
            "schema: expected `tuffet-trust-pack-v1`, found `tuffet-trust-pack-v2`"
        }),
        ("timestamp.json\": {", "../estamp.json\": {", "`../estamp.json`: expected names, found `.` or `..`"),
        ("  \"root\": 3", "  \"root\":  3", "expected its one form: sorted members, none unknown, one space a level"),
        ("\"root\": 3", "\"rook\": 3", "expected a member `root`, found none"),
    ] {
        let mut forged = bytes.clone();
        let place = at(from.as_bytes());
        if from.len() == to.len() {
            forged[place..place + to.len()].copy_from_slice(to.as_bytes());
        } else {
            // One byte more in the manifest, one less of its padding.
            forged.splice(place..place + from.len(), to.bytes());
            let end = place + forged[place..].iter().position(|byte| *byte == 0).unwrap();
            forged.remove(end);
            let size = usize::from_str_radix(std::str::from_utf8(&forged[124..135]).unwrap(), 8).unwrap();
            forged[124..135].copy_from_slice(format!("{:011o}", size + 1).as_bytes());
            forged[148..156].copy_from_slice(b"        ");
            let sum: u32 = forged[..512].iter().map(|byte| u32::from(*byte)).sum();
            forged[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
        assert_eq!(read(&forged).unwrap_err().to_string(), format!("trust pack: manifest.json: {text}"));
    }
}

#[test]
fn a_pack_over_the_limits_is_refused_before_it_is_looked_at() {
    let bytes = pack(&repository()).to_bytes();
    let length = bytes.len() as u64;
    let refused = TrustPack::read(&bytes, PackLimits { bytes: length - 1, ..PackLimits::default() }).unwrap_err();
    assert_eq!(refused.to_string(), format!("trust pack: expected at most {} bytes, found {length}", length - 1));
    let refused = TrustPack::read(&bytes, PackLimits { files: 7, ..PackLimits::default() }).unwrap_err();
    assert_eq!(refused.to_string(), "trust pack: expected at most 7 files, found 8");
}
