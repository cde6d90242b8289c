//! vpcd's protocol, and what ISO 7816-4 puts between the reader and an applet: chained commands, long answers.

use super::Shared;
use super::applet::{Accident, Command, Status};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

/// The answer to reset of a YubiKey 5.
const ATR: [u8; 23] = [
    0x3b, 0xfd, 0x13, 0x00, 0x00, 0x81, 0x31, 0xfe, 0x15, 0x80, 0x73, 0xc0, 0x21, 0xc0, 0x57, 0x59, 0x75, 0x62, 0x69,
    0x4b, 0x65, 0x79, 0x40,
];

/// Answers the reader until one of the two hangs up. Messages are two bytes of length and so many bytes; one byte is an
/// order to the card itself.
pub(crate) fn serve(mut link: TcpStream, shared: &Shared) {
    let mut powered = false;
    let mut chain = Chain::default();
    while let Some(message) = receive(&mut link) {
        let answer = match message.as_slice() {
            [OFF] => {
                powered = false;
                continue;
            }
            [ON | RESET] => {
                powered = true;
                chain = Chain::default();
                shared.applet().reset();
                continue;
            }
            [ASK_ATR] => {
                let mut asked = shared.asked.lock().unwrap();
                *(if powered { &mut asked.powered } else { &mut asked.unpowered }) += 1;
                shared.changed.notify_all();
                if asked.leave {
                    // An empty answer is a card that is not there; a closed link alone the driver opens anew, unseen.
                    let _ = link.write_all(&[0, 0]);
                    let _ = link.shutdown(Shutdown::Both);
                    return;
                }
                ATR.to_vec()
            }
            apdu => match chain.answer(apdu, shared) {
                Some(answer) => answer,
                None => {
                    let _ = link.shutdown(Shutdown::Both);
                    return;
                }
            },
        };
        let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
        if link.write_all(&[&length[..], &answer].concat()).is_err() {
            return;
        }
    }
}

fn receive(link: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 2];
    link.read_exact(&mut length).ok()?;
    // The driver sends the length alone and waits for our ACK before it sends the rest: 40 ms, unless we hurry.
    socket2::SockRef::from(&*link).set_tcp_quickack(true).ok()?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    link.read_exact(&mut message).ok()?;
    Some(message)
}

/// The halves of a command and of an answer.
#[derive(Default)]
struct Chain {
    command: Vec<u8>,
    answer: Vec<u8>,
}

impl Chain {
    /// The answer to one APDU; `None` when the card was pulled out in the middle of it.
    fn answer(&mut self, apdu: &[u8], shared: &Shared) -> Option<Vec<u8>> {
        let Some((head, data, expected)) = parse(apdu) else { return Some(vec![0x67, 0x00]) };
        let [class, instruction, p1, p2] = head;
        if instruction == GET_RESPONSE {
            return Some(self.piece(expected));
        }
        self.answer.clear();
        self.command.extend_from_slice(data);
        if class & 0x10 != 0 {
            return Some(vec![0x90, 0x00]);
        }
        let data = std::mem::take(&mut self.command);
        let mut applet = shared.applet();
        if instruction == 0x87 && applet.accident.take_if(|accident| *accident == Accident::Pulled).is_some() {
            return None;
        }
        match applet.command(&Command { instruction, p1, p2, data }) {
            Ok(answer) => {
                self.answer = answer;
                Some(self.piece(expected))
            }
            Err(Status(status)) => Some(status.to_be_bytes().to_vec()),
        }
    }

    /// As much of the answer as is expected, and how much is left.
    fn piece(&mut self, expected: usize) -> Vec<u8> {
        let rest = self.answer.split_off(self.answer.len().min(expected));
        let mut piece = std::mem::replace(&mut self.answer, rest);
        match self.answer.len() {
            0 => piece.extend([0x90, 0x00]),
            left => piece.extend([0x61, u8::try_from(left).unwrap_or(0)]),
        }
        piece
    }
}

/// Class, instruction and parameters; data; how many bytes of answer are expected.
fn parse(apdu: &[u8]) -> Option<([u8; 4], &[u8], usize)> {
    let (head, body) = apdu.split_at_checked(4)?;
    let short = |le: u8| if le == 0 { 256 } else { usize::from(le) };
    let (data, expected): (&[u8], usize) = match body {
        [] => (&[], 256),
        [le] => (&[], short(*le)),
        [0, high, low] => (&[], usize::from(u16::from_be_bytes([*high, *low])).wrapping_sub(1) % 65536 + 1),
        [0, high, low, rest @ ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            (rest.get(..length)?, 65536)
        }
        [length, rest @ ..] => match rest.split_at_checked(usize::from(*length))? {
            (data, []) => (data, 256),
            (data, [le]) => (data, short(*le)),
            _ => return None,
        },
    };
    Some((head.try_into().ok()?, data, expected))
}

const OFF: u8 = 0;
const ON: u8 = 1;
const RESET: u8 = 2;
const ASK_ATR: u8 = 4;
const GET_RESPONSE: u8 = 0xc0;
