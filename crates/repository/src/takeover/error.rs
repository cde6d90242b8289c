//! Why a repository was not taken over, or not handed back.

use std::path::PathBuf;
use tuffet_client::{PathProblem, TransportError};
use tuffet_metadata::MetadataError;
use tuffet_verifier::UpdateError;

/// A takeover was refused. The destination is as it was.
#[derive(Debug, thiserror::Error)]
pub enum TakeoverError {
    /// The folder is no repository of a kind known here.
    #[error("{}: expected a repository's folder, found neither timestamp.json nor metadata/timestamp.json in it", place.display())]
    NoLayout {
        /// The folder.
        place: PathBuf,
    },
    /// The folder is two repositories at once.
    #[error("{}: expected one repository, found two: {first} ({by_first}) and {second} ({by_second})", place.display())]
    TwoLayouts {
        /// The folder.
        place: PathBuf,
        /// A layout it has.
        first: super::Layout,
        /// The file that says so.
        by_first: &'static str,
        /// Another.
        second: super::Layout,
        /// The file that says so.
        by_second: &'static str,
    },
    /// A file is none: a link, a pipe, a device.
    #[error("{file}: expected a file, found {found} (C62)")]
    Kind {
        /// The file, below the source.
        file: String,
        /// What it is.
        found: &'static str,
    },
    /// A name leads elsewhere, or is not one file's name on every system.
    #[error("{}: {problem} (C62)", name.escape_debug())]
    Name {
        /// The name as the metadata has it.
        name: String,
        /// What is wrong with it.
        problem: PathProblem,
    },
    /// A file is not there.
    #[error("{file}: expected the file, found none ({rule})")]
    Missing {
        /// The file.
        file: String,
        /// The rule that wants it.
        rule: &'static str,
    },
    /// A file could not be read.
    #[error("{file}: {cause}")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file is longer than it may be.
    #[error("{file}: expected at most {limit} bytes, found more (limit)")]
    TooLong {
        /// The file.
        file: String,
        /// The limit.
        limit: u64,
    },
    /// A file could not be fetched.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A root does not verify.
    #[error("{file}: {cause}")]
    Root {
        /// The file.
        file: String,
        /// Why.
        cause: Box<MetadataError>,
    },
    /// A root has another version than its name.
    #[error("{file}: expected version {expected}, found {found} (TUF 5.3.5)")]
    Version {
        /// The file.
        file: String,
        /// The version in the name.
        expected: u64,
        /// The version in the file.
        found: u64,
    },
    /// Two roots with one version.
    #[error(
        "{second}: expected the bytes of {first} (SHA-256 {expected}), found others ({found}): two roots v{version} (R5)"
    )]
    TwoRoots {
        /// The version.
        version: u64,
        /// The one.
        first: String,
        /// The other.
        second: String,
        /// SHA-256 of the one.
        expected: String,
        /// SHA-256 of the other.
        found: String,
    },
    /// Another role does not verify.
    #[error("{file}: {cause}")]
    Role {
        /// The file.
        file: String,
        /// Why.
        cause: Box<UpdateError>,
    },
    /// A working tree has another version of a role than is published.
    #[error(
        "{file}: expected version {expected}, which the snapshot lists, found version {found}: a signing event is open, or the online roles are not signed yet (C46)"
    )]
    Ahead {
        /// The file.
        file: String,
        /// The version that is published.
        expected: u64,
        /// The version in the tree.
        found: u64,
    },
    /// A target's file is another one.
    #[error("{file}: expected {}, which {role} v{version} lists, found another file ({found}) (C59)", path.escape_debug())]
    Target {
        /// The file.
        file: String,
        /// The path in the metadata.
        path: String,
        /// The role that lists it.
        role: String,
        /// Its version.
        version: u64,
        /// Length and SHA-256 of what is there.
        found: String,
    },
    /// Two files of the tree would have one name.
    #[error("{file}: expected one file of this name, found two with other bytes: this layout has no place for both")]
    OnePlace {
        /// The file.
        file: String,
    },
    /// The destination holds something else.
    #[error("{}: expected the bytes to be written, or nothing there, found {found}: it is never overwritten", place.display())]
    Destination {
        /// The file or folder.
        place: PathBuf,
        /// What is there.
        found: String,
    },
    /// A file could not be written.
    #[error("{}: {cause}: nothing was written", place.display())]
    Write {
        /// The file or folder.
        place: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
}

impl TakeoverError {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoLayout { .. } => "no-layout",
            Self::TwoLayouts { .. } => "two-layouts",
            Self::Kind { .. } | Self::Name { .. } => "place",
            Self::Missing { .. } => "missing",
            Self::Read { .. } | Self::Write { .. } => "io",
            Self::TooLong { .. } => "endless-data",
            Self::Transport(cause) => cause.code(),
            Self::Root { .. } | Self::Version { .. } => "root",
            Self::TwoRoots { .. } => "two-roots",
            Self::Role { cause, .. } => cause.code(),
            Self::Ahead { .. } => "open-event",
            Self::Target { .. } => "target",
            Self::OnePlace { .. } => "one-place",
            Self::Destination { .. } => "exists",
        }
    }

    /// The command or action that helps, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoLayout { .. } => "name the folder that holds metadata/ or timestamp.json, or say --layout",
            Self::TwoLayouts { .. } => "say which with --layout published, tuf-on-ci or tuftool",
            Self::Missing { rule: "R4", .. } => {
                "restore it from a mirror; if older roots are lost, start from one you trust with --root"
            }
            Self::Missing { .. } | Self::Target { .. } => {
                "restore the file from a mirror or from version control; never edit it"
            }
            Self::Kind { .. } => "put the file itself there: a link or a device is not followed",
            Self::Ahead { .. } => "name what is published: its URL, or the branch that is deployed with --git-ref",
            Self::TwoRoots { .. } => "find out which one clients have: the other must never be signed or published",
            Self::OnePlace { .. } => "use --layout published, whose names have hashes",
            Self::Destination { .. } => "name a folder that is not there yet",
            Self::Write { .. } => "make room, then run the same command again",
            _ => return None,
        })
    }
}
