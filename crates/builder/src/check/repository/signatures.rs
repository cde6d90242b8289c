//! Signatures: whether there are enough, and those that are there for nothing.

use super::Report;
use crate::check::keys::list;
use crate::check::observed::Seen;
use crate::check::table::{
    EMPTY_SIGNATURE, SIGNED_UNDER_TWO_KEYIDS, STRANGER_SIGNATURE, UNDER_SIGNED, WRONG_SIGNATURE,
};
use std::collections::BTreeSet;
use tuffet_keys::KeyId;
use tuffet_metadata::{Authority, Role, RoleName, Root, Tally};

/// A root answers to the root before it and to itself.
pub(super) fn of_root(root: &Seen<Root>, before: Option<&Seen<Root>>, report: &mut Report) {
    let own = (root.signed.authority(&RoleName::Root), format!("root {}", root.version()));
    // A gap in the chain leaves nobody to ask.
    let before = before.filter(|before| before.version().checked_add(1) == Some(root.version()));
    let old = before.map(|before| (before.signed.authority(&RoleName::Root), format!("root {}", before.version())));
    let asked: Vec<(Authority<'_>, String)> = old.into_iter().chain([own]).collect();
    check(root, &asked, report);
}

/// Any other role answers to its delegator.
pub(super) fn check<T: Role>(file: &Seen<T>, asked: &[(Authority<'_>, String)], report: &mut Report) {
    let place = file.name.as_str();
    let tallies: Vec<Tally> =
        asked.iter().map(|(authority, _)| authority.tally(file.signed.payload(), &file.signatures)).collect();
    for ((_, by), tally) in asked.iter().zip(&tallies).filter(|(_, tally)| !tally.is_met()) {
        let message =
            format!("expected {} valid signatures by the keys of {by}, found {}", tally.threshold, tally.have());
        report.say(&UNDER_SIGNED, place, message);
    }
    let is_empty = |keyid: &KeyId| {
        let mut entries = file.signatures.iter();
        entries.any(|entry| entry.keyid == *keyid && entry.bytes.as_deref() == Some(&[]))
    };
    let empty: BTreeSet<&str> =
        file.signatures.iter().filter(|entry| is_empty(&entry.keyid)).map(|entry| entry.keyid.short()).collect();
    let wrong: BTreeSet<&str> = tallies.iter().flat_map(|tally| &tally.invalid).map(KeyId::short).collect();
    let listed = |keyid: &KeyId| asked.iter().any(|(authority, _)| authority.keyids().contains(keyid));
    let strangers: BTreeSet<&str> =
        file.signatures.iter().map(|entry| &entry.keyid).filter(|keyid| !listed(keyid)).map(KeyId::short).collect();
    let mut doubled = BTreeSet::new();
    for signer in tallies.iter().flat_map(|tally| &tally.valid) {
        let same =
            tallies.iter().flat_map(|tally| &tally.valid).filter(|other| other.fingerprint == signer.fingerprint);
        let keyids: BTreeSet<&KeyId> = same.flat_map(|other| &other.keyids).collect();
        if keyids.len() > 1 {
            doubled.insert(signer.fingerprint.short());
        }
    }
    let doubled: BTreeSet<&str> = doubled.iter().map(String::as_str).collect();
    for (lint, words, what, names) in [
        (&EMPTY_SIGNATURE, "expected signatures, found a placeholder for", "keyid", empty),
        (&WRONG_SIGNATURE, "expected valid signatures, found a wrong one under", "keyid", wrong),
        (&STRANGER_SIGNATURE, "expected signatures by keys of the role, found one by", "other keyid", strangers),
        (&SIGNED_UNDER_TWO_KEYIDS, "expected one signature a key, found two keyids for", "key", doubled),
    ] {
        if !names.is_empty() {
            let names: Vec<&str> = names.into_iter().collect();
            report.say(lint, place, format!("{words} {}", list(what, &names)));
        }
    }
}
