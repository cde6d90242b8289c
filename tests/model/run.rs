//! A refresh under way, and the order in which it writes: `keep.rs` of the client, step by step.

use crate::disk::{Disk, Floors, Notes, Write};
use crate::files::Thing;
use crate::properties;
use crate::verdicts::{Question, Verdict};
use crate::{Mistake, State, World};
use std::collections::VecDeque;

/// Whether a refresh is under way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Run {
    Off,
    On(On),
}

/// A refresh.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct On {
    pub(crate) start: u8,
    pub(crate) root: u8,
    /// Of the one start time (C1).
    pub(crate) is_late: bool,
    pub(crate) memory: Option<Disk>,
    pub(crate) timestamp: Option<u8>,
    pub(crate) snapshot: Option<u8>,
    pub(crate) stage: Stage,
    /// What is to be written before anything else is asked for.
    pub(crate) todo: VecDeque<Write>,
    /// Writes that a client with a mistake puts off.
    pub(crate) late: Vec<Write>,
    /// Everything is taken: when it is written, the refresh is over.
    pub(crate) ends: bool,
}

/// What it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    Roots,
    Timestamp,
    Snapshot,
    Targets,
}

impl Run {
    pub(crate) fn start(disk: &Disk, is_late: bool) -> Self {
        Self::On(On {
            start: disk.root,
            root: disk.root,
            is_late,
            memory: None,
            timestamp: None,
            snapshot: None,
            stage: Stage::Roots,
            todo: VecDeque::new(),
            late: Vec::new(),
            ends: false,
        })
    }
}

impl On {
    fn question(&self, next: Option<Thing>) -> Question {
        Question {
            start: self.start,
            root: self.root,
            is_late: self.is_late,
            memory: self.memory,
            timestamp: self.timestamp,
            snapshot: self.snapshot,
            next,
        }
    }
}

/// The next write reaches the disk.
pub(crate) fn write(state: &mut State, world: &World) {
    let Run::On(on) = &mut state.run else { return };
    let Some(write) = on.todo.pop_front() else { return };
    state.disk.write(write);
    let keys = world.files.get(Thing::Root(on.root)).pins;
    state.seen.wrote(&world.files, write, keys);
    if on.ends && on.todo.is_empty() {
        state.run = Run::Off;
    }
}

/// The client is brought a file, or told that there is none.
pub(crate) fn take(state: &mut State, thing: Option<Thing>, world: &World) {
    let Run::On(mut on) = std::mem::replace(&mut state.run, Run::Off) else { return };
    properties::asked(&mut state.seen, &state.disk, &on);
    let goes_on = match (on.stage, thing) {
        (Stage::Roots, Some(thing)) => root(state, &mut on, thing, world),
        (Stage::Roots, None) => final_root(state, &mut on, world),
        (Stage::Timestamp, Some(thing)) => timestamp(state, &mut on, thing, world),
        (Stage::Snapshot, Some(thing)) => snapshot(state, &mut on, thing, world),
        (Stage::Targets, Some(thing)) => targets(state, &mut on, thing, world),
        (_, None) => false,
    };
    if goes_on && !(on.ends && on.todo.is_empty()) {
        state.run = Run::On(on);
    }
}

fn root(state: &mut State, on: &mut On, thing: Thing, world: &World) -> bool {
    let Verdict::Taken { .. } = world.verdicts.ask(on.question(Some(thing))) else { return false };
    let Thing::Root(place) = thing else { return false };
    properties::root(&mut state.seen, &world.files, on.root, place, on.is_late);
    on.root = place;
    match world.mistake {
        Mistake::RootsLast => on.late.push(Write::Root(place)),
        _ => on.todo.push_back(Write::Root(place)),
    }
    true
}

