//! W1 to W14: what somebody sees from the outside, beside other URLs and beside yesterday.

use super::*;
use crate::outside::{Alarm, Answer, Answers, OutsideMemory, Sighting, Symptom, Thresholds, View, horizon, judge};
use chrono::Duration;

const MAIN: &str = "https://a.example/";
const MIRROR: &str = "https://b.example/";

fn sighting(url: &str, seen: Observed) -> Sighting {
    let view = View { seen, ..View::default() };
    Sighting { url: url.to_owned(), is_mirror: url == MIRROR, found: Ok(view) }
}

fn both(main: Observed, mirror: Observed) -> Vec<Sighting> {
    vec![sighting(MAIN, main), sighting(MIRROR, mirror)]
}

fn fresh() -> OutsideMemory {
    OutsideMemory::new(&world().files()["1.root.json"])
}

fn shown(alarms: &[Alarm]) -> Vec<String> {
    let show = |a: &Alarm| format!("{:?} {} {} {}: {}", a.level, a.symptom.id, a.url, a.subject, a.message);
    alarms.iter().map(show).collect()
}

fn at_ceremony(sightings: &[Sighting], memory: &OutsideMemory) -> Vec<String> {
    shown(&judge(sightings, memory, &Thresholds::default(), at(CEREMONY)))
}

fn remembered(sightings: &[Sighting]) -> OutsideMemory {
    let mut memory = fresh();
    memory.remember(sightings, &[], at(CEREMONY));
    memory
}

fn sha(bytes: &[u8]) -> String {
    sha256(bytes).to_string()
}

#[test]
fn a_good_repository_and_its_mirror_give_no_alarm_and_the_memory_is_read_back() {
    let sightings = both(world().publish(), world().publish());
    let memory = remembered(&sightings);
    assert_eq!(at_ceremony(&sightings, &memory), [""; 0]);
    let pin = &world().files()["1.root.json"];
    assert_eq!(OutsideMemory::from_json(&memory.to_json(), pin).unwrap(), memory);
    let numbers: Vec<String> = (1..=Symptom::all().len()).map(|n| format!("W{n}")).collect();
    assert_eq!(Symptom::all().iter().map(|symptom| symptom.id).collect::<Vec<_>>(), numbers);
}

#[test]
fn w1_every_url_answers() {
    let gone = |url: &str| Sighting { found: Err("no route".into()), ..sighting(url, Observed::default()) };
    let found = at_ceremony(&[gone(MAIN), gone(MIRROR)], &fresh());
    assert_eq!(
        found,
        [
            "Critical W1 https://a.example/ : expected an answer: no route",
            "Warning W1 https://b.example/ : expected an answer: no route",
        ]
    );
}

#[test]
fn w2_a_client_accepts_what_is_served() {
    let refused = Observed { refused: Some("timestamp: too few".into()), ..world().publish() };
    let found = at_ceremony(&[sighting(MAIN, refused.clone())], &fresh());
    let text = "expected what clients accept, found: timestamp: too few";
    assert_eq!(found, [format!("Critical W2 {MAIN} : {text}")]);
    // An expiry is told by W3, once; of a mirror nothing else tells it.
    let expired = |url| {
        let view = View { seen: refused.clone(), is_expired: true, ..View::default() };
        Sighting { found: Ok(view), ..sighting(url, Observed::default()) }
    };
    let found = at_ceremony(&[expired(MAIN), expired(MIRROR)], &fresh());
    assert_eq!(found, [format!("Critical W2 {MIRROR} : {text}")]);
}

