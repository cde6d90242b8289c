//! The ceremonies that Sigstore really held, file by file as people signed: where each stood, for the old root and for
//! the new, and what the files make together. tests/data/ceremonies.tsv says what is right; it was made by
//! tests/ceremonies/standing.py, which shares no code with tuffet and runs again where Python has `cryptography`.
#![allow(clippy::print_stdout, reason = "what was skipped")]

#[path = "ceremonies/merged.rs"]
mod merged;
#[path = "ceremonies/messages.rs"]
mod messages;
#[path = "support/real.rs"]
mod real;
#[path = "ceremonies/standing.rs"]
mod standing;
#[path = "support/typed.rs"]
mod typed;
