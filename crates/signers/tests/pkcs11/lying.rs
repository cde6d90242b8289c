//! The module that lies, compiled for the test that wants it.

use crate::softhsm::{MODULE, SoftHsm, skipped};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A module of its own file, with the tokens of the SoftHSM of this process.
pub(crate) struct Lying {
    path: PathBuf,
}

impl Lying {
    /// `None`, said aloud, where there is no C compiler.
    pub(crate) fn module(hsm: &SoftHsm) -> Option<Self> {
        let path = hsm.dir().join("lying.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pkcs11/lying_module.c");
        let compiled = Command::new("cc")
            .args(["-std=gnu17", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"])
            .arg(&path)
            .arg(format!("-DSOFTHSM=\"{MODULE}\""))
            .arg(source)
            .output();
        let Ok(compiled) = compiled else {
            skipped("cc");
            return None;
        };
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        Some(Self { path })
    }

    /// From now on these lies, and no others.
    pub(crate) fn say(&self, lies: &str) {
        fs::write(self.path.with_extension("so.lies"), lies).unwrap();
    }

    /// One letter for every login that reached the token: `p` with a PIN, `-` without.
    pub(crate) fn pins(&self) -> String {
        fs::read_to_string(self.path.with_extension("so.pins")).unwrap_or_default()
    }

    /// The pipe on which it waits.
    pub(crate) fn pipe(&self) -> PathBuf {
        let pipe = self.path.with_extension("so.pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        pipe
    }

    /// The URI of this key on this token, through this module.
    pub(crate) fn uri(&self, token: &str, object: &str) -> String {
        format!("pkcs11:token={token};object={object}?module-path={}", self.path.display())
    }
}
