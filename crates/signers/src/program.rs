//! Keys behind a program of the user's: whatever this crate has no driver for. `docs/programs.md` describes what the
//! program is asked and how it answers, with two examples that tests run.
//!
//! Nothing the program says is believed: the signature must verify under the key it gave, and that key must be the
//! one the plan lists, as for every other signer.

pub(crate) mod protocol;
mod run;

use crate::checked::{MadeBy, checked};
use crate::printable::printable;
use crate::{CreateError, Holder, HolderKind, Key, ProgramUri, TokenError, TokenProblem};
use protocol::{Answer, Request};
use run::run;
use std::path::PathBuf;
use std::time::Duration;
use tuffet_keys::{Class, PublicKey, Sign, SignError};

/// A key behind a program.
pub struct ProgramKey {
    path: PathBuf,
    key: String,
    public: PublicKey,
    claims: Vec<String>,
    description: String,
    patience: Duration,
}

impl ProgramKey {
    /// Asks the program for the public key.
    ///
    /// # Errors
    /// [`TokenError`]; the program was not asked to sign.
    pub fn open(uri: &ProgramUri) -> Result<Self, TokenError> {
        Self::open_within(uri, PATIENCE)
    }

    pub(crate) fn open_within(uri: &ProgramUri, patience: Duration) -> Result<Self, TokenError> {
        let at = |problem: TokenProblem| problem.at(&uri.to_string());
        let ended = run(&uri.path, &Request::public(&uri.key).to_bytes(), patience).map_err(at)?;
        let (public, holder) = Answer::of(&ended).and_then(Answer::public_key).map_err(at)?;
        if public.scheme().class() == Class::PostQuantum {
            let what = format!("{} keys", public.scheme());
            let reason = "what such a key signs is not the payload itself".to_owned();
            return Err(at(TokenProblem::Unsupported { what, reason }));
        }
        Ok(Self {
            path: uri.path.clone(),
            key: uri.key.clone(),
            public,
            claims: holder.into_iter().collect(),
            description: format!("program {}, key {}", uri.path.display(), printable(&uri.key, 200)),
            patience,
        })
    }

    /// Programs are asked for keys they have.
    pub(crate) fn not_made_here(uri: &ProgramUri) -> CreateError {
        CreateError::NotMadeHere {
            device: uri.to_string(),
            hint: "make it with the program's own tools, for example: gcloud kms keys create",
        }
    }
}

impl Sign for ProgramKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let at = |problem: TokenProblem| SignError::from(problem.at(&self.description));
        let request = Request::sign(&self.key, self.public.scheme(), message);
        let ended = run(&self.path, &request.to_bytes(), self.patience).map_err(at)?;
        let signature = Answer::of(&ended).and_then(Answer::signature).map_err(at)?;
        checked(&self.description, MadeBy::Device, &self.public, message, signature)
    }
}

impl Key for ProgramKey {
    fn holder(&self) -> Holder {
        // Where the program lies is the station's business, and not for a record (style.md rule 29).
        let program = self.path.file_name().unwrap_or_default().to_string_lossy();
        Holder {
            place: Some(format!("key {} of {}", printable(&self.key, 200), printable(&program, 200))),
            claims: self.claims.clone(),
            ..Holder::new(HolderKind::Program)
        }
    }
}

/// A cloud's command-line tool takes seconds to start, a person who looks for their token takes longer.
const PATIENCE: Duration = Duration::from_secs(120);
