//! A keyholders' station: SoftHSM, an ssh-agent, a simulated YubiHSM and the example program, all of a test's own.
#![allow(dead_code, reason = "each test takes the part of it that it needs")]

#[path = "../../crates/signers/tests/ssh_agent/agent.rs"]
#[allow(dead_code, reason = "the part of it that a station needs")]
mod agent;

use crate::softhsm::{PIN, SoftHsm, skipped};
use crate::terminal::{self, Sitting};
use agent::Agent;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;
use tuffet_signers::simulator::Simulator;

/// What the passphrase of every key file is.
pub(crate) const PASSPHRASE: &str = "correct horse";

/// The program of docs/programs.md that signs with an open key file.
pub(crate) const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../signers/docs/key-file-signer.py");

pub(crate) struct Station {
    pub(crate) hsm: SoftHsm,
    pub(crate) agent: Agent,
    pub(crate) device: Simulator,
    /// For backups.
    pub(crate) second: Simulator,
    scratch: TempDir,
    _tokens: TempDir,
}

impl Station {
    /// `None`, said aloud, where a program is missing; in CI that is a failure.
    pub(crate) fn new() -> Option<Self> {
        let (tokens, hsm) = SoftHsm::within()?;
        let agent = Agent::start(&[])?;
        let [device, second] = [(), ()].map(|()| Simulator::start().unwrap());
        Some(Self { hsm, agent, device, second, scratch: tempfile::tempdir().unwrap(), _tokens: tokens })
    }

    /// The folder in which everybody works.
    pub(crate) fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// Runs a script at a terminal, at `now` where it is given; every question is answered right.
    pub(crate) fn run(&self, now: Option<&str>, script: &str) -> Sitting {
        let answers =
            [("PIN of", PIN), ("passphrase", PASSPHRASE), ("password", Simulator::PASSWORD), ("Type `sign`", "sign")];
        self.answer(now, script, &answers)
    }

    /// As [`run`](Self::run), with other answers.
    pub(crate) fn answer(&self, now: Option<&str>, script: &str, answers: &[(&str, &str)]) -> Sitting {
        let (conf, socket) = (self.hsm.conf(), self.agent.socket());
        let script = format!("export SOFTHSM2_CONF={} SSH_AUTH_SOCK={}\n{script}", conf.display(), socket.display());
        terminal::sit(self.folder(), now, &script, answers)
    }

    /// As [`run`](Self::run), for what has to succeed. The screen, without the questions.
    #[track_caller]
    pub(crate) fn done(&self, now: Option<&str>, script: &str) -> String {
        let sitting = self.run(now, script);
        assert_eq!(sitting.code, 0, "{script}\n{}", sitting.screen);
        said(&sitting.screen)
    }

    /// Runs tuffet without a terminal.
    pub(crate) fn tuffet(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// A tuffet that finds the tokens of this station, and nothing else.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = self.hsm.command(env!("CARGO_BIN_EXE_tuffet"));
        command.args(words).current_dir(self.folder()).env("SSH_AUTH_SOCK", self.agent.socket());
        command
    }

    /// The URI of an object on the simulated YubiHSM.
    pub(crate) fn object(&self, id: u16) -> String {
        self.device.uri(id).unwrap().to_string()
    }

    /// The URI of a key on a SoftHSM token.
    pub(crate) fn on_token(&self, token: &str, object: &str) -> String {
        self.hsm.uri(token, object)
    }

    /// Hands the agent a new Ed25519 key, and gives its fingerprint.
    pub(crate) fn add_to_agent(&self, comment: &str) -> String {
        self.agent.add_new("ed25519", "256", comment, &[])
    }

    /// Writes an open P-256 key, and gives the URI of the program that signs with it; `None`, said aloud, where Python
    /// has no cryptography.
    pub(crate) fn program_key(&self, name: &str) -> Option<String> {
        let path = self.folder().join(name);
        let made = Command::new("python3").args(["-c", OPEN_KEY]).arg(&path).output();
        if !made.is_ok_and(|made| made.status.success()) {
            skipped("python3 with cryptography");
            return None;
        }
        Some(format!("program:{PROGRAM}?key={}", path.display()))
    }
}

/// What is left of a screen without its questions.
pub(crate) fn said(screen: &str) -> String {
    let asked = ["passphrase", "password", "PIN of", "Type `sign`"];
    let question = |line: &&str| line.ends_with(": ") && asked.iter().any(|word| line.contains(word));
    screen.lines().filter(|line| !question(line)).map(|line| format!("{line}\n")).collect()
}

/// A text on one line: where it is wrapped depends on the length of a folder's name.
pub(crate) fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The folder of the one key that was enrolled below `out`.
pub(crate) fn enrolled_fingerprint(out: &Path) -> String {
    let mut names = fs::read_dir(out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let name = names.next().unwrap();
    assert_eq!(names.next(), None);
    name
}

const OPEN_KEY: &str = "
import sys
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
open(sys.argv[1], 'wb').write(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()))
";
