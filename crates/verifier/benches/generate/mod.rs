//! Repositories of any size, signed with throw-away keys: for the benches here, and on disk for other clients.
//!
//! A module and not a crate: a bench elsewhere takes it in with `#[path]`.
#![allow(dead_code, reason = "each bench uses its part")]

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use std::fmt::Write as _;
use std::path::Path;
use tuffet_keys::{KeyId, PublicKey, Scheme, sha256};
use tuffet_metadata::json::{Object, Value, canonical, object, parse, pretty};
use tuffet_metadata::{Hashes, Key, Pinned};

/// Far beyond any run.
const EXPIRES: &str = "2099-01-01T00:00:00Z";

/// How files are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// In canonical form, whole; with PEM keys in it, as near to that as JSON comes.
    Canonical,
    /// As Python's `json.dumps(indent=1, sort_keys=True)` does, which most repositories use.
    Pretty,
}

/// One key pair.
pub(crate) struct Pair {
    pub(crate) key: Key,
    pair: Kind,
}

enum Kind {
    Ed25519(Ed25519KeyPair),
    P256(Box<EcdsaKeyPair>),
}

impl Pair {
    /// The Ed25519 pair of a seed, or some P-256 pair.
    pub(crate) fn new(scheme: Scheme, seed: u8) -> Self {
        let (pair, public) = if scheme == Scheme::Ed25519 {
            let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
            let public = PublicKey::from_raw(scheme, pair.public_key().as_ref()).unwrap();
            (Kind::Ed25519(pair), public)
        } else {
            let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
            return Self::p256(document.as_ref());
        };
        Self { key: Key::compose(&public, None, None), pair }
    }

    /// The P-256 pair of a PKCS#8 document, for processes that share it.
    pub(crate) fn p256(document: &[u8]) -> Self {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document, &SystemRandom::new()).unwrap();
        let public = PublicKey::from_raw(Scheme::EcdsaP256, pair.public_key().as_ref()).unwrap();
        Self { key: Key::compose(&public, None, None), pair: Kind::P256(Box::new(pair)) }
    }

    pub(crate) fn sign(&self, payload: &[u8]) -> Vec<u8> {
        match &self.pair {
            Kind::Ed25519(pair) => pair.sign(payload).as_ref().to_vec(),
            Kind::P256(pair) => pair.sign(&SystemRandom::new(), payload).unwrap().as_ref().to_vec(),
        }
    }
}

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) scheme: Scheme,
    pub(crate) layout: Layout,
    /// Roots of the chain: five keys, all of which sign, three needed.
    pub(crate) roots: u64,
    /// Entries of the top-level targets, about 284 bytes each in canonical form.
    pub(crate) targets: usize,
    /// Bins the top-level targets delegate to, a power of two, which the snapshot lists too.
    pub(crate) bins: usize,
    /// How it delegates to them.
    pub(crate) by: By,
}

/// How a role delegates to bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Each listed, with its hash prefix.
    Prefixes,
    /// TAP 15.
    Succinct,
}

/// The files of a repository under consistent snapshots.
#[derive(Clone)]
pub(crate) struct Repository {
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) timestamp: Vec<u8>,
    pub(crate) snapshot: Vec<u8>,
    pub(crate) targets: Vec<u8>,
    /// The bin that [`ASKED`] belongs to, by name, where there are bins: no reader needs the others.
    pub(crate) bin: Option<(String, Vec<u8>)>,
}

/// The file of `signed`, canonical bytes, in a layout.
pub(crate) fn file(signed: &[u8], signers: &[&Pair], layout: Layout) -> Vec<u8> {
    let entries: Vec<(KeyId, String)> =
        signers.iter().map(|pair| (pair.key.keyid().clone(), hex::encode(pair.sign(signed)))).collect();
    let mut out = b"{\"signatures\":[".to_vec();
    for (i, (keyid, sig)) in entries.iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        out.extend_from_slice(format!("{comma}{{\"keyid\":\"{keyid}\",\"sig\":\"{sig}\"}}").as_bytes());
    }
    out.extend_from_slice(b"],\"signed\":");
    out.extend_from_slice(signed);
    out.push(b'}');
    // A PEM key's line ends stand raw in canonical bytes, which is no JSON then: a file has them escaped.
    let out = out.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(b"\\n".as_slice());
    match layout {
        Layout::Canonical => out,
        Layout::Pretty => pretty(&parse(&out, 32).unwrap()),
    }
}

