//! Files on their way between machines that no network joins: many files in one, and one file on many pages.
//!
//! This crate is **not** a judge of content (whoever unpacks a bundle verifies what is in it), it knows no disk, no
//! picture and no terminal: bytes and texts in, bytes and texts out.
//!
//! ```text
//!  members ──► tar::write ──► one file ──► pages::split ──► texts of codes ──► a screen, a picture
//!  members ◄── tar::read  ◄── one file ◄── pages::join  ◄── texts, in any order
//! ```
//!
//! [`tar_gz`] is the same tar as other programs take it, compressed.
//!
//! What was written has one form, and nothing else is read:
//!
//! ```
//! use tuffet_archive::{pages, tar};
//!
//! let bundle = tar::write([("a.json", b"{}".as_slice())])?;
//! assert_eq!(tar::read(&bundle)?, [("a.json".to_owned(), b"{}".as_slice())]);
//!
//! let mut texts = pages::split(&bundle, 619)?;
//! texts.reverse();
//! assert_eq!(pages::join(&texts)?, bundle);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::panic
    )
)]

mod base45;
pub mod pages;
pub mod tar;
pub mod tar_gz;