/// Snapshot and timestamp go before the notes that would keep them.
fn final_root(state: &mut State, on: &mut On, world: &World) -> bool {
    let mut memory = state.disk;
    match world.mistake {
        Mistake::KeysNotNoted => memory.notes = memory.notes.map(|notes| Notes { under: None, ..notes }),
        Mistake::NoFloors => {
            memory = Disk { root: memory.root, targets: memory.targets, ..Disk::default() };
        }
        Mistake::AlwaysPurges if on.root != on.start => {
            memory = Disk { root: memory.root, targets: memory.targets, ..Disk::default() };
        }
        _ => {}
    }
    on.memory = Some(memory);
    let Verdict::Taken { floors, purged, .. } = world.verdicts.ask(on.question(None)) else { return false };
    if purged {
        on.todo.extend([Write::Snapshot(None), Write::Timestamp(None)]);
    }
    note(on, &state.disk, floors, world);
    on.stage = Stage::Timestamp;
    properties::final_root(&mut state.seen, &world.files, on, state.disk, purged);
    true
}

fn note(on: &mut On, disk: &Disk, floors: Floors, world: &World) {
    let under = world.files.get(Thing::Root(on.root)).pins;
    let notes = Notes { under: Some(under), root: on.root, floors };
    let last = on.todo.iter().rev().find_map(|write| match write {
        Write::Notes(notes) => Some(*notes),
        _ => None,
    });
    if last.or(disk.notes) != Some(notes) {
        on.todo.push_back(Write::Notes(notes));
    }
}

fn timestamp(state: &mut State, on: &mut On, thing: Thing, world: &World) -> bool {
    let Thing::Timestamp(place) = thing else { return false };
    let verdict = world.verdicts.ask(on.question(Some(thing)));
    let place = match verdict {
        Verdict::Taken { timestamp, .. } => timestamp.unwrap_or(place),
        Verdict::Refused(_) => place,
    };
    properties::timestamp(state, &world.files, on, place, verdict);
    let Verdict::Taken { floors, .. } = verdict else { return false };
    on.timestamp = Some(place);
    note(on, &state.disk, floors, world);
    if state.disk.timestamp != Some(place) {
        on.todo.push_back(Write::Timestamp(Some(place)));
    }
    on.todo.extend(on.late.drain(..));
    on.stage = Stage::Snapshot;
    // What is remembered is asked before anything is fetched.
    if let Verdict::Taken { .. } = world.verdicts.ask(on.question(None)) {
        let Some(kept) = on.memory.and_then(|memory| memory.snapshot) else { return false };
        return has_snapshot(state, on, kept, world);
    }
    if world.mistake == Mistake::ForgetsUnpinned {
        on.memory = on.memory.map(|memory| {
            let notes = memory
                .notes
                .map(|notes| Notes { floors: Floors { targets: 0, delegated: 0, ..notes.floors }, ..notes });
            Disk { snapshot: None, notes, ..memory }
        });
    }
    true
}

fn snapshot(state: &mut State, on: &mut On, thing: Thing, world: &World) -> bool {
    let Thing::Snapshot(place) = thing else { return false };
    let verdict = world.verdicts.ask(on.question(Some(thing)));
    properties::snapshot(state, &world.files, on, place, verdict);
    let Verdict::Taken { floors, .. } = verdict else { return false };
    note(on, &state.disk, floors, world);
    if state.disk.snapshot != Some(place) {
        on.todo.push_back(Write::Snapshot(Some(place)));
    }
    has_snapshot(state, on, place, world)
}

fn has_snapshot(state: &mut State, on: &mut On, place: u8, world: &World) -> bool {
    on.snapshot = Some(place);
    on.stage = Stage::Targets;
    if let Verdict::Taken { .. } = world.verdicts.ask(on.question(None)) {
        let Some(kept) = on.memory.and_then(|memory| memory.targets) else { return false };
        properties::done(state, &world.files, on, kept);
        on.ends = true;
    }
    true
}

fn targets(state: &mut State, on: &mut On, thing: Thing, world: &World) -> bool {
    let verdict = world.verdicts.ask(on.question(Some(thing)));
    let (Thing::Targets(place), Verdict::Taken { .. }) = (thing, verdict) else { return false };
    properties::done(state, &world.files, on, place);
    if state.disk.targets != Some(place) {
        on.todo.push_back(Write::Targets(place));
    }
    on.ends = true;
    true
}