pub(crate) fn common(role: &str, version: u64) -> Object {
    object([
        ("_type", role.into()),
        ("expires", EXPIRES.into()),
        ("spec_version", "1.0.34".into()),
        ("version", version.into()),
    ])
}

pub(crate) fn root(version: u64, root: &[Pair], online: &Pair, offline: &Pair) -> Vec<u8> {
    let all = root.iter().chain([online, offline]);
    let keys: Object = all.map(|pair| (pair.key.keyid().to_string(), pair.key.object().into())).collect();
    let role = |pairs: &[&Pair], threshold: u64| {
        let keyids: Vec<String> = pairs.iter().map(|pair| pair.key.keyid().to_string()).collect();
        Value::from(object([("keyids", keyids.into()), ("threshold", threshold.into())]))
    };
    let mut signed = common("root", version);
    signed.insert("consistent_snapshot".into(), true.into());
    signed.insert("keys".into(), keys.into());
    let roles = object([
        ("root", role(&root.iter().collect::<Vec<_>>(), 3)),
        ("snapshot", role(&[online], 1)),
        ("targets", role(&[offline], 1)),
        ("timestamp", role(&[online], 1)),
    ]);
    signed.insert("roles".into(), roles.into());
    canonical(&signed.into())
}

/// The path of the target of this number.
pub(crate) fn path(number: usize) -> String {
    format!("packages/{:02}/package-{number:07}-1.0.tar.gz", number % 100)
}

/// Targets in canonical form, written directly: a tree of a million would take gigabytes.
pub(crate) fn targets(paths: impl Iterator<Item = String>, delegations: &str) -> Vec<u8> {
    let mut order: Vec<(String, usize)> = paths.zip(0..).collect();
    order.sort();
    let mut out = String::from("{\"_type\":\"targets\",");
    out.push_str(delegations);
    write!(out, "\"expires\":\"{EXPIRES}\",\"spec_version\":\"1.0.34\",\"targets\":{{").unwrap();
    for (i, (path, number)) in order.iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        let sha256 = sha256(path.as_bytes());
        let sha512 = format!("{sha256}{sha256}");
        let hashes = format!("\"hashes\":{{\"sha256\":\"{sha256}\",\"sha512\":\"{sha512}\"}}");
        write!(out, "{comma}\"{path}\":{{{hashes},\"length\":{}}}", number + 1000).unwrap();
    }
    out.push_str("},\"version\":1}");
    out.into_bytes()
}

/// The member `delegations` of the bins, with its comma.
pub(crate) fn delegations(plan: &Plan, signer: &Pair) -> String {
    if plan.bins == 0 {
        return String::new();
    }
    let keyid = signer.key.keyid();
    let key = String::from_utf8(canonical(&signer.key.object().into())).unwrap();
    let mut out = format!("\"delegations\":{{\"keys\":{{\"{keyid}\":{key}}},");
    if plan.by == By::Succinct {
        let bits = plan.bins.ilog2();
        let keys = format!("\"keyids\":[\"{keyid}\"],\"name_prefix\":\"bin\",\"threshold\":1");
        write!(out, "\"succinct_roles\":{{\"bit_length\":{bits},{keys}}}}},").unwrap();
        return out;
    }
    out.push_str("\"roles\":[");
    let digits = prefix_digits(plan.bins);
    let each = 16_usize.pow(digits) / plan.bins;
    for bin in 0..plan.bins {
        let comma = if bin > 0 { "," } else { "" };
        let name = format!("{{\"keyids\":[\"{keyid}\"],\"name\":\"{}\"", bin_name(plan, bin));
        let width = digits as usize;
        let prefixes: Vec<String> = (0..each).map(|i| format!("\"{:0width$x}\"", bin * each + i)).collect();
        let prefixes = format!("\"path_hash_prefixes\":[{}]", prefixes.join(","));
        write!(out, "{comma}{name},{prefixes},\"terminating\":true,\"threshold\":1}}").unwrap();
    }
    out.push_str("]},");
    out
}

