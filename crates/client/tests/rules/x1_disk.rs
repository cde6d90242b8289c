//! A disk that remembers what was done to it, and can be cut off after any step (X1, X2).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tuffet_client::Disk;

/// One call that changes the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    MakeDirectory(PathBuf),
    /// Bytes written, not yet synced: the two halves of one call.
    Write(PathBuf, Vec<u8>),
    SyncFile(PathBuf),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    SyncDirectory(PathBuf),
}

/// Which unsynced work a power cut takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// None: the process was killed, the machine went on.
    Nothing,
    /// Everything that no sync covers.
    Unsynced,
    /// Bytes that no sync covers, while names made it: a file is there, and half of it.
    Contents,
    /// Names that no sync covers, while bytes made it.
    Names,
}

/// Files and directories in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    pub(crate) files: BTreeMap<PathBuf, Vec<u8>>,
    pub(crate) directories: BTreeSet<PathBuf>,
}

/// A disk in memory, every change recorded; after `fails_at` steps every change fails.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    tree: Tree,
    steps: Vec<Step>,
    fails_at: Option<(usize, ErrorKind)>,
}

impl Recorder {
    pub(crate) fn on(tree: Tree) -> Self {
        Self(Arc::new(Mutex::new(Inner { tree, ..Inner::default() })))
    }

    pub(crate) fn failing(tree: Tree, at: usize, kind: ErrorKind) -> Self {
        Self(Arc::new(Mutex::new(Inner { tree, fails_at: Some((at, kind)), ..Inner::default() })))
    }

    pub(crate) fn tree(&self) -> Tree {
        self.0.lock().unwrap().tree.clone()
    }

    pub(crate) fn steps(&self) -> Vec<Step> {
        self.0.lock().unwrap().steps.clone()
    }

    fn step(&self, step: Step) -> io::Result<()> {
        let mut inner = self.0.lock().unwrap();
        if let Some((at, kind)) = inner.fails_at
            && inner.steps.len() >= at
        {
            return Err(kind.into());
        }
        inner.tree.apply(&step)?;
        inner.steps.push(step);
        Ok(())
    }
}

impl Tree {
    pub(crate) fn apply(&mut self, step: &Step) -> io::Result<()> {
        match step {
            Step::MakeDirectory(path) => {
                self.directories.insert(path.clone());
            }
            Step::Write(path, bytes) => {
                self.files.insert(path.clone(), bytes.clone());
            }
            Step::Rename(from, to) => {
                let bytes = self.files.remove(from).ok_or(ErrorKind::NotFound)?;
                self.files.insert(to.clone(), bytes);
            }
            Step::Remove(path) => {
                self.files.remove(path).ok_or(ErrorKind::NotFound)?;
            }
            Step::SyncFile(_) | Step::SyncDirectory(_) => {}
        }
        Ok(())
    }

    /// The disk after `steps`, when the power goes and `lost` with it.
    pub(crate) fn after(&self, steps: &[Step], lost: Lost) -> Self {
        let mut tree = self.clone();
        for (i, step) in steps.iter().enumerate() {
            let later = &steps[i + 1..];
            let kept = match step {
                Step::Write(path, bytes) => {
                    // Synced in time, or the rename carried a file whose bytes never left the memory.
                    let synced = later.contains(&Step::SyncFile(path.clone()));
                    if !synced && matches!(lost, Lost::Contents | Lost::Unsynced) {
                        let half = bytes[..bytes.len() / 2].to_vec();
                        tree.files.insert(path.clone(), half);
                        continue;
                    }
                    true
                }
                Step::MakeDirectory(path) | Step::Rename(_, path) | Step::Remove(path) => {
                    let folder = path.parent().unwrap().to_owned();
                    later.contains(&Step::SyncDirectory(folder)) || !matches!(lost, Lost::Names | Lost::Unsynced)
                }
                Step::SyncFile(_) | Step::SyncDirectory(_) => true,
            };
            if kept {
                // A step may stand on one that was lost: then it is lost with it.
                let _ = tree.apply(step);
            }
        }
        tree.files.retain(|path, _| {
            path.ancestors().skip(1).all(|above| {
                above.as_os_str().is_empty() || above == Path::new("/") || tree.directories.contains(above)
            })
        });
        tree
    }
}

impl Disk for Recorder {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.lock().unwrap().tree.files.get(path).cloned().ok_or_else(|| ErrorKind::NotFound.into())
    }
    fn is_directory(&self, path: &Path) -> bool {
        path == Path::new("/") || self.0.lock().unwrap().tree.directories.contains(path)
    }
    fn make_directory(&self, path: &Path) -> io::Result<()> {
        self.step(Step::MakeDirectory(path.to_owned()))
    }
    fn write_and_sync(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step(Step::Write(path.to_owned(), bytes.to_vec()))?;
        self.step(Step::SyncFile(path.to_owned()))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(Step::Rename(from.to_owned(), to.to_owned()))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step(Step::Remove(path.to_owned()))
    }
    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        self.step(Step::SyncDirectory(path.to_owned()))
    }
    fn hold(&self, _: &Path) -> io::Result<Option<File>> {
        Ok(None)
    }
}
