//! Times as the page says them: the date, and how far it is from the day the page was made.

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tuffet_metadata::{format_time, parse_time};

/// A moment, to the second: `2026-12-01T10:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub DateTime<Utc>);

impl Time {
    /// `2026-12-22`.
    pub(crate) fn day(self) -> String {
        self.text().chars().take(10).collect()
    }

    pub(crate) fn year(self) -> String {
        self.text().chars().take(4).collect()
    }

    /// `Dec`.
    pub(crate) fn month(self) -> &'static str {
        let at = usize::try_from(self.0.month0()).unwrap_or(0);
        MONTHS.get(at).copied().unwrap_or_default()
    }

    pub(crate) fn text(self) -> String {
        format_time(self.0)
    }

    /// `21 days after this page was made`. A static page has no today.
    pub(crate) fn apart_from(self, made: Self) -> String {
        let days = self.days_from(made);
        let unit = if days.abs() == 1 { "day" } else { "days" };
        match (days, self.0 >= made.0) {
            (0, true) => "within a day of this page".to_owned(),
            (0, false) => "less than a day before this page".to_owned(),
            (_, true) => format!("{days} {unit} after this page was made"),
            (_, false) => format!("{} {unit} before this page was made", days.abs()),
        }
    }

    /// Whole days, towards zero.
    pub(crate) fn days_from(self, made: Self) -> i64 {
        self.0.signed_duration_since(made.0).num_days()
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let found = || format!("expected a time YYYY-MM-DDTHH:MM:SSZ, found `{}`", text.escape_debug());
        parse_time(&text).map(Self).ok_or_else(|| de::Error::custom(found()))
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
