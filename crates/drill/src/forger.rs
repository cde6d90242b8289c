//! What a thief does: signs whatever they like, with the keys they have.

use crate::twin::pin_again;
use crate::{Twin, TwinError};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_builder::assemble;
use tuffet_client::MemoryTransport;
use tuffet_keys::Fingerprint;
use tuffet_metadata::json::{Object, Value};
use tuffet_metadata::{
    Authority, Limits, Profile, Proposed, Role, RoleName, Root, Snapshot, Targets, Timestamp, format_time,
};

/// A thief beside a twin: has some of its keys, and says what clients are served from now on.
///
/// Begins with what the owners signed last. A file that is edited keeps its version until another is set; it is served once
/// it is signed.
#[derive(Clone)]
pub struct Forger<'t> {
    twin: &'t Twin,
    held: BTreeSet<Fingerprint>,
    signed: BTreeMap<RoleName, Object>,
    /// What clients are served.
    pub files: MemoryTransport,
}

impl<'t> Forger<'t> {
    /// Somebody who has the keys `held` of the twin, and whatever was ever published.
    #[must_use]
    pub fn holding(twin: &'t Twin, held: impl IntoIterator<Item = Fingerprint>) -> Self {
        let mut signed = BTreeMap::from([
            (RoleName::Root, twin.root().value()),
            (RoleName::Timestamp, twin.timestamp().value()),
            (RoleName::Snapshot, twin.snapshot().value()),
            (RoleName::Targets, twin.targets().value()),
        ]);
        let delegated = twin.delegated().iter();
        signed.extend(delegated.map(|(name, role)| (RoleName::Delegated(name.clone()), role.value())));
        Self { twin, held: held.into_iter().collect(), signed, files: twin.files.clone() }
    }

    /// Somebody who has all keys of these roles, as far as the newest metadata names them.
    #[must_use]
    pub fn of_roles(twin: &'t Twin, roles: &[RoleName]) -> Self {
        Self::holding(twin, roles.iter().flat_map(|role| twin.keys_of(role)))
    }

    /// Changes the `signed` object of a role. Nothing is served before [`sign`](Self::sign).
    pub fn edit(&mut self, role: &RoleName, edit: impl FnOnce(&mut Object)) -> &mut Self {
        edit(self.signed.entry(role.clone()).or_default());
        self
    }

    /// Gives a role another version.
    pub fn version(&mut self, role: &RoleName, version: u64) -> &mut Self {
        self.edit(role, |signed| drop(signed.insert("version".to_owned(), version.into())))
    }

    /// Gives a role another expiry.
    pub fn expires(&mut self, role: &RoleName, expires: DateTime<Utc>) -> &mut Self {
        self.edit(role, |signed| drop(signed.insert("expires".to_owned(), format_time(expires).into())))
    }

    /// Has `by`, snapshot or timestamp, list `role` as these bytes, with what the entry pins now.
    pub fn pin(&mut self, by: &RoleName, role: &RoleName, version: u64, bytes: &[u8]) -> &mut Self {
        let file = role.file_name();
        self.edit(by, |signed| pin_again(signed, &file, version, bytes))
    }

    /// Has `by` list `role` at a version nobody has a file of.
    pub fn pin_version(&mut self, by: &RoleName, role: &RoleName, version: u64) -> &mut Self {
        let file = role.file_name();
        self.edit(by, |signed| {
            let Some(Value::Object(meta)) = signed.get_mut("meta") else { return };
            meta.insert(file, Value::Object(Object::from([("version".to_owned(), version.into())])));
        })
    }

    /// Signs a role with those of its keys that are held, and serves it under its version: enough or not. Gives the bytes.
    ///
    /// # Errors
    /// [`TwinError`]: what was edited is no metadata any more.
    pub fn sign(&mut self, role: &RoleName) -> Result<Vec<u8>, TwinError> {
        let signed: Value = self.signed.get(role).cloned().unwrap_or_default().into();
        let (profile, limits) = (Profile::deployed(), Limits::default());
        let bytes = match role {
            RoleName::Root => {
                let proposed = Proposed::<Root>::under(signed, &profile, &limits)?;
                let before = self.twin.root().authority(role);
                let authorities = [proposed.authority(role), before];
                self.assembled(&proposed, &authorities)?
            }
            RoleName::Timestamp => self.by_twin(&Proposed::<Timestamp>::under(signed, &profile, &limits)?)?,
            RoleName::Snapshot => self.by_twin(&Proposed::<Snapshot>::under(signed, &profile, &limits)?)?,
            RoleName::Targets => self.by_twin(&Proposed::<Targets>::under(signed, &profile, &limits)?)?,
            RoleName::Delegated(name) => {
                let findings = self.twin.delegated().get(name).map_or(&[][..], |role| role.findings());
                self.by_twin(&Proposed::<Targets>::next(role.clone(), signed, findings, &limits)?)?
            }
        };
        let version = self.signed.get(role).and_then(|signed| signed.get("version")).and_then(Value::as_u64);
        let file = self.twin.file_name(role, version.unwrap_or_default());
        self.files.files.insert(file, bytes.clone());
        Ok(bytes)
    }

    /// Takes one of these keys more.
    pub fn hold(&mut self, keys: impl IntoIterator<Item = Fingerprint>) -> &mut Self {
        self.held.extend(keys);
        self
    }

    fn by_twin<T: Role>(&self, proposed: &Proposed<T>) -> Result<Vec<u8>, TwinError> {
        self.assembled(proposed, &self.twin.authorities(proposed.role()))
    }

    fn assembled<T: Role>(&self, proposed: &Proposed<T>, authorities: &[Authority<'_>]) -> Result<Vec<u8>, TwinError> {
        let given = self.twin.keys.sign(proposed.payload(), authorities, Some(&self.held))?;
        Ok(assemble(proposed, authorities, &given))
    }
}
