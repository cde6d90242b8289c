//! Files that are there whole or not at all.

use crate::{Disk, RealDisk};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Replaces the file at `path`: temporary file beside it, fsync, rename, fsync of the directory (X2). At no moment
/// does another process, or a machine that lost power, see a part of it.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut builder = tempfile::Builder::new();
    // No `.json` at the end: whoever lists the metadata of a cache does not see it.
    builder.prefix(".tuffet-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What any program creating a public file asks for; the umask takes its share.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    RealDisk.sync_directory(folder)
}
