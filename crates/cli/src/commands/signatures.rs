//! `tuffet signatures`: whose signatures are in metadata files, for the old and the new root, and one file of several.
//! For repositories whose ceremonies other tools hold: the files are all there is.

use super::{read, refuse_existing, write_new};
use crate::text::wrap;
use crate::{CliError, Outcome};
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tuffet_builder::{Count, Dropped, EntryKind, MergeError, Partial, PartialError, Standing, Who, merge};
use tuffet_keys::{Fingerprint, KeyId};
use tuffet_metadata::{Limits, Profile, RoleName, Root, Unverified, Verified};

/// Arguments of `signatures`.
#[derive(Debug, Args)]
pub struct Signatures {
    /// Copies of one metadata file, each with the signatures of some people
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Of a root: the root before it. Of any other role: the root in force
    #[arg(long, value_name = "ROOT")]
    pub root: Option<PathBuf>,
    /// Write one file with everybody's signatures
    #[arg(long, value_name = "MERGED")]
    pub out: Option<PathBuf>,
}

pub(crate) fn run(command: &Signatures) -> Result<Outcome, CliError> {
    if let Some(out) = &command.out {
        refuse_existing(out)?;
    }
    let (profile, limits) = (Profile::deployed(), Limits::default());
    let root = command.root.as_deref().map(|path| root(path, &profile, &limits)).transpose()?;
    let root = root.as_deref();
    let mut files = Vec::new();
    for path in &command.files {
        let file = Partial::read(&read(path)?, &profile, &limits).map_err(|e| at(path, &e))?;
        files.push(file);
    }
    let merged = merge(&files, root, &profile, &limits).map_err(|e| unmerged(command, e))?;
    require_root(command, &merged.file)?;
    let standing = |file: &Partial| file.standing(root).map_err(|e| at(&command.files[0], &e));
    let mut seen = Vec::new();
    for (path, file) in command.files.iter().zip(&files) {
        seen.push((path, standing(file)?));
    }
    let whole = standing(&merged.file)?;
    if let Some(out) = &command.out {
        write_new(out, &merged.bytes)?;
        if read(out)? != merged.bytes {
            let message = format!("{}: expected the bytes just written, found others", out.display());
            return Err(CliError::new("io", message));
        }
    }
    let report = Report { command, file: &merged.file, files: &seen, whole: &whole, dropped: &merged.dropped };
    Ok(Outcome::new(report.text(), "tuffet-signatures-v1", report.data()))
}

/// The root whose keys are asked: complete by itself, or its word on who may sign is nobody's.
fn root(path: &Path, profile: &Profile, limits: &Limits) -> Result<Verified<Root>, CliError> {
    let root = Unverified::<Root>::new(read(path)?).verify_pinned(profile, limits);
    root.map_err(|e| {
        CliError::new("root", format!("{}: {e}", path.display()))
            .hint("--root takes a root that is complete: the one before, or the one in force")
    })
}

/// A merge without the old root would judge its people's signatures as strangers'.
fn require_root(command: &Signatures, file: &Partial) -> Result<(), CliError> {
    let version = file.common().version;
    if command.out.is_none() || command.root.is_some() || *file.role() != RoleName::Root || version == 1 {
        return Ok(());
    }
    let before = version.saturating_sub(1);
    let message = format!("root v{version}: expected the root before it, to know its people's signatures, found none");
    Err(CliError::usage(message).hint(format!("add --root {before}.root.json")))
}

fn at(path: &Path, error: &PartialError) -> CliError {
    let hint = match error {
        PartialError::Previous { expected, .. } => Some(format!("--root takes {expected}.root.json")),
        PartialError::NoRoot { .. } => {
            Some("add --root ROOT, the root.json in force once this is published".to_owned())
        }
        _ => None,
    };
    let usage = hint.is_some();
    let message = format!("{}: {error}", path.display());
    let refused = if usage { CliError::usage(message) } else { CliError::new("metadata", message) };
    CliError { hint, ..refused }
}

fn unmerged(command: &Signatures, error: MergeError) -> CliError {
    match error {
        MergeError::Differ { file, .. } => {
            let path = command.files.get(file).map(|path| path.display().to_string()).unwrap_or_default();
            CliError::new("differs", format!("{path}: {error}"))
                .hint("name only files of one draft: who signed an earlier one has to sign again")
        }
        MergeError::Partial(error) => at(&command.files[0], &error),
        MergeError::NoFile => CliError::usage(error.to_string()),
    }
}

/// What both ways of telling it need.
struct Report<'a> {
    command: &'a Signatures,
    file: &'a Partial,
    files: &'a [(&'a PathBuf, Standing)],
    whole: &'a Standing,
    dropped: &'a [Dropped],
}

impl Report<'_> {
    fn text(&self) -> String {
        let common = self.file.common();
        let mut text = format!("{} v{}, expires {}\n", self.file.role(), common.version, common.expires);
        text += &format!("sha256 {}\n", self.file.digest());
        for (path, standing) in self.files {
            text += &format!("\n{}\n{}", wrap("", "", &path.display().to_string()), standing_text(standing));
        }
        if self.files.len() > 1 {
            text += &format!("\nall of them together\n{}", standing_text(self.whole));
        }
        if self.command.root.is_none() && common.version > 1 {
            let before = common.version.saturating_sub(1);
            text += &format!("\nnot asked: the people of root v{before}; --root {before}.root.json does\n");
        }
        if let Some(out) = &self.command.out {
            text += "\n";
            for dropped in self.dropped {
                text += &format!("{}\n", wrap("left out: ", "  ", &dropped_text(dropped)));
            }
            let number = self.file.signatures().len();
            text += &format!("{}\n", wrap("", "", &format!("written: {}, {number} signatures", out.display())));
        }
        text
    }

    fn data(&self) -> Value {
        let common = self.file.common();
        let files = self.files.iter().map(|(path, standing)| {
            let mut data = standing_data(standing);
            data["file"] = path.display().to_string().into();
            data
        });
        let mut merged = standing_data(self.whole);
        merged["left_out"] = self.dropped.iter().map(dropped_data).collect();
        json!({
            "role": self.file.role().as_str(),
            "version": common.version,
            "expires": common.expires.to_string(),
            "payload_sha256": self.file.digest().to_string(),
            "files": files.collect::<Vec<_>>(),
            "merged": merged,
            "out": self.command.out.as_ref().map(|out| out.display().to_string()),
        })
    }
}

