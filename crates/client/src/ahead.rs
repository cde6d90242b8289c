//! Fetching roots ahead: their names are known before their content is, so a client far behind need not wait for each.

use crate::{Transport, TransportError};
use std::collections::VecDeque;
use std::thread;
use tuffet_metadata::RoleName;
use tuffet_verifier::Request;

type Fetched = Result<Vec<u8>, TransportError>;

/// Answers that came before their turn. They are handed out by version, one by one; nothing in them is looked at
/// before, not even "not found": for version k it counts once all before k were there and verified.
pub(crate) struct Ahead {
    width: usize,
    single: bool,
    queue: VecDeque<(u64, Fetched)>,
}

impl Ahead {
    pub(crate) fn new(width: usize) -> Self {
        Self { width: width.min(WIDEST), single: true, queue: VecDeque::new() }
    }

    /// The root of `version`, which `request` names. The first is fetched alone: mostly it is not there, and asking
    /// for 32 files that are not would be a burden for nothing.
    pub(crate) fn fetch(&mut self, transport: &dyn Transport, request: &Request, version: u64) -> Fetched {
        let single = std::mem::replace(&mut self.single, false);
        let threads = if self.width < 2 || single { None } else { transport.across_threads() };
        let Some(transport) = threads else { return transport.fetch(&request.name, request.limit) };
        self.queue.retain(|(ready, _)| *ready >= version);
        if self.queue.front().is_none_or(|(ready, _)| *ready != version) {
            self.queue = batch(transport, version, self.width, request.limit);
        }
        match self.queue.pop_front() {
            Some((_, fetched)) => fetched,
            None => transport.fetch(&request.name, request.limit),
        }
    }
}

/// Versions `from` and on, each in a thread of its own.
fn batch(transport: &(dyn Transport + Sync), from: u64, width: usize, limit: u64) -> VecDeque<(u64, Fetched)> {
    thread::scope(|scope| {
        let fetch = |version: u64| {
            let name = RoleName::Root.versioned_file_name(version);
            let fetch = move || transport.fetch(&name, limit);
            // Where no thread is to be had, the file is fetched in its turn.
            let started = thread::Builder::new().spawn_scoped(scope, fetch);
            started.ok().map(|thread| (version, thread))
        };
        let threads: Vec<_> = (from..=u64::MAX).take(width).map_while(fetch).collect();
        threads.into_iter().map_while(|(version, thread)| Some((version, thread.join().ok()?))).collect()
    })
}

const WIDEST: usize = 32;
