//! An ssh-agent of the test's own.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tuffet_signers::{Key, KeyUri, OpenError, TokenError};

/// An agent that ends with the test.
pub(crate) struct Agent {
    folder: tempfile::TempDir,
    process: Child,
}

impl Agent {
    /// Starts one with this environment; `None` where the machine has none, which is a failure in CI.
    #[allow(clippy::print_stderr)]
    pub(crate) fn start(environment: &[(&str, &str)]) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let started = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(folder.path().join("socket"))
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut process) = started else {
            assert!(std::env::var_os("CI").is_none(), "needs ssh-agent");
            eprintln!("skipped: needs ssh-agent");
            return None;
        };
        // It says where it listens when it does.
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("SSH_AUTH_SOCK="), "{line}");
        Some(Self { folder, process })
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// The URI of the key called `key` in this agent.
    pub(crate) fn uri(&self, key: &str) -> KeyUri {
        format!("ssh-agent:{key}?socket={}", self.socket().display()).parse().unwrap()
    }

    /// Makes a key and adds it, with these options of ssh-add. Its fingerprint, as ssh-keygen prints it.
    pub(crate) fn add_new(&self, kind: &str, bits: &str, comment: &str, options: &[&str]) -> String {
        let name = format!("key-{}", std::fs::read_dir(self.folder.path()).unwrap().count());
        let path = self.folder.path().join(name);
        let file = path.to_str().unwrap();
        run(Command::new("ssh-keygen").args(["-q", "-t", kind, "-b", bits, "-N", "", "-C", comment, "-f", file]));
        self.ssh_add(options.iter().copied().chain([file]));
        let shown = run(Command::new("ssh-keygen").args(["-l", "-f", file]));
        shown.split(' ').nth(1).unwrap().to_owned()
    }

    /// Locks the agent with a passphrase, or unlocks it.
    pub(crate) fn lock(&self, locked: bool) {
        let asks = self.folder.path().join("passphrase");
        if !asks.exists() {
            std::fs::write(&asks, "#!/bin/sh\necho tuesday\n").unwrap();
            std::fs::set_permissions(&asks, PermissionsExt::from_mode(0o700)).unwrap();
        }
        let flag = if locked { "-x" } else { "-X" };
        let mut command = self.command("ssh-add");
        run(command.arg(flag).env("SSH_ASKPASS", &asks).env("SSH_ASKPASS_REQUIRE", "force"));
    }

    pub(crate) fn remove_all(&self) {
        self.ssh_add(["-D"]);
    }

    /// Ends the agent, and leaves its folder.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    fn ssh_add<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) {
        run(self.command("ssh-add").arg("-q").args(arguments));
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("SSH_AUTH_SOCK", self.socket());
        command
    }

    fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.end();
    }
}

/// What a command prints.
pub(crate) fn printed(command: &[&str]) -> String {
    run(Command::new(command[0]).args(&command[1..])).trim().to_owned()
}

fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The token's problem in what should not have opened.
pub(crate) fn refusal(opened: Result<Box<dyn Key>, OpenError>) -> TokenError {
    match opened {
        Err(OpenError::Token(error)) => error,
        Err(other) => panic!("{other}"),
        Ok(key) => panic!("opened {}", key.describe()),
    }
}
