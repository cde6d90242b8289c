//! The simulated population of `examples/cost`, small: what must hold of it whatever the figures are; and the golden
//! repository's refreshes, measured.

#[path = "../examples/cost/measure.rs"]
mod measure;
#[path = "../examples/cost/population.rs"]
mod population;
#[path = "../examples/cost/server.rs"]
mod server;

use population::{Outcome, Size, Sizes, World};
use std::path::Path;

fn sizes() -> Sizes {
    let size = |down| Size { up: 100, down };
    Sizes {
        timestamp: size(1_000),
        unchanged: size(200),
        absent: size(150),
        snapshot: size(2_000),
        targets: size(5_000),
        target: size(9_000),
    }
}

fn world() -> World {
    World {
        clients: 2_000,
        seconds: 3 * 86_400,
        starts: 2.0,
        cached: 0.5,
        services: 0.1,
        interval: 3_600,
        pops: 10,
        period: 86_400,
        max_age: 600,
        absence: 60,
        seed: 7,
    }
}

fn run(change: impl FnOnce(&mut World)) -> (World, Outcome) {
    let mut world = world();
    change(&mut world);
    let outcome = world.run(&sizes());
    (world, outcome)
}

#[test]
fn the_same_seed_gives_the_same_figures_and_another_others() {
    let (_, one) = run(|_| ());
    assert_eq!(one, run(|_| ()).1);
    assert_ne!(one, run(|world| world.seed = 8).1);
}

#[test]
fn every_request_is_answered_by_an_edge_or_by_the_origin() {
    for change in [|_: &mut World| (), |world: &mut World| world.pops = 1, |world: &mut World| world.cached = 0.0] {
        let (_, outcome) = run(change);
        assert_eq!(outcome.requests, outcome.hits + outcome.origin);
        assert_eq!(outcome.bytes_up, 100 * outcome.requests);
        assert!(outcome.origin > 0 && outcome.hits > 0 && outcome.requests >= 2 * outcome.refreshes);
        assert!(outcome.peak >= outcome.requests as f64 / f64::from(3 * 86_400));
    }
}

#[test]
fn a_shorter_lifetime_asks_the_origin_more() {
    let lifetimes = [10, 60, 600, 3_600, 43_200];
    let outcomes = lifetimes.map(|max_age| run(|world| world.max_age = max_age).1);
    for (pair, lifetime) in outcomes.windows(2).zip(lifetimes) {
        assert!(pair[0].origin > pair[1].origin, "max-age {lifetime}");
        assert_eq!(pair[0].refreshes, pair[1].refreshes);
    }
    let absences = [1, 60, 3_600].map(|absence| run(|world| world.absence = absence).1.origin);
    assert!(absences[0] > absences[1] && absences[1] > absences[2], "{absences:?}");
}

#[test]
fn no_client_is_further_behind_than_the_lifetime_nor_older_than_it_and_the_period() {
    for (period, max_age) in [(86_400, 60), (86_400, 3_600), (7 * 86_400, 3_600), (86_400, 43_200)] {
        let (world, outcome) = run(|world| {
            (world.period, world.max_age) = (period, max_age);
            world.seconds = world.seconds.max(2 * period);
        });
        assert!(outcome.lag < world.max_age, "{period} {max_age}: {outcome:?}");
        assert!(outcome.age[2] < world.period + world.max_age, "{period} {max_age}: {outcome:?}");
        assert!(outcome.age[0] <= outcome.age[1] && outcome.age[1] <= outcome.age[2]);
    }
}

#[test]
fn caches_and_conditional_requests_save_bytes() {
    let bytes = |cached: f64| run(|world| world.cached = cached).1.bytes_down;
    assert!(bytes(1.0) < bytes(0.5) && bytes(0.5) < bytes(0.0));
    let (_, services) = run(|world| world.services = 1.0);
    assert!(services.not_modified > services.refreshes / 2, "{services:?}");
    assert_eq!(run(|world| world.services = 0.0).1.not_modified, 0);
}

#[test]
fn the_golden_repositorys_refreshes_are_as_few_as_they_can_be() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../repository");
    let at = tuffet_metadata::parse_time("2026-12-24T00:00:00Z").unwrap();
    let measured = measure::refreshes(&repository, None, at);
    let told: Vec<(&str, Vec<String>)> = measured
        .iter()
        .map(|one| {
            let show = |exchange: &server::Exchange| {
                let name = exchange.path.rsplit('/').next().unwrap();
                let name = if name.len() > 40 { &name[65..] } else { name };
                format!("{} {name}", exchange.status)
            };
            (one.name, one.exchanges.iter().map(show).collect())
        })
        .collect();
    let rest =
        ["404 3.root.json", "200 timestamp.json", "200 2.snapshot.json", "200 2.targets.json", "200 trusted_root.json"];
    let with =
        |before: &[&str], rest: &[&str]| [before, rest].concat().into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            ("first start, pinned root 1", with(&["200 2.root.json"], &rest)),
            ("first start or cache lost, newest root pinned", with(&[], &rest)),
            ("same process, nothing new", with(&[], &["404 3.root.json", "304 timestamp.json"])),
            ("next process with its cache, nothing new", with(&[], &rest[..2])),
            ("new timestamp and snapshot", with(&[], &rest[..3])),
            ("new root", with(&["200 2.root.json"], &rest[..2])),
        ]
    );
    // A 304 costs its head alone.
    assert!(measure::sizes(&measured).unchanged.down < 300);
    assert!(measured[0].total().down > measured[1].total().down);
}
