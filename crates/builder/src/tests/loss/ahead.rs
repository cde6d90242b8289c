//! Time travel: the dates of the files, with a machine that runs and without, with people absent and windows in targets.

use super::*;

fn show(event: &Event, from: DateTime<Utc>) -> String {
    let kind = match &event.kind {
        EventKind::Due { left, planned } => format!("due, {} days left, planned {planned}", left.num_days()),
        EventKind::Expires => "expires".to_owned(),
        EventKind::WindowEnds => format!("{} ends", event.subject.as_deref().unwrap()),
    };
    let by = if event.signed_by == SignedBy::Machine { "machine" } else { "people" };
    let waits =
        event.waits_until.map(|until| format!(", waits until {}", until.format("%Y-%m-%d"))).unwrap_or_default();
    format!("{} {}: {} v{} {kind}, by {by}{waits}", event.days_from(from), event.role, event.file, event.version)
}

fn shown(ahead: &Ahead) -> Vec<String> {
    ahead.events.iter().map(|event| show(event, ahead.at)).collect()
}

#[test]
fn r18_the_dates_of_every_file_in_order() {
    let found = ahead(&sigstore().observed(true), &Situation::default(), &[], at(CEREMONY)).unwrap();
    assert_eq!(
        shown(&found),
        [
            "2 timestamp: timestamp.json v1 due, 4 days left, planned true, by machine",
            "6 timestamp: timestamp.json v1 expires, by machine",
            "121 root: 1.root.json v1 due, 60 days left, planned true, by people",
            "181 root: 1.root.json v1 expires, by people",
            "197 targets: targets.json v1 due, 14 days left, planned false, by people",
            "197 registry: registry.json v1 due, 14 days left, planned false, by people",
            "211 targets: targets.json v1 expires, by people",
            "211 registry: registry.json v1 expires, by people",
            "3317 snapshot: snapshot.json v1 expires, by machine",
        ]
    );
    assert_eq!(show(found.stops(false).unwrap(), found.at), shown(&found)[1]);
    assert_eq!(show(found.stops(true).unwrap(), found.at), shown(&found)[3]);
    assert_eq!(found.within(182).count(), 4);
    let names: Vec<String> = found.events.iter().map(Event::name).collect();
    assert_eq!((names[0].as_str(), names[1].as_str()), ("due timestamp", "expires timestamp"));
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "each name once");
    assert_eq!(ahead(&Observed::default(), &Situation::default(), &[], at(CEREMONY)), None);
}

#[test]
fn r18_what_is_over_stays_in_the_list() {
    let found = ahead(&sigstore().observed(true), &Situation::default(), &[], at("2027-06-01T00:00:00Z")).unwrap();
    assert_eq!(shown(&found)[3], "0 root: 1.root.json v1 expires, by people");
    assert_eq!(shown(&found)[1], "-175 timestamp: timestamp.json v1 expires, by machine");
    assert_eq!(found.events[3].days_from(at("2027-06-01T00:00:01Z")), -1, "a second late is late");
}

#[test]
fn k18_the_absent_are_missed_when_a_role_is_due() {
    let roster = sigstore().roster();
    let absent = places(&roster, &[1, 2, 3]).into_iter().map(|place| (place, at("2027-06-20T00:00:00Z")));
    let situation = Situation { absent: absent.collect(), ..Situation::default() };
    let found = ahead(&sigstore().observed(true), &situation, &[], at(CEREMONY)).unwrap();
    assert_eq!(
        shown(&found)[2..5],
        [
            "121 root: 1.root.json v1 due, 60 days left, planned true, by people, waits until 2027-06-20",
            "181 root: 1.root.json v1 expires, by people, waits until 2027-06-20",
            "197 targets: targets.json v1 due, 14 days left, planned false, by people, waits until 2027-06-20",
        ]
    );
    assert_eq!(found.events[6].waits_until, None, "they are back when targets expires");
}

#[test]
fn r1_whose_key_is_online_is_said_by_the_keys_and_by_the_role_where_none_says() {
    let mut keys = sigstore();
    keys.0[1].2 = vec![9];
    keys.0[2].2 = vec![9];
    let found = ahead(&keys.observed(true), &Situation::default(), &[], at(CEREMONY)).unwrap();
    let of = |role: RoleName| found.events.iter().find(|event| event.role == role).unwrap().signed_by;
    assert_eq!([RoleName::Timestamp, RoleName::Snapshot].map(of), [SignedBy::Machine; 2]);
    assert_eq!(of(RoleName::Targets), SignedBy::People);
    keys.0[4].2 = vec![6];
    let found = ahead(&keys.observed(true), &Situation::default(), &[], at(CEREMONY)).unwrap();
    let of = |role: RoleName| found.events.iter().find(|event| event.role == role).unwrap().signed_by;
    assert_eq!(of(RoleName::Delegated("registry".into())), SignedBy::Machine);
    assert_eq!(of(RoleName::Timestamp), SignedBy::People, "some keys say where they lie, and this one does not");
}

#[test]
fn t36_the_end_of_a_window_is_an_event_of_the_role_that_lists_the_target() {
    // A target that no role lists is nobody's.
    let window =
        |target: &str| Window { subject: "CA".into(), target: target.into(), ends: at("2027-01-01T00:00:00Z") };
    let found = ahead(&sigstore().observed(true), &Situation::default(), &[window("a")], at(CEREMONY)).unwrap();
    assert_eq!(found.events.len(), 9);
}
