//! `tuffet carry show`: a file as codes, on a screen or as pictures.

use super::code::{Code, Size};
use super::{bounded, digest_text};
use crate::{CliError, Context, Outcome, outcome};
use clap::Args;
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::path::PathBuf;
use tuffet_archive::pages::{self, PagesError};
use tuffet_keys::{sha256, words};

/// Arguments of `carry show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The file: a signature, a payload, a bundle
    pub file: PathBuf,
    /// How large a code may be
    #[arg(long, value_enum, default_value = "medium")]
    pub size: Size,
    /// For a terminal that writes dark on light
    #[arg(long)]
    pub light: bool,
    /// Write the pages as pictures into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "light")]
    pub png: Option<PathBuf>,
}

pub(super) fn run(command: &Show, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let bytes = bounded(&command.file, LIMIT)?;
    let texts = pages::split(&bytes, command.size.characters()?)?;
    let codes = texts.iter().map(|text| Code::new(text)).collect::<Result<Vec<_>, _>>()?;
    let digest = sha256(&bytes);
    let (name, count) = (command.file.display(), codes.len());
    let pages_word = if count == 1 { "page" } else { "pages" };
    let mut text = format!("{name}: {} bytes on {count} {pages_word}\n{}", bytes.len(), digest_text(&digest));
    let mut data = json!({
        "file": command.file, "length": bytes.len(), "sha256": digest.to_string(),
        "words": words::encode(digest.as_bytes()), "pages": texts,
    });
    if let Some(folder) = &command.png {
        let written = pictures(folder, &codes)?;
        for path in &written {
            text += &format!("{} is written\n", path.display());
        }
        data["pictures"] = json!(written);
        return Ok(Outcome::new(text, SCHEMA, data));
    }
    if !context.json && std::io::stdout().is_terminal() {
        return at_a_terminal(command, &codes, &text, context);
    }
    for (at, code) in codes.iter().enumerate() {
        text += &format!("page {} of {count}\n{}", at + 1, code.blocks(command.light));
    }
    Ok(Outcome::new(text, SCHEMA, data))
}

/// A page at a time: each stays on the screen until it was read.
fn at_a_terminal(command: &Show, codes: &[Code], head: &str, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    outcome::line(head.trim_end(), &Value::Null, false);
    for (at, code) in codes.iter().enumerate() {
        let number = at + 1;
        if at > 0 {
            let answer = context
                .terminal
                .line(&format!("Enter for page {number} of {}, anything else to stop: ", codes.len()))?;
            if !answer.is_empty() {
                break;
            }
        }
        outcome::line(&format!("{}page {number} of {}", code.blocks(command.light), codes.len()), &Value::Null, false);
    }
    Ok(Outcome::silent())
}

#[cfg(feature = "pictures")]
fn pictures(folder: &std::path::Path, codes: &[Code]) -> Result<Vec<PathBuf>, CliError> {
    use crate::commands::{refuse_existing, write_new};
    let count = codes.len();
    let digits = count.to_string().len();
    let name = |at: usize| folder.join(format!("page-{:0digits$}-of-{count}.png", at + 1));
    let paths: Vec<PathBuf> = (0..count).map(name).collect();
    // All are drawn, and no place is taken, before the first is written.
    let drawn = codes.iter().map(super::picture::draw).collect::<Result<Vec<_>, _>>()?;
    for path in &paths {
        refuse_existing(path)?;
    }
    for (path, bytes) in paths.iter().zip(&drawn) {
        write_new(path, bytes)?;
    }
    Ok(paths)
}

#[cfg(not(feature = "pictures"))]
fn pictures(_: &std::path::Path, _: &[Code]) -> Result<Vec<PathBuf>, CliError> {
    Err(super::read::not_built())
}

impl From<PagesError> for CliError {
    fn from(error: PagesError) -> Self {
        let hint = match &error {
            PagesError::Missing { .. } => "take pictures of these, and read all of them again",
            PagesError::Damaged { .. } | PagesError::Digest { .. } => "show the page again, and take another picture",
            PagesError::Another { .. } => "read the pictures of one file at a time",
            PagesError::TooLong { .. } => "carry it as a file, or show it with --size large",
            PagesError::NotAPage | PagesError::None => "take pictures of what `tuffet carry show` shows",
        };
        Self::new("pages", error.to_string()).hint(hint)
    }
}

const SCHEMA: &str = "tuffet-carry-show-v1";
/// More than fits on the most pages there may be.
const LIMIT: u64 = 4 << 20;
