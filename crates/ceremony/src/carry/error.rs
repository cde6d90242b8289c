//! Why a bundle is not used.

use crate::CeremonyError;
use tuffet_archive::tar::TarError;
use tuffet_keys::Sha256;

/// A bundle was refused, or could not be made; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// Too large.
    #[error("bundle: expected at most {limit} bytes, found {found}")]
    TooLarge {
        /// The limit.
        limit: u64,
        /// Its length.
        found: u64,
    },
    /// Too many files.
    #[error("bundle: expected at most {limit} files, found {found}")]
    TooMany {
        /// The limit.
        limit: usize,
        /// Files listed.
        found: usize,
    },
    /// It is not the one form of an archive.
    #[error("bundle: {0}")]
    Tar(#[from] TarError),
    /// The manifest is none.
    #[error("bundle: manifest.json: {problem}")]
    Manifest {
        /// What is wrong with it.
        problem: String,
    },
    /// A name no ceremony's directory has, or one that does not go this way.
    #[error("bundle: expected a file that goes {way}, found `{}`", path.escape_debug())]
    Place {
        /// The name.
        path: String,
        /// Which way the bundle goes.
        way: &'static str,
    },
    /// A member is missing, unknown, repeated or out of order.
    #[error("bundle: expected member {expected}, found {found}")]
    Member {
        /// What comes next.
        expected: String,
        /// What came.
        found: String,
    },
    /// A member's content is another.
    #[error("bundle: `{}`: expected SHA-256 {expected}, found {found}", path.escape_debug())]
    Digest {
        /// The member.
        path: String,
        /// As listed.
        expected: String,
        /// As computed.
        found: String,
    },
    /// It goes the other way.
    #[error("bundle: expected one that goes {expected}, found one that goes {found}")]
    Way {
        /// As asked for.
        expected: &'static str,
        /// As it is.
        found: &'static str,
    },
    /// What its manifest says is not what is in it.
    #[error("bundle: {what}: expected {expected} as its manifest says, found {found}")]
    Says {
        /// Of what.
        what: &'static str,
        /// As the manifest says.
        expected: String,
        /// As the files are.
        found: String,
    },
    /// A file in it that the draft did not read or make.
    #[error("bundle: expected files that the draft recorded, found `{}`", path.escape_debug())]
    Unbound {
        /// The file.
        path: String,
    },
    /// It is of another ceremony than the directory.
    #[error("expected a bundle of ceremony {expected}, found one of {found}: no ceremony is overwritten by another")]
    Another {
        /// The directory's.
        expected: String,
        /// The bundle's.
        found: String,
    },
    /// It is for another plan than the directory's.
    #[error("expected a bundle for plan hash {expected}, found one for {found} (K1)")]
    Plan {
        /// The directory's.
        expected: Sha256,
        /// The bundle's.
        found: Sha256,
    },
    /// The folder holds something else.
    #[error("{dir}: expected an empty folder or an older copy of this ceremony, found {found}")]
    Taken {
        /// The folder.
        dir: String,
        /// What is there.
        found: &'static str,
    },
    /// The directory is further than the bundle.
    #[error("an older bundle: its transcript has {bundle} lines, and the directory's goes on to {here} (K3)")]
    Older {
        /// Lines in the bundle.
        bundle: usize,
        /// Lines in the directory.
        here: usize,
    },
    /// Two transcripts of one ceremony.
    #[error(
        "two coordinators: the bundle's transcript and the directory's differ on line {line}: only one station appends to a transcript (K3)"
    )]
    Parted {
        /// The first line that differs.
        line: usize,
    },
    /// The drafts differ, and somebody approved or signed the older one here.
    #[error("{file}: expected nothing that was made for the draft that is replaced, found this (K16)")]
    Signed {
        /// The signature or approval.
        file: String,
    },
    /// There is nothing to bring back.
    #[error("expected a signature, an approval or a statement to carry back, found none")]
    Nothing,
    /// The ceremony refuses it.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
}

impl CarryError {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ceremony(_) => "ceremony",
            Self::Older { .. } => "older-bundle",
            Self::Parted { .. } => "two-coordinators",
            Self::Another { .. } | Self::Plan { .. } => "another-ceremony",
            Self::Taken { .. } | Self::Signed { .. } => "exists",
            Self::Way { .. } | Self::Nothing => "carry",
            _ => "bundle",
        }
    }

    /// What to do.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Ceremony(cause) => return cause.hint(),
            Self::Older { .. } => "get the newest bundle: the coordinator runs `tuffet carry pack` again".to_owned(),
            Self::Parted { .. } => "stop, and ask both who they are and what they appended".to_owned(),
            Self::Another { .. } | Self::Plan { .. } | Self::Taken { .. } => {
                "name another folder with --into, or the bundle of this ceremony".to_owned()
            }
            Self::Signed { .. } => "unpack into a new folder and review the new draft there; what was made for the older one counts no more".to_owned(),
            Self::Nothing => "run `tuffet sign DIR --key KEY` first".to_owned(),
            Self::Way { found: "out", .. } => "a bundle that goes out is unpacked on a signing station".to_owned(),
            Self::Way { .. } => "what comes back is unpacked in the coordinator's directory".to_owned(),
            _ => "the bundle was damaged or changed on its way: carry it again".to_owned(),
        })
    }
}
