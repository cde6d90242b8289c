//! Verdicts, reaches and needs in words.

use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use tuffet_builder::{
    Choice, Need, OutOfBand, Outcome, Reach, RoleState, Roster, RosterKey, RosterRole, Situation, Thief, Unit, Verdict,
};
use tuffet_metadata::RoleName;

/// `any 3 of @a, @b, @c, @d and any 1 of …`.
pub(super) fn choice(choice: &Choice, units: &[Unit]) -> String {
    let part = |(number, of): &(u64, Vec<usize>)| {
        let names: Vec<String> =
            of.iter().filter_map(|unit| units.get(*unit)).map(|unit| unit.name.escape_debug().to_string()).collect();
        let all = u64::try_from(names.len()).is_ok_and(|all| all == *number);
        if all { list(&names) } else { format!("any {number} of {}", names.join(", ")) }
    };
    choice.parts.iter().map(part).collect::<Vec<_>>().join(", with ")
}

/// `a, b and c`.
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The names of keys.
pub(super) fn keys(roster: &Roster, places: &BTreeSet<usize>) -> String {
    let found = places.iter().filter_map(|place| roster.keys.get(*place));
    let names: Vec<String> = found.map(|key: &RosterKey| key.name().escape_debug().to_string()).collect();
    list(&names)
}

pub(super) fn roles(roster: &Roster, places: &[usize]) -> String {
    let found = places.iter().filter_map(|place| roster.roles.get(*place));
    list(&found.map(RosterRole::label).collect::<Vec<_>>())
}

/// The first sets of a choice as a situation.
pub(super) fn as_situation(choice: &Choice, units: &[Unit], is_lost: bool) -> Situation {
    let mut keys: BTreeSet<usize> = BTreeSet::new();
    for (number, of) in &choice.parts {
        let number = usize::try_from(*number).unwrap_or(usize::MAX);
        let taken = of.iter().take(number).filter_map(|unit| units.get(*unit));
        keys.extend(taken.flat_map(|unit| unit.keys.iter().copied()));
    }
    match is_lost {
        true => Situation { lost: keys, ..Situation::default() },
        false => Situation { stolen: keys, ..Situation::default() },
    }
}

/// What a verdict comes to, in a word or two.
pub(super) fn outcome(verdict: &Verdict) -> &'static str {
    match (verdict.out_of_band, verdict.outcome) {
        (Some(OutOfBand::RootStolen), _) => "compromised, and out of band",
        (Some(OutOfBand::RootLost), Outcome::Compromised) => "compromised, and dead",
        (Some(OutOfBand::RootLost), _) | (None, Outcome::Dead) => "dead",
        (None, Outcome::Compromised) => "compromised",
        (None, Outcome::Recoverable) => "recoverable",
        (None, Outcome::Waits) => "waits",
        (None, Outcome::Operable) => "still operable",
    }
}

/// What cannot be signed, and what others can sign.
pub(super) fn harm(roster: &Roster, verdict: &Verdict) -> Vec<String> {
    let mut out = Vec::new();
    let which = |is: &dyn Fn(&tuffet_builder::RoleVerdict) -> bool| -> Vec<usize> {
        verdict.roles.iter().enumerate().filter(|(_, role)| is(role)).map(|(place, _)| place).collect()
    };
    if verdict.out_of_band.is_none() {
        let unsigned = which(&|role| role.state == RoleState::Recoverable);
        if !unsigned.is_empty() {
            out.push(format!("{} cannot be signed", roles(roster, &unsigned)));
        }
        let taken = which(&|role| role.thief == Some(Thief::Own));
        if !taken.is_empty() {
            out.push(format!("the thief signs {}", roles(roster, &taken)));
        }
    }
    if verdict.out_of_band == Some(OutOfBand::RootLost) {
        out.push("fewer keys of root are left than it needs".to_owned());
    }
    out.extend(verdict.reach.iter().rev().map(|found| reach(roster, verdict, *found)));
    if verdict.outcome == Outcome::Compromised && verdict.reach.is_empty() {
        out.push("that changes nothing for clients by itself (T18a, T19)".to_owned());
    }
    out
}

fn reach(roster: &Roster, verdict: &Verdict, found: Reach) -> String {
    let role = |place: usize| roster.roles.get(place).map(RosterRole::label).unwrap_or_default();
    // Until the first expiry that the thief cannot put off.
    let held = || {
        let unheld = roster.roles.iter().zip(&verdict.roles).take(RoleName::TOP_LEVEL.len());
        let first = unheld.filter(|(_, verdict)| verdict.thief.is_none()).filter_map(|(role, _)| role.expires.as_ref());
        let first = first.min_by_key(|expires| expires.time());
        first.map_or("for ever".to_owned(), |expires| format!("until {}", date(expires.time())))
    };
    match found {
        Reach::Freeze => format!("clients can be held back {}, and their versions driven up (T8, T10)", held()),
        Reach::Mix => format!(
            "clients can be held back {}, given old and new files mixed, and their versions driven up (T13 to T17)",
            held()
        ),
        Reach::MixForNew => "new clients can be given old and new files mixed (T12b)".to_owned(),
        Reach::ForgeForNew(place) => {
            format!("clients that have not seen its version can be given a false {} (T18b, T19)", role(place))
        }
        Reach::TargetsOf(place) => format!("every client takes any target of {} from the thief (T20)", role(place)),
        Reach::AnyTarget => "every client takes any target from the thief (T21)".to_owned(),
        Reach::Everything => "whoever has them is root: clients take everything from them (T25, T27)".to_owned(),
    }
}

/// What it takes, step by step.
pub(super) fn need(roster: &Roster, need: &Need) -> String {
    match need {
        Need::OutOfBand(OutOfBand::RootLost) => {
            "out of band: root can never be signed again, so clients must be given a new root in another way (R16): \
             `tuffet recover lost-threshold`"
                .to_owned()
        }
        Need::OutOfBand(OutOfBand::RootStolen) => {
            "out of band: no client can tell whose next root is right, so they must be given one in another way (R16): \
             `tuffet recover stolen-threshold`"
                .to_owned()
        }
        Need::Wait { role, until, late } => {
            let late = if *late { "; it expires before, and clients stop until it is signed" } else { "" };
            format!(
                "{} waits until {}, when enough of its people are back{late}",
                roles(roster, &[*role]),
                date(*until)
            )
        }
        Need::NewKeys { by, roles: given, outgoing, threshold, signers, forgets } => {
            let signers = match signers.len() {
                0 => "its new keys sign".to_owned(),
                n if *by == RoleName::Root || n > 1 => format!("{threshold} of {} sign", keys(roster, signers)),
                _ => format!("{} signs", keys(roster, signers)),
            };
            let forgets = if *forgets { ", which makes clients forget versions that were driven up (R14)" } else { "" };
            format!(
                "{by} names other keys for {} in place of {}: {signers}{forgets}",
                roles(roster, given),
                keys(roster, outgoing)
            )
        }
        Need::SignAnew { roles: anew } => {
            format!("then {} {} signed anew", roles(roster, anew), if anew.len() == 1 { "is" } else { "are" })
        }
    }
}

pub(super) fn date(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d").to_string()
}
