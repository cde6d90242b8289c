//! A person at a terminal who types what they like: any bytes, at any question, and sees what the terminal was left as.
#![allow(dead_code, reason = "each test takes the part of it that it needs")]

use expectrl::process::unix::WaitStatus;
use expectrl::{Any, Eof, Expect, NBytes, Regex, Session};
use std::process::Command;
use std::time::Duration;

pub(crate) struct Person {
    session: expectrl::session::OsSession,
    screen: Vec<u8>,
}

/// What a command left behind.
pub(crate) struct Left {
    /// Everything the screen showed, with LF line ends.
    pub(crate) screen: String,
    /// The exit code; with a signal, 128 and its number.
    pub(crate) code: i32,
    /// Whether the terminal was found as it was left.
    pub(crate) restored: bool,
}

impl Person {
    /// Runs `command` as a shell does, and compares the terminal afterwards.
    pub(crate) fn sit(command: &Command) -> Self {
        Self::run(command, COMPARED)
    }

    /// Runs `command` in the place of the shell: [`pid`](Self::pid) is its own.
    pub(crate) fn sit_alone(command: &Command) -> Self {
        Self::run(command, ALONE)
    }

    /// As [`sit_alone`](Self::sit_alone), with a shell script that ends with `exec "$@"`.
    pub(crate) fn run(command: &Command, script: &str) -> Self {
        let mut shell = Command::new("bash");
        // A pseudo-terminal begins without echo: then nothing could be seen that should not.
        // And its size is set once more when it is there: the line that is sent then comes after that.
        shell
            .arg("-c")
            .arg(format!("read -r _\nstty sane rows 1000 columns 80\n{script}"))
            .arg("bash")
            .arg(command.get_program());
        shell.args(command.get_args());
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.env("TERM", "dumb").env("NO_COLOR", "1");
        if let Some(folder) = command.get_current_dir() {
            shell.current_dir(folder);
        }
        let mut session = Session::spawn(shell).expect("a pseudo-terminal");
        session.set_expect_timeout(Some(Duration::from_secs(120)));
        session.send("\n").expect("the shell is there");
        Self { session, screen: Vec::new() }
    }

    /// The next question; `None` at the end.
    pub(crate) fn asked(&mut self) -> Option<String> {
        let question = Regex(r"(?-u)[^\n]*(passphrase|password|PIN of|management key|for more|to stop)[^\n]*: $");
        let found = self.session.expect(Any::boxed(vec![Box::new(question), Box::new(Eof)]));
        let found = found.unwrap_or_else(|e| panic!("{e}\nthe screen so far:\n{}", self.screen()));
        self.screen.extend_from_slice(found.before());
        let asked = found.get(0).unwrap_or_default();
        self.screen.extend_from_slice(asked);
        let asked = String::from_utf8_lossy(asked).into_owned();
        asked.ends_with(": ").then_some(asked)
    }

    /// Looks until `bytes` more are on the screen, or a question, or the end.
    pub(crate) fn looks(&mut self, bytes: usize) {
        let question = Regex(r"(?-u): $");
        let found = self.session.expect(Any::boxed(vec![Box::new(NBytes(bytes)), Box::new(question), Box::new(Eof)]));
        let found = found.unwrap_or_else(|e| panic!("{e}\nthe screen so far:\n{}", self.screen()));
        self.screen.extend_from_slice(found.before());
        self.screen.extend_from_slice(found.get(0).unwrap_or_default());
    }

    pub(crate) fn types(&mut self, bytes: &[u8]) {
        // A program that is gone reads no more.
        let _ = self.session.send(bytes);
    }

    pub(crate) fn pid(&self) -> i32 {
        self.session.get_process().pid().as_raw()
    }

    pub(crate) fn screen(&self) -> String {
        String::from_utf8_lossy(&self.screen).replace("\r\n", "\n")
    }

    /// Waits for the end; further questions are answered with Ctrl-D.
    pub(crate) fn leaves(mut self) -> Left {
        while self.asked().is_some() {
            self.types(b"\x04");
        }
        let code = match self.session.get_process().wait().expect("an end") {
            WaitStatus::Exited(_, code) => code,
            WaitStatus::Signaled(_, signal, _) => 128 + signal as i32,
            other => panic!("{other:?}\n{}", self.screen()),
        };
        let screen = self.screen();
        let (screen, restored) = match screen.strip_suffix(CHANGED) {
            Some(screen) => (screen.to_owned(), false),
            None => (screen, true),
        };
        Left { screen, code, restored }
    }
}

const COMPARED: &str = "trap : INT QUIT TSTP
before=$(stty -g)
\"$@\"
code=$?
trap '' INT QUIT TSTP
[ \"$(stty -g)\" = \"$before\" ] || echo 'the terminal was changed'
exit $code";
const CHANGED: &str = "the terminal was changed\n";
const ALONE: &str = "exec \"$@\"";
