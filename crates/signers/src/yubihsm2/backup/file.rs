//! A backup as a file: the key encrypted by the device, and beside it whose key it should be.

use crate::file::write_exclusively;
use crate::printable::printable;
use crate::{CreateError, OpenError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::path::Path;
use tuffet_keys::PublicKey;

/// A key of a YubiHSM 2, encrypted under a wrap key that never was in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The device it comes from.
    pub serial: String,
    /// Its object id there, which it keeps.
    pub object: u16,
    /// The wrap key that opens it.
    pub wrap_key: u16,
    /// What its owner called it.
    pub label: String,
    /// The public half, as the first device gave it.
    pub public_key: PublicKey,
    /// What the device exported: a nonce, and the encrypted key.
    pub(super) wrapped: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    schema: String,
    serial: String,
    object: u16,
    wrap_key: u16,
    label: String,
    public_key: String,
    wrapped: String,
}

impl Backup {
    /// Reads a file that [`back_up`](super::back_up) wrote.
    ///
    /// # Errors
    /// [`OpenError::Read`], [`OpenError::NotABackup`].
    pub fn read(path: &Path) -> Result<Self, OpenError> {
        let text = crate::file::read(path)?;
        Self::parse(&text).map_err(|found| OpenError::NotABackup { path: path.into(), found })
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), CreateError> {
        let not_back = |reason: String| CreateError::ReadBack { path: path.into(), reason };
        write_exclusively(path, &self.to_text(), |written| match Self::parse(written) {
            Ok(back) if back == *self => Ok(()),
            Ok(_) => Err(not_back("another backup".to_owned())),
            Err(found) => Err(not_back(found)),
        })
    }

    pub(crate) fn to_text(&self) -> String {
        let text = Text {
            schema: SCHEMA.to_owned(),
            serial: self.serial.clone(),
            object: self.object,
            wrap_key: self.wrap_key,
            label: self.label.clone(),
            public_key: self.public_key.to_pem(),
            wrapped: STANDARD.encode(&self.wrapped),
        };
        // Numbers and texts: there is nothing that JSON could not hold.
        let mut text = serde_json::to_string_pretty(&text).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The backup in a text, or what is in it instead.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text: Text = serde_json::from_str(text).map_err(|e| printable(&e.to_string(), 300))?;
        if text.schema != SCHEMA {
            return Err(format!("schema `{}`", printable(&text.schema, 60)));
        }
        let public_key = PublicKey::from_pem(&text.public_key).map_err(|e| printable(&e.to_string(), 300))?;
        let wrapped = STANDARD.decode(&text.wrapped).map_err(|e| format!("base64 with {e}"))?;
        let Text { serial, object, wrap_key, label, .. } = text;
        Ok(Self { serial: printable(&serial, 20), object, wrap_key, label: printable(&label, 40), public_key, wrapped })
    }
}

const SCHEMA: &str = "tuffet-yubihsm-backup-v1";
