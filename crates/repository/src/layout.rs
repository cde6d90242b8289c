//! A repository's files, by the names clients ask for.

use crate::stage::target_names;
use crate::{FolderPlace, Place, Published, Receipt, RepositoryError};
use std::collections::BTreeMap;
use std::path::Path;
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;

/// A repository at its place: a folder, unless another one is named. There may be nothing yet.
#[derive(Debug, Clone)]
pub struct Repository<P = FolderPlace> {
    place: P,
}

impl Repository {
    /// The repository in the folder `dir`.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        Self::at(FolderPlace::open(dir))
    }

    /// Its folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.place.dir()
    }
}

impl<P: Place> Repository<P> {
    /// The repository at `place`.
    pub fn at(place: P) -> Self {
        Self { place }
    }

    /// Where it lies.
    pub fn place(&self) -> &P {
        &self.place
    }

    /// A file, or `None` where there is none.
    ///
    /// # Errors
    /// [`RepositoryError::Place`]
    pub fn read(&self, file: &str) -> Result<Option<Vec<u8>>, RepositoryError> {
        Ok(self.place.read(file).map_err(RepositoryError::Place)?.map(|found| found.bytes))
    }

    /// The content of a target that is published now; `None` where no role lists it, or no file has the listed hashes.
    ///
    /// # Errors
    /// [`RepositoryError::Place`]
    pub fn target(&self, published: &Published, path: &str) -> Result<Option<Vec<u8>>, RepositoryError> {
        for listed in published.listings().filter_map(|role| role.targets().get(path)) {
            for name in target_names(path, &listed) {
                if let Some(bytes) = self.read(&name)?.filter(|bytes| listed.hashes.match_bytes(bytes)) {
                    return Ok(Some(bytes));
                }
            }
        }
        Ok(None)
    }

    /// The receipt of what is published now, for a publication whose own receipt was lost with the machine that held it:
    /// the files clients come to, whichever run wrote them.
    ///
    /// # Errors
    /// [`RepositoryError::Missing`] or [`RepositoryError::Place`]
    pub fn receipt(&self, published: &Published) -> Result<Receipt, RepositoryError> {
        let versioned = |role: RoleName, version: u64| role.versioned_file_name(version);
        let (root, targets) = (published.root().common.version, published.targets.common.version);
        let snapshot = published.snapshot.common.version;
        let mut names = vec![
            versioned(RoleName::Root, root),
            versioned(RoleName::Targets, targets),
            versioned(RoleName::Snapshot, snapshot),
            RoleName::Timestamp.file_name(),
        ];
        names.extend(published.delegated.values().map(|role| role.role().request_name(Some(role.common.version))));
        for role in published.listings() {
            names.extend(role.targets().iter().flat_map(|(path, file)| target_names(&path, &file)));
        }
        let mut files = BTreeMap::new();
        for name in names {
            let Some(bytes) = self.read(&name)? else {
                return Err(RepositoryError::Missing { file: name, rule: "R6" });
            };
            files.insert(name, sha256(&bytes).to_string());
        }
        Ok(Receipt { files, root, timestamp: published.timestamp.common.version, snapshot, targets })
    }
}
