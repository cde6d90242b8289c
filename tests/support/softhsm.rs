//! SoftHSM, a real PKCS#11 token in software: for each test one of its own, in a directory that goes away with it.
#![allow(dead_code, reason = "each test takes the part of it that it needs")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Every token's PIN: a word that can be looked for wherever it must not be.
pub(crate) const PIN: &str = "tuesday";
/// The module.
pub(crate) const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";

/// A SoftHSM without tokens yet.
pub(crate) struct SoftHsm {
    dir: PathBuf,
}

/// Runs `test`, a closure in the body of a test, in a process of its own: SoftHSM reads where its tokens lie from the
/// environment, once a process, and tests of one binary share a process. Whoever has a process of their own already (a
/// command under test) takes [`SoftHsm::within`] and [`SoftHsm::command`].
pub(crate) fn alone<F: FnOnce(&SoftHsm)>(test: F) {
    if let Some(dir) = std::env::var_os("TUFFET_SOFTHSM") {
        return test(&SoftHsm { dir: dir.into() });
    }
    let Some((_dir, hsm)) = SoftHsm::within() else { return };
    // The name of the closure's type is that of the test it stands in.
    let path = std::any::type_name::<F>().split_once("::").unwrap().1;
    let name = path.split_once("::{{closure}}").unwrap().0;
    let output = hsm
        .command(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env("TUFFET_SOFTHSM", &hsm.dir)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// Says that a test was skipped, or fails it where nothing may be.
pub(crate) fn skipped(needs: &str) {
    assert!(std::env::var_os("CI").is_none(), "needs {needs}");
    let _ = writeln!(std::io::stderr(), "skipped: needs {needs}");
}

impl SoftHsm {
    /// A new one and the directory that keeps it; `None`, said aloud, where it is not installed.
    pub(crate) fn within() -> Option<(TempDir, Self)> {
        if Command::new("softhsm2-util").arg("--version").output().is_err() || !Path::new(MODULE).exists() {
            skipped("softhsm2-util and libsofthsm2.so (Debian: softhsm2)");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let hsm = Self { dir: dir.path().to_owned() };
        fs::create_dir(hsm.dir.join("tokens")).unwrap();
        let tokens = hsm.dir.join("tokens");
        let conf =
            format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display());
        fs::write(hsm.conf(), conf).unwrap();
        Some((dir, hsm))
    }

    /// What `SOFTHSM2_CONF` has to be.
    pub(crate) fn conf(&self) -> PathBuf {
        self.dir.join("softhsm2.conf")
    }

    /// A directory of the test's own.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// A command that finds these tokens.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("SOFTHSM2_CONF", self.conf());
        command
    }

    /// Makes a token with this label and [`PIN`], and gives its serial number.
    pub(crate) fn token(&self, label: &str) -> String {
        self.token_with(label, PIN)
    }

    /// As [`token`](Self::token), with another PIN.
    pub(crate) fn token_with(&self, label: &str, pin: &str) -> String {
        let before = self.serials();
        let made = self
            .command("softhsm2-util")
            .args(["--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "12345678"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let new = self.serials().into_iter().find(|serial| !before.contains(serial));
        new.expect("softhsm2-util shows the new token")
    }

    /// The URI of this key on this token.
    pub(crate) fn uri(&self, token: &str, object: &str) -> String {
        format!("pkcs11:token={token};object={object}?module-path={MODULE}")
    }

    fn serials(&self) -> Vec<String> {
        let shown = self.command("softhsm2-util").arg("--show-slots").output().unwrap();
        let shown = String::from_utf8(shown.stdout).unwrap();
        let serials = shown.lines().filter_map(|line| line.trim().strip_prefix("Serial number:"));
        serials.map(|serial| serial.trim().to_owned()).filter(|serial| !serial.is_empty()).collect()
    }
}
