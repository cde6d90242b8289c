//! A repository as somebody sees it who operates nothing of it: each URL as it answers, what they say beside each other,
//! and beside what was there before.
//!
//! [`check_repository`](crate::check_repository) asks whether a repository is well made; this asks whether clients get it
//! today, and will tomorrow. Nothing here looks: sightings, a memory and a time come in, [`Alarm`]s go out.

mod answers;
mod beside;
mod horizon;
mod memory;
mod symptom;
mod targets;

pub use answers::{Answer, Answers};
pub use horizon::{Horizon, Thresholds, horizon};
pub use memory::{OutsideMemory, OutsideMemoryError};
pub use symptom::Symptom;

use crate::{Observed, Seen};
use beside::Facts;
use chrono::{DateTime, Utc};
use tuffet_metadata::{Role, RoleName};

/// How bad an alarm is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Good to know.
    Note,
    /// Somebody should act in time.
    Warning,
    /// Clients stop, or soon will, or somebody attacks them.
    Critical,
}

/// One URL, looked at once.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// The URL, as it was given.
    pub url: String,
    /// Whether it is a copy of another.
    pub is_mirror: bool,
    /// What was there, or why nothing could be said about it.
    pub found: Result<View, String>,
}

/// What one URL serves.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Every file, at its word. `refused` in it is what a client says that starts at the pinned root.
    pub seen: Observed,
    /// Whether the client refuses it for an expiry and nothing else.
    pub is_expired: bool,
    /// Target files that could not be had, by name, and why: anything but "there is none".
    pub unreached: std::collections::BTreeMap<String, String>,
    /// Bytes of target files that were only asked about, by name: too large to be fetched at every look.
    pub lengths: std::collections::BTreeMap<String, u64>,
    /// How its server answers; `None` for a folder.
    pub answers: Option<Answers>,
}

/// Something is wrong at a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// What kind of thing.
    pub symptom: &'static Symptom,
    /// How bad.
    pub level: Level,
    /// Where.
    pub url: String,
    /// A file or a role there, named so that it keeps its name from day to day; empty for the URL itself.
    pub subject: String,
    /// Expected before found.
    pub message: String,
}

impl Alarm {
    /// Which alarm it is, from look to look: its text may change (days left), this does not.
    #[must_use]
    pub fn identity(&self) -> String {
        format!("{} {} {}", self.symptom.id, self.url, self.subject)
    }
}

/// Everything that is wrong, the worst first, then by symptom and URL in the order they were given.
#[must_use]
pub fn judge(sightings: &[Sighting], memory: &OutsideMemory, thresholds: &Thresholds, at: DateTime<Utc>) -> Vec<Alarm> {
    let mut alarms = Alarms::default();
    for sighting in sightings {
        match &sighting.found {
            Err(reason) => {
                let level = if sighting.is_mirror { Level::Warning } else { Level::Critical };
                alarms.say(level, &symptom::UNREACHABLE, &sighting.url, "", format!("expected an answer: {reason}"));
            }
            Ok(view) => one(sighting, view, thresholds, at, &mut alarms),
        }
    }
    beside::check(sightings, memory, at, &mut alarms);
    if let Some((sighting, view)) = leading(sightings) {
        horizon::check(&sighting.url, &view.seen, thresholds, at, &mut alarms);
    }
    let mut found = alarms.0;
    let number = |alarm: &Alarm| Symptom::all().iter().position(|symptom| symptom.id == alarm.symptom.id);
    // Stable: in the order of the URLs where the rest is equal.
    found.sort_by_key(|alarm| (std::cmp::Reverse(alarm.level), number(alarm)));
    found
}

/// The view that says how the repository stands: of those that clients accept (or would, but for an expiry) the newest,
/// the first given where several are.
#[must_use]
pub fn leading(sightings: &[Sighting]) -> Option<(&Sighting, &View)> {
    let mut best: Option<(&Sighting, &View)> = None;
    for sighting in sightings {
        let Ok(view) = &sighting.found else { continue };
        let rank = |view: &View| {
            let sound = view.seen.refused.is_none() || view.is_expired;
            (sound, view.seen.roots.last().map(Seen::version), view.seen.timestamp.as_ref().map(Seen::version))
        };
        if best.is_none_or(|(_, known)| rank(view) > rank(known)) {
            best = Some((sighting, view));
        }
    }
    best
}

/// What is wrong at one URL, whatever others say.
fn one(sighting: &Sighting, view: &View, thresholds: &Thresholds, at: DateTime<Utc>, alarms: &mut Alarms) {
    let url = &sighting.url;
    if let Some(refused) = view.seen.refused.as_ref().filter(|_| !view.is_expired || sighting.is_mirror) {
        let message = format!("expected what clients accept, found: {refused}");
        alarms.say(Level::Critical, &symptom::CLIENTS_REFUSE, url, "", message);
    }
    for (name, asked_by) in &view.seen.absent {
        let message = format!("expected {name}, which {asked_by} asks for, found none");
        alarms.say(Level::Critical, &symptom::MISSING_METADATA, url, name, message);
    }
    for (role, by) in &view.seen.unlisted {
        let role = role.escape_debug();
        let message =
            format!("expected an entry of role `{role}`, to which {by} delegates, in the snapshot, found none");
        alarms.say(Level::Critical, &symptom::MISSING_METADATA, url, &role.to_string(), message);
    }
    for (name, error) in &view.seen.unread {
        alarms.say(
            Level::Critical,
            &symptom::MISSING_METADATA,
            url,
            name,
            format!("expected metadata, found: {error}"),
        );
    }
    targets::check(url, view, alarms);
    if let Some(answers) = &view.answers {
        answers::check(url, answers, view, thresholds, at, alarms);
    }
}

/// Alarms in the making.
#[derive(Default)]
struct Alarms(Vec<Alarm>);

impl Alarms {
    fn say(&mut self, level: Level, symptom: &'static Symptom, url: &str, subject: &str, message: String) {
        let alarm = Alarm { symptom, level, url: url.to_owned(), subject: subject.to_owned(), message };
        if !self.0.contains(&alarm) {
            self.0.push(alarm);
        }
    }
}

/// Every file of a view that has a version: its role, its name with the version, the facts of its bytes.
fn files(seen: &Observed) -> Vec<(RoleName, Facts)> {
    let mut out = Vec::new();
    for root in &seen.roots {
        out.push((RoleName::Root, Facts::of(root)));
    }
    out.extend(seen.timestamp.iter().map(|file| (RoleName::Timestamp, Facts::of(file))));
    out.extend(seen.snapshot.iter().map(|file| (RoleName::Snapshot, Facts::of(file))));
    out.extend(seen.targets_roles().map(|(role, file)| (role.clone(), Facts::of(file))));
    out
}

/// A file's name with its version, whether or not it is served under it.
fn named<T: Role>(role: &RoleName, file: &Seen<T>) -> String {
    role.request_name(Some(file.version()))
}
