//! A YubiKey's PIV applet, emulated, in a reader of a real pcscd: tests/support/card.rs. `tools` and
//! `modules` show that the programs of the field take it for one; the rest is our driver against it, each message in full.

#[path = "../../../../tests/support/card.rs"]
mod card;
mod errors;
mod evidence;
mod generate;
mod modules;
mod person;
mod pin;
mod sign;
mod tools;
