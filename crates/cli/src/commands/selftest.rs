//! `tuffet selftest` (K17): whether this program works on this machine, before anybody relies on it.

use crate::text::wrap;
use crate::{CliError, Outcome};
use clap::Args;
use serde_json::json;
use std::time::{Duration, Instant};
use tuffet_ceremony::{STEPS, Trial};
use tuffet_keys::{Scheme, Sha256, Sign, known, sha256, words};
use tuffet_signers::FileKey;

/// Arguments of `selftest`.
#[derive(Debug, Args)]
pub struct Selftest {}

/// One thing that was asked, and the answer.
struct Check {
    name: String,
    answer: Result<String, String>,
    took: Duration,
}

impl Check {
    fn of(name: impl Into<String>, ask: impl FnOnce() -> Result<String, String>) -> Self {
        let start = Instant::now();
        let answer = ask();
        Self { name: name.into(), answer, took: start.elapsed() }
    }

    fn known<E: std::fmt::Display>(name: String, what: &str, ask: impl FnOnce() -> Result<usize, E>) -> Self {
        Self::of(name, || ask().map(|count| format!("{count} known {what}")).map_err(|e| e.to_string()))
    }
}

pub(crate) fn run(_: &Selftest) -> Result<Outcome, CliError> {
    let mut checks = vec![
        Check::known("SHA-256".into(), "digests", known::sha256),
        Check::known("SHA-512".into(), "digests", known::sha512),
    ];
    for scheme in known::schemes() {
        checks.push(Check::known(scheme.to_string(), "signatures", || known::signatures(*scheme)));
    }
    checks.push(Check::known("canonical JSON".into(), "forms", tuffet_builder::known_forms));
    checks.extend(in_memory());
    let mut digest = None;
    checks.push(Check::of("this program", || {
        let path = std::env::current_exe().map_err(|e| e.to_string())?;
        let bytes = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        digest = Some(sha256(&bytes));
        Ok(format!("{} bytes read", bytes.len()))
    }));
    Ok(report(&checks, digest.as_ref()))
}

/// A ceremony with keys that exist for its length.
fn in_memory() -> Vec<Check> {
    let mut keys = Vec::new();
    let made = Check::of("key files", || {
        for (name, scheme) in PEOPLE {
            keys.push((name, FileKey::throw_away(name, scheme).map_err(|e| e.to_string())?));
        }
        Ok(format!("{} made, sealed, opened", keys.len()))
    });
    let mut checks = vec![made];
    let Some(((_, online), people)) = keys.split_last() else { return checks };
    let people: Vec<(&str, &dyn Sign)> = people.iter().map(|(name, key)| (*name, key as &dyn Sign)).collect();
    let mut trial = Trial::new(&people, online);
    for (name, step) in STEPS {
        checks.push(Check::of(name, || step(&mut trial)));
    }
    checks
}

fn report(checks: &[Check], program: Option<&Sha256>) -> Outcome {
    let failed = checks.iter().filter(|check| check.answer.is_err()).count();
    let mut text = String::new();
    for check in checks {
        let (word, said) = match &check.answer {
            Ok(said) => ("ok", said),
            Err(said) => ("FAILED", said),
        };
        let milliseconds = check.took.as_secs_f64() * 1_000.0;
        let front = format!("{word:<7}{milliseconds:>9.1} ms  {:<16}", check.name);
        text += &format!("{}\n", wrap(&front, "                     ", said));
    }
    text += &format!("\ntuffet {}\n", env!("CARGO_PKG_VERSION"));
    if let Some(program) = program {
        text += &super::carry::digest_text(program);
        text += "compare this with what the program's maker announced\n";
    }
    if failed > 0 {
        text += &format!("{failed} of {} failed: do not use this program on this machine\n", checks.len());
    }
    let one = |check: &Check| {
        let (ok, detail) = match &check.answer {
            Ok(said) => (true, said),
            Err(said) => (false, said),
        };
        json!({"name": check.name, "ok": ok, "detail": detail, "microseconds": check.took.as_micros() as u64})
    };
    let data = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "passed": failed == 0,
        "checks": checks.iter().map(one).collect::<Vec<_>>(),
        "program": program.map(|digest| json!({"sha256": digest.to_string(), "words": words::encode(digest.as_bytes())})),
    });
    let outcome = Outcome::new(text, "tuffet-selftest-v1", data);
    if failed > 0 { outcome.refused() } else { outcome }
}

/// Two of each scheme a key file has, and the online key.
const PEOPLE: [(&str, Scheme); 5] = [
    ("@alice", Scheme::Ed25519),
    ("@bob", Scheme::EcdsaP256),
    ("@carol", Scheme::Ed25519),
    ("@dave", Scheme::EcdsaP256),
    ("online", Scheme::EcdsaP256),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: Result<&str, &str>) -> Check {
        let answer = answer.map(str::to_owned).map_err(str::to_owned);
        Check { name: "Ed25519".into(), answer, took: Duration::from_micros(1_250) }
    }

    #[test]
    fn k17_what_failed_is_said_in_words_and_by_the_exit_code() {
        let checks = [check(Ok("11 known signatures")), check(Err("test 2: expected valid, found the opposite"))];
        let outcome = report(&checks, Some(&sha256(b"")));
        let lines: Vec<&str> = outcome.text().lines().collect();
        assert_eq!(lines[0], "ok           1.2 ms  Ed25519         11 known signatures");
        assert_eq!(lines[1], "FAILED       1.2 ms  Ed25519         test 2: expected valid, found the opposite");
        assert_eq!(lines.last(), Some(&"1 of 2 failed: do not use this program on this machine"));
        assert!(lines.iter().all(|line| line.chars().count() <= 80), "{lines:?}");
        assert_eq!(outcome.json()["passed"], false);
        assert_eq!(outcome.json()["checks"][1]["ok"], false);
        assert!(format!("{outcome:?}").contains("refused: true"));
        let outcome = report(&checks[..1], None);
        assert_eq!((outcome.json()["passed"].clone(), outcome.json()["program"].clone()), (true.into(), json!(null)));
        assert!(format!("{outcome:?}").contains("refused: false"));
    }

    #[test]
    fn k17_a_key_that_signs_wrong_fails_the_trial() {
        struct Faulty(FileKey);
        impl Sign for Faulty {
            fn public_key(&self) -> &tuffet_keys::PublicKey {
                self.0.public_key()
            }
            fn describe(&self) -> String {
                self.0.describe()
            }
            fn sign(&self, message: &[u8]) -> Result<Vec<u8>, tuffet_keys::SignError> {
                let mut signature = self.0.sign(message)?;
                // Right for a proof of possession, wrong for metadata.
                if message.starts_with(b"{") {
                    signature[40] ^= 1;
                }
                Ok(signature)
            }
        }
        let key = |name| FileKey::throw_away(name, Scheme::Ed25519).unwrap();
        let (alice, bob, online) = (key("@alice"), Faulty(key("@bob")), key("online"));
        let people: [(&str, &dyn Sign); 2] = [("@alice", &alice), ("@bob", &bob)];
        let mut trial = Trial::new(&people, &online);
        let answers: Vec<_> = STEPS.iter().map(|(name, step)| (*name, step(&mut trial))).collect();
        let failed: Vec<_> = answers.iter().filter(|(_, answer)| answer.is_err()).map(|(name, _)| *name).collect();
        assert_eq!(failed, ["sign", "assemble", "verify"]);
        assert_eq!(answers[3].1, Err("the signature is not valid for this key and payload".into()));
    }
}
