//! The management key, which a YubiKey wants before it makes a key: typed in hexadecimal, or nothing for the factory's.

use super::device::Device;
use super::failure::{Failure, from_pcsc};
use crate::{AskSecret, OpenError, Secret, TokenProblem};
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockDecrypt, BlockEncrypt, KeyInit};
use ring::rand::{SecureRandom, SystemRandom};
use std::ffi::CString;
use yubikey::MgmKey;
use yubikey::piv::{ManagementSlotId, SlotId, metadata};
use zeroize::Zeroizing;

/// Asks for it and proves it to the card; the card remembers until another applet is selected.
pub(crate) fn authenticate(device: &Device, name: &str, ask: &mut dyn AskSecret) -> Result<(), OpenError> {
    let what = format!("management key of {} (hexadecimal; empty: the factory's)", device.name());
    let typed = ask.ask(&format!("{what}: ")).map_err(|source| OpenError::NotGiven { what, source })?;
    Ok(prove(device, &typed).map_err(|problem| problem.at(name))?)
}

fn prove(device: &Device, typed: &Secret) -> Result<(), TokenProblem> {
    let refused = |reason: &str| TokenProblem::Refused { reason: reason.to_owned() };
    let key = if typed.is_empty() {
        Zeroizing::new(FACTORY.repeat(3))
    } else {
        read(typed.expose()).ok_or_else(|| refused(FORM))?
    };
    let slot = SlotId::Management(ManagementSlotId::Management);
    match device.call(|yubikey| metadata(yubikey, slot)) {
        // The driver knows 3DES only, which no YubiKey since firmware 5.7 is made with.
        Err(Failure::Card(yubikey::Error::AlgorithmError)) => prove_aes(device, &key),
        _ => {
            // Checked here, because the driver's own refusal writes the key to the log.
            let key: &[u8; 24] = key.as_slice().try_into().map_err(|_| refused(WRONG))?;
            let key = MgmKey::new(*key).map_err(|_| refused(WRONG))?;
            device.call(|yubikey| yubikey.authenticate(key)).map_err(|failure| match failure {
                Failure::Card(yubikey::Error::AuthenticationError) => refused(WRONG),
                other => other.into_problem(),
            })
        }
    }
}

/// Over a second connection to the card, in the driver's applet: what the card knows belongs to the applet, not to the
/// connection.
fn prove_aes(device: &Device, key: &[u8]) -> Result<(), TokenProblem> {
    let cipher = Cipher::new(key).ok_or_else(|| TokenProblem::Refused { reason: WRONG.to_owned() })?;
    let reader = CString::new(device.reader.as_str())
        .map_err(|_| TokenProblem::Garbage { reason: "a reader's name with a NUL".to_owned() })?;
    let context = pcsc::Context::establish(pcsc::Scope::User).map_err(from_pcsc)?;
    let mut card = context.connect(&reader, pcsc::ShareMode::Shared, pcsc::Protocols::T1).map_err(from_pcsc)?;
    let proved = exchange(&mut card, &cipher);
    drop(card.disconnect(pcsc::Disposition::LeaveCard));
    proved
}

fn exchange(card: &mut pcsc::Card, cipher: &Cipher) -> Result<(), TokenProblem> {
    let wrong = || TokenProblem::Refused { reason: WRONG.to_owned() };
    let transaction = card.transaction().map_err(from_pcsc)?;
    let send = |data: &[u8]| {
        let length = u8::try_from(data.len()).map_err(|_| wrong())?;
        let command = [&[0x00, 0x87, cipher.number(), 0x9b, length], data, &[0x00]].concat();
        let mut buffer = [0; pcsc::MAX_BUFFER_SIZE];
        let answer = transaction.transmit(&command, &mut buffer).map_err(from_pcsc)?;
        // 7c 12 tag 10, sixteen bytes, 90 00: every answer of this exchange is as long as that.
        match answer {
            [0x7c, 18, _, 16, block @ .., 0x90, 0x00] => <[u8; 16]>::try_from(block).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    };
    let witness = cipher.decrypt(send(&[0x7c, 2, 0x80, 0])?);
    let mut challenge = [0; 16];
    SystemRandom::new()
        .fill(&mut challenge)
        .map_err(|_| TokenProblem::Refused { reason: "the operating system gave no random bytes".to_owned() })?;
    let proof = send(&[&[0x7c, 36, 0x80, 16], &witness[..], &[0x81, 16], &challenge[..]].concat())?;
    // And the card proves itself: who answers for it could otherwise be handed the making of our key.
    if proof == cipher.encrypt(challenge) { Ok(()) } else { Err(wrong()) }
}

enum Cipher {
    Aes128(Box<aes::Aes128>),
    Aes192(Box<aes::Aes192>),
    Aes256(Box<aes::Aes256>),
}

impl Cipher {
    fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => aes::Aes128::new_from_slice(key).ok().map(|cipher| Self::Aes128(Box::new(cipher))),
            24 => aes::Aes192::new_from_slice(key).ok().map(|cipher| Self::Aes192(Box::new(cipher))),
            32 => aes::Aes256::new_from_slice(key).ok().map(|cipher| Self::Aes256(Box::new(cipher))),
            _ => None,
        }
    }

    /// Its number on the card.
    fn number(&self) -> u8 {
        match self {
            Self::Aes128(_) => 0x08,
            Self::Aes192(_) => 0x0a,
            Self::Aes256(_) => 0x0c,
        }
    }

    fn encrypt(&self, block: [u8; 16]) -> [u8; 16] {
        let mut block = GenericArray::from(block);
        match self {
            Self::Aes128(cipher) => cipher.encrypt_block(&mut block),
            Self::Aes192(cipher) => cipher.encrypt_block(&mut block),
            Self::Aes256(cipher) => cipher.encrypt_block(&mut block),
        }
        block.into()
    }

    fn decrypt(&self, block: [u8; 16]) -> [u8; 16] {
        let mut block = GenericArray::from(block);
        match self {
            Self::Aes128(cipher) => cipher.decrypt_block(&mut block),
            Self::Aes192(cipher) => cipher.decrypt_block(&mut block),
            Self::Aes256(cipher) => cipher.decrypt_block(&mut block),
        }
        block.into()
    }
}

/// 16, 24 or 32 bytes in hexadecimal.
pub(crate) fn read(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut key = Zeroizing::new(Vec::with_capacity(32));
    for pair in text.chunks(2) {
        match pair {
            [high, low] if key.len() < 32 => key.push(digit(*high)? * 16 + digit(*low)?),
            _ => return None,
        }
    }
    matches!(key.len(), 16 | 24 | 32).then_some(key)
}

const FACTORY: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
const WRONG: &str = "wrong management key: no key was made";
const FORM: &str = "a management key is 32, 48 or 64 hexadecimal digits: it was not sent";
