//! Five clients over one folder of repositories, each from the root 1 that lies there.

use crate::{Answer, CORPUS, Fate, NOW, Wanted};
use sigstore_tuf::transport::FetchFuture;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tough::{ExpirationEnforcement, FilesystemTransport, IntoVec, RepositoryLoader, TargetName};
use tuffet_client::{Client, DirectoryTransport, MemoryStore, Policy};
use tuffet_metadata::parse_time;
use url::Url;

type Answers = BTreeMap<String, Answer>;

fn each(corpus: &Path, one: impl Fn(&Path, &Wanted) -> Answer) -> Answers {
    let run = |(name, wanted): (&String, &Wanted)| (name.clone(), one(&corpus.join(name).join("0"), wanted));
    CORPUS.1.iter().map(run).collect()
}

fn pin(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("metadata/1.root.json")).unwrap()
}

/// What a client says that refreshed, or did not.
fn answer<C>(
    refreshed: Result<C, String>,
    wanted: &Wanted,
    mut read: impl FnMut(&mut C, &str) -> Result<Vec<u8>, String>,
) -> Answer {
    let mut client = match refreshed {
        Ok(client) => client,
        Err(refused) => return Answer { refused: Some(refused), targets: BTreeMap::new() },
    };
    let mut fate = |path: &str| match read(&mut client, path) {
        Ok(bytes) => Fate::Content(String::from_utf8(bytes).unwrap()),
        Err(refused) => Fate::Refused(refused),
    };
    Answer { refused: None, targets: wanted.keys().map(|path| (path.clone(), fate(path))).collect() }
}

pub(crate) fn tuffet(corpus: &Path) -> Answers {
    each(corpus, |folder, wanted| {
        let refresh = || {
            let transport = DirectoryTransport::open(folder.join("metadata"))?;
            let client = Client::bootstrap(MemoryStore::default(), transport, Policy::default(), &pin(folder))?;
            let mut client = client.with_targets(DirectoryTransport::open(folder.join("targets"))?);
            let trusted = client.refresh(parse_time(NOW).unwrap())?;
            Ok::<_, tuffet_client::ClientError>((client, trusted))
        };
        answer(refresh().map_err(|error| error.to_string()), wanted, |(client, trusted), path| {
            client.target_bytes(trusted, path).map_err(|error| error.to_string())
        })
    })
}

/// Without its own clock, which it takes from the machine.
pub(crate) fn tough(corpus: &Path) -> Answers {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    each(corpus, |folder, wanted| {
        let part = |part: &str| Url::from_directory_path(folder.join(part)).unwrap();
        let root = pin(folder);
        let loader = RepositoryLoader::new(&root, part("metadata"), part("targets"))
            .transport(FilesystemTransport)
            .expiration_enforcement(ExpirationEnforcement::Unsafe);
        let loaded = runtime.block_on(loader.load()).map_err(|error| chain(&error));
        answer(loaded, wanted, |repository, path| {
            let name = TargetName::new(path).map_err(|error| chain(&error))?;
            runtime.block_on(async {
                let stream = repository.read_target(&name).await.map_err(|error| chain(&error))?;
                stream.ok_or("not listed")?.into_vec().await.map_err(|error| chain(&error))
            })
        })
    })
}

fn chain(error: &dyn std::error::Error) -> String {
    let said = std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string);
    said.collect::<Vec<_>>().join(": ")
}

struct Folder(PathBuf);

impl Folder {
    fn read(&self, part: &str, name: &str) -> FetchFuture<'static> {
        let found = fs::read(self.0.join(part).join(name)).ok();
        Box::pin(async { Ok(found) })
    }
}

impl sigstore_tuf::Repository for Folder {
    fn fetch_metadata<'a>(&'a self, name: &'a str, _: u64) -> FetchFuture<'a> {
        self.read("metadata", name)
    }

    fn fetch_target<'a>(&'a self, path: &'a str, _: u64) -> FetchFuture<'a> {
        self.read("targets", path)
    }
}

pub(crate) fn sigstore_tuf(corpus: &Path) -> Answers {
    let now: jiff::Timestamp = NOW.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    each(corpus, |folder, wanted| {
        let refreshed = sigstore_tuf::Updater::new(Folder(folder.to_owned()), &pin(folder)).and_then(|mut updater| {
            runtime.block_on(updater.refresh(now))?;
            Ok(updater)
        });
        answer(refreshed.map_err(|error| chain(&error)), wanted, |updater, path| {
            runtime.block_on(updater.get_target(path, now)).map_err(|error| chain(&error))
        })
    })
}

/// The versions that table.toml and scripts/test speak of.
const PYTHON_TUF: &str = "7.0.1";
const TUF_JS: &str = "6.0.2";

/// A python with python-tuf.
pub(crate) fn python() -> Option<Command> {
    let python = named("TUFFET_PYTHON").unwrap_or_else(|| "python3".into());
    let check = format!("import importlib.metadata as m; assert m.version('tuf') == '{PYTHON_TUF}'");
    let found = Command::new(&python).args(["-c", &check]).output();
    if found.is_ok_and(|output| output.status.success()) {
        Some(Command::new(python))
    } else {
        skipped("python-tuf", PYTHON_TUF)
    }
}

/// node, and the folder that tuf-js is installed in as the argument after the script.
pub(crate) fn node(script: &str) -> Option<Command> {
    let installed = named("TUFFET_TUF_JS");
    let manifest = installed.as_ref().map(|folder| Path::new(folder).join("node_modules/tuf-js/package.json"));
    let version = manifest.and_then(|path| fs::read(path).ok());
    let version: Option<serde_json::Value> = version.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if version.is_none_or(|manifest| manifest["version"] != TUF_JS) {
        return skipped("tuf-js", TUF_JS);
    }
    let mut node = Command::new("node");
    node.arg(self::script(script)).arg(installed.unwrap());
    Some(node)
}

pub(crate) fn python_tuf(corpus: &Path) -> Option<Answers> {
    Some(asked(python()?.arg(script("differential/python_tuf.py")).arg(corpus)))
}

pub(crate) fn tuf_js(corpus: &Path) -> Option<Answers> {
    Some(asked(node("interop/tuf_js.mjs")?.arg(corpus)))
}

fn named(variable: &str) -> Option<OsString> {
    std::env::var_os(variable).filter(|value| !value.is_empty())
}

pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(name)
}

#[allow(clippy::print_stdout, reason = "a test says what it skips")]
fn skipped(name: &str, version: &str) -> Option<Command> {
    assert!(std::env::var_os("CI").is_none(), "needs {name} {version}: run scripts/test");
    println!("skipped: needs {name} {version}");
    None
}

/// Runs a script and reads what it prints: a list of one answer a repository.
fn asked(command: &mut Command) -> Answers {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: BTreeMap<String, Vec<Answer>> = serde_json::from_slice(&output.stdout).unwrap();
    answers.into_iter().map(|(name, mut states)| (name, states.remove(0))).collect()
}
