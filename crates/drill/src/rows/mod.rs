//! The rows of the threat table, played on a twin: thefts as data, the real client, and what it must do.
//!
//! A row in which a client does something else than the table says is an error of this program or of the table, never a
//! matter of taste: whoever plays the rows has to refuse it.

mod expect;
mod fork;
mod needs;
mod ops;
mod owners;
mod stage;
mod table;

use crate::{MakeKey, Twin, TwinError};
use chrono::{DateTime, Utc};
use stage::Stage;
pub(crate) use stage::dates;
use tuffet_verifier::Bound;

/// One row, played or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayedRow {
    /// Its id in the threat table, such as `T12b`.
    pub id: String,
    /// Which of several attacks of that id; may be empty.
    pub case: String,
    /// Whose keys the thief has.
    pub stolen: String,
    /// What they do.
    pub does: String,
    /// What clients must do.
    pub design: String,
    /// What helps against it.
    pub helps: String,
    /// What came of it.
    pub outcome: RowOutcome,
}

/// What came of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowOutcome {
    /// It was played.
    Played(Box<Played>),
    /// No client of this repository meets it, and why.
    NotPlayed(String),
}

/// What clients did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// What each client did.
    pub clients: Vec<Told>,
    /// What ends it, where it was looked for: clients go on one second before, and stop then.
    pub until: Option<Bound>,
    /// What clients did once the owners had done what they can; with the reason, where they can do nothing.
    pub after: Option<Result<Vec<Told>, String>>,
    /// Where clients did something else than they must.
    pub differs: Vec<String>,
}

/// What one client did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its name: the root it was shipped with, and whether it has been in use.
    pub client: String,
    /// Whether it has never been run before.
    pub new: bool,
    /// Whether it was shipped with the oldest root.
    pub oldest: bool,
    /// In a word.
    pub reaction: Reaction,
    /// In its words.
    pub words: String,
}

/// What a client did with what it was served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reaction {
    /// It refused, or would not hand out the file that the row is about.
    Refuses,
    /// It took what it was served.
    Takes,
    /// It would hand the thief's file to its application.
    Installs,
}

impl PlayedRow {
    /// Where clients did something else than they must.
    #[must_use]
    pub fn differs(&self) -> &[String] {
        match &self.outcome {
            RowOutcome::Played(played) => &played.differs,
            RowOutcome::NotPlayed(_) => &[],
        }
    }
}

/// Plays every row on copies of `twin`, whose files clients can use at `at`; in the order of the threat table.
///
/// # Errors
/// [`TwinError`]: something cannot be signed or made, [`TwinError::Row`] a row that is not understood.
pub fn play(twin: &Twin, at: DateTime<Utc>, make: &mut MakeKey<'_>) -> Result<Vec<PlayedRow>, TwinError> {
    let stage = Stage::of(twin, at)?;
    let entries = table::entries().map_err(TwinError::Row)?;
    let mut rows = Vec::new();
    for entry in &entries {
        rows.push(ops::play(&stage, entry, make)?);
    }
    rows.extend(table::NOT_PLAYED.iter().map(|(id, why)| PlayedRow {
        id: (*id).to_owned(),
        case: String::new(),
        stolen: String::new(),
        does: String::new(),
        design: String::new(),
        helps: String::new(),
        outcome: RowOutcome::NotPlayed((*why).to_owned()),
    }));
    rows.sort_by_key(|row| number(&row.id));
    Ok(rows)
}

/// `T12b` as 12 and `b`.
fn number(id: &str) -> (u32, String) {
    let digits: String = id.chars().filter(char::is_ascii_digit).collect();
    let rest = id.trim_start_matches('T').trim_start_matches(|c: char| c.is_ascii_digit());
    (digits.parse().unwrap_or(u32::MAX), rest.to_owned())
}

#[cfg(test)]
mod tests;
