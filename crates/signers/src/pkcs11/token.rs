//! Which token is meant, and what it says of its PIN.

use super::failure::problem;
use super::module::{Module, load, meant};
use super::object::sorted;
use crate::uri::{ModuleName, Part};
use crate::{Pkcs11Uri, TokenProblem};
use cryptoki::error::{Error, RvError};
use cryptoki::slot::{Slot, TokenInfo};
use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::path::Path;

/// A token that is plugged in.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) module: Module,
    pub(super) slot: Slot,
    pub(super) about: About,
}

/// What module, slot and token say of themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About(Vec<(Part, String)>);

impl About {
    pub(super) fn part(&self, part: Part) -> &str {
        self.0.iter().find(|(found, _)| *found == part).map_or("", |(_, value)| value)
    }

    /// As its owner would name it.
    pub(super) fn name(&self) -> String {
        let [label, model, serial] = [Part::Token, Part::Model, Part::Serial].map(|part| printable(self.part(part)));
        format!("token \"{label}\" of {model} serial {serial}")
    }

    fn is_meant(&self, matching: &[(Part, String)]) -> bool {
        matching.iter().all(|(part, wanted)| self.part(*part) == wanted)
    }

    /// The same token, in whatever slot it is plugged in.
    fn is_same(&self, other: &Self) -> bool {
        [Part::Token, Part::Manufacturer, Part::Model, Part::Serial].iter().all(|p| self.part(*p) == other.part(*p))
    }
}

impl Token {
    /// The one token that `uri` means. Modules are asked in turn and the first that has it decides: two of the usual ones
    /// show the same YubiKey under different names.
    pub(super) fn find(uri: &Pkcs11Uri) -> Result<Self, TokenProblem> {
        let paths = meant(&uri.module)?;
        let (mut others, mut trouble) = (Vec::new(), None);
        for path in &paths {
            let present = load(path).and_then(|module| present(&module));
            let present = match present {
                Ok(present) => present,
                Err(problem) => {
                    trouble.get_or_insert(problem);
                    continue;
                }
            };
            let (meant, rest): (Vec<_>, Vec<_>) =
                present.into_iter().partition(|token| token.about.is_meant(&uri.matching));
            if meant.len() > 1 {
                return Err(TokenProblem::Ambiguous {
                    found: sorted(meant.iter().map(|t| t.about.name())),
                    hint: "say which: serial=NUMBER, or unplug the other",
                });
            }
            if let Some(token) = meant.into_iter().next() {
                return Ok(token);
            }
            others.extend(rest.iter().map(|token| token.about.name()));
        }
        match trouble {
            // A module that was named has to work; of the usual ones, one may.
            Some(trouble) if others.is_empty() || uri.module != ModuleName::Usual => Err(trouble),
            _ => Err(TokenProblem::Absent { found: sorted(others.into_iter()) }),
        }
    }

    /// The same token, plugged in again.
    pub(super) fn again(&self) -> Result<Self, TokenProblem> {
        let plugged_in = tokens(&self.module).map_err(problem)?;
        let mut same = plugged_in.into_iter().filter(|token| token.about.is_same(&self.about));
        match (same.next(), same.next()) {
            (Some(token), None) => Ok(token),
            (None, _) => Err(TokenProblem::Removed),
            // Not told apart by a serial number: the PIN of one must not go to the other.
            (Some(one), Some(other)) => Err(TokenProblem::Ambiguous {
                found: [one, other].iter().map(|token| token.about.name()).collect(),
                hint: "unplug the other, and run the command again",
            }),
        }
    }

    /// Asks the token anew: another program may have used up a try meanwhile.
    pub(super) fn pin(&self) -> Result<PinState, TokenProblem> {
        Ok(PinState::of(&self.module.context.get_token_info(self.slot).map_err(problem)?))
    }
}

