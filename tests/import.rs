//! A repository taken over and handed back: Sigstore's where it is there, and the golden one everywhere.
#![allow(clippy::print_stdout, reason = "what was skipped")]

#[path = "support/namespace.rs"]
mod namespace;
#[path = "support/pages.rs"]
mod pages;
#[path = "support/real.rs"]
mod real;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;
#[path = "support/workspace.rs"]
mod workspace;

#[path = "import/disk.rs"]
mod disk;
#[path = "import/git.rs"]
mod git;
#[path = "import/page.rs"]
mod page;
#[path = "import/production.rs"]
mod production;
#[path = "import/refuse.rs"]
mod refuse;
#[path = "import/root_16.rs"]
mod root_16;
#[path = "import/round.rs"]
mod round;
#[path = "import/working.rs"]
mod working;
