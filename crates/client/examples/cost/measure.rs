//! Real refreshes, and what each of them asked for.

use crate::population::{Size, Sizes};
use crate::server::{Counting, Exchange};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tuffet_client::{Client, HttpConfig, HttpTransport, MemoryStore, Policy, StoredFile};

/// One kind of refresh and its exchanges.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) exchanges: Vec<Exchange>,
}

impl Measured {
    pub(crate) fn total(&self) -> Size {
        self.exchanges.iter().fold(Size::default(), |sum, one| Size { up: sum.up + one.up, down: sum.down + one.down })
    }
}

/// Every file of a repository, by its path below the URL.
fn files(metadata: &Path, targets: Option<&Path>) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    let below = metadata.join("targets");
    let mut folders =
        vec![(metadata.to_owned(), String::new()), (targets.unwrap_or(&below).to_owned(), "targets/".into())];
    while let Some((folder, before)) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = format!("{before}{}", entry.file_name().to_string_lossy());
            if !entry.path().is_dir() {
                out.insert(name, fs::read(entry.path()).expect("a file that can be read"));
            } else if before.starts_with("targets/") {
                folders.push((entry.path(), format!("{name}/")));
            }
        }
    }
    out
}

const TARGET: &str = "trusted_root.json";

/// The refreshes that clients do, each against the same repository: where something is new, the client lacks it.
pub(crate) fn refreshes(metadata: &Path, targets: Option<&Path>, at: DateTime<Utc>) -> Vec<Measured> {
    let files = files(metadata, targets);
    let newest = (1..).take_while(|version| files.contains_key(&format!("{version}.root.json"))).last();
    let newest: u64 = newest.expect("a repository with 1.root.json");
    let root = |version: u64| files[&format!("{version}.root.json")].clone();
    let server = Counting::start(files.clone());
    let open = |store: MemoryStore, pin: &[u8]| {
        let transport = HttpTransport::new(&server.url(), HttpConfig::default()).expect("a URL");
        Client::bootstrap(store, transport, Policy::default(), pin).expect("a root that verifies")
    };
    let mut out = Vec::new();
    let mut note = |name| out.push(Measured { name, exchanges: server.take() });

    let mut client = open(MemoryStore::default(), &root(1));
    let refreshed = client.refresh(at).expect("a repository in force");
    client.target_bytes(&refreshed, TARGET).expect("its trusted root");
    note("first start, pinned root 1");

    let mut client = open(MemoryStore::default(), &root(newest));
    let refreshed = client.refresh(at).expect("a repository in force");
    client.target_bytes(&refreshed, TARGET).expect("its trusted root");
    note("first start or cache lost, newest root pinned");

    client.refresh(at).expect("a repository in force");
    note("same process, nothing new");

    let kept = client.store().clone();
    open(kept.clone(), &root(newest)).refresh(at).expect("a repository in force");
    note("next process with its cache, nothing new");

    let mut older = kept.clone();
    for file in [StoredFile::Timestamp, StoredFile::Snapshot, StoredFile::State] {
        older.files.remove(&file);
    }
    open(older, &root(newest)).refresh(at).expect("a repository in force");
    note("new timestamp and snapshot");

    if newest > 1 {
        let mut behind = kept;
        behind
            .files
            .retain(|file, _| matches!(file, StoredFile::Timestamp | StoredFile::Snapshot | StoredFile::Targets));
        open(behind, &root(newest - 1)).refresh(at).expect("a repository in force");
        note("new root");
    }
    out
}

/// What one exchange of each kind comes to.
pub(crate) fn sizes(measured: &[Measured]) -> Sizes {
    let all = || measured.iter().flat_map(|one| &one.exchanges);
    let of = |is: &dyn Fn(&Exchange) -> bool| {
        let found = all().find(|exchange| is(exchange)).map(|exchange| Size { up: exchange.up, down: exchange.down });
        found.expect("each kind of request was made")
    };
    let ends = |end: &'static str| move |exchange: &Exchange| exchange.status == 200 && exchange.path.ends_with(end);
    Sizes {
        timestamp: of(&ends("timestamp.json")),
        unchanged: of(&|exchange| exchange.status == 304),
        absent: of(&|exchange| exchange.status == 404),
        snapshot: of(&ends(".snapshot.json")),
        targets: of(&ends(".targets.json")),
        target: of(&ends(TARGET)),
    }
}
