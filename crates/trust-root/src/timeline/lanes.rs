//! What is drawn: entries by kind, each with its bar, and the gaps of a kind.

use chrono::{DateTime, SecondsFormat, Utc};
use tuffet_certificates::Certificate;

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
    let logs = |kind, title, logs: &[TransparencyLog]| {
        let spans: Vec<Span> = logs.iter().filter_map(Span::of_log).collect();
        group(root, kind, title, logs.iter().map(|found| log(found, at)).collect(), &spans)
    };
    let authorities = |kind, title, list: &[CertificateAuthority]| {
        let spans: Vec<Span> = list.iter().filter_map(Span::of_authority).collect();
        group(root, kind, title, list.iter().map(|found| authority(found, at)).collect(), &spans)
    };
    let groups = [
        logs(EntryKind::TransparencyLog, "Transparency logs", known.tlogs()),
        authorities(EntryKind::CertificateAuthority, "Certificate authorities", known.certificate_authorities()),
        logs(EntryKind::CtLog, "CT logs", known.ctlogs()),
        authorities(EntryKind::TimestampAuthority, "Timestamp authorities", known.timestamp_authorities()),
    ];
    groups.into_iter().filter(|group| !group.lanes.is_empty()).collect()
}

/// With the entries of that kind that were set aside.
fn group(root: &Tolerant, kind: EntryKind, title: &'static str, mut lanes: Vec<Lane>, spans: &[Span]) -> Group {
    for aside in root.set_aside().iter().filter(|aside| aside.kind() == kind) {
        let whole = format!("{}, set aside: {}", aside.path(), aside.reason().problem());
        let (name, detail) = (aside.path().to_owned(), "set aside: this version cannot read it".to_owned());
        lanes.push(Lane { name, detail, whole, state: State::Closed, bar: None });
    }
    Group { title, one: kind.words(), lanes, gaps: gaps(spans) }
}

fn log(log: &TransparencyLog, at: Time) -> Lane {
    let what = format!("{}, {}", log.public_key().algorithm(), brief(&log.log_id().to_string()));
    lane(shown::text(log.origin()), &what, log.valid_for(), None, at)
}

fn authority(authority: &CertificateAuthority, at: Time) -> Lane {
    let first = authority.chain().first();
    let subject = authority.subject().to_string();
    let what = first.map(|first| format!("{}, {}", first.key_algorithm(), brief(&hex::encode(first.sha256()))));
    let expires = authority.chain().iter().map(Certificate::not_after).min();
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
