//! What is drawn: entries by kind, each with its bar, and the gaps of a kind.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{HEAD, LANE};
use crate::authority::CertificateAuthority;
use crate::entries::EntryKind;
use crate::gaps::{Span, gaps};
use crate::log::TransparencyLog;
use crate::shown;
use crate::time::{Window, WrittenTime};
use crate::tolerant::Tolerant;

type Time = DateTime<Utc>;

pub(super) struct Group {
    pub(super) title: &'static str,
    /// One of them, in words.
    pub(super) one: &'static str,
    pub(super) lanes: Vec<Lane>,
    pub(super) gaps: Vec<(Time, Time)>,
}

pub(super) struct Lane {
    pub(super) name: String,
    pub(super) detail: String,
    /// The same whole, in one sentence.
    pub(super) whole: String,
    pub(super) state: State,
    /// None for what is never valid or was set aside.
    pub(super) bar: Option<Bar>,
}

pub(super) struct Bar {
    pub(super) start: Time,
    pub(super) end: Option<Time>,
    /// When the first certificate of the chain expires.
    pub(super) expires: Option<Time>,
}

#[derive(Clone, Copy)]
pub(super) enum State {
    Valid,
    Closed,
    Future,
}

impl Group {
    pub(super) fn height(&self) -> f64 {
        let lanes = self.lanes.iter().map(|_| LANE).sum::<f64>();
        HEAD + lanes + if self.gaps.is_empty() { 0.0 } else { LANE }
    }

    pub(super) fn times(&self) -> impl Iterator<Item = Time> {
        let bars = self.lanes.iter().filter_map(|lane| lane.bar.as_ref());
        bars.flat_map(|bar| [Some(bar.start), bar.end, bar.expires].into_iter().flatten())
    }
}

pub(super) fn groups(root: &Tolerant, at: Time) -> Vec<Group> {
    let known = root.trusted_root();
    let logs = |logs: &[TransparencyLog]| {
        (logs.iter().map(|found| log(found, at)).collect(), logs.iter().filter_map(Span::of_log).collect())
    };
    let authorities = |list: &[CertificateAuthority]| {
        (list.iter().map(|a| authority(a, at)).collect(), list.iter().filter_map(Span::of_authority).collect())
    };
    let kinds: [(EntryKind, &str, (Vec<Lane>, Vec<Span>)); 4] = [
        (EntryKind::TransparencyLog, "Transparency logs", logs(known.tlogs())),
        (EntryKind::CertificateAuthority, "Certificate authorities", authorities(known.certificate_authorities())),
        (EntryKind::CtLog, "CT logs", logs(known.ctlogs())),
        (EntryKind::TimestampAuthority, "Timestamp authorities", authorities(known.timestamp_authorities())),
    ];
    let mut groups = Vec::new();
    for (kind, title, (mut lanes, spans)) in kinds {
        for aside in root.set_aside().iter().filter(|aside| aside.kind() == kind) {
            let whole = format!("{}, set aside: {}", aside.path(), aside.reason().problem());
            let (name, detail) = (aside.path().to_owned(), "set aside: this version cannot read it".to_owned());
            lanes.push(Lane { name, detail, whole, state: State::Closed, bar: None });
        }
        if !lanes.is_empty() {
            groups.push(Group { title, one: kind.words(), lanes, gaps: gaps(&spans) });
        }
    }
    groups
}

fn log(log: &TransparencyLog, at: Time) -> Lane {
    let what = format!("{}, {}", log.public_key().algorithm(), brief(&log.log_id().to_string()));
    lane(shown::text(log.origin()), &what, log.valid_for(), None, at)
}

fn authority(authority: &CertificateAuthority, at: Time) -> Lane {
    let first = authority.chain().first();
    let subject = authority.subject().to_string();
    let what = first.map(|first| format!("{}, {}", first.key_algorithm(), brief(&hex::encode(first.sha256()))));
    let expires = authority.chain().iter().map(|certificate| certificate.not_after()).min();
    lane(shown::text(&subject), &what.unwrap_or_default(), authority.valid_for(), expires, at)
}

/// The beginning of an id or a digest: whole they stand in the table.
fn brief(hex: &str) -> String {
    hex.chars().take(8).collect()
}

fn lane(name: String, what: &str, window: &Window, expires: Option<Time>, at: Time) -> Lane {
    let end = window.end().map(WrittenTime::time);
    let bar = window.start().map(|start| Bar { start: start.time(), end, expires });
    let expired = expires.is_some_and(|expires| expires < at);
    let (state, word) = match (&bar, end) {
        (None, _) => (State::Closed, "never valid, no start"),
        (Some(bar), _) if bar.start > at => (State::Future, "not yet"),
        (_, Some(end)) if end < at => (State::Closed, "closed"),
        _ if expired => (State::Closed, "expired"),
        _ => (State::Valid, "valid"),
    };
    let dates = match (&bar, end) {
        (None, _) => String::new(),
        (Some(bar), None) => format!(", from {}", day(bar.start)),
        (Some(bar), Some(end)) => format!(", {} to {}", day(bar.start), day(end)),
    };
    let detail = format!("{word}{dates}, {what}");
    let certificate = expires.map(|expires| format!(", certificate expires {}", day(expires))).unwrap_or_default();
    let whole = format!("{name}, {detail}{certificate}");
    Lane { name, detail, whole, state, bar }
}

pub(super) fn day(time: Time) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true).chars().take(10).collect()
}

pub(super) fn days(from: Time, to: Time) -> String {
    let span = to.signed_duration_since(from);
    match (span.num_days(), span.num_hours()) {
        (0, 0) => format!("{} minutes", span.num_minutes()),
        (0, 1) => "1 hour".to_owned(),
        (0, hours) => format!("{hours} hours"),
        (1, _) => "1 day".to_owned(),
        (days, _) => format!("{days} days"),
    }
}
