//! `tuffet import` and `tuffet export`: a repository taken over from another tool, and handed back.

mod export;
mod git;
mod import;
mod told;

pub(crate) use export::{Export, run as export};
pub(crate) use import::{Import, run as import};

use crate::{CliError, Context};
use clap::ValueEnum;
use tuffet_keys::{KeyId, Sha256};
use tuffet_metadata::KeyidExceptions;
use tuffet_repository::{Layout, Options, TakeoverError};

/// The layouts by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LayoutName {
    /// As clients see it: N.root.json and timestamp.json, targets/HASH.NAME
    Published,
    /// The working tree of tuf-on-ci: metadata/root_history/, targets/NAME
    TufOnCi,
    /// tuftool's: metadata/ and targets/, each as published
    Tuftool,
}

impl From<LayoutName> for Layout {
    fn from(name: LayoutName) -> Self {
        match name {
            LayoutName::Published => Self::Published,
            LayoutName::TufOnCi => Self::TufOnCi,
            LayoutName::Tuftool => Self::Tuftool,
        }
    }
}

/// What is read as deployed clients read it, with the exception that the audit has too.
fn options<'a>(context: &Context<'_>) -> Options<'a> {
    let (sha256, keyid) = super::audit::SIGSTORE_ROOT_11;
    let listed = Sha256::from_hex(sha256).map(|sha256| (sha256, KeyId::new(keyid)));
    Options::new(context.reading_time(), KeyidExceptions::Listed(listed.into_iter().collect()))
}

impl From<TakeoverError> for CliError {
    fn from(error: TakeoverError) -> Self {
        let hint = error.hint().map(str::to_owned);
        Self { hint, ..Self::new(error.code(), error.to_string()) }
    }
}
