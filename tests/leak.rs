//! A rehearsal cannot leak: metadata built from its signatures is refused for its signatures by every client there is,
//! while the same keys' signatures in the ceremony are accepted over the same bytes.

#[path = "leak/clients.rs"]
mod clients;
#[path = "leak/forged.rs"]
mod forged;
#[path = "leak/messages.rs"]
mod messages;
#[path = "leak/refused.rs"]
mod refused;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;
#[path = "support/typed.rs"]
mod typed;
#[path = "leak/world.rs"]
mod world;
