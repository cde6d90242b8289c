//! Away from four keys that one machine made and keeps: imported as it is, re-keyed once, and every old client follows.

use crate::scaffold::{TODAY, Variant};
use crate::{AT, flat, run, scaffold, services};
use std::fs;
use tempfile::TempDir;

/// A scaffolded repository in `tuf`, and its services beside it.
pub(crate) fn scaffolded(variant: Variant) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    services::write(scratch.path());
    write(&scratch, variant, &[]);
    scratch
}

fn write(scratch: &TempDir, variant: Variant, more: &[&str]) {
    let read = |name: &str| fs::read(scratch.path().join(name)).unwrap();
    let mut targets = vec![
        ("fulcio_v1.crt.pem", "Fulcio", read("anchor.pem")),
        ("ctfe.pub", "CTFE", read("ctfe.pub")),
        ("rekor.pub", "Rekor", read("rekor.pub")),
    ];
    targets.extend(more.iter().map(|name| (*name, "", read(name))));
    scaffold::write(&scratch.path().join("tuf"), variant, &targets);
}

/// Enrols three people and an online key for the ceremony, and takes the root key of go-tuf over.
const PEOPLE: &str = "
    cd w
    for who in alice bob carol online; do
        owner=@$who; [ $who != online ] || owner=file:online.pem
        tuffet plan invite --ceremony rekey --owner $owner --out ../$who.json
        tuffet key generate file:../$who.pem
        tuffet key enroll --key file:../$who.pem --invite ../$who.json --out ../$who
    done
    tuffet key import-go-tuf ../tuf/keys/root.json file:../old-root.pem";

const CEREMONY: &str = "
    cd w
    tuffet plan rekey rekey --date 2026-12-01T10:00:00Z --threshold 2 --approvals 0 --waive K5=test --allow-software-keys \
        --keyholder ../alice --keyholder ../bob --keyholder ../carol --online ../online --target ../trusted_root.json
    tuffet draft ceremony/rekey
    for who in old-root alice carol; do tuffet sign ceremony/rekey --key file:../$who.pem; done
    tuffet publish ceremony/rekey --online-key file:../online.pem";

const COMPOSE: &str = "
    mkdir legacy
    tuffet client init --cache first --root tuf/repository/root.json
    tuffet client download --cache first --url tuf/repository --out legacy rekor.pub
    tuffet client download --cache first --url tuf/repository --out legacy ctfe.pub
    tuffet client download --cache first --url tuf/repository --out legacy fulcio_v1.crt.pem
    tuffet trust-root compose --out trusted_root.json \
        --log kind=rekor-v1,key=legacy/rekor.pub,url=https://rekor.example.org,start=2026-06-01T00:00:00Z \
        --ca chain=legacy/fulcio_v1.crt.pem,uri=https://fulcio.example.org,start=2026-06-01T00:00:00Z \
        --ct key=legacy/ctfe.pub,url=https://ct.example.org,start=2026-06-01T00:00:00Z";

fn rekeyed(variant: Variant) -> TempDir {
    let scratch = scaffolded(variant);
    let at = scratch.path();
    run(at, AT, COMPOSE, 0);
    run(at, AT, "tuffet import tuf/repository w --root tuf/repository/root.json", 0);
    run(at, AT, PEOPLE, 0);
    run(at, AT, CEREMONY, 0);
    // Whoever pinned root 1, fresh or in use, follows; the keys are in trusted_root.json now, and old names still answer.
    let clients = "
        tuffet client init --cache fresh --root tuf/repository/root.json
        tuffet client download --cache fresh --url w/repository --out out rekor.pub
        tuffet trust-root fetch --cache first --url w/repository
        diff out/rekor.pub rekor.pub";
    let screen = flat(&run(at, AT, clients, 0));
    assert!(screen.contains("root 2 "), "{screen}");
    assert!(screen.contains("valid at 2026-12-01T10:00:00Z: 3 of 3 entries"), "{screen}");
    scratch
}

#[test]
fn a_repository_of_today_is_rekeyed_in_one_ceremony_and_old_clients_follow() {
    let scratch = rekeyed(TODAY);
    let root: serde_json::Value =
        serde_json::from_slice(&fs::read(scratch.path().join("w/repository/2.root.json")).unwrap()).unwrap();
    let roles = &root["signed"]["roles"];
    for (role, threshold, keys) in [("root", 2, 3), ("targets", 2, 3), ("snapshot", 1, 1), ("timestamp", 1, 1)] {
        assert_eq!(roles[role]["threshold"], threshold, "{role}");
        assert_eq!(roles[role]["keyids"].as_array().unwrap().len(), keys, "{role}");
    }
    assert_eq!(roles["snapshot"], roles["timestamp"]);
    assert_eq!(root["signed"]["keys"].as_object().unwrap().len(), 4, "none of the old keys stays");
    // What changed for the better is what `check` says no more.
    let check = |place: &str| flat(&run(scratch.path(), AT, &format!("tuffet check {place} || true"), 0));
    let (before, after) = (check("tuf/repository"), check("w/repository"));
    assert!(before.contains("warning L15 threshold-one: root:"), "{before}");
    assert!(before.contains("warning L15 threshold-one: targets:"), "{before}");
    assert!(after.contains("0 errors, 0 warnings"), "{after}");
}

