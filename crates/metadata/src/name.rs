//! Names of roles and of their files.

use std::fmt;

/// A role: one of the four top-level ones, or a delegated targets role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleName {
    /// root
    Root,
    /// timestamp
    Timestamp,
    /// snapshot
    Snapshot,
    /// The top-level targets role.
    Targets,
    /// A delegated targets role.
    Delegated(String),
}

impl RoleName {
    /// The four top-level roles, in the order a refresh meets them.
    pub const TOP_LEVEL: [Self; 4] = [Self::Root, Self::Timestamp, Self::Snapshot, Self::Targets];

    /// The role's name in metadata.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Root => "root",
            Self::Timestamp => "timestamp",
            Self::Snapshot => "snapshot",
            Self::Targets => "targets",
            Self::Delegated(name) => name,
        }
    }

    /// The top-level role of this name, or `None`.
    #[must_use]
    pub fn top_level(name: &str) -> Option<Self> {
        Self::TOP_LEVEL.into_iter().find(|role| role.as_str() == name)
    }

    /// The role of this name: a top-level one, else a delegated one.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::top_level(name).unwrap_or_else(|| Self::Delegated(name.to_owned()))
    }

    /// `NAME.json`, the name metadata refers to the role by (TUF 6.2.1).
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}.json", self.as_str())
    }

    /// `VERSION.NAME.json`, the file's name under consistent snapshots and of every root.
    #[must_use]
    pub fn versioned_file_name(&self, version: u64) -> String {
        format!("{version}.{}.json", self.as_str())
    }

    /// The file's name at the repository's metadata URL: [`file_name`](Self::file_name) or
    /// [`versioned_file_name`](Self::versioned_file_name), with every byte of a delegated role's name escaped as `%2F`
    /// that is not a letter, a digit or one of `-._~`. So TUF clients ask for the role `a/b`, and none asks for `../x`.
    #[must_use]
    pub fn request_name(&self, version: Option<u64>) -> String {
        let mut out = version.map(|version| format!("{version}.")).unwrap_or_default();
        for byte in self.as_str().bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
        out + ".json"
    }

    /// Whether a file of the delegated role `name` could be taken for one of a top-level role: `1.root` is written as
    /// `1.root.json`, `../root` as a file beside its folder, and some systems hold `Root.json` for `root.json` (C58).
    pub(crate) fn shadows_top_level(name: &str) -> bool {
        let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let role = match base.rsplit_once('.') {
            Some((version, role)) if version.bytes().all(|b| b.is_ascii_digit() || b == b'.') => role,
            _ => base,
        };
        Self::TOP_LEVEL.iter().any(|top| top.as_str().eq_ignore_ascii_case(role))
    }

    /// Where the client workflow checks the signatures of this role.
    pub(crate) fn signature_section(&self) -> &'static str {
        match self {
            Self::Root => "TUF 5.3.4",
            Self::Timestamp => "TUF 5.4.2",
            Self::Snapshot => "TUF 5.5.3",
            Self::Targets | Self::Delegated(_) => "TUF 5.6.3",
        }
    }
}

impl fmt::Display for RoleName {
    /// For people: a stranger's name is escaped, so that it cannot steer a terminal. [`as_str`](Self::as_str) is exact.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().escape_debug().fmt(f)
    }
}
