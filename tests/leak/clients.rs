//! Four clients over one folder of repositories, each from the root pinned there: ours, tough, python-tuf, tuf-js.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use tough::{ExpirationEnforcement, FilesystemTransport, RepositoryLoader};
use tuffet_client::{Cache, Client, DirectoryTransport, Policy};
use tuffet_metadata::parse_time;
use url::Url;

/// The reason by case; `None`: the client trusts it.
pub(crate) type Answers = BTreeMap<String, Option<String>>;

fn cases(corpus: &Path) -> Vec<String> {
    fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

pub(crate) fn tuffet(corpus: &Path, now: &str) -> Answers {
    let one = |name: String| {
        let folder = corpus.join(&name).join("0/metadata");
        let cache = tempfile::tempdir().unwrap();
        let pin = fs::read(folder.join("1.root.json")).unwrap();
        let transport = DirectoryTransport::open(&folder).unwrap();
        let client = Client::bootstrap(Cache::new(cache.path()), transport, Policy::default(), &pin);
        let refused = client.and_then(|mut client| client.refresh(parse_time(now).unwrap()).map(|_| ()));
        // Without the folder, whose name is of this run.
        let place = format!("{}/", folder.display());
        (name, refused.err().map(|error| error.to_string().replace(&place, "")))
    };
    cases(corpus).into_iter().map(one).collect()
}

/// With its own clock turned off, which it takes from the machine: signatures are asked here, not time.
pub(crate) fn tough(corpus: &Path) -> Answers {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let one = |name: String| {
        let folder = corpus.join(&name).join("0");
        let part = |part: &str| Url::from_directory_path(folder.join(part)).unwrap();
        let pin = fs::read(folder.join("metadata/1.root.json")).unwrap();
        let loader = RepositoryLoader::new(&pin, part("metadata"), part("targets"))
            .transport(FilesystemTransport)
            .expiration_enforcement(ExpirationEnforcement::Unsafe);
        (name, runtime.block_on(loader.load()).err().map(|error| chain(&error)))
    };
    cases(corpus).into_iter().map(one).collect()
}

/// An error with what caused it, on one line; tough says the same twice where it hands an error on.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said: Vec<String> =
        std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect();
    said.dedup_by(|cause, error| error.ends_with(&**cause));
    said.join(": ")
}

/// The versions that scripts/test installs, and whose words the tests hold.
pub(crate) const PYTHON_TUF: &str = "7.0.1";
pub(crate) const TUF_JS: &str = "6.0.2";

pub(crate) fn python_tuf(corpus: &Path) -> Option<Answers> {
    let python = named("TUFFET_PYTHON").unwrap_or_else(|| "python3".into());
    let check = format!("import importlib.metadata as m; assert m.version('tuf') == '{PYTHON_TUF}'");
    let found = Command::new(&python).args(["-c", &check]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        return skipped(&format!("python-tuf {PYTHON_TUF}"));
    }
    Some(asked(Command::new(python).arg(script("differential/python_tuf.py")).arg(corpus)))
}

pub(crate) fn tuf_js(corpus: &Path) -> Option<Answers> {
    let installed = named("TUFFET_TUF_JS");
    let manifest = installed.as_ref().map(|folder| Path::new(folder).join("node_modules/tuf-js/package.json"));
    let version = manifest.and_then(|path| fs::read(path).ok());
    let version: Option<serde_json::Value> = version.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if version.is_none_or(|manifest| manifest["version"] != TUF_JS) {
        return skipped(&format!("tuf-js {TUF_JS}"));
    }
    Some(asked(Command::new("node").arg(script("leak/tuf_js.mjs")).arg(installed.unwrap()).arg(corpus)))
}

fn named(variable: &str) -> Option<OsString> {
    std::env::var_os(variable).filter(|value| !value.is_empty())
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(name)
}

#[allow(clippy::print_stdout, reason = "a test says what it skips")]
fn skipped(needs: &str) -> Option<Answers> {
    assert!(std::env::var_os("CI").is_none(), "needs {needs}: run scripts/test");
    println!("skipped: needs {needs}");
    None
}

fn asked(command: &mut Command) -> Answers {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: BTreeMap<String, Vec<serde_json::Value>> = serde_json::from_slice(&output.stdout).unwrap();
    answers.into_iter().map(|(name, states)| (name, states[0]["refused"].as_str().map(str::to_owned))).collect()
}
