//! What must never be, and what must be possible.

use crate::disk::{Disk, Floors, Write};
use crate::files::{Files, Maker, NOTHING, Thing};
use crate::run::On;
use crate::verdicts::Verdict;
use crate::{State, World};
use stateright::Property;

/// What an observer beside the client knows: it sees every write and every answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Seen {
    /// By set of online keys the highest versions that reached the disk, in files or notes: nothing lower may be taken.
    pub(crate) stored: [Floors; 2],
    /// The highest that were taken, whatever became of them: nothing that is as high may be refused.
    pub(crate) taken: [Floors; 2],
    /// The first thing that must not be.
    pub(crate) wrong: Option<Wrong>,
    pub(crate) reached: Reached,
}

/// What must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Wrong {
    Root,
    RootLost,
    Old,
    Expired,
    Foreign,
    Mixed,
    Stuck,
    Purged,
    NotPurged,
}

/// What must be possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Reached {
    /// A refresh went well.
    pub(crate) end: bool,
    /// One went well under new keys, after versions beyond all others under the stolen ones (T10, T16).
    pub(crate) recovery: bool,
    /// A root that had expired was walked over (C15).
    pub(crate) past_expired: bool,
    /// A thief's timestamp was taken (T8).
    pub(crate) theft: bool,
}

impl Seen {
    fn blame(&mut self, wrong: Wrong, is_so: bool) {
        if is_so && self.wrong.is_none() {
            self.wrong = Some(wrong);
        }
    }

    /// A write has reached the disk, of a client that stands at a root with these online keys.
    pub(crate) fn wrote(&mut self, files: &Files, write: Write, keys: u8) {
        let stored = &mut self.stored[usize::from(keys)];
        match write {
            Write::Timestamp(Some(place)) => stored.raise(of_timestamp(files, place)),
            Write::Snapshot(Some(place)) => stored.raise(of_snapshot(files, place)),
            Write::Notes(notes) => stored.raise(notes.floors),
            _ => {}
        }
    }
}

fn of_timestamp(files: &Files, place: u8) -> Floors {
    let file = files.get(Thing::Timestamp(place));
    let snapshot = files.get(Thing::Snapshot(file.pins)).version;
    Floors { timestamp: file.version, snapshot, ..Floors::default() }
}

fn of_snapshot(files: &Files, place: u8) -> Floors {
    let (targets, delegated) = files.get(Thing::Snapshot(place)).lists;
    Floors { targets, delegated, ..Floors::default() }
}

/// The client asks for a file: whatever root it has got to is stored (C16).
pub(crate) fn asked(seen: &mut Seen, disk: &Disk, on: &On) {
    seen.blame(Wrong::RootLost, disk.root < on.root);
}

/// A root was taken after `before` (C10, C11, C14, T22, T26).
pub(crate) fn root(seen: &mut Seen, files: &Files, before: u8, place: u8, is_late: bool) {
    let is_thiefs = matches!(files.get(Thing::Root(place)).maker, Maker::Thief(_));
    seen.blame(Wrong::Root, is_thiefs || place != before + 1);
    seen.reached.past_expired |= is_late && files.get(Thing::Root(place)).is_short;
}

/// The final root is known, and what is remembered was deleted or was not (C17, C18, C19, C20).
pub(crate) fn final_root(seen: &mut Seen, files: &Files, on: &On, memory: Disk, purged: bool) {
    let root = files.get(Thing::Root(on.root));
    seen.blame(Wrong::Expired, root.is_short && on.is_late);
    let floors = memory.notes.unwrap_or_default().floors;
    let remembers = memory.timestamp.is_some() || memory.snapshot.is_some() || floors != Floors::default();
    // By what is on the disk, whatever the notes say of it.
    let keys = |thing: Thing| files.get(thing).keys;
    let timestamp = memory.timestamp.map(|place| keys(Thing::Timestamp(place)));
    let snapshot = memory.snapshot.map(|place| keys(Thing::Snapshot(place)));
    let same = timestamp.or(snapshot) == Some(root.pins);
    seen.blame(Wrong::Purged, purged && same);
    let other = timestamp.or(snapshot).is_some_and(|keys| keys != root.pins);
    seen.blame(Wrong::NotPurged, !purged && remembers && other);
}

pub(crate) fn timestamp(state: &mut State, files: &Files, on: &On, place: u8, verdict: Verdict) {
    let (file, keys) = (files.get(Thing::Timestamp(place)), files.get(Thing::Root(on.root)).pins);
    let (own, at) = (of_timestamp(files, place), usize::from(keys));
    let is_expired = file.is_short && on.is_late;
    match verdict {
        Verdict::Taken { .. } => {
            let is_old = own.is_below(state.seen.stored[at]);
            state.seen.blame(Wrong::Old, is_old);
            state.seen.blame(Wrong::Foreign, file.keys != keys);
            state.seen.blame(Wrong::Expired, is_expired);
            state.seen.taken[at].raise(own);
            state.seen.reached.theft |= matches!(file.maker, Maker::Thief(_));
        }
        Verdict::Refused(_) => {
            let is_old = own.is_below(state.seen.taken[at]);
            let honest = matches!(file.maker, Maker::Published(_)) && file.keys == keys;
            state.seen.blame(Wrong::Stuck, honest && !is_old && !is_expired);
        }
    }
}