#[test]
fn w3_each_roles_expiry_is_seen_coming() {
    let sightings = [sighting(MAIN, world().publish())];
    let when = |text: &str, thresholds: Thresholds| shown(&judge(&sightings, &fresh(), &thresholds, at(text)));
    let found = when("2026-12-07T00:00:00Z", Thresholds::default());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with(
            "Warning W3 https://a.example/ timestamp: expected timestamp v7 to be signed anew by 2026-12-06T12:00:00Z, \
             found it expires 2026-12-08T12:00:00Z, in 1 day; needs 1 of "
        ),
        "{found:?}"
    );
    let found = when("2026-12-08T12:00:00Z", Thresholds::default());
    let text = "expected timestamp v7 to be in force, found it expired 2026-12-08T12:00:00Z";
    assert_eq!(found, [format!("Critical W3 {MAIN} timestamp: {text}")]);
    // As told: everything within a year is critical.
    let year = Thresholds { warning: None, critical: Some(Duration::days(365)) };
    let found = when(CEREMONY, year);
    assert_eq!(found.iter().filter(|line| line.starts_with("Critical W3 ")).count(), 4, "{found:?}");
    // People are asked by the period their role is due in, and by two weeks where none is written.
    let rows = horizon(&world().publish(), &Thresholds::default(), at(CEREMONY));
    let row = |name: &str| rows.iter().find(|row| row.role.as_str() == name).unwrap();
    assert_eq!(row("targets").warning_from, at("2027-06-17T00:00:00Z"));
    assert_eq!(row("targets").critical_from, at("2027-06-24T00:00:00Z"));
    assert_eq!(rows[0].role.as_str(), "timestamp");
    assert!(row("root").who().starts_with(&format!("{} of @", row("root").threshold)), "{}", row("root").who());
}

#[test]
fn w4_a_mirror_has_a_day_to_follow() {
    let mut newer = world();
    newer.timestamp.insert("version".into(), 8u64.into());
    let sightings = both(newer.publish(), world().publish());
    let text = "expected timestamp v8, which https://a.example/ has, found v7";
    assert_eq!(at_ceremony(&sightings, &fresh()), [format!("Note W4 {MIRROR} timestamp: {text}")]);
    let memory = remembered(&sightings);
    let later = judge(&sightings, &memory, &Thresholds::default(), at(CEREMONY) + Duration::hours(25));
    let text = "expected timestamp v8, which https://a.example/ has for 25 h, found v7";
    assert_eq!(shown(&later), [format!("Warning W4 {MIRROR} timestamp: {text}")]);
    // The repository itself behind its mirror: a cache before it.
    let sightings = both(world().publish(), newer.publish());
    let memory = remembered(&sightings);
    let later = judge(&sightings, &memory, &Thresholds::default(), at(CEREMONY) + Duration::hours(25));
    assert_eq!(later[0].level, crate::outside::Level::Critical, "{later:?}");
}

#[test]
fn w5_a_version_has_one_content_everywhere() {
    let mut other = world();
    other.target("b", b"more");
    let (here, there) = (world().files(), other.files());
    let found = at_ceremony(&both(world().publish(), other.publish()), &fresh());
    let text = |role: &str, name: &str, file: &str| {
        format!(
            "Critical W5 {MIRROR} {name}: expected {role} as at {MAIN}, SHA-256 {}, found {}",
            sha(&here[file]),
            sha(&there[file])
        )
    };
    assert_eq!(
        found,
        [
            text("timestamp v7", "7.timestamp.json", "timestamp.json"),
            text("snapshot v6", "6.snapshot.json", "6.snapshot.json"),
            text("targets v5", "5.targets.json", "5.targets.json"),
        ]
    );
    let spaced = world().publish_with(|files| files.get_mut("2.root.json").unwrap().push(b'\n'));
    let found = at_ceremony(&both(world().publish(), spaced), &fresh());
    assert!(found[0].starts_with("Warning W5 ") && found[0].contains("found the same content in other bytes"));
}

#[test]
fn w6_a_version_keeps_its_bytes() {
    let memory = remembered(&[sighting(MAIN, world().publish())]);
    let mut other = world();
    other.timestamp.insert("expires".into(), "2026-12-09T12:00:00Z".into());
    let found = at_ceremony(&[sighting(MAIN, other.publish())], &memory);
    let text = format!(
        "Critical W6 {MAIN} 7.timestamp.json: expected timestamp v7 as it was before, SHA-256 {}, found {}",
        sha(&world().files()["timestamp.json"]),
        sha(&other.files()["timestamp.json"])
    );
    assert_eq!(found, [text]);
}

