//! `tuffet ceremony script`: the ceremony on paper. Before, a place for initials, time and evidence at every step; while it
//! goes on and afterwards, the same steps with what the transcript says of each.

mod html;
mod markdown;

use super::open;
use crate::commands::{refuse_existing, write_new};
use crate::{CliError, Outcome};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;
use tuffet_ceremony::{Action, Ceremony, Entry, Payload, RoleStatus, grouped};
use tuffet_keys::words;

/// Arguments of `ceremony script`.
#[derive(Debug, Args)]
pub struct Script {
    /// The ceremony's directory
    pub ceremony: PathBuf,
    /// For a pull request or an editor, or for the printer
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    pub format: Format,
    /// The file to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The form of the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text with headings and tables
    Markdown,
    /// One page without scripts or outside files, made for A4 and letter paper
    Html,
}

/// The whole paper.
struct Paper {
    title: String,
    /// Facts at the top: label and value.
    facts: Vec<(String, String)>,
    /// The digests people compare: role, hex in groups, words.
    digests: Vec<(String, String, String)>,
    steps: Vec<Step>,
}

/// Something somebody does.
struct Step {
    who: String,
    does: String,
    /// What they type, if it is a command.
    types: Option<String>,
    /// When to stop.
    stops: &'static str,
    /// What the transcript says of it: time and evidence.
    done: Vec<(String, String)>,
}

pub(super) fn run(command: &Script) -> Result<Outcome, CliError> {
    if let Some(out) = &command.out {
        refuse_existing(out)?;
    }
    let ceremony = open(&command.ceremony)?;
    let paper = paper(&ceremony)?;
    let text = match command.format {
        Format::Markdown => markdown::text(&paper),
        Format::Html => html::text(&paper),
    };
    let done = paper.steps.iter().filter(|step| !step.done.is_empty()).count();
    let data =
        json!({"ceremony": ceremony.plan().ceremony, "steps": paper.steps.len(), "done": done, "file": command.out});
    let shown = match &command.out {
        Some(out) => {
            write_new(out, text.as_bytes())?;
            format!("{}: {} steps, {done} of them done", out.display(), paper.steps.len())
        }
        None => text,
    };
    Ok(Outcome::new(shown, "tuffet-script-v1", data))
}

fn paper(ceremony: &Ceremony) -> Result<Paper, CliError> {
    let plan = ceremony.plan();
    let transcript = ceremony.transcript()?;
    // A ceremony has its paper before it is drafted too.
    let drafted = transcript.draft().is_some();
    let payloads = if drafted { ceremony.payloads()? } else { Vec::new() };
    let roles = if drafted { ceremony.status()? } else { Vec::new() };
    let mut facts = vec![
        ("plan hash".to_owned(), ceremony.plan_hash().to_string()),
        ("held at".to_owned(), plan.at.clone()),
        ("starts from root".to_owned(), plan.previous_root.clone()),
        ("root expires".to_owned(), plan.expires.root.clone()),
        ("targets expire".to_owned(), plan.expires.targets.clone()),
    ];
    if transcript.require_closed().is_ok() {
        facts.push(("transcript head".to_owned(), transcript.head().to_string()));
    }
    let digest =
        |p: &Payload| (format!("{} v{}", p.role, p.version), grouped(&p.digest), words::encode(p.digest.as_bytes()));
    let steps = steps(ceremony, transcript.entries(), transcript.since_draft(), &roles);
    Ok(Paper { title: plan.ceremony.clone(), facts, digests: payloads.iter().map(digest).collect(), steps })
}

