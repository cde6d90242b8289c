//! A pcscd of a test's own: its socket, its readers, no part of the system's. As systemd would, the test makes the socket
//! and hands it over; so nothing listens at the usual place, and no right to write there is needed.

use super::Card;
use super::applet::Applet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A running pcscd with two empty readers.
pub(crate) struct Pcscd {
    child: Child,
    dir: TempDir,
    port: u16,
}

/// The two readers, seen from the test that plays at them.
pub(crate) struct Desk {
    port: u16,
}

impl Desk {
    /// Puts a card into a reader, 0 or 1.
    pub(crate) fn insert(&self, reader: u16, applet: Applet) -> Card {
        Card::insert(applet, self.port + reader)
    }
}

impl Pcscd {
    /// `None`, and a word why, where this machine has no pcscd with vpcd; under CI that is a failure.
    pub(crate) fn start() -> Option<Self> {
        if missing("pcscd", "/usr/sbin/pcscd") || missing("vsmartcard-vpcd", DRIVER) {
            return None;
        }
        // Another process may take a port between our look and pcscd's: then we look again.
        (0..TRIES).find_map(|_| Self::try_start(free_pair())).or_else(|| panic!("no two ports for {TRIES} times"))
    }

    fn try_start(port: u16) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let readers = dir.path().join("readers");
        fs::create_dir(&readers).unwrap();
        let text = format!(
            "FRIENDLYNAME \"Yubico YubiKey OTP+FIDO+CCID\"\nDEVICENAME /dev/null:{port}\nLIBPATH {DRIVER}\nCHANNELID {port}\n"
        );
        fs::write(readers.join("vpcd"), text).unwrap();
        let socket = UnixListener::bind(dir.path().join(SOCKET)).unwrap();
        let mut child = Command::new("sh")
            .args(["-c", START, "sh"])
            .arg(&readers)
            .stdin(Stdio::from(OwnedFd::from(socket)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = said.by_ref().map_while(Result::ok).take_while(|line| !line.contains("daemon ready"));
        let taken = ready.filter(|line| line.contains("Failed") || line.contains("failed")).count() > 0;
        // It stops writing when nobody reads.
        std::thread::spawn(move || said.for_each(drop));
        let pcscd = Self { child, dir, port };
        (!taken).then_some(pcscd)
    }

    /// What the environment variable `PCSCLITE_CSOCK_NAME` must say to reach it.
    pub(crate) fn socket(&self) -> PathBuf {
        self.dir.path().join(SOCKET)
    }

    /// Its readers.
    pub(crate) fn desk(&self) -> Desk {
        Desk { port: self.port }
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Plays the test that `play` stands in, at a desk with two readers. libpcsclite takes its socket from the environment,
/// which a test cannot set for itself: so it runs itself again, in a process of its own.
pub(crate) fn at_a_desk<F: FnOnce(&Desk)>(play: F) {
    if let Ok(port) = std::env::var(PORT) {
        return play(&Desk { port: port.parse().unwrap() });
    }
    let Some(pcscd) = Pcscd::start() else { return };
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(PORT, pcscd.port.to_string()).env("PCSCLITE_CSOCK_NAME", pcscd.socket());
    again::<F>(&mut command);
}

/// Plays the test that `play` stands in where no pcscd answers.
pub(crate) fn without_pcscd<F: FnOnce()>(play: F) {
    if std::env::var_os(PORT).is_some() {
        return play();
    }
    let nowhere = Path::new("/nonexistent/pcscd.comm");
    again::<F>(Command::new(std::env::current_exe().unwrap()).env(PORT, "0").env("PCSCLITE_CSOCK_NAME", nowhere));
}

/// Runs the test in which the closure `F` stands: `binary::module::test::{{closure}}` is its type's name.
fn again<F>(command: &mut Command) {
    let closure = std::any::type_name::<F>().trim_end_matches("::{{closure}}");
    let (_, test) = closure.split_once("::").unwrap();
    let output = command.args(["--exact", test, "--nocapture"]).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// Whether `path` is missing, said with the Debian package that has it; under CI a failure.
pub(crate) fn missing(package: &str, path: &str) -> bool {
    let missing = !Path::new(path).exists();
    assert!(!missing || std::env::var_os("CI").is_none(), "needs {package}: {path}");
    if missing {
        let _ = writeln!(std::io::stderr(), "skipped: needs {package}");
    }
    missing
}

/// A port that is free with the one after it: the driver listens on both, one a reader.
fn free_pair() -> u16 {
    std::iter::repeat_with(|| TcpListener::bind("127.0.0.1:0").unwrap())
        .map(|listener| (listener.local_addr().unwrap().port(), listener))
        .find(|(port, _)| port.checked_add(1).is_some_and(|next| TcpListener::bind(("127.0.0.1", next)).is_ok()))
        .unwrap()
        .0
}

/// pcscd takes the socket it is handed as descriptor 3. In namespaces of its own it is root for itself, so it asks no
/// polkit whether its clients may speak to it, and leaves no trace in /run. Forgotten, it ends by itself after a minute.
const START: &str = r#"
    exec 3<&0 0</dev/null
    if unshare -rm true 2>/dev/null; then
        exec unshare -rm sh -c 'mount -t tmpfs none /run && LISTEN_PID=$$ LISTEN_FDS=1 exec /usr/sbin/pcscd -f -i -x -c "$1"' sh "$1"
    fi
    LISTEN_PID=$$ LISTEN_FDS=1 exec /usr/sbin/pcscd -f -i -x -c "$1""#;
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const SOCKET: &str = "pcscd.comm";
const PORT: &str = "TUFFET_CARD_PORT";
const TRIES: u32 = 20;
