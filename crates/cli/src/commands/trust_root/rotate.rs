//! `trust-root rotate`: the ceremonies that put one log or authority in another's place.

use super::entries::{Entries, Given, GivenKind, refused};
use super::{compose, read_root};
use crate::commands::{read, refuse_existing, write_new};
use crate::context::time;
use crate::text::wrap;
use crate::{CliError, Outcome};
use chrono::Duration;
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use tuffet_metadata::format_time;
use tuffet_trust_root::{
    ConfigChange, NewEntry, Refusal, Rotation, RotationPurpose, RotationStep, SigningConfig, TrustChange, TrustedRoot,
    compare,
};

/// Arguments of `trust-root rotate`.
#[derive(Debug, Args)]
pub struct Rotate {
    /// The trusted_root.json that is published
    pub file: PathBuf,
    /// What goes: its URL, or the beginning of its id; without it the open one of that
    /// kind
    #[arg(long, value_name = "URL|ID")]
    pub old: Option<String>,
    /// When the first ceremony's files are published
    #[arg(long, value_name = "TIME")]
    pub publish: String,
    /// From when the new one is used [default: as soon as every client knows it]
    #[arg(long, value_name = "TIME")]
    pub in_use: Option<String>,
    /// How long both are trusted from then on, such as 7d or 36h
    #[arg(long, value_name = "TIME", default_value = "7d")]
    pub overlap: String,
    /// The longest time for which a client keeps what it knows: until its timestamp
    /// expires
    #[arg(long, value_name = "TIME", default_value = "7d")]
    pub cache: String,
    /// The signing_config.v0.2.json that is published
    #[arg(long, value_name = "FILE", requires = "operator")]
    pub signing_config: Option<PathBuf>,
    /// Who operates the new service
    #[arg(long, value_name = "NAME")]
    pub operator: Option<String>,
    /// Give the signing config a ceremony of its own, on the day of use
    #[arg(long, requires = "signing_config")]
    pub use_apart: bool,
    /// A folder of the files of clients from before trusted_root.json, as published
    #[arg(long, value_name = "DIR")]
    pub legacy_from: Option<PathBuf>,
    /// The folder to write: one folder a ceremony, and in it `targets`
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// What comes: exactly one of these.
    #[command(flatten)]
    pub entries: Entries,
}

pub(super) fn run(command: &Rotate) -> Result<Outcome, CliError> {
    refuse_existing(&command.out)?;
    let root = read_root(&command.file)?;
    let config = command.signing_config.as_deref().map(read_config).transpose()?;
    let given = command.entries.given()?;
    let [new] = given.as_slice() else {
        let found = given.len();
        return Err(CliError::usage(format!("expected exactly one of --log, --ca, --ct and --tsa, found {found}"))
            .hint("rotate one thing at a time: each has its own day of use"));
    };
    let wish = wish(command, new)?;
    let steps = root.rotate(config.as_ref(), &wish).map_err(|e| {
        let hint = match e.refusal() {
            Refusal::NoOverlap => "give --overlap, such as 7d",
            Refusal::UseBeforeTrust { .. } => "give a later --in-use, or publish earlier",
            Refusal::Outgoing { .. } | Refusal::NoEntry { .. } | Refusal::SeveralEntries { .. } => {
                "name what goes with --old"
            }
            _ => "see `tuffet trust-root rotate --help`",
        };
        refused(&e).hint(hint)
    })?;
    let known = command.legacy_from.as_deref().map(compose::known).transpose()?;
    let mut files = Vec::new();
    for (number, step) in (1..).zip(&steps) {
        files.extend(files_of(step, &folder(&command.out, number, step), known.as_deref())?);
    }
    for (path, bytes) in &files {
        write_new(path, bytes)?;
    }
    Ok(Outcome::new(
        told(command, &root, config.as_ref(), &steps),
        "tuffet-trust-root-rotation-v1",
        data(command, &root, &steps),
    ))
}

fn wish<'a>(command: &'a Rotate, new: &'a Given) -> Result<Rotation<'a>, CliError> {
    let (published, cache) = (time(&command.publish)?, duration("--cache", &command.cache)?);
    let known = published.checked_add_signed(cache).unwrap_or(published);
    let in_use = command.in_use.as_deref().map(time).transpose()?.unwrap_or(known.max(new.start));
    Ok(Rotation {
        new: match new.kind {
            GivenKind::Log(kind) => NewEntry::Log(new.as_log(kind)),
            GivenKind::Authority(kind) => NewEntry::Authority(new.as_authority(kind)),
        },
        old: command.old.as_deref(),
        published,
        in_use,
        overlap: duration("--overlap", &command.overlap)?,
        cache,
        operator: command.operator.as_deref().unwrap_or_default(),
        use_apart: command.use_apart,
    })
}

