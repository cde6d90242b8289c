use crate::Disagreement;
use tuffet_metadata::{MetadataError, RoleName};

/// Why a bin or the snapshot over bins has no next version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BinError {
    /// A targets role that keeps its targets itself.
    #[error("targets v{version}: expected delegations to bins, found none (TUF 4.5)")]
    NoBins {
        /// Of targets.
        version: u64,
    },
    /// No delegation covers the path, so no client would look for it in any bin.
    #[error("target `{}`: expected a delegation of targets v{version} that covers it, found none (C56)", path.escape_debug())]
    Uncovered {
        /// The path.
        path: String,
        /// Of targets.
        version: u64,
    },
    /// A role that targets does not delegate to.
    #[error("{}: expected a role that targets v{version} delegates to, found none of this name (C45)", name.escape_debug())]
    NotABin {
        /// The name.
        name: String,
        /// Of targets.
        version: u64,
    },
    /// A bin that the snapshot does not list is one that clients do not ask for (C53).
    #[error("{role}: expected an entry in the previous snapshot, found none (F25)")]
    Unlisted {
        /// The bin.
        role: RoleName,
    },
    /// The file given is not the version that the snapshot lists: to go on from it would undo, or skip, a version.
    #[error("{role}: expected version {listed} as the snapshot lists it, found {found} ({rule})")]
    Version {
        /// The bin.
        role: RoleName,
        /// The version listed.
        listed: u64,
        /// The version found.
        found: u64,
        /// C38 where it is older, C46 where it is newer.
        rule: &'static str,
    },
    /// Another file of the version that the snapshot pins.
    #[error("{role}: expected the file the snapshot lists as version {version}, found another (R12)")]
    SameVersion {
        /// The bin.
        role: RoleName,
        /// The version of both.
        version: u64,
    },
    /// What a snapshot is to list is not the version after the one listed.
    #[error("{role}: expected version {expected} to be listed next, found {found} (R3)")]
    NotNext {
        /// The role.
        role: RoleName,
        /// One more than the previous snapshot lists, or 1.
        expected: u64,
        /// The version given.
        found: u64,
    },
    /// A version at the end of the numbers.
    #[error("{0}: there is no version after the current one (R3)")]
    LastVersion(RoleName),
    /// Some client would refuse the file for its text or its names.
    #[error("{role}: {cause}")]
    Disagreement {
        /// The bin, or the snapshot.
        role: RoleName,
        /// What two canonicalisers disagree about.
        cause: Disagreement,
    },
    /// The result does not read back.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}
