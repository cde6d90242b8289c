//! A thousand days: three services, ceremonies between them, a store and a key service that fail, processes that are killed,
//! clocks that disagree. No client ever meets an expired or a broken repository.

use crate::faulty::{Chance, Odds};
use crate::world::{CALM, Reader, Service, World, day, version};
use chrono::{DateTime, Duration, Utc};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tuffet_repository::{OnlineRoles, OnlineState, Round, Rounds};

const DAYS: i64 = 1000;
const EVERY: std::time::Duration = std::time::Duration::from_secs(8 * 3600);
const TROUBLE: Odds = Odds { fault: 150, kill: 40, visit: 40 };

/// One service on one machine.
struct Machine {
    state: OnlineState,
    chance: Chance,
    skew: Duration,
    dead: Arc<AtomicBool>,
    wakes: DateTime<Utc>,
    total: Rounds,
    restarts: u32,
    alarms: u32,
}

impl Machine {
    fn new(number: u32) -> Self {
        // One clock is right, one ten minutes late, one ten minutes early.
        let skew = Duration::minutes(10 * (i64::from(number) - 1));
        Self {
            state: OnlineState::starting(day(0), EVERY),
            chance: Chance::new(u64::from(number) + 100),
            skew,
            dead: Arc::default(),
            wakes: day(0) + Duration::minutes(i64::from(number)),
            total: Rounds::default(),
            restarts: 0,
            alarms: 0,
        }
    }

    fn wake(&mut self, world: &World, weather: Weather, readers: &Arc<Mutex<Readers>>) {
        let now = self.wakes;
        if self.dead.swap(false, Ordering::Relaxed) {
            self.restarts += 1;
            self.state = OnlineState::starting(now, EVERY);
        }
        let odds = if weather.store_is_down { Odds { fault: 1, ..CALM } } else { TROUBLE };
        let (seed, other) = (self.chance.next(), self.chance.next());
        let (visited, others, readers) = (world.clone(), Service::up(), Arc::clone(readers));
        let repository = world.through_visited(seed, odds, &self.dead, move || {
            // Between two calls of this round another machine does a whole one, or a client comes.
            if other.is_multiple_of(2) && !weather.keys_are_down {
                let _ = OnlineRoles::default().round(&visited.calm(), &others, now);
            }
            readers.lock().unwrap().read(now);
        });
        let signer = Service::which_is(weather.keys_are_down);
        let clock = now + self.skew;
        match OnlineRoles::default().round(&repository, &signer, clock) {
            Ok(round) => {
                match round {
                    Round::NotDue(_) => self.total.not_due += 1,
                    Round::Signed(..) => self.total.signed += 1,
                    Round::ByAnother(_) => self.total.by_another += 1,
                }
                self.state.went(&round, clock);
            }
            Err(error) => {
                self.total.failed += 1;
                self.state.failed(&error.to_string(), clock);
            }
        }
        self.alarms += u32::from(self.state.alarms(clock));
        // As the rhythm spreads waits: between half and all of it.
        let wait = Duration::from_std(self.state.next_wait(clock)).unwrap().num_seconds();
        self.wakes = now + Duration::seconds(wait - i64::try_from(self.chance.below(wait as u64 / 2 + 1)).unwrap());
    }
}

/// What is down at a time.
#[derive(Clone, Copy)]
struct Weather {
    store_is_down: bool,
    keys_are_down: bool,
}

/// Outages, each up to two days long: about one a month of the store, and of the key service.
fn outages(seed: u64) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut chance = Chance::new(seed);
    let hour = |hours: u64| Duration::hours(i64::try_from(hours).unwrap());
    let mut begins = day(5);
    let mut out = Vec::new();
    while begins < day(DAYS) {
        out.push((begins, begins + hour(1 + chance.below(48))));
        begins += hour(24 * 10 + chance.below(24 * 40));
    }
    out
}

struct Readers {
    old: Reader,
    world: World,
    last: u64,
    reads: u64,
}

impl Readers {
    fn read(&mut self, now: DateTime<Utc>) {
        let [.., timestamp] =
            self.old.read(now).unwrap_or_else(|error| panic!("{now}: a client that knows it: {error}"));
        assert!(timestamp >= self.last, "{now}: back from {} to {timestamp}", self.last);
        self.last = timestamp;
        self.reads += 1;
        if self.reads.is_multiple_of(50) {
            self.world.client().read(now).unwrap_or_else(|error| panic!("{now}: a client that starts: {error}"));
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of the run")]
fn a_thousand_days_with_faults_no_lapse_and_no_version_twice() {
    let world = World::at(day(0), 200);
    let readers = Readers { old: world.client(), world: world.clone(), last: 0, reads: 0 };
    let readers = Arc::new(Mutex::new(readers));
    let mut machines = [0, 1, 2].map(Machine::new);
    let (stores, keys) = (outages(1), outages(2));
    let (mut ceremony, mut waiting, mut tried) = (1, None, 0_u32);
    let mut visit = day(0);
    loop {
        let machine = machines.iter_mut().min_by_key(|machine| machine.wakes).unwrap();
        let now = machine.wakes;
        if now >= day(DAYS) {
            break;
        }
        let within = |windows: &[(DateTime<Utc>, DateTime<Utc>)]| windows.iter().any(|(a, b)| (*a..*b).contains(&now));
        let weather = Weather { store_is_down: within(&stores), keys_are_down: within(&keys) };
        while visit <= now {
            readers.lock().unwrap().read(visit);
            visit += Duration::hours(4);
        }
        // Every 120 days people renew what holds for 200.
        if waiting.is_none() && now >= day(120 * i64::from(ceremony)) {
            waiting = Some(world.ceremony(ceremony, now + Duration::days(200)));
        }
        if let Some(signed) = waiting.clone().filter(|_| !weather.store_is_down) {
            let dead = Arc::default();
            let publisher = world.through(machine.chance.next(), Odds { visit: 0, ..TROUBLE }, &dead);
            tried += 1;
            if world.publish(&publisher, &signed, now).is_ok() || world.is_published(&signed) {
                (waiting, ceremony) = (None, ceremony + 1);
            }
        }
        machine.wake(&world, weather, &readers);
    }
    world.nothing_was_reused();
    let history = world.history.lock().unwrap();
    let sum = |of: fn(&Machine) -> u64| machines.iter().map(of).sum::<u64>();
    let signed = sum(|m| m.total.signed);
    println!(
        "{DAYS} days: {} rounds, {signed} signed, {} by another, {} failed; {} restarts after a kill; {} timestamps, {} snapshots, \
         {} ceremonies in {tried} tries; {} faults, {} kills, {} lost races; {} reads by clients; {} alarms",
        sum(|m| m.total.not_due) + signed + sum(|m| m.total.by_another) + sum(|m| m.total.failed),
        sum(|m| m.total.by_another),
        sum(|m| m.total.failed),
        sum(|m| m.restarts.into()),
        history.timestamps.len(),
        history.contents.keys().filter(|file| file.ends_with(".snapshot.json")).count(),
        ceremony - 1,
        history.faults,
        history.kills,
        history.lost_races,
        readers.lock().unwrap().reads,
        sum(|m| m.alarms.into()),
    );
    assert_eq!(ceremony, 9);
    // Signed when due and not much more often: a service that signs at each look would fill the store.
    assert!((900..1400).contains(&history.timestamps.len()), "{}", history.timestamps.len());
    assert!(history.faults > 500 && history.kills > 20 && history.lost_races > 5, "the faults did not happen");
    assert_eq!(version(history.timestamps.last().unwrap()), history.timestamps.len() as u64);
}
