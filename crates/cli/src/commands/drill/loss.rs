//! Keys lost and stolen: by role, and by the smallest sets that change anything.

use super::Loss;
use super::words;
use crate::table::{Column, Table};
use crate::text::wrap;
use chrono::{DateTime, Utc};
use tuffet_builder::{Roster, Row, SubsetTally, Subsets, Unit, judge, needs};

pub(super) fn text(roster: &Roster, loss: &Loss, at: DateTime<Utc>) -> String {
    let mut table = Table::new([
        ("role", Column::Text),
        ("needs", Column::Text),
        ("lost", Column::Number),
        ("stolen", Column::Number),
        ("whose", Column::Wide),
    ]);
    for role in &roster.roles {
        table.row([
            role.label(),
            format!("{} of {}", role.threshold, role.keys.len()),
            role.spare().to_string(),
            role.threshold.saturating_sub(1).to_string(),
            words::keys(roster, &role.keys),
        ]);
    }
    let what = "how many keys a role needs, and how many may be lost or stolen before anything changes";
    let mut out = format!("\n{}\n{}", wrap("KEYS: ", "  ", what), table.finish());
    out += &both(roster, &loss.keys, &loss.by_key, "keys", at);
    if let Some((people, found)) = &loss.by_person {
        out += "\nPEOPLE: the same where all keys of a person go at once\n";
        out += &both(roster, people, found, "people", at);
    }
    out
}

fn both(roster: &Roster, units: &[Unit], found: &Subsets, what: &str, at: DateTime<Utc>) -> String {
    let mut out = String::new();
    let parts = [
        (true, "LOST: nobody can sign with them any more", &found.losses, &found.lost),
        (false, "STOLEN: somebody else can sign with them, too", &found.thefts, &found.stolen),
    ];
    for (is_lost, title, rows, tally) in parts {
        out += &format!("\n{title}\n");
        for row in rows {
            out += &one(roster, units, row, is_lost, at);
        }
        out += &match tally {
            Some(tally) => wrap("  ", "  ", &counted(tally, what)) + "\n",
            None => wrap("  ", "  ", "too many to look at every subset: each role was looked at alone") + "\n",
        };
    }
    if let Some(mixed) = &found.mixed {
        out += &format!("\n{}\n", wrap("SOME LOST, SOME STOLEN: ", "  ", &counted(mixed, what)));
    }
    out
}

fn one(roster: &Roster, units: &[Unit], row: &Row, is_lost: bool, at: DateTime<Utc>) -> String {
    let sets: Vec<String> = row.sets.iter().map(|set| words::choice(set, units)).collect();
    let mut out = wrap("  ", "  ", &sets.join("; or ")) + "\n";
    let harm = words::harm(roster, &row.verdict).join("; ");
    let harm = if harm.is_empty() { String::new() } else { format!(": {harm}") };
    out += &(wrap("      ", "      ", &format!("{}{harm}", words::outcome(&row.verdict))) + "\n");
    if let Some(set) = row.sets.first() {
        let situation = words::as_situation(set, units, is_lost);
        for need in needs(roster, &situation, &judge(roster, &situation, at)) {
            out += &(wrap("      - ", "        ", &words::need(roster, &need)) + "\n");
        }
    }
    out
}

/// `128 ways: 16 still operable, …`.
fn counted(tally: &SubsetTally, what: &str) -> String {
    let parts = [
        (tally.operable, "still operable"),
        (tally.recoverable, "recoverable"),
        (tally.compromised, "compromised and mended by signatures"),
        (tally.dead, "dead"),
        (tally.stolen_root, "compromised and out of band"),
    ];
    let told: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    format!("of {} subsets of {what}: {}", tally.all, told.join(", "))
}
