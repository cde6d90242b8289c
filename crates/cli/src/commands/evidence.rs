//! `tuffet client init`: what speaks for the first root.

use super::network::Network;
use super::{read, trust_pack};
use crate::CliError;
use clap::Args;
use std::path::PathBuf;
use tuffet_client::{Evidence, EvidenceError, Policy, Transport, prove_root};

/// Each that is given must speak for the file.
#[derive(Debug, Default, Args)]
pub struct Arguments {
    /// The file's SHA-256, as its owner announced it
    #[arg(long, value_name = "HEX")]
    pub sha256: Option<String>,
    /// The same in words, as its owner read them aloud
    #[arg(long, value_name = "WORDS")]
    pub words: Option<String>,
    /// An older root.json you trust already: its keys must lead to the file
    #[arg(long, value_name = "FILE")]
    pub from_root: Option<PathBuf>,
    /// Where to fetch the roots between the two: a URL or a directory
    #[arg(long, value_name = "LOCATION", requires = "from_root")]
    pub url: Option<String>,
    /// The network.
    #[command(flatten)]
    pub network: Network,
}

impl Arguments {
    /// Checks `root` against every piece of evidence.
    pub(super) fn check(&self, root: &[u8], policy: &Policy) -> Result<(), CliError> {
        if let Some(text) = &self.sha256 {
            prove_root(root, Evidence::Sha256(trust_pack::digest(text)?), None, policy)?;
        }
        if let Some(words) = &self.words {
            prove_root(root, Evidence::Words(words), None, policy)?;
        }
        if let Some(older) = &self.from_root {
            let older = read(older)?;
            let transport = self.url.as_deref().map(|location| self.network.open(location)).transpose()?;
            let transport = transport.as_deref().map(|transport| transport as &dyn Transport);
            prove_root(root, Evidence::OlderRoot(&older), transport, policy)?;
        }
        Ok(())
    }
}

impl From<EvidenceError> for CliError {
    fn from(error: EvidenceError) -> Self {
        let new = Self::new(error.code(), error.to_string());
        error.hint().map_or(new.clone(), |hint| new.hint(hint))
    }
}
