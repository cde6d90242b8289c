//! From a pinned root to a typed trust root, with a network and without.

use crate::simulator::{EXPIRES, Simulator, at, disk, now};
use tempfile::TempDir;
use tuffet_client::{TrustError, TrustStore};
use tuffet_metadata::RoleName;
use tuffet_trust_root::{Compose, LogKind, NewLog};

/// A trust root with one log for each year given: `(start, end)`.
pub(crate) fn trusted_root(logs: &[(&str, Option<&str>)]) -> Vec<u8> {
    let mut compose = Compose::new();
    for (n, (start, end)) in logs.iter().enumerate() {
        compose = compose
            .log(&NewLog {
                label: "log",
                kind: LogKind::RekorV2,
                pem: b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=\n\
                       -----END PUBLIC KEY-----\n",
                base_url: &format!("https://log{n}.example.org"),
                start: at(start),
                end: end.map(at),
            })
            .unwrap();
    }
    compose.finish().to_json().into_bytes()
}

pub(crate) fn repository(logs: &[(&str, Option<&str>)]) -> Simulator {
    let mut sim = Simulator::new();
    sim.targets.insert("trusted_root.json".into(), trusted_root(logs));
    sim.publish();
    sim
}

pub(crate) const OPEN: (&str, Option<&str>) = ("2026-01-01T00:00:00Z", None);

fn store(sim: &Simulator) -> TrustStore {
    TrustStore::over(Box::new(sim.served.clone()), sim.pin_v1())
}

#[test]
fn one_call_from_a_pin_to_the_logs_of_a_time() {
    let mut sim = repository(&[("2025-01-01T00:00:00Z", Some("2025-12-31T00:00:00Z")), OPEN]);
    sim.expires.insert(RoleName::Snapshot, "2026-07-01T00:00:00Z".into());
    sim.publish();
    let trust = store(&sim).refresh(now()).unwrap();
    let urls = |time| trust.logs_at(at(time)).iter().map(|log| log.base_url()).collect::<Vec<_>>();
    assert_eq!(urls("2025-06-01T00:00:00Z"), ["https://log0.example.org"]);
    assert_eq!(urls("2026-06-01T00:00:00Z"), ["https://log1.example.org"]);
    assert!(trust.authorities_at(now()).is_empty() && trust.ct_logs_at(now()).is_empty());
    assert!(trust.timestamp_authorities_at(now()).is_empty());
    assert_eq!(trust.first_to_expire(), (RoleName::Snapshot, at("2026-07-01T00:00:00Z")));
    assert_eq!((trust.findings().count(), trust.events().len()), (0, 0));
}

#[test]
fn tr6_an_entry_of_tomorrow_stops_no_client() {
    let mut sim = repository(&[OPEN, OPEN]);
    let text = String::from_utf8(trusted_root(&[OPEN, OPEN])).unwrap();
    let tomorrow = text.replacen("PKIX_ED25519", "PKIX_TOMORROW", 1);
    sim.targets.insert("trusted_root.json".into(), tomorrow.into_bytes());
    sim.publish();
    let trust = store(&sim).refresh(now()).unwrap();
    let urls: Vec<_> = trust.logs_at(now()).iter().map(|log| log.base_url()).collect();
    assert_eq!(urls, ["https://log1.example.org"]);
    let told: Vec<_> = trust.set_aside().iter().map(|aside| aside.reason().to_string()).collect();
    let expected =
        "tlogs[0].publicKey.keyDetails: expected one of the PublicKeyDetails names, found \"PKIX_TOMORROW\" (TR6)";
    assert_eq!(told, [expected]);
    // What is no fault of one entry stops it as before.
    sim.targets.insert("trusted_root.json".into(), text.replacen("baseUrl", "base_url", 1).into_bytes());
    sim.publish();
    let refused = store(&sim).refresh(now()).unwrap_err();
    assert!(matches!(refused, TrustError::Parse { .. }), "{refused}");
}

#[test]
fn c64_what_was_fetched_is_not_fetched_again_and_is_checked_again() {
    let sim = repository(&[OPEN]);
    let dir = TempDir::new().unwrap();
    for cached in [false, true] {
        let mut store = if cached { store(&sim).cache(dir.path()) } else { store(&sim) };
        store.refresh(now()).unwrap();
        sim.served.log();
        store.refresh(now()).unwrap();
        assert_eq!(sim.served.log(), ["2.root.json", "timestamp.json"]);
    }
    let place = dir.path().join(".tuffet/targets/trusted_root.json");
    std::fs::write(&place, "tampered").unwrap();
    let trust = store(&sim).cache(dir.path()).refresh(now()).unwrap();
    assert_eq!(trust.logs_at(now()).len(), 1);
    assert_eq!(std::fs::read(&place).unwrap(), trusted_root(&[OPEN]));
}

