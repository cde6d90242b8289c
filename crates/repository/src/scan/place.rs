//! The folder, opened once; every file is opened relative to it, so that nothing renamed or linked meanwhile leads out.

use super::{FileProblem, ScanError};
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

/// What tells whether a file is the one it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) device: u64,
    pub(super) inode: u64,
    pub(super) length: u64,
    /// Nanoseconds since 1970 at which the content changed last, as whoever writes it can say.
    pub(super) modified: i128,
    /// The same of the inode, which nobody sets.
    pub(super) changed: i128,
}

impl Identity {
    /// The first thing in which a file differs after it was read.
    pub(super) fn differs(&self, after: &Self) -> Option<&'static str> {
        match () {
            () if (self.device, self.inode) != (after.device, after.inode) => Some("inode"),
            () if self.length != after.length => Some("length"),
            () if self.modified != after.modified => Some("modification time"),
            () => None,
        }
    }
}

pub(super) use system::Place;

fn problem(error: &std::io::Error) -> FileProblem {
    match error.kind() {
        ErrorKind::NotFound => FileProblem::Vanished,
        _ => FileProblem::Unreadable(error.to_string()),
    }
}

fn open_folder(folder: &Path) -> Result<File, ScanError> {
    let failed = |cause| ScanError::Folder { folder: folder.to_owned(), cause };
    let opened = File::open(folder).map_err(failed)?;
    if opened.metadata().map_err(failed)?.is_dir() {
        return Ok(opened);
    }
    Err(failed(ErrorKind::NotADirectory.into()))
}

#[cfg(unix)]
mod system {
    use super::{FileProblem, Identity, ScanError, open_folder, problem};
    use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, fstat, openat, statat};
    use rustix::io::Errno;
    use std::fs::File;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    pub(in super::super) struct Place(File);

    impl Place {
        pub(in super::super) fn open(folder: &Path) -> Result<Self, ScanError> {
            open_folder(folder).map(Self)
        }

        /// Opens the regular file at `path`. No part of the path may be a link by now, and a pipe put in its place does
        /// not make us wait for somebody to write into it.
        pub(in super::super) fn file(&self, path: &str) -> Result<File, FileProblem> {
            let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
            let opened = self.beneath(path, flags).map_err(|error| match error {
                Errno::LOOP | Errno::XDEV => FileProblem::Kind("a symbolic link"),
                Errno::NXIO => FileProblem::Kind("a socket or device"),
                error => problem(&error.into()),
            })?;
            Ok(File::from(opened))
        }

        #[cfg(target_os = "linux")]
        fn beneath(&self, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
            use rustix::fs::{ResolveFlags, openat2};
            let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
            match openat2(&self.0, path, flags, Mode::empty(), resolve) {
                // Kernels before 5.6, and sandboxes that do not know the call.
                Err(Errno::NOSYS | Errno::PERM) => openat(&self.0, path, flags, Mode::empty()),
                other => other,
            }
        }

        #[cfg(not(target_os = "linux"))]
        fn beneath(&self, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
            openat(&self.0, path, flags, Mode::empty())
        }

        /// Of what is at `path` now.
        pub(in super::super) fn identity(&self, path: &str) -> Result<Identity, FileProblem> {
            identity(&statat(&self.0, path, AtFlags::SYMLINK_NOFOLLOW).map_err(|error| problem(&error.into()))?)
        }

        /// Of an open file.
        pub(in super::super) fn identity_of(file: &File) -> Result<Identity, FileProblem> {
            identity(&fstat(file).map_err(|error| problem(&error.into()))?)
        }
    }

    #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, reason = "the fields' types differ between systems")]
    fn identity(stat: &Stat) -> Result<Identity, FileProblem> {
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => {}
            FileType::Symlink => return Err(FileProblem::Kind("a symbolic link")),
            FileType::Directory => return Err(FileProblem::Kind("a directory")),
            FileType::Fifo => return Err(FileProblem::Kind("a named pipe")),
            FileType::Socket => return Err(FileProblem::Kind("a socket")),
            _ => return Err(FileProblem::Kind("a device")),
        }
        let nanoseconds = |seconds: i128, rest: i128| seconds * 1_000_000_000 + rest;
        Ok(Identity {
            device: stat.st_dev as u64,
            inode: stat.st_ino as u64,
            length: stat.st_size as u64,
            modified: nanoseconds(stat.st_mtime as i128, stat.st_mtime_nsec as i128),
            changed: nanoseconds(stat.st_ctime as i128, stat.st_ctime_nsec as i128),
        })
    }
}

#[cfg(not(unix))]
mod system {
    use super::{FileProblem, Identity, ScanError, open_folder, problem};
    use std::fs::{File, Metadata};
    use std::path::{Path, PathBuf};

    pub(in super::super) struct Place(PathBuf);

    impl Place {
        pub(in super::super) fn open(folder: &Path) -> Result<Self, ScanError> {
            open_folder(folder).map(|_| Self(folder.to_owned()))
        }

        pub(in super::super) fn file(&self, path: &str) -> Result<File, FileProblem> {
            self.identity(path)?;
            File::open(self.0.join(path)).map_err(|error| problem(&error))
        }

        pub(in super::super) fn identity(&self, path: &str) -> Result<Identity, FileProblem> {
            identity(&std::fs::symlink_metadata(self.0.join(path)).map_err(|error| problem(&error))?)
        }

        pub(in super::super) fn identity_of(file: &File) -> Result<Identity, FileProblem> {
            identity(&file.metadata().map_err(|error| problem(&error))?)
        }
    }

    /// Without inodes, by length and time alone.
    fn identity(found: &Metadata) -> Result<Identity, FileProblem> {
        if !found.is_file() {
            return Err(FileProblem::Kind("another kind of file"));
        }
        let since = |time: std::time::SystemTime| time.duration_since(std::time::UNIX_EPOCH).ok();
        let modified = found.modified().ok().and_then(since).map_or(0, |time| time.as_nanos() as i128);
        Ok(Identity { device: 0, inode: 0, length: found.len(), modified, changed: 0 })
    }
}
