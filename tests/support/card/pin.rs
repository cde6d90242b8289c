//! PIN and PUK with their counters.

use super::applet::{Answer, BLOCKED, Command, NOT_ALLOWED, Status, WRONG_DATA};

#[derive(Clone)]
pub(crate) struct Pins {
    pub(crate) pin: Counted,
    pub(crate) puk: Counted,
    /// The PIN was right since the applet was selected.
    verified: bool,
    /// And no key was used since.
    fresh: bool,
    /// How often a PIN came, right or wrong.
    pub(crate) sent: usize,
}

/// A secret and its counter.
#[derive(Clone)]
pub(crate) struct Counted {
    pub(crate) secret: Vec<u8>,
    pub(crate) left: u8,
    pub(crate) total: u8,
}

impl Counted {
    fn new(secret: &[u8]) -> Self {
        Self { secret: padded(secret), left: 3, total: 3 }
    }

    pub(crate) fn set(&mut self, secret: &[u8]) {
        self.secret = padded(secret);
    }

    fn check(&mut self, found: &[u8]) -> Result<(), Status> {
        if self.left == 0 {
            return Err(BLOCKED);
        }
        if found == self.secret {
            self.left = self.total;
            return Ok(());
        }
        self.left -= 1;
        Err(self.state())
    }

    fn state(&self) -> Status {
        if self.left == 0 { BLOCKED } else { Status(0x63c0 + u16::from(self.left)) }
    }
}

impl Pins {
    pub(crate) fn factory() -> Self {
        Self { pin: Counted::new(b"123456"), puk: Counted::new(b"12345678"), verified: false, fresh: false, sent: 0 }
    }

    pub(crate) fn forget(&mut self) {
        (self.verified, self.fresh) = (false, false);
    }

    /// Whether a key with this PIN policy may be used now.
    pub(crate) fn allow(&mut self, policy: u8) -> Result<(), Status> {
        let fresh = std::mem::take(&mut self.fresh);
        let good = match policy {
            1 => true,
            2 => self.verified,
            _ => fresh,
        };
        if good { Ok(()) } else { Err(NOT_ALLOWED) }
    }

    pub(crate) fn command(&mut self, command: &Command) -> Answer {
        match (command.instruction, command.p1, command.p2) {
            (0x20, 0xff, 0x80) => self.forget(),
            (0x20, 0x00, 0x80) if command.data.is_empty() && self.verified => {}
            (0x20, 0x00, 0x80) if command.data.is_empty() => return Err(self.pin.state()),
            (0x20, 0x00, 0x80) => {
                self.sent += 1;
                self.forget();
                self.pin.check(&command.data)?;
                (self.verified, self.fresh) = (true, true);
            }
            (0x24, 0x00, 0x80) => {
                let (old, new) = pair(&command.data)?;
                self.pin.check(old)?;
                self.pin.secret = new.to_vec();
            }
            (0x24, 0x00, 0x81) => {
                let (old, new) = pair(&command.data)?;
                self.puk.check(old)?;
                self.puk.secret = new.to_vec();
            }
            (0x2c, 0x00, 0x80) => {
                let (puk, new) = pair(&command.data)?;
                self.puk.check(puk)?;
                self.pin = Counted { secret: new.to_vec(), left: self.pin.total, total: self.pin.total };
            }
            _ => return Err(Status(0x6a86)),
        }
        Ok(Vec::new())
    }
}

fn pair(data: &[u8]) -> Result<(&[u8], &[u8]), Status> {
    if data.len() == 16 { Ok(data.split_at(8)) } else { Err(WRONG_DATA) }
}

/// Eight bytes, filled with ff.
fn padded(secret: &[u8]) -> Vec<u8> {
    let mut padded = secret.to_vec();
    padded.resize(8, 0xff);
    padded
}
