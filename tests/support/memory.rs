//! Processes as others see them (arguments, environment), and as a core dump would keep them.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

/// How often `needle` stands in `bytes`.
pub(crate) fn count(bytes: &[u8], needle: &[u8]) -> usize {
    let Some((first, rest)) = needle.split_first() else { return 0 };
    let starts = bytes.iter().enumerate().filter(|(_, byte)| *byte == first);
    starts.filter(|(at, _)| bytes[at + 1..].starts_with(rest)).count()
}

/// How often `text` stands in the memory of process `pid`.
pub(crate) fn copies(pid: i32, text: &str) -> usize {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let (mut found, mut seen) = (0, 0);
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        // What was not written to was in no secret's way.
        if !rights.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|hex| u64::from_str_radix(hex, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        // Some ranges have no memory behind them.
        if memory.read_exact_at(&mut bytes, start).is_ok() {
            found += count(&bytes, text.as_bytes());
            seen += bytes.len();
        }
    }
    assert!(seen > 0, "no memory of process {pid} can be read");
    found
}

/// Arguments and environment of every process that can be looked at.
pub(crate) fn processes() -> Vec<(u32, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap() {
        let Some(pid) = entry.unwrap().file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let part = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
        found.push((pid, [part("cmdline"), part("environ")].concat()));
    }
    assert!(found.iter().any(|(pid, _)| *pid == std::process::id()), "the processes can be seen");
    found
}

/// Waits until process `pid` waits for room in a pipe that is full: it has its result, and nothing left to do.
pub(crate) fn waits_to_write(pid: i32, screen: impl Fn() -> String) {
    let start = Instant::now();
    loop {
        let waits_in = fs::read_to_string(format!("/proc/{pid}/wchan")).unwrap_or_default();
        if waits_in.contains("pipe_write") {
            return;
        }
        let over = start.elapsed() > Duration::from_secs(60) || fs::metadata(format!("/proc/{pid}/exe")).is_err();
        assert!(!over, "process {pid} does not write, but waits in `{waits_in}`:\n{}", screen());
        std::thread::yield_now();
    }
}
