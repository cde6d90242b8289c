//! W2: one large targets file, from the disk to a trusted lookup.
//!
//! `cargo bench -p tuffet-verifier --bench w2 [-- COUNT...]`. Peak memory is that of a child that reads and verifies.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a bench has a clock, a disk and a child"
)]

mod generate;

use chrono::DateTime;
use generate::{By, Layout, Plan, Repository, by_turns, path, seconds};
use std::path::Path;
use tuffet_keys::{Scheme, sha256};
use tuffet_metadata::{Authority, RoleName};
use tuffet_verifier::{Limits, Memory, Policy, Profile, Root, Targets, Unverified, Update};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [mode, folder, asked] = arguments.as_slice() {
        let folder = Path::new(folder);
        match mode.as_str() {
            "child" => println!("{}", whole_refresh(folder, asked)),
            _ => println!("{}", read_alone(folder)),
        }
        return;
    }
    let counts: Vec<usize> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let counts = if counts.is_empty() { vec![10_000, 100_000] } else { counts };
    let head = ["ours ms", "limit ms", "ratio", "file MB", "peak MB", "peak/file"];
    println!("{:<10} {:<9} {:>8} {}", "scheme", "layout", "targets", head.map(|h| format!("{h:>9}")).join(" "));
    for scheme in [Scheme::Ed25519, Scheme::EcdsaP256] {
        for layout in [Layout::Canonical, Layout::Pretty] {
            for count in &counts {
                measure(scheme, layout, *count);
            }
        }
    }
}

fn limits() -> Limits {
    Limits { targets_bytes: 1 << 32, pinned_bytes: 1 << 32, ..Limits::default() }
}

fn measure(scheme: Scheme, layout: Layout, count: usize) {
    let folder = std::env::temp_dir().join(format!("tuffet-w2-{}", std::process::id()));
    let made = Repository::generate(&Plan { scheme, layout, roots: 1, targets: count, bins: 0, by: By::Succinct });
    made.write(&folder);
    let size = made.targets.len();
    let root = Unverified::<Root>::new(made.roots[0].clone()).verify_pinned(&Profile::Strict, &limits()).unwrap();
    let authority = root.authority(&RoleName::Targets);
    let (pin, file) = (made.targets_pin(), folder.join("1.targets.json"));
    drop(made);
    let asked = path(count / 3);
    let payload = payload(&file);
    let signature = signature(&file, &authority);
    let key = authority.keys().next().unwrap().public().unwrap().clone();
    let (ours, limit) = by_turns(
        (3_000_000 / count.max(1)).clamp(3, 31),
        || {
            seconds(|| {
                let bytes = Unverified::<Targets>::new(std::fs::read(&file).unwrap());
                assert!(bytes.matches(&pin));
                let targets = bytes.verify(&authority, &Profile::Strict, &limits()).unwrap();
                assert!(targets.targets().get(&asked).is_some());
                targets
            })
        },
        || {
            seconds(|| {
                let bytes = std::fs::read(&file).unwrap();
                std::hint::black_box(sha256(&bytes));
                std::hint::black_box(memchr::memchr2_iter(b'"', b'\\', &bytes).count());
                key.verify(&payload, &signature).unwrap();
                bytes
            })
        },
    );
    let child = |mode: &str| {
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args([mode, folder.to_str().unwrap(), &asked])
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8_lossy(&run.stdout).trim().parse::<f64>().unwrap()
    };
    let peak = child("child");
    let mega = size as f64 / 1e6;
    println!(
        "{:<10.10} {:<9} {count:>8} {:>9.1} {:>9.1} {:>9.2} {mega:>9.1} {peak:>9.1} {:>9.2}",
        scheme.name(),
        format!("{layout:?}"),
        ours * 1e3,
        limit * 1e3,
        ours / limit,
        peak / mega
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The signed bytes: the file is known to be ours.
fn payload(file: &Path) -> Vec<u8> {
    let bytes = std::fs::read(file).unwrap();
    let form = tuffet_metadata::json::canonical_form(&bytes, 32).unwrap();
    let start = memchr::memmem::find(&form, b"\"signed\":").unwrap() + 9;
    form[start..form.len() - 1].to_vec()
}

fn signature(file: &Path, authority: &Authority<'_>) -> Vec<u8> {
    let bytes = std::fs::read(file).unwrap();
    let form = tuffet_metadata::json::canonical_form(&bytes, 32).unwrap();
    let start = memchr::memmem::find(&form, b"\"sig\":\"").unwrap() + 7;
    let end = start + memchr::memchr(b'"', &form[start..]).unwrap();
    assert_eq!(authority.threshold(), 1);
    hex::decode(&form[start..end]).unwrap()
}

/// A refresh of a process that does nothing else; gives the peak of its memory in MB.
fn whole_refresh(folder: &Path, asked: &str) -> f64 {
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let policy = Policy { limits: limits(), ..Policy::default() };
    let update = Update::start(Unverified::new(read("1.root.json")), start, policy).unwrap();
    let update = update.final_root(Memory::default()).unwrap();
    let update = update.timestamp(Unverified::new(read("timestamp.json"))).unwrap();
    let update = update.snapshot(Unverified::new(read("1.snapshot.json"))).unwrap();
    let refreshed = update.targets(Unverified::new(read("1.targets.json"))).unwrap();
    assert!(refreshed.target(asked).is_ok());
    peak()
}

fn read_alone(folder: &Path) -> f64 {
    std::hint::black_box(std::fs::read(folder.join("1.targets.json")).unwrap());
    peak()
}

fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0 / 1e6
}
