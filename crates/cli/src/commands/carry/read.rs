//! `tuffet carry read`: a file back from pictures of its codes.

use crate::{CliError, Outcome};
use clap::Args;
use std::path::PathBuf;

/// Arguments of `carry read`.
#[derive(Debug, Args)]
pub struct Read {
    /// Pictures of the pages, PNG or JPEG, in any order
    #[arg(required = true, value_name = "IMAGE")]
    pub images: Vec<PathBuf>,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The file's SHA-256, as the screen shows it
    #[arg(long, value_name = "HEX")]
    pub sha256: Option<String>,
}

#[cfg(feature = "pictures")]
pub(super) fn run(command: &Read) -> Result<Outcome, CliError> {
    use super::{bounded, digest_text, picture};
    use crate::commands::{refuse_existing, trust_pack, write_new};
    use tuffet_archive::pages::Gathered;
    use tuffet_keys::{sha256, words};

    refuse_existing(&command.out)?;
    let expected = command.sha256.as_deref().map(trust_pack::digest).transpose()?;
    let mut gathered = Gathered::default();
    for image in &command.images {
        let named = |e: CliError| CliError { message: format!("{}: {}", image.display(), e.message), ..e };
        for text in picture::read(&bounded(image, PICTURE)?).map_err(named)? {
            gathered.add(&text).map_err(|e| named(e.into()))?;
        }
    }
    let bytes = gathered.file()?;
    let digest = sha256(&bytes);
    if let Some(expected) = expected.filter(|expected| *expected != digest) {
        let text = format!("the file on these pages: expected SHA-256 {expected}, found {digest}");
        return Err(CliError::new("pages", text).hint("these are pictures of another file"));
    }
    write_new(&command.out, &bytes)?;
    let text = format!(
        "{} is written: {} bytes\n{}{}",
        command.out.display(),
        bytes.len(),
        digest_text(&digest),
        if expected.is_some() { "" } else { "compare this with the screen that showed it\n" },
    );
    let data = serde_json::json!({
        "file": command.out, "length": bytes.len(), "sha256": digest.to_string(),
        "words": words::encode(digest.as_bytes()),
    });
    Ok(Outcome::new(text, "tuffet-carry-read-v1", data))
}

#[cfg(not(feature = "pictures"))]
pub(super) fn run(_: &Read) -> Result<Outcome, CliError> {
    Err(not_built())
}

/// A station shows codes and reads none.
#[cfg(not(feature = "pictures"))]
pub(super) fn not_built() -> CliError {
    CliError::new("pictures", "this build has no pictures (feature `pictures`)")
        .hint("use a build with pictures on another machine, or carry the file on a medium")
}

#[cfg(feature = "pictures")]
const PICTURE: u64 = 64 << 20;
