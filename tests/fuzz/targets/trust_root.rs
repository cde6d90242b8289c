//! 9: signed checkpoints; trust roots as we sign and as clients read them, signing configs, and files in PEM.

use chrono::{DateTime, Utc};
use tuffet_trust_root::{
    Checkpoint, Examination, LegacyFile, LegacyTarget, Severity, SigningConfig, Tolerant, TrustedRoot, readers,
    timeline,
};

/// A checkpoint that reads is written again byte for byte, and proves no log but the one whose name it has.
pub(crate) fn checkpoint(data: &[u8]) {
    match Checkpoint::parse(data) {
        Ok(checkpoint) => {
            assert_eq!(checkpoint.to_string().as_bytes(), data, "one form");
            assert!(Checkpoint::parse(&data[..data.len() - 1]).is_err(), "a line that breaks off");
            for log in root().tlogs().iter().chain(root().ctlogs()) {
                let proof = checkpoint.proves(log);
                let own = checkpoint.origin() == log.origin()
                    && checkpoint.signatures().iter().any(|s| s.name() == log.origin());
                assert!(proof.is_err() || own, "{checkpoint}");
                if let Err(error) = proof {
                    visible(&error.to_string());
                }
            }
        }
        Err(error) => visible(&error.to_string()),
    }
}

/// What reads strictly reads tolerantly as the same; each is stable under writing, and every question has an answer.
pub(crate) fn trusted_root(data: &[u8]) {
    let strict = TrustedRoot::parse(data);
    match Tolerant::parse(data) {
        Ok(tolerant) => {
            assert_eq!(strict.is_ok(), tolerant.set_aside().is_empty());
            let written = tolerant.to_json();
            let again = Tolerant::parse(written.as_bytes()).unwrap();
            assert_eq!(again.to_json(), written, "one form");
            assert_eq!(again.trusted_root(), tolerant.trusted_root());
            if let Ok(strict) = strict {
                assert_eq!(strict, *tolerant.trusted_root());
                assert_eq!(strict.to_json(), written);
            }
            let root = tolerant.trusted_root();
            assert_eq!(tuffet_trust_root::compare(Some(root), root), []);
            let entries = root.entries();
            for entry in &entries {
                let Some(start) = &entry.start else { continue };
                assert!(root.entries_at(start.time()).len() <= entries.len());
            }
            let _ = readers(&tolerant, None);
            let picture = timeline(&tolerant, now(), "fuzzed");
            assert_eq!(picture.matches("<g>").count(), picture.matches("</g>").count());
            assert!(!picture.contains("<script"));
        }
        Err(error) => {
            assert!(strict.is_err(), "{error}");
            visible(&error.to_string());
        }
    }
    examined(data, None, &[]);
}

/// What reads has no change from itself.
pub(crate) fn signing_config(data: &[u8]) {
    match SigningConfig::parse(data) {
        Ok(config) => {
            assert_eq!(config.changes_from(Some(&config)), []);
            for change in config.changes_from(None) {
                visible(&change.to_string());
            }
        }
        Err(error) => visible(&error.to_string()),
    }
    examined(COMPOSED, Some(data), &[]);
}

/// No file with a private key reads, and what reads is shown on one line.
pub(crate) fn legacy(data: &[u8]) {
    if let Some(target) = LegacyTarget::parse(data) {
        assert!(!String::from_utf8_lossy(data).contains("PRIVATE KEY"));
        visible(&target.to_string());
    }
    examined(COMPOSED, None, data);
}

/// Whatever lies beside it, it is examined to the end; what does not read is an error.
fn examined(trusted_root: &[u8], signing_config: Option<&[u8]>, legacy: &[u8]) {
    let legacy = LegacyFile { path: "fuzzed.pem", bytes: legacy, usage: None, status: None, uri: None };
    let (previous, instances, at) = (Some(COMPOSED), &[][..], now());
    let legacy = &[legacy];
    let examination = Examination { trusted_root, signing_config, previous, legacy, instances, at };
    let findings = examination.run();
    let reads = TrustedRoot::parse(trusted_root).is_ok();
    assert!(reads || findings.iter().any(|finding| finding.severity == Severity::Error));
    for finding in findings {
        visible(&finding.to_string());
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn visible(text: &str) {
    assert!(!text.chars().any(char::is_control), "a message steers no terminal: {text:?}");
}

/// The trust root of the corpus.
fn root() -> &'static TrustedRoot {
    static ROOT: std::sync::OnceLock<TrustedRoot> = std::sync::OnceLock::new();
    ROOT.get_or_init(|| TrustedRoot::parse(COMPOSED).unwrap())
}

const COMPOSED: &[u8] = include_bytes!("../corpus/trusted-root/composed");
