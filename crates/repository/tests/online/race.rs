//! X20: several services in one moment.

use crate::site::online;
use crate::world::{World, day};
use std::sync::Barrier;
use tuffet_repository::{OnlineRoles, Round};

#[test]
#[expect(clippy::print_stdout, reason = "the figures of the run")]
fn x20_of_services_that_act_at_once_one_signs_and_the_others_find_it_done() {
    let world = World::at(day(0), 400);
    let mut by_another = 0;
    for round in 1..=60 {
        let start = Barrier::new(4);
        let outcomes: Vec<Round> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let (repository, key) = (world.calm(), online());
                        start.wait();
                        OnlineRoles::default().round(&repository, &key, day(round)).unwrap()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let signed = outcomes.iter().filter(|outcome| matches!(outcome, Round::Signed(..))).count();
        assert_eq!(signed, 1, "day {round}: {outcomes:?}");
        by_another += outcomes.iter().filter(|outcome| matches!(outcome, Round::ByAnother(_))).count();
        let due = outcomes.iter().map(|outcome| outcome.agenda().due_from);
        assert!(due.into_iter().all(|due| due > day(round)), "day {round}");
    }
    world.nothing_was_reused();
    assert_eq!(world.history.lock().unwrap().timestamps.len(), 61);
    assert_eq!(world.client().read(day(60)).unwrap(), [1, 1, 61]);
    println!("60 races of 4: {by_another} lost at the last step, the others found it done");
}
