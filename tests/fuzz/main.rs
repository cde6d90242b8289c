//! The fuzzer: one executable, the target named by `TUFFET_FUZZ`.
#![no_main]

#[path = "targets/mod.rs"]
mod targets;

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let run = TARGET.get_or_init(|| {
        let name = std::env::var("TUFFET_FUZZ").expect("TUFFET_FUZZ names a target");
        let found = targets::TARGETS.into_iter().find(|(target, _)| *target == name);
        found.expect("a target of targets/mod.rs").1
    });
    run(data);
});
