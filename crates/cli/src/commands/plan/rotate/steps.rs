//! What to type for each ceremony.

use super::Planned;
use std::path::Path;
use tuffet_builder::{Newcomer, RotationSeat, RotationStep};
use tuffet_metadata::format_time;

/// Who does something (`you`: the coordinator), and what they type.
pub(super) struct Typed {
    pub(super) who: String,
    pub(super) command: String,
}

impl Planned<'_> {
    /// The id of a ceremony. Whoever has enrolled has done so for one.
    pub(super) fn id(&self, step: &RotationStep) -> String {
        let enrolled = step.newcomers.iter().find_map(|newcomer| self.enrolled.get(&newcomer.who));
        enrolled.map_or_else(|| format!("{}-rotate", step.at.format("%Y-%m-%d")), |enrolled| enrolled.ceremony.clone())
    }

    /// The file of its changes.
    pub(super) fn file(&self, step: &RotationStep) -> String {
        self.folder.join(format!("{}.toml", step.number)).display().to_string()
    }

    pub(super) fn commands(&self, step: &RotationStep) -> Vec<Typed> {
        let id = self.id(step);
        let mut out = Vec::new();
        let mut say = |who: &str, command: String| out.push(Typed { who: who.to_owned(), command });
        let mut people = String::new();
        for newcomer in &step.newcomers {
            if let Some(enrolled) = self.enrolled.get(&newcomer.who) {
                people += &format!(" --person {}", quoted(&enrolled.folder));
                continue;
            }
            let folder = folder(newcomer);
            let owner = quoted(&newcomer.who);
            say("you", format!("tuffet plan invite --ceremony {id} --owner {owner} --out {folder}.invite"));
            say(&newcomer.who, format!("tuffet key enroll --key KEY --invite {folder}.invite --out {folder}"));
            people += &format!(" --person {folder}");
        }
        say(
            "you",
            format!(
                "tuffet plan change {id} --date {} --offline-days {} --changes {}{people} --witness DIR --witness DIR",
                format_time(step.at),
                self.days,
                quoted(&self.file(step)),
            ),
        );
        say("you", format!("tuffet draft ceremony/{id}"));
        say("two witnesses", format!("tuffet approve ceremony/{id} --key KEY"));
        say(&format!("each of {}", signers(step).join(", ")), format!("tuffet sign ceremony/{id} --key KEY"));
        say("you", format!("tuffet publish ceremony/{id} --online-key KEY"));
        out
    }
}

/// Who signs, and with how many keys.
pub(super) fn signers(step: &RotationStep) -> Vec<String> {
    let seats = step.roles.iter().flat_map(|(_, _, quorums)| quorums).flat_map(|quorum| &quorum.seats);
    let mut keys: Vec<&RotationSeat> = Vec::new();
    let mut people: Vec<&str> = Vec::new();
    for seat in seats.filter(|seat| seat.signs) {
        if keys.iter().all(|other| !other.is_same(seat)) {
            keys.push(seat);
        }
        if !people.contains(&seat.owner.as_str()) {
            people.push(&seat.owner);
        }
    }
    let number = |who: &str| keys.iter().filter(|seat| seat.owner == who).count();
    let shown = |who: &&str| match number(who) {
        1 => (*who).to_owned(),
        2 => format!("{who} (both keys)"),
        n => format!("{who} ({n} keys)"),
    };
    people.iter().map(shown).collect()
}

/// What a person's folder is called here.
fn folder(newcomer: &Newcomer) -> String {
    let name: String = newcomer.who.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    let name = if name.trim_matches('.').is_empty() { "newcomer".to_owned() } else { name };
    if newcomer.is_known { format!("{name}-new") } else { name }
}

/// A word of a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@-_./:=+,%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Somebody's folder, and the ceremony they enrolled for.
pub(super) struct Enrolled {
    pub(super) folder: String,
    pub(super) ceremony: String,
}

impl Enrolled {
    pub(super) fn new(folder: &Path, ceremony: &str) -> Self {
        Self { folder: folder.display().to_string(), ceremony: ceremony.to_owned() }
    }
}
