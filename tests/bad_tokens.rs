//! What is typed wrong, and what is plugged in wrong: the whole message, the exit code, and nothing left behind.

#[path = "support/person.rs"]
mod person;
#[path = "support/scene.rs"]
mod scene;
#[path = "support/softhsm.rs"]
mod softhsm;
#[path = "support/station.rs"]
mod station;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;
#[path = "support/typed.rs"]
mod typed;

#[path = "bad_tokens/modules.rs"]
mod modules;
#[path = "bad_tokens/prompts.rs"]
mod prompts;
#[path = "bad_tokens/uris.rs"]
mod uris;
