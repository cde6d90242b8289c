//! `tuffet online`: as a job, and as a service that others ask how it is.

#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/workspace.rs"]
mod workspace;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;
use workspace::{AT, RIGHT, drafted};

/// A workspace `w` with a published repository of two people, and the online key's passphrase in a file.
fn published() -> TempDir {
    let scratch = drafted();
    let script = "cd w
        for who in alice bob; do tuffet sign ceremony/c --key file:../$who.pem; done
        tuffet assemble ceremony/c
        tuffet publish ceremony/c --online-key file:../online.pem";
    let sitting = terminal::sit(scratch.path(), Some(AT), script, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    secret(scratch.path(), "correct horse\n", 0o600);
    scratch
}

fn secret(scratch: &Path, text: &str, mode: u32) {
    let path = scratch.join("secret");
    fs::write(&path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn tuffet(scratch: &Path, at: &str, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuffet"));
    command.current_dir(scratch.join("w")).args(["--at", at]).args(words.split_whitespace());
    command
}

fn run(scratch: &Path, at: &str, words: &str) -> Output {
    tuffet(scratch, at, words).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const ONCE: &str = "online once --online-key file:../online.pem --secret-file ../secret";

#[test]
fn once_signs_what_is_due_and_says_what_is_next() {
    let scratch = published();
    let root = scratch.path().join("w").canonicalize().unwrap();
    let place = format!("workspace {}\n", root.display());
    let people = "root expires 2027-06-01T10:00:00Z\ntargets expires 2027-06-01T10:00:00Z\n";
    let early = run(scratch.path(), "2026-12-01T12:00:00Z", ONCE);
    assert_eq!(early.status.code(), Some(0), "{}", text(&early.stderr));
    assert_eq!(
        text(&early.stdout),
        format!(
            "{place}nothing due: snapshot 1 until 2026-12-22T10:00:00Z, timestamp 1 until 2026-12-08T10:00:00Z\n\
             next due 2026-12-02T10:00:00Z\n{people}"
        )
    );
    let due = run(scratch.path(), "2026-12-02T10:00:00Z", ONCE);
    assert_eq!(
        text(&due.stdout),
        format!(
            "{place}published timestamp 2 until 2026-12-09T10:00:00Z, over snapshot 1 until 2026-12-22T10:00:00Z\n\
             read back by a fresh client\nnext due 2026-12-03T10:00:00Z\n{people}"
        )
    );
    let both = run(scratch.path(), "2026-12-02T12:00:00Z", &format!("--json {ONCE} --force"));
    let data: serde_json::Value = serde_json::from_slice(&both.stdout).unwrap();
    assert_eq!(data["schema"], "tuffet-online-once-v2");
    assert_eq!((&data["outcome"], &data["held_back_by"]), (&"signed".into(), &serde_json::Value::Null));
    assert_eq!(
        data["online"][0],
        serde_json::json!({"role": "snapshot", "version": 2, "expires": "2026-12-23T12:00:00Z"})
    );
    assert_eq!(data["online"][1]["version"], 3);
    assert_eq!(data["files"].as_object().unwrap().keys().collect::<Vec<_>>(), ["2.snapshot.json", "timestamp.json"]);
}

#[test]
fn k7_a_secret_in_a_file_is_its_owners_alone_and_sent_once() {
    let scratch = published();
    let at = "2026-12-03T10:00:00Z";
    secret(scratch.path(), "correct horse\n", 0o640);
    let open = run(scratch.path(), at, ONCE);
    assert_eq!(
        text(&open.stderr),
        "tuffet: error: ../secret: expected a file that its owner alone may use, found mode 640\n\
         tuffet: hint: `chmod 600` it, and change the secret\n"
    );
    secret(scratch.path(), "wrong horse\n", 0o600);
    let wrong = text(&run(scratch.path(), at, ONCE).stderr);
    assert!(wrong.contains("what ../secret holds was not accepted") && !wrong.contains("horse"), "{wrong}");
    secret(scratch.path(), "correct horse", 0o600);
    let cut = text(&run(scratch.path(), at, ONCE).stderr);
    assert!(cut.contains("../secret: expected a line with its end, found none"), "{cut}");
    assert!(!scratch.path().join("w/repository/2.snapshot.json").exists());
}

#[test]
fn r20_what_only_people_can_renew_is_said_before_anybody_is_asked() {
    let scratch = published();
    let soon = run(scratch.path(), "2027-05-20T10:00:00Z", ONCE);
    assert_eq!(soon.status.code(), Some(0));
    let warned = text(&soon.stderr);
    assert!(warned.contains("root v1 expires at 2027-06-01T10:00:00Z, in 12 days: a ceremony renews it"), "{warned}");
    fs::remove_file(scratch.path().join("secret")).unwrap();
    let late = run(scratch.path(), "2027-06-01T10:00:00Z", ONCE);
    assert_eq!(late.status.code(), Some(1));
    assert_eq!(
        text(&late.stderr),
        "tuffet: error: root v1 expired at 2027-06-01T10:00:00Z: no timestamp is signed over it (R20)\n\
         tuffet: hint: `tuffet recover expired-root CEREMONY` plans the ceremony that renews it\n"
    );
    let pass = run(scratch.path(), "2026-12-03T10:00:00Z", &format!("{ONCE} --pass-over root"));
    assert_eq!(pass.status.code(), Some(2));
    assert_eq!(
        text(&pass.stderr),
        "tuffet: error: --pass-over: expected a delegated role, found root (R20)\n\
         tuffet: hint: no timestamp is signed over an expired root or targets; a ceremony renews them\n"
    );
}

/// A service that is stopped when the test ends, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ask(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

/// The words of the unit's command, with this machine's paths in the place of the server's.
fn unit() -> String {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/deploy/tuffet-online.service");
    let text = fs::read_to_string(unit).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/tuffet ")).unwrap();
    let line = line.replace("file:online.pem", "file:../online.pem");
    line.replace("${CREDENTIALS_DIRECTORY}/online-key", "../secret").replace("127.0.0.1:9464", "127.0.0.1:0")
}

#[test]
fn the_service_as_the_unit_starts_it_signs_tells_and_stops() {
    let scratch = published();
    let mut command = tuffet(scratch.path(), "2026-12-08T09:00:00Z", &unit());
    let child = command.arg("--json").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut service = Running(child);
    let mut told = String::new();
    BufReader::new(service.0.stderr.take().unwrap()).read_line(&mut told).unwrap();
    let address = told.trim_end().rsplit_once("http://").unwrap().1.split('/').next().unwrap().to_owned();
    let mut lines = BufReader::new(service.0.stdout.take().unwrap()).lines();
    let mut event = || serde_json::from_str::<serde_json::Value>(&lines.next().unwrap().unwrap()).unwrap();
    let started = event();
    assert_eq!((&started["event"], &started["every_seconds"]), (&"started".into(), &3600.into()));
    let round = event();
    assert_eq!((&round["event"], &round["outcome"]), (&"round".into(), &"signed".into()));
    assert_eq!(round["online"][1]["version"], 2);
    assert_eq!(ask(&address, "/readyz"), (200, "ready\n".to_owned()));
    assert_eq!(ask(&address, "/healthz"), (200, "alive\n".to_owned()));
    let (status, metrics) = ask(&address, "/metrics");
    assert_eq!(status, 200);
    assert!(metrics.contains("tuffet_role_version{role=\"timestamp\"} 2\n"), "{metrics}");
    assert_eq!(ask(&address, "/other").0, 404);
    let pid = service.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let stopped = event();
    assert_eq!((&stopped["event"], &stopped["rounds"], &stopped["signed"]), (&"stopped".into(), &1.into(), &1.into()));
    assert_eq!(service.0.wait().unwrap().code(), Some(0));
}

#[test]
fn a_service_that_cannot_work_says_so_when_it_starts() {
    let scratch = published();
    let late = run(scratch.path(), "2027-06-01T10:00:00Z", &unit());
    assert_eq!(late.status.code(), Some(1));
    assert!(text(&late.stderr).starts_with("tuffet: error: root v1 expired at "), "{}", text(&late.stderr));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let words = unit().replace("127.0.0.1:0", &address);
    let refused = run(scratch.path(), "2026-12-02T10:00:00Z", &words);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains(&format!("tuffet: error: {address}: ")), "{}", text(&refused.stderr));
    assert!(!scratch.path().join("w/repository/2.snapshot.json").exists());
}
