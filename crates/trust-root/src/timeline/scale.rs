//! Time to place: one scale for all lanes, with its ticks.

use chrono::{DateTime, Datelike, Months, TimeDelta, TimeZone, Utc};

type Time = DateTime<Utc>;

pub(super) struct Scale {
    from: Time,
    to: Time,
    left: f64,
    right: f64,
}

impl Scale {
    /// From the first time to a year after the last that matters. A certificate that lives for decades would press all
    /// that happened into a corner, so what lies far ahead is beyond the edge.
    pub(super) fn over(times: impl Iterator<Item = Time>, at: Time, left: f64, right: f64) -> Self {
        let year = TimeDelta::days(366);
        let soon = at.checked_add_signed(year).unwrap_or(at);
        let horizon = at.checked_add_months(Months::new(72)).unwrap_or(at);
        let (mut from, mut to) = (at, soon);
        for time in times {
            from = from.min(time);
            if time <= horizon {
                to = to.max(time.checked_add_signed(TimeDelta::days(90)).unwrap_or(time));
            }
        }
        Self { from, to, left, right }
    }

    pub(super) fn contains(&self, time: Time) -> bool {
        self.from <= time && time <= self.to
    }

    /// What lies beyond an edge is at the edge.
    pub(super) fn x(&self, time: Time) -> f64 {
        let seconds = |time: Time| time.signed_duration_since(self.from).as_seconds_f64();
        let share = (seconds(time) / seconds(self.to)).clamp(0.0, 1.0);
        self.left + share * (self.right - self.left)
    }

    /// The beginnings of years, of months where a year is wide, not nearer than a label is.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let months: u32 = if self.months() <= 30.0 { 3 } else { 12 };
        let mut ticks: Vec<(f64, String)> = Vec::new();
        let mut next = Utc.with_ymd_and_hms(self.from.year(), 1, 1, 0, 0, 0).single();
        while let Some(time) = next.filter(|time| *time <= self.to && ticks.len() < MOST_TICKS) {
            let x = self.x(time);
            if time >= self.from && ticks.last().is_none_or(|(last, _)| x - last >= APART) {
                let label = if months == 12 { time.year().to_string() } else { time.format("%Y-%m").to_string() };
                ticks.push((x, label));
            }
            next = time.checked_add_months(Months::new(months));
        }
        ticks
    }

    fn months(&self) -> f64 {
        self.to.signed_duration_since(self.from).as_seconds_f64() / (30.44 * 86_400.0)
    }
}

const APART: f64 = 60.0;
const MOST_TICKS: usize = 64;
