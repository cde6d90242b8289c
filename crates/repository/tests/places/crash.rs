//! A publisher that is gone at any write (R10, X19).

use crate::site::first;
use crate::witness::{Crash, History, Witness, nothing_was_written_over};
use crate::world::{Tree, Versions, fill, publish, resign, seen, the_second, trees};
use std::sync::Mutex;
use tuffet_repository::{Place, Receipt, Repository, RepositoryError};

/// What was tried.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Writes of the publications, one after the other.
    pub(crate) writes: usize,
    /// Runs that broke off.
    pub(crate) crashes: usize,
    /// Refreshes of clients in between.
    pub(crate) refreshes: usize,
}

type Run<'a> = dyn Fn(&dyn Place) -> Result<Receipt, RepositoryError> + 'a;

/// One publication: from which files, and what clients see before (`None`: no repository) and after.
struct Step<'a> {
    tree: Tree,
    before: Option<Versions>,
    after: Versions,
    run: Box<Run<'a>>,
}

fn steps() -> Vec<Step<'static>> {
    let [one, two] = trees();
    let second = the_second(&one);
    vec![
        Step {
            tree: Tree::new(),
            before: None,
            after: [1, 1, 1, 1],
            run: Box::new(|place| publish(&Repository::at(place), first())),
        },
        Step {
            tree: one,
            before: Some([1, 1, 1, 1]),
            after: [2, 2, 2, 2],
            run: Box::new(move |place| publish(&Repository::at(place), second.clone())),
        },
        Step {
            tree: two,
            before: Some([2, 2, 2, 2]),
            after: [2, 2, 3, 3],
            run: Box::new(|place| resign(&Repository::at(place), 1)),
        },
    ]
}

/// A first publication, one with a new root, and one of the online roles, each broken off before and after each of its
/// writes, while a client refreshes after each.
pub(crate) fn crash_everywhere<P: Place>(fresh: impl Fn() -> P) -> Figures {
    let mut figures = Figures::default();
    for step in steps() {
        let dry = Witness::over(fresh(), History::default());
        fill(&dry.inner, &step.tree);
        (step.run)(&dry).unwrap();
        assert_eq!(seen(&dry.inner), step.after);
        figures.writes += dry.writes();
        for write in 1..=dry.writes() {
            for crash in [Crash::Before(write), Crash::After(write)] {
                figures.crashes += 1;
                figures.refreshes += once(&step, &fresh(), crash);
            }
        }
    }
    figures
}

fn once<P: Place>(step: &Step<'_>, place: &P, crash: Crash) -> usize {
    let history = History::default();
    // What is there counts as written.
    fill(&Witness::over(place, history.clone()), &step.tree);
    let (refreshes, before, after) = (Mutex::new(0), step.before, step.after);
    let look = || {
        if place.read("timestamp.json").unwrap().is_some() {
            *refreshes.lock().unwrap() += 1;
            let now = seen(place);
            // A root is followed as soon as it is there.
            let old = before.map(|before| [after[0], before[1], before[2], before[3]]);
            assert!([before, old, Some(after)].contains(&Some(now)), "{now:?} at {crash:?}");
        }
    };
    let gone = (step.run)(&Witness::over(place, history.clone()).crashing(crash).looking(look));
    assert!(gone.is_err(), "{crash:?}");
    look();
    let finished = place.read("timestamp.json").unwrap().is_some() && seen(place)[1..] == step.after[1..];
    if !finished {
        (step.run)(&Witness::over(place, history.clone()).looking(look)).unwrap();
    }
    assert_eq!(seen(place), step.after, "{crash:?}");
    nothing_was_written_over(&history);
    refreshes.into_inner().unwrap()
}