#[test]
fn w7_no_version_goes_down_and_nothing_leaves_the_snapshot() {
    let mut newer = world();
    newer.entries.push(("rekor.json", 3));
    newer.timestamp.insert("version".into(), 9u64.into());
    newer.snapshot.insert("version".into(), 8u64.into());
    let memory = remembered(&[sighting(MAIN, newer.publish())]);
    let found = at_ceremony(&[sighting(MAIN, world().publish())], &memory);
    let text = |role: &str, floor: u64, found: u64| {
        format!("Critical W7 {MAIN} {role}: expected {role} v{floor} or later, as it was here before, found v{found}")
    };
    let gone =
        format!("Critical W7 {MAIN} rekor.json: expected rekor.json to stay listed in the snapshot, found no entry");
    assert_eq!(found, [text("snapshot.json", 8, 6), text("timestamp.json", 9, 7), gone]);
    // Another URL's floors are its own: there it is behind (W4), not rolled back.
    let found = at_ceremony(&both(newer.publish(), world().publish()), &memory);
    assert!(found.iter().all(|line| line.starts_with("Note W4 ")), "{found:?}");
    // What clients refuse raises no floor.
    let refused = Observed { refused: Some("no".into()), ..newer.publish() };
    assert_eq!(at_ceremony(&[sighting(MAIN, world().publish())], &remembered(&[sighting(MAIN, refused)])), [""; 0]);
}

#[test]
fn w8_two_valid_roots_of_one_version_are_their_own_alarm() {
    let mut fork = world();
    fork.newest().insert("expires".into(), "2027-05-01T00:00:00Z".into());
    let (here, there) = (sha(&world().files()["2.root.json"]), sha(&fork.files()["2.root.json"]));
    let found = at_ceremony(&both(world().publish(), fork.publish()), &fresh());
    let text = |from: &str| {
        format!("2.root.json: expected root v2 {from}, SHA-256 {here}, found another with enough signatures, {there}")
    };
    assert_eq!(found, [format!("Critical W8 {MIRROR} {}", text(&format!("as at {MAIN}")))]);
    let memory = remembered(&[sighting(MAIN, world().publish())]);
    let found = at_ceremony(&[sighting(MAIN, fork.publish())], &memory);
    assert_eq!(found, [format!("Critical W8 {MAIN} {}", text("as it was before"))]);
    // The pinned root counts as well.
    let pinned = Observed { pinned: Some(world().files()["2.root.json"].clone()), ..fork.publish() };
    assert_eq!(
        at_ceremony(&[sighting(MAIN, pinned)], &fresh()),
        [format!("Critical W8 {MAIN} {}", text("as it is pinned"))]
    );
    // Without enough signatures it is other bytes, and no second root.
    let seen = world().publish_with(|files| {
        files.insert("2.root.json".into(), signed_by(&fork.roots[1], &[(keyid("@alice", 1), 1)]));
    });
    let found = at_ceremony(&both(world().publish(), seen), &fresh());
    assert!(found[0].starts_with("Critical W5 https://b.example/ 2.root.json: "), "{found:?}");
}

#[test]
fn w9_every_metadata_file_that_is_asked_for_is_there() {
    let seen = world().publish_with(|files| {
        files.remove("5.targets.json");
        files.insert("6.snapshot.json".into(), files["6.snapshot.json"].clone());
    });
    let text = "expected 5.targets.json, which 6.snapshot.json asks for, found none";
    assert_eq!(at_ceremony(&[sighting(MAIN, seen)], &fresh()), [format!("Critical W9 {MAIN} 5.targets.json: {text}")]);
    let seen = world().publish_with(|files| drop(files.insert("timestamp.json".into(), b"<html>".to_vec())));
    let found = at_ceremony(&[sighting(MAIN, seen)], &fresh());
    assert!(
        found[0].starts_with("Critical W9 https://a.example/ timestamp.json: expected metadata, found: "),
        "{found:?}"
    );
}

