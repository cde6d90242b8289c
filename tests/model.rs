//! A model of the client workflow: a disk that keeps what was written when the power failed, an attacker who serves what he
//! likes and signs what he stole, a clock that moves on, and every order in which these can happen, up to a bound.
//!
//! Nothing of the verifier is modelled: what a client makes of a file is asked of the real `tuffet_verifier::Update`, over
//! bytes that were signed beforehand. Modelled are the disk and the order in which the client writes to it, which another
//! test compares with the real client's. A model that cannot fail shows nothing, so there are clients with one mistake
//! each, and the model must find every one of them.

#[path = "model/disk.rs"]
mod disk;
#[path = "model/files.rs"]
mod files;
#[path = "model/mistakes.rs"]
mod mistakes;
#[path = "model/order.rs"]
mod order;
#[path = "model/properties.rs"]
mod properties;
#[path = "model/run.rs"]
mod run;
#[path = "model/verdicts.rs"]
mod verdicts;

use disk::Disk;
use files::{Files, Thing};
use properties::Seen;
use run::Run;
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::sync::Arc;
use verdicts::Verdicts;

/// Everything there is at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    /// How many of the repository's publications have happened.
    published: u8,
    /// Which keys are stolen: none, the first timestamp key, that and the first snapshot key.
    stolen: u8,
    /// Whether the clock has passed the early expiries.
    is_late: bool,
    disk: Disk,
    run: Run,
    seen: Seen,
}

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// The repository goes on.
    Publish,
    /// The attacker gets one key more.
    Steal,
    /// Time passes.
    Tick,
    /// A refresh begins.
    Refresh,
    /// The client is brought this file, of those somebody can make.
    Serve(Thing),
    /// The file it asks for is said not to be there.
    Withhold,
    /// The next write reaches the disk.
    Write,
    /// The power fails. What has been written stays.
    Crash,
}

/// The client, with or without a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mistake {
    #[default]
    None,
    /// Roots are stored when the refresh is over.
    RootsLast,
    /// It is not noted under which keys timestamp and snapshot were accepted.
    KeysNotNoted,
    /// A snapshot that the timestamp no longer pins is no floor.
    ForgetsUnpinned,
    /// The timestamp is stored before it is noted, and what is remembered is not read.
    NoFloors,
    /// Whatever is remembered is deleted when any root comes.
    AlwaysPurges,
}

/// The model.
pub(crate) struct World {
    files: Arc<Files>,
    verdicts: Verdicts,
    mistake: Mistake,
}

impl World {
    pub(crate) fn new(mistake: Mistake) -> Self {
        let files = Arc::new(Files::new());
        Self { verdicts: Verdicts::new(Arc::clone(&files)), files, mistake }
    }
}

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let (disk, run, seen) = (Disk::default(), Run::Off, Seen::default());
        vec![State { published: 0, stolen: 0, is_late: false, disk, run, seen }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.seen.wrong.is_some() {
            return;
        }
        if state.published < files::PUBLICATIONS {
            actions.push(Action::Publish);
        }
        if state.stolen < files::KEYS_TO_STEAL {
            actions.push(Action::Steal);
        }
        if !state.is_late {
            actions.push(Action::Tick);
        }
        match &state.run {
            Run::Off => actions.push(Action::Refresh),
            Run::On(on) => {
                actions.push(Action::Crash);
                if !on.todo.is_empty() {
                    actions.push(Action::Write);
                } else {
                    actions.push(Action::Withhold);
                    let things = self.files.candidates(on).into_iter();
                    actions.extend(things.filter(|thing| self.files.exists(*thing, state)).map(Action::Serve));
                }
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut next = last.clone();
        match action {
            Action::Publish => next.published += 1,
            Action::Steal => next.stolen += 1,
            Action::Tick => next.is_late = true,
            Action::Refresh => next.run = Run::start(&next.disk, next.is_late),
            Action::Crash => next.run = Run::Off,
            Action::Write => run::write(&mut next, self),
            Action::Serve(thing) => run::take(&mut next, Some(thing), self),
            Action::Withhold => run::take(&mut next, None, self),
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}

/// Explores from the start, breadth first, until `states` were looked at or nothing is left.
fn explored(mistake: Mistake, states: usize) -> impl Checker<World> {
    let checker = World::new(mistake).checker().target_state_count(states);
    checker.finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join()
}

#[test]
#[expect(clippy::print_stdout, reason = "how much was looked at")]
fn c16_c17_c18_c19_c20_c38_c39_t1_t13_t16_hold_in_every_state_within_the_bound() {
    let checker = explored(Mistake::None, BOUND);
    let (states, unique, depth) = (checker.state_count(), checker.unique_state_count(), checker.max_depth());
    println!("model: {unique} states, {states} transitions, depth {depth}");
    checker.assert_properties();
    assert!(unique > 50_000, "{unique} states are not many");
}

/// Transitions of a run that ends within some seconds on one core.
const BOUND: usize = 1_200_000;
