//! Real data and the real program.

#[path = "folder.rs"]
mod folder;

pub(crate) use folder::data;
use std::process::Command;

/// What the program said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// Done, and nothing said beside the result.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{}", self.stdout);
        self
    }

    /// Refused or wrong usage: the exit code and all of stderr, and no result.
    #[track_caller]
    pub(crate) fn refused(self, code: i32, stderr: &str) {
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.as_str()), (code, "", stderr));
    }
}

/// Runs the program.
pub(crate) fn tuffet(words: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_tuffet")).args(words).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}
