//! Which released clients a trust root, or its signing config, locks out.
//!
//! [`Reader`] is one row of a table; what a row may ask of a file is a closed set, [`Trait`].

mod table;
mod traits;

use std::fmt;

pub use traits::Trait;

use crate::signing_config::SigningConfig;
use crate::tolerant::Tolerant;

/// One row: a released client and one thing it cannot do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Its name, or the neutral name of a reader by a rule of the format.
    pub client: &'static str,
    /// Which versions; empty for a neutral row.
    pub versions: &'static str,
    /// What it cannot read.
    pub cannot: Trait,
    /// What then happens, after the client's name.
    pub effect: &'static str,
    /// The public issue, advisory, release note or pull request; for a neutral row the section.
    pub reference: &'static str,
}

impl Reader {
    /// Every row.
    #[must_use]
    pub fn all() -> &'static [Self] {
        table::READERS
    }
}

/// Every row that these files meet.
#[must_use]
pub fn readers(root: &Tolerant, config: Option<&SigningConfig>) -> Vec<&'static Reader> {
    let traits = traits::of(root, config);
    Reader::all().iter().filter(|row| traits.contains(&row.cannot)).collect()
}

/// `sigstore-ruby (0.2.1 and before) refuses …: a log with an Ed25519 key (https://…)`
impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, versions, cannot, effect, reference } = self;
        f.write_str(client)?;
        if !versions.is_empty() {
            write!(f, " ({versions})")?;
        }
        write!(f, " {effect}: {} ({reference})", cannot.words())
    }
}
