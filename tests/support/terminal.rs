//! A person at a real terminal: runs a script under a pseudo-terminal and answers what it asks.

use expectrl::{Any, Eof, Expect, Regex, Session};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// What a script left behind.
pub(crate) struct Sitting {
    /// Everything the screen showed, with LF line ends.
    pub(crate) screen: String,
    /// The exit code.
    pub(crate) code: i32,
}

/// Runs `script` with bash in `folder`. `tuffet` is the binary under test; where `now` is given, every use of it gets
/// that time and keys derived from a fixed seed. Each question is answered by the first pair of `answers` whose text
/// it contains.
pub(crate) fn sit(folder: &Path, now: Option<&str>, script: &str, answers: &[(&str, &str)]) -> Sitting {
    let fixed = now.map_or(String::new(), |now| format!("--at {now} --seed playbook"));
    let program = env!("CARGO_BIN_EXE_tuffet");
    let whole = format!("set -eu -o pipefail\n{LONG}tuffet() {{ command {program} {fixed} \"$@\"; }}\n{script}");
    let mut command = Command::new("bash");
    command.arg("-c").arg(whole).current_dir(folder).env("TERM", "dumb").env("NO_COLOR", "1");
    let mut session = Session::spawn(command).expect("a pseudo-terminal");
    session.set_expect_timeout(Some(Duration::from_secs(120)));
    session.send("\n").expect("the shell is there");
    let mut screen = String::new();
    loop {
        // Every question of ours ends a line that has no end yet.
        let question = Regex(r"[^\n]*(passphrase|password|PIN of|management key|for more|to stop)[^\n]*: $");
        let found = session
            .expect(Any::boxed(vec![Box::new(question), Box::new(Eof)]))
            .unwrap_or_else(|e| panic!("{e}\nthe screen so far:\n{screen}"));
        let (before, asked) = (text(found.before()), text(found.get(0).unwrap_or_default()));
        screen += &before;
        screen += &asked;
        if !asked.ends_with(": ") {
            break;
        }
        let answer = answers.iter().find(|(part, _)| asked.contains(part));
        let (_, answer) = answer.unwrap_or_else(|| panic!("nobody knows what to answer to: {asked}"));
        session.send_line(answer).expect("the program is still there");
    }
    let status = session.get_process().wait().expect("an end");
    let code = match status {
        expectrl::process::unix::WaitStatus::Exited(_, code) => code,
        other => panic!("{other:?}\n{screen}"),
    };
    Sitting { screen, code }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

/// A terminal so long that no text is shown in pages. Its size is set once more when it is there: the line that is sent then
/// comes after that.
const LONG: &str = "read -r _\nstty rows 1000 columns 80\n";
