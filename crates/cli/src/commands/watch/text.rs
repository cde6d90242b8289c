//! A look for people: the worst first, 80 columns.

use super::{Round, data, word};
use crate::table::{Column, Table};
use crate::text::wrap;
use std::collections::BTreeSet;
use tuffet_builder::outside::{Level, Symptom};
use tuffet_metadata::format_time;

pub(super) fn render(round: &Round) -> String {
    let mut out = String::new();
    for sighting in &round.sightings {
        out += &(wrap(if sighting.is_mirror { "mirror   " } else { "watch    " }, "         ", &sighting.url) + "\n");
    }
    out += &format!("at       {}\nstate    {}\n", format_time(round.at), state(round));
    for note in &round.notes {
        out += &(wrap("note     ", "         ", note) + "\n");
    }
    for (alarm, told) in round.alarms.iter().zip(&round.told) {
        let symptom = alarm.symptom;
        let since = if *told { ", as before" } else { "" };
        out += &format!("\n{:<8} {} {}{since}\n", word(alarm.level), symptom.id, symptom.name);
        if round.sightings.len() > 1 {
            out += &(wrap("         at ", "         ", &alarm.url) + "\n");
        }
        out += &(wrap("         ", "         ", &alarm.message) + "\n");
    }
    for settled in &round.settled {
        out += &(wrap("\nover     ", "         ", settled.trim_end()) + "\n");
    }
    out + &expiries(round) + &urls(round) + &fixes(round)
}

/// `critical: 1 critical, 2 warnings, 0 notes`.
pub(super) fn state(round: &Round) -> String {
    let plural = |count: usize, name: &str| format!("{count} {name}{}", if count == 1 { "" } else { "s" });
    format!(
        "{}: {} critical, {}, {}",
        round.worst().map_or("fine", word),
        round.count(Level::Critical),
        plural(round.count(Level::Warning), "warning"),
        plural(round.count(Level::Note), "note")
    )
}

fn expiries(round: &Round) -> String {
    let rows = data::roles(round);
    if rows.is_empty() {
        return String::new();
    }
    let mut table = Table::new([
        ("role", Column::Text),
        ("version", Column::Number),
        ("expires", Column::Text),
        ("days left", Column::Number),
        ("needs", Column::Wide),
    ]);
    let more = rows.len().saturating_sub(ROWS);
    for row in rows.iter().take(ROWS) {
        let expires = row.expires.format("%Y-%m-%d").to_string();
        let left = row.days_left(round.at).to_string();
        table.row([row.role.to_string(), row.version.to_string(), expires, left, row.who()]);
    }
    let more = if more == 0 { String::new() } else { format!("and {more} roles that expire later\n") };
    format!("\nEXPIRES, the next first\n{}{more}", table.finish())
}

fn urls(round: &Round) -> String {
    let mut table = Table::new([
        ("root", Column::Number),
        ("timestamp", Column::Number),
        ("snapshot", Column::Number),
        ("targets", Column::Number),
        ("clients", Column::Text),
        ("at", Column::Wide),
    ]);
    for sighting in &round.sightings {
        let found = sighting.found.as_ref().ok();
        let versions = found.map(data::versions).unwrap_or_default();
        let of =
            |name: &str| versions.iter().find(|(role, _)| *role == name).map_or("-".into(), |(_, v)| v.to_string());
        let clients = match found {
            None => "no answer",
            Some(view) if view.seen.refused.is_none() => "accept it",
            Some(_) => "refuse it",
        };
        let url = sighting.url.clone();
        table.row([of("root"), of("timestamp"), of("snapshot"), of("targets"), clients.to_owned(), url]);
    }
    format!("\nVERSIONS\n{}", table.finish())
}

/// What to do about each symptom that was seen, once.
fn fixes(round: &Round) -> String {
    let used: BTreeSet<&str> = round.alarms.iter().map(|alarm| alarm.symptom.id).collect();
    let mut out = String::new();
    for symptom in Symptom::all().iter().filter(|symptom| used.contains(symptom.id)) {
        let text = format!("{} ({}): {}", symptom.name, symptom.rule, symptom.holds);
        out += &(wrap(&format!("{:<4} ", symptom.id), "     ", &text) + "\n");
        out += &(wrap("     fix: ", "     ", symptom.fix) + "\n");
    }
    if out.is_empty() { out } else { format!("\nWHAT IS LOOKED FOR\n{out}") }
}

const ROWS: usize = 12;
