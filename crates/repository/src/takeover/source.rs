//! Reading files of a tree that a stranger may have made: no link is followed, and no name leads out.

use super::{Layout, LeftOut, TakeoverError};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use tuffet_client::{AnyTransport, TransportError, target_names};
use tuffet_metadata::RoleName;

/// A folder that holds a repository.
#[derive(Debug, Clone)]
pub struct Folder {
    base: PathBuf,
    targets: Option<PathBuf>,
}

/// Where a repository is taken from.
pub enum Source {
    /// A folder.
    Folder(Folder),
    /// A published repository elsewhere.
    Transport {
        /// Its metadata.
        metadata: AnyTransport,
        /// Its targets, if they do not lie in `targets/` below the metadata.
        targets: Option<AnyTransport>,
    },
}

impl Source {
    /// The tree at `base`, as a whole.
    #[must_use]
    pub fn folder(base: &Path) -> Self {
        Self::Folder(Folder { base: base.to_owned(), targets: None })
    }

    /// A published repository whose targets lie elsewhere than in `targets/` below `metadata`.
    #[must_use]
    pub fn folders(metadata: &Path, targets: &Path) -> Self {
        Self::Folder(Folder { base: metadata.to_owned(), targets: Some(targets.to_owned()) })
    }

    /// The layout that the files say it has; a transport lists none, and has what clients see.
    ///
    /// # Errors
    /// [`TakeoverError::NoLayout`] or [`TakeoverError::TwoLayouts`]
    pub fn layout(&self) -> Result<Layout, TakeoverError> {
        match self {
            Self::Folder(folder) => folder.layout(),
            Self::Transport { .. } => Ok(Layout::Published),
        }
    }

    /// A metadata file; `None` where there is none.
    pub(super) fn metadata(&self, file: &str, limit: u64) -> Result<Option<Vec<u8>>, TakeoverError> {
        match self {
            Self::Folder(folder) => folder.read(file, limit),
            Self::Transport { metadata, .. } => found(metadata.fetch_metadata(file, limit)),
        }
    }

    /// A target's file, named from `targets/` on; `None` where there is none.
    pub(super) fn target(&self, file: &str, limit: u64) -> Result<Option<Vec<u8>>, TakeoverError> {
        match self {
            Self::Folder(folder) => folder.read(file, limit),
            Self::Transport { metadata, targets: None } => found(metadata.fetch(file, limit)),
            Self::Transport { targets: Some(targets), .. } => {
                found(targets.fetch(file.strip_prefix(TARGETS).unwrap_or(file), limit))
            }
        }
    }

    /// The numbered roots there are; `None` where nobody can list them.
    pub(super) fn numbered_roots(&self, layout: Layout) -> Result<Option<BTreeSet<u64>>, TakeoverError> {
        let Self::Folder(folder) = self else { return Ok(None) };
        let mut found = BTreeSet::new();
        for name in folder.entries(layout.roots())?.into_keys() {
            let version = name.strip_suffix(".root.json").and_then(|version| version.parse().ok());
            // `007.root.json` is no root that anybody asks for.
            found.extend(version.filter(|v| RoleName::Root.versioned_file_name(*v) == name));
        }
        Ok(Some(found))
    }

    /// The files of the tree that are not in `taken`.
    pub(super) fn left_out(&self, layout: Layout, taken: &BTreeSet<String>) -> Result<Vec<LeftOut>, TakeoverError> {
        let Self::Folder(folder) = self else { return Ok(Vec::new()) };
        let mut out = Vec::new();
        let base = if layout == Layout::Published { vec![""] } else { vec!["", "metadata/", layout.roots()] };
        let mut flat: BTreeSet<&str> = base.into_iter().collect();
        // Beside metadata/ lies whatever else a checkout has: only what looks like metadata is worth a word.
        let beside = layout != Layout::Published;
        let mut folders = vec![TARGETS.to_owned()];
        while let Some(at) = flat.pop_first() {
            for (name, kind) in folder.entries(at)? {
                let is_metadata = name.ends_with(".json") || name.starts_with(".signing-event");
                if at.is_empty() && PAGE.contains(&name.as_str()) {
                    continue;
                }
                if kind != Kind::Folder && (is_metadata || !(beside && at.is_empty())) {
                    out.extend(unused(format!("{at}{name}"), kind, taken));
                }
            }
        }
        while let Some(at) = folders.pop() {
            for (name, kind) in folder.entries(&at)? {
                if kind == Kind::Folder {
                    folders.push(format!("{at}{name}/"));
                } else {
                    out.extend(unused(format!("{at}{name}"), kind, taken));
                }
            }
        }
        out.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(out)
    }
}

fn unused(file: String, kind: Kind, taken: &BTreeSet<String>) -> Option<LeftOut> {
    let why = match kind {
        Kind::File => "no current metadata lists it".to_owned(),
        other => format!("{}, and no current metadata lists it", other.name()),
    };
    (!taken.contains(&file)).then_some(LeftOut { file, why })
}

