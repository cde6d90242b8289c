//! The `tuffet` program. Everything is in the library, so that tests and the rehearsal run the same code.

use std::process::ExitCode;

fn main() -> ExitCode {
    tuffet::main()
}
