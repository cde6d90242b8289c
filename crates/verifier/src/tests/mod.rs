//! One attack a test; ids are those of spec.md and threats.md.

mod classes;
mod delegated_audit;
mod errors;
mod floors;
mod forest;
mod key_sets;
mod mangle;
mod metamorphic;
mod repo;
mod roots;
mod rotation;
mod search;
mod search_limits;
mod search_trust;
mod snapshot;
mod target;
mod targets;
mod threats;
mod timestamp;
mod x3_notes;
