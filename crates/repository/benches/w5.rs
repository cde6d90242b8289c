//! W5: new targets in a repository of a million over 16,384 succinct bins, against the work that nobody can leave out.
//!
//! `cargo bench -p tuffet-repository --bench w5 [-- TARGETS [BINS]]`. `-- write FOLDER SCHEME TARGETS BINS` makes one;
//! `-- update FOLDER NEW THREADS ROUNDS` adds as many new targets as said and prints milliseconds, bytes and memory,
//! `-- floor ...` the same for the floor. Each is a process of its own, so that memory is its own too.
#![allow(clippy::print_stdout, reason = "a bench prints")]

#[path = "../../verifier/benches/generate/mod.rs"]
mod generate;

#[path = "w5/floor.rs"]
mod floor;
#[path = "w5/site.rs"]
mod site;

use generate::{median, seconds};
use site::{Online, write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::Command;
use tuffet_builder::{Pins, TargetChanges};
use tuffet_keys::{sha256, sha512};
use tuffet_metadata::{Hashes, TargetFile, parse_time};
use tuffet_repository::{BinKeys, BinSettings, BinsRepository, Durability, Repository};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<usize>().ok());
    match arguments.first().map(String::as_str) {
        Some("write") => write(Path::new(&arguments[1]), &arguments[2], number(3).unwrap(), number(4).unwrap()),
        Some("update") => update(Path::new(&arguments[1]), number(2).unwrap(), number(3).unwrap(), number(4).unwrap()),
        Some("floor") => floor::run(Path::new(&arguments[1]), number(2).unwrap(), number(4).unwrap()),
        _ => all(number(0).unwrap_or(1_000_000), number(1).unwrap_or(16_384)),
    }
}

fn all(targets: usize, bins: usize) {
    let memory = Path::new("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(std::env::current_exe().unwrap()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    for scheme in ["p256", "ed25519"] {
        let folder = dir.path().join(scheme);
        let folder = folder.to_str().unwrap();
        run(&["write", folder, scheme, &targets.to_string(), &bins.to_string()]);
        println!("{targets} targets, {bins} bins, {scheme}");
        for (new, threads, rounds) in [("1", "1", "31"), ("1000", "1", "3"), ("1000", "2", "3")] {
            let floor = run(&["floor", folder, new, "1", rounds]);
            println!("  {new:>5} new, {threads} thread(s): {}", run(&["update", folder, new, threads, rounds]));
            println!("  {:>5}      floor, 1 thread: {floor}", "");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}

fn update(folder: &Path, new: usize, threads: usize, rounds: usize) {
    let online = Online::open(folder);
    let (mut repository, opened) = {
        let mut repository = None;
        let opened = seconds(|| repository = Some(BinsRepository::open(Repository::open(folder)).unwrap()));
        (repository.unwrap(), opened)
    };
    let day = |text| parse_time(text).unwrap();
    let settings = BinSettings {
        bins: day("2099-01-01T00:00:00Z"),
        snapshot: day("2099-01-01T00:00:00Z"),
        timestamp: day("2099-01-01T00:00:00Z"),
        pins: Pins::VersionOnly,
        threads: NonZeroUsize::new(threads).unwrap(),
        durability: Durability::Unsynced,
    };
    let (mut times, mut bytes, mut bins) = (Vec::new(), 0, 0);
    for round in 0..rounds {
        // Of this process, so that another run on the same folder adds other targets.
        let run = std::process::id();
        let changes: TargetChanges = (0..new).map(|number| target(&format!("new/{run}-{round}-{number}"))).collect();
        times.push(
            1e3 * seconds(|| {
                let keys = BinKeys { bins: &online, online: &online };
                let receipt =
                    repository.update(changes, &keys, &settings, day("2027-01-01T00:00:00Z")).unwrap().unwrap();
                (bytes, bins) = (receipt.bytes, receipt.bins.len());
            }),
        );
    }
    let ms = median(times);
    let (rate, opened) = (1e3 / ms, opened * 1e3);
    println!(
        "{ms:.2} ms ({rate:.0} a second), {bins} bins, {bytes} bytes written; {opened:.1} ms to open once; peak {} MiB",
        site::peak() >> 10
    );
}

fn target(path: &str) -> (String, Option<TargetFile>) {
    let (sha256, sha512) = (Some(sha256(path.as_bytes())), Some(sha512(path.as_bytes())));
    let file = TargetFile { length: Some(1000), hashes: Hashes { sha256, sha512, unknown: Vec::new() }, custom: None };
    (path.to_owned(), Some(file))
}
