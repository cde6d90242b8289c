//! The rehearsal's talk: a bar on a terminal, lines for the result, times at the end.

use crate::text::wrap;
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// The steps so far.
pub(super) struct Steps {
    expected: usize,
    lines: Vec<String>,
    timings: Vec<(&'static str, Duration)>,
    started: Instant,
    running: Option<(&'static str, Instant)>,
}

impl Steps {
    /// A story of about `expected` steps.
    pub(super) fn new(expected: usize) -> Self {
        Self { expected, lines: Vec::new(), timings: Vec::new(), started: Instant::now(), running: None }
    }

    /// A line of the result.
    pub(super) fn say(&mut self, line: String) {
        self.lines.push(line);
    }

    /// A step begins.
    pub(super) fn begin(&mut self, name: &'static str) {
        self.running = Some((name, Instant::now()));
        self.bar(name);
    }

    /// The step is done, and this came of it.
    pub(super) fn end(&mut self, line: impl AsRef<str>) {
        if let Some((name, since)) = self.running.take() {
            self.timings.push((name, since.elapsed()));
            self.lines.push(wrap(&format!("{name:<16} "), &" ".repeat(17), line.as_ref()));
        }
    }

    fn bar(&self, name: &str) {
        let mut err = std::io::stderr();
        if !err.is_terminal() {
            return;
        }
        let done = self.timings.len().min(self.expected);
        let bar = format!("[{}{}]", "#".repeat(done), ".".repeat(self.expected - done));
        let _ = write!(err, "\r{bar} {name:<20}").and_then(|()| err.flush());
    }

    /// Seconds of each step.
    pub(super) fn timings(&self) -> serde_json::Value {
        self.timings.iter().map(|(name, took)| json!({"step": name, "seconds": took.as_secs_f64()})).collect()
    }

    /// Seconds of the whole.
    pub(super) fn total(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        let mut err = std::io::stderr();
        if err.is_terminal() {
            let _ = write!(err, "\r{:60}\r", "");
        }
        let times: Vec<String> =
            self.timings.iter().map(|(name, took)| format!("{name} {:.1}", took.as_secs_f64())).collect();
        let total = self.started.elapsed().as_secs_f64();
        let times = wrap("seconds          ", &" ".repeat(17), &times.join(", "));
        format!("{}\n{times}\ndone in {total:.1} s", self.lines.join("\n"))
    }
}
