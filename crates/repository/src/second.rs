//! The independent second client: tough, with a canonicaliser, a JSON reader and a cryptography library of its own.

use crate::RepositoryError;
use std::collections::BTreeMap;
use tough::{ExpirationEnforcement, FilesystemTransport, IntoVec, RepositoryLoader};
use url::Url;

/// Has tough walk the whole tree from version 1 and read every target that is in it.
pub(crate) fn read(tree: &BTreeMap<String, Vec<u8>>) -> Result<(), RepositoryError> {
    let refuse = |text: String| RepositoryError::Second(text);
    let folder = tempfile::tempdir().map_err(|e| refuse(e.to_string()))?;
    for (name, bytes) in tree {
        let path = folder.path().join(name);
        let parent = path.parent().unwrap_or(folder.path());
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, bytes))
            .map_err(|e| refuse(e.to_string()))?;
    }
    let url = |part: &str| {
        Url::from_directory_path(folder.path().join(part)).map_err(|()| refuse("no URL for a temporary folder".into()))
    };
    let (metadata, targets) = (url("")?, url("targets")?);
    std::fs::create_dir_all(folder.path().join("targets")).map_err(|e| refuse(e.to_string()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|e| refuse(e.to_string()))?;
    runtime.block_on(async {
        let first = tree.get("1.root.json").cloned().unwrap_or_default();
        let repository = RepositoryLoader::new(&first, metadata, targets)
            .transport(FilesystemTransport)
            .expiration_enforcement(ExpirationEnforcement::Unsafe)
            .load()
            .await
            .map_err(|e| refuse(chain(&e)))?;
        for (name, target) in repository.all_targets() {
            let file = format!("targets/{}.{}", hex::encode(&target.hashes.sha256), name.raw());
            if !tree.contains_key(&file) {
                continue;
            }
            let stream = repository.read_target(name).await.map_err(|e| refuse(chain(&e)))?;
            let stream = stream.ok_or_else(|| refuse(format!("target `{}` is not listed", name.raw())))?;
            stream.into_vec().await.map_err(|e| refuse(chain(&e)))?;
        }
        Ok(())
    })
}

/// An error with what caused it, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