/// What a token says of its PIN. PKCS#11 has no number of tries, only these words.
#[derive(Debug, Clone, Copy)]
pub(super) struct PinState {
    pub(super) needed: bool,
    pub(super) locked: bool,
    /// One more wrong PIN locks it.
    pub(super) last_try: bool,
    /// A wrong PIN was entered, and more than one try is left unless `last_try` says so.
    pub(super) low: bool,
    /// It is typed on the token.
    pub(super) pad: bool,
    /// Its length in bytes, at least and at most.
    pub(super) length: (usize, usize),
}

impl PinState {
    fn of(info: &TokenInfo) -> Self {
        Self {
            needed: info.login_required(),
            locked: info.user_pin_locked(),
            last_try: info.user_pin_final_try(),
            low: info.user_pin_count_low(),
            pad: info.protected_authentication_path(),
            length: (info.min_pin_length(), info.max_pin_length()),
        }
    }
}

/// The tokens of a module that are plugged in and set up; where there are none, why, as far as it can be known.
pub(super) fn present(module: &Module) -> Result<Vec<Token>, TokenProblem> {
    let found = tokens(module);
    // A reader that is seen, with a card in it or not, is seen through pcscd.
    let nothing = || module.context.get_all_slots().map_or(true, |readers| readers.is_empty());
    if found.as_ref().map_or(true, Vec::is_empty)
        && nothing()
        && let Some(problem) = pcscd(module)
    {
        return Err(problem);
    }
    found.map_err(problem)
}

fn tokens(module: &Module) -> Result<Vec<Token>, Error> {
    let mut tokens = Vec::new();
    for slot in module.context.get_slots_with_token()? {
        let info = match module.context.get_token_info(slot) {
            Ok(info) => info,
            // Pulled out since the slots were counted, or a card of another kind.
            Err(Error::Pkcs11(
                RvError::TokenNotPresent
                | RvError::TokenNotRecognized
                | RvError::DeviceRemoved
                | RvError::SlotIdInvalid,
                _,
            )) => continue,
            Err(error) => return Err(error),
        };
        if info.token_initialized() {
            tokens.push(Token { module: module.clone(), slot, about: about(module, slot, &info)? });
        }
    }
    Ok(tokens)
}

fn about(module: &Module, slot: Slot, token: &TokenInfo) -> Result<About, Error> {
    let library = module.context.get_library_info()?;
    let place = module.context.get_slot_info(slot)?;
    let version = library.library_version();
    Ok(About(vec![
        (Part::Token, token.label().to_owned()),
        (Part::Manufacturer, token.manufacturer_id().to_owned()),
        (Part::Model, token.model().to_owned()),
        (Part::Serial, token.serial_number().to_owned()),
        (Part::SlotDescription, place.slot_description().to_owned()),
        (Part::SlotManufacturer, place.manufacturer_id().to_owned()),
        (Part::SlotId, slot.id().to_string()),
        (Part::LibraryDescription, library.library_description().to_owned()),
        (Part::LibraryManufacturer, library.manufacturer_id().to_owned()),
        (Part::LibraryVersion, format!("{}.{}", version.major(), version.minor())),
    ]))
}

/// Why the two modules that go through pcscd see nothing, where it is pcscd: both say "no reader" or "device error" when
/// it is not running, and a keyholder looks for a broken YubiKey.
fn pcscd(module: &Module) -> Option<TokenProblem> {
    let file = module.path.file_name()?.to_string_lossy().into_owned();
    if !["ykcs11", "opensc"].iter().any(|name| file.contains(name)) {
        return None;
    }
    pcscd_at(Path::new("/run/pcscd/pcscd.comm"))
}

pub(crate) fn pcscd_at(socket: &Path) -> Option<TokenProblem> {
    let error = UnixStream::connect(socket).err()?;
    let reason = format!("{}: {error}", socket.display());
    Some(match error.kind() {
        ErrorKind::PermissionDenied => TokenProblem::Permission { reason },
        _ => TokenProblem::Service { service: "pcscd".to_owned(), reason },
    })
}

/// Text from a device: shown without what could move the cursor.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
