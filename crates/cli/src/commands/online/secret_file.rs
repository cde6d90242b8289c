//! The secret of a key that signs with nobody there.

use crate::CliError;
use std::fs::File;
use std::path::{Path, PathBuf};
use tuffet_signers::{AskError, AskSecret, Secret};

/// A file with one line, which its owner alone may read: where a service manager puts credentials.
pub(super) struct SecretFile {
    path: PathBuf,
    file: Option<File>,
}

impl SecretFile {
    pub(super) fn open(path: &Path) -> Result<Self, CliError> {
        let file = File::open(path).map_err(|e| CliError::io(path, &e))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = file.metadata().map_err(|e| CliError::io(path, &e))?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                let text =
                    format!("{}: expected a file that its owner alone may use, found mode {mode:03o}", path.display());
                return Err(CliError::new("secret-file", text).hint("`chmod 600` it, and change the secret"));
            }
        }
        Ok(Self { path: path.to_owned(), file: Some(file) })
    }
}

impl AskSecret for SecretFile {
    fn ask(&mut self, _prompt: &str) -> Result<Secret, AskError> {
        // Once: a token counts what it is sent, and locks after three.
        let wrong = || AskError::Unavailable(format!("what {} holds was not accepted", self.path.display()));
        let mut file = self.file.take().ok_or_else(wrong)?;
        let unread = |reason: &str| AskError::Unavailable(format!("{}: {reason}", self.path.display()));
        let secret = Secret::read_line(&mut file).map_err(|e| unread(&e.to_string()))?;
        secret.ok_or_else(|| unread("expected a line with its end, found none"))
    }
}
