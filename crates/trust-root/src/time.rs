//! Times with the string they were written as, and the windows made of two of them.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Timelike, Utc};
use serde::{Serialize, Serializer};

/// A time and the exact string that wrote it.
///
/// Published roots carry offsets and fractions (`2022-12-31T23:59:59.999Z`). A time that was read is written again as
/// it was, or a root would change under its reviewers without anybody having changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenTime {
    text: String,
    time: DateTime<Utc>,
}

impl WrittenTime {
    /// Reads what protobuf's JSON mapping reads: RFC 3339 with upper-case `T` and `Z` or an offset, up to nine
    /// fractional digits, no leap second. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        // chrono also takes a space or `t`, a 60th second and any number of digits; Go's reader does not, and would
        // reject the whole root.
        let plain = bytes.get(10) == Some(&b'T')
            && bytes.get(17..19) != Some(b"60")
            && bytes.iter().skip(11).all(|b| !b.is_ascii_lowercase())
            && bytes.iter().skip(20).take_while(|b| b.is_ascii_digit()).count() <= 9;
        if !plain {
            return None;
        }
        let time = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
        Some(Self { text: text.to_owned(), time })
    }

    /// A new time, written with `Z` and whole seconds. `None` for a fraction of a second or a year that RFC 3339
    /// cannot write: rounding would silently move the edge of a trust window.
    pub fn from_utc(time: DateTime<Utc>) -> Option<Self> {
        if time.nanosecond() != 0 {
            return None;
        }
        Self::parse(&time.to_rfc3339_opts(SecondsFormat::Secs, true))
    }

    /// The string as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The time itself.
    pub fn time(&self) -> DateTime<Utc> {
        self.time
    }
}

impl fmt::Display for WrittenTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for WrittenTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// A closed interval of time: the start and the end belong to it. The end, if any, is never before the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    start: Option<WrittenTime>,
    end: Option<WrittenTime>,
}

impl Window {
    /// A window, unless its end is before its start.
    pub fn new(start: Option<WrittenTime>, end: Option<WrittenTime>) -> Option<Self> {
        match (&start, &end) {
            (Some(start), Some(end)) if end.time < start.time => None,
            _ => Some(Self { start, end }),
        }
    }

    /// When the window opens.
    pub fn start(&self) -> Option<&WrittenTime> {
        self.start.as_ref()
    }

    /// When the window closes; `None` while it is open.
    pub fn end(&self) -> Option<&WrittenTime> {
        self.end.as_ref()
    }

    /// Whether some time lies in both; none lies in a window without a start.
    pub fn overlaps(&self, other: &Self) -> bool {
        let starts_in = |this: &Self, that: &Self| {
            let end = this.end.as_ref().map(WrittenTime::time);
            that.start.as_ref().is_some_and(|start| end.is_none_or(|end| start.time <= end))
        };
        starts_in(self, other) && starts_in(other, self)
    }

    /// Whether the time lies in the window.
    ///
    /// A window without a start contains no time: Go, Python and Rust clients reject such an entry, and "since ever"
    /// would trust a key for signatures older than itself.
    pub fn contains(&self, time: DateTime<Utc>) -> bool {
        self.start.as_ref().is_some_and(|start| start.time <= time)
            && self.end.as_ref().is_none_or(|end| time <= end.time)
    }
}

/// `from 2025-09-23T00:00:00Z, no end`
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.start, &self.end) {
            (Some(start), Some(end)) => write!(f, "from {start} to {end}"),
            (Some(start), None) => write!(f, "from {start}, no end"),
            (None, Some(end)) => write!(f, "until {end}, no start: never valid"),
            (None, None) => f.write_str("no start: never valid"),
        }
    }
}
