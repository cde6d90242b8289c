//! Recoveries, each from its disaster to the clients: planned, signed, published, followed.

#[path = "support/pages.rs"]
mod pages;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;

#[path = "recover/base.rs"]
mod base;
#[path = "recover/online.rs"]
mod online;
#[path = "recover/page.rs"]
mod page;
#[path = "recover/people.rs"]
mod people;
#[path = "recover/publication.rs"]
mod publication;
#[path = "recover/threshold.rs"]
mod threshold;
#[path = "recover/time.rs"]
mod time;
