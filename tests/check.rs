//! `tuffet check` on real repositories: the exact list of what it finds, reviewed as right.

#[path = "support/real.rs"]
mod real;

#[test]
fn placeholder() {}
