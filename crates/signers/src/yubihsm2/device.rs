//! One session with one device.

use super::failure::Failure;
use crate::{HsmUri, OpenError, Secret};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use yubihsm::{Client, Connector, Credentials, client};

/// A device we are logged in to.
pub(crate) struct Device {
    pub(crate) uri: HsmUri,
    pub(crate) serial: String,
    credentials: Credentials,
    client: Mutex<Client>,
}

impl Device {
    pub(crate) fn open(uri: &HsmUri, password: &Secret) -> Result<Self, Failure> {
        let credentials = Credentials::from_password(uri.auth, password.expose());
        let client = log_in(uri, &credentials)?;
        let serial = guarded(|| client.device_info())?.serial_number.to_string();
        Ok(Self { uri: uri.clone(), serial, credentials, client: Mutex::new(client) })
    }

    /// Sends a command. The device forgets a session after 30 seconds without a command, and people read longer than
    /// that before they sign, so a lost session is opened anew, once. Only for commands that may run twice.
    pub(crate) fn call<T>(&self, command: impl Fn(&Client) -> Result<T, client::Error>) -> Result<T, Failure> {
        match self.call_once(&command) {
            Err(Failure::Lost(_)) => {
                *self.client.lock().unwrap_or_else(PoisonError::into_inner) = log_in(&self.uri, &self.credentials)?;
                self.call_once(&command)
            }
            other => other,
        }
    }

    /// Sends a command, once.
    pub(crate) fn call_once<T>(&self, command: impl Fn(&Client) -> Result<T, client::Error>) -> Result<T, Failure> {
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        guarded(|| command(&client))
    }
}

fn log_in(uri: &HsmUri, credentials: &Credentials) -> Result<Client, Failure> {
    let connector = connector(uri).map_err(|e| Failure::Lost(e.to_string()))?;
    guarded(|| Client::open(connector, credentials.clone(), true))
}

/// The driver unwraps in places where the other side of the wire decides what it finds. A lying connector may fail our
/// command, not our program.
fn guarded<T>(command: impl FnOnce() -> Result<T, client::Error>) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(command)) {
        Ok(result) => result.map_err(Failure::from),
        Err(_) => Err(Failure::Lost("an answer that breaks the protocol".to_owned())),
    }
}

/// Says early, before a password is asked for, that this build or this machine cannot reach the device.
pub(crate) fn check_reachable(uri: &HsmUri) -> Result<(), OpenError> {
    connector(uri)?;
    #[cfg(feature = "http")]
    if let Some(crate::uri::Connector { host, port }) = &uri.connector {
        // The driver says "I/O error" and no more, after up to 20 seconds.
        use std::net::{TcpStream, ToSocketAddrs};
        let unreachable = |e: std::io::Error| OpenError::Unreachable { device: uri.to_string(), reason: e.to_string() };
        let mut last = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
        for address in format!("{host}:{port}").to_socket_addrs().map_err(unreachable)? {
            match TcpStream::connect_timeout(&address, std::time::Duration::from_secs(5)) {
                Ok(_) => return Ok(()),
                Err(error) => last = error,
            }
        }
        return Err(unreachable(last));
    }
    Ok(())
}

fn connector(uri: &HsmUri) -> Result<Connector, OpenError> {
    match &uri.connector {
        Some(address) => http(uri, address),
        None => usb(uri),
    }
}

#[cfg(feature = "http")]
fn http(_uri: &HsmUri, address: &crate::uri::Connector) -> Result<Connector, OpenError> {
    let config = yubihsm::HttpConfig { addr: address.host.clone(), port: address.port, ..Default::default() };
    Ok(Connector::http(&config))
}

#[cfg(not(feature = "http"))]
fn http(uri: &HsmUri, _address: &crate::uri::Connector) -> Result<Connector, OpenError> {
    Err(OpenError::NotBuilt { device: uri.to_string(), lacks: "HTTP connector" })
}

#[cfg(feature = "usb")]
fn usb(uri: &HsmUri) -> Result<Connector, OpenError> {
    let wrong = |_| OpenError::Unreachable { device: uri.to_string(), reason: "not a serial number".to_owned() };
    let serial = uri.serial.as_deref().map(str::parse).transpose().map_err(wrong)?;
    Ok(Connector::usb(&yubihsm::UsbConfig { serial, ..Default::default() }))
}

#[cfg(not(feature = "usb"))]
fn usb(uri: &HsmUri) -> Result<Connector, OpenError> {
    Err(OpenError::NotBuilt { device: uri.to_string(), lacks: "USB" })
}
