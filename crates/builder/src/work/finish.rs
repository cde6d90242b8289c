//! From changed objects to proposed versions.

use super::Work;
use crate::{Draft, DraftError, Expiries};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::KeyId;
use tuffet_metadata::json::{Object, Value};
use tuffet_metadata::{
    Authority, KeyidExceptions, Limits, Profile, Proposed, RoleName, Root, Targets, Unverified, Verified, format_time,
};

impl Work<'_> {
    pub(crate) fn finish(mut self, expires: &Expiries) -> Result<Draft, DraftError> {
        let mut draft = Draft { root: self.finish_root(expires)?, targets: None, delegated: BTreeMap::new() };
        self.require_thresholds()?;
        let mut waiting: BTreeSet<RoleName> = self.targets.keys().cloned().collect();
        waiting.extend(self.newly_delegated().into_iter().map(RoleName::Delegated));
        waiting.extend(self.state.into_iter().flat_map(|s| s.delegated.keys().cloned().map(RoleName::Delegated)));
        let changed: Vec<&RoleName> = waiting.iter().filter(|role| self.is_changed(role)).collect();
        for role in changed {
            let proposed = self.propose_targets(role, expires)?;
            draft.put(role.clone(), proposed);
        }
        // What the drafted files say of keys may leave a published one without its signatures.
        for role in waiting {
            if draft.targets_of(&role).is_none() && !self.still_signed(&draft, &role) {
                let proposed = self.propose_targets(&role, expires)?;
                draft.put(role, proposed);
            }
        }
        if draft.roles().is_empty() { Err(DraftError::NothingToDo) } else { Ok(draft) }
    }

    fn finish_root(&mut self, expires: &Expiries) -> Result<Option<Proposed<Root>>, DraftError> {
        let roles = self.role_objects();
        if self.state.is_none_or(|state| state.root.value().get("roles") != Some(&roles.clone().into())) {
            // A key no role uses any more would only be one more thing to read and to doubt.
            self.keys.retain(|keyid, _| uses(&roles, keyid));
            let keys = self.keys.values().map(|key| (key.keyid().to_string(), key.object().into()));
            self.root.insert("keys".into(), Value::Object(keys.collect()));
            self.root.insert("roles".into(), roles.into());
        } else if self.state.is_some_and(|state| state.root.value() == self.root)
            && !self.renewed.contains(&RoleName::Root)
        {
            return Ok(None);
        }
        let current = self.state.map(|state| state.root.common.version);
        let signed = next(&RoleName::Root, std::mem::take(&mut self.root), current, expires)?;
        let before = self.state.map_or(&[][..], |state| state.root.findings());
        Ok(Some(Proposed::next(RoleName::Root, signed.into(), before, &Limits::default())?))
    }

    fn is_changed(&self, role: &RoleName) -> bool {
        let before = self.state.and_then(|state| state.targets_of(role));
        match (before, self.targets.get(role)) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(before), Some(listing)) => before.value() != listing.value || self.renewed.contains(role),
        }
    }

    fn propose_targets(&mut self, role: &RoleName, expires: &Expiries) -> Result<Proposed<Targets>, DraftError> {
        let value = self.listing(role)?.value.clone();
        let before = self.state.and_then(|state| state.targets_of(role));
        let signed = next(role, value, before.map(|before| before.common.version), expires)?.into();
        let findings = before.map_or(&[][..], |before| before.findings());
        Ok(Proposed::next(role.clone(), signed, findings, &Limits::default())?)
    }

    /// Whether the published file still meets every threshold under the proposed keys, by the same count a client makes.
    /// A role nobody delegates to any more needs no signatures.
    fn still_signed(&self, draft: &Draft, role: &RoleName) -> bool {
        let Some(before) = self.state.and_then(|state| state.targets_of(role)) else { return true };
        draft.authorities(self.state, role).iter().all(|authority| holds(before, authority))
    }

    /// Roles with what else they carry (such as `x-tuf-on-ci-expiry-period`), and keyids and threshold as changed.
    fn role_objects(&self) -> Object {
        let mut out = self.root.get("roles").and_then(Value::as_object).cloned().unwrap_or_default();
        for (role, (keyids, threshold)) in &self.roles {
            let mut members = out.get(role.as_str()).and_then(Value::as_object).cloned().unwrap_or_default();
            let names: Vec<&str> = keyids.iter().map(KeyId::as_str).collect();
            members.insert("keyids".into(), names.into());
            members.insert("threshold".into(), (*threshold).into());
            out.insert(role.to_string(), members.into());
        }
        out
    }
}

impl Draft {
    fn put(&mut self, role: RoleName, proposed: Proposed<Targets>) {
        match role {
            RoleName::Delegated(name) => {
                self.delegated.insert(name, proposed);
            }
            _ => self.targets = Some(proposed),
        }
    }
}

/// Whether any role, one of the four or another the file has, lists the keyid.
fn uses(roles: &Object, keyid: &KeyId) -> bool {
    let keyids = roles.values().filter_map(|role| role.as_object()?.get("keyids")?.as_array());
    keyids.flatten().any(|listed| listed.as_str() == Some(keyid.as_str()))
}

fn holds(before: &Verified<Targets>, authority: &Authority<'_>) -> bool {
    let profile = Profile::Deployed { keyid_exceptions: KeyidExceptions::Opaque };
    let bytes = before.bytes().to_vec();
    let file = match before.role() {
        RoleName::Delegated(name) => Unverified::delegated(name, bytes),
        _ => Unverified::<Targets>::new(bytes),
    };
    file.verify(authority, &profile, &Limits::default()).is_ok()
}

/// The one place a version number is written: the trusted one plus one.
fn next(role: &RoleName, mut signed: Object, current: Option<u64>, expires: &Expiries) -> Result<Object, DraftError> {
    let version = current.unwrap_or(0).checked_add(1).ok_or_else(|| DraftError::LastVersion(role.clone()))?;
    signed.insert("version".into(), version.into());
    signed.insert("expires".into(), format_time(expires.of(role)).into());
    Ok(signed)
}
