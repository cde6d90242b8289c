//! The key somebody signs with, before and after they are asked; and the exact word with which they agree.

use crate::error::INTERRUPTED;
use crate::{CliError, Context};
use tuffet_keys::PublicKey;
use tuffet_signers::{Key, KeyUri};

/// A key that is known and not yet used.
pub(super) struct Token {
    pub(super) uri: KeyUri,
    pub(super) public: PublicKey,
    opened: Option<Box<dyn Key>>,
}

impl Token {
    /// Finds out which key it is. A key file says so without its passphrase; a device is opened once, before the review.
    pub(super) fn look(uri: &str, context: &mut Context<'_>) -> Result<Self, CliError> {
        let uri: KeyUri = uri.parse()?;
        if uri.is_key_file() {
            let public = tuffet_signers::public_key(&uri, &mut *context.terminal)?;
            return Ok(Self { uri, public, opened: None });
        }
        let key = tuffet_signers::open(&uri, &mut *context.terminal)?;
        Ok(Self { uri, public: key.public_key().clone(), opened: Some(key) })
    }

    /// The key, ready to sign.
    pub(super) fn open(self, context: &mut Context<'_>) -> Result<Box<dyn Key>, CliError> {
        match self.opened {
            Some(key) => Ok(key),
            None => Ok(tuffet_signers::open(&self.uri, &mut *context.terminal)?),
        }
    }
}

/// Asks for `word`; anything else stops, and `stopped` says what was not done.
pub(super) fn require_word(
    context: &mut Context<'_>,
    word: &str,
    so_that: &str,
    stopped: &str,
) -> Result<(), CliError> {
    if context.terminal.line(&format!("Type `{word}` {so_that}, anything else to stop: "))? == word {
        return Ok(());
    }
    Err(CliError { exit: INTERRUPTED, ..CliError::new("not-confirmed", stopped) })
}
