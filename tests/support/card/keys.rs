//! The slots: making, importing and using keys, and what the applet says of them.

use super::applet::{Accident, Answer, Applet, Command, NO_KEY, NOT_ALLOWED, Status, UNKNOWN_INSTRUCTION, WRONG_DATA};
use super::tlv::{read, tlv, value};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

pub(crate) const P256: u8 = 0x11;
pub(crate) const P384: u8 = 0x14;
pub(crate) const ED25519: u8 = 0xe0;

pub(crate) type Slots = BTreeMap<u8, Slot>;

/// A key and how it may be used.
#[derive(Clone)]
pub(crate) struct Slot {
    pub(crate) secret: Private,
    pub(crate) imported: bool,
    /// 1 never, 2 once, 3 always.
    pub(crate) pin: u8,
    /// 1 never, 2 always, 3 cached.
    pub(crate) touch: u8,
}

#[derive(Clone)]
pub(crate) enum Private {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl Private {
    /// From the secret number's bytes; of the right length for its algorithm.
    pub(crate) fn new(algorithm: u8, bytes: &[u8]) -> Option<Self> {
        match algorithm {
            P256 => p256::ecdsa::SigningKey::from_slice(bytes).ok().map(Self::P256),
            P384 => p384::ecdsa::SigningKey::from_slice(bytes).ok().map(Self::P384),
            ED25519 => Some(Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(bytes.try_into().ok()?))),
            _ => None,
        }
    }

    pub(crate) fn algorithm(&self) -> u8 {
        match self {
            Self::P256(_) => P256,
            Self::P384(_) => P384,
            Self::Ed25519(_) => ED25519,
        }
    }

    /// The public key's bytes: a point, or what Ed25519 has.
    pub(crate) fn point(&self) -> Vec<u8> {
        match self {
            Self::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::P384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::Ed25519(key) => key.verifying_key().as_bytes().to_vec(),
        }
    }

    /// Over a digest as it comes, as short or long as the host made it; Ed25519 over the message.
    fn sign(&self, input: &[u8]) -> Result<Vec<u8>, Status> {
        Ok(match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign_prehash(input).map_err(|_| WRONG_DATA)?;
                signature.to_der().as_bytes().to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign_prehash(input).map_err(|_| WRONG_DATA)?;
                signature.to_der().as_bytes().to_vec()
            }
            Self::Ed25519(key) => ed25519_dalek::Signer::sign(key, input).to_bytes().to_vec(),
        })
    }
}

impl Applet {
    /// Makes a key in `slot` as the host would have it made, without a host.
    pub(crate) fn make(&mut self, slot: u8, algorithm: u8, pin: u8, touch: u8) -> &Slot {
        let length = if algorithm == P384 { 48 } else { 32 };
        let secret = std::iter::repeat_with(|| Private::new(algorithm, &random(length))).flatten().next().unwrap();
        self.slots.insert(slot, Slot { secret, imported: false, pin, touch });
        &self.slots[&slot]
    }

    /// Puts a key from elsewhere into `slot`.
    pub(crate) fn import(&mut self, slot: u8, algorithm: u8) {
        self.make(slot, algorithm, 2, 1);
        self.slots.get_mut(&slot).unwrap().imported = true;
    }

    /// Puts a certificate of the key in `slot` into the object `id`.
    pub(crate) fn certify(&mut self, slot: u8, id: &[u8]) {
        let der = self.maker.statement(&self.model, slot, &self.slots[&slot]);
        let object = [tlv(0x70, &der), tlv(0x71, &[0]), tlv(0xfe, &[])].concat();
        self.objects.insert(id.to_vec(), object);
    }

    pub(crate) fn key_command(&mut self, command: &Command) -> Answer {
        match command.instruction {
            0x47 => {
                self.management.known()?;
                let all = read(&command.data).ok_or(WRONG_DATA)?;
                let wanted = read(value(&all, 0xac).ok_or(WRONG_DATA)?).ok_or(WRONG_DATA)?;
                let algorithm = byte(&wanted, 0x80).ok_or(WRONG_DATA)?;
                let (pin, touch) = self.policies(command.p2, &wanted)?;
                self.can(algorithm)?;
                Ok(tlv(0x7f49, &tlv(0x86, &self.make(command.p2, algorithm, pin, touch).secret.point())))
            }
            0xfe => {
                self.management.known()?;
                let all = read(&command.data).ok_or(WRONG_DATA)?;
                self.can(command.p1)?;
                let number = value(&all, 0x06).or_else(|| value(&all, 0x07)).ok_or(WRONG_DATA)?;
                let secret = Private::new(command.p1, number).ok_or(WRONG_DATA)?;
                let (pin, touch) = self.policies(command.p2, &all)?;
                self.slots.insert(command.p2, Slot { secret, imported: true, pin, touch });
                Ok(Vec::new())
            }
            _ if !self.at_least(4, 3) => Err(UNKNOWN_INSTRUCTION),
            _ => {
                let slot = self.slots.get(&command.p1).ok_or(NO_KEY)?;
                if slot.imported {
                    return Err(WRONG_DATA);
                }
                Ok(self.maker.statement(&self.model, command.p1, slot))
            }
        }
    }

