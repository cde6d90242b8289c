//! `tuffet carry unpack`.

use super::{bounded, digest_text, limits};
use crate::commands::ceremony::open;
use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use tuffet_ceremony::{Bundle, Found, Laid, Verdict, Way};
use tuffet_keys::sha256;

/// Arguments of `carry unpack`.
#[derive(Debug, Args)]
pub struct Unpack {
    /// The bundle
    pub file: PathBuf,
    /// The ceremony's directory [default: out: a new folder of the ceremony's name; back: its
    /// directory in the workspace]
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,
}

pub(super) fn run(command: &Unpack, context: &Context<'_>) -> Result<Outcome, CliError> {
    let bytes = bounded(&command.file, limits().bytes)?;
    let bundle = Bundle::read(&bytes, limits())?;
    let digest = digest_text(&sha256(&bytes));
    match bundle.way() {
        Way::Out => {
            let dir = command.into.clone().unwrap_or_else(|| PathBuf::from(bundle.ceremony()));
            lay(&bundle, &dir, &digest)
        }
        Way::Back => {
            let (dir, said) = match &command.into {
                Some(dir) => (dir.clone(), String::new()),
                None => {
                    let workspace = context.workspace(Path::new(".")).map_err(|e| {
                        e.hint("name the ceremony's directory with --into, or its workspace with --workspace")
                    })?;
                    (workspace.ceremony(bundle.ceremony()), format!("workspace {}\n", workspace.root.display()))
                }
            };
            take(&bundle, &dir, &said)
        }
    }
}

fn lay(bundle: &Bundle, dir: &Path, digest: &str) -> Result<Outcome, CliError> {
    let laid = bundle.lay(dir)?;
    let place = dir.display();
    let (word, said) = match &laid {
        Laid::New => ("new", format!("{place} is made")),
        Laid::Same => ("same", format!("{place} holds this bundle already: nothing changed")),
        Laid::Added(files) => ("added", format!("{place} got what it lacked: {}", files.join(", "))),
        Laid::Forward { from, to } => ("forward", format!("{place} is brought forward from line {from} to line {to}")),
    };
    let text = format!(
        "{}\nceremony  {}\nplan hash {}\n{digest}next: read `tuffet review {place}`, then run `tuffet sign {place} --key KEY`",
        wrap("", "  ", &said),
        bundle.ceremony(),
        bundle.plan_hash(),
    );
    let data = json!({
        "kind": "out", "ceremony": bundle.ceremony(), "plan_hash": bundle.plan_hash().to_string(),
        "directory": dir, "result": word, "lines": bundle.lines(),
    });
    Ok(Outcome::new(text, "tuffet-carry-unpack-v1", data))
}

fn take(bundle: &Bundle, dir: &Path, said: &str) -> Result<Outcome, CliError> {
    let ceremony = open(dir)?;
    let verdicts = bundle.take(&ceremony).map_err(|e| CliError::from(e).with_dir(dir))?;
    let refused = verdicts.iter().any(|verdict| matches!(verdict.found, Found::Refused(_)));
    let mut text = format!("{said}ceremony  {}\nplan hash {}\n", bundle.ceremony(), bundle.plan_hash());
    for verdict in &verdicts {
        let (word, of) = described(verdict);
        text += &format!("{}\n", wrap(&format!("{word:<9} "), "          ", &of));
    }
    text += &if refused {
        "nothing was taken: ask for the bundle again, or for the files that are valid".to_owned()
    } else {
        format!("next: tuffet assemble {}", dir.display())
    };
    let file = |verdict: &Verdict| {
        let (word, of) = described(verdict);
        json!({"file": verdict.file, "verdict": word, "detail": of})
    };
    let data = json!({
        "kind": "back", "ceremony": bundle.ceremony(), "plan_hash": bundle.plan_hash().to_string(),
        "directory": dir, "result": if refused { "refused" } else { "taken" },
        "files": verdicts.iter().map(file).collect::<Vec<_>>(),
    });
    let outcome = Outcome::new(text, "tuffet-carry-unpack-v1", data);
    Ok(if refused { outcome.refused() } else { outcome })
}

fn described(verdict: &Verdict) -> (&'static str, String) {
    match &verdict.found {
        Found::Valid(what) => ("valid", what.clone()),
        Found::Here => ("here", format!("{} was there already", verdict.file)),
        Found::Refused(reason) => ("refused", reason.clone()),
    }
}
