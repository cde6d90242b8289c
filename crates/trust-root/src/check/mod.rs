//! A trust root, and what stands beside it, held to the rules. Every finding at once: who mends one wants all.

mod chains;
mod form;
mod history;
mod instance;
mod legacy;
mod logs;
mod services;
mod windows;

use std::fmt;

use chrono::{DateTime, Utc};

pub use legacy::LegacyFile;

use crate::error::{ParseError, Rule};
use crate::json::Json;
use crate::severity::Severity;
use crate::signing_config::SigningConfig;
use crate::tolerant::Tolerant;
use crate::trusted_root::TrustedRoot;

/// What is to be examined.
#[derive(Debug, Clone, Copy)]
pub struct Examination<'a> {
    /// The trusted_root.json.
    pub trusted_root: &'a [u8],
    /// The signing_config.v0.2.json that goes with it.
    pub signing_config: Option<&'a [u8]>,
    /// The trusted_root.json it replaces.
    pub previous: Option<&'a [u8]>,
    /// The legacy targets beside it.
    pub legacy: &'a [LegacyFile<'a>],
    /// Whose entries belong here, by the short names of [`KnownInstance`](crate::KnownInstance) or one's own. With
    /// none, the known instance that most entries are of.
    pub instances: &'a [&'a str],
    /// The time for which "now valid" is meant.
    pub at: DateTime<Utc>,
}

/// One broken rule. `Display` says it on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How bad.
    pub severity: Severity,
    /// Where: a path in the trust root, or a file and a path in it.
    pub place: String,
    /// What was expected and what was found.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}: {}", self.severity.as_str(), self.rule, self.place, self.text)
    }
}

impl Examination<'_> {
    /// Every finding, the worst first; those of one severity in the order of the files.
    #[must_use]
    pub fn run(&self) -> Vec<Finding> {
        let mut findings = Findings::default();
        self.examine(&mut findings);
        let mut findings = findings.0;
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    fn examine(&self, findings: &mut Findings) {
        let config = self.signing_config.map(SigningConfig::parse);
        if let Some(Err(error)) = &config {
            findings.refused("signing config", error);
        }
        let tolerant = match Tolerant::parse(self.trusted_root) {
            Ok(tolerant) => tolerant,
            Err(error) => return findings.refused("trusted root", &error),
        };
        let root = tolerant.trusted_root();
        for aside in tolerant.set_aside() {
            let text = aside.reason().problem().to_string();
            findings.error(aside.reason().problem().rule(), aside.reason().path(), text);
        }
        chains::check(root, findings);
        windows::check(root, self.at, findings);
        logs::check(root, findings);
        form::check(self.trusted_root, &tolerant, findings);
        if let Some(previous) = self.previous {
            history::check(previous, self.trusted_root, findings);
        }
        if let Some(Ok(config)) = &config {
            services::check(root, config, findings);
        }
        legacy::check(root, self.legacy, self.at, findings);
        instance::check(self.trusted_root, self.instances, findings);
    }
}

/// Services of the signing config that no entry of the trust root stands behind while they are in use (TR7).
#[must_use]
pub fn services_without_trust(root: &TrustedRoot, config: &SigningConfig) -> Vec<Finding> {
    let mut findings = Findings::default();
    services::trust(root, config, &mut findings);
    findings.0
}

/// Findings in the making.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn say(&mut self, rule: Rule, severity: Severity, place: impl Into<String>, text: impl Into<String>) {
        self.0.push(Finding { rule, severity, place: place.into(), text: text.into() });
    }

    fn error(&mut self, rule: Rule, place: impl Into<String>, text: impl Into<String>) {
        self.say(rule, Severity::Error, place, text);
    }

    fn warning(&mut self, rule: Rule, place: impl Into<String>, text: impl Into<String>) {
        self.say(rule, Severity::Warning, place, text);
    }

    fn note(&mut self, rule: Rule, place: impl Into<String>, text: impl Into<String>) {
        self.say(rule, Severity::Note, place, text);
    }

    /// A file that does not read.
    fn refused(&mut self, document: &str, error: &ParseError) {
        let place = if error.path().is_empty() { document } else { error.path() };
        self.error(error.problem().rule(), place, error.problem().to_string());
    }
}

/// `tlogs[0]`, for each log of both lists.
fn logs(root: &TrustedRoot) -> impl Iterator<Item = (String, &crate::TransparencyLog)> {
    let named = |name: &'static str| move |(at, log)| (format!("{name}[{at}]"), log);
    root.tlogs().iter().enumerate().map(named("tlogs")).chain(root.ctlogs().iter().enumerate().map(named("ctlogs")))
}

/// `certificateAuthorities[0]`, for each authority of both lists.
fn authorities(root: &TrustedRoot) -> impl Iterator<Item = (String, &crate::CertificateAuthority)> {
    let named = |name: &'static str| move |(at, authority)| (format!("{name}[{at}]"), authority);
    let cas = root.certificate_authorities().iter().enumerate().map(named("certificateAuthorities"));
    cas.chain(root.timestamp_authorities().iter().enumerate().map(named("timestampAuthorities")))
}

/// The member of a document.
fn member<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    match json {
        Json::Map(members) => crate::rest::member(members, name),
        _ => None,
    }
}
