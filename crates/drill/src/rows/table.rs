//! The rows as data.

use serde::Deserialize;

/// One row of `rows.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) id: String,
    #[serde(default)]
    pub(super) case: String,
    #[serde(default)]
    pub(super) needs: Vec<String>,
    #[serde(default)]
    pub(super) stolen: Vec<String>,
    pub(super) does: String,
    pub(super) thief: Vec<String>,
    pub(super) in_use: Expected,
    pub(super) new: Expected,
    /// Of new clients shipped with the oldest root, where they do something else.
    pub(super) new_oldest: Option<Expected>,
    /// The last file that clients in use take in before they refuse.
    #[serde(default)]
    pub(super) kept: String,
    /// Whether to look for the time at which clients stop.
    #[serde(default)]
    pub(super) until: bool,
    pub(super) design: String,
    pub(super) helps: String,
    /// What clients in use do with the owners' next publications where no key is rotated.
    pub(super) between: Option<Expected>,
    #[serde(default)]
    pub(super) after: Vec<String>,
    pub(super) in_use_after: Option<Expected>,
    pub(super) new_after: Option<Expected>,
}

/// What a client must do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum Expected {
    Follows,
    /// With one of these codes.
    Refuses(Vec<String>),
    /// Whether it hands the thief's file to its application.
    Installs(bool),
}

impl TryFrom<String> for Expected {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let words: Vec<&str> = text.split(' ').collect();
        match words.as_slice() {
            ["follows"] => Ok(Self::Follows),
            ["installs"] => Ok(Self::Installs(true)),
            ["installs", "not"] => Ok(Self::Installs(false)),
            ["refuses", codes @ ..] if !codes.is_empty() => {
                Ok(Self::Refuses(codes.iter().map(|code| (*code).to_owned()).collect()))
            }
            _ => Err(format!("expected follows, refuses CODE, installs or installs not, found {text}")),
        }
    }
}

#[derive(Deserialize)]
struct File {
    row: Vec<Entry>,
}

/// Every row, in the order of the threat table. The file is part of the program, and a test reads it.
pub(super) fn entries() -> Result<Vec<Entry>, String> {
    toml::from_str::<File>(ROWS).map(|file| file.row).map_err(|error| error.to_string())
}

const ROWS: &str = include_str!("rows.toml");

/// The rows that no client meets, and why.
pub(super) const NOT_PLAYED: [(&str, &str); 6] = [
    ("T28", "the server with the online keys: each thing it can do is a row, T8 to T17"),
    ("T30", "malware at a signer's station: caught by people who compare digests, and by tuffet-plain (K2)"),
    ("T31", "the publisher's machine: `tuffet publish` refuses what is under-signed or older (R20, R21)"),
    ("T35", "a broken algorithm: the keys of a twin are all of one kind"),
    ("T36", "the key of a log or a CA: its window is closed in trusted_root.json"),
    ("T37", "one key and one maintainer: below the threshold, as T29; `tuffet review` shows what would change"),
];
