//! An entry, typed at a terminal in a folder that begins with what an earlier entry left.

use crate::page::{Ends, Entry, Page, Step};
use crate::pages::Block;
use crate::token::{self, Tokens};
use crate::{beside, clients, terminal, tree};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What came of an entry.
pub(crate) struct Played {
    pub(crate) folder: TempDir,
    /// How often the program was run.
    pub(crate) commands: usize,
    pub(crate) took: Duration,
    /// What the clients had at the end.
    pub(crate) clients: String,
}

pub(crate) static PAGE: LazyLock<Page> =
    LazyLock::new(|| Page::read(&fs::read_to_string(root().join("PLAYBOOK.md")).unwrap()));

/// The folder of the project.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// An entry's result: played once a process, whoever asks first, and by nobody twice.
pub(crate) fn played(number: usize) -> Result<&'static Played, &'static str> {
    static ENTRIES: [OnceLock<Result<Played, String>>; 35] = [const { OnceLock::new() }; 35];
    let result = ENTRIES[number].get_or_init(|| {
        let entry = PAGE.entry(number);
        let before = match entry.after {
            0 => None,
            after => Some(played(after).map_err(|_| format!("entry {after}, which comes before, failed"))?),
        };
        let before = before.map(|before| before.folder.path());
        std::panic::catch_unwind(|| play(entry, before)).map_err(|cause| {
            let text = cause.downcast_ref::<String>().cloned();
            text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
        })
    });
    result.as_ref().map_err(String::as_str)
}

fn play(entry: &Entry, before: Option<&Path>) -> Played {
    let scratch = tempfile::tempdir().unwrap();
    match before {
        Some(before) => copy(before, scratch.path()),
        // What the services give: their first keys and certificates, and those that come later.
        None => ["trust", "services"]
            .map(|from| copy(&root().join("tests/data").join(from), &scratch.path().join("trust")))
            .into_iter()
            .collect(),
    }

    beside::put(entry.number, scratch.path());
    let notes = tempfile::tempdir().unwrap();
    let tokens = token::of(entry);
    let conf = match &tokens {
        Tokens::Some { conf, .. } => conf.clone(),
        Tokens::None => PathBuf::new(),
        Tokens::Missing => {
            let clients = "skipped: needs SoftHSM".to_owned();
            return Played { folder: scratch, commands: 0, took: Duration::ZERO, clients };
        }
    };
    let typist = Typist { entry, folder: scratch.path(), notes: notes.path(), conf, variables: variables(entry) };
    let start = Instant::now();
    let mut now = None;
    for step in &entry.steps {
        match step {
            Step::Own(block, ends) => {
                now.clone_from(&block.now);
                let screen = typist.types(block, now.as_deref(), *ends);
                block.assert_seen(&screen);
            }
            Step::Held(from, to, must_see) => {
                let mut screens = String::new();
                for block in PAGE.held[from - 1..*to].iter().flatten() {
                    let screen = typist.types(block, now.as_deref(), Ends::Done);
                    block.assert_seen(&screen);
                    screens += &screen;
                }
                let (heading, must_see) =
                    (format!("{}. {}: H{from} to H{to}", entry.number, entry.title), must_see.clone());
                Block { heading, now: None, turn: 0, script: String::new(), must_see }.assert_seen(&screens);
            }
        }
    }
    let took = start.elapsed();
    let commands = fs::read(notes.path().join("count")).map_or(0, |count| count.len());
    for (name, bytes) in tree::tree(scratch.path()) {
        assert!(!String::from_utf8_lossy(&bytes).contains(PASSPHRASE), "{name} holds a passphrase (K7)");
    }
    let clients = clients::follow(entry, scratch.path(), before, now.as_deref().unwrap());
    Played { folder: scratch, commands, took, clients }
}

struct Typist<'a> {
    entry: &'a Entry,
    folder: &'a Path,
    /// What is kept from one block to the next, and counted.
    notes: &'a Path,
    /// Where SoftHSM finds the tokens.
    conf: PathBuf,
    variables: String,
}

impl Typist<'_> {
    /// Types a block and gives the screen.
    fn types(&self, block: &Block, now: Option<&str>, ends: Ends) -> String {
        let now = now.unwrap_or_else(|| panic!("entry {}: at what time?", self.entry.number));
        let (notes, program) = (self.notes.display(), env!("CARGO_BIN_EXE_tuffet"));
        let script = format!(
            "tuffet() {{ printf . >> {notes}/count; command {program} --at {now} --seed playbook \"$@\"; }}\n\
             export SOFTHSM2_CONF={}\n\
             [ ! -e {notes}/variables ] || . {notes}/variables\n{}\n{{ for name in {}; do\n\
             [ -z \"${{!name+x}}\" ] || declare -p $name; done; }} > {notes}/variables",
            self.conf.display(),
            block.script,
            self.variables
        );
        let sitting = terminal::sit(self.folder, None, &script, ANSWERS);
        self.keep(&format!("$ {}\n{}\n", block.script.replace('\n', "\n$ "), sitting.screen));
        let expected = i32::from(ends == Ends::Refused);
        assert_eq!(sitting.code, expected, "{}:\n{}\n{}", block.heading, block.script, sitting.screen);
        assert!(!sitting.screen.contains(PASSPHRASE), "{}: a passphrase on the screen", block.heading);
        sitting.screen
    }

    /// What was typed and shown, for whoever wants to read it: one file an entry, where `TUFFET_PLAYBOOK` names a folder.
    fn keep(&self, text: &str) {
        let Some(folder) = std::env::var_os("TUFFET_PLAYBOOK") else { return };
        let path = Path::new(&folder).join(format!("{:02}.txt", self.entry.number));
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
}

/// The names that the entry and the common steps give a value.
fn variables(entry: &Entry) -> String {
    let own = entry.steps.iter().filter_map(|step| if let Step::Own(block, _) = step { Some(block) } else { None });
    let words = own.chain(PAGE.held.iter().flatten()).flat_map(|block| block.script.split_whitespace());
    let names = words.filter_map(|word| word.split_once('=')).map(|(name, _)| name);
    let names = names.filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase()));
    names.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let done = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().unwrap();
    assert!(done.success(), "{} to {}", from.display(), to.display());
}

pub(crate) const PASSPHRASE: &str = "correct horse battery staple";

/// What people answer.
const ANSWERS: &[(&str, &str)] = &[
    ("passphrase", PASSPHRASE),
    ("PIN of", token::PIN),
    ("Type `sign`", "sign"),
    ("Type `right`", "right"),
    ("Type `approve`", "approve"),
    ("Type `state`", "state"),
    ("Type `abort`", "abort"),
    ("Type `rehearse`", "rehearse"),
];
