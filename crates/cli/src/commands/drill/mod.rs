//! `tuffet drill`: what losses, thefts and time do to a repository, found out before they happen. It copies what it is
//! given, with throw-away keys in place of the real ones, and changes nothing.

mod asked;
mod data;
pub(super) mod ical;
mod loss;
mod revoke;
mod threats;
mod time;
mod windows;
mod words;

use super::check::observe::Source;
use super::network::Network;
use super::{read, refuse_existing, write_new};
use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use tuffet_builder::{Ahead, Observed, Roster, Situation, Subsets, Unit, ahead, subsets};
use tuffet_drill::{PlayedRow, Revocation, Twin};
use tuffet_metadata::format_time;

/// Arguments of `drill`.
#[derive(Debug, Args)]
pub struct Drill {
    /// The repository's metadata, a directory or a URL; without it that of the workspace
    pub location: Option<String>,
    /// The root.json to start from, which reached you in a way you trust
    #[arg(long, value_name = "PINNED")]
    pub root: Option<PathBuf>,
    /// The repository's targets, if they do not lie in targets/ below or beside its metadata
    #[arg(long, value_name = "LOCATION")]
    pub targets: Option<String>,
    /// Parts to show
    #[arg(long, value_enum, value_name = "PART", value_delimiter = ',')]
    pub only: Vec<Part>,
    /// Ask of one situation: these keys are lost. A name, or a key's first digits
    #[arg(long, value_name = "WHO", value_delimiter = ',')]
    pub lost: Vec<String>,
    /// Ask of one situation: somebody else has these keys, too. A device that was taken is both
    #[arg(long, value_name = "WHO", value_delimiter = ',')]
    pub stolen: Vec<String>,
    /// Ask of one situation: these people cannot come until then
    #[arg(long, value_name = "WHO=DATE", value_delimiter = ',')]
    pub absent: Vec<String>,
    /// Play the emergency rotation of these keys to the end, and count what it takes
    #[arg(long, value_name = "WHO", value_delimiter = ',')]
    pub revoke: Vec<String>,
    /// Write the dates to come as a calendar
    #[arg(long, value_name = "FILE")]
    pub ical: Option<PathBuf>,
    /// The network.
    #[command(flatten)]
    pub network: Network,
}

/// A part of the drill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Keys lost, stolen or absent
    Loss,
    /// What breaks when, unless somebody does something
    Time,
    /// The rows of the threat table, played against a client
    Threats,
}

/// Everything a drill found.
pub(crate) struct Drilled {
    subject: String,
    at: DateTime<Utc>,
    notes: Vec<String>,
    roster: Roster,
    loss: Option<Loss>,
    asked: Option<asked::Asked>,
    ahead: Option<Ahead>,
    threats: Option<Vec<PlayedRow>>,
    revocation: Option<(Vec<String>, Result<Revocation, String>)>,
}

/// The subsets of keys, and of people where those are other units.
pub(crate) struct Loss {
    keys: Vec<Unit>,
    by_key: Subsets,
    by_person: Option<(Vec<Unit>, Subsets)>,
}

pub(crate) fn run(command: &Drill, context: &Context<'_>) -> Result<Outcome, CliError> {
    if let Some(path) = &command.ical {
        refuse_existing(path)?;
    }
    let at = context.reading_time();
    let mut notes = Vec::new();
    let (subject, seen) = observe(command, context, at, &mut notes)?;
    let roster = Roster::of(&seen)
        .ok_or_else(|| CliError::new("drill", format!("{subject}: expected the four top-level roles, found fewer")))?;
    let situation = asked::situation(command, &roster)?;
    let shows = |part: Part| match command.only.is_empty() {
        true => command.revoke.is_empty() && situation == Situation::default(),
        false => command.only.contains(&part),
    };
    let mut drilled = Drilled {
        loss: shows(Part::Loss).then(|| of_roster(&roster)),
        asked: asked::ask(&roster, &situation, at),
        ahead: None,
        threats: None,
        revocation: None,
        subject,
        at,
        notes,
        roster,
    };
    if shows(Part::Time) || command.ical.is_some() {
        drilled.ahead = ahead(&seen, &situation, &windows::of(&seen, at), at);
    }
    if shows(Part::Threats) {
        let mut make = super::throw_away::throw_away();
        let played = Twin::of(&seen, &mut *make).and_then(|twin| tuffet_drill::play(&twin, at, &mut *make));
        drilled.threats = Some(played?);
    }
    if !command.revoke.is_empty() {
        drilled.revocation = Some(revoke::play(&command.revoke, &drilled.roster, &seen, at)?);
    }
    if let (Some(path), Some(ahead)) = (&command.ical, &drilled.ahead) {
        write_new(path, ical::calendar(ahead, &seen, &|_| None).as_bytes())?;
        if !shows(Part::Time) {
            drilled.ahead = None;
        }
    }
    let outcome = Outcome::new(drilled.text(), "tuffet-drill-v1", data::of(&drilled));
    Ok(if drilled.differs() { outcome.refused() } else { outcome })
}

/// What is there, if a client can use it: nothing is learnt from a repository that nobody can use.
fn observe(
    command: &Drill,
    context: &Context<'_>,
    at: DateTime<Utc>,
    notes: &mut Vec<String>,
) -> Result<(String, Observed), CliError> {
    let location = match &command.location {
        Some(location) => location.clone(),
        None => context.workspace(Path::new("."))?.repository().dir().display().to_string(),
    };
    let pinned = command.root.as_deref().map(read).transpose()?;
    let source = Source::open(&location, command.targets.as_deref(), &command.network)?;
    let seen = source.observe(pinned, at, Some(at), notes)?;
    if let Some(refused) = &seen.refused {
        let message = format!("{location}: expected a repository that clients accept, found: {refused}");
        return Err(CliError::new("refused", message).hint(
            "`tuffet check` says all that is wrong with it; what has expired `tuffet recover` mends, and --at asks of \
             another time",
        ));
    }
    Ok((location, seen))
}

fn of_roster(roster: &Roster) -> Loss {
    let (keys, people) = (roster.each_key(), roster.each_person());
    let by_key = subsets(roster, &keys);
    let other = people.len() != keys.len();
    let by_person = other.then(|| {
        let found = subsets(roster, &people);
        (people, found)
    });
    Loss { keys, by_key, by_person }
}

impl Drilled {
    fn text(&self) -> String {
        let mut out = format!("drill    {}\nat       {}\n", self.subject, format_time(self.at));
        for note in &self.notes {
            out += &(wrap("note     ", "         ", note) + "\n");
        }
        if let Some(asked) = &self.asked {
            out += &asked.text(&self.roster);
        }
        if let Some(loss) = &self.loss {
            out += &loss::text(&self.roster, loss, self.at);
        }
        if let Some(ahead) = &self.ahead {
            out += &time::text(ahead);
        }
        if let Some(rows) = &self.threats {
            out += &threats::text(rows);
        }
        if let Some((names, found)) = &self.revocation {
            out += &revoke::text(names, found);
        }
        out
    }

    /// Whether a client did what it must not.
    fn differs(&self) -> bool {
        let rows = self.threats.iter().flatten().any(|row| !row.differs().is_empty());
        rows || matches!(&self.revocation, Some((_, Ok(found))) if !found.differs.is_empty())
    }
}
