//! What a root changes against the one before, in words.

use crate::facts::{Facts, RootFacts, SeatsFacts, short};

/// Sentences; none where both say the same.
pub(super) fn changes(facts: &Facts, before: &RootFacts, root: &RootFacts) -> Vec<String> {
    // One sentence for roles that change alike: mostly they do.
    let mut said: Vec<(String, Vec<&str>)> = Vec::new();
    for seats in &root.seats {
        let Some(old) = before.seats.iter().find(|old| old.role == seats.role) else { continue };
        for change in of_role(facts, old, seats) {
            match said.iter_mut().find(|(known, _)| *known == change) {
                Some((_, roles)) => roles.push(&seats.role),
                None => said.push((change, vec![&seats.role])),
            }
        }
    }
    said.into_iter().map(|(change, roles)| format!("{}: {change}", listed(&roles))).collect()
}

fn of_role(facts: &Facts, old: &SeatsFacts, new: &SeatsFacts) -> Vec<String> {
    let names = |of: &SeatsFacts, other: &SeatsFacts| -> Vec<String> {
        of.keys.iter().filter(|id| !other.keys.contains(id)).map(|id| facts.whose(id)).collect()
    };
    let (came, left) = (names(new, old), names(old, new));
    let mut out = Vec::new();
    // The same name on both sides is a person with a new key.
    let (renewed, came): (Vec<String>, Vec<String>) = came.into_iter().partition(|name| left.contains(name));
    let left: Vec<String> = left.into_iter().filter(|name| !renewed.contains(name)).collect();
    for (names, word) in [(left, "leaves"), (came, "comes"), (renewed, "has another key")] {
        if !names.is_empty() {
            let word = match (word, names.len()) {
                ("leaves", 2..) => "leave",
                ("comes", 2..) => "come",
                ("has another key", 2..) => "have other keys",
                (word, _) => word,
            };
            if word == "has another key" && names == ["online key"] {
                out.push("another online key".to_owned());
                continue;
            }
            let names: Vec<String> = names.iter().map(|name| short(name, 48)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            out.push(format!("{} {word}", listed(&names)));
        }
    }
    if old.threshold != new.threshold {
        out.push(format!("threshold {} instead of {}", new.threshold, old.threshold));
    }
    out
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