/// `7d` or `36h`.
fn duration(option: &str, text: &str) -> Result<Duration, CliError> {
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).unwrap_or((text, ""));
    let number: Option<i64> = number.parse().ok().filter(|number| *number >= 0);
    let made = number.and_then(|number| match unit {
        "d" => Duration::try_days(number),
        "h" => Duration::try_hours(number),
        _ => None,
    });
    made.ok_or_else(|| {
        CliError::usage(format!("{option}: expected a time such as 7d or 36h, found `{}`", text.escape_debug()))
    })
}

fn read_config(file: &Path) -> Result<SigningConfig, CliError> {
    SigningConfig::parse(&read(file)?).map_err(|e| CliError::new("trust-root", format!("{}: {e}", file.display())))
}

fn folder(out: &Path, number: usize, step: &RotationStep) -> PathBuf {
    out.join(format!("{number}-{}", word(step.purpose)))
}

fn word(purpose: RotationPurpose) -> &'static str {
    match purpose {
        RotationPurpose::Trust => "trust",
        RotationPurpose::Use => "use",
        RotationPurpose::End => "end",
    }
}

fn files_of(
    step: &RotationStep,
    dir: &Path,
    known: Option<&[(String, Vec<u8>)]>,
) -> Result<Vec<(PathBuf, Vec<u8>)>, CliError> {
    let targets = dir.join("targets");
    let json = step.trusted_root.to_json();
    super::parse("trusted_root.json", json.as_bytes())?;
    let mut files = vec![(targets.join("trusted_root.json"), json.into_bytes())];
    let config = step.signing_config.as_ref().map(|config| config.to_json().into_bytes());
    files.extend(config.map(|bytes| (targets.join("signing_config.v0.2.json"), bytes)));
    if let Some(known) = known {
        // Beside the folder of targets, not in it: `custom` is no target.
        files.extend(compose::legacy(&step.trusted_root, &targets, step.not_before, known)?);
    }
    Ok(files)
}

fn told(command: &Rotate, root: &TrustedRoot, config: Option<&SigningConfig>, steps: &[RotationStep]) -> String {
    let mut out = format!("{} is written\n", command.out.display());
    let (mut before, mut config) = (root, config);
    for (number, step) in (1..).zip(steps) {
        let why = match step.purpose {
            RotationPurpose::Trust => "clients learn the new one",
            RotationPurpose::Use => "whoever signs is told to use it",
            RotationPurpose::End => "the old one ends, once the new one has proved itself",
        };
        out += &format!("\n{number}  {why}\n");
        let when = match step.not_before == step.by {
            true => format!("publish at {}", format_time(step.by)),
            false => format!("publish from {} to {}", format_time(step.not_before), format_time(step.by)),
        };
        out += &format!("   {when}\n");
        for change in changes(before, config, step) {
            out += &(wrap("   - ", "     ", &change) + "\n");
        }
        let dir = folder(&command.out, number, step);
        let name = format!("{}-{}", step.not_before.format("%Y-%m-%d"), word(step.purpose));
        let custom = dir.join("targets.custom.json");
        let custom = if command.legacy_from.is_some() {
            format!(" \\\n     --custom {}", custom.display())
        } else {
            String::new()
        };
        out += &format!(
            "   tuffet plan change {name} --date {} \\\n     --target {}{custom}\n",
            format_time(step.not_before),
            dir.join("targets").display()
        );
        (before, config) = (&step.trusted_root, step.signing_config.as_ref());
    }
    out
}

/// What a ceremony changes, in the sentences of a review.
fn changes(before: &TrustedRoot, config: Option<&SigningConfig>, step: &RotationStep) -> Vec<String> {
    let trust = compare(Some(before), &step.trusted_root);
    let trust = trust.iter().filter(|change| !matches!(change, TrustChange::NothingRemoved)).map(ToString::to_string);
    let services = step.signing_config.as_ref().map(|new| new.changes_from(config)).unwrap_or_default();
    let services = services.iter().filter(|change| !matches!(change, ConfigChange::NothingRemoved));
    let services = services.map(|change| format!("signing config: {change}"));
    trust.chain(services).collect()
}

fn data(command: &Rotate, root: &TrustedRoot, steps: &[RotationStep]) -> serde_json::Value {
    let mut before = root;
    let mut out = Vec::new();
    for (number, step) in (1..).zip(steps) {
        let changes: Vec<String> = compare(Some(before), &step.trusted_root).iter().map(ToString::to_string).collect();
        out.push(json!({
            "number": number,
            "purpose": step.purpose,
            "not_before": format_time(step.not_before),
            "by": format_time(step.by),
            "folder": folder(&command.out, number, step),
            "changes": changes,
        }));
        before = &step.trusted_root;
    }
    json!({ "out": command.out, "ceremonies": out })
}
