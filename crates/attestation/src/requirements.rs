//! What a plan wants of a device, beyond that its statement is true (AT7 to AT14).

use crate::{Attested, Capabilities, Device, Firmware, PinPolicy, Place, Rule, TouchPolicy};

/// What a plan wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    /// Every key that comes in must have evidence (AT1).
    pub required: bool,
    /// The PIV slots a key may lie in; empty: any.
    pub slots: Vec<u8>,
    /// The least a YubiKey must want its PIN.
    pub pin: PinPolicy,
    /// The least a YubiKey must want to be touched.
    pub touch: TouchPolicy,
    /// The oldest firmware of a YubiKey.
    pub yubikey: Firmware,
    /// The oldest firmware of a YubiHSM 2.
    pub yubihsm: Firmware,
    /// Whether a key on a YubiHSM 2 may be backed up under a wrap key (K13).
    pub exportable: bool,
}

/// Where an attested key falls short of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text} ({rule})")]
pub struct Shortfall {
    /// The rule.
    pub rule: Rule,
    /// What was expected, and found.
    pub text: String,
}

impl Default for Requirements {
    /// Evidence is not required. What has it is held to: slot 9c, the PIN at least once a session, a touch for every
    /// signature, no export. The firmware floor is what the known weaknesses leave (AT12).
    fn default() -> Self {
        Self {
            required: false,
            slots: vec![0x9c],
            pin: PinPolicy::Once,
            touch: TouchPolicy::Always,
            yubikey: Firmware(0, 0, 0),
            yubihsm: Firmware(0, 0, 0),
            exportable: false,
        }
    }
}

impl Requirements {
    /// Every rule this key falls short of.
    #[must_use]
    pub fn judge(&self, attested: &Attested) -> Vec<Shortfall> {
        let statement = attested.statement();
        let mut found = Vec::new();
        let mut fall = |rule, text: String| found.push(Shortfall { rule, text });
        if let Place::Slot(slot) = statement.place
            && !self.slots.is_empty()
            && !self.slots.contains(&slot)
        {
            let slots: Vec<String> = self.slots.iter().map(|slot| format!("{slot:02x}")).collect();
            fall(Rule::Slot, format!("expected a key in slot {}, found one in slot {slot:02x}", slots.join(" or ")));
        }
        if let Some(pin) = statement.pin.filter(|pin| often(*pin) < often(self.pin)) {
            fall(Rule::Pin, format!("expected a key that wants the PIN {}, found {pin}", self.pin));
        }
        if let Some(touch) = statement.touch.filter(|touch| sure(*touch) < sure(self.touch)) {
            fall(Rule::Touch, format!("expected a key that wants to be touched {}, found {touch}", self.touch));
        }
        let floor = match statement.device {
            Device::YubiKeyPiv => self.yubikey,
            Device::YubiHsm2 => self.yubihsm,
        };
        if statement.firmware < floor {
            fall(Rule::Floor, format!("expected firmware {floor} or later, found {}", statement.firmware));
        }
        if let Some(weakness) = weakness(attested) {
            fall(Rule::Weakness, weakness);
        }
        if attested.is_weak_modulus() {
            fall(Rule::Modulus, "expected a sound RSA modulus, found the mark of ROCA (YSA-2017-01)".to_owned());
        }
        if let Some(capabilities) = statement.capabilities {
            let export = if self.exportable { Capabilities::EXPORTABLE.0 } else { 0 };
            let beyond = capabilities.beyond(Capabilities(Capabilities::SIGN.0 | export));
            if !beyond.is_empty() {
                let names: Vec<String> = beyond.iter().map(|bit| capability(*bit)).collect();
                fall(
                    Rule::Capabilities,
                    format!("expected a key that signs and nothing else, found {}", names.join(", ")),
                );
            }
        }
        found
    }
}

/// Keys that lie on one device (AT10, K5): whoever holds it holds both seats. `keys` are a name each and what its device
/// said.
#[must_use]
pub fn shared_devices<'a>(keys: impl IntoIterator<Item = (&'a str, &'a Attested)>) -> Vec<(String, Shortfall)> {
    let mut seen: Vec<(&str, &Attested)> = Vec::new();
    let mut found = Vec::new();
    for (name, attested) in keys {
        let same = |(_, other): &&(&str, &Attested)| attested.key() != other.key() && attested.is_on_device_of(other);
        if let Some((first, _)) = seen.iter().find(same) {
            let device = attested.statement().device;
            let text = format!("expected a device of their own, found the {device} of {first}");
            found.push((name.to_owned(), Shortfall { rule: Rule::Serial, text }));
        }
        seen.push((name, attested));
    }
    found
}

/// The published weaknesses of firmware for keys of this kind (K9).
fn weakness(attested: &Attested) -> Option<String> {
    let (device, firmware) = (attested.statement().device, attested.statement().firmware);
    let text = |advisory, what, since| {
        Some(format!("expected firmware without {advisory} ({what}; {since}), found {device} {firmware}"))
    };
    match device {
        Device::YubiKeyPiv if attested.is_ecdsa() && firmware < Firmware(5, 7, 0) => {
            text("YSA-2024-03", "ECDSA keys can be read out with the device in hand", "mended in 5.7.0")
        }
        Device::YubiHsm2 if attested.is_ecdsa() && firmware < Firmware(2, 4, 0) => {
            text("YSA-2024-03", "ECDSA keys can be read out with the device in hand", "mended in 2.4.0")
        }
        Device::YubiKeyPiv if attested.is_rsa() && (Firmware(4, 2, 6)..Firmware(4, 3, 5)).contains(&firmware) => {
            text("YSA-2017-01", "RSA keys made on it can be computed", "mended in 4.3.5")
        }
        _ => None,
    }
}

fn often(policy: PinPolicy) -> u8 {
    match policy {
        PinPolicy::Never => 0,
        PinPolicy::Once | PinPolicy::MatchOnce => 1,
        PinPolicy::Always | PinPolicy::MatchAlways => 2,
    }
}

fn sure(policy: TouchPolicy) -> u8 {
    match policy {
        TouchPolicy::Never => 0,
        TouchPolicy::Cached => 1,
        TouchPolicy::Always => 2,
    }
}

fn capability(bit: u32) -> String {
    match bit {
        16 => "exportable-under-wrap".to_owned(),
        34 => "sign-attestation-certificate".to_owned(),
        bit => format!("capability {bit}"),
    }
}
