//! The PIV applet: which command goes where, and what it keeps.

use super::attestation::Maker;
use super::keys::Slots;
use super::management::Management;
use super::pin::Pins;
use super::tlv::{read, tlv, value};
use std::collections::BTreeMap;

/// What kind of YubiKey it is.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) serial: u32,
    pub(crate) firmware: [u8; 3],
    /// Algorithms it refuses although its firmware has them, as a FIPS series does.
    pub(crate) refuses: Vec<u8>,
}

/// What goes wrong at the next signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accident {
    /// It is pulled out.
    Pulled,
    /// A bit of the signature flips.
    Fault,
    /// The answer is no answer.
    Garbage,
    /// Nobody touches it.
    Untouched,
    /// It takes two seconds.
    Slow,
}

/// A status word that is not 9000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status(pub(crate) u16);

pub(crate) type Answer = Result<Vec<u8>, Status>;

pub(crate) struct Command {
    pub(crate) instruction: u8,
    pub(crate) p1: u8,
    pub(crate) p2: u8,
    pub(crate) data: Vec<u8>,
}

/// A YubiKey's inside.
#[derive(Clone)]
pub(crate) struct Applet {
    pub(crate) model: Model,
    pub(crate) maker: Maker,
    pub(crate) pins: Pins,
    pub(crate) slots: Slots,
    pub(crate) management: Management,
    pub(crate) objects: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(crate) accident: Option<Accident>,
    /// The instruction that succeeds and says nothing.
    pub(crate) hollow: Option<u8>,
    /// How often it was touched.
    pub(crate) touches: u32,
    /// The instruction bytes received, in turn.
    pub(crate) received: Vec<u8>,
    selected: Selected,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Selected {
    Nothing,
    Piv,
    Otp,
}

impl Applet {
    /// A new YubiKey of this serial number and firmware, as it comes from the factory.
    pub(crate) fn new(serial: u32, firmware: [u8; 3]) -> Self {
        let model = Model { serial, firmware, refuses: Vec::new() };
        let maker = Maker::of(&model);
        let certificate = [tlv(0x70, maker.device_der()), tlv(0x71, &[0]), tlv(0xfe, &[])].concat();
        Self {
            maker,
            pins: Pins::factory(),
            slots: Slots::default(),
            management: Management::factory(firmware),
            objects: [(ATTESTATION.to_vec(), certificate)].into(),
            accident: None,
            hollow: None,
            touches: 0,
            received: Vec::new(),
            selected: Selected::Nothing,
            model,
        }
    }

    /// How often a command with this instruction byte came.
    pub(crate) fn count(&self, instruction: u8) -> usize {
        self.received.iter().filter(|i| **i == instruction).count()
    }

    /// Power on: nothing is selected, nobody is known.
    pub(crate) fn reset(&mut self) {
        self.selected = Selected::Nothing;
        self.pins.forget();
        self.management.forget();
    }

    pub(crate) fn command(&mut self, command: &Command) -> Answer {
        self.received.push(command.instruction);
        if self.hollow == Some(command.instruction) {
            return Ok(Vec::new());
        }
        match (self.selected, command.instruction) {
            (_, 0xa4) => self.select(command),
            (Selected::Otp, 0x01) if command.p1 == 0x10 => Ok(self.model.serial.to_be_bytes().to_vec()),
            (Selected::Piv, instruction) => match instruction {
                0x20 | 0x24 | 0x2c => self.pins.command(command),
                0x47 | 0xfe | 0xf9 => self.key_command(command),
                0xf7 => self.metadata(command),
                0x87 if command.p2 == 0x9b => self.management.authenticate(command),
                0x87 => self.sign(command),
                0xff => self.management.change(command),
                0xcb => self.object(command),
                0xdb => self.put_object(command),
                0xfd => Ok(self.model.firmware.to_vec()),
                0xf8 if self.model.firmware[0] >= 5 => Ok(self.model.serial.to_be_bytes().to_vec()),
                _ => Err(UNKNOWN_INSTRUCTION),
            },
            _ => Err(UNKNOWN_INSTRUCTION),
        }
    }

    /// True from this firmware on.
    pub(crate) fn at_least(&self, major: u8, minor: u8) -> bool {
        (self.model.firmware[0], self.model.firmware[1]) >= (major, minor)
    }

    fn select(&mut self, command: &Command) -> Answer {
        self.reset();
        let name = command.data.as_slice();
        if name.len() >= 5 && PIV.starts_with(&name[..name.len().min(PIV.len())]) {
            self.selected = Selected::Piv;
            let id = tlv(0x4f, &[0x00, 0x00, 0x10, 0x00, 0x01, 0x00]);
            return Ok(tlv(0x61, &[id, tlv(0x79, &tlv(0x4f, &PIV[..5]))].concat()));
        }
        if name.starts_with(&OTP) {
            self.selected = Selected::Otp;
            let [major, minor, patch] = self.model.firmware;
            return Ok(vec![major, minor, patch, 0, 0, 0]);
        }
        Err(NOT_FOUND)
    }

    fn object(&self, command: &Command) -> Answer {
        let all = read(&command.data).ok_or(WRONG_DATA)?;
        match value(&all, 0x5c).ok_or(WRONG_DATA)? {
            // The discovery object: this applet, and that the PIN is its own.
            [0x7e] => {
                let policy = [&[0x5f, 0x2f][..], &[2, 0x40, 0x00]].concat();
                Ok(tlv(0x7e, &[tlv(0x4f, &PIV), policy].concat()))
            }
            id => self.objects.get(id).map(|object| tlv(0x53, object)).ok_or(NOT_FOUND),
        }
    }

    fn put_object(&mut self, command: &Command) -> Answer {
        self.management.known()?;
        let all = read(&command.data).ok_or(WRONG_DATA)?;
        let id = value(&all, 0x5c).ok_or(WRONG_DATA)?;
        match value(&all, 0x53).ok_or(WRONG_DATA)? {
            [] => drop(self.objects.remove(id)),
            object => drop(self.objects.insert(id.to_vec(), object.to_vec())),
        }
        Ok(Vec::new())
    }
}

/// Where the certificate of the attestation key lies.
const ATTESTATION: [u8; 3] = [0x5f, 0xff, 0x01];
const PIV: [u8; 11] = [0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00];
const OTP: [u8; 7] = [0xa0, 0x00, 0x00, 0x05, 0x27, 0x20, 0x01];

pub(crate) const NOT_FOUND: Status = Status(0x6a82);
pub(crate) const NO_KEY: Status = Status(0x6a88);
pub(crate) const WRONG_DATA: Status = Status(0x6a80);
pub(crate) const NOT_ALLOWED: Status = Status(0x6982);
pub(crate) const BLOCKED: Status = Status(0x6983);
pub(crate) const UNKNOWN_INSTRUCTION: Status = Status(0x6d00);
