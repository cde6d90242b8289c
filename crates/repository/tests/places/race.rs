//! Two publishers at one place (X20).

use crate::site::first;
use crate::witness::{History, Witness, nothing_was_written_over};
use crate::world::{anew, publish, resign, seen};
use std::sync::Barrier;
use tuffet_repository::{Place, Repository, RepositoryError};

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Rounds.
    pub(crate) rounds: usize,
    /// Rounds that each publisher won.
    pub(crate) won: [usize; 2],
    /// How the others lost, by what they were told.
    pub(crate) locked: usize,
    pub(crate) moved: usize,
    pub(crate) raced: usize,
}

/// In each round both stage over the same state, and publish at once.
pub(crate) fn race<P: Place>(ways: &[Witness<'_, P>; 2], rounds: usize, history: &History) -> Figures {
    publish(&Repository::at(&ways[0]), first()).unwrap();
    let mut figures = Figures { rounds, ..Figures::default() };
    for round in 0..rounds {
        let barrier = Barrier::new(2);
        let run = |number: usize| {
            let repository = Repository::at(&ways[number]);
            // A minute apart: each would take up what the other left; or days, and pass over it.
            let hours = i64::try_from(number).unwrap() * if round % 2 == 0 { 1 } else { 49 };
            let accepted = anew(&repository, hours).unwrap();
            barrier.wait();
            accepted.publish(&repository).map(|receipt| receipt.timestamp)
        };
        let results = std::thread::scope(|scope| {
            let other = scope.spawn(|| run(1));
            [run(0), other.join().unwrap()]
        });
        let before = u64::try_from(round).unwrap() * 2 + 1;
        let won = results.iter().position(Result::is_ok).expect("one wins");
        figures.won[won] += 1;
        match &results[1 - won] {
            Ok(_) => panic!("round {round}: both won"),
            Err(RepositoryError::Locked) => figures.locked += 1,
            Err(RepositoryError::Moved) => figures.moved += 1,
            Err(RepositoryError::Raced { .. }) => figures.raced += 1,
            Err(other) => panic!("round {round}: {other}"),
        }
        assert!(results[1 - won].as_ref().is_err_and(RepositoryError::is_race));
        assert_eq!(seen(&ways[won].inner)[3], before + 1, "round {round}");
        // Who lost does the same again.
        let again = resign(&Repository::at(&ways[1 - won]), 2).unwrap();
        assert_eq!((again.timestamp, seen(&ways[0].inner)[3]), (before + 2, before + 2));
    }
    nothing_was_written_over(history);
    assert_eq!(figures.won.iter().sum::<usize>(), figures.rounds);
    assert_eq!(figures.locked + figures.moved + figures.raced, figures.rounds);
    figures
}
