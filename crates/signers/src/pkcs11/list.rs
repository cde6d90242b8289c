//! What is plugged in, without a PIN.

use super::failure::problem;
use super::module::{load, usual};
use super::patience::{PATIENCE, within};
use super::public::{Seen, seen};
use super::token::{Token, present, printable};
use crate::uri::{ModuleName, Part};
use crate::{Found, Holder, HolderKind, KeyUri, Pkcs11Uri, TokenError, TokenProblem};
use std::path::{Path, PathBuf};

/// The tokens of the module at `path`, and those of their keys that can be seen without a PIN.
pub(crate) fn list(path: &Path) -> Result<Vec<crate::Token>, TokenError> {
    let path = path.to_owned();
    let device = path.display().to_string();
    let all = within(PATIENCE, move || present(&load(&path)?)?.iter().map(described).collect());
    all.map_err(|problem| problem.at(&device))
}

fn described(token: &Token) -> Result<crate::Token, TokenProblem> {
    let session = token.module.context.open_ro_session(token.slot).map_err(problem)?;
    let keys = seen(&session, None)?.into_iter().map(|key| found(token, key)).collect();
    Ok(crate::Token { name: token.about.name(), keys })
}

fn found(token: &Token, key: Seen) -> Found {
    // An id, where there is one, and no label: that of the private key may be another than that of its public half.
    let (object, id) = if key.id.is_empty() { (Some(key.label.clone()), None) } else { (None, Some(key.id.clone())) };
    let asked = [Part::Token, Part::Serial].map(|part| (part, token.about.part(part).to_owned()));
    let uri = Pkcs11Uri {
        matching: asked.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        object: object.filter(|label| !label.is_empty()),
        id,
        module: ModuleName::Path(token.module.path.clone()),
        scheme: None,
    };
    let holder = holder(token, &key.name());
    let label = Some(printable(&key.label)).filter(|label| !label.is_empty());
    Found { uri: KeyUri::Pkcs11(uri), holder, label, public: key.public }
}

pub(super) fn holder(token: &Token, key: &str) -> Holder {
    let serial = Some(printable(token.about.part(Part::Serial))).filter(|serial| !serial.is_empty());
    let place = Some(format!("token \"{}\", {key}", printable(token.about.part(Part::Token))));
    Holder { serial, place, ..Holder::new(HolderKind::Pkcs11) }
}

/// The PKCS#11 modules of YubiKeys and smart cards that are installed where distributions put them: where a URI without
/// `module-path` looks, in this order.
#[must_use]
pub fn usual_modules() -> Vec<PathBuf> {
    usual()
}
