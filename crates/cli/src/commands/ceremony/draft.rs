//! `tuffet draft`: from the reviewed plan to the bytes to sign.

use super::{open_to_write, payloads, require_start};
use crate::text::wrap;
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use tuffet_ceremony::{Ceremony, Enrolment, KeyFolder, Previous};
use tuffet_keys::PublicKey;
use tuffet_repository::Published;
use tuffet_signers::{SignError, check_yubihsm_payload};

/// Arguments of `draft`.
#[derive(Debug, Args)]
pub struct Draft {
    /// The ceremony's directory
    pub ceremony: PathBuf,
    /// Void the signatures that were given for another draft; everybody approves and signs again
    #[arg(long)]
    pub void: bool,
}

pub(crate) fn run(command: &Draft, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let ceremony = open_to_write(&command.ceremony, context)?;
    ceremony.transcript()?.require_open()?;
    let now = context.writing_time()?;
    let workspace = context.workspace(&command.ceremony)?;
    let published = workspace.repository().published()?;
    require_start(&ceremony, published.as_ref())?;
    let previous = published.as_ref().map(|published| previous(&workspace, published, &ceremony)).transpose()?;
    let drafted = ceremony.draft_for(previous.as_ref(), now, &fits, command.void)?;
    let mut text = format!("workspace {}\nplan hash {}\n", workspace.root.display(), ceremony.plan_hash());
    for payload in &drafted.payloads {
        text += &format!("{:<9} v{} sha256 {}\n", payload.role.as_str(), payload.version, payload.digest);
    }
    for (warning, waived) in &drafted.warnings {
        let waived = waived.as_ref().map_or(String::new(), |reason| format!(" [waived: {reason}]"));
        text += &format!("warning {} {}: {}{waived}\n", warning.rule, warning.place, warning.message);
    }
    if !drafted.recorded {
        text += "this draft was recorded before; nothing changed\n";
    }
    let dir = command.ceremony.display();
    let next = match ceremony.plan().approvals {
        0 => format!("each keyholder runs `tuffet sign {dir} --key KEY`"),
        n => format!("{n} witnesses run `tuffet approve {dir} --key KEY`, then the keyholders sign"),
    };
    text += &wrap("next: ", "      ", &next);
    let warnings = drafted.warnings.iter().map(
        |(w, waived)| json!({"rule": w.rule, "place": w.place, "message": w.message, "fix": w.fix, "waived": waived}),
    );
    let data = json!({
        "plan_hash": ceremony.plan_hash().to_string(),
        "payloads": payloads(&ceremony)?,
        "warnings": warnings.collect::<Vec<_>>(),
    });
    Ok(Outcome::new(text, "tuffet-draft-v1", data))
}

/// Whether the token somebody enrolled can sign a payload of `length` bytes.
fn fits(record: &Enrolment, length: usize) -> Result<(), SignError> {
    match PublicKey::from_pem(&record.public_key) {
        Ok(public) if record.token == crate::commands::key::YUBIHSM => {
            let signer = format!("{}'s {}", record.invite.owner, record.token);
            check_yubihsm_payload(&signer, public.scheme(), length)
        }
        _ => Ok(()),
    }
}

/// What is published, and what earlier ceremonies of the workspace know of keys and contents.
fn previous(workspace: &Workspace, published: &Published, ceremony: &Ceremony) -> Result<Previous, CliError> {
    let repository = workspace.repository();
    let mut contents = BTreeMap::new();
    let listed: BTreeSet<_> = published.listings().flat_map(|role| role.targets().keys()).collect();
    for path in listed.into_iter().filter(|path| ceremony.plan().compares(path)) {
        if let Some(bytes) = repository.target(published, &path)? {
            contents.insert(path.into_owned(), bytes);
        }
    }
    let (root, targets) = (published.root().bytes().to_vec(), published.targets.bytes().to_vec());
    let delegated = published.delegated.iter().map(|(name, role)| (name.clone(), role.bytes().to_vec())).collect();
    let keys = recorded_keys(workspace, Some(&ceremony.plan().ceremony));
    Ok(Previous { root, targets, delegated, contents, keys })
}

/// The records of keys in the ceremonies of the workspace, but for one's own. One that does not read is not this ceremony's
/// affair: `tuffet ceremony verify` says so where it lies.
pub(crate) fn recorded_keys(workspace: &Workspace, own: Option<&str>) -> Vec<KeyFolder> {
    let mut others = workspace.held().unwrap_or_default();
    others.retain(|dir| own.is_none_or(|own| dir.file_name().is_some_and(|name| name != own)));
    let mut keys: BTreeMap<String, KeyFolder> = BTreeMap::new();
    for folder in others.iter().filter_map(|dir| KeyFolder::find(&dir.join("keys")).ok()).flatten() {
        if let Ok(folder) = KeyFolder::read(&folder) {
            keys.insert(folder.record.fingerprint.clone(), folder);
        }
    }
    keys.into_values().collect()
}
