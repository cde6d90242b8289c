//! `trust-root close`: the end of an entry's window, which is never its removal.

use super::entries::refused;
use super::{read_root, written};
use crate::commands::refuse_existing;
use crate::context::time;
use crate::{CliError, Outcome};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use tuffet_trust_root::EntryKind;

/// Arguments of `trust-root close`.
#[derive(Debug, Args)]
pub struct Close {
    /// The trusted_root.json that is published
    pub file: PathBuf,
    /// The entry: its URL, or the beginning of its id in hex
    #[arg(long, value_name = "URL|ID")]
    pub entry: String,
    /// What it is, where several are at one URL
    #[arg(long)]
    pub kind: Option<Kind>,
    /// Its end; after a theft the last moment at which nobody else had the key
    #[arg(long, value_name = "TIME")]
    pub end: String,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Kinds of entries, as people type them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A transparency log
    Log,
    /// A certificate authority
    Ca,
    /// A certificate transparency log
    Ct,
    /// A timestamp authority
    Tsa,
}

impl Kind {
    fn entry(self) -> EntryKind {
        match self {
            Self::Log => EntryKind::TransparencyLog,
            Self::Ca => EntryKind::CertificateAuthority,
            Self::Ct => EntryKind::CtLog,
            Self::Tsa => EntryKind::TimestampAuthority,
        }
    }
}

pub(super) fn run(command: &Close) -> Result<Outcome, CliError> {
    refuse_existing(&command.out)?;
    let start = tuffet_trust_root::Compose::from_trusted_root(read_root(&command.file)?);
    let kind = command.kind.map(Kind::entry);
    let root = start.close(kind, &command.entry, time(&command.end)?).map_err(|e| {
        refused(&e)
            .hint(format!("`tuffet trust-root show {}` lists the entries with their ids", command.file.display()))
    })?;
    written(&command.out, &root.finish(), "tuffet-trust-root-close-v1", "")
}
