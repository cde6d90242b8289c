//! One situation: can we still?

use super::{Drill, words};
use crate::text::wrap;
use crate::{CliError, context};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_builder::{Need, RoleState, Roster, Situation, Thief, Verdict, judge, needs};

/// A situation and what it comes to.
pub(crate) struct Asked {
    pub(super) situation: Situation,
    pub(super) verdict: Verdict,
    pub(super) needs: Vec<Need>,
}

/// The situation somebody asks of.
pub(super) fn situation(command: &Drill, roster: &Roster) -> Result<Situation, CliError> {
    let mut absent: BTreeMap<usize, DateTime<Utc>> = BTreeMap::new();
    for text in &command.absent {
        let (who, until) = text
            .split_once('=')
            .ok_or_else(|| CliError::usage(format!("expected --absent WHO=DATE, found `{}`", text.escape_debug())))?;
        let until = if until.len() == DATE { format!("{until}T00:00:00Z") } else { until.to_owned() };
        let until = context::time(&until)?;
        absent.extend(meant(roster, who)?.into_iter().map(|place| (place, until)));
    }
    Ok(Situation { lost: all(roster, &command.lost)?, stolen: all(roster, &command.stolen)?, absent })
}

/// The keys that all of these mean.
pub(super) fn all(roster: &Roster, names: &[String]) -> Result<BTreeSet<usize>, CliError> {
    let mut places = BTreeSet::new();
    for name in names {
        places.extend(meant(roster, name)?);
    }
    Ok(places)
}

fn meant(roster: &Roster, who: &str) -> Result<BTreeSet<usize>, CliError> {
    let places = roster.meant_by(who);
    if !places.is_empty() {
        return Ok(places);
    }
    let names: Vec<String> = roster.each_person().iter().map(|unit| unit.name.escape_debug().to_string()).collect();
    let message = format!("expected a keyholder, or six digits of a key or more, found `{}`", who.escape_debug());
    Err(CliError { hint: Some(format!("the keys are those of {}", words::list(&names))), ..CliError::usage(message) })
}

/// What it comes to; `None` where nothing was asked.
pub(super) fn ask(roster: &Roster, situation: &Situation, at: DateTime<Utc>) -> Option<Asked> {
    (*situation != Situation::default()).then(|| {
        let verdict = judge(roster, situation, at);
        let needs = needs(roster, situation, &verdict);
        Asked { situation: situation.clone(), verdict, needs }
    })
}

impl Asked {
    pub(super) fn text(&self, roster: &Roster) -> String {
        let mut out = String::from("\nWHAT IF\n");
        let Situation { lost, stolen, absent } = &self.situation;
        for (word, places) in [("lost     ", lost), ("stolen   ", stolen)] {
            if !places.is_empty() {
                out += &(wrap(&format!("  {word}"), "           ", &words::keys(roster, places)) + "\n");
            }
        }
        for (place, until) in absent {
            let who = words::keys(roster, &BTreeSet::from([*place]));
            out += &(wrap("  absent   ", "           ", &format!("{who}, until {}", words::date(*until))) + "\n");
        }
        let harm = words::harm(roster, &self.verdict).join("; ");
        let harm = if harm.is_empty() { String::new() } else { format!(": {harm}") };
        out += &format!("\n{}\n", wrap("  ", "  ", &format!("{}{harm}", words::outcome(&self.verdict))));
        for (role, found) in roster.roles.iter().zip(&self.verdict.roles) {
            let state = match found.state {
                RoleState::Operable { spare: 0 } => "can be signed, and no key may go any more".to_owned(),
                RoleState::Operable { spare: 1 } => "can be signed, and one key more may go".to_owned(),
                RoleState::Operable { spare } => format!("can be signed, and {spare} keys more may go"),
                RoleState::Waits { until, late } => {
                    let late = if late { ", after it has expired" } else { "" };
                    format!("can be signed from {} on{late}", words::date(until))
                }
                RoleState::Recoverable => format!("cannot be signed until {} names other keys", role.by),
                RoleState::Dead => "can never be signed again".to_owned(),
            };
            let thief = match found.thief {
                Some(Thief::Own) => "; the thief signs it".to_owned(),
                Some(Thief::Above) => format!("; the thief can name keys for it, as {}", role.by),
                None => String::new(),
            };
            out += &(wrap("    ", "      ", &format!("{}: {state}{thief}", role.label())) + "\n");
        }
        if !self.needs.is_empty() {
            out += "\n  what it takes\n";
            for need in &self.needs {
                out += &(wrap("    - ", "      ", &words::need(roster, need)) + "\n");
            }
        }
        out
    }
}

/// Characters of `YYYY-MM-DD`.
const DATE: usize = 10;