impl Folder {
    fn layout(&self) -> Result<Layout, TakeoverError> {
        let has = |file: &'static str| self.base.join(file).symlink_metadata().is_ok().then_some(file);
        let numbered =
            || self.entries("metadata/").is_ok_and(|all| all.keys().any(|name| name.ends_with(".root.json")));
        let history = has("metadata/root_history").or_else(|| has("metadata/.signing-event-state"));
        let metadata = has("metadata/timestamp.json").filter(|_| history.is_none() || numbered());
        let found: Vec<(Layout, &'static str)> = [
            has("timestamp.json").map(|file| (Layout::Published, file)),
            history.map(|file| (Layout::TufOnCi, file)),
            metadata.map(|file| (Layout::Tuftool, file)),
        ]
        .into_iter()
        .flatten()
        .collect();
        match found[..] {
            [] => Err(TakeoverError::NoLayout { place: self.base.clone() }),
            [(one, _)] => Ok(one),
            [(first, by_first), (second, by_second), ..] => {
                Err(TakeoverError::TwoLayouts { place: self.base.clone(), first, by_first, second, by_second })
            }
        }
    }

    /// The place of `file`, which begins with `targets/` where it is a target's.
    fn place<'f>(&self, file: &'f str) -> (&Path, &'f str) {
        match (&self.targets, file.strip_prefix(TARGETS)) {
            (Some(targets), Some(rest)) => (targets, rest),
            _ => (&self.base, file),
        }
    }

    /// The file as it is, at most `limit` bytes of it. Each folder on the way is looked at: a link among them would
    /// lead out of the tree as well as one at the end (C62).
    fn read(&self, file: &str, limit: u64) -> Result<Option<Vec<u8>>, TakeoverError> {
        let failed = |cause| TakeoverError::Read { file: file.to_owned(), cause };
        let (base, below) = self.place(file);
        let names = target_names(below).map_err(|problem| TakeoverError::Name { name: file.to_owned(), problem })?;
        let (mut path, last) = (base.to_owned(), names.len().saturating_sub(1));
        for (i, name) in names.iter().enumerate() {
            path.push(name);
            let kind = match path.symlink_metadata() {
                Ok(found) => Kind::of(&found),
                Err(cause) if absent(&cause) => return Ok(None),
                Err(cause) => return Err(failed(cause)),
            };
            match kind {
                Kind::Folder if i < last => {}
                Kind::File if i == last => {}
                // A file where a folder should be has nothing below it.
                Kind::File => return Ok(None),
                other => return Err(TakeoverError::Kind { file: file.to_owned(), found: other.name() }),
            }
        }
        let opened = match File::open(&path) {
            Ok(opened) => opened,
            Err(cause) if absent(&cause) => return Ok(None),
            Err(cause) => return Err(failed(cause)),
        };
        // Whoever swapped it for a link after it was looked at is found here.
        let (seen, now) = (path.symlink_metadata().map_err(failed)?, opened.metadata().map_err(failed)?);
        if Kind::of(&seen) != Kind::File || !same_file(&seen, &now) {
            return Err(TakeoverError::Kind { file: file.to_owned(), found: "another one at each look" });
        }
        let mut bytes = Vec::new();
        opened.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
            return Err(TakeoverError::TooLong { file: file.to_owned(), limit });
        }
        Ok(Some(bytes))
    }

    /// The names in a folder, given as `a/` or `` for the base; none where there is no such folder.
    fn entries(&self, folder: &str) -> Result<BTreeMap<String, Kind>, TakeoverError> {
        let failed = |cause| TakeoverError::Read { file: folder.to_owned(), cause };
        let (base, below) = self.place(folder);
        let path = base.join(below);
        match path.symlink_metadata() {
            Ok(found) if Kind::of(&found) == Kind::Folder || below.is_empty() => {}
            Ok(_) => return Ok(BTreeMap::new()),
            Err(cause) if absent(&cause) => return Ok(BTreeMap::new()),
            Err(cause) => return Err(failed(cause)),
        }
        let mut out = BTreeMap::new();
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            // It vanished since the folder was read: then it is not there.
            let Ok(found) = entry.path().symlink_metadata() else { continue };
            out.insert(entry.file_name().to_string_lossy().into_owned(), Kind::of(&found));
        }
        Ok(out)
    }
}

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    Link,
    Other,
}

impl Kind {
    fn of(found: &Metadata) -> Self {
        match found.file_type() {
            kind if kind.is_symlink() => Self::Link,
            kind if kind.is_file() => Self::File,
            kind if kind.is_dir() => Self::Folder,
            _ => Self::Other,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Link => "a symbolic link",
            Self::Other => "a pipe, a socket or a device",
        }
    }
}

#[cfg(unix)]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    (a.len(), a.modified().ok()) == (b.len(), b.modified().ok())
}

fn absent(cause: &std::io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn found(fetched: Result<Vec<u8>, TransportError>) -> Result<Option<Vec<u8>>, TakeoverError> {
    match fetched {
        Ok(bytes) => Ok(Some(bytes)),
        Err(TransportError::NotFound { .. }) => Ok(None),
        Err(cause) => Err(cause.into()),
    }
}

const TARGETS: &str = "targets/";
/// What `tuffet page` writes beside the metadata, and writes anew from it.
const PAGE: [&str; 2] = ["index.html", "status.json"];
