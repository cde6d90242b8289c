//! What a program is asked, and what counts as an answer: one JSON object each (docs/programs.md).

use super::run::Ended;
use crate::TokenProblem;
use crate::named::scheme_named;
use crate::printable::printable;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tuffet_keys::{KeyError, PublicKey, Scheme, sha256};

/// A question to a program.
#[derive(Serialize)]
pub(crate) struct Request<'a> {
    schema: &'static str,
    request: &'static str,
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
}

impl<'a> Request<'a> {
    pub(crate) fn public(key: &'a str) -> Self {
        Self { schema: SCHEMA, request: "public", key, scheme: None, payload_sha256: None, payload: None }
    }

    pub(crate) fn sign(key: &'a str, scheme: Scheme, payload: &[u8]) -> Self {
        Self {
            schema: SCHEMA,
            request: "sign",
            key,
            scheme: Some(scheme.name()),
            payload_sha256: Some(sha256(payload).to_string()),
            payload: Some(STANDARD.encode(payload)),
        }
    }

    /// One line.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Texts and nothing else: there is nothing that JSON could not hold.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// An answer, of whatever kind. One list of members for all kinds, so that a misspelt one is named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    schema: String,
    public_key: Option<String>,
    scheme: Option<String>,
    holder: Option<String>,
    signature: Option<String>,
    error: Option<String>,
}

impl Answer {
    /// The answer of a program that has ended. An error may end it with any status; anything else means nothing
    /// unless the program also says, by its status, that all went well.
    pub(crate) fn of(ended: &Ended) -> Result<Self, TokenProblem> {
        let parsed = Self::parse(&ended.output);
        if let Ok(Self { error: Some(error), .. }) = &parsed {
            return Err(TokenProblem::Refused { reason: printable(error, LONGEST_TEXT) });
        }
        ended.went_well()?;
        parsed
    }

    pub(crate) fn parse(output: &[u8]) -> Result<Self, TokenProblem> {
        if output.iter().all(u8::is_ascii_whitespace) {
            return Err(garbage("expected one JSON object, found nothing"));
        }
        let text = str::from_utf8(output).map_err(|_| garbage("expected UTF-8, found other bytes"))?;
        let answer: Self = serde_json::from_str(text).map_err(|e| garbage(&printable(&e.to_string(), LONGEST_TEXT)))?;
        if answer.schema == SCHEMA {
            Ok(answer)
        } else {
            Err(garbage(&format!("expected schema `{SCHEMA}`, found `{}`", printable(&answer.schema, 60))))
        }
    }

    /// The key and what the program says of what holds it.
    pub(crate) fn public_key(self) -> Result<(PublicKey, Option<String>), TokenProblem> {
        match self {
            Self { public_key: Some(pem), scheme: Some(scheme), holder, signature: None, .. } => {
                let key = read_key(&pem, &scheme).map_err(|e| garbage(&printable(&e.to_string(), LONGEST_TEXT)))?;
                let holder = holder.map(|text| printable(&text, LONGEST_TEXT)).filter(|text| !text.is_empty());
                Ok((key, holder))
            }
            _ => Err(garbage("expected the members `public_key` and `scheme`, and `holder` at will, found others")),
        }
    }

    pub(crate) fn signature(self) -> Result<Vec<u8>, TokenProblem> {
        match self {
            Self { signature: Some(text), public_key: None, scheme: None, holder: None, .. } => {
                STANDARD.decode(text).map_err(|e| garbage(&format!("signature: expected base64, found {e}")))
            }
            _ => Err(garbage("expected the member `signature` alone, found others")),
        }
    }
}

/// The key of a PEM block, under the scheme the program names: an RSA key could be for any of three.
fn read_key(pem: &str, scheme: &str) -> Result<PublicKey, KeyError> {
    let keytype = scheme_named(scheme).map_or("", Scheme::keytype);
    if scheme == Scheme::Ed25519.name() {
        // Metadata has these keys in hex, PEM is what everybody's tools write.
        let key = PublicKey::from_pem(pem)?;
        let found = key.scheme();
        return if found == Scheme::Ed25519 {
            Ok(key)
        } else {
            Err(KeyError::SchemeMismatch { want: Scheme::Ed25519, found })
        };
    }
    PublicKey::from_tuf(keytype, scheme, pem)
}

fn garbage(reason: &str) -> TokenProblem {
    TokenProblem::Garbage { reason: reason.to_owned() }
}

const SCHEMA: &str = "tuffet-signer-v1";

/// Characters of a program's own words that a message repeats.
const LONGEST_TEXT: usize = 300;
