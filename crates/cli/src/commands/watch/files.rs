//! The files a watch keeps up to date: replaced whole, or left as they are.

use crate::CliError;
use std::io::{ErrorKind, Write};
use std::path::Path;
use tuffet_builder::outside::OutsideMemory;

/// What was seen before; nothing where there is no such file yet.
pub(super) fn memory(path: &Path, pinned: &[u8]) -> Result<OutsideMemory, CliError> {
    match std::fs::read(path) {
        Ok(bytes) => OutsideMemory::from_json(&bytes, pinned).map_err(|cause| {
            let message = format!("{}: {cause}", path.display());
            CliError::new("memory", message).hint("give the memory of this repository, or a new file to start another")
        }),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(OutsideMemory::new(pinned)),
        Err(e) => Err(CliError::io(path, &e)),
    }
}

/// Writes a file over the one that was there: whoever reads it meanwhile sees one or the other.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let failed = |e: &std::io::Error| CliError::io(path, e);
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    super::super::make_folder(parent)?;
    let mut file = tempfile::Builder::new().prefix(".tuffet-").tempfile_in(parent).map_err(|e| failed(&e))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|e| failed(&e))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A collector of metrics runs as somebody else.
        let readable = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(file.path(), readable).map_err(|e| failed(&e))?;
    }
    file.persist(path).map(|_| ()).map_err(|e| failed(&e.error))
}
