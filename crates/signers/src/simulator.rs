//! A simulated YubiHSM 2 for rehearsals and tests: yubihsm's MockHsm behind yubihsm-connector's HTTP protocol, on a
//! loopback port.
//!
//! It is **not** a safe place for a key: the keys live in this process's memory, the password is known, and the
//! device's rules (capabilities, domains) are not enforced. It reports the serial number 0123456789, by which
//! [`YubiHsm`](crate::YubiHsm) calls it simulated, from whatever build. `yubihsm` refuses to compile it without debug
//! assertions, so no release holds it.
//!
//! ```
//! use tuffet_keys::Scheme;
//! use tuffet_signers::{AskError, NewKey, Secret, generate, simulator::Simulator};
//!
//! let device = Simulator::start()?;
//! let mut ask = |_: &str| Ok::<_, AskError>(Secret::new(Simulator::PASSWORD.to_owned()));
//! let key = generate(&device.uri(7)?, &NewKey::new(Scheme::EcdsaP256, "alice"), &mut ask)?;
//! assert_eq!(key.describe(), "simulated YubiHSM serial 0123456789, object 7");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod sessions;

use crate::{KeyUri, UriError};
use sessions::Sessions;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tiny_http::{Method, Request, Response, Server};
use yubihsm::{Connector, Uuid};

/// A running simulated device. It holds its keys until it is dropped, which takes them away at once.
pub struct Simulator {
    address: SocketAddr,
    server: Arc<Server>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    stopped: AtomicBool,
    unplugged: AtomicBool,
}

impl Simulator {
    /// The password of its one authentication key, number 1, as on a new YubiHSM 2.
    pub const PASSWORD: &str = "password";

    /// Starts a device without keys on a free port of 127.0.0.1.
    ///
    /// The server is ours rather than `yubihsm::connector::http::Server`, which cannot say which port it got, cannot be
    /// stopped, and passes on requests that make MockHsm panic and stay broken (`sessions.rs`).
    ///
    /// # Errors
    /// When no port of the loopback interface can be listened on.
    pub fn start() -> io::Result<Self> {
        let server = Arc::new(Server::http("127.0.0.1:0").map_err(io::Error::other)?);
        let address = server.server_addr().to_ip().ok_or_else(|| io::Error::other("no IP address"))?;
        let state = Arc::new(State::default());
        let (its_server, its_state) = (Arc::clone(&server), Arc::clone(&state));
        std::thread::Builder::new().name("simulated YubiHSM".into()).spawn(move || serve(&its_server, &its_state))?;
        Ok(Self { address, server, state })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URI of object `object` on this device.
    ///
    /// # Errors
    /// [`UriError::Id`] for 0 and 65535.
    pub fn uri(&self, object: u16) -> Result<KeyUri, UriError> {
        format!("yubihsm:{object}?connector=http://{}", self.address).parse()
    }

    /// Pulls the device out of its socket (`true`) or plugs it in again: the connector then answers without it.
    pub fn unplug(&self, unplugged: bool) {
        self.state.unplugged.store(unplugged, Ordering::SeqCst);
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        self.server.unblock();
    }
}

fn serve(server: &Server, state: &State) {
    let device = Connector::mockhsm();
    let mut sessions = Sessions::default();
    while !state.stopped.load(Ordering::SeqCst) {
        let Ok(mut request) = server.recv() else { continue };
        let answer = if state.unplugged.load(Ordering::SeqCst) {
            no_device()
        } else {
            answer(&mut request, &device, &mut sessions)
        };
        // A client that went away misses its answer; the next one gets theirs.
        let _ = request.respond(answer);
    }
    drop(device);
    // A key still open somewhere would wait 20 seconds for an answer: it gets one until all has been quiet for longer.
    let mut last = Instant::now();
    while last.elapsed() < QUIET {
        // An `Ok(None)` is the end of the wait, or the waking call of `drop` that nobody slept for.
        if let Ok(Some(request)) = server.recv_timeout(QUIET) {
            let _ = request.respond(no_device());
            last = Instant::now();
        }
    }
}

fn no_device() -> Response<io::Cursor<Vec<u8>>> {
    Response::from_data(Vec::new()).with_status_code(503)
}

fn answer(request: &mut Request, device: &Connector, sessions: &mut Sessions) -> Response<io::Cursor<Vec<u8>>> {
    match (request.method(), request.url()) {
        (Method::Get, "/connector/status") => Response::from_data("status=OK\nserial=*\nversion=simulated\n"),
        (Method::Post, "/connector/api") => {
            let mut command = Vec::new();
            let whole = io::Read::read_to_end(request.as_reader(), &mut command);
            if whole.is_err() {
                return Response::from_data(Vec::new()).with_status_code(400);
            }
            let mut send = |command: &[u8]| {
                let sent = catch_unwind(AssertUnwindSafe(|| device.send_message(Uuid::nil(), command.to_vec().into())));
                sent.ok()?.ok().map(Vec::from)
            };
            Response::from_data(sessions.pass(&command, &mut send))
        }
        _ => Response::from_data(Vec::new()).with_status_code(404),
    }
}

/// Longer than the driver waits for an answer.
const QUIET: Duration = Duration::from_secs(30);
