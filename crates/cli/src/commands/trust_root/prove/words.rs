//! A proof for people: sample by sample, and what is not shown.

use super::samples::Root;
use crate::text::wrap;
use std::path::Path;
use tuffet_keys::sha256;
use tuffet_trust_root::{Entry, EntryKind, Outcome, Proof, Refused, Verified};

/// `recorded`: whether a line was appended, to which ceremony.
pub(super) fn text(
    root: &Root,
    proofs: &[Proof],
    not_shown: &[Entry],
    idle: Option<&str>,
    recorded: Option<(bool, &Path)>,
    failed: usize,
) -> String {
    let mut text = format!("{}\nsha256   {}\n", root.name, sha256(&root.bytes));
    for proof in proofs {
        text += &sample(proof);
    }
    if let Some(idle) = idle {
        text += &line("failed", idle);
    }
    if !not_shown.is_empty() {
        text += &line("unproved", "no bundle that verifies needs these entries");
        text += &entries(not_shown);
    }
    let verified = proofs.iter().filter(|proof| !proof.foreign && proof.failure.is_none()).count();
    let refused = proofs.iter().filter(|proof| proof.foreign && proof.failure.is_none()).count();
    text += &match failed {
        0 => line("proved", &format!("{verified} verified, {refused} foreign refused")),
        1 => line("failed", "1 expectation was not met"),
        _ => line("failed", &format!("{failed} expectations were not met")),
    };
    text += &match recorded {
        Some((true, dir)) => line("recorded", &format!("in the transcript of {}", dir.display())),
        Some((false, dir)) => line("recorded", &format!("before, in the transcript of {}", dir.display())),
        None => String::new(),
    };
    text
}

fn sample(proof: &Proof) -> String {
    if let Some(failure) = &proof.failure {
        return line("failed", failure);
    }
    match &proof.outcome {
        Outcome::Verified(verified) => carried(proof, verified),
        Outcome::Refused(refused) => foreign(proof, refused),
    }
}

fn carried(proof: &Proof, verified: &Verified) -> String {
    let mut text = line("verified", &proof.label) + &entries(&verified.carried_by);
    for kind in &verified.unchecked {
        text += &line("", &format!("unchecked: the trust root has no {}", kind.words()));
    }
    let said = |claim: &Option<String>| claim.clone().unwrap_or_else(|| "nobody".to_owned());
    let (identity, issuer) = (said(&verified.identity), said(&verified.issuer));
    let who = if verified.named { "signer as named" } else { "signer, by its certificate alone" };
    text += &line("", &format!("{who}: {identity}, {issuer}"));
    if let Some(other) = &proof.elsewhere {
        text += &match &other.outcome {
            Outcome::Verified(_) => line("", &format!("verifies under {} as well", other.root)),
            Outcome::Refused(_) => line("", &format!("new: {} refuses it", other.root)),
        };
    }
    text
}

fn foreign(proof: &Proof, refused: &Refused) -> String {
    let text = line("refused", &format!("{}: {}", proof.label, refused.reason));
    text + &match &proof.elsewhere {
        Some(own) => line("", &format!("foreign: it verifies under {}", own.root)),
        None => line("", "foreign: without root= nothing shows that it verifies anywhere"),
    }
}

fn entries(entries: &[Entry]) -> String {
    let one = |entry: &Entry| {
        let name = entry.url.as_deref().or(entry.subject.as_deref()).unwrap_or(&entry.id);
        let since = entry.start.as_ref().map_or_else(|| "no start".to_owned(), |start| format!("since {start}"));
        let kind = match entry.kind {
            EntryKind::TransparencyLog => "log",
            EntryKind::CertificateAuthority => "CA",
            EntryKind::CtLog => "CT log",
            EntryKind::TimestampAuthority => "TSA",
        };
        line("", &format!("{kind} {}, {since}", name.escape_debug()))
    };
    entries.iter().map(one).collect()
}

fn line(label: &str, text: &str) -> String {
    wrap(&format!("{label:<9}"), "         ", text) + "\n"
}
