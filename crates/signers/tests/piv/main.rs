//! A YubiKey's PIV applet, emulated, in a reader of a real pcscd: tests/support/card.rs.

#[path = "../../../../tests/support/card.rs"]
mod card;
mod tools;
