//! The client against a simulated repository. Tests carry the ids of spec.md and faults.md in their names, and every
//! refusal is followed by a look at the cache: it must be, to the byte, what it was.

#[path = "../simulator/mod.rs"]
mod simulator;

mod ahead;
#[cfg(feature = "http")]
mod bad_input;
mod cache;
#[cfg(feature = "http")]
mod conditional;
mod download;
mod evidence;
mod faults;
#[cfg(feature = "http")]
mod http;
mod mangle;
mod messages;
#[cfg(feature = "http")]
mod pace;
mod pack;
#[cfg(feature = "http")]
mod proxy;
#[cfg(feature = "http")]
mod retry;
mod roots;
mod search;
#[cfg(feature = "http")]
mod server;
mod snapshot;
mod timestamp;
#[cfg(feature = "http")]
mod tls;
mod transports;
#[cfg(feature = "trust-root")]
mod trust;
#[cfg(feature = "trust-root")]
mod watch;
mod x1_crash;
mod x1_disk;
mod x4_share;

use simulator::{Served, Simulator, disk, now};
use std::collections::BTreeMap;
use tempfile::TempDir;
use tuffet_client::{Cache, Client, ClientError};

/// A repository, a cache directory, and a client that starts anew for each refresh: an application restarted.
struct World {
    sim: Simulator,
    dir: TempDir,
}

impl World {
    fn new() -> Self {
        Self { sim: Simulator::new(), dir: TempDir::new().unwrap() }
    }

    /// After a first refresh that went well.
    fn refreshed() -> Self {
        let world = Self::new();
        world.client().refresh(now()).unwrap();
        world.sim.served.log();
        world
    }

    fn client(&self) -> Client<Served, Cache> {
        self.sim.client(self.dir.path())
    }

    fn refresh(&self) -> Result<tuffet_client::Refreshed, ClientError> {
        self.client().refresh(now())
    }

    /// A refresh that must be refused and must leave the cache as it is.
    fn refused(&self) -> ClientError {
        let before = self.disk();
        let error = self.refresh().unwrap_err();
        assert_eq!(self.disk(), before, "after: {error}");
        error
    }

    fn disk(&self) -> BTreeMap<String, Vec<u8>> {
        disk(self.dir.path())
    }

    fn log(&self) -> Vec<String> {
        self.sim.served.log()
    }
}
