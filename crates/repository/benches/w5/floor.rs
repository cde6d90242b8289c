//! What no update can leave out: each bin read, hashed and verified, copied, signed and written; the snapshot copied,
//! signed, hashed and written; the timestamp signed and written. Nothing is parsed, and nothing checked but signatures.

use crate::generate::{median, seconds};
use crate::site::Online;
use std::fs;
use std::path::Path;
use tuffet_keys::{Sign, sha256};

pub(crate) fn run(folder: &Path, new: usize, rounds: usize) {
    let online = Online::open(folder);
    let key = online.public_key();
    let names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("1.bin-"))
        .take(new)
        .collect();
    let out = tempfile::tempdir_in(folder).unwrap();
    let snapshot = fs::read(folder.join("1.snapshot.json")).unwrap();
    let times = (0..rounds).map(|round| {
        let put = |name: &str, bytes: &[u8]| fs::write(out.path().join(format!("{round}.{name}")), bytes).unwrap();
        1e3 * seconds(|| {
            for name in &names {
                let bytes = fs::read(folder.join(name)).unwrap();
                let signature = online.sign(&bytes).unwrap();
                // As long as a verification of the old signature, and of the one just made.
                for _ in 0..2 {
                    key.verify(&bytes, &signature).unwrap();
                }
                put(name, &bytes);
            }
            let copy = snapshot.clone();
            let signature = online.sign(&copy).unwrap();
            key.verify(&copy, &signature).unwrap();
            std::hint::black_box(sha256(&copy));
            put("snapshot.json", &copy);
            put("timestamp.json", &online.sign(&signature).unwrap());
        })
    });
    println!("{:.2} ms", median(times.collect()));
}
