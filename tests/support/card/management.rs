//! The management key, which may make keys and write objects: 3DES until firmware 5.7, AES-192 since.

use super::applet::{Answer, Command, NOT_ALLOWED, Status, WRONG_DATA};
use super::keys::random;
use super::tlv::{read, tlv, value};
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockDecrypt, BlockEncrypt, KeyInit};

pub(crate) const TDES: u8 = 0x03;
pub(crate) const AES128: u8 = 0x08;
pub(crate) const AES192: u8 = 0x0a;
pub(crate) const AES256: u8 = 0x0c;

#[derive(Clone)]
pub(crate) struct Management {
    pub(crate) algorithm: u8,
    pub(crate) key: Vec<u8>,
    /// The card's own random block, for the answer it expects.
    witness: Vec<u8>,
    known: bool,
}

impl Management {
    pub(crate) fn factory(firmware: [u8; 3]) -> Self {
        let algorithm = if firmware >= [5, 7, 0] { AES192 } else { TDES };
        let key = [1, 2, 3, 4, 5, 6, 7, 8].repeat(3);
        Self { algorithm, key, witness: Vec::new(), known: false }
    }

    pub(crate) fn forget(&mut self) {
        self.known = false;
        self.witness.clear();
    }

    pub(crate) fn known(&self) -> Result<(), Status> {
        if self.known { Ok(()) } else { Err(NOT_ALLOWED) }
    }

    pub(crate) fn metadata(&self) -> Vec<u8> {
        let factory = self.key == [1, 2, 3, 4, 5, 6, 7, 8].repeat(3);
        [tlv(0x01, &[self.algorithm]), tlv(0x02, &[0, 1]), tlv(0x05, &[u8::from(factory)])].concat()
    }

    /// Mutual: the card sends a block that only the key can read, and is sent one to prove itself. Or the host alone
    /// proves itself over a block of the card's.
    pub(crate) fn authenticate(&mut self, command: &Command) -> Answer {
        if command.p1 != self.algorithm && !(command.p1 == 0 && self.algorithm == TDES) {
            return Err(Status(0x6a86));
        }
        let outer = read(&command.data).ok_or(WRONG_DATA)?;
        let inner = read(value(&outer, 0x7c).ok_or(WRONG_DATA)?).ok_or(WRONG_DATA)?;
        let block = if self.algorithm == TDES { 8 } else { 16 };
        let wrap = |tag, value: &[u8]| Ok(tlv(0x7c, &tlv(tag, value)));
        match (value(&inner, 0x80), value(&inner, 0x81), value(&inner, 0x82)) {
            (Some([]), _, _) => {
                self.witness = random(block);
                wrap(0x80, &self.cipher(&self.witness, true))
            }
            (None, Some([]), None) => {
                self.witness = random(block);
                wrap(0x81, &self.witness.clone())
            }
            (None, None, Some(response)) => {
                let witness = std::mem::take(&mut self.witness);
                self.known = !witness.is_empty() && response == self.cipher(&witness, true);
                self.known().map(|()| Vec::new())
            }
            (Some(decrypted), Some(challenge), _) if challenge.len() == block => {
                let witness = std::mem::take(&mut self.witness);
                self.known = !witness.is_empty() && decrypted == witness;
                self.known()?;
                wrap(0x82, &self.cipher(challenge, true))
            }
            _ => Err(WRONG_DATA),
        }
    }

    pub(crate) fn change(&mut self, command: &Command) -> Answer {
        self.known()?;
        let (algorithm, key) = match command.data.as_slice() {
            [algorithm, 0x9b, length, key @ ..] if usize::from(*length) == key.len() => (*algorithm, key),
            _ => return Err(WRONG_DATA),
        };
        match (algorithm, key.len()) {
            (TDES | AES192, 24) | (AES128, 16) | (AES256, 32) => {}
            _ => return Err(WRONG_DATA),
        }
        (self.algorithm, self.key) = (algorithm, key.to_vec());
        Ok(Vec::new())
    }

    fn cipher(&self, block: &[u8], encrypt: bool) -> Vec<u8> {
        fn run<C: KeyInit + BlockEncrypt + BlockDecrypt>(key: &[u8], block: &[u8], encrypt: bool) -> Vec<u8> {
            let cipher = C::new_from_slice(key).unwrap();
            let mut block = GenericArray::clone_from_slice(block);
            if encrypt {
                cipher.encrypt_block(&mut block);
            } else {
                cipher.decrypt_block(&mut block);
            }
            block.to_vec()
        }
        match self.algorithm {
            TDES => run::<des::TdesEde3>(&self.key, block, encrypt),
            AES128 => run::<aes::Aes128>(&self.key, block, encrypt),
            AES192 => run::<aes::Aes192>(&self.key, block, encrypt),
            _ => run::<aes::Aes256>(&self.key, block, encrypt),
        }
    }
}