/// Hex digits that tell as many bins apart.
fn prefix_digits(bins: usize) -> u32 {
    bins.ilog2().div_ceil(4)
}

/// As TAP 15 names them, for both.
pub(crate) fn bin_name(plan: &Plan, bin: usize) -> String {
    format!("bin-{bin:0width$x}", width = prefix_digits(plan.bins) as usize)
}

/// The target that is asked for where there are bins.
pub(crate) const ASKED: &str = "packages/07/package-0000007-1.0.tar.gz";

/// The bin of [`ASKED`], with it and 60 others: a million targets in 16,384 bins.
fn bin(plan: &Plan, signer: &Pair) -> (String, Vec<u8>) {
    let [a, b, c, d, ..] = *sha256(ASKED.as_bytes()).as_bytes();
    let number = u32::from_be_bytes([a, b, c, d]) >> (32 - plan.bins.ilog2());
    let paths = [7].into_iter().chain(100..160).map(path);
    (bin_name(plan, number as usize), file(&targets(paths, ""), &[signer], plan.layout))
}

impl Repository {
    pub(crate) fn generate(plan: &Plan) -> Self {
        let keys: Vec<Pair> = (1..=5).map(|seed| Pair::new(plan.scheme, seed)).collect();
        let (online, offline) = (Pair::new(plan.scheme, 6), Pair::new(plan.scheme, 7));
        let signers: Vec<&Pair> = keys.iter().collect();
        let root = |version| file(&root(version, &keys, &online, &offline), &signers, plan.layout);
        let targets =
            file(&targets((0..plan.targets).map(path), &delegations(plan, &offline)), &[&offline], plan.layout);
        let pin = |bytes: &[u8]| Value::from(Pinned::of(1, bytes).to_object());
        let mut meta = object([("targets.json", pin(&targets))]);
        for bin in 0..plan.bins {
            meta.insert(format!("{}.json", bin_name(plan, bin)), object([("version", 1u64.into())]).into());
        }
        let mut snapshot = common("snapshot", 1);
        snapshot.insert("meta".into(), meta.into());
        let snapshot = file(&canonical(&snapshot.into()), &[&online], plan.layout);
        let mut timestamp = common("timestamp", 1);
        timestamp.insert("meta".into(), object([("snapshot.json", pin(&snapshot))]).into());
        let timestamp = file(&canonical(&timestamp.into()), &[&online], plan.layout);
        let bin = (plan.bins > 0).then(|| bin(plan, &offline));
        Self { roots: (1..=plan.roots).map(root).collect(), timestamp, snapshot, targets, bin }
    }

    /// Writes the metadata as a repository serves it.
    pub(crate) fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
        for (i, root) in self.roots.iter().enumerate() {
            write(&format!("{}.root.json", i + 1), root);
        }
        write("timestamp.json", &self.timestamp);
        write("1.snapshot.json", &self.snapshot);
        write("1.targets.json", &self.targets);
        if let Some((name, bytes)) = &self.bin {
            write(&format!("1.{name}.json"), bytes);
        }
    }

    /// The hash that pins `targets`, to check that what is measured is what is pinned.
    pub(crate) fn targets_pin(&self) -> Hashes {
        Hashes::sha256_of(&self.targets)
    }
}

/// Medians of a and b measured by turns, so that noise falls on both; seconds.
pub(crate) fn by_turns(rounds: usize, mut a: impl FnMut() -> f64, mut b: impl FnMut() -> f64) -> (f64, f64) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        first.push(a());
        second.push(b());
    }
    (median(first), median(second))
}

pub(crate) fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// Seconds `work` takes.
pub(crate) fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let start = std::time::Instant::now();
    std::hint::black_box(work());
    start.elapsed().as_secs_f64()
}
