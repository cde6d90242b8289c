//! Times that no entry of several covers: between two keys of one log, or of all logs of a kind.

use chrono::{DateTime, TimeDelta, Utc};
use tuffet_certificates::Certificate;

use crate::authority::CertificateAuthority;
use crate::log::TransparencyLog;
use crate::time::WrittenTime;

/// When an entry holds, with its certificates counted in. Without an end where nothing ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: Option<DateTime<Utc>>,
}

impl Span {
    /// `None` for a window that never opens.
    pub(crate) fn of_log(log: &TransparencyLog) -> Option<Self> {
        let start = log.valid_for().start()?.time();
        Some(Self { start, end: log.valid_for().end().map(WrittenTime::time) })
    }

    pub(crate) fn of_authority(authority: &CertificateAuthority) -> Option<Self> {
        let window = authority.valid_for();
        let chain = authority.chain();
        let start = chain.iter().map(Certificate::not_before).chain([window.start()?.time()]).max()?;
        let end = chain.iter().map(Certificate::not_after).chain(window.end().map(WrittenTime::time)).min();
        Some(Self { start, end }).filter(|span| span.end.is_none_or(|end| end >= span.start))
    }
}

/// The times between the first start and the last end that no span covers. A second is none: ends are written as the
/// last moment, with or without its fraction.
pub(crate) fn gaps(spans: &[Span]) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut spans = spans.to_vec();
    spans.sort();
    let mut found = Vec::new();
    let mut covered: Option<DateTime<Utc>> = None;
    for span in spans {
        if let Some(until) = covered
            && span.start.signed_duration_since(until) > TimeDelta::seconds(1)
        {
            found.push((until, span.start));
        }
        match span.end {
            None => return found,
            Some(end) => covered = Some(covered.map_or(end, |until| until.max(end))),
        }
    }
    found
}
