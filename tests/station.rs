//! K14: a signing station: no network, no configuration that was not named, the same whatever the machine's settings are.
//!
//! The program is the one under test, whose extra crates these commands never reach: `tests/architecture.rs` shows that a
//! station's build has none of them, and building one here would take minutes. `TUFFET_STATION` names such a build.
#![cfg(target_os = "linux")]

#[path = "support/namespace.rs"]
mod namespace;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;
#[path = "support/workspace.rs"]
mod workspace;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use workspace::{AT, RIGHT, drafted};

/// The program that is looked at.
fn program() -> String {
    std::env::var("TUFFET_STATION").unwrap_or_else(|_| env!("CARGO_BIN_EXE_tuffet").to_owned())
}

/// A machine: `named` holds what commands are told of, `home` and `here` what nobody names.
struct Machine {
    scratch: TempDir,
}

impl Machine {
    fn new() -> Self {
        let made = drafted();
        let scratch = tempfile::tempdir().unwrap();
        for folder in ["named", "home/.config/tuffet", "here"] {
            fs::create_dir_all(scratch.path().join(folder)).unwrap();
        }
        for (name, bytes) in tree::tree(&made.path().join("w/ceremony/c")) {
            let path = scratch.path().join("named/c").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        fs::copy(made.path().join("alice.pem"), scratch.path().join("named/alice.pem")).unwrap();
        for decoy in ["home/tuffet.toml", "home/.tuffet.toml", "home/.config/tuffet/config.toml", "here/tuffet.toml"] {
            fs::write(scratch.path().join(decoy), "schema = \"tuffet-workspace-v1\"\nsize = \"small\"\n").unwrap();
        }
        for decoy in ["here/plan.toml", "here/transcript.jsonl", "here/.env", "here/tuffet.json"] {
            fs::write(scratch.path().join(decoy), "TUFFET_KEY=file:decoy\n").unwrap();
        }
        Self { scratch }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// A line of shell with every name absolute.
    fn words(&self, line: &str) -> String {
        line.replace("@/", &format!("{}/", self.path("named").display()))
    }

    /// What `line` asked the kernel for, with files and sockets; `None`, said aloud, without strace.
    fn traced(&self, line: &str) -> Option<Vec<String>> {
        let trace = self.path("trace");
        let works = Command::new("strace").args(["-f", "-e", "trace=%file", "true"]).output();
        if !works.is_ok_and(|output| output.status.success()) {
            assert!(std::env::var_os("CI").is_none(), "needs strace, and leave to trace");
            let _ = writeln!(std::io::stderr(), "skipped: needs strace, and leave to trace");
            return None;
        }
        let script = format!(
            "cd {here}\nenv -i HOME={home} strace -f -qq -s 4096 -e trace=%network,%file -e signal=none -o {trace} {program} {line}",
            here = self.path("here").display(),
            home = self.path("home").display(),
            trace = trace.display(),
            program = program(),
            line = self.words(line),
        );
        let sitting = terminal::sit(self.scratch.path(), None, &script, RIGHT);
        assert_eq!(sitting.code, 0, "{line}\n{}", sitting.screen);
        let text = fs::read_to_string(&trace).unwrap();
        let calls = text.lines().map(|line| line.split_once(' ').map_or(line, |(_, call)| call).trim().to_owned());
        Some(calls.collect())
    }
}

/// Every command of a station, in the order of the work.
const COMMANDS: [&str; 8] = [
    "selftest",
    "carry pack @/c --out @/c.tar",
    "carry unpack @/c.tar --into @/station",
    "review @/station",
    "sign @/station --key file:@/alice.pem",
    "carry pack @/station --back --out @/alice.tar",
    "--json carry show @/alice.tar",
    "carry unpack @/alice.tar --into @/c",
];

#[test]
fn k14_a_station_opens_no_socket_and_reads_nothing_that_was_not_named() {
    let machine = Machine::new();
    let (home, here) = (machine.path("home"), machine.path("here"));
    let mut others = BTreeSet::new();
    for line in COMMANDS {
        let Some(calls) = machine.traced(line) else { return };
        assert!(calls.len() > 10, "{line}: the trace is empty");
        let name = |call: &str| call.split('(').next().unwrap_or_default().to_owned();
        let network = ["socket", "socketpair", "connect", "bind", "sendto", "recvfrom", "sendmsg", "recvmsg", "listen"];
        let opened = calls.iter().find(|call| network.contains(&name(call).as_str()));
        assert_eq!(opened, None, "{line}: a socket");
        let mut saw_named = line == "selftest";
        for call in calls.iter().filter(|call| call.contains('(')) {
            for path in quoted(call).filter(|_| !name(call).starts_with("exec")) {
                let path = Path::new(&path);
                saw_named |= path.starts_with(machine.path("named"));
                assert!(!path.starts_with(&home), "{line} looks at HOME: {call}");
                // Relative to `here`, in which these commands run: a name nobody gave.
                let inside_a_folder =
                    call.contains("unlinkat(") || call.contains("openat(") && !call.contains("AT_FDCWD");
                let outside = path.is_absolute() && !path.starts_with(&here) || inside_a_folder;
                assert!(outside, "{line} looks at the current directory: {call}");
                if path.is_absolute() && !path.starts_with(machine.scratch.path()) {
                    others.insert(path.display().to_string());
                }
            }
        }
        assert!(saw_named, "{line}: what it works on is not in the trace");
    }
    // What is left is the loader's, the system's, the terminal, and the program itself.
    let system = [
        "/lib",
        "/usr/lib",
        "/etc/ld.so",
        "/proc/",
        "/sys/fs/cgroup",
        "/dev/tty",
        "/dev/urandom",
        "/usr/share/zoneinfo",
    ];
    let above: Vec<PathBuf> = machine.scratch.path().ancestors().skip(1).map(Path::to_owned).collect();
    let known = |path: &str| {
        system.iter().any(|known| path.starts_with(known))
            || path == program()
            || above.iter().any(|a| a == Path::new(path))
    };
    let unknown: Vec<_> = others.iter().filter(|path| !known(path)).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "a station reads these, too");
}

/// The texts in quotes of a line of strace.
fn quoted(call: &str) -> impl Iterator<Item = String> {
    call.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
        .filter(|text| !text.is_empty())
}

/// Settings of a machine that would change what a program says, if it asked for them.
const HOSTILE: [(&str, &str); 20] = [
    ("HOME", "/nonexistent"),
    ("XDG_CONFIG_HOME", "/nonexistent/config"),
    ("LANG", "tr_TR.UTF-8"),
    ("LC_ALL", "de_DE.ISO-8859-1"),
    ("LC_TIME", "ja_JP.UTF-8"),
    ("TZ", "Asia/Kathmandu"),
    ("TMPDIR", "/nonexistent/tmp"),
    ("COLUMNS", "20"),
    ("RUST_LOG", "trace"),
    ("CLICOLOR_FORCE", "1"),
    ("HTTPS_PROXY", "http://127.0.0.1:9"),
    ("SSL_CERT_FILE", "/nonexistent/ca.pem"),
    ("SSH_AUTH_SOCK", "/nonexistent/agent"),
    ("TUFFET_WORKSPACE", "/nonexistent/workspace"),
    ("TUFFET_CEREMONY", "another"),
    ("TUFFET_KEY", "file:another.pem"),
    ("TUFFET_AT", "1999-01-01T00:00:00Z"),
    ("TUFFET_SEED", "another"),
    ("TUFFET_JSON", "1"),
    ("CARGO_MANIFEST_DIR", "/nonexistent"),
];

#[test]
fn k14_the_machines_settings_change_no_byte() {
    let machine = Machine::new();
    let (plain, hostile) = (machine.path("plain"), machine.path("hostile"));
    let mut said = Vec::new();
    for (folder, settings) in [(&plain, &[][..]), (&hostile, &HOSTILE[..])] {
        for (name, bytes) in tree::tree(&machine.path("named")) {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let run = |line: &str| {
            let words: Vec<&str> = line.split(' ').collect();
            let mut command = Command::new(program());
            command.args(words).current_dir(folder).env_clear().envs(settings.iter().copied());
            let output = command.output().unwrap();
            let mut out = String::from_utf8(output.stdout).unwrap();
            if line.starts_with("--json selftest") {
                out = timeless(&out);
            }
            (line.to_owned(), output.status.code(), out, String::from_utf8(output.stderr).unwrap())
        };
        let mut all = Vec::new();
        for line in COMMANDS.into_iter().filter(|line| !line.starts_with("sign") && *line != "selftest") {
            let line = line.replace("@/", "");
            if line.starts_with("carry pack station") {
                all.push((line.clone(), sign(folder, settings), String::new(), String::new()));
            }
            all.push(run(&line));
        }
        for line in ["--json selftest", "status station", "key show file:alice.pem", "--help", "sign station --key x"] {
            all.push(run(line));
        }
        said.push(all);
    }
    for (plain, hostile) in said[0].iter().zip(&said[1]) {
        assert_eq!(plain, hostile);
        assert!(plain.1 == Some(0) || plain.0 == "sign station --key x", "{plain:?}");
    }
    let (plain, hostile) = (tree::tree(&plain), tree::tree(&hostile));
    assert_eq!(plain.keys().collect::<Vec<_>>(), hostile.keys().collect::<Vec<_>>());
    for (name, bytes) in &plain {
        assert_eq!(bytes, &hostile[name], "{name}");
    }
    assert!(plain.keys().any(|name| name.starts_with("c/signatures/")), "a signature came back");
}

/// Signs at the time of the ceremony with an Ed25519 key, whose signature is the same every time.
fn sign(folder: &Path, settings: &[(&str, &str)]) -> Option<i32> {
    let settings: String = settings.iter().map(|(name, value)| format!(" {name}='{value}'")).collect();
    let program = env!("CARGO_BIN_EXE_tuffet");
    let script = format!("env -i{settings} {program} --at {AT} sign station --key file:alice.pem");
    let sitting = terminal::sit(folder, None, &script, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    Some(sitting.code)
}

/// A report without how long anything took.
fn timeless(report: &str) -> String {
    let mut report: serde_json::Value = serde_json::from_str(report).unwrap();
    for check in report["checks"].as_array_mut().unwrap() {
        check.as_object_mut().unwrap().remove("microseconds");
    }
    report.to_string()
}

#[test]
fn k14_a_ceremony_on_a_medium_that_cannot_be_written_is_signed_elsewhere() {
    if let Some((_, medium)) = namespace::inside() {
        return on_a_medium(&medium);
    }
    let this = "k14_a_ceremony_on_a_medium_that_cannot_be_written_is_signed_elsewhere";
    let made = drafted();
    let mount = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\"";
    namespace::again(this, "sign", &made.path().join("w/ceremony/c"), mount);
    if made.path().join("alice.tar").exists() {
        let script = "tuffet carry unpack alice.tar --into w/ceremony/c\ntuffet assemble w/ceremony/c";
        let sitting = terminal::sit(made.path(), Some(AT), script, RIGHT);
        assert_eq!(sitting.code, 0, "{}", sitting.screen);
        assert!(sitting.screen.contains("valid     root, signed by @alice\n"), "{}", sitting.screen);
        assert!(sitting.screen.contains("recorded: root by @alice\n"), "{}", sitting.screen);
    }
}

fn on_a_medium(medium: &Path) {
    let desk = medium.ancestors().nth(3).unwrap();
    let before = tree::tree(medium);
    let refused = terminal::sit(desk, Some(AT), "tuffet sign w/ceremony/c --key file:alice.pem", RIGHT);
    assert_eq!(refused.code, 1, "{}", refused.screen);
    assert!(refused.screen.contains(".json: Read-only file system (os error 30)\n"), "{}", refused.screen);
    let script = "tuffet review w/ceremony/c
        tuffet sign w/ceremony/c --key file:alice.pem --out made
        tuffet carry pack w/ceremony/c --back --from made --out alice.tar
        tuffet carry pack w/ceremony/c --out c.tar
        tuffet carry unpack c.tar --into copy";
    let sitting = terminal::sit(desk, Some(AT), script, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    assert_eq!(tree::tree(&desk.join("made")).len(), 2);
    assert_eq!(tree::tree(medium), before);
}

#[test]
fn k17_the_selftest_says_ok_line_by_line_and_which_program_it_is() {
    let output = Command::new(program()).arg("selftest").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let checks: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
    assert!(checks.iter().all(|line| line.starts_with("ok ") && line.contains(" ms  ")), "{text}");
    for name in [
        "SHA-256",
        "SHA-512",
        "Ed25519",
        "ECDSA P-256",
        "ECDSA P-384",
        "RSA-PSS SHA-256",
        "RSA-PSS SHA-384",
        "RSA-PSS SHA-512",
        "canonical JSON",
        "key files",
        "enrol",
        "draft",
        "review",
        "sign",
        "assemble",
        "verify",
        "this program",
    ] {
        assert_eq!(checks.iter().filter(|line| line.contains(&format!("ms  {name} "))).count(), 1, "{name}: {text}");
    }
    let digest = tuffet_keys::sha256(&fs::read(program()).unwrap());
    assert!(text.contains(&format!("\nsha256    {digest}\n")), "{text}");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(&format!("words {} compare", tuffet_keys::words::encode(digest.as_bytes()))), "{text}");
}
