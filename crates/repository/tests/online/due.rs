//! What is due when, by a look at what is published.

use crate::site::{establish, online, signed_until, target};
use crate::world::{World, day, until};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;
use tuffet_builder::{Change, Periods};
use tuffet_metadata::RoleName;
use tuffet_repository::{Agenda, Due, OnlineRoles, Published, Repository, Round, Schedule, stage};

fn published() -> Published {
    World::at(day(0), 200).calm().published().unwrap().unwrap()
}

fn due(published: &Published, now: DateTime<Utc>) -> Due {
    Agenda::of(published, &Schedule::of(published.root()), now).due
}

#[test]
fn a_timestamp_of_seven_days_is_due_each_day_and_a_snapshot_of_three_weeks_each_week() {
    let published = published();
    assert_eq!(due(&published, day(0)), Due::Nothing);
    assert_eq!(due(&published, day(1) - Duration::minutes(61)), Due::Nothing);
    // A job that ran at ten past yesterday and runs at nine past today does not wait for tomorrow.
    assert_eq!(due(&published, day(1) - Duration::minutes(60)), Due::Timestamp);
    assert_eq!(due(&published, day(6)), Due::Timestamp);
    assert_eq!(due(&published, day(7)), Due::Both);
    assert_eq!(due(&published, day(40)), Due::Both);
    let agenda = Agenda::of(&published, &Schedule::of(published.root()), day(0));
    assert_eq!((agenda.due_from, agenda.timestamp_from, agenda.expires()), (day(1), day(1), day(7)));
}

#[test]
fn r19_the_alarm_rings_when_half_of_the_days_to_sign_in_have_gone() {
    let published = published();
    let agenda = Agenda::of(&published, &Schedule::of(published.root()), day(2));
    assert_eq!(agenda.alarm_from, day(4));
    assert!(!agenda.alarms(day(4) - Duration::seconds(1)));
    assert!(agenda.alarms(day(4)), "three days before clients fail");
}

#[test]
fn root_says_how_long_its_online_roles_live() {
    let periods = |role, expiry, signing| Change::SetPeriods { role, periods: Periods { expiry, signing } };
    let changes = [
        establish(),
        target("keys.json", b"{}"),
        periods(RoleName::Timestamp, 4, 2),
        periods(RoleName::Snapshot, 30, 10),
    ];
    let mut signed = signed_until(None, &changes, &["@alice", "@bob"], day(300));
    signed.files.insert("keys.json".into(), b"{}".to_vec());
    let repository = Repository::at(tuffet_repository::MemoryPlace::default());
    stage(None, signed, &online(), &until(day(0))).unwrap().verify(day(0)).unwrap().publish(&repository).unwrap();
    let published = repository.published().unwrap().unwrap();
    let schedule = Schedule::of(published.root());
    assert_eq!(schedule.timestamp, Periods { expiry: 4, signing: 2 });
    assert_eq!(schedule.snapshot, Periods { expiry: 30, signing: 10 });
    assert_eq!((due(&published, day(4)), due(&published, day(5))), (Due::Nothing, Due::Timestamp));
    let Round::Signed(agenda, _) = OnlineRoles::default().round(&repository, &online(), day(5)).unwrap() else {
        panic!("the timestamp was due")
    };
    assert_eq!((agenda.online[0].expires, agenda.online[1].expires), (day(21), day(9)));
    // Who gives days is not held to root's.
    let own = OnlineRoles { timestamp_days: Some(2), snapshot_days: Some(3), passed_over: BTreeSet::new() };
    let Round::Signed(agenda, receipt) = own.round(&repository, &online(), day(20)).unwrap() else {
        panic!("both were due")
    };
    assert_eq!((agenda.online[0].expires, agenda.online[1].expires), (day(23), day(22)));
    assert_eq!(receipt.files.len(), 2);
}

#[test]
fn a_timestamp_alone_leaves_the_snapshot_where_it_is() {
    let world = World::at(day(0), 200);
    let repository = world.calm();
    let Round::Signed(agenda, receipt) = OnlineRoles::default().round(&repository, &online(), day(1)).unwrap() else {
        panic!("the timestamp was due")
    };
    assert_eq!(receipt.files.keys().collect::<Vec<_>>(), ["timestamp.json"]);
    assert_eq!((receipt.snapshot, receipt.timestamp), (1, 2));
    assert_eq!((agenda.online[0].expires, agenda.online[1].expires), (day(21), day(8)));
    assert_eq!(world.client().read(day(7)).unwrap(), [1, 1, 2]);
    assert!(matches!(OnlineRoles::default().round(&repository, &online(), day(1)), Ok(Round::NotDue(_))));
}

#[test]
fn a_snapshot_is_due_before_a_timestamp_would_outlive_it() {
    let published = published();
    let short = Schedule { snapshot: Periods { expiry: 21, signing: 1 }, ..Schedule::of(published.root()) };
    let of = |now| Agenda::of(&published, &short, now).due;
    assert_eq!((of(day(13)), of(day(14))), (Due::Timestamp, Due::Both));
}

#[test]
fn lives_that_leave_no_day_to_sign_in_are_none() {
    let schedule = Schedule::of(published().root());
    for (snapshot, timestamp) in [(Some(0), None), (Some(1), None), (None, Some(0)), (None, Some(1))] {
        assert_eq!(schedule.lasting(snapshot, timestamp), None, "{snapshot:?} {timestamp:?}");
    }
    let shortest = schedule.lasting(Some(2), Some(2)).unwrap();
    assert_eq!((shortest.snapshot.signing, shortest.timestamp.signing), (1, 1));
    assert_eq!(schedule.lasting(Some(21), None).unwrap().snapshot, Periods { expiry: 21, signing: 14 });
}
