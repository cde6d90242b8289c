//! Logs, by id.

use super::change::{Named, TrustChange};
use super::{field, windows};
use crate::entries::EntryKind;
use crate::log::{KeyIdRule, LogKey, TransparencyLog, origin};
use crate::pairs::Pairs;
use crate::shown::sha256;

pub(super) fn compare(
    kind: EntryKind,
    old: &[TransparencyLog],
    new: &[TransparencyLog],
    changes: &mut Vec<TrustChange>,
) {
    let pairs = Pairs::new(old, new, |log| log.log_id.clone());
    for log in &pairs.removed {
        changes.push(TrustChange::Removed(named(kind, log)));
    }
    for log in &pairs.added {
        changes.push(added(kind, log));
        // The address without its scheme and last slash: a key is not swapped in the open by writing it differently.
        for gone in pairs.removed.iter().filter(|gone| origin(&gone.base_url) == origin(&log.base_url)) {
            let key = |log: &TransparencyLog| (log.public_key.algorithm().to_string(), log.log_id.to_string());
            let address = log.base_url.clone();
            changes.push(TrustChange::Replaced { kind, address, from: key(gone), to: key(log) });
        }
    }
    for (old, new) in &pairs.kept {
        changed(&named(kind, new), old, new, changes);
    }
    if pairs.reordered {
        let order = pairs.kept.iter().map(|(_, log)| named(kind, log)).collect();
        changes.push(TrustChange::Reordered { kind, order });
    }
}

fn named(kind: EntryKind, log: &TransparencyLog) -> Named {
    Named { kind, name: log.base_url.clone(), id: log.log_id.to_string() }
}

fn added(kind: EntryKind, log: &TransparencyLog) -> TrustChange {
    let TransparencyLog { base_url: _, hash_algorithm, public_key, log_id, checkpoint_key_id, operator } = log;
    let mut details = vec![format!("id {log_id}")];
    match log.key_id_rule() {
        Some(KeyIdRule::SpkiSha256) => {}
        Some(KeyIdRule::SignedNote) => details.push(format!("SHA-256 of its key {}", sha256(public_key.spki.der()))),
        None => {
            let key = sha256(public_key.spki.der());
            details.push(format!("which does not follow from its key (SHA-256 {key}): it verifies nothing (TR5)"));
        }
    }
    details.push(format!("{}, {}", public_key.key_details.as_str(), hash_algorithm.as_str()));
    details.extend(checkpoint_key_id.as_ref().map(|id| format!("checkpoint key id {}", hex::encode(id))));
    details.extend(operator.as_ref().map(|operator| format!("operator {operator}")));
    let (algorithm, window) = (public_key.algorithm().to_string(), public_key.valid_for.clone());
    TrustChange::Added { entry: named(kind, log), algorithm, window, details }
}

fn changed(entry: &Named, old: &TransparencyLog, new: &TransparencyLog, changes: &mut Vec<TrustChange>) {
    let TransparencyLog { base_url, hash_algorithm, public_key, log_id: _, checkpoint_key_id, operator } = new;
    let LogKey { raw_bytes, spki, key_details, valid_for } = public_key;
    let key = |log: &TransparencyLog| (log.public_key.algorithm().to_string(), sha256(log.public_key.spki.der()));
    if old.public_key.spki != *spki {
        changes.push(TrustChange::KeyUnderId { entry: entry.clone(), from: key(old), to: key(new) });
    } else if old.public_key.raw_bytes != *raw_bytes {
        // One key, as PKCS#1 and as SubjectPublicKeyInfo.
        let bytes = |bytes: &[u8]| Some(format!("{} bytes, SHA-256 {}", bytes.len(), sha256(bytes)));
        field(entry, "rawBytes", bytes(&old.public_key.raw_bytes), bytes(raw_bytes), changes);
    }
    let details = |key: &LogKey| Some(key.key_details.as_str().to_owned());
    if old.public_key.key_details != *key_details {
        field(entry, "keyDetails", details(&old.public_key), details(public_key), changes);
    }
    windows(entry, &old.public_key.valid_for, valid_for, changes);
    field(entry, "baseUrl", Some(old.base_url.clone()), Some(base_url.clone()), changes);
    let hash = |name: &str| Some(name.to_owned());
    field(entry, "hashAlgorithm", hash(old.hash_algorithm.as_str()), hash(hash_algorithm.as_str()), changes);
    let id = |id: &Option<Vec<u8>>| id.as_ref().map(hex::encode);
    field(entry, "checkpointKeyId", id(&old.checkpoint_key_id), id(checkpoint_key_id), changes);
    field(entry, "operator", old.operator.clone(), operator.clone(), changes);
}
