//! Every input that a fuzzer kept, run again: faults.md's targets 1 to 12 and those of trust roots, as plain tests.

#[path = "targets/mod.rs"]
mod targets;

use std::fs;
use std::path::Path;

/// Runs `target` over its corpus, each input whole and cut short.
fn replay(name: &str) {
    let (_, run) = targets::TARGETS.into_iter().find(|(target, _)| *target == name).unwrap();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus").join(name);
    let mut inputs = 0;
    for entry in fs::read_dir(&corpus).unwrap_or_else(|e| panic!("{}: {e}", corpus.display())) {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        run(&bytes);
        run(&bytes[..bytes.len() / 2]);
        inputs += 1;
    }
    assert!(inputs > 0, "{}: no input", corpus.display());
    run(b"");
}

macro_rules! replays {
    ($($test:ident: $target:literal,)*) => {
        $(#[test]
        fn $test() {
            replay($target);
        })*

        #[test]
        fn every_target_is_replayed() {
            assert_eq!(targets::TARGETS.map(|(name, _)| name), [$($target),*]);
        }
    };
}

replays! {
    fuzz_1_metadata: "metadata",
    fuzz_2_canonical: "canonical",
    fuzz_3_key: "key",
    fuzz_4_pattern: "pattern",
    fuzz_5_destination: "destination",
    fuzz_6_url: "url",
    fuzz_7_client: "client",
    fuzz_8_transcript: "transcript",
    fuzz_9_checkpoint: "checkpoint",
    fuzz_10_attestation: "attestation",
    fuzz_11_plan: "plan",
    fuzz_12_expires: "expires",
    fuzz_trusted_root: "trusted-root",
    fuzz_signing_config: "signing-config",
    fuzz_legacy: "legacy",
}
