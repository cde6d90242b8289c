//! One attack a test; ids are those of spec.md and threats.md.

mod classes;
mod errors;
mod floors;
mod mangle;
mod repo;
mod roots;
mod rotation;
mod snapshot;
mod target;
mod targets;
mod threats;
mod timestamp;
