//! The loop around the rounds: when it looks, what it tells, how it ends, and what others see of it.

use crate::site::online;
use crate::world::{World, day};
use chrono::{DateTime, Duration, Utc};
use tuffet_client::Rhythm;
use tuffet_repository::{OnlineEvent, OnlineRoles, OnlineState, RepositoryError, Round, run_online};

const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

/// Time that goes by as it is waited for, until an end.
struct Scripted {
    now: DateTime<Utc>,
    end: DateTime<Utc>,
    waits: Vec<u64>,
}

impl Scripted {
    fn new(days: i64) -> Self {
        Self { now: day(0), end: day(days), waits: Vec::new() }
    }
}

impl Rhythm for Scripted {
    fn now(&mut self) -> DateTime<Utc> {
        self.now
    }
    fn wait(&mut self, wait: std::time::Duration) -> bool {
        self.waits.push(wait.as_secs());
        self.now += Duration::from_std(wait).unwrap();
        self.now < self.end
    }
    /// Always the longest wait.
    fn jitter(&mut self) -> u32 {
        u32::MAX
    }
}

#[test]
fn it_looks_each_hour_signs_each_day_and_ends_when_told() {
    let world = World::at(day(0), 400);
    let (repository, key) = (world.calm(), online());
    let mut rhythm = Scripted::new(30);
    let mut signed = 0;
    let last = run_online(
        &mut rhythm,
        HOUR,
        |now| OnlineRoles::default().round(&repository, &key, now),
        |_, event| signed += u64::from(matches!(event, OnlineEvent::Went(Round::Signed(..)))),
    );
    // Each 23 hours, as what will be due within the hour is due; and each week a snapshot, with a timestamp before its day.
    assert_eq!((last.rounds.signed, signed), (34, 34));
    assert_eq!(last.rounds.failed + last.rounds.by_another, 0);
    assert!(rhythm.waits.iter().all(|wait| (1800..=3600).contains(wait)), "{:?}", rhythm.waits);
    assert_eq!(rhythm.now, day(30));
}

#[test]
fn what_fails_is_tried_again_later_and_later_and_somebody_is_woken_in_time() {
    let world = World::at(day(0), 400);
    let (repository, key) = (world.calm(), online());
    let mut rhythm = Scripted::new(9);
    let mut alarms: Vec<DateTime<Utc>> = Vec::new();
    let last = run_online(
        &mut rhythm,
        HOUR,
        |now| {
            // The key service is away from the second day on, for five days.
            if (day(2)..day(6)).contains(&now) {
                return Err(RepositoryError::NothingPublished);
            }
            OnlineRoles::default().round(&repository, &key, now)
        },
        |state, event| {
            if let OnlineEvent::Alarm(_) = event {
                alarms.push(state.last_round.unwrap());
            }
        },
    );
    let failing: Vec<u64> = rhythm.waits.iter().copied().filter(|wait| ![3600, 1800].contains(wait)).collect();
    assert_eq!(failing[..7], [30, 60, 120, 240, 480, 960, 1920], "{failing:?}");
    // Signed last after 1.9 days, for seven: three days before that ends.
    let first = *alarms.first().unwrap();
    assert!(first >= day(5) && first < day(6), "{first}");
    assert!(*alarms.last().unwrap() < day(6), "the alarm ended with the outage");
    assert_eq!(last.failures_in_a_row, 0);
    assert_eq!(world.client().read(day(9)).unwrap()[2], 1 + last.rounds.signed);
}

#[test]
fn others_see_whether_it_lives_and_whether_it_works() {
    let world = World::at(day(0), 400);
    let key = online();
    let mut state = OnlineState::starting(day(1), HOUR);
    assert!(state.is_alive(day(1)));
    assert_eq!(state.is_ready(day(1)), Err("no round has ended yet".to_owned()));
    state.failed("the store is away", day(1));
    assert_eq!(state.is_ready(day(1)), Err("the store is away".to_owned()));
    state.went(&OnlineRoles::default().round(&world.calm(), &key, day(1)).unwrap(), day(1));
    assert_eq!(state.is_ready(day(1)), Ok(()));
    // One failure wakes nobody; days of them do, and a round that never ends.
    state.failed("the key service is away", day(1) + Duration::hours(1));
    assert_eq!(state.is_ready(day(1) + Duration::hours(1)), Ok(()));
    state.failed("the key service is away", day(5));
    assert_eq!(state.is_ready(day(5)), Err("the key service is away".to_owned()));
    assert!(state.is_alive(day(5) + Duration::hours(2)));
    assert!(!state.is_alive(day(5) + Duration::hours(3)));
    assert_eq!(state.is_ready(day(5) + Duration::hours(3)), Err("no round has ended for too long".to_owned()));
}
