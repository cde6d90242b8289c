//! What a client did, against what it must do.

use super::stage::ClientOf;
use super::table::{Entry, Expected};
use super::{Reaction, Told};
use crate::{Answer, Versions};
use chrono::{DateTime, Utc};
use tuffet_client::MemoryTransport;

/// The file a thief wants installed: its path and bytes.
pub(super) type Prize = (String, Vec<u8>);

/// What one client did.
pub(super) struct Did {
    pub(super) answer: Answer,
    /// Whether it would hand out the prize, where there is one.
    pub(super) installs: Option<bool>,
    before: Versions,
}

/// Lets a client refresh, and ask for the prize.
pub(super) fn ask(client: &mut ClientOf, files: &MemoryTransport, at: DateTime<Utc>, prize: Option<&Prize>) -> Did {
    let before = client.reader.kept();
    let answer = client.reader.refresh(files, at);
    let installs =
        prize.map(|(path, bytes)| client.reader.clone().install(files, at, path, bytes).is_ok() && answer.follows());
    Did { answer, installs, before }
}

impl Did {
    pub(super) fn told(&self, client: &ClientOf) -> Told {
        let reaction = match (self.installs, self.answer.follows()) {
            (Some(true), _) => Reaction::Installs,
            (None, true) => Reaction::Takes,
            _ => Reaction::Refuses,
        };
        let ClientOf { name, new, oldest, .. } = client;
        Told { client: name.clone(), new: *new, oldest: *oldest, reaction, words: self.words() }
    }

    /// In words.
    pub(super) fn words(&self) -> String {
        match (&self.answer, self.installs) {
            (Answer::Follows(versions), Some(true)) => format!("installs the thief's file: {versions}"),
            (Answer::Follows(versions), _) => format!("follows: {versions}"),
            (Answer::Refuses { words, .. }, _) => format!("refuses: {words}"),
        }
    }

    /// What is wrong with it; `None` where it is as it must be. `kept` is the last file that may have been taken in before a
    /// refusal.
    pub(super) fn differs(&self, expected: &Expected, kept: &str) -> Option<String> {
        let holds = match (expected, &self.answer) {
            (Expected::Follows, answer) => answer.follows(),
            (Expected::Refuses(codes), Answer::Refuses { code, kept: now, .. }) => {
                codes.iter().any(|known| known == code) && self.keeps(*now, kept)
            }
            (Expected::Refuses(_), Answer::Follows(_)) => false,
            (Expected::Installs(installs), _) => self.installs == Some(*installs),
        };
        (!holds).then(|| format!("expected {}, found: {}; {}", expected.words(), self.words(), self.answer.versions()))
    }

    /// Whether a refusal left what it must leave.
    fn keeps(&self, now: Versions, kept: &str) -> bool {
        let Versions { timestamp, snapshot, .. } = now;
        match kept {
            "timestamp" => now == Versions { timestamp, ..self.before },
            "snapshot" => now == Versions { timestamp, snapshot, ..self.before },
            "any" => true,
            _ => now == self.before,
        }
    }
}

impl Expected {
    fn words(&self) -> String {
        match self {
            Self::Follows => "a client that follows".to_owned(),
            Self::Refuses(codes) => format!("a refusal ({}) that changes nothing", codes.join(" or ")),
            Self::Installs(true) => "the thief's file installed".to_owned(),
            Self::Installs(false) => "the thief's file not installed".to_owned(),
        }
    }
}

impl Entry {
    /// What this client must do, and the last file it may take in before it refuses. A new one has nothing to keep.
    pub(super) fn expects(&self, client: &ClientOf) -> (&Expected, &str) {
        match (client.new, client.oldest, &self.new_oldest) {
            (false, ..) => (&self.in_use, &self.kept),
            (true, true, Some(oldest)) => (oldest, "any"),
            (true, ..) => (&self.new, "any"),
        }
    }

    /// What it must do once the owners have done what they can.
    pub(super) fn expects_after(&self, client: &ClientOf) -> Option<&Expected> {
        if client.new { self.new_after.as_ref() } else { self.in_use_after.as_ref() }
    }
}
