//! The floors against rollback, once the final root is known: TUF 5.3.11, 5.4.3, 5.5.5.

use crate::memory::{FloorLoss, FloorVersions, OnFloorLoss};
use crate::update::Core;
use crate::{Event, KeySets, Memory, UpdateError};
use tuffet_metadata::{Role, RoleName, Root, Snapshot, Timestamp, Unverified, Verified};

/// What the last refresh left, verified again under the final root.
#[derive(Debug)]
pub(crate) struct Floors {
    pub(crate) timestamp: Option<Verified<Timestamp>>,
    pub(crate) snapshot: Option<Verified<Snapshot>>,
    /// What the notes hold, beside the files.
    pub(crate) noted: FloorVersions,
    pub(crate) memory: Memory,
}

impl Floors {
    /// Verifies what is remembered under the final root, unless its online keys were rotated since (TUF 5.3.11).
    pub(crate) fn load(
        mut memory: Memory,
        started_under: KeySets,
        root: &Verified<Root>,
        core: &mut Core,
    ) -> Result<Self, UpdateError> {
        let under = memory.accepted_under.unwrap_or(started_under);
        let has_floors = memory.timestamp.is_some() || memory.snapshot.is_some() || !memory.floors.is_empty();
        let purged = under != KeySets::of(root) && has_floors;
        if purged {
            memory.timestamp = None;
            memory.snapshot = None;
            memory.floors = FloorVersions::default();
            core.events.push(Event::FloorsPurged);
        }
        let mut noted = std::mem::take(&mut memory.floors);
        // Timestamp, snapshot and targets are stored in this order, and a purge leaves the targets and notes that say
        // so: without notes, what is missing before a file that is there was lost.
        let without_notes = memory.accepted_under.is_none() && !purged;
        let expected = noted.timestamp > 0 || without_notes && (memory.snapshot.is_some() || memory.targets.is_some());
        let timestamp = match core.remembered::<Timestamp>(root, memory.timestamp.take()) {
            Ok(Some(file)) if file.common.version < noted.timestamp => {
                let found = file.common.version;
                core.lost(RoleName::Timestamp, FloorLoss::Older { found }, &mut noted.timestamp)?;
                Some(file)
            }
            Ok(Some(file)) => Some(file),
            Ok(None) if expected => {
                core.lost(RoleName::Timestamp, FloorLoss::Missing, &mut noted.timestamp)?;
                None
            }
            Ok(None) => None,
            Err(cause) => {
                core.lost(RoleName::Timestamp, FloorLoss::Refused(cause), &mut noted.timestamp)?;
                None
            }
        };
        let top = RoleName::Targets.file_name();
        let mut listed = noted.meta.get(&top).copied().unwrap_or(0);
        let expected = listed > 0 || without_notes && memory.targets.is_some();
        let snapshot = match core.remembered::<Snapshot>(root, memory.snapshot.take()) {
            Ok(Some(file)) => Some(file),
            Ok(None) if !expected => None,
            other => {
                let why = other.err().map_or(FloorLoss::Missing, FloorLoss::Refused);
                core.lost(RoleName::Snapshot, why, &mut listed)?;
                if core.policy.on_floor_loss == OnFloorLoss::Accept {
                    noted.meta.clear();
                    noted.snapshot = 0;
                }
                None
            }
        };
        Ok(Self { timestamp, snapshot, noted, memory })
    }
}

impl Core {
    fn remembered<T: Role>(
        &self,
        root: &Root,
        bytes: Option<Vec<u8>>,
    ) -> Result<Option<Verified<T>>, tuffet_metadata::MetadataError> {
        let Some(bytes) = bytes else { return Ok(None) };
        let file = Unverified::<T>::new(bytes).counting(self.policy.counting(&T::TYPE));
        file.verify(&root.authority(&T::TYPE), &self.policy.profile, &self.policy.limits).map(Some)
    }

    /// A floor is lost: by policy the update ends, or goes on with what the notes hold (`noted`, 0 for nothing).
    fn lost(&mut self, role: RoleName, why: FloorLoss, noted: &mut u64) -> Result<(), UpdateError> {
        match self.policy.on_floor_loss {
            OnFloorLoss::Fail if *noted == 0 => return Err(UpdateError::FloorLost { role, why }),
            OnFloorLoss::Fail | OnFloorLoss::Warn => {}
            OnFloorLoss::Accept => *noted = 0,
        }
        self.events.push(Event::FloorLost { role, why, kept: Some(*noted).filter(|version| *version > 0) });
        Ok(())
    }
}
