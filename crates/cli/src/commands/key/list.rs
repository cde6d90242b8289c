//! `tuffet key list`: what is plugged in, as its owner would name it.

use super::hsm::hsm;
use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tuffet_signers::{Found, Listing, Places, Token, TokenError};

/// Arguments of `key list`.
#[derive(Debug, Args)]
pub struct List {
    /// A PKCS#11 module to look through, beside the usual ones; may be given again
    #[arg(long = "module", value_name = "FILE")]
    pub modules: Vec<PathBuf>,
    /// A YubiHSM 2 to log in to: yubihsm:ID?connector=URL, whatever object it names
    #[arg(long, value_name = "URI")]
    pub yubihsm: Option<String>,
}

pub(super) fn run(command: &List, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let mut listing = looked(command);
    if let Some(uri) = &command.yubihsm {
        // The one token that shows nothing without a password.
        listing.tokens.push(tuffet_signers::list_yubihsm(&hsm(uri)?, &mut *context.terminal)?);
    }
    let mut text = String::new();
    for token in &listing.tokens {
        text += &format!("{}\n", token.name);
        for key in &token.keys {
            text += &format!("{}\n", line(key));
        }
    }
    for trouble in &listing.troubles {
        text += &wrap("not looked at: ", "  ", &trouble.to_string());
        text.push('\n');
    }
    if listing.tokens.is_empty() {
        text += "no token found: key files are named by their path, a YubiHSM 2 by its connector\n";
    }
    Ok(Outcome::new(text, "tuffet-key-list-v1", data(&listing)))
}

fn looked(command: &List) -> Listing {
    let mut listing = tuffet_signers::list(&Places { piv: cfg!(feature = "piv"), ..Places::default() });
    for module in usual_modules() {
        let found = tuffet_signers::list(&Places { modules: vec![module], ..Places::default() });
        // A YubiKey shows through every module that knows it: once is enough.
        listing
            .tokens
            .extend(found.tokens.into_iter().filter(|token| !is_there(token, &listing.tokens)).collect::<Vec<_>>());
        listing.troubles.extend(found.troubles);
    }
    let asked = Places { modules: command.modules.clone(), agent: agent(), ..Places::default() };
    let found = tuffet_signers::list(&asked);
    listing.tokens.extend(found.tokens);
    listing.troubles.extend(found.troubles);
    listing
}

/// Whether every key of the token is among those that were found.
fn is_there(token: &Token, found: &[Token]) -> bool {
    let known = |key: &Found| found.iter().flat_map(|token| &token.keys).any(|other| other.public == key.public);
    !token.keys.is_empty() && token.keys.iter().all(known)
}

#[cfg(all(unix, feature = "tokens"))]
fn agent() -> Option<PathBuf> {
    tuffet_signers::agent_socket()
}

#[cfg(not(all(unix, feature = "tokens")))]
fn agent() -> Option<PathBuf> {
    None
}

#[cfg(feature = "tokens")]
fn usual_modules() -> Vec<PathBuf> {
    tuffet_signers::usual_modules()
}

#[cfg(not(feature = "tokens"))]
fn usual_modules() -> Vec<PathBuf> {
    Vec::new()
}

fn line(key: &Found) -> String {
    let what = match &key.public {
        Ok(public) => format!("{} {}", public.scheme(), public.fingerprint().short()),
        Err(reason) => format!("not usable here: {reason}"),
    };
    let place = key.holder.place.as_ref().map_or(String::new(), |place| format!("{place}, "));
    let label = key.label.as_ref().map_or(String::new(), |label| format!("`{label}`, "));
    // The URI stands alone on its line, to be copied to a shell.
    format!("{}\n    '{}'", wrap("  ", "    ", &format!("{place}{label}{what}")), key.uri)
}

fn data(listing: &Listing) -> serde_json::Value {
    let key = |key: &Found| {
        json!({
            "uri": key.uri.to_string(),
            "serial": key.holder.serial,
            "place": key.holder.place,
            "label": key.label,
            "scheme": key.public.as_ref().ok().map(|public| public.scheme().name()),
            "fingerprint": key.public.as_ref().ok().map(|public| public.fingerprint().to_string()),
            "problem": key.public.as_ref().err(),
        })
    };
    let token = |token: &Token| json!({"name": token.name, "keys": token.keys.iter().map(key).collect::<Vec<_>>()});
    let trouble = |trouble: &TokenError| json!({"place": trouble.device, "problem": trouble.problem.to_string()});
    json!({
        "tokens": listing.tokens.iter().map(token).collect::<Vec<_>>(),
        "not_looked_at": listing.troubles.iter().map(trouble).collect::<Vec<_>>(),
    })
}
