//! `tuffet diff`: what changed between two files, in the sentences of a review, for a pull request or an audit.

use super::read;
use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tuffet_builder::{compare_roots, compare_targets};
use tuffet_keys::sha256;
use tuffet_metadata::{Limits, Profile, RoleName, Root, Targets, Unverified, Verified};
use tuffet_trust_root::{SigningConfig, compare_files};

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// A root.json, targets.json, trusted_root.json or signing_config.v0.2.json
    pub old: PathBuf,
    /// Another of the same kind
    pub new: PathBuf,
    /// For targets: the root whose keys signed them
    #[arg(long, value_name = "FILE")]
    pub root: Option<PathBuf>,
}

pub(crate) fn run(command: &Diff, context: &Context<'_>) -> Result<Outcome, CliError> {
    let (old, new) = (read(&command.old)?, read(&command.new)?);
    let (kind, of_old) = (kind(&command.new, &new)?, kind(&command.old, &old)?);
    if kind != of_old {
        return Err(CliError::usage(format!("expected two files of one kind, found {of_old} and {kind}")));
    }
    let changes = match kind {
        ROOT => roots(command, &old, &new, context)?,
        TARGETS => targets(command, old.clone(), new.clone(), context)?,
        TRUST_ROOT => trust_roots(command, &old, &new)?,
        _ => signing_configs(command, &old, &new)?,
    };
    let mut text = String::new();
    for change in &changes {
        text += &wrap("- ", "  ", change);
        text.push('\n');
    }
    if changes.is_empty() {
        text += "no change\n";
    }
    let data = json!({
        "kind": kind, "old_sha256": sha256(&old).to_string(), "new_sha256": sha256(&new).to_string(), "changes": changes,
    });
    Ok(Outcome::new(text, "tuffet-diff-v1", data))
}

/// As [`run`], of trust roots and signing configs alone.
pub(super) fn of_trust(command: &Diff, context: &Context<'_>) -> Result<Outcome, CliError> {
    for path in [&command.old, &command.new] {
        let kind = kind(path, &read(path)?)?;
        if ![TRUST_ROOT, SIGNING_CONFIG].contains(&kind) {
            let message = format!("{}: expected a trust root or a signing config, found {kind}", path.display());
            return Err(CliError::usage(message).hint("tuffet diff compares the metadata"));
        }
    }
    run(command, context)
}

/// What a file says it is.
fn kind(path: &Path, bytes: &[u8]) -> Result<&'static str, CliError> {
    let value: Value = serde_json::from_slice(bytes).unwrap_or(Value::Null);
    let media_type = value["mediaType"].as_str().unwrap_or_default();
    match value["signed"]["_type"].as_str() {
        Some("root") => Ok(ROOT),
        Some("targets") => Ok(TARGETS),
        _ if media_type.contains("sigstore.trustedroot") => Ok(TRUST_ROOT),
        _ if media_type.contains("sigstore.signingconfig") => Ok(SIGNING_CONFIG),
        _ => Err(CliError::usage(format!(
            "{}: expected a root, targets, a trust root or a signing config, found none of them",
            path.display()
        ))),
    }
}

fn metadata(path: &Path) -> impl Fn(tuffet_metadata::MetadataError) -> CliError {
    let path = path.display().to_string();
    move |e| CliError::new("metadata", format!("{path}: {e}"))
}

fn pinned(path: &Path, bytes: &[u8]) -> Result<Verified<Root>, CliError> {
    let root = Unverified::<Root>::new(bytes.to_vec());
    root.verify_pinned(&Profile::deployed(), &Limits::default()).map_err(metadata(path))
}

fn roots(command: &Diff, old: &[u8], new: &[u8], context: &Context<'_>) -> Result<Vec<String>, CliError> {
    let was = pinned(&command.old, old)?;
    let is = pinned(&command.new, new)?;
    let mut changes = compare_roots(Some(&was), &is, context.asked_time());
    let next = Unverified::<Root>::new(new.to_vec());
    if old != new && next.verify_next(&was, &Profile::deployed(), &Limits::default()).is_err() {
        // Between versions that lie further apart it is no surprise, between neighbours it is.
        changes.push(format!("not signed by the threshold of root v{}", was.common.version));
    }
    Ok(nothing_but_the_head(changes, old == new))
}

fn targets(command: &Diff, old: Vec<u8>, new: Vec<u8>, context: &Context<'_>) -> Result<Vec<String>, CliError> {
    let Some(path) = &command.root else {
        return Err(CliError::usage("targets: expected --root, the root whose keys signed them"));
    };
    let root = pinned(path, &read(path)?)?;
    let verified = |path: &Path, bytes| {
        let targets = Unverified::<Targets>::new(bytes);
        let by = root.authority(&RoleName::Targets);
        targets.verify(&by, &Profile::deployed(), &Limits::default()).map_err(metadata(path))
    };
    let same = old == new;
    let (was, is) = (verified(&command.old, old)?, verified(&command.new, new)?);
    Ok(nothing_but_the_head(compare_targets(Some(&was), &is, context.asked_time()), same))
}

/// One file twice has no change, not even a version.
fn nothing_but_the_head(changes: Vec<String>, same: bool) -> Vec<String> {
    if same { Vec::new() } else { changes }
}

fn trust_roots(command: &Diff, old: &[u8], new: &[u8]) -> Result<Vec<String>, CliError> {
    // Which of the two it is that does not read.
    let refused =
        |path: &Path, e: &dyn std::fmt::Display| CliError::new("trust-root", format!("{}: {e}", path.display()));
    compare_files(None, old).map_err(|e| refused(&command.old, &e))?;
    let changes = compare_files(Some(old), new).map_err(|e| refused(&command.new, &e))?;
    Ok(changes.iter().map(ToString::to_string).collect())
}

fn signing_configs(command: &Diff, old: &[u8], new: &[u8]) -> Result<Vec<String>, CliError> {
    let parse = |path: &Path, bytes: &[u8]| {
        SigningConfig::parse(bytes).map_err(|e| CliError::new("trust-root", format!("{}: {e}", path.display())))
    };
    let (was, is) = (parse(&command.old, old)?, parse(&command.new, new)?);
    Ok(is.changes_from(Some(&was)).iter().map(ToString::to_string).collect())
}

const ROOT: &str = "root";
const TARGETS: &str = "targets";
const TRUST_ROOT: &str = "trusted-root";
const SIGNING_CONFIG: &str = "signing-config";
