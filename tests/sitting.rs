//! The person at the terminal while they sign: what they are asked, how often, what they see, and what is left when they
//! press Ctrl-C.

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

#[path = "sitting/ceremony.rs"]
mod ceremony;
#[path = "sitting/interrupted.rs"]
mod interrupted;
#[path = "sitting/prompts.rs"]
mod prompts;
#[path = "sitting/screens.rs"]
mod screens;
