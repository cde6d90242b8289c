//! Every YubiKey and its keys, without a PIN.

use super::device::{Device, Readers};
use super::look;
use crate::{Found, KeyUri, PivUri, Slot, Token, TokenError};

pub(crate) fn list() -> Result<Vec<Token>, TokenError> {
    let at = "YubiKeys";
    let Readers { mut devices, busy } = Device::all().map_err(|problem| problem.at(at))?;
    devices.sort_by(|a, b| (a.serial, &a.reader).cmp(&(b.serial, &b.reader)));
    let mut tokens = Vec::new();
    for device in devices {
        let mut name = format!("{}, firmware {}", device.name(), device.firmware);
        let mut keys = Vec::new();
        for slot in slots() {
            match look::at(&device, slot) {
                Ok(None) => {}
                Ok(Some(look)) => keys.push(Found {
                    uri: KeyUri::Piv(PivUri { slot, serial: device.serial }),
                    holder: look.holder(&device, slot),
                    label: None,
                    public: look.usable().map_err(|problem| problem.to_string()),
                }),
                // The other YubiKeys are worth their lines all the same.
                Err(problem) => {
                    name += &format!(" ({problem})");
                    break;
                }
            }
        }
        tokens.push(Token { name, keys });
        device.leave();
    }
    tokens.extend(busy.into_iter().map(|reader| Token {
        name: format!("a card in {reader} that another program has taken for itself"),
        keys: Vec::new(),
    }));
    Ok(tokens)
}

/// Every slot that holds a key to sign with, the four of the standard first.
pub(crate) fn slots() -> impl Iterator<Item = Slot> {
    (0x9a..=0x9e).chain(0x82..=0x95).filter_map(Slot::new)
}
