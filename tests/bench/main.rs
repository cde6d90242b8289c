//! One contender of scripts/bench: `bench ours` or `bench tough`. Reads a task a line, `VERB REPOSITORY CACHE [TARGET]`,
//! and answers with the seconds it took and the files it asked for, or with `-` where the contender has no such thing.

mod ours;
mod tough_client;

use cpu_time::ProcessTime;
use std::io::{BufRead, Write};
use std::time::Instant;

/// A task of a line, with its arguments.
pub struct Task<'a> {
    pub verb: &'a str,
    pub repository: &'a str,
    pub cache: &'a str,
    pub target: &'a str,
}

fn main() {
    let contender = std::env::args().nth(1).unwrap_or_default();
    let mut ours = ours::Ours::default();
    let mut tough = tough_client::Tough::default();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split_whitespace().chain([""; 4]).collect();
        let task = Task { verb: words[0], repository: words[1], cache: words[2], target: words[3] };
        let answer = if contender == "ours" { ours.run(&task) } else { tough.run(&task) };
        match answer {
            Some((seconds, requests)) => println!("{seconds} {requests}"),
            None => println!("-"),
        }
        std::io::stdout().flush().unwrap();
    }
}

/// Seconds `work` takes, and what it gives: of this process where it reads files, of the wall clock where it waits for
/// a server.
pub fn timed<T>(task: &Task<'_>, work: impl FnOnce() -> T) -> (f64, T) {
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    let done = std::hint::black_box(work());
    let taken = if task.repository.starts_with("http") { wall.elapsed() } else { cpu.elapsed() };
    (taken.as_secs_f64(), done)
}
