//! tuffet-client as an application uses it: a cache directory, a transport that counts.

use crate::{Task, timed};
use chrono::{DateTime, Utc};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;
use tuffet_client::{
    AnyTransport, Cache, CacheTrust, Client, Limits, Policy, Transport, TransportError, open_transport,
};

#[derive(Default)]
pub struct Ours {
    /// The client of the task before, for `again`.
    last: Option<Client<Counted, Cache>>,
}

struct Counted(AnyTransport, AtomicUsize);

impl Transport for Counted {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.fetch(path, limit)
    }

    fn fetch_metadata(&self, name: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.fetch_metadata(name, limit)
    }

    fn across_threads(&self) -> Option<&(dyn Transport + Sync)> {
        self.0.across_threads().map(|_| self as _)
    }
}

impl Ours {
    pub fn run(&mut self, task: &Task<'_>) -> Option<(f64, usize)> {
        let now: DateTime<Utc> = SystemTime::now().into();
        match task.verb {
            "cold" | "warm" | "notes" | "ahead" => {
                let pin = pin(task);
                let (seconds, client) = timed(task, || {
                    let mut client = client(task, &pin);
                    client.refresh(now).unwrap();
                    client
                });
                let requests = client.transport().1.load(Ordering::Relaxed);
                self.last = Some(client);
                Some((seconds, requests))
            }
            "again" => {
                let client = self.last.as_mut()?;
                let before = client.transport().1.load(Ordering::Relaxed);
                let (seconds, _) = timed(task, || client.refresh(now).unwrap());
                Some((seconds, client.transport().1.load(Ordering::Relaxed) - before))
            }
            "find" => {
                let mut client = client(task, &pin(task));
                let trusted = client.refresh(now).unwrap();
                let before = client.transport().1.load(Ordering::Relaxed);
                let (seconds, _) = timed(task, || client.find(&trusted, task.target).unwrap());
                Some((seconds, client.transport().1.load(Ordering::Relaxed) - before))
            }
            "canonical" => {
                let bytes = std::fs::read(task.repository).unwrap();
                let value = tuffet_metadata::json::parse(&bytes, 32).unwrap();
                Some((timed(task, || tuffet_metadata::json::canonical(&value)).0, 0))
            }
            _ => None,
        }
    }
}

/// The root beside the files, also where they are asked for over HTTP.
fn pin(task: &Task<'_>) -> Vec<u8> {
    std::fs::read(if task.target.ends_with("root.json") { task.target.into() } else { root_of(task) }).unwrap()
}

fn root_of(task: &Task<'_>) -> String {
    format!("{}/1.root.json", task.repository)
}

fn client(task: &Task<'_>, pin: &[u8]) -> Client<Counted, Cache> {
    let limits = Limits { roots: 4_096, targets_bytes: 1 << 32, pinned_bytes: 1 << 32, ..Limits::default() };
    let policy = Policy { limits, ..Policy::default() };
    let transport = Counted(open_transport(task.repository).unwrap(), AtomicUsize::new(0));
    let client = Client::bootstrap(Cache::new(task.cache), transport, policy, pin).unwrap();
    match task.verb {
        "notes" => client.with_cache_trust(CacheTrust::Notes),
        "ahead" => client.with_fetch_ahead(32),
        _ => client,
    }
}
