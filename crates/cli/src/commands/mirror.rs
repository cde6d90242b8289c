//! `tuffet mirror`: a verified copy of a repository, made, brought up to date, and checked.

use super::network::Network;
use super::read;
use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use tuffet_metadata::format_time;
use tuffet_repository::FolderPlace;
use tuffet_repository::mirror::{MirrorCheck, MirrorError, Mirrored, Original, check_mirror, mirror, prune};

/// Arguments of `mirror`.
#[derive(Debug, Args)]
pub struct Mirror {
    /// The original's metadata: a URL or a directory
    #[arg(value_name = "URL", required_unless_present = "check")]
    pub url: Option<String>,
    /// The copy's directory; made if it is not there, continued if it is
    #[arg(value_name = "DIR", required_unless_present = "check")]
    pub dir: Option<PathBuf>,
    /// The root.json to start from, which reached you in a way you trust
    #[arg(long, value_name = "FILE", required_unless_present = "check")]
    pub root: Option<PathBuf>,
    /// The original's targets, if they do not lie in targets/ below its metadata
    #[arg(long, value_name = "LOCATION", requires = "url")]
    pub targets: Option<String>,
    /// Remove what nobody lists any more, but no root, once the copy is whole
    #[arg(long, requires = "url")]
    pub prune: bool,
    /// Verify the copy in this directory, without a network
    #[arg(long, value_name = "DIR", conflicts_with_all = ["url", "dir"])]
    pub check: Option<PathBuf>,
    /// The network.
    #[command(flatten)]
    pub network: Network,
}

impl From<MirrorError> for CliError {
    fn from(error: MirrorError) -> Self {
        let refusal = Self::new("mirror", error.to_string());
        match error.hint() {
            Some(hint) => refusal.hint(hint),
            None => refusal,
        }
    }
}

pub(crate) fn run(command: &Mirror, context: &Context<'_>) -> Result<Outcome, CliError> {
    if let Some(dir) = &command.check {
        return check(command, dir, context);
    }
    let (Some(url), Some(dir), Some(root)) = (&command.url, &command.dir, &command.root) else {
        return Err(CliError::usage("expected URL, DIR and --root, or --check DIR"));
    };
    let pinned = read(root)?;
    let metadata = command.network.open(url)?;
    let targets = command.targets.as_deref().map(|targets| command.network.open(targets)).transpose()?;
    let from = Original { metadata: &*metadata, targets: targets.as_deref().map(|t| t as _) };
    let at = context.reading_time();
    // With the folder above it, whose entry of the new one has to reach the disk.
    let whole = std::path::absolute(dir).map_err(|e| CliError::io(dir, &e))?;
    let done = mirror(from, &FolderPlace::open(&whole), &pinned, at, |_| ())?;
    let removed = if command.prune { prune(dir, &done.files).map_err(|e| CliError::io(dir, &e))? } else { Vec::new() };
    Ok(told(dir, &done, &removed))
}

fn told(dir: &Path, done: &Mirrored, removed: &[String]) -> Outcome {
    let Mirrored { first_root, root, timestamp, snapshot, targets, .. } = done;
    let mut text = wrap("copy     ", "         ", &dir.display().to_string()) + "\n";
    text += &format!(
        "roots    {first_root} to {root}\nversions timestamp {timestamp}, snapshot {snapshot}, targets {targets}\n\
         written  {} files, {} bytes fetched\nkept     {} files that were there\n",
        done.written.len(),
        done.bytes,
        done.kept
    );
    if *first_root > 1 {
        text += "note     the original has no older roots: clients that pin one find no way from it\n";
    }
    for name in removed {
        text += &(wrap("removed  ", "         ", name) + "\n");
    }
    let data = json!({
        "dir": dir, "first_root": first_root, "root": root, "timestamp": timestamp, "snapshot": snapshot,
        "targets": targets, "written": done.written, "kept": done.kept, "bytes": done.bytes, "removed": removed,
    });
    Outcome::new(text, "tuffet-mirror-v1", data)
}

fn check(command: &Mirror, dir: &Path, context: &Context<'_>) -> Result<Outcome, CliError> {
    let pinned = match &command.root {
        Some(root) => read(root)?,
        None => read(&dir.join("1.root.json"))?,
    };
    let at = context.reading_time();
    let found = check_mirror(dir, &pinned, at)?;
    let mut text = wrap("copy     ", "         ", &dir.display().to_string()) + "\n";
    text += &format!("at       {}\n", format_time(at));
    if command.root.is_none() {
        text += "note     starts from the copy's own 1.root.json, which nobody pinned\n";
    }
    text += &lines(&found);
    let whole = if found.is_whole() { "whole" } else { "not whole" };
    text += &format!("state    {whole}\n");
    let versions = found.versions.map(|[root, timestamp, snapshot, targets]| {
        json!({"first_root": found.first_root, "root": root, "timestamp": timestamp, "snapshot": snapshot, "targets": targets})
    });
    let data = json!({
        "dir": dir, "at": format_time(at), "pinned": command.root.is_some(), "whole": found.is_whole(),
        "refused": found.refused, "versions": versions, "files": found.files, "missing": found.missing,
        "changed": found.changed, "superfluous": found.superfluous,
    });
    let outcome = Outcome::new(text, "tuffet-mirror-check-v1", data);
    Ok(if found.is_whole() { outcome } else { outcome.refused() })
}

fn lines(found: &MirrorCheck) -> String {
    let mut out = String::new();
    if let Some(refused) = &found.refused {
        out += &(wrap("refused  ", "         ", refused) + "\n");
    }
    if let Some([root, timestamp, snapshot, targets]) = found.versions {
        out += &format!(
            "roots    {} to {root}\nversions timestamp {timestamp}, snapshot {snapshot}, targets {targets}\nfiles    {}\n",
            found.first_root, found.files
        );
    }
    let lists = [("missing", &found.missing), ("changed", &found.changed), ("surplus", &found.superfluous)];
    for (what, names) in lists {
        for name in names {
            out += &(wrap(&format!("{what:<8} "), "         ", &name.escape_debug().to_string()) + "\n");
        }
    }
    out
}
