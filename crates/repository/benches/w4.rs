//! W4: hashing a tree of targets, against reading and hashing alone with the same library and as many threads.
//!
//! `cargo bench -p tuffet-repository --bench w4`; `-- FOLDER THREADS` scans that folder once and prints milliseconds.
#![allow(clippy::print_stdout, reason = "a bench prints")]

#[path = "../../verifier/benches/generate/mod.rs"]
mod generate;

use generate::{by_turns, seconds};
use ring::digest::{Context, SHA256};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use tuffet_repository::scan::Scan;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [folder, threads] = &arguments[..] {
        println!("{:.3}", scan(Path::new(folder), threads.parse().unwrap()) * 1e3);
        return;
    }
    let memory = Path::new("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    println!("{:<22} {:>7} {:>12} {:>12} {:>7}", "files", "threads", "hash only", "scan", "ratio");
    for (files, length) in [(1_000, 4 << 10), (10_000, 4 << 10), (20_000, 4 << 10), (1, 1 << 30)] {
        let folder = dir.path().join(format!("{files}"));
        let paths = tree(&folder, files, length);
        for threads in [1, 2].map(|threads| NonZeroUsize::new(threads).unwrap()) {
            let rounds = if length > 1 << 20 { 5 } else { 11 };
            let (limit, ours) = by_turns(rounds, || hash_only(&paths, threads), || scan(&folder, threads));
            let what = format!("{files} of {} KiB", length >> 10);
            let (limit, ours) = (limit * 1e3, ours * 1e3);
            println!("{what:<22} {threads:>7} {limit:>9.1} ms {ours:>9.1} ms {:>7.2}", ours / limit);
        }
        fs::remove_dir_all(folder).unwrap();
    }
    println!("wall time, medians, on a file system in memory; peak memory {} MiB", peak() >> 10);
}

fn scan(folder: &Path, threads: NonZeroUsize) -> f64 {
    seconds(|| Scan::of(folder).threads(threads).run(|_| {}).unwrap())
}

/// The files, no two alike, in folders of a hundred.
fn tree(folder: &Path, files: usize, length: usize) -> Vec<PathBuf> {
    let content = vec![b'x'; 1 << 20];
    let one = |number: usize| {
        let path = folder.join(format!("{:04}/file-{number:06}.bin", number / 100));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = File::create(&path).unwrap();
        file.write_all(format!("{number:08}").as_bytes()).unwrap();
        let mut left = length - 8;
        while left > 0 {
            let part = left.min(content.len());
            file.write_all(&content[..part]).unwrap();
            left -= part;
        }
        path
    };
    (0..files).map(one).collect()
}

/// Open, read, hash, close, of paths that are known: nothing that anybody could leave out.
fn hash_only(paths: &[PathBuf], threads: NonZeroUsize) -> f64 {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut buffer = vec![0; 256 << 10];
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (mut file, mut context) = (File::open(path).unwrap(), Context::new(&SHA256));
            loop {
                match file.read(&mut buffer).unwrap() {
                    0 => break,
                    count => context.update(&buffer[..count]),
                }
            }
            std::hint::black_box(context.finish());
        }
    };
    seconds(|| {
        std::thread::scope(|scope| {
            (1..threads.get()).for_each(|_| drop(scope.spawn(work)));
            work();
        });
    })
}

/// KiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}
