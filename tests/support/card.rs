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
    seen: Mutex<u32>,
    changed: Condvar,
}

impl Card {
    /// Puts it into the reader behind `port`, and waits until pcscd knows that it is there.
    pub(crate) fn insert(applet: Applet, port: u16) -> Self {
        let shared = Arc::new(Shared { applet: Mutex::new(applet), seen: Mutex::new(0), changed: Condvar::new() });
        let link = TcpStream::connect(("127.0.0.1", port)).expect("pcscd's reader listens");
        let (wire, inside) = (link.try_clone().unwrap(), Arc::clone(&shared));
        let thread = Some(std::thread::spawn(move || wire::serve(wire, &inside)));
        let card = Self { shared, link, thread };
        card.wait_until_known();
        card
    }

    /// Its inside.
    pub(crate) fn applet(&self) -> MutexGuard<'_, Applet> {
        self.shared.applet()
    }

    /// Pulls it out, and hands its inside over: the same YubiKey for another reader.
    pub(crate) fn pull(mut self) -> Applet {
        self.stop();
        self.applet().clone()
    }

    /// pcscd asks for the ATR when it has powered the card and once more each time it looks whether the card is still
    /// there: the second time its clients know of the card.
    fn wait_until_known(&self) {
        let seen = self.shared.seen.lock().unwrap();
        let (_seen, timeout) =
            self.shared.changed.wait_timeout_while(seen, Duration::from_secs(20), |seen| *seen < 2).unwrap();
        assert!(!timeout.timed_out(), "pcscd did not power the card");
    }

    fn stop(&mut self) {
        let _ = self.link.shutdown(Shutdown::Both);
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
