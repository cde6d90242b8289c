//! One URL, looked at: every file, what a client says, and how the server answers.

use super::super::check::observe::{Source, TARGETS};
use super::super::network::Network;
use crate::CliError;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tuffet_builder::Served;
use tuffet_builder::outside::{Sighting, View};
use tuffet_client::TransportError;

/// A URL to look at.
pub(super) struct Place {
    url: String,
    is_mirror: bool,
    source: Source,
    #[cfg(feature = "network")]
    server: Option<tuffet_client::HttpTransport>,
}

impl Place {
    pub(super) fn open(url: &str, is_mirror: bool, network: &Network) -> Result<Self, CliError> {
        let source = Source::open(url, None, network)?;
        #[cfg(feature = "network")]
        let server = match url.split_once("://") {
            Some(("http" | "https", _)) => {
                let opened = tuffet_client::HttpTransport::new(url, network.config()?);
                Some(opened.map_err(tuffet_client::ClientError::from)?)
            }
            _ => None,
        };
        Ok(Self {
            url: url.to_owned(),
            is_mirror,
            source,
            #[cfg(feature = "network")]
            server,
        })
    }

    pub(super) fn look(&self, pinned: &[u8], targets: bool, at: DateTime<Utc>, notes: &mut Vec<String>) -> Sighting {
        let found = self.view(pinned, targets, at, notes).map_err(|error| error.message);
        Sighting { url: self.url.clone(), is_mirror: self.is_mirror, found }
    }

    fn view(&self, pinned: &[u8], targets: bool, at: DateTime<Utc>, notes: &mut Vec<String>) -> Result<View, CliError> {
        let mut seen = self.source.walk(Some(pinned.to_vec()), Some(at))?;
        let (refused, is_expired) = self.source.refused(pinned.to_vec(), at)?.unzip();
        seen.refused = refused;
        let mut view = View { seen, is_expired: is_expired.unwrap_or(false), ..View::default() };
        if targets {
            self.targets(&mut view, notes);
        }
        self.answers(&mut view);
        Ok(view)
    }

    fn targets(&self, view: &mut View, notes: &mut Vec<String>) {
        let listed = view.seen.listed_targets();
        if listed.len() > TARGETS {
            notes.push(format!(
                "{}: target files were not looked at: {} are more than {TARGETS}",
                self.url,
                listed.len()
            ));
            return;
        }
        let mut served = BTreeMap::new();
        for (_, target, names) in listed {
            let length = target.length.unwrap_or(UNLISTED);
            for name in names {
                if length > LARGE && self.ask(&name, view) {
                    continue;
                }
                match self.source.target(&name, length) {
                    Some(Ok(bytes)) => {
                        served.insert(name, Served::of(&bytes));
                    }
                    // A name that is no file's is there for nobody.
                    None | Some(Err(TransportError::NotFound { .. } | TransportError::Path { .. })) => {}
                    Some(Err(cause)) => drop(view.unreached.insert(name, cause.to_string())),
                }
            }
        }
        view.seen.served = Some(served);
    }

    /// Asks for a large file's length alone; `false` where nobody can be asked.
    #[cfg(feature = "network")]
    fn ask(&self, name: &str, view: &mut View) -> bool {
        let Some(server) = &self.server else { return false };
        match server.probe_head(&format!("targets/{name}")) {
            Ok(probe) if probe.status == 200 => {
                let Some(length) = probe.length else { return false };
                view.lengths.insert(name.to_owned(), length);
            }
            Ok(probe) if matches!(probe.status, 403 | 404 | 410) => {}
            Ok(probe) => drop(view.unreached.insert(name.to_owned(), format!("found HTTP status {}", probe.status))),
            Err(cause) => drop(view.unreached.insert(name.to_owned(), cause.to_string())),
        }
        true
    }

    #[cfg(not(feature = "network"))]
    fn ask(&self, _: &str, _: &mut View) -> bool {
        false
    }

    /// How the server answers where every client asks: for the timestamp, and for the root after the newest.
    #[cfg(feature = "network")]
    fn answers(&self, view: &mut View) {
        use tuffet_builder::outside::{Answer, Answers};
        use tuffet_metadata::RoleName;
        let Some(server) = &self.server else { return };
        let newest = view.seen.roots.iter().map(tuffet_builder::Seen::version).max().unwrap_or(0);
        let next_root = RoleName::Root.versioned_file_name(newest.saturating_add(1));
        let answer = |name: &str| {
            let probe = server.probe(name).ok()?;
            Some(Answer { status: probe.status, age: probe.age, cache_control: probe.cache_control })
        };
        // A server that went away meanwhile is the next look's to tell.
        let (Some(timestamp), Some(absent)) = (answer("timestamp.json"), answer(&next_root)) else { return };
        view.answers = Some(Answers { timestamp, next_root, absent });
    }

    #[cfg(not(feature = "network"))]
    fn answers(&self, _: &mut View) {}
}

/// Bytes from which on a target is asked about and not fetched at every look.
const LARGE: u64 = 8_000_000;
/// Bytes that are read of a target whose length nobody lists.
const UNLISTED: u64 = 64_000_000;
