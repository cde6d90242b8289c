//! `expires`: a moment, and the text it was written as.

use chrono::{DateTime, NaiveDate, Utc};
use std::fmt;

/// An expiry date. The text is kept as received, because signatures are over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expires {
    text: String,
    time: DateTime<Utc>,
}

impl Expires {
    /// Reads `YYYY-MM-DDTHH:MM:SSZ` and nothing else (TUF §4.2.3, F14).
    #[must_use]
    pub fn strict(text: &str) -> Option<Self> {
        parse_strict(text).map(|time| Self { text: text.to_owned(), time })
    }

    /// Reads any RFC 3339 time with an upper-case `T` and `Z` and no leap second (D2).
    #[must_use]
    pub fn rfc3339(text: &str) -> Option<Self> {
        // chrono also takes U+2212 for the minus of an offset.
        let legal = text.is_ascii() && !text.bytes().any(|b| b == b't' || b == b'z' || b == b' ');
        if !legal || text.get(17..19)? == "60" {
            return None;
        }
        let time = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
        Some(Self { text: text.to_owned(), time })
    }

    /// The moment, to the nanosecond.
    #[must_use]
    pub fn time(&self) -> DateTime<Utc> {
        self.time
    }

    /// Whether it has expired at `now`: valid means `expires` is strictly later (TUF 5.3.10, C17).
    #[must_use]
    pub fn is_past(&self, now: DateTime<Utc>) -> bool {
        self.time <= now
    }
}

impl fmt::Display for Expires {
    /// As written in the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The text new metadata writes for a moment: whole seconds, `Z`.
#[must_use]
pub fn format_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Reads `YYYY-MM-DDTHH:MM:SSZ`, as plans, records and the command line write times.
#[must_use]
pub fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    parse_strict(text)
}

fn parse_strict(text: &str) -> Option<DateTime<Utc>> {
    let shape = |(c, want): (u8, u8)| if want == b'0' { c.is_ascii_digit() } else { c == want };
    if text.len() != SHAPE.len() || !text.bytes().zip(SHAPE.bytes()).all(shape) {
        return None;
    }
    let field = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let year = i32::try_from(field(0, 4)?).ok().filter(|y| *y > 0)?;
    NaiveDate::from_ymd_opt(year, field(5, 7)?, field(8, 10)?)?
        .and_hms_opt(field(11, 13)?, field(14, 16)?, field(17, 19)?)
        .map(|naive| naive.and_utc())
}

const SHAPE: &str = "0000-00-00T00:00:00Z";
