//! W12 to W14: how a server answers, which no file says: for what is not there, and how long caches may keep it.

use super::symptom::{ABSENCE_CACHED, ANSWER_FOR_ABSENT, TIMESTAMP_CACHED};
use super::{Alarms, Level, Thresholds, View, horizon};
use chrono::{DateTime, Utc};
use tuffet_metadata::RoleName;

/// What a server said to one request, its content aside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Seconds for which caches have held it (`Age`), where one says so.
    pub age: Option<u64>,
    /// `Cache-Control`, as it stands.
    pub cache_control: Option<String>,
}

impl Answer {
    /// For how many seconds a shared cache may keep it, where `Cache-Control` says so.
    #[must_use]
    pub fn lifetime(&self) -> Option<u64> {
        let text = self.cache_control.as_ref()?.to_ascii_lowercase();
        let directives: Vec<&str> = text.split(',').map(str::trim).collect();
        if directives.iter().any(|d| matches!(*d, "no-store" | "no-cache" | "private") || d.starts_with("no-cache=")) {
            return Some(0);
        }
        let seconds = |name: &str| {
            let value = directives.iter().find_map(|d| d.strip_prefix(name)?.strip_prefix('='));
            value.and_then(|value| value.trim_matches('"').parse().ok())
        };
        // RFC 9111 5.2.2.10: for a shared cache s-maxage comes first.
        seconds("s-maxage").or_else(|| seconds("max-age"))
    }
}

/// The answers that matter to every client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// To the request for `timestamp.json`.
    pub timestamp: Answer,
    /// The name of the root after the newest, which is not there.
    pub next_root: String,
    /// To the request for it.
    pub absent: Answer,
}

pub(super) fn check(
    url: &str,
    answers: &Answers,
    view: &View,
    thresholds: &Thresholds,
    at: DateTime<Utc>,
    alarms: &mut Alarms,
) {
    absent(url, answers, alarms);
    timestamp(url, &answers.timestamp, view, thresholds, at, alarms);
}

fn absent(url: &str, answers: &Answers, alarms: &mut Alarms) {
    let (name, status) = (&answers.next_root, answers.absent.status);
    let found = match status {
        404 | 410 => None,
        403 => Some((Level::Warning, "403, which strict readers take for a failure and not for an absence")),
        200..=299 => {
            Some((Level::Critical, "a page with a status of success, which clients read as a root and refuse"))
        }
        300..=399 => Some((Level::Warning, "a redirect, whose end clients may refuse to follow")),
        500..=599 => Some((Level::Critical, "a server's failure: no client ends its search for newer roots")),
        _ => Some((Level::Critical, "another status: no client ends its search for newer roots")),
    };
    if let Some((level, what)) = found {
        let message = format!("expected status 404 for {name}, which is not there, found {status}: {what}");
        alarms.say(level, &ANSWER_FOR_ABSENT, url, "next root", message);
    }
    let lifetime = answers.absent.lifetime().unwrap_or(0);
    if lifetime > LONGEST {
        let message = format!(
            "expected the answer for {name} to be kept for at most {LONGEST} s, found {lifetime} s: a new root stays \
             hidden as long"
        );
        alarms.say(Level::Warning, &ABSENCE_CACHED, url, "next root", message);
    }
}

fn timestamp(url: &str, answer: &Answer, view: &View, thresholds: &Thresholds, at: DateTime<Utc>, alarms: &mut Alarms) {
    let mut say = |level, message| alarms.say(level, &TIMESTAMP_CACHED, url, "timestamp", message);
    let Some(file) = &view.seen.timestamp else { return };
    let version = file.version();
    let left = file.signed.common.expires.time().signed_duration_since(at).num_seconds();
    let left = u64::try_from(left).unwrap_or(0);
    match answer.lifetime() {
        None => say(
            Level::Note,
            "expected Cache-Control for timestamp.json, found none: each cache keeps it as long as it likes".to_owned(),
        ),
        Some(lifetime) if lifetime > left && left > 0 => say(
            Level::Critical,
            format!(
                "expected caches to drop timestamp.json before it expires, in {left} s, found {lifetime} s allowed"
            ),
        ),
        Some(lifetime) if lifetime > LONGEST => say(
            Level::Warning,
            format!("expected at most {LONGEST} s for timestamp.json in caches, found {lifetime} s allowed"),
        ),
        Some(lifetime) => {
            if let Some(age) = answer.age.filter(|age| *age > lifetime) {
                let message = format!(
                    "expected timestamp v{version} from a cache for at most {lifetime} s, found it {age} s old there"
                );
                say(Level::Warning, message);
            }
        }
    }
    // A file that should have been signed anew, out of a cache that has had it for long: the origin may be well.
    let overdue = horizon(&view.seen, thresholds, at);
    let overdue = overdue.iter().any(|one| one.role == RoleName::Timestamp && one.level(at).is_some());
    if let Some(age) = answer.age.filter(|age| overdue && *age > LONGEST) {
        let message = format!("expected a timestamp that is not overdue, found v{version}, {age} s old in a cache");
        say(Level::Critical, message);
    }
}

/// Seconds: an hour.
const LONGEST: u64 = 3_600;
