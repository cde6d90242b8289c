//! `tuffet trust-root prove`: real bundles verify under a trust root, and foreign ones do not, before anybody signs it (TR10).

mod samples;
mod words;

use crate::commands::ceremony::open_to_write;
use crate::commands::read;
use crate::{CliError, Context, Outcome};
use clap::Args;
use samples::{Given, Root};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tuffet_ceremony::{ProvedOutcome, ProvedSample};
use tuffet_keys::sha256;
use tuffet_trust_root::{Entry, Expected, Outcome as Shown, Proof};

/// Arguments of `trust-root prove`. Samples are given as lists such as
/// `bundle=release.sigstore.json,artifact=release.tar.gz`.
#[derive(Debug, Args)]
pub struct Prove {
    /// The trusted_root.json
    pub file: PathBuf,
    /// A bundle that must verify: bundle=FILE,artifact=FILE or
    /// bundle=FILE,digest=SHA256[,identity=NAME][,issuer=URL]
    #[arg(long = "bundle", value_name = "LIST", required = true)]
    pub bundles: Vec<String>,
    /// A bundle of another instance, which must not verify; with root=FILE, the trusted root
    /// it does verify under
    #[arg(long = "foreign", value_name = "LIST")]
    pub foreign: Vec<String>,
    /// The trusted_root.json published now: what verifies under it must verify under the new
    /// one
    #[arg(long, value_name = "FILE")]
    pub before: Option<PathBuf>,
    /// Record the proof in the transcript of this ceremony, before anybody signs
    #[arg(long, value_name = "DIR")]
    pub ceremony: Option<PathBuf>,
    /// The trusted root's name among the ceremony's targets
    #[arg(long, value_name = "NAME", default_value = "trusted_root.json", requires = "ceremony")]
    pub target: String,
}

pub(super) fn run(command: &Prove, context: &Context<'_>) -> Result<Outcome, CliError> {
    let bundles = command.bundles.iter().map(|list| Given::read("--bundle", list, false));
    let foreign = command.foreign.iter().map(|list| Given::read("--foreign", list, true));
    let given = bundles.chain(foreign).collect::<Result<Vec<_>, _>>()?;
    let root = Root::read(&command.file)?;
    let before = command.before.as_deref().map(Root::read).transpose()?;
    let proofs: Vec<Proof> = given.iter().map(|sample| proof(&root, before.as_ref(), sample)).collect();
    let idle = idle(before.as_ref(), &proofs);
    let failed = proofs.iter().filter(|proof| proof.failure.is_some()).count() + usize::from(idle.is_some());
    let not_shown = not_shown(&root, &proofs);
    let recorded = match &command.ceremony {
        Some(dir) if failed == 0 => {
            let done = record(command, context, dir, &root, before.as_ref(), &given, &proofs);
            Some(done.map_err(|error| error.with_dir(dir))?)
        }
        _ => None,
    };
    let ceremony = command.ceremony.as_deref();
    let text = words::text(&root, &proofs, &not_shown, idle.as_deref(), recorded.zip(ceremony), failed);
    let sample = |(given, proof): (&Given, &Proof)| -> Value {
        let mut data = json!(proof);
        data["bundle_sha256"] = sha256(&given.bundle).to_string().into();
        data["artifact_sha256"] = given.artifact_sha256().into();
        data["own_root_sha256"] = json!(given.root.as_ref().map(|root| sha256(&root.bytes).to_string()));
        data
    };
    let data = json!({
        "file": command.file, "sha256": sha256(&root.bytes).to_string(), "proved": failed == 0,
        "before": before.as_ref().map(|root| json!({"file": root.name, "sha256": sha256(&root.bytes).to_string()})),
        "samples": given.iter().zip(&proofs).map(sample).collect::<Vec<_>>(), "failure": idle,
        "not_shown": not_shown, "recorded": recorded,
    });
    let outcome = Outcome::new(text, "tuffet-trust-root-prove-v1", data);
    Ok(if failed == 0 { outcome } else { outcome.refused() })
}

fn proof(root: &Root, before: Option<&Root>, given: &Given) -> Proof {
    let other = if given.foreign { given.root.as_ref() } else { before };
    let other = other.map(|root| (root.name.as_str(), &root.prover));
    let expected = if given.foreign { Expected::Foreign { own: other } } else { Expected::Verifies { before: other } };
    root.prover.prove(&given.sample(), expected)
}

/// That the old ones still verify is shown by an old one, and by nothing else.
fn idle(before: Option<&Root>, proofs: &[Proof]) -> Option<String> {
    let before = before?;
    let verified = |proof: &Proof| {
        !proof.foreign && proof.elsewhere.as_ref().is_some_and(|other| matches!(other.outcome, Shown::Verified(_)))
    };
    (!proofs.iter().any(verified)).then(|| {
        format!(
            "{}: expected a --bundle that verifies under it, found none: nothing shows that old ones still do (TR10)",
            before.name
        )
    })
}

/// The entries that no sample needs: of them nothing is proved.
fn not_shown(root: &Root, proofs: &[Proof]) -> Vec<Entry> {
    let carries = |entry: &Entry| {
        proofs.iter().any(|proof| match &proof.outcome {
            Shown::Verified(verified) => verified.carried_by.contains(entry),
            Shown::Refused(_) => false,
        })
    };
    root.prover.root().entries().into_iter().filter(|entry| !carries(entry)).collect()
}

/// Appends to the transcript; `false` where the same proof was recorded before.
fn record(
    command: &Prove,
    context: &Context<'_>,
    dir: &Path,
    root: &Root,
    before: Option<&Root>,
    given: &[Given],
    proofs: &[Proof],
) -> Result<bool, CliError> {
    let ceremony = open_to_write(dir, context)?;
    let sample = |(given, proof): (&Given, &Proof)| ProvedSample {
        bundle: sha256(&given.bundle).to_string(),
        artifact: given.artifact_sha256(),
        outcome: match &proof.outcome {
            Shown::Verified(verified) => {
                ProvedOutcome::Verified { by: verified.carried_by.iter().map(|entry| entry.id.clone()).collect() }
            }
            Shown::Refused(_) => {
                ProvedOutcome::Refused { own_root: given.root.as_ref().map(|root| sha256(&root.bytes).to_string()) }
            }
        },
    };
    let samples = given.iter().zip(proofs).map(sample).collect();
    let before = before.map(|root| sha256(&root.bytes));
    let now = context.writing_time()?;
    Ok(ceremony.record_proof(&command.target, (&root.name, &root.bytes), before, samples, now)?)
}

/// Reads what an option names; the label of errors and reports is the path as it was typed.
fn file(path: &Path) -> Result<(String, Vec<u8>), CliError> {
    Ok((path.display().to_string(), read(path)?))
}
