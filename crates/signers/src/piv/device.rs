//! One YubiKey among the readers.

use super::failure::{Failure, from_pcsc};
use crate::printable::printable;
use crate::{PivUri, Slot, TokenError, TokenProblem};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use tuffet_attestation::Firmware;
use yubikey::piv::SlotId;
use yubikey::{Context, YubiKey};

/// A YubiKey whose PIV applet answers.
pub(crate) struct Device {
    /// As printed on it; some are set to hide it.
    pub(crate) serial: Option<u32>,
    pub(crate) firmware: Firmware,
    /// pcscd's name for its reader.
    pub(crate) reader: String,
    card: Mutex<YubiKey>,
}

impl Device {
    /// The one that `uri` means.
    pub(crate) fn find(uri: &PivUri) -> Result<Self, TokenError> {
        let at = |problem: TokenProblem| problem.at(&uri.to_string());
        let Readers { devices, busy } = Self::all().map_err(at)?;
        let wanted = |device: &Self| uri.serial.is_none() || uri.serial == device.serial;
        let (mut meant, others): (Vec<_>, Vec<_>) = devices.into_iter().partition(wanted);
        let mut found: Vec<String> = others.iter().map(Self::name).collect();
        others.into_iter().for_each(Self::leave);
        match (meant.pop(), meant.is_empty()) {
            (Some(device), true) => Ok(device),
            (Some(last), false) => {
                meant.push(last);
                let one_serial = uri.serial.is_some();
                let named = meant.iter().map(|device| match one_serial {
                    true => format!("{} in {}", device.name(), reader_name(&device.reader)),
                    false => device.name(),
                });
                let found = named.collect();
                meant.into_iter().for_each(Self::leave);
                let hint = if one_serial { "unplug all but one" } else { "say which: piv:SLOT?serial=NUMBER" };
                Err(at(TokenProblem::Ambiguous { found, hint }))
            }
            // It may be the one that is meant, but nobody can tell.
            (None, _) if !busy.is_empty() => {
                let reason = format!("another program has taken the card in {} for itself", busy.join(", "));
                Err(at(TokenProblem::Refused { reason }))
            }
            (None, _) => {
                found.sort();
                Err(at(TokenProblem::Absent { found }))
            }
        }
    }

    /// Every YubiKey there is. Cards of other kinds are passed over without a word.
    pub(crate) fn all() -> Result<Readers, TokenProblem> {
        let mut readers = Readers::default();
        let mut context = match guarded(Context::open) {
            Err(Failure::Card(yubikey::Error::PcscError { inner: Some(pcsc::Error::NoReadersAvailable) })) => {
                return Ok(readers);
            }
            other => other.map_err(Failure::into_problem)?,
        };
        for reader in guarded(|| context.iter()).map_err(Failure::into_problem)? {
            match guarded(|| reader.open()) {
                Ok(yubikey) => readers.devices.push(Self::new(yubikey)),
                Err(Failure::Card(yubikey::Error::PcscError { inner: Some(pcsc::Error::SharingViolation) })) => {
                    readers.busy.push(reader_name(&reader.name()));
                }
                Err(Failure::Card(yubikey::Error::PcscError { inner: Some(pcsc::Error::SecurityViolation) })) => {
                    return Err(from_pcsc(pcsc::Error::SecurityViolation));
                }
                Err(_) => {}
            }
        }
        Ok(readers)
    }

    fn new(yubikey: YubiKey) -> Self {
        let version = yubikey.version();
        Self {
            serial: Some(yubikey.serial().0).filter(|serial| *serial != 0),
            firmware: Firmware(version.major, version.minor, version.patch),
            reader: yubikey.name().to_owned(),
            card: Mutex::new(yubikey),
        }
    }

    /// As its owner would name it.
    pub(crate) fn name(&self) -> String {
        match self.serial {
            Some(serial) => format!("YubiKey serial {serial}"),
            None => "YubiKey without a serial number".to_owned(),
        }
    }

    /// Sends commands.
    pub(crate) fn call<T>(&self, command: impl FnOnce(&mut YubiKey) -> yubikey::Result<T>) -> Result<T, Failure> {
        let mut card = self.card.lock().unwrap_or_else(PoisonError::into_inner);
        guarded(|| command(&mut card))
    }

    /// True of a card that no longer answers a question any YubiKey answers.
    pub(crate) fn is_gone(&self) -> bool {
        self.call(YubiKey::get_pin_retries).is_err()
    }

    /// Ends without the reset that drops a PIN the card was told: for cards we only looked at, where the PIN would be
    /// another program's.
    pub(crate) fn leave(self) {
        let card = self.card.into_inner().unwrap_or_else(PoisonError::into_inner);
        drop(card.disconnect(pcsc::Disposition::LeaveCard));
    }
}

/// What is in the readers.
#[derive(Default)]
pub(crate) struct Readers {
    pub(crate) devices: Vec<Device>,
    /// Readers whose card another program holds.
    pub(crate) busy: Vec<String>,
}

/// pcscd's name for a reader, which the reader's maker chose.
fn reader_name(name: &str) -> String {
    printable(name, 100)
}

/// The driver's name for a slot.
pub(crate) fn slot_id(slot: Slot) -> Result<SlotId, TokenProblem> {
    SlotId::try_from(slot.number()).map_err(|error| Failure::Card(error).into_problem())
}

/// The driver indexes into answers before it has looked at their length. A lying card may fail our command, not our
/// program.
fn guarded<T>(command: impl FnOnce() -> yubikey::Result<T>) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(command)) {
        Ok(result) => result.map_err(Failure::Card),
        Err(_) => Err(Failure::Broken),
    }
}
