//! Everything a key signed, as far as it lies in the workspace: in the repository, and in the records of ceremonies.

use super::case::Case;
use crate::CliError;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tuffet_ceremony::{Action, Ceremony, Transcript};
use tuffet_keys::{Fingerprint, KeyId, PublicKey};
use tuffet_metadata::{Limits, RoleName, partly_signed};

/// Files with a valid signature by one of these keys, and signatures given in ceremonies, one a line.
pub(super) fn signed_by(case: &Case, keys: &BTreeSet<Fingerprint>) -> Result<Vec<String>, CliError> {
    let known = keyids(case, keys);
    let mut out = Vec::new();
    let repository = case.workspace.repository();
    let mut names: Vec<String> = Vec::new();
    let entries = std::fs::read_dir(repository.dir()).map_err(|e| CliError::io(repository.dir(), &e))?;
    for entry in entries {
        let entry = entry.map_err(|e| CliError::io(repository.dir(), &e))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| Path::new(name).extension().is_some_and(|end| end == "json"));
    names.sort_by_cached_key(|name| {
        let (version, rest) = name.split_once('.').unwrap_or(("", name));
        (rest.to_owned(), version.parse::<u64>().unwrap_or_default())
    });
    let limits = Limits { targets_bytes: u64::MAX, ..Limits::default() };
    for name in names {
        let Some(bytes) = repository.read(&name)? else { continue };
        let Ok((payload, signatures)) = partly_signed(&RoleName::Targets, &bytes, &limits) else { continue };
        let valid = signatures.iter().any(|given| {
            let signed = known.get(&given.keyid).zip(given.bytes.as_deref());
            signed.is_some_and(|(public, signature)| public.verify(&payload, signature).is_ok())
        });
        if valid {
            out.push(format!("published {name}"));
        }
    }
    for (ceremony, transcript) in records(case)? {
        let id = &ceremony.plan().ceremony;
        for entry in transcript.entries() {
            let (given, what): (Vec<(&str, &str)>, _) = match &entry.action {
                Action::Signature { role, keyid, .. } => (vec![(role, keyid)], "given"),
                Action::Draft { voids, .. } => (voids.iter().map(|v| (&*v.role, &*v.keyid)).collect(), "voided"),
                Action::Abort { given, .. } => (given.iter().map(|v| (&*v.role, &*v.keyid)).collect(), "never used"),
                _ => continue,
            };
            for (role, _) in given.iter().filter(|(_, keyid)| known.contains_key(&KeyId::new(*keyid))) {
                out.push(format!("ceremony {id}: {role}, {what}, at {}", entry.time));
            }
        }
    }
    if out.is_empty() {
        out.push("nothing".to_owned());
    }
    Ok(out)
}

/// The keyids under which these keys ever stood, in any root and in what delegates now.
fn keyids(case: &Case, keys: &BTreeSet<Fingerprint>) -> BTreeMap<KeyId, PublicKey> {
    let roots = case.published.roots.iter().flat_map(|root| root.keys().values());
    let delegations = case.published.listings().filter_map(|role| role.delegations.as_ref());
    let all = roots.chain(delegations.flat_map(|delegations| delegations.keys().values()));
    let ours = all.filter_map(|key| Some((key.keyid().clone(), key.public()?.clone())));
    ours.filter(|(_, public)| keys.contains(&public.fingerprint())).collect()
}

/// The records of the workspace's ceremonies, as far as they read.
pub(super) fn records(case: &Case) -> Result<Vec<(Ceremony, Transcript)>, CliError> {
    let opened = |dir: std::path::PathBuf| {
        let ceremony = Ceremony::open(&dir).ok()?;
        let transcript = ceremony.transcript().ok()?;
        Some((ceremony, transcript))
    };
    Ok(case.workspace.held()?.into_iter().filter_map(opened).collect())
}