    pub(crate) fn metadata(&self, command: &Command) -> Answer {
        if !self.at_least(5, 3) {
            return Err(UNKNOWN_INSTRUCTION);
        }
        let counted = |pin: &super::pin::Counted, factory: &[u8]| {
            let is_factory = pin.secret.starts_with(factory);
            [tlv(1, &[0xff]), tlv(5, &[u8::from(is_factory)]), tlv(6, &[pin.total, pin.left])].concat()
        };
        match command.p2 {
            0x80 => Ok(counted(&self.pins.pin, b"123456")),
            0x81 => Ok(counted(&self.pins.puk, b"12345678")),
            0x9b => Ok(self.management.metadata()),
            slot => {
                let slot = self.slots.get(&slot).ok_or(NO_KEY)?;
                let origin = if slot.imported { 2 } else { 1 };
                let parts = [
                    tlv(1, &[slot.secret.algorithm()]),
                    tlv(2, &[slot.pin, slot.touch]),
                    tlv(3, &[origin]),
                    tlv(4, &tlv(0x86, &slot.secret.point())),
                ];
                Ok(parts.concat())
            }
        }
    }

    pub(crate) fn sign(&mut self, command: &Command) -> Answer {
        let slot = self.slots.get(&command.p2).ok_or(NO_KEY)?.clone();
        let outer = read(&command.data).ok_or(WRONG_DATA)?;
        let inner = read(value(&outer, 0x7c).ok_or(WRONG_DATA)?).ok_or(WRONG_DATA)?;
        let input = value(&inner, 0x81).ok_or(WRONG_DATA)?;
        if command.p1 != slot.secret.algorithm() {
            return Err(WRONG_DATA);
        }
        self.pins.allow(slot.pin)?;
        let accident = self.accident.take();
        if slot.touch != 1 {
            if accident == Some(Accident::Untouched) {
                return Err(NOT_ALLOWED);
            }
            self.touches += 1;
        }
        let mut signature = slot.secret.sign(input)?;
        match accident {
            Some(Accident::Fault) => *signature.last_mut().unwrap() ^= 1,
            Some(Accident::Garbage) => return Ok(vec![0xde, 0xad, 0xbe, 0xef]),
            Some(Accident::Slow) => {
                let never = Mutex::new(());
                let _late = Condvar::new().wait_timeout(never.lock().unwrap(), Duration::from_secs(2)).unwrap();
            }
            _ => {}
        }
        Ok(tlv(0x7c, &tlv(0x82, &signature)))
    }

    /// The policies asked for, or else the slot's own.
    fn policies(&self, slot: u8, wanted: &[(u8, &[u8])]) -> Result<(u8, u8), Status> {
        let usual = match slot {
            0x9c => 3,
            0x9e => 1,
            _ => 2,
        };
        match (byte(wanted, 0xaa).unwrap_or(usual), byte(wanted, 0xab).unwrap_or(1)) {
            (pin @ 1..=3, touch @ 1..=3) => Ok((pin, touch)),
            _ => Err(WRONG_DATA),
        }
    }

    /// Whether this firmware makes keys of this kind.
    fn can(&self, algorithm: u8) -> Result<(), Status> {
        let has = match algorithm {
            P256 | P384 => true,
            ED25519 => self.at_least(5, 7),
            _ => false,
        };
        if has && !self.model.refuses.contains(&algorithm) { Ok(()) } else { Err(WRONG_DATA) }
    }
}

fn byte(all: &[(u8, &[u8])], tag: u8) -> Option<u8> {
    match value(all, tag)? {
        [byte] => Some(*byte),
        _ => None,
    }
}

pub(crate) fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}
