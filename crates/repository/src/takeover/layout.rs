//! Where each tool puts what: names and nothing else.

use crate::stage::target_names;
use std::fmt;
use tuffet_metadata::{RoleName, TargetFile};

/// How a tree is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// What clients see, and what tuffet keeps in `repository/`: `N.root.json`, `N.targets.json`, `N.snapshot.json`,
    /// `timestamp.json`, and `targets/HASH.NAME`.
    Published,
    /// The working tree of tuf-on-ci: `metadata/ROLE.json`, `metadata/root_history/N.root.json`, and `targets/NAME`.
    TufOnCi,
    /// What tuftool makes: `metadata/` and `targets/` side by side, each as published, and a `root.json` beside them.
    Tuftool,
}

impl Layout {
    /// Every layout.
    pub const ALL: [Self; 3] = [Self::Published, Self::TufOnCi, Self::Tuftool];

    /// Its name on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::TufOnCi => "tuf-on-ci",
            Self::Tuftool => "tuftool",
        }
    }

    /// The folder that holds the numbered roots; empty for the base.
    pub(super) fn roots(self) -> &'static str {
        match self {
            Self::Published => "",
            Self::TufOnCi => "metadata/root_history/",
            Self::Tuftool => "metadata/",
        }
    }

    /// The folder that holds the other metadata; empty for the base.
    pub(super) fn metadata(self) -> &'static str {
        match self {
            Self::Published => "",
            Self::TufOnCi | Self::Tuftool => "metadata/",
        }
    }

    /// A root's file.
    pub(super) fn root(self, version: u64) -> String {
        self.roots().to_owned() + &RoleName::Root.versioned_file_name(version)
    }

    /// Where a root may lie under another name, which its content has to say the version of.
    pub(super) fn unnumbered_roots(self) -> &'static [&'static str] {
        match self {
            Self::Published => &["root.json"],
            Self::TufOnCi => &["metadata/root.json"],
            Self::Tuftool => &["metadata/root.json", "root.json"],
        }
    }

    /// Where a tool that works on the tree finds the newest root.
    pub(super) fn newest_root(self) -> Option<&'static str> {
        match self {
            Self::Published => None,
            Self::TufOnCi => Some("metadata/root.json"),
            Self::Tuftool => Some("root.json"),
        }
    }

    /// The file of a role that is no root. A role's name is a stranger's word: as published it is escaped, so that it
    /// stays one file's name; a working tree has it as it is.
    pub(super) fn role(self, role: &RoleName, version: u64, consistent: bool) -> String {
        let version = Some(version).filter(|_| consistent && *role != RoleName::Timestamp);
        match self {
            Self::Published | Self::Tuftool => self.metadata().to_owned() + &role.request_name(version),
            Self::TufOnCi => self.metadata().to_owned() + &role.file_name(),
        }
    }

    /// The files of a target: one for each listed hash (R7), where the layout has hashes in its names. A repository
    /// without consistent snapshots has the plain name as well, which is the one its clients ask for.
    pub(super) fn target(self, path: &str, file: &TargetFile, consistent: bool) -> Vec<String> {
        let plain = format!("targets/{path}");
        match self {
            Self::TufOnCi => vec![plain],
            Self::Published | Self::Tuftool => {
                let mut names = target_names(path, file);
                names.extend(Some(plain).filter(|_| !consistent));
                names
            }
        }
    }

    /// Where else a target may lie when it is read: tuftool can leave the hash out of the name.
    pub(super) fn target_elsewhere(self, path: &str) -> Option<String> {
        (self == Self::Tuftool).then(|| format!("targets/{path}"))
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
