//! What the real verifier says, asked once for each question.

use crate::disk::{Disk, Floors, Notes};
use crate::files::{Files, Thing, time};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tuffet_verifier::{
    AwaitSnapshot, AwaitTargets, KeySets, Memory, Policy, Refreshed, Roots, Unverified, Update, UpdateError,
};

/// An update so far: where it began, what it remembers, what it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    /// The root the refresh started from.
    pub(crate) start: u8,
    /// The newest root.
    pub(crate) root: u8,
    pub(crate) is_late: bool,
    /// What is remembered, once the final root is known.
    pub(crate) memory: Option<Disk>,
    pub(crate) timestamp: Option<u8>,
    /// `None` while there is none yet.
    pub(crate) snapshot: Option<u8>,
    /// What is brought next; `None`: what is remembered, or that there is no newer root.
    pub(crate) next: Option<Thing>,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verdict {
    Taken {
        /// The floors after it.
        floors: Floors,
        /// Whether timestamp and snapshot are to be deleted.
        purged: bool,
        /// The timestamp that is gone on with: of an equal version the one that was there (C25).
        timestamp: Option<u8>,
    },
    /// Refused, by the code of the error.
    Refused(&'static str),
}

pub(crate) struct Verdicts {
    files: Arc<Files>,
    known: Mutex<HashMap<Question, Verdict>>,
}

impl Verdicts {
    pub(crate) fn new(files: Arc<Files>) -> Self {
        Self { files, known: Mutex::default() }
    }

    pub(crate) fn ask(&self, question: Question) -> Verdict {
        if let Some(verdict) = self.known.lock().unwrap().get(&question) {
            return *verdict;
        }
        let verdict = self.answer(question).unwrap_or_else(|error| Verdict::Refused(error.code()));
        self.known.lock().unwrap().insert(question, verdict);
        verdict
    }

    fn answer(&self, question: Question) -> Result<Verdict, UpdateError> {
        let taken = |floors: Floors, purged, timestamp| Ok(Verdict::Taken { floors, purged, timestamp });
        let roots = self.roots(question)?;
        let Some(memory) = question.memory else {
            let Some(Thing::Root(place)) = question.next else { unreachable!("a root is asked for") };
            roots.root(Unverified::new(self.bytes(Thing::Root(place))))?;
            return taken(Floors::default(), false, None);
        };
        let update = roots.final_root(self.memory(memory))?;
        let purged = update.purged();
        let mut floors = update.floors();
        let Some(timestamp) = question.timestamp.map(Thing::Timestamp).or(question.next) else {
            return taken(Floors::from(&floors), purged, None);
        };
        let update = update.timestamp(Unverified::new(self.bytes(timestamp)))?;
        floors.raise_to_timestamp(update.timestamp());
        let kept = self.files.timestamps.iter().position(|file| file.bytes == update.timestamp().bytes());
        let kept = kept.and_then(|place| u8::try_from(place).ok());
        if question.timestamp.is_none() {
            return taken(Floors::from(&floors), purged, kept);
        }
        let update = match (question.snapshot, question.next) {
            (Some(place), _) => self.snapshot(update, memory, Thing::Snapshot(place))?,
            (None, Some(thing)) => update.snapshot(Unverified::new(self.bytes(thing)))?,
            (None, None) => match update.remembered() {
                Ok(update) => update,
                Err(_) => return Ok(Verdict::Refused("not remembered")),
            },
        };
        floors.raise_to_snapshot(update.snapshot());
        if question.snapshot.is_none() {
            return taken(Floors::from(&floors), purged, kept);
        }
        match question.next {
            Some(thing) => drop(self.targets(update, thing)?),
            None if update.remembered().is_err() => return Ok(Verdict::Refused("not remembered")),
            None => {}
        }
        taken(Floors::from(&floors), purged, kept)
    }

    /// The walk from where the refresh started, over roots that were taken before.
    fn roots(&self, question: Question) -> Result<Update<Roots>, UpdateError> {
        let mut update = Update::resume(self.files.pin.clone(), time(question.is_late), Policy::default());
        for place in 1..=question.start {
            update.replay(Unverified::new(self.bytes(Thing::Root(place))))?;
        }
        for place in question.start + 1..=question.root {
            update = update.root(Unverified::new(self.bytes(Thing::Root(place))))?;
        }
        Ok(update)
    }

    /// One that was taken before, from the disk or from the server.
    fn snapshot(
        &self,
        update: Update<AwaitSnapshot>,
        memory: Disk,
        thing: Thing,
    ) -> Result<Update<AwaitTargets>, UpdateError> {
        let update = match update.remembered() {
            Ok(update) if memory.snapshot.map(Thing::Snapshot) == Some(thing) => return Ok(update),
            Ok(_) => unreachable!("what is remembered was gone on with"),
            Err(update) => update,
        };
        update.snapshot(Unverified::new(self.bytes(thing)))
    }

    fn targets(&self, update: Update<AwaitTargets>, thing: Thing) -> Result<Refreshed, UpdateError> {
        update.targets(Unverified::new(self.bytes(thing)))
    }

    fn memory(&self, disk: Disk) -> Memory {
        let Disk { timestamp, snapshot, targets, notes, .. } = disk;
        let Notes { under, floors, .. } = notes.unwrap_or_default();
        let key_sets = |keys: u8| {
            // Roots are in pairs of one key set: 0; 1 and 2.
            let mut update = Update::resume(self.files.pin.clone(), time(false), Policy::default());
            for place in 1..=keys {
                update.replay(Unverified::new(self.bytes(Thing::Root(place)))).unwrap();
            }
            KeySets::of(update.newest())
        };
        Memory {
            timestamp: timestamp.map(|place| self.bytes(Thing::Timestamp(place))),
            snapshot: snapshot.map(|place| self.bytes(Thing::Snapshot(place))),
            targets: targets.map(|place| self.bytes(Thing::Targets(place))),
            accepted_under: under.map(key_sets),
            floors: floors.into(),
        }
    }

    fn bytes(&self, thing: Thing) -> Vec<u8> {
        self.files.get(thing).bytes.clone()
    }
}