#[test]
fn w10_w11_every_target_lies_under_each_hash_as_listed() {
    let name = format!("{}.a", sha(b"content"));
    let with = |change: &dyn Fn(&mut View)| {
        let mut view = View { seen: world().publish(), ..View::default() };
        change(&mut view);
        at_ceremony(&[Sighting { found: Ok(view), ..sighting(MAIN, Observed::default()) }], &fresh())
    };
    let no_file = |view: &mut View| {
        view.seen.served.as_mut().unwrap().remove(&name);
    };
    let line = |id: &str, text: String| [format!("Critical {id} {MAIN} {name}: {text}")];
    assert_eq!(with(&no_file), line("W10", format!("expected target `a` in {name}, found no such file")));
    let unreached = |view: &mut View| drop(view.unreached.insert(name.clone(), "status 500".into()));
    assert_eq!(with(&unreached), line("W10", format!("expected target file {name}: status 500")));
    for (content, what) in [(&b"CONTENT"[..], "7 bytes with other hashes"), (b"cut", "3 bytes")] {
        let other = |view: &mut View| {
            view.seen.served.as_mut().unwrap().insert(name.clone(), Served::of(content));
        };
        let text = format!("expected target `a` as listed, 7 bytes, found {what} in {name}");
        assert_eq!(with(&other), line("W11", text));
    }
    let asked = |length: u64| {
        with(&|view: &mut View| {
            view.seen.served.as_mut().unwrap().remove(&name);
            view.lengths.insert(name.clone(), length);
        })
    };
    assert_eq!(asked(8), line("W11", format!("expected 7 bytes in {name}, found 8 announced")));
    assert_eq!(asked(7), [""; 0]);
    // Where nobody looked, nothing is said.
    assert_eq!(with(&|view| view.seen.served = None), [""; 0]);
}

fn answered(timestamp: (Option<u64>, Option<&str>), absent: (u16, Option<&str>), when: &str) -> Vec<String> {
    let (age, cache_control) = timestamp;
    let answers = Answers {
        timestamp: Answer { status: 200, age, cache_control: cache_control.map(str::to_owned) },
        next_root: "3.root.json".into(),
        absent: Answer { status: absent.0, age: None, cache_control: absent.1.map(str::to_owned) },
    };
    let view = View { seen: world().publish(), answers: Some(answers), ..View::default() };
    let sightings = [Sighting { found: Ok(view), ..sighting(MAIN, Observed::default()) }];
    let found = shown(&judge(&sightings, &fresh(), &Thresholds::default(), at(when)));
    found.into_iter().filter(|line| !line.contains(" W3 ")).collect()
}

const SHORT: (Option<u64>, Option<&str>) = (None, Some("max-age=60"));