fn steps(ceremony: &Ceremony, all: &[Entry], since: &[Entry], roles: &[RoleStatus]) -> Vec<Step> {
    let dir = format!("ceremony/{}", ceremony.plan().ceremony);
    let step = |who: &str, does: String, types: Option<String>, stops: &'static str, done| Step {
        who: who.to_owned(),
        does,
        types,
        stops,
        done,
    };
    let found = |entries: &[Entry], is: &dyn Fn(&Action) -> bool| -> Vec<(String, String)> {
        entries.iter().filter(|entry| is(&entry.action)).map(evidence).collect()
    };
    let mut steps = vec![
        step(
            "everyone",
            "Read every line of plan.toml, and compare the plan hash.".into(),
            None,
            "a person, a key, a date or a digest is not what was agreed",
            Vec::new(),
        ),
        step(
            "coordinator",
            "Draft the bytes to sign.".into(),
            Some(format!("tuffet draft {dir}")),
            "there is a warning you cannot explain",
            found(all, &|action| matches!(action, Action::Draft { .. })),
        ),
    ];
    for path in trust_roots(ceremony) {
        steps.push(step(
            "coordinator",
            format!("Prove that {path} carries real bundles, and no foreign ones."),
            Some(format!(
                "tuffet trust-root prove {dir}/targets/{path} --target {path} --ceremony {dir} --bundle SAMPLE"
            )),
            "a bundle is refused, or a foreign one verifies",
            found(since, &|action| matches!(action, Action::Prove { target, .. } if *target == path)),
        ));
    }
    for witness in &ceremony.plan().witnesses {
        steps.push(step(
            &witness.name,
            "Read the review, compare the time with a clock of your own, approve.".into(),
            Some(format!("tuffet approve {dir} --key KEY")),
            "a digest differs from another screen's, or the clock is wrong",
            found(since, &|action| matches!(action, Action::Approve { witness: name, .. } if *name == witness.name)),
        ));
    }
    for (owner, names) in signers(roles) {
        steps.push(step(
            &owner,
            format!("Read the review, compare the digests, sign {names}."),
            Some(format!("tuffet sign {dir} --key KEY")),
            "the review shows a change that is not in the plan",
            found(since, &|action| matches!(action, Action::Signature { owner: name, .. } if *name == owner)),
        ));
    }
    steps.push(step(
        "coordinator",
        "Verify what arrived, assemble what is complete.".into(),
        Some(format!("tuffet assemble {dir} FILES")),
        "a file is refused",
        found(since, &|action| matches!(action, Action::Assemble { .. })),
    ));
    let ended = found(since, &|action| matches!(action, Action::Abort { .. }));
    if !ended.is_empty() {
        steps.push(step("coordinator", "Give the ceremony up.".into(), Some(format!("tuffet abort {dir}")), "", ended));
    } else {
        steps.push(step(
            "online operator",
            "Sign snapshot and timestamp, publish, read back.".into(),
            Some(format!("tuffet publish {dir} --online-key KEY")),
            "a client refuses what would be published",
            found(since, &|action| matches!(action, Action::Publish { .. })),
        ));
    }
    for witness in &ceremony.plan().witnesses {
        steps.push(step(
            &witness.name,
            "Replay the record and sign its statement.".into(),
            Some(format!("tuffet ceremony statement {dir} --key KEY")),
            "the record does not hold",
            Vec::new(),
        ));
    }
    steps
}

/// The trust roots among the targets that the plan brings.
fn trust_roots(ceremony: &Ceremony) -> Vec<String> {
    let targets = ceremony.plan().changes.iter().filter_map(|change| change.target());
    let named = targets.filter(|path| path.rsplit('/').next().is_some_and(|base| base.starts_with("trusted_root")));
    named.map(str::to_owned).collect()
}

/// Everyone who may sign, with the roles, in the order of their keys.
fn signers(roles: &[RoleStatus]) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for role in roles {
        for seat in &role.seats {
            match out.iter_mut().find(|(owner, _)| *owner == seat.owner) {
                Some((_, names)) if names.split(" and ").any(|name| name == role.role.as_str()) => {}
                Some((_, names)) => *names += &format!(" and {}", role.role),
                None => out.push((seat.owner.clone(), role.role.to_string())),
            }
        }
    }
    out
}

/// The time, and what a stranger can look up: the line, what it says, the hash of each file it made.
fn evidence(entry: &Entry) -> (String, String) {
    let said = match &entry.action {
        Action::Draft { voids, .. } if !voids.is_empty() => format!("draft; voids {} signatures", voids.len()),
        Action::Draft { .. } => "draft".to_owned(),
        Action::Prove { target, samples, .. } => format!("{target} proved by {} bundles", samples.len()),
        Action::Approve { clock, .. } => format!("approval, clock {clock}"),
        Action::Signature { role, .. } => format!("signature on {role}"),
        Action::Assemble { role, version } => format!("{role} v{version} assembled"),
        Action::Abort { reason, .. } => format!("aborted: {reason}"),
        other => other.name().to_owned(),
    };
    let one = match (&entry.action, entry.files.values().next()) {
        (Action::Draft { .. }, _) | (_, None) => String::new(),
        (_, Some(hash)) => format!(", sha256 {}", hash.chars().take(16).collect::<String>()),
    };
    (entry.time.clone(), format!("line {}: {said}{one}", entry.line))
}
