//! The three clients, each from root 1 of the first state, with one cache for all states of a case.

use crate::case::{Answer, Case, Fate, State};
use crate::simulator::at;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use tough::{FilesystemTransport, IntoVec, RepositoryLoader, TargetName};
use tuffet_client::{Cache, Client, ClientError, DirectoryTransport, Policy};
use url::Url;

/// Where there is one, a file system in memory: caches are synced to disk file by file.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

pub(crate) fn tuffet(corpus: &Path, case: &Case) -> Vec<Answer> {
    let (cache, downloads) = (scratch(), scratch());
    let folder = corpus.join(&case.name);
    let pin = std::fs::read(folder.join("0/metadata/1.root.json")).unwrap();
    let one = |(i, state): (usize, &State)| {
        let part = |name: &str| DirectoryTransport::open(folder.join(format!("{i}/{name}"))).unwrap();
        let refresh = || {
            let client = Client::bootstrap(Cache::new(cache.path()), part("metadata"), Policy::default(), &pin)?;
            let mut client = client.with_targets(part("targets"));
            let trusted = client.refresh(at(&state.now))?;
            Ok((client, trusted))
        };
        let code = |error: ClientError| error.code().to_owned();
        answer(state, refresh().map_err(code), |(client, trusted), path| {
            let done = client.download(trusted, path, downloads.path()).map_err(code)?;
            Ok(std::fs::read(done.path).unwrap())
        })
    };
    case.states.iter().enumerate().map(one).collect()
}

pub(crate) fn tough(corpus: &Path, case: &Case) -> Vec<Answer> {
    let cache = scratch();
    let folder = corpus.join(&case.name);
    let pin = std::fs::read(folder.join("0/metadata/1.root.json")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let one = |(i, state): (usize, &State)| {
        let part = |name: &str| Url::from_directory_path(folder.join(format!("{i}/{name}"))).unwrap();
        let loader = RepositoryLoader::new(&pin, part("metadata"), part("targets"))
            .transport(FilesystemTransport)
            .datastore(cache.path());
        let loaded = runtime.block_on(loader.load()).map_err(|e| e.to_string());
        answer(state, loaded, |repository, path| {
            let name = TargetName::new(path).map_err(|e| e.to_string())?;
            runtime.block_on(async {
                let stream = repository.read_target(&name).await.map_err(|e| e.to_string())?;
                stream.ok_or("not listed")?.into_vec().await.map_err(|e| e.to_string())
            })
        })
    };
    case.states.iter().enumerate().map(one).collect()
}

fn answer<C>(
    state: &State,
    refreshed: Result<C, String>,
    mut bytes: impl FnMut(&mut C, &str) -> Result<Vec<u8>, String>,
) -> Answer {
    let paths = state.expected.targets.keys();
    match refreshed {
        Err(code) => Answer {
            refused: Some(code),
            targets: paths.map(|path| (path.clone(), Fate::Refused("no refresh".into()))).collect(),
        },
        Ok(mut client) => {
            let mut fate = |path: &String| match bytes(&mut client, path) {
                Ok(bytes) => Fate::Content(String::from_utf8(bytes).unwrap()),
                Err(code) => Fate::Refused(code),
            };
            Answer { refused: None, targets: paths.map(|path| (path.clone(), fate(path))).collect() }
        }
    }
}

/// The version that differences.toml and scripts/test speak of.
pub(crate) const PYTHON_TUF: &str = "7.0.1";

/// The python that `scripts/test` prepared, or the one there is; `None` where it has another python-tuf or none.
pub(crate) fn python() -> Option<Command> {
    let python =
        std::env::var_os("TUFFET_PYTHON").filter(|python| !python.is_empty()).unwrap_or_else(|| "python3".into());
    let run = || Command::new(&python);
    let check = format!("import importlib.metadata as m; assert m.version('tuf') == '{PYTHON_TUF}'");
    let found = run().args(["-c", &check]).output().is_ok_and(|output| output.status.success());
    found.then(run)
}

/// All cases in one process.
pub(crate) fn python_tuf(mut python: Command, corpus: &Path) -> BTreeMap<String, Vec<Answer>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/differential/python_tuf.py");
    let output = python.arg(script).arg(corpus).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
