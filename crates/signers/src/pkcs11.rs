//! Keys on a token behind a PKCS#11 module: a YubiKey through libykcs11 or OpenSC, a Nitrokey, a CloudHSM, SoftHSM.

mod failure;
mod generate;
mod line;
mod list;
mod login;
mod module;
mod object;
mod patience;
mod public;
mod sign;
mod token;

use crate::checked::{MadeBy, checked};
use crate::{AskSecret, CreateError, Holder, Key, NewKey, OpenError, Pkcs11Uri, TokenProblem};
use cryptoki::session::Session;
use failure::problem;
use line::{Known, Line};
use login::Proof;
use object::{PrivateKey, is_meant};
use patience::{PATIENCE, within};
use public::{Seen, seen};
use sign::Way;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use token::Token;
use tuffet_keys::{PublicKey, Sign, SignError};

pub(crate) use list::list;
pub use list::usual_modules;

#[cfg(test)]
pub(crate) use {
    failure::said,
    module::{folders, named_in},
    public::{of_certificate, of_point, of_rsa},
    sign::der,
    token::pcscd_at,
};

/// A private key on a token. It keeps a session and, wiped with it, the PIN: one PIN serves all signatures of a sitting, and
/// a token that was pulled out and plugged in again between two of them is taken up again without a question.
pub struct Pkcs11Key {
    known: Arc<Known>,
    line: Mutex<Arc<Mutex<Option<Line>>>>,
    limit: Duration,
    description: String,
    holder: Holder,
}

impl Pkcs11Key {
    /// Finds the token and the key, asking for the PIN unless another key of this process has logged in to the token.
    ///
    /// # Errors
    /// Any [`OpenError`]; nothing on the token was changed, but for its count of wrong PINs.
    pub fn open(uri: &Pkcs11Uri, ask: &mut dyn AskSecret) -> Result<Self, OpenError> {
        Self::open_within(uri, PATIENCE, ask)
    }

    /// As [`open`](Self::open), giving the module no longer than `limit` for each call, also later when it signs.
    ///
    /// # Errors
    /// Any [`OpenError`].
    pub fn open_within(uri: &Pkcs11Uri, limit: Duration, ask: &mut dyn AskSecret) -> Result<Self, OpenError> {
        let token = find_token(uri, limit)?;
        let opened = token.clone();
        let session = within(limit, move || opened.module.context.open_ro_session(opened.slot).map_err(problem));
        let session = Arc::new(Mutex::new(session.map_err(|problem| problem.at(&token.about.name()))?));
        let proof = login::log_in(&token, &session, limit, ask)?;
        Self::of_session(uri, token, session, proof, limit, ask)
    }

    /// Makes a new key inside the token, able to sign and to do nothing else, and unable to leave it. Its label is that of
    /// the URI, else that of `new`; its id that of the URI, else the first that is free. RSA keys have 3072 bits.
    ///
    /// # Errors
    /// Any [`CreateError`]; then the token holds no new key. A key that is there already is never overwritten.
    pub fn generate(uri: &Pkcs11Uri, new: &NewKey, ask: &mut dyn AskSecret) -> Result<Self, CreateError> {
        generate::generate(uri, new, ask)
    }

    /// The public half of the key, without a PIN where the token shows it without one.
    pub(crate) fn public_key_of(uri: &Pkcs11Uri, ask: &mut dyn AskSecret) -> Result<PublicKey, OpenError> {
        let token = find_token(uri, PATIENCE)?;
        let (name, rsa) = (token.about.name(), uri.scheme);
        let shown =
            within(PATIENCE, move || seen(&token.module.context.open_ro_session(token.slot).map_err(problem)?, rsa));
        let shown = shown.map_err(|problem| problem.at(&name))?;
        let meant: Vec<&Seen> = shown.iter().filter(|key| is_meant(uri, &key.label, &key.id)).collect();
        match meant.as_slice() {
            [Seen { public: Ok(public), .. }] => Ok(public.clone()),
            [] | [_] => Ok(Self::open(uri, ask)?.public_key().clone()),
            several => Err(TokenProblem::Ambiguous {
                found: several.iter().map(|key| key.name()).collect(),
                hint: object::WHICH,
            }
            .at(&name))?,
        }
    }

    fn of_session(
        uri: &Pkcs11Uri,
        token: Token,
        session: Arc<Mutex<Session>>,
        proof: Proof,
        limit: Duration,
        ask: &mut dyn AskSecret,
    ) -> Result<Self, OpenError> {
        let name = token.about.name();
        let at = |problem: TokenProblem| OpenError::Token(problem.at(&name));
        let (asked, here, looked_on) = (uri.clone(), token.clone(), Arc::clone(&session));
        let read = move || {
            let session = looked_on.lock().unwrap_or_else(PoisonError::into_inner);
            let key = PrivateKey::find(&session, &asked)?;
            let public = public::of(&session, &key, asked.scheme)?;
            let mechanisms = here.module.context.get_mechanism_list(here.slot).map_err(problem)?;
            let way = Way::choose(public.scheme(), &mechanisms, key.always_authenticate)?;
            Ok((key, public, way))
        };
        let (key, public, way) = within(limit, read).map_err(at)?;
        let proof = match proof {
            Proof::Given if key.always_authenticate => login::ask_again(&token, limit, ask)?,
            proof => proof,
        };
        let mut holder = list::holder(&token, &key.name());
        holder.claims.clone_from(&key.claims);
        let description = format!("{name}, {}", key.name());
        let session =
            Arc::into_inner(session).map(|session| session.into_inner().unwrap_or_else(PoisonError::into_inner));
        let line = session.map(|session| Line::new(token.clone(), session, key.handle));
        let (always, spoiled) = (key.always_authenticate, AtomicBool::new(false));
        let known = Known { uri: uri.clone(), token, public, proof, way, always, spoiled };
        let line = Mutex::new(Arc::new(Mutex::new(line)));
        Ok(Self { known: Arc::new(known), line, limit, description, holder })
    }
}

impl Sign for Pkcs11Key {
    fn public_key(&self) -> &PublicKey {
        &self.known.public
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let line = Arc::clone(&self.line.lock().unwrap_or_else(PoisonError::into_inner));
        let (known, sent) = (Arc::clone(&self.known), message.to_vec());
        let made = within(self.limit, move || line::sign(&known, &line, &sent));
        if matches!(made, Err(TokenProblem::Slow { .. })) {
            // The call still holds the old line, and may for ever; the next signature takes a new one.
            *self.line.lock().unwrap_or_else(PoisonError::into_inner) = Arc::default();
        }
        let signature = made.map_err(|problem| problem.at(&self.description))?;
        checked(&self.description, MadeBy::Device, &self.known.public, message, signature)
    }
}

impl Key for Pkcs11Key {
    fn holder(&self) -> Holder {
        self.holder.clone()
    }

    fn action(&self) -> Option<String> {
        let pad = matches!(self.known.proof, Proof::Pad) && self.known.always;
        pad.then(|| "type the PIN on the token's pad for every signature".to_owned())
    }
}

impl Drop for Pkcs11Key {
    fn drop(&mut self) {
        // To close a session is a call like any other: a token that does not answer must not keep the program.
        let line = std::mem::take(&mut *self.line.lock().unwrap_or_else(PoisonError::into_inner));
        let _ = within(self.limit, move || {
            drop(line);
            Ok(())
        });
    }
}

fn find_token(uri: &Pkcs11Uri, limit: Duration) -> Result<Token, OpenError> {
    let asked = uri.clone();
    Ok(within(limit, move || Token::find(&asked)).map_err(|problem| problem.at(&uri.to_string()))?)
}