#[test]
fn w12_a_server_says_404_for_what_is_not_there() {
    for (status, found) in [
        (404, None),
        (410, None),
        (403, Some("Warning: 403: 403, which strict readers take for a failure and not for an absence")),
        (200, Some("Critical: 200: a page with a status of success, which clients read as a root and refuse")),
        (302, Some("Warning: 302: a redirect, whose end clients may refuse to follow")),
        (503, Some("Critical: 503: a server's failure: no client ends its search for newer roots")),
        (429, Some("Critical: 429: another status: no client ends its search for newer roots")),
    ] {
        let expected = found.map(|text| {
            let (level, text) = text.split_once(": ").unwrap();
            format!(
                "{level} W12 {MAIN} next root: expected status 404 for 3.root.json, which is not there, found {text}"
            )
        });
        assert_eq!(answered(SHORT, (status, None), CEREMONY), expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn w13_caches_hold_the_timestamp_for_minutes() {
    let with =
        |age: Option<u64>, cache_control: Option<&str>, when: &str| answered((age, cache_control), (404, None), when);
    let line = |level: &str, text: &str| [format!("{level} W13 {MAIN} timestamp: {text}")];
    let text = "expected Cache-Control for timestamp.json, found none: each cache keeps it as long as it likes";
    assert_eq!(with(None, None, CEREMONY), line("Note", text));
    let text = "expected at most 3600 s for timestamp.json in caches, found 86400 s allowed";
    assert_eq!(with(None, Some("public, max-age=5, S-MaxAge=86400"), CEREMONY), line("Warning", text));
    let text = "expected caches to drop timestamp.json before it expires, in 43200 s, found 86400 s allowed";
    assert_eq!(with(None, Some("max-age=86400"), "2026-12-08T00:00:00Z"), line("Critical", text));
    let text = "expected timestamp v7 from a cache for at most 60 s, found it 90 s old there";
    assert_eq!(with(Some(90), Some("max-age=60"), CEREMONY), line("Warning", text));
    // Yesterday's, out of a cache, when today's is due.
    let found = with(Some(90_000), Some("max-age=100, no-cache"), "2026-12-07T00:00:00Z");
    let text = "expected a timestamp that is not overdue, found v7, 90000 s old in a cache";
    assert_eq!(found[..1], line("Critical", text));
    assert_eq!(with(Some(5), Some("max-age=60"), CEREMONY), [""; 0]);
}

#[test]
fn w14_caches_hold_an_absence_for_minutes() {
    let text = "expected the answer for 3.root.json to be kept for at most 3600 s, found 86400 s: a new root stays \
                hidden as long";
    let found = answered(SHORT, (404, Some("max-age=86400")), CEREMONY);
    assert_eq!(found, [format!("Warning W14 {MAIN} next root: {text}")]);
}

#[test]
fn a_memory_that_is_none_is_refused_and_so_is_another_repositorys() {
    let pin = &world().files()["1.root.json"];
    let good = String::from_utf8(remembered(&[sighting(MAIN, world().publish())]).to_json()).unwrap();
    let refused = |text: String| OutsideMemory::from_json(text.as_bytes(), pin).unwrap_err().to_string();
    assert_eq!(refused("{".into()), "expected strict JSON, found another");
    let changed = |from: &str, to: &str| refused(good.replacen(from, to, 1));
    assert_eq!(changed("memory-v1", "memory-v2"), "expected schema tuffet-outside-memory-v1, found another");
    let members = "expected a memory with the members schema, pinned_root_sha256, files, urls, told, found another";
    assert_eq!(changed("\"told\"", "\"tolled\""), members);
    assert_eq!(changed("\"told\":", "\"more\": 1, \"told\":"), members);
    assert_eq!(
        changed("\"1.root.json\"", "\"root.json\""),
        "expected names of files that begin with a version, found another"
    );
    let of = "expected a file with the members sha256, signed_sha256, first_seen, found another";
    assert_eq!(changed("first_seen", "last_seen"), of);
    let other = OutsideMemory::from_json(good.as_bytes(), b"another").unwrap_err().to_string();
    let text = format!("expected the memory of the pinned root {}, found that of {}", sha(b"another"), sha(pin));
    assert_eq!(other, text);
    for cut in 0..good.len() - 2 {
        assert!(OutsideMemory::from_json(&good.as_bytes()[..cut], pin).is_err(), "{cut} bytes");
    }
}

#[test]
fn an_alarm_is_told_once_and_settled_when_it_ends() {
    let refused = Observed { refused: Some("no".into()), ..world().publish() };
    let sightings = [sighting(MAIN, refused)];
    let mut memory = fresh();
    let alarms = judge(&sightings, &memory, &Thresholds::default(), at(CEREMONY));
    assert!(!memory.was_told(&alarms[0]));
    let before = memory.clone();
    memory.remember(&sightings, &alarms, at(CEREMONY));
    assert!(memory.was_told(&alarms[0]) && memory.settled(&alarms).is_empty());
    assert_eq!(memory.settled(&[]), [format!("W2 {MAIN} ")]);
    memory.tell_again(&before);
    assert!(!memory.was_told(&alarms[0]));
}

#[test]
fn the_digests_of_old_timestamps_are_forgotten_and_those_of_roots_are_not() {
    let mut memory = fresh();
    for version in 1..=130_u64 {
        let mut day = world();
        day.timestamp.insert("version".into(), version.into());
        memory.remember(&[sighting(MAIN, day.publish())], &[], at(CEREMONY));
    }
    let text = String::from_utf8(memory.to_json()).unwrap();
    assert!(text.contains("\"31.timestamp.json\"") && !text.contains("\"30.timestamp.json\""));
    assert!(text.contains("\"1.root.json\"") && text.contains("\"2.root.json\""));
}
