//! Keeps MockHsm from running out of sessions.
//!
//! A device forgets a session after 30 seconds; MockHsm never does, numbers them upwards and panics at the eighteenth.
//! The driver never closes a session, so every key opened costs one, and a rehearsal opens many. Closing one takes an
//! encrypted command. The simulator knows its own password, so it follows every session's keys and counters (SCP03:
//! GlobalPlatform GPC_SPE_014) and, before the numbers run out, closes them all as the device's clock would have.

use aes::cipher::{BlockEncrypt, KeyInit};
use aes::{Aes128, Block};
use cmac::{Cmac, Mac};
use std::collections::BTreeMap;
use yubihsm::authentication::Key;

/// The open sessions of the simulated device.
#[derive(Default)]
pub(crate) struct Sessions(BTreeMap<u8, Session>);

struct Session {
    encryption: [u8; 16],
    mac: [u8; 16],
    context: [u8; 16],
    chain: [u8; 16],
    counter: u32,
    authenticated: bool,
}

/// Sends one message to MockHsm; `None` when it refused or panicked.
pub(crate) type Send<'a> = dyn FnMut(&[u8]) -> Option<Vec<u8>> + 'a;

impl Sessions {
    /// Passes a command on and gives the device's answer.
    pub(crate) fn pass(&mut self, command: &[u8], send: &mut Send<'_>) -> Vec<u8> {
        match command {
            [CREATE_SESSION, 0, 10, key @ ..] if key.len() == 10 => {
                let [high, low, host @ ..] = key else { return error(INVALID_DATA) };
                if [*high, *low] != [0, 1] {
                    return error(OBJECT_NOT_FOUND); // where MockHsm would panic
                }
                if self.0.keys().next_back().is_some_and(|id| *id >= LAST_ID) {
                    self.close_all(send);
                }
                let Some(answer) = send(command) else { return error(GENERIC) };
                if let [_, _, _, id, card @ ..] = answer.as_slice()
                    && let Some(session) = Session::new(host, card)
                {
                    self.0.insert(*id, session);
                }
                answer
            }
            [AUTHENTICATE_SESSION | SESSION_MESSAGE, _, _, id, ..] => {
                let Some(session) = self.0.get_mut(id) else { return error(INVALID_SESSION) };
                // A client whose session was closed and whose number another has now: MockHsm would panic.
                if !session.follow(command) {
                    return error(INVALID_SESSION);
                }
                send(command).unwrap_or_else(|| {
                    self.0.remove(id);
                    error(GENERIC)
                })
            }
            _ => error(INVALID_DATA),
        }
    }

    fn close_all(&mut self, send: &mut Send<'_>) {
        for (id, mut session) in std::mem::take(&mut self.0) {
            if !session.authenticated {
                // Somebody mistyped a password and left: log in for them, to be able to close.
                let login = session.login(id);
                let _ = send(&login);
                let _ = session.follow(&login);
            }
            let close = session.close(id);
            let _ = send(&close);
        }
    }
}

impl Session {
    fn new(host: &[u8], card: &[u8]) -> Option<Self> {
        let mut context = [0; 16];
        context.get_mut(..8)?.copy_from_slice(host.get(..8)?);
        context.get_mut(8..)?.copy_from_slice(card.get(..8)?);
        let password = Key::default();
        let (encryption, mac) = password.as_secret_slice().split_at(16);
        let derive = |key: &[u8], constant| derive(key.try_into().ok()?, constant, 128, &context);
        Some(Self {
            encryption: derive(encryption, 4)?,
            mac: derive(mac, 6)?,
            context,
            chain: [0; 16],
            counter: 1,
            authenticated: false,
        })
    }

    /// Notes what a command does to the state that both ends keep; `false` for a command that is not of this session.
    fn follow(&mut self, command: &[u8]) -> bool {
        let Some((body, mac)) = command.len().checked_sub(8).map(|at| command.split_at(at)) else { return false };
        let chain = cmac(&self.mac, &[&self.chain, body]);
        let login = command.first() == Some(&AUTHENTICATE_SESSION);
        if !chain.starts_with(mac) || login == self.authenticated {
            return false;
        }
        self.chain = chain;
        if self.authenticated {
            self.counter = self.counter.wrapping_add(1);
        }
        self.authenticated = true;
        true
    }

    fn login(&self, id: u8) -> Vec<u8> {
        let cryptogram = derive(self.mac, 1, 64, &self.context).unwrap_or_default();
        self.message(AUTHENTICATE_SESSION, id, cryptogram.get(..8).unwrap_or_default())
    }

    fn close(&self, id: u8) -> Vec<u8> {
        let cipher = Aes128::new(&self.encryption.into());
        // The initial vector is the encrypted counter.
        let mut vector = Block::from(u128::from(self.counter).to_be_bytes());
        cipher.encrypt_block(&mut vector);
        // CLOSE SESSION without data, padded to the one block that CBC then has.
        let mut block = Block::from((0x4000_0080_u128 << 96).to_be_bytes());
        block.iter_mut().zip(vector).for_each(|(b, v)| *b ^= v);
        cipher.encrypt_block(&mut block);
        self.message(SESSION_MESSAGE, id, &block)
    }

    fn message(&self, command: u8, id: u8, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(1 + data.len() + 8).unwrap_or(u16::MAX).to_be_bytes();
        let body = [&[command], length.as_slice(), &[id], data].concat();
        let mac = cmac(&self.mac, &[&self.chain, &body]);
        [body.as_slice(), mac.get(..8).unwrap_or_default()].concat()
    }
}

/// SCP03's key derivation, for up to one block.
fn derive(key: [u8; 16], constant: u8, bits: u16, context: &[u8; 16]) -> Option<[u8; 16]> {
    let [high, low] = bits.to_be_bytes();
    Some(cmac(&key, &[&[0; 11], &[constant, 0, high, low, 1], context]))
}

fn cmac(key: &[u8; 16], parts: &[&[u8]]) -> [u8; 16] {
    let mut mac = <Cmac<Aes128> as Mac>::new(key.into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

fn error(code: u8) -> Vec<u8> {
    vec![0x7f, 0, 1, code]
}

const CREATE_SESSION: u8 = 3;
const AUTHENTICATE_SESSION: u8 = 4;
const SESSION_MESSAGE: u8 = 5;
/// MockHsm gives out 0 to 16.
const LAST_ID: u8 = 14;
const INVALID_DATA: u8 = 0x02;
const INVALID_SESSION: u8 = 0x03;
const OBJECT_NOT_FOUND: u8 = 0x0b;
const GENERIC: u8 = 0x10;
