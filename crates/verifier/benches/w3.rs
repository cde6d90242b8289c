//! W3: 16,384 bins, by hash prefix and succinct: reading the large files, a refresh without and with a memory of the
//! last one, and the first lookup.
//!
//! `cargo bench -p tuffet-verifier --bench w3 [-- BINS]`; `-- BINS snapshot|targets` reads that file alone, a few times,
//! for a profiler.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, clippy::print_stdout, reason = "a bench has a clock")]

mod generate;

use chrono::DateTime;
use generate::{ASKED, By, Layout, Plan, Repository, median, seconds};
use tuffet_keys::Scheme;
use tuffet_metadata::{Limits, Profile, RoleName, Verified};
use tuffet_verifier::{Memory, Policy, Refreshed, Root, Snapshot, Step, Targets, Unverified, Update};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let bins = arguments.first().map_or(16_384, |bins| bins.parse().unwrap());
    if let Some(file) = arguments.get(1) {
        let made = Made::new(By::Prefixes, Layout::Canonical, bins);
        for _ in 0..20 {
            std::hint::black_box(if file == "snapshot" { made.snapshot() } else { made.targets() });
        }
        return;
    }
    let head = ["snapshot", "targets", "refresh", "warm", "first lookup", "search"];
    println!("{:<9} {:<9} {}", "bins by", "layout", head.map(|h| format!("{h:>12}")).join(" "));
    for by in [By::Prefixes, By::Succinct] {
        for layout in [Layout::Canonical, Layout::Pretty] {
            Made::new(by, layout, bins).measure(by, layout);
        }
    }
    println!("ms, medians; first lookup: search, the bin's file verified; search: the same with the bin known");
}

struct Made {
    repository: Repository,
    root: Verified<Root>,
}

impl Made {
    fn new(by: By, layout: Layout, bins: usize) -> Self {
        let plan = Plan { scheme: Scheme::EcdsaP256, layout, roots: 1, targets: 0, bins, by };
        let repository = Repository::generate(&plan);
        let root = Unverified::<Root>::new(repository.roots[0].clone());
        Self { root: root.verify_pinned(&Profile::Strict, &Limits::default()).unwrap(), repository }
    }

    fn measure(&self, by: By, layout: Layout) {
        let refreshed = self.refresh(Memory::default());
        let (mut lookups, mut searches) = (Vec::new(), Vec::new());
        for _ in 0..21 {
            let fresh = refreshed.clone();
            // What it trusts of delegated roles is shared by clones: another refresh has none.
            let fresh = if lookups.is_empty() { fresh } else { self.refresh(Memory::default()) };
            lookups.push(seconds(|| self.look_up(&fresh)) * 1e3);
            searches.push(seconds(|| self.look_up(&fresh)) * 1e3);
        }
        let all = |run: &dyn Fn() -> f64| median((0..21).map(|_| run()).collect());
        let row = [
            all(&|| self.snapshot()),
            all(&|| self.targets()),
            all(&|| {
                let empty = Memory::default();
                seconds(|| self.refresh(empty)) * 1e3
            }),
            all(&|| {
                let memory = Memory {
                    timestamp: Some(self.repository.timestamp.clone()),
                    snapshot: Some(self.repository.snapshot.clone()),
                    targets: Some(self.repository.targets.clone()),
                    ..Memory::default()
                };
                seconds(|| self.refresh(memory)) * 1e3
            }),
            median(lookups),
            median(searches),
        ];
        let row = row.map(|ms| format!("{ms:>12.3}")).join(" ");
        println!("{:<9} {:<9} {row}", format!("{by:?}"), format!("{layout:?}"));
    }

    fn snapshot(&self) -> f64 {
        let (bytes, by) = (self.repository.snapshot.clone(), self.root.authority(&RoleName::Snapshot));
        1e3 * seconds(|| Unverified::<Snapshot>::new(bytes).verify(&by, &Profile::Strict, &Limits::default()).unwrap())
    }

    fn targets(&self) -> f64 {
        let (bytes, by) = (self.repository.targets.clone(), self.root.authority(&RoleName::Targets));
        1e3 * seconds(|| Unverified::<Targets>::new(bytes).verify(&by, &Profile::Strict, &Limits::default()).unwrap())
    }

    fn refresh(&self, memory: Memory) -> Refreshed {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let files = &self.repository;
        let update = Update::start(Unverified::new(files.roots[0].clone()), start, Policy::default()).unwrap();
        let update = update.final_root(memory).unwrap();
        let update = update.timestamp(Unverified::new(files.timestamp.clone())).unwrap();
        let update = update
            .remembered()
            .unwrap_or_else(|update| update.snapshot(Unverified::new(files.snapshot.clone())).unwrap());
        update.remembered().unwrap_or_else(|update| update.targets(Unverified::new(files.targets.clone())).unwrap())
    }

    fn look_up(&self, trusted: &Refreshed) {
        let (name, bytes) = self.repository.bin.as_ref().unwrap();
        let mut search = trusted.search(ASKED);
        if let Step::Fetch(request) = search.step() {
            assert_eq!(request.name, format!("1.{name}.json"));
            search = search.take(bytes.clone()).unwrap();
        }
        assert!(matches!(search.step(), Step::Found(_)));
    }
}