fn standing_text(standing: &Standing) -> String {
    let mut text = String::new();
    for count in &standing.counts {
        let word = if count.tally.is_met() { "complete" } else { "open" };
        text += &format!("  {word}: {} of {} for {}\n", count.tally.have(), count.tally.threshold, whose(count));
        for (title, people) in [("    signed:  ", &count.signed), ("    missing: ", &count.missing)] {
            let names: Vec<String> = people.iter().map(name).collect();
            let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
            text += &format!("{}\n", wrap(title, "             ", &names));
        }
    }
    for (title, kind) in KINDS {
        let of_kind: Vec<String> = standing
            .entries
            .iter()
            .filter(|entry| kind_name(&entry.kind) == kind)
            .map(|entry| match &entry.kind {
                EntryKind::SecondKeyid(first) => {
                    format!("{}={}", called(&entry.keyid, entry.owner.as_deref()), first.short())
                }
                _ => called(&entry.keyid, entry.owner.as_deref()),
            })
            .collect();
        if !of_kind.is_empty() {
            text += &format!("{}\n", wrap(&format!("  {title}: "), "    ", &of_kind.join(", ")));
        }
    }
    text
}

/// What counts for nothing, or not once more: never an error, and never left unsaid.
const KINDS: [(&str, &str); 5] = [
    ("second keyids of one key, counted once a root", "second-keyid"),
    ("places without a signature", "placeholder"),
    ("wrong signatures, which nobody counts", "wrong"),
    ("by strangers, whom no root named here lets sign", "stranger"),
    ("by keys that are not usable", "unusable"),
];

fn kind_name(kind: &EntryKind) -> &'static str {
    match kind {
        EntryKind::Valid => "valid",
        EntryKind::SecondKeyid(_) => "second-keyid",
        EntryKind::Placeholder => "placeholder",
        EntryKind::Wrong => "wrong",
        EntryKind::Stranger => "stranger",
        EntryKind::Unusable => "unusable",
    }
}

fn whose(count: &Count) -> String {
    if count.is_own { "the new root".to_owned() } else { format!("root v{}", count.root) }
}

fn name(who: &Who) -> String {
    let unusable = if who.fingerprint.is_none() { " (no usable key)" } else { "" };
    let keyid = who.keyids.first().map_or_else(String::new, |keyid| called(keyid, who.owner.as_deref()));
    keyid + unusable
}

/// The person, or the keyid where no root names one.
fn called(keyid: &KeyId, owner: Option<&str>) -> String {
    match owner {
        Some(owner) => owner.escape_debug().to_string(),
        None => keyid.short().to_owned(),
    }
}

fn dropped_text(dropped: &Dropped) -> String {
    match dropped {
        Dropped::Placeholder { keyid, owner } => {
            format!("the place of {}, who has not signed", called(keyid, owner.as_deref()))
        }
        Dropped::Wrong { keyid, owner } => {
            format!("what stands under {}, which is no signature of that key", called(keyid, owner.as_deref()))
        }
        Dropped::Others { keyid, owner, number } => {
            format!("{number} more under {}: a file holds one", called(keyid, owner.as_deref()))
        }
    }
}

fn standing_data(standing: &Standing) -> Value {
    let who = |who: &Who| {
        json!({
            "owner": who.owner,
            "fingerprint": who.fingerprint.as_ref().map(Fingerprint::to_string),
            "keyids": who.keyids.iter().map(KeyId::as_str).collect::<BTreeSet<_>>(),
        })
    };
    let count = |count: &Count| {
        json!({
            "root": count.root,
            "is_new": count.is_own,
            "have": count.tally.have(),
            "need": count.tally.threshold,
            "met": count.tally.is_met(),
            "signed": count.signed.iter().map(who).collect::<Vec<_>>(),
            "missing": count.missing.iter().map(who).collect::<Vec<_>>(),
        })
    };
    let entries = standing.entries.iter().map(|entry| {
        let first = if let EntryKind::SecondKeyid(first) = &entry.kind { Some(first.as_str()) } else { None };
        json!({
            "keyid": entry.keyid.as_str(),
            "owner": entry.owner,
            "kind": kind_name(&entry.kind),
            "same_key_as": first,
        })
    });
    json!({
        "complete": standing.is_complete(),
        "counts": standing.counts.iter().map(count).collect::<Vec<_>>(),
        "entries": entries.collect::<Vec<_>>(),
    })
}

fn dropped_data(dropped: &Dropped) -> Value {
    let (keyid, owner, kind, number) = match dropped {
        Dropped::Placeholder { keyid, owner } => (keyid, owner, "placeholder", 0),
        Dropped::Wrong { keyid, owner } => (keyid, owner, "wrong", 0),
        Dropped::Others { keyid, owner, number } => (keyid, owner, "others", *number),
    };
    json!({"keyid": keyid.as_str(), "owner": owner, "kind": kind, "number": number.max(1)})
}