#[test]
fn offline_verifies_everything_again_at_the_time_stated_and_writes_nothing() {
    let sim = repository(&[OPEN]);
    let dir = TempDir::new().unwrap();
    store(&sim).cache(dir.path()).refresh(now()).unwrap();
    let before = disk(dir.path());
    sim.served.log();
    let offline = |time| store(&sim).cache(dir.path()).offline(time).map(|trust| trust.logs_at(now()).len());
    assert_eq!(offline(now()), Ok(1));
    let expired = offline(at(EXPIRES)).unwrap_err();
    assert_eq!(
        expired.to_string(),
        "root v1: expired at 2027-01-01T00:00:00Z, and the update started at 2027-01-01T00:00:00Z (TUF 5.3.10)"
    );
    assert_eq!((expired.code(), disk(dir.path())), ("freeze", before));

    for (file, code) in [
        (".tuffet/targets/trusted_root.json", "unreachable"),
        ("targets.json", "unreachable"),
        ("snapshot.json", "unreachable"),
        ("timestamp.json", "signature"),
    ] {
        let place = dir.path().join(file);
        let bytes = std::fs::read(&place).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        std::fs::write(&place, text.replace("2027", "2028").replace("log0", "log9")).unwrap();
        assert_eq!(offline(now()).unwrap_err().code(), code, "{file}");
        std::fs::write(&place, bytes).unwrap();
    }
    assert_eq!(sim.served.log(), Vec::<String>::new(), "no request");
    assert_eq!(offline(now()), Ok(1));
}

#[test]
fn offline_without_a_refresh_before_it_says_what_is_missing() {
    let sim = repository(&[OPEN]);
    let dir = TempDir::new().unwrap();
    let refused = store(&sim).cache(dir.path()).offline(now()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "cannot fetch timestamp: the cache {}: expected `timestamp.json` from an earlier refresh, found none",
            dir.path().display()
        )
    );
    assert_eq!(disk(dir.path()).len(), 0);
    let mut memory = store(&sim);
    assert_eq!(memory.offline(now()).unwrap_err().code(), "unreachable");
    memory.refresh(now()).unwrap();
    assert_eq!(memory.offline(now()).unwrap().logs_at(now()).len(), 1);
}

#[test]
fn a_target_that_is_no_trust_root_is_refused_by_name() {
    let mut sim = Simulator::new();
    sim.targets.insert("keys.json".into(), trusted_root(&[OPEN]));
    sim.publish();
    let refused = store(&sim).refresh(now()).unwrap_err();
    assert!(matches!(refused, TrustError::Parse { version: 2, .. }), "{refused}");
    assert!(refused.to_string().starts_with("target `trusted_root.json` of targets v2: "), "{refused}");
    assert_eq!((refused.code(), refused.hint()), ("trust-root", Some("is this the target that holds the trust root?")));
    assert_eq!(store(&sim).target("keys.json").refresh(now()).unwrap().logs_at(now()).len(), 1);
    assert_eq!(store(&sim).target("none").refresh(now()).unwrap_err().code(), "unknown-target");
}

#[test]
fn t32_a_store_that_lives_on_proves_its_roots_once_and_sees_those_of_others() {
    let mut sim = repository(&[OPEN]);
    sim.publish_root();
    let dir = TempDir::new().unwrap();
    let mut long_lived = store(&sim).cache(dir.path());
    long_lived.refresh(now()).unwrap();
    // Its chain goes. A new process can prove root 2 no more; this one has.
    std::fs::remove_dir_all(dir.path().join(".tuffet/roots")).unwrap();
    let trust = long_lived.refresh(now()).unwrap();
    assert_eq!((trust.refreshed().root.common.version, trust.events().len()), (2, 0));
    // Another process walks on, and then root 3 is withheld.
    sim.publish_root();
    store(&sim).cache(dir.path()).refresh(now()).unwrap();
    sim.served.remove("3.root.json");
    assert_eq!(long_lived.refresh(now()).unwrap().refreshed().root.common.version, 3);
}
