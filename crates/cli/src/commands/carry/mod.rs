//! `tuffet carry`: a ceremony across a gap that no network crosses, as one file or as codes on a screen.

mod code;
mod pack;
#[cfg(feature = "pictures")]
mod picture;
mod read;
mod show;
mod unpack;

use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use clap::Subcommand;
use std::io::Read as _;
use std::path::Path;
use tuffet_ceremony::{BundleLimits, CarryError};
use tuffet_keys::{Sha256, words};

/// Carry commands.
#[derive(Debug, Subcommand)]
pub enum Carry {
    /// Pack a ceremony into one file: out to a station, or back from it
    Pack(pack::Pack),
    /// Verify such a file and put what is in it where it belongs
    Unpack(unpack::Unpack),
    /// Show a file as codes on the screen, page by page
    Show(show::Show),
    /// Read a file back from pictures of its codes, in any order
    Read(read::Read),
}

pub(crate) fn run(command: Carry, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    match command {
        Carry::Pack(command) => pack::run(&command).map_err(|e| e.with_dir(&command.ceremony)),
        Carry::Unpack(command) => unpack::run(&command, context),
        Carry::Show(command) => show::run(&command, context),
        Carry::Read(command) => read::run(&command),
    }
}

/// A file somebody brought: no more of it is read than it may have.
fn bounded(path: &Path, limit: u64) -> Result<Vec<u8>, CliError> {
    let failed = |e: std::io::Error| CliError::io(path, &e);
    if !path.is_file() {
        return super::read(path);
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > limit {
        let text = format!("{}: expected at most {limit} bytes, found more", path.display());
        return Err(CliError::new("carry", text));
    }
    Ok(bytes)
}

/// A digest as two people compare it, on a screen and by voice.
pub(crate) fn digest_text(digest: &Sha256) -> String {
    let words = words::encode(digest.as_bytes());
    format!("sha256    {digest}\n{}\n", wrap("words     ", "          ", &words))
}

fn limits() -> BundleLimits {
    BundleLimits::default()
}

impl From<CarryError> for CliError {
    fn from(error: CarryError) -> Self {
        let new = Self::new(error.code(), error.to_string());
        match error.hint() {
            Some(hint) => new.hint(hint),
            None => new,
        }
    }
}
