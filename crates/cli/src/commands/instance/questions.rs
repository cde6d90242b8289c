//! What was not given, asked for at the terminal. Where there is none, the option that is missing is named.

use super::Wishes;
use crate::{CliError, Context, TerminalError};

/// Whether anything is missing decides whether anything is asked: who gave all that is needed is not asked for the rest.
pub(super) fn complete(mut wishes: Wishes, context: &mut Context<'_>) -> Result<Wishes, CliError> {
    let missing = [
        ("--keyholder @NAME, one to three", wishes.keyholders.is_empty()),
        ("--operator NAME", wishes.operator.is_none()),
        ("--log kind=…,key=…,url=…,start=…", wishes.entries.logs.is_empty()),
        ("--ca chain=…,uri=…,start=…", wishes.entries.cas.is_empty()),
    ];
    let Some((option, _)) = missing.iter().find(|(_, missing)| *missing) else { return Ok(wishes) };
    let mut ask = Ask { context, option };
    if wishes.keyholders.is_empty() {
        let names = ask.required("--keyholder", "names of the keyholders, one to three, such as @alice @bob @carol")?;
        wishes.keyholders = names.split_whitespace().map(str::to_owned).collect();
    }
    if wishes.operator.is_none() {
        wishes.operator = Some(ask.required("--operator", "who operates log and CA, such as example.org")?);
    }
    if wishes.entries.logs.is_empty() {
        let kind = ask.required("--log", "kind of the log, rekor-v1 or rekor-v2")?;
        let entry = ask.entry("--log", "the log", "key", "url")?;
        wishes.entries.logs.push(format!("kind={kind},{entry}"));
    }
    if wishes.entries.cas.is_empty() {
        wishes.entries.cas.push(ask.entry("--ca", "the CA", "chain", "uri")?);
    }
    if wishes.entries.cts.is_empty() && ask.wanted("a certificate transparency log")? {
        wishes.entries.cts.push(ask.entry("--ct", "the CT log", "key", "url")?);
    }
    if wishes.entries.tsas.is_empty() && ask.wanted("a timestamp authority, which a log of kind rekor-v2 needs")? {
        wishes.entries.tsas.push(ask.entry("--tsa", "the timestamp authority", "chain", "uri")?);
    }
    if wishes.oidc.is_none() {
        let url = ask.line("address of the identity provider, or nothing")?;
        wishes.oidc = Some(url).filter(|url| !url.is_empty());
    }
    Ok(wishes)
}

struct Ask<'c, 'a, 'o> {
    context: &'c mut Context<'a>,
    /// What a person without a terminal has to give first.
    option: &'o str,
}

impl Ask<'_, '_, '_> {
    fn line(&mut self, what: &str) -> Result<String, CliError> {
        match self.context.terminal.line(&format!("{what} (Ctrl-C to stop): ")) {
            Ok(line) => Ok(line),
            Err(TerminalError::None(_)) => {
                let message = format!("--instance: expected {}, found none, and no terminal to ask at", self.option);
                Err(CliError::usage(message).hint("give every part as an option: `tuffet init --help`"))
            }
            Err(interrupted) => Err(interrupted.into()),
        }
    }

    fn required(&mut self, option: &str, what: &str) -> Result<String, CliError> {
        let line = self.line(what)?;
        if line.is_empty() {
            return Err(CliError::usage(format!("{option}: expected {what}, found nothing")));
        }
        Ok(line)
    }

    fn wanted(&mut self, what: &str) -> Result<bool, CliError> {
        let line = self.line(&format!("is there {what}? `yes` or nothing"))?;
        match line.as_str() {
            "yes" => Ok(true),
            "" => Ok(false),
            other => Err(CliError::usage(format!("expected `yes` or nothing, found `{}`", other.escape_debug()))),
        }
    }

    /// A list as the option has it.
    fn entry(&mut self, option: &str, what: &str, file: &str, address: &str) -> Result<String, CliError> {
        let path = self.required(option, &format!("PEM file of {what}"))?;
        let url = self.required(option, &format!("address of {what}"))?;
        let start = self.required(option, &format!("since when {what} is in use, YYYY-MM-DDTHH:MM:SSZ"))?;
        Ok(format!("{file}={path},{address}={url},start={start}"))
    }
}
