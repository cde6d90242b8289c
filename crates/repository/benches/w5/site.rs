//! The repository on disk, a bin at a time, and the key of everything in it that signs every day.

use crate::generate::{By, Layout, Pair, Plan, bin_name, common, delegations, file, path, root, targets};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use std::fs;
use std::path::Path;
use tuffet_keys::{PublicKey, Scheme, Sign, SignError, sha256};
use tuffet_metadata::json::{Value, canonical, object};
use tuffet_metadata::{Pinned, RoleName};

pub(crate) struct Online(pub(crate) Pair);

impl Online {
    /// Ed25519 of a seed, or the P-256 key that lies beside the metadata.
    pub(crate) fn open(folder: &Path) -> Self {
        match fs::read(folder.join("p256.key")) {
            Ok(document) => Self(Pair::p256(&document)),
            Err(_) => Self(Pair::new(Scheme::Ed25519, 6)),
        }
    }
}

impl Sign for Online {
    fn public_key(&self) -> &PublicKey {
        self.0.key.public().unwrap()
    }

    fn describe(&self) -> String {
        "bench key".into()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(self.0.sign(message))
    }
}

pub(crate) fn write(folder: &Path, scheme: &str, count: usize, bins: usize) {
    fs::create_dir_all(folder).unwrap();
    if scheme == "p256" {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        fs::write(folder.join("p256.key"), document.as_ref()).unwrap();
    }
    let online = Online::open(folder).0;
    let put = |name: String, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let keys: Vec<Pair> = (1..=5).map(|seed| Pair::new(Scheme::Ed25519, seed)).collect();
    let signed = root(1, &keys, &online, &keys[0]);
    put("1.root.json".into(), &file(&signed, &keys.iter().collect::<Vec<_>>(), Layout::Pretty));
    let plan =
        Plan { scheme: Scheme::Ed25519, layout: Layout::Canonical, roots: 1, targets: 0, bins, by: By::Succinct };
    let top = targets(std::iter::empty(), &delegations(&plan, &online));
    let top = file(&top, &[&keys[0]], Layout::Pretty);
    put("1.targets.json".into(), &top);

    let mut numbers: Vec<Vec<u32>> = vec![Vec::new(); bins];
    for number in 0..count {
        let [a, b, c, d, ..] = *sha256(path(number).as_bytes()).as_bytes();
        let bin = u32::from_be_bytes([a, b, c, d]) >> (32 - bins.ilog2());
        numbers[bin as usize].push(number as u32);
    }
    let mut meta = object([("targets.json", Pinned::of(1, &top).to_object().into())]);
    for (bin, numbers) in numbers.iter().enumerate() {
        let signed = targets(numbers.iter().map(|number| path(*number as usize)), "");
        let name = bin_name(&plan, bin);
        put(format!("1.{name}.json"), &file(&signed, &[&online], Layout::Canonical));
        meta.insert(format!("{name}.json"), object([("version", 1u64.into())]).into());
    }
    let mut snapshot = common("snapshot", 1);
    snapshot.insert("meta".into(), meta.into());
    let snapshot = file(&canonical(&snapshot.into()), &[&online], Layout::Canonical);
    put("1.snapshot.json".into(), &snapshot);
    let mut timestamp = common("timestamp", 1);
    let pin = Value::from(Pinned::of(1, &snapshot).to_object());
    timestamp.insert("meta".into(), object([("snapshot.json", pin)]).into());
    put(RoleName::Timestamp.file_name(), &file(&canonical(&timestamp.into()), &[&online], Layout::Pretty));
}

/// KiB.
pub(crate) fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}
