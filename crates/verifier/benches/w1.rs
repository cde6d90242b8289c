//! W1: a cold refresh behind chains of roots, against what the cryptography alone costs.
//!
//! `cargo bench -p tuffet-verifier --bench w1 [-- SCHEME ROOTS once]`; with `once` one walk only, for callgrind.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, clippy::print_stdout, reason = "a bench has a clock")]

mod generate;

use chrono::DateTime;
use generate::{By, Layout, Plan, Repository, by_turns, seconds};
use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey};
use tuffet_keys::{Scheme, sha256};
use tuffet_metadata::json::{Value, canonical, parse};
use tuffet_verifier::{Memory, Policy, Refreshed, Unverified, Update};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [scheme, roots, once] = arguments.as_slice()
        && once == "once"
    {
        let scheme = if scheme == "ed25519" { Scheme::Ed25519 } else { Scheme::EcdsaP256 };
        let folder = std::env::temp_dir().join(format!("tuffet-w1-{scheme:?}-{roots}"));
        if !folder.exists() {
            repository(scheme, roots.parse().unwrap()).write(&folder);
            println!("written to {}; run again", folder.display());
            return;
        }
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let chain = (1..=roots.parse::<u64>().unwrap()).map(|n| read(&format!("{n}.root.json"))).collect();
        let [timestamp, snapshot, targets] = ["timestamp.json", "1.snapshot.json", "1.targets.json"].map(read);
        walk(Repository { roots: chain, timestamp, snapshot, targets, bin: None });
        return;
    }
    println!("{:<10} {:<9} {:>6} {:>10} {:>10} {:>6}", "scheme", "layout", "roots", "ours ms", "limit ms", "ratio");
    for scheme in [Scheme::Ed25519, Scheme::EcdsaP256] {
        for roots in [1, 100, 1000] {
            let made = repository(scheme, roots);
            let prepared = Limit::of(&made, scheme);
            let rounds = if roots == 1000 { 9 } else { 25 };
            let (ours, limit) = by_turns(
                rounds,
                || {
                    let fresh = made.clone();
                    seconds(|| walk(fresh))
                },
                || seconds(|| prepared.run()),
            );
            let name = scheme.name();
            println!(
                "{name:<10.10} pretty    {roots:>6} {:>10.2} {:>10.2} {:>6.2}",
                ours * 1e3,
                limit * 1e3,
                ours / limit
            );
        }
    }
}

fn repository(scheme: Scheme, roots: u64) -> Repository {
    Repository::generate(&Plan { scheme, layout: Layout::Pretty, roots, targets: 10, bins: 0, by: By::Succinct })
}

fn walk(repository: Repository) -> Refreshed {
    let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let mut roots = repository.roots.into_iter();
    let anchor = Unverified::new(roots.next().unwrap());
    let mut update = Update::start(anchor, start, Policy::default()).unwrap();
    for root in roots {
        update = update.root(Unverified::new(root)).unwrap();
    }
    let update = update.final_root(Memory::default()).unwrap();
    let update = update.timestamp(Unverified::new(repository.timestamp)).unwrap();
    let update = update.snapshot(Unverified::new(repository.snapshot)).unwrap();
    update.targets(Unverified::new(repository.targets)).unwrap()
}

/// The unavoidable: for each file as many verifications as its threshold, and one SHA-256 of its bytes.
struct Limit {
    scheme: Scheme,
    files: Vec<Signed>,
}

/// A file, its payload, and public key and signature of those needed.
struct Signed(Vec<u8>, Vec<u8>, Vec<(Vec<u8>, Vec<u8>)>);

impl Limit {
    fn of(repository: &Repository, scheme: Scheme) -> Self {
        let public = |keyid: &str| {
            let Value::Object(root) = parse(&repository.roots[0], 32).unwrap() else { panic!() };
            let keys = root["signed"].as_object().unwrap()["keys"].as_object().unwrap();
            let key = keys[keyid].as_object().unwrap();
            let text = key["keyval"].as_object().unwrap()["public"].as_str().unwrap();
            if scheme == Scheme::Ed25519 { hex::decode(text).unwrap() } else { pem_point(text) }
        };
        let online = [(&repository.timestamp, 1), (&repository.snapshot, 1), (&repository.targets, 1)];
        let files = repository.roots.iter().map(|root| (root, 3)).chain(online).map(|(file, threshold)| {
            let Value::Object(outer) = parse(file, 32).unwrap() else { panic!() };
            let entries = outer["signatures"].as_array().unwrap().iter().take(threshold).map(|entry| {
                let entry = entry.as_object().unwrap();
                (public(entry["keyid"].as_str().unwrap()), hex::decode(entry["sig"].as_str().unwrap()).unwrap())
            });
            Signed(file.clone(), canonical(&outer["signed"]), entries.collect())
        });
        Self { scheme, files: files.collect() }
    }

    fn run(&self) {
        for Signed(file, payload, entries) in &self.files {
            std::hint::black_box(sha256(file));
            for (public, signature) in entries {
                match self.scheme {
                    Scheme::Ed25519 => UnparsedPublicKey::new(&ED25519, public).verify(payload, signature),
                    _ => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public).verify(payload, signature),
                }
                .unwrap();
            }
        }
    }
}

fn pem_point(text: &str) -> Vec<u8> {
    let der = tuffet_keys::PublicKey::from_pem(text).unwrap().spki_der().to_vec();
    der[der.len() - 65..].to_vec()
}
