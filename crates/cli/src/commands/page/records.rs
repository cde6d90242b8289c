//! What the records of ceremonies say: who signed what, and where keys lie. A record that is damaged is told of, and those
//! beside it are read.

use crate::commands::ceremony::list::people;
use crate::commands::no_ceremony;
use crate::workspace::Workspace;
use crate::{CliError, commands::read};
use std::collections::BTreeMap;
use std::path::Path;
use tuffet_attestation::{PinPolicy, TouchPolicy};
use tuffet_ceremony::{Ceremony, CeremonyError, Ended, Incoming, Proved, Replay, RoleStatus};
use tuffet_keys::sha256;
use tuffet_page::{CeremonyFacts, CeremonyState, DeviceFacts, Facts, Proof, Time, UnreadFacts};

/// # Errors
/// [`CliError`]: the folder of ceremonies cannot be read at all.
pub(super) fn tell(facts: &mut Facts, workspace: &Workspace) -> Result<(), CliError> {
    let roles = roles(facts);
    for dir in workspace.held()? {
        if !["plan.toml", "transcript.jsonl"].iter().any(|file| dir.join(file).exists()) {
            continue;
        }
        let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let damaged = |error: CeremonyError| UnreadFacts {
            what: format!("ceremony {name}"),
            problem: public(&no_ceremony(&dir, error).message, workspace),
        };
        match Ceremony::open(&dir).and_then(|ceremony| Ok((one(&ceremony, &dir, workspace)?, ceremony))) {
            Ok(((record, made), ceremony)) => {
                devices(facts, &ceremony, &roles, &damaged);
                for root in &mut facts.roots {
                    if made.get(&root.file.name) == Some(&root.file.sha256) {
                        root.ceremony = Some(record.id.clone());
                    }
                }
                facts.ceremonies.push(record);
            }
            Err(error) => facts.unread.push(damaged(error)),
        }
    }
    facts.ceremonies.sort_by(|a, b| (b.time, &b.id).cmp(&(a.time, &a.id)));
    facts.devices.sort_by(|a, b| (a.roles.is_empty(), &a.owner, &a.key).cmp(&(b.roles.is_empty(), &b.owner, &b.key)));
    Ok(())
}

/// A record, and the files that were published by it.
type Told = (CeremonyFacts, BTreeMap<String, String>);

fn one(ceremony: &Ceremony, dir: &Path, workspace: &Workspace) -> Result<Told, CeremonyError> {
    let plan = ceremony.plan();
    let mut record = CeremonyFacts {
        id: plan.ceremony.clone(),
        time: Time(plan.at()),
        state: CeremonyState::Planned,
        reason: None,
        signs: Vec::new(),
        signed_by: Vec::new(),
        approved_by: Vec::new(),
        stated_by: None,
        statement_sha256: None,
        statement: None,
        lines: None,
        head: None,
    };
    let transcript = ceremony.transcript()?;
    if transcript.require_open().is_ok() {
        if transcript.draft().is_some() {
            record.state = CeremonyState::Open;
            signers(&mut record, &ceremony.status()?);
        }
        return Ok((record, BTreeMap::new()));
    }
    let replay = Replay::run(dir)?;
    signers(&mut record, &replay.roles);
    record.approved_by = replay.approvals.iter().map(|(witness, _)| witness.clone()).collect();
    record.lines = u64::try_from(replay.lines).ok();
    record.head = Some(replay.head.to_string());
    (record.state, record.reason) = match replay.ended {
        Ended::Published => (CeremonyState::Published, None),
        Ended::Aborted { reason, .. } => (CeremonyState::Aborted, Some(reason)),
    };
    if let Some(stated) = replay.statement {
        record.stated_by = Some(stated);
        let bytes = read(&dir.join(STATEMENT)).ok();
        record.statement_sha256 = bytes.as_ref().map(|bytes| sha256(bytes).to_string());
        // Published beside the page is what lies below it, byte for byte.
        let beside = format!("ceremony/{}/{STATEMENT}", record.id);
        let published = std::fs::read(workspace.repository().dir().join(&beside)).ok();
        record.statement = (published.is_some() && published == bytes).then_some(beside);
    }
    Ok((record, replay.published))
}

fn signers(record: &mut CeremonyFacts, roles: &[RoleStatus]) {
    record.signs = roles.iter().map(|role| format!("{} {}", role.role, role.version)).collect();
    record.signed_by = people(roles);
}

/// The keys that came in. What is known of a key is what the newest record says, and the last one read is not always that.
fn devices(
    facts: &mut Facts,
    ceremony: &Ceremony,
    roles: &BTreeMap<String, Vec<String>>,
    damaged: &dyn Fn(CeremonyError) -> UnreadFacts,
) {
    let incoming = match ceremony.incoming() {
        Ok(incoming) => incoming,
        Err(error) => return facts.unread.push(damaged(error)),
    };
    for key in incoming {
        let id = key.folder.public.fingerprint().to_string();
        let seats = roles.get(&id).cloned().unwrap_or_default();
        let device = device(&key, id, ceremony.plan().ceremony.clone(), seats);
        facts.devices.retain(|known| known.key != device.key);
        facts.devices.push(device);
    }
}

/// Facts that are public: no serial number, and no place on a disk.
fn device(key: &Incoming, id: String, ceremony: String, roles: Vec<String>) -> DeviceFacts {
    let record = &key.folder.record;
    let (kind, proof, says) = match &key.proved {
        Proved::Attested(attested) => {
            let said = attested.statement();
            let pin = said.pin.map(|pin| format!("PIN {}", PinPolicy::name(pin)));
            let touch = said.touch.map(|touch| format!("touch {}", TouchPolicy::name(touch)));
            let says = [Some(said.place.to_string()), Some(format!("firmware {}", said.firmware)), pin, touch];
            let vouched = format!("vouched for by {}", attested.root());
            (said.device.to_string(), Proof::Attested, says.into_iter().flatten().chain([vouched]).collect())
        }
        Proved::Refused(refused) => (record.token.clone(), Proof::Refused, vec![refused.to_string()]),
        Proved::Nothing => (record.token.clone(), Proof::None, record.claims.clone()),
    };
    // Where an online key lies is its owner's name for it here; the page says that it is one.
    let owner = if key.name.contains(':') { "online key".to_owned() } else { key.name.clone() };
    DeviceFacts { key: id, owner, kind, proof, says, ceremony, roles }
}

/// What each key may sign now.
fn roles(facts: &Facts) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let top = facts.roles.iter().map(|role| &role.seats);
    for seats in top.chain(facts.delegations.iter().map(|delegation| &delegation.seats)) {
        for key in &seats.keys {
            let roles = out.entry(key.clone()).or_default();
            if !roles.contains(&seats.role) {
                roles.push(seats.role.clone());
            }
        }
    }
    out
}

/// A message without the folders of the machine that made the page.
fn public(message: &str, workspace: &Workspace) -> String {
    message.replace(&format!("{}/", workspace.root.display()), "")
}

const STATEMENT: &str = "statement.json";
