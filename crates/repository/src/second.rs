//! The independent second client: tough, with a canonicaliser, a JSON reader and a cryptography library of its own.

use crate::{RepositoryError, Staged};
use std::collections::BTreeMap;
use tough::{ExpirationEnforcement, FilesystemTransport, IntoVec, RepositoryLoader};
use tuffet_metadata::RoleName;
use url::Url;

/// Has tough walk the whole tree from version 1 and read every target that is in it. Roots that were published before it
/// read their kind stand in the way of some repositories: then it starts behind them, and what it said is returned.
pub(crate) fn read(staged: &Staged) -> Result<Option<String>, RepositoryError> {
    if staged.has_bins {
        return Ok(Some(
            "the second client (tough) knows no succinct bins (F23): it did not read this repository".into(),
        ));
    }
    let (mut first, mut newest) = (None, String::new());
    // The newest root before this publication is the last to start from: what is new it must follow.
    for &version in &staged.starts {
        match walk(&staged.tree, version) {
            Ok(()) => {
                let limited = first.map(|why| {
                    format!("the second client (tough) starts from root v{version}; from v1 it says: {why}")
                });
                return Ok(limited);
            }
            Err(why) => {
                newest.clone_from(&why);
                first.get_or_insert(why);
            }
        }
    }
    let why = first.unwrap_or_default();
    // A root that is out and that it cannot read at all keeps nobody from publishing one that it can: the keys of a
    // repository that was taken over are rewritten for clients like this one, and a date with an offset, which it writes
    // anew before it checks the signature, is gone with the next root. Whoever needs the old one has another client.
    let (last, new) = (staged.starts.last().copied().unwrap_or(1), staged.newest_root());
    if new > last && UNREAD.iter().any(|begins| newest.starts_with(begins)) && walk(&staged.tree, new).is_ok() {
        return Ok(Some(format!("the second client (tough) starts from root v{new}; from v{last} it says: {newest}")));
    }
    Err(RepositoryError::Second(why))
}

fn walk(tree: &BTreeMap<String, Vec<u8>>, from: u64) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    for (name, bytes) in tree {
        let path = folder.path().join(name);
        let parent = path.parent().unwrap_or(folder.path());
        std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, bytes)).map_err(|e| e.to_string())?;
    }
    let url = |part: &str| {
        Url::from_directory_path(folder.path().join(part)).map_err(|()| "no URL for a temporary folder".to_owned())
    };
    let (metadata, targets) = (url("")?, url("targets")?);
    std::fs::create_dir_all(folder.path().join("targets")).map_err(|e| e.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let first = tree.get(&RoleName::Root.versioned_file_name(from)).cloned().unwrap_or_default();
        let repository = RepositoryLoader::new(&first, metadata, targets)
            .transport(FilesystemTransport)
            .expiration_enforcement(ExpirationEnforcement::Unsafe)
            .load()
            .await
            .map_err(|e| chain(&e))?;
        for (name, target) in repository.all_targets() {
            let file = format!("targets/{}.{}", hex::encode(&target.hashes.sha256), name.raw());
            if !tree.contains_key(&file) {
                continue;
            }
            let stream = repository.read_target(name).await.map_err(|e| chain(&e))?;
            let stream = stream.ok_or_else(|| format!("target `{}` is not listed", name.raw()))?;
            stream.into_vec().await.map_err(|e| chain(&e))?;
        }
        Ok(())
    })
}

/// How its refusal of the root it is to start from begins; of every later root it says something else.
const UNREAD: [&str; 2] = ["Failed to parse trusted root metadata", "Failed to verify trusted root metadata"];

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
