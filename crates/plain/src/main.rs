//! A second pair of eyes: prints a payload and its digest, and shares no code with the rest of tuffet.
fn main() {}