#[test]
fn a_repository_of_before_2024_is_rekeyed_and_its_files_get_their_versions() {
    for variant in [
        Variant { consistent: false, ..TODAY },
        Variant { consistent: false, numbered_root: false, custom: false, ..TODAY },
    ] {
        let scratch = rekeyed(variant);
        let root: serde_json::Value =
            serde_json::from_slice(&fs::read(scratch.path().join("w/repository/2.root.json")).unwrap()).unwrap();
        assert_eq!(root["signed"]["consistent_snapshot"], true);
    }
}

#[test]
fn an_expired_one_and_one_with_a_date_of_its_zone_are_rekeyed_too() {
    for expires in ["2026-11-01T10:00:00Z", "2027-05-01T12:00:00+02:00"] {
        let scratch = scaffolded(Variant { expires, ..TODAY });
        let at = scratch.path();
        // Its clients cannot refresh any more, or never could: the files are read as they lie there.
        let services = "tuffet trust-root compose --out trusted_root.json \
            --log kind=rekor-v1,key=rekor.pub,url=https://rekor.example.org,start=2026-06-01T00:00:00Z";
        run(at, AT, services, 0);
        let screen = flat(&run(at, AT, "tuffet import tuf/repository w --root tuf/repository/root.json", 0));
        assert_eq!(screen.contains("expired at 2026-11-01T10:00:00Z"), expires.starts_with("2026"), "{screen}");
        run(at, AT, PEOPLE, 0);
        // tough writes a date anew before it checks a signature: it is told of, and keeps nobody from the next root.
        let told = run(at, AT, CEREMONY, 0);
        let client = "tuffet client init --cache c --root tuf/repository/root.json
            tuffet client refresh --cache c --url w/repository";
        assert!(flat(&run(at, AT, client, 0)).contains("root 2 "));
        let limited =
            told.contains("tuffet: warning: the second client (tough) starts from root v2; from v1 it says: ");
        assert_eq!(limited, expires.ends_with("+02:00"), "{told}");
    }
}

#[test]
fn a_person_who_has_a_key_already_is_not_rekeyed() {
    let scratch = rekeyed(TODAY);
    let again = "cd w
        tuffet plan invite --ceremony again --owner @alice --out ../a.json
        tuffet key generate file:../a.pem; tuffet key enroll --key file:../a.pem --invite ../a.json --out ../a
        tuffet plan rekey again --date 2026-12-01T10:00:00Z --threshold 1 --keyholder ../a --online ../online";
    let screen = run(scratch.path(), AT, again, 2);
    let expected = "tuffet: error: --keyholder: expected people whom root v2 does not name, found `@alice` (K1)\n\
                    tuffet: hint: where some keys stay, plan with `tuffet plan rotate`\n";
    assert!(screen.ends_with(expected), "{screen}");
}

#[test]
fn tr4_the_trust_root_that_the_job_wrote_is_replaced_for_a_reason() {
    let scratch = tempfile::tempdir().unwrap();
    services::write(scratch.path());
    let at = scratch.path();
    // As the job writes it: names within the cluster, valid from the moment it ran.
    let job = "tuffet trust-root compose --out trusted_root.json \
        --log kind=rekor-v1,key=rekor.pub,url=http://rekor.rekor-system.svc,start=2026-11-01T00:00:00Z \
        --ct key=ctfe.pub,url=http://ctlog.ctlog-system.svc,start=2026-11-01T00:00:00Z";
    run(at, AT, job, 0);
    write(&scratch, TODAY, &["trusted_root.json"]);
    fs::remove_file(at.join("trusted_root.json")).unwrap();
    run(at, AT, COMPOSE, 0);
    run(at, AT, "tuffet import tuf/repository w --root tuf/repository/root.json", 0);
    run(at, AT, PEOPLE, 0);
    let screen = flat(&run(at, AT, CEREMONY, 1));
    assert!(screen.contains("(TR4)") && !screen.contains("would sign"), "{screen}");
    fs::remove_dir_all(at.join("w/ceremony/rekey")).unwrap();
    let waived = CEREMONY.replace("--waive K5=test", "--waive K5=test --waive 'TR4=names within the cluster'");
    run(at, AT, &waived, 0);
    let screen = flat(&run(at, AT, "tuffet trust-root fetch --cache first --url w/repository", 0));
    assert!(screen.contains("https://rekor.example.org") && !screen.contains("rekor-system"), "{screen}");
}
