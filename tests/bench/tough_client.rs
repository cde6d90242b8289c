//! tough on the same files.

use crate::{Task, timed};
use tough::{ExpirationEnforcement, Limits, RepositoryLoader};
use url::Url;

#[derive(Default)]
pub struct Tough;

impl Tough {
    pub fn run(&mut self, task: &Task<'_>) -> Option<(f64, usize)> {
        match task.verb {
            "cold" | "warm" if !task.repository.starts_with("http") => {
                let pin = std::fs::read(format!("{}/1.root.json", task.repository)).unwrap();
                let base = Url::from_directory_path(task.repository).unwrap();
                std::fs::create_dir_all(task.cache).unwrap();
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let limits = Limits { max_root_updates: 4_096, max_targets_size: 1 << 32, ..Limits::default() };
                let (seconds, loaded) = timed(task, || {
                    let loader = RepositoryLoader::new(&pin, base.clone(), base.join("targets/").unwrap())
                        .limits(limits)
                        .datastore(task.cache)
                        .expiration_enforcement(ExpirationEnforcement::Safe);
                    runtime.block_on(loader.load())
                });
                let loaded = loaded.map_err(|error| eprintln!("tough: {}: {error}", task.repository)).ok()?;
                // Every root, one that is not there, and three; it has no count of its own.
                let requests = usize::try_from(loaded.root().signed.version.get()).unwrap() + 3;
                Some((seconds, requests))
            }
            "canonical" => {
                let value: serde_json::Value =
                    serde_json::from_slice(&std::fs::read(task.repository).unwrap()).unwrap();
                let (seconds, _) = timed(task, || {
                    let mut out = Vec::new();
                    let mut writer =
                        serde_json::Serializer::with_formatter(&mut out, olpc_cjson::CanonicalFormatter::new());
                    serde::Serialize::serialize(&value, &mut writer).unwrap();
                    out
                });
                Some((seconds, 0))
            }
            _ => None,
        }
    }
}
