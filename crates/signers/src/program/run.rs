//! One run of a program: a question in, an answer out, in time.
//!
//! There is no shell between, so nothing in a path or a key's name is a command. The program stays in our process
//! group: in one of its own it could not ask its user anything at the terminal, and Ctrl-C would not reach it. So what
//! is killed when time is up is the program, not its children; they lose their pipes.

use crate::TokenProblem;
use crate::printable::printable;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// A program that has ended.
pub(crate) struct Ended {
    program: String,
    status: ExitStatus,
    pub(crate) output: Vec<u8>,
    complaint: Vec<u8>,
}

enum Heard {
    Output(Vec<u8>),
    Complaint(Vec<u8>),
}

/// Runs `path` with `question` on its input. It inherits the environment (gcloud finds its configuration there) and
/// gets no arguments.
pub(crate) fn run(path: &Path, question: &[u8], patience: Duration) -> Result<Ended, TokenProblem> {
    let end = Instant::now() + patience;
    let piped = Command::new(path).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = piped.map_err(|e| match e.kind() {
        ErrorKind::NotFound => unanswered(path, "there is no such program"),
        ErrorKind::PermissionDenied => unanswered(path, "this user may not run it (chmod +x allows it)"),
        _ => unanswered(path, &e.to_string()),
    })?;
    let ended = converse(&mut child, path, question, end, patience);
    if ended.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
    ended
}

fn converse(
    child: &mut Child,
    path: &Path,
    question: &[u8],
    end: Instant,
    patience: Duration,
) -> Result<Ended, TokenProblem> {
    // Kept to the end, so that a wait for news lasts as long as it says when both listeners are done.
    let (tell, told) = channel();
    listen(child, question, &tell).map_err(|e| unanswered(path, &e.to_string()))?;
    let slow = TokenProblem::Slow { seconds: patience.as_secs() };
    let mut complaint = None;
    let output = loop {
        match wait(&told, end, Duration::MAX) {
            Some(Heard::Output(output)) => break output,
            Some(Heard::Complaint(text)) => complaint = Some(text),
            None => return Err(slow),
        }
    };
    if output.len() > LONGEST_ANSWER {
        let reason = format!("expected an answer of at most {LONGEST_ANSWER} bytes, found a longer one");
        return Err(TokenProblem::Garbage { reason });
    }
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|e| unanswered(path, &e.to_string()))? {
            break status;
        }
        if let Some(Heard::Complaint(text)) = wait(&told, end, TICK) {
            complaint = Some(text);
        } else if Instant::now() >= end {
            return Err(slow);
        }
    };
    // A child of the program may hold the pipe open for ever: its words are not waited for.
    if complaint.is_none()
        && let Some(Heard::Complaint(text)) = wait(&told, end, MOMENT)
    {
        complaint = Some(text);
    }
    Ok(Ended { program: path.display().to_string(), status, output, complaint: complaint.unwrap_or_default() })
}

fn wait(told: &Receiver<Heard>, end: Instant, at_most: Duration) -> Option<Heard> {
    told.recv_timeout(end.saturating_duration_since(Instant::now()).min(at_most)).ok()
}

/// Three threads, so that a program that answers before it has read everything, or complains at length, blocks neither
/// itself nor us.
fn listen(child: &mut Child, question: &[u8], tell: &Sender<Heard>) -> std::io::Result<()> {
    if let Some(mut input) = child.stdin.take() {
        let question = question.to_vec();
        // A program that reads nothing breaks the pipe; whether it answers is what counts.
        spawn(move || drop(input.write_all(&question)))?;
    }
    if let Some(output) = child.stdout.take() {
        let tell = tell.clone();
        spawn(move || {
            let mut bytes = Vec::new();
            let _ = output.take(LONGEST_ANSWER as u64 + 1).read_to_end(&mut bytes);
            let _ = tell.send(Heard::Output(bytes));
        })?;
    }
    if let Some(mut complaint) = child.stderr.take() {
        let tell = tell.clone();
        spawn(move || {
            let (mut last, mut buffer) = (Vec::new(), [0; 4096]);
            while let Ok(read @ 1..) = complaint.read(&mut buffer) {
                last.extend_from_slice(buffer.get(..read).unwrap_or_default());
                last.drain(..last.len().saturating_sub(buffer.len()));
            }
            let _ = tell.send(Heard::Complaint(last));
        })?;
    }
    Ok(())
}

fn spawn(work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().name("signing program".into()).spawn(work).map(drop)
}

impl Ended {
    /// Whether its status says so; else what it complained of.
    pub(crate) fn went_well(&self) -> Result<(), TokenProblem> {
        if self.status.success() {
            return Ok(());
        }
        let how = match self.status.code() {
            Some(code) => format!("it ended with status {code}"),
            None => format!("it was ended: {}", self.status),
        };
        let complaint = printable(&String::from_utf8_lossy(&self.complaint), LONGEST_QUOTE);
        let said = if complaint.is_empty() { "and said nothing".to_owned() } else { format!("and said: {complaint}") };
        Err(TokenProblem::Service { service: self.program.clone(), reason: format!("{how} {said}") })
    }
}

fn unanswered(path: &Path, reason: &str) -> TokenProblem {
    TokenProblem::Service { service: path.display().to_string(), reason: reason.to_owned() }
}

/// Far more than a key or a signature needs.
const LONGEST_ANSWER: usize = 65_536;

const LONGEST_QUOTE: usize = 200;

/// Between two looks whether a program that has answered has ended too.
const TICK: Duration = Duration::from_millis(5);

const MOMENT: Duration = Duration::from_millis(200);
