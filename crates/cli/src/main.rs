//! The tuffet command line: ceremonies, repositories and clients of a TUF root of trust.
fn main() {}
