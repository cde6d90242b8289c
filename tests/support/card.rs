//! An emulated YubiKey with its PIV applet, in a reader of a real pcscd: what the programs and modules of the field
//! accept as a YubiKey, with the accidents of real ones on demand.
//!
//! ```text
//!  the program under test ── libpcsclite ──► pcscd (one a test) ── vpcd driver ── TCP ──► Card (a thread here)
//!                             PCSCLITE_CSOCK_NAME                                         Applet: PIN, slots, objects
//! ```
//!
//! It is **not** a safe place for a key and no model of timing. [`at_a_desk`] plays a test at readers of its own.
#![allow(dead_code, unused_imports, reason = "each test takes the part of the card it needs")]

#[path = "card/applet.rs"]
mod applet;
#[path = "card/attestation.rs"]
mod attestation;
#[path = "card/keys.rs"]
mod keys;
#[path = "card/management.rs"]
mod management;
#[path = "card/pcscd.rs"]
mod pcscd;
#[path = "card/pin.rs"]
mod pin;
#[path = "card/tlv.rs"]
mod tlv;
#[path = "card/wire.rs"]
mod wire;

pub(crate) use applet::{Accident, Applet};
pub(crate) use attestation::Maker;
pub(crate) use keys::{ED25519, P256, P384};
pub(crate) use management::{AES128, AES192, TDES};
pub(crate) use pcscd::{Desk, Pcscd, at_a_desk, missing, without_pcscd};

use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A YubiKey in a reader. Dropped, it is pulled out.
pub(crate) struct Card {
    shared: Arc<Shared>,
    link: TcpStream,
    thread: Option<JoinHandle<()>>,
}

/// What the card's thread and the test both see.
pub(crate) struct Shared {
    applet: Mutex<Applet>,
    asked: Mutex<Asked>,
    changed: Condvar,
}

/// How often pcscd asked for the ATR: it does so each time it looks whether the card is still there, and once when it has
/// powered the card.
#[derive(Default)]
struct Asked {
    powered: u32,
    unpowered: u32,
    /// From now on the card is not there.
    leave: bool,
}

impl Card {
    /// Puts it into the reader behind `port`, and waits until pcscd knows that it is there.
    pub(crate) fn insert(applet: Applet, port: u16) -> Self {
        let shared = Arc::new(Shared { applet: Mutex::new(applet), asked: Mutex::default(), changed: Condvar::new() });
        loop {
            *shared.asked.lock().unwrap() = Asked::default();
            let link = TcpStream::connect(("127.0.0.1", port)).expect("pcscd's reader listens");
            let (wire, inside) = (link.try_clone().unwrap(), Arc::clone(&shared));
            let thread = Some(std::thread::spawn(move || wire::serve(wire, &inside)));
            let mut card = Self { shared: Arc::clone(&shared), link, thread };
            if card.becomes_known() {
                return card;
            }
            // pcscd has not noticed that the card before this one left, and takes this for the same: so it leaves too.
            card.leave();
        }
    }

    /// Its inside.
    pub(crate) fn applet(&self) -> MutexGuard<'_, Applet> {
        self.shared.applet()
    }

    /// Pulls it out, and hands its inside over: the same YubiKey for another reader.
    pub(crate) fn pull(mut self) -> Applet {
        self.leave();
        self.applet().clone()
    }

    /// Waits until pcscd has powered it and looked once more: then pcscd's clients know of it. False where pcscd looks
    /// and looks, and sees nothing new.
    fn becomes_known(&self) -> bool {
        let unknown = |asked: &mut Asked| asked.powered < 2 && asked.unpowered < 3;
        let asked = self.shared.asked.lock().unwrap();
        let (asked, late) = self.shared.changed.wait_timeout_while(asked, Duration::from_secs(20), unknown).unwrap();
        assert!(!late.timed_out(), "pcscd did not look at the card");
        asked.powered >= 2
    }

    /// Returns when pcscd has noticed.
    fn leave(&mut self) {
        self.shared.asked.lock().unwrap().leave = true;
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the card's thread");
        }
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        let _ = self.link.shutdown(Shutdown::Both);
    }
}

impl Shared {
    fn applet(&self) -> MutexGuard<'_, Applet> {
        self.applet.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
