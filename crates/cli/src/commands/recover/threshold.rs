//! Root is dead, or somebody else's too. No file helps: everybody has to be reached in another way (R16, TUF 2.1.1).

use super::super::throw_away::throw_away;
use super::super::{read, write_new};
use super::case::Case;
use super::told::Told;
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tuffet_drill::{Forger, Reader, Scene, Twin};
use tuffet_keys::{Fingerprint, Sha256, words};
use tuffet_metadata::{Limits, Profile, RoleName, Root, Unverified, Verified, format_time};

/// Arguments of `recover lost-threshold` and `recover stolen-threshold`.
#[derive(Debug, Args)]
pub struct Threshold {
    /// Whose key, as root names them, or its fingerprint or the start of it; may be given again
    #[arg(long = "key", value_name = "WHO", required = true)]
    pub keys: Vec<String>,
    /// The folder to make for the new repository
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
}

/// Arguments of `recover notice`.
#[derive(Debug, Args)]
pub struct Notice {
    /// The new 1.root.json, signed
    #[arg(long, value_name = "FILE")]
    pub new: PathBuf,
    /// The newest root.json of before
    #[arg(long, value_name = "FILE")]
    pub old: PathBuf,
    /// What happened to the old keys
    #[arg(long, value_name = "WHAT", value_parser = ["lost", "stolen"])]
    pub because: String,
    /// Where the new repository is served
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

pub(super) fn lost(command: &Threshold, context: &Context<'_>) -> Result<Outcome, CliError> {
    let case = Case::open(context, context.reading_time())?;
    let gone = held(&case, &command.keys)?;
    let root = case.root().authority(&RoleName::Root);
    let left: BTreeSet<Fingerprint> = root.fingerprints().difference(&gone).copied().collect();
    if root.is_met_by(&left) {
        let message = format!(
            "root v{}: expected fewer keys left than its threshold {}, found {}: root lives, and nobody has to pin anew (R16)",
            case.root().common.version,
            root.threshold(),
            left.len()
        );
        return Err(CliError::new("threshold-left", message)
            .hint("`tuffet recover lost-key CEREMONY --key WHO` takes the lost keys out"));
    }
    let mut told = Told::new("lost-threshold");
    told.say(format!(
        "root v{}: {} of {} must sign, {} are left: root is dead. No next root can be signed that clients follow (C10)",
        case.root().common.version,
        root.threshold(),
        root.fingerprints().len(),
        left.len()
    ));
    let end = case.root().common.expires.time();
    told.say(format!(
        "clients go on until {} at the latest, when root expires, as long as the online key signs; use that time",
        format_time(end)
    ));
    let dead = case.twin()?;
    let own = left.iter().filter_map(|key| dead.stand_in(key));
    let mut survivors = Forger::holding(&dead, own);
    survivors.version(&RoleName::Root, case.root().common.version.saturating_add(1)).sign(&RoleName::Root)?;
    let cast = case.cast(&dead);
    told.scenes.push(cast.would_see("now", &dead.files, case.at));
    told.scenes.push(cast.would_see("if those who are left sign a next root (refused)", &survivors.files, case.at));
    anew(&case, &dead, &cast, command, told, false)
}

pub(super) fn stolen(command: &Threshold, context: &Context<'_>) -> Result<Outcome, CliError> {
    let case = Case::open(context, context.reading_time())?;
    let held = held(&case, &command.keys)?;
    let root = case.root().authority(&RoleName::Root);
    if !root.is_met_by(&held) {
        let message = format!(
            "root v{}: expected stolen keys that meet its threshold {}, found {} of them: root holds, and nobody has to pin anew (R16)",
            case.root().common.version,
            root.threshold(),
            root.fingerprints().intersection(&held).count()
        );
        return Err(CliError::new("threshold-holds", message)
            .hint("`tuffet recover stolen-key CEREMONY --key WHO` takes the stolen keys out"));
    }
    let mut told = Told::new("stolen-threshold");
    told.say(format!(
        "root v{}: whoever has these {} keys signs any next root, and every client follows it (T25). Nothing you publish takes that back",
        case.root().common.version,
        held.len()
    ));
    told.say("whether it was done: compare the roots clients have with yours, `tuffet check YOURS --with THEIR-ROOT`; two valid roots of one version are a fork (L21)");
    let doomed = case.twin()?;
    let own = held.iter().filter_map(|key| doomed.stand_in(key));
    let mut thief = Forger::holding(&doomed, own);
    let next = case.root().common.version.saturating_add(1);
    thief.version(&RoleName::Root, next).sign(&RoleName::Root)?;
    let cast = case.cast(&doomed);
    // Whoever signs root names online keys of their own: what has expired is no obstacle to them.
    told.scenes.push(cast.would_see(
        &format!("if the thief signs root v{next}: they follow the thief"),
        &thief.files,
        doomed.lived(case.at),
    ));
    anew(&case, &doomed, &cast, command, told, true)
}

fn held(case: &Case, names: &[String]) -> Result<BTreeSet<Fingerprint>, CliError> {
    let mut held = BTreeSet::new();
    for name in names {
        held.extend(case.keys_named(name)?.into_keys());
    }
    Ok(held)
}

/// A workspace for the new repository, with the targets of the old one to take along.
fn anew(
    case: &Case,
    old: &Twin,
    cast: &tuffet_drill::Cast,
    command: &Threshold,
    mut told: Told,
    stolen: bool,
) -> Result<Outcome, CliError> {
    let new = old.anew(&mut *throw_away())?;
    told.scenes.push(cast.would_see("with a new root v1 served in the old one's place", &new.files, case.at));
    let mut pinned = Reader::pinned("that pinned the new root", new.root().bytes());
    let answer = pinned.refresh(&new.files, new.lived(case.at));
    if !answer.follows() {
        let message = format!("played on a twin, the new repository is refused: {answer} (R16)");
        return Err(CliError::new("recover", message));
    }
    told.scenes.push(Scene {
        name: "after somebody has pinned the new root".to_owned(),
        answers: vec![(pinned.name.clone(), answer)],
    });

    let mut carried = Vec::new();
    let repository = case.workspace.repository();
    for path in old.top_level_paths() {
        match repository.target(&case.published, &path)? {
            Some(bytes) => carried.push((path, bytes)),
            None => {
                let message = format!(
                    "{path}: expected the file that targets v{} lists, found none that matches (R7)",
                    case.targets().common.version
                );
                return Err(CliError::new("missing", message)
                    .hint("put it back, by its hash, or take it out of the list first"));
            }
        }
    }
    let workspace = Workspace::create(&command.into)?;
    let folder = workspace.root.join("carried");
    for (path, bytes) in &carried {
        write_new(&folder.join(path), bytes)?;
    }
    let paths: Vec<String> = carried.into_iter().map(|(path, _)| path).collect();
    told.lists
        .push((format!("workspace {}, with the targets to take along in carried/", workspace.root.display()), paths));
    if !old.delegated().is_empty() {
        told.say("targets of delegated roles do not come along: delegate anew, and have their people sign");
    }
    if stolen {
        told.next("say at once, everywhere, that the old root is not to be trusted; `tuffet recover notice` writes the rest later");
        told.next("look at each carried file: what the thief may have signed is not to come along");
    }
    told.next(
        "invite other people, or the same with other devices: no old key, `tuffet plan invite` in the new workspace",
    );
    told.next("`tuffet plan new ID --target carried …`, and hold the initial ceremony");
    told.next("serve it at another address: clients of the old root would only see an error there");
    told.next("`tuffet recover notice --new 1.root.json --old ROOT.json …` writes what to tell everybody, by every way you have");
    Ok(told.outcome(None))
}

pub(super) fn notice(command: &Notice, context: &Context<'_>) -> Result<Outcome, CliError> {
    let old = root(&command.old)?;
    let new = root(&command.new)?;
    if new.common.version != 1 {
        let message =
            format!("--new: expected a root v1, found v{}: a notice is for a new beginning (R16)", new.common.version);
        return Err(CliError::usage(message).hint("a next root needs no notice: clients follow it"));
    }
    let shared = new.authority(&RoleName::Root).fingerprints();
    let shared: BTreeSet<_> = shared.intersection(&old.authority(&RoleName::Root).fingerprints()).copied().collect();
    if old.authority(&RoleName::Root).is_met_by(&shared) || (command.because == "stolen" && !shared.is_empty()) {
        let message = format!(
            "--new: expected other keys than those of root v{}, found {} of them (R16)",
            old.common.version,
            shared.len()
        );
        return Err(CliError::new("same-keys", message).hint("make new keys, and hold the initial ceremony anew"));
    }
    let text = text(command, &old, &new, context.reading_time());
    write_new(&command.out, text.as_bytes())?;
    let data = json!({"file": command.out, "new_root_sha256": new.sha256().to_string(), "old_root_version": old.common.version});
    let shown = format!("{text}\n{} is written: give it out by every way you have", command.out.display());
    Ok(Outcome::new(shown, "tuffet-notice-v1", data))
}

fn root(path: &Path) -> Result<Verified<Root>, CliError> {
    let file = Unverified::<Root>::new(read(path)?);
    file.verify_pinned(&Profile::deployed(), &Limits::default()).map_err(|error| {
        CliError::new("root", format!("{}: {error}", path.display()))
            .hint("name a root.json that its own keys have signed")
    })
}

fn text(command: &Notice, old: &Verified<Root>, new: &Verified<Root>, at: DateTime<Utc>) -> String {
    let happened = match command.because.as_str() {
        "stolen" => {
            "Somebody else has enough of the keys of the old root to sign in its name. Do not trust anything that\nis signed by it, whatever its version."
        }
        _ => {
            "So many keys of the old root are lost that it can sign nothing any more. What it signed before is\nstill good until it expires."
        }
    };
    let people: Vec<String> =
        new.authority(&RoleName::Root).keys().filter_map(|key| key.owner().map(str::to_owned)).collect();
    let digest = |sha256: Sha256| format!("    {sha256}\n{}", indented(&words::encode(sha256.as_bytes())));
    format!(
        "# A new root of trust\n\n{} (UTC)\n\n{happened}\n\n\
         Old root: version {}, expires {}, SHA-256\n\n{}\n\
         New root: version 1, expires {}, signed by {} of {}: {}\nServed at {}\n\nSHA-256 of its 1.root.json, in hex and in words\n\n{}\n\
         What to do: compare this digest with one that reached you in another way; then replace the root that your\n\
         clients have pinned, and have them forget what they stored under the old one:\n\n    \
         tuffet client init --cache NEW-FOLDER --root 1.root.json\n    \
         tuffet client refresh --cache NEW-FOLDER --url {}\n\n\
         No client follows from the old root to the new one by itself, and none should: if one did, so it would follow a\nthief. Whoever offers you a shorter way is not us.\n",
        format_time(at),
        old.common.version,
        format_time(old.common.expires.time()),
        digest(old.sha256()),
        format_time(new.common.expires.time()),
        new.authority(&RoleName::Root).threshold(),
        new.authority(&RoleName::Root).fingerprints().len(),
        people.join(", "),
        command.url,
        digest(new.sha256()),
        command.url,
    )
}

/// Words in lines that a person can read aloud.
fn indented(words: &str) -> String {
    let words: Vec<&str> = words.split_whitespace().collect();
    words.chunks(8).map(|line| format!("    {}\n", line.join(" "))).collect()
}
