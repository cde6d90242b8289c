//! The file-system calls a cache makes, as one small interface: what is not listed here, a cache does not do.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// A file system. [`RealDisk`] is the machine's; tests have one that loses power between two calls.
pub trait Disk: Debug {
    /// The whole file; an error of kind `NotFound` where there is none.
    ///
    /// # Errors
    /// As the system says.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Whether a directory of this name exists.
    fn is_directory(&self, path: &Path) -> bool;

    /// Makes one directory; one that is there already is no error.
    ///
    /// # Errors
    /// As the system says.
    fn make_directory(&self, path: &Path) -> io::Result<()>;

    /// Creates or empties the file, writes it, and has its bytes reach the disk.
    ///
    /// # Errors
    /// As the system says; a part of the file may then be there.
    fn write_and_sync(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Gives the file at `from` the name `to`, over a file that has it, at one moment.
    ///
    /// # Errors
    /// As the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes the file; an error of kind `NotFound` where there is none.
    ///
    /// # Errors
    /// As the system says.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Has the names in a directory reach the disk: until then a power cut may take back a rename or a removal.
    ///
    /// # Errors
    /// As the system says.
    fn sync_directory(&self, path: &Path) -> io::Result<()>;

    /// Waits until no other process holds the file, and holds it until the result is dropped. Makes it if needed.
    ///
    /// # Errors
    /// As the system says.
    fn hold(&self, path: &Path) -> io::Result<Option<File>>;
}

/// The machine's own file system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn is_directory(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        match fs::create_dir(path) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
            other => other,
        }
    }

    fn write_and_sync(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        // A link planted under the name of a temporary file must not lead the bytes elsewhere.
        match fs::remove_file(path) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    // Windows has no such call and needs none.
    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }

    fn hold(&self, path: &Path) -> io::Result<Option<File>> {
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        file.lock()?;
        Ok(Some(file))
    }
}
