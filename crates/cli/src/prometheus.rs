//! Metrics in the text format that Prometheus reads.

use std::fmt::Write as _;

/// The text, family after family.
#[derive(Default)]
pub(crate) struct Metrics {
    pub(crate) text: String,
    family: &'static str,
}

impl Metrics {
    pub(crate) fn gauge(&mut self, name: &'static str, help: &str) {
        self.family(name, "gauge", help);
    }

    #[cfg(feature = "network")]
    pub(crate) fn counter(&mut self, name: &'static str, help: &str) {
        self.family(name, "counter", help);
    }

    fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.family = name;
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A sample of the family begun last.
    pub(crate) fn sample(&mut self, labels: &[(&str, &str)], value: i64) {
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "{}{labels} {value}", self.family);
    }
}

/// A label's value: a role's name is a stranger's, and may hold anything.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// What a sample holds of a number of ours.
pub(crate) fn count(of: impl TryInto<i64>) -> i64 {
    of.try_into().unwrap_or(i64::MAX)
}