pub(crate) fn snapshot(state: &mut State, files: &Files, on: &On, place: u8, verdict: Verdict) {
    let (file, keys) = (files.get(Thing::Snapshot(place)), files.get(Thing::Root(on.root)).pins);
    let (own, at) = (of_snapshot(files, place), usize::from(keys));
    let is_pinned = on.timestamp.map(|place| files.get(Thing::Timestamp(place)).pins) == Some(place);
    match verdict {
        Verdict::Taken { .. } => {
            let is_old = own.is_below(state.seen.stored[at]);
            state.seen.blame(Wrong::Old, is_old);
            state.seen.blame(Wrong::Foreign, file.keys != keys);
            state.seen.blame(Wrong::Mixed, !is_pinned);
            state.seen.taken[at].raise(own);
        }
        Verdict::Refused(_) => {
            let is_old = own.is_below(state.seen.taken[at]);
            let honest = matches!(file.maker, Maker::Published(_)) && file.keys == keys;
            state.seen.blame(Wrong::Stuck, honest && is_pinned && !is_old);
        }
    }
}

/// A refresh has everything.
pub(crate) fn done(state: &mut State, files: &Files, on: &On, targets: u8) {
    let keys = files.get(Thing::Root(on.root)).pins;
    let pinned = on.snapshot.map_or(NOTHING, |place| files.get(Thing::Snapshot(place)).pins);
    state.seen.blame(Wrong::Mixed, pinned != targets);
    let is_thiefs = matches!(files.get(Thing::Targets(targets)).maker, Maker::Thief(_));
    state.seen.blame(Wrong::Foreign, is_thiefs);
    let forwarded = state.seen.taken[0].timestamp > 50;
    state.seen.reached.end = true;
    state.seen.reached.recovery |= keys == 1 && forwarded;
}

fn never(wrong: Wrong) -> fn(&World, &State) -> bool {
    match wrong {
        Wrong::Root => |_, state| state.seen.wrong != Some(Wrong::Root),
        Wrong::RootLost => |_, state| state.seen.wrong != Some(Wrong::RootLost),
        Wrong::Old => |_, state| state.seen.wrong != Some(Wrong::Old),
        Wrong::Expired => |_, state| state.seen.wrong != Some(Wrong::Expired),
        Wrong::Foreign => |_, state| state.seen.wrong != Some(Wrong::Foreign),
        Wrong::Mixed => |_, state| state.seen.wrong != Some(Wrong::Mixed),
        Wrong::Stuck => |_, state| state.seen.wrong != Some(Wrong::Stuck),
        Wrong::Purged => |_, state| state.seen.wrong != Some(Wrong::Purged),
        Wrong::NotPurged => |_, state| state.seen.wrong != Some(Wrong::NotPurged),
    }
}

pub(crate) const NO_FOREIGN_ROOT: &str =
    "no root without both thresholds, one version at a time (C10, C11, C14, T22, T26)";
pub(crate) const ROOTS_ARE_STORED: &str = "a root is stored before anything else is asked for (C16)";
pub(crate) const NOTHING_OLDER: &str =
    "nothing older than what reached the disk (C24, C28, C32, C38, C39, T1, T9, T13, T14)";
pub(crate) const NOTHING_EXPIRED: &str = "nothing expired at the start time (C1, C17, C29, T2)";
pub(crate) const NOTHING_FOREIGN: &str =
    "nothing by keys of another root, no targets but their keyholders' (C23, C36, C45)";
pub(crate) const NOTHING_MIXED: &str = "what is pinned and nothing else (C34, C37, C44, C46, T4)";
pub(crate) const NEVER_STUCK: &str =
    "what is honest, fresh and no older is taken, whatever was stolen or crashed (C18, C20, T10, T16)";
pub(crate) const NO_IDLE_PURGE: &str = "nothing is forgotten without a rotation (C19)";
pub(crate) const ALWAYS_PURGES: &str = "everything is forgotten after a rotation (C18, C20)";

pub(crate) fn all() -> Vec<Property<World>> {
    vec![
        Property::always(NO_FOREIGN_ROOT, never(Wrong::Root)),
        Property::always(ROOTS_ARE_STORED, never(Wrong::RootLost)),
        Property::always(NOTHING_OLDER, never(Wrong::Old)),
        Property::always(NOTHING_EXPIRED, never(Wrong::Expired)),
        Property::always(NOTHING_FOREIGN, never(Wrong::Foreign)),
        Property::always(NOTHING_MIXED, never(Wrong::Mixed)),
        Property::always(NEVER_STUCK, never(Wrong::Stuck)),
        Property::always(NO_IDLE_PURGE, never(Wrong::Purged)),
        Property::always(ALWAYS_PURGES, never(Wrong::NotPurged)),
        Property::sometimes("a refresh goes well", |_, state: &State| state.seen.reached.end),
        Property::sometimes("a client recovers from versions beyond all others (T10, T16)", |_, state: &State| {
            state.seen.reached.recovery
        }),
        Property::sometimes("an expired root is walked over (C15)", |_, state: &State| state.seen.reached.past_expired),
        Property::sometimes("a thief of the timestamp key is believed (T8)", |_, state: &State| {
            state.seen.reached.theft
        }),
    ]
}
