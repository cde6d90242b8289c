//! Closing an entry: the day from which nothing new is believed of it, while all it vouched for before still is.

use chrono::{DateTime, Utc};

use crate::authority::CertificateAuthority;
use crate::compose::{Compose, window};
use crate::entries::{Entry, EntryKind};
use crate::error::ComposeError;
use crate::log::TransparencyLog;
use crate::refusal::Refusal;
use crate::time::Window;

impl Compose {
    /// Ends an entry's window; its start stays as it is written (TR3). An end that is there may come earlier, never later
    /// and never go: what was said to be over stays over (TR4).
    ///
    /// `named` is a URL, or the beginning of an id in hex, eight digits at least. Of several entries at one URL it is the
    /// one that is open.
    ///
    /// # Errors
    /// [`Refusal::NoEntry`], [`Refusal::SeveralEntries`], and what the window breaks.
    pub fn close(mut self, kind: Option<EntryKind>, named: &str, end: DateTime<Utc>) -> Result<Self, ComposeError> {
        self.end(kind, named, end).map_err(|refusal| ComposeError::new(named, refusal))?;
        Ok(self)
    }

    fn end(&mut self, kind: Option<EntryKind>, named: &str, end: DateTime<Utc>) -> Result<(), Refusal> {
        let entry = self.so_far().entry_named(kind, named)?;
        let root = self.root_mut();
        let window = match entry.kind {
            EntryKind::TransparencyLog => log_window(&mut root.tlogs, &entry.id),
            EntryKind::CtLog => log_window(&mut root.ctlogs, &entry.id),
            EntryKind::CertificateAuthority => authority_window(&mut root.certificate_authorities, &entry.id, end)?,
            EntryKind::TimestampAuthority => authority_window(&mut root.timestamp_authorities, &entry.id, end)?,
        };
        let Some(window) = window else { return Err(Refusal::NoEntry { found: Vec::new() }) };
        *window = closed(window, end)?;
        Ok(())
    }
}

impl crate::TrustedRoot {
    /// The entry that is meant: by URL, or by the beginning of its id in hex.
    ///
    /// # Errors
    /// [`Refusal::NoEntry`], [`Refusal::SeveralEntries`]
    pub fn entry_named(&self, kind: Option<EntryKind>, named: &str) -> Result<Entry, Refusal> {
        let all: Vec<Entry> = self.entries().into_iter().filter(|entry| kind.is_none_or(|k| k == entry.kind)).collect();
        let plain = |url: &str| url.trim_end_matches('/').to_owned();
        let is_id = named.len() >= SHORTEST_ID && named.bytes().all(|b| b.is_ascii_hexdigit());
        let lower = named.to_ascii_lowercase();
        let mut meant: Vec<Entry> = all
            .iter()
            .filter(|entry| {
                (is_id && entry.id.starts_with(&lower)) || entry.url.as_deref().map(plain) == Some(plain(named))
            })
            .cloned()
            .collect();
        if meant.len() > 1 && !is_id && meant.iter().filter(|entry| entry.end.is_none()).count() == 1 {
            meant.retain(|entry| entry.end.is_none());
        }
        match meant.as_slice() {
            [entry] => Ok(entry.clone()),
            [] => Err(Refusal::NoEntry { found: all.iter().map(short).collect() }),
            several => Err(Refusal::SeveralEntries { found: several.iter().map(short).collect() }),
        }
    }
}

/// `CT log https://ct.example.org (0123456789abcdef)`
fn short(entry: &Entry) -> String {
    let id: String = entry.id.chars().take(16).collect();
    format!("{} {} ({id})", entry.kind.words(), entry.url.as_deref().unwrap_or("without an address"))
}

fn log_window<'a>(logs: &'a mut [TransparencyLog], id: &str) -> Option<&'a mut Window> {
    logs.iter_mut().find(|log| log.log_id.to_string() == id).map(|log| &mut log.public_key.valid_for)
}

fn authority_window<'a>(
    authorities: &'a mut [CertificateAuthority],
    id: &str,
    end: DateTime<Utc>,
) -> Result<Option<&'a mut Window>, Refusal> {
    let found = authorities
        .iter_mut()
        .find(|authority| authority.chain.first().is_some_and(|certificate| hex::encode(certificate.sha256()) == id));
    let Some(authority) = found else { return Ok(None) };
    authority.outlives(end)?;
    Ok(Some(&mut authority.valid_for))
}

fn closed(old: &Window, end: DateTime<Utc>) -> Result<Window, Refusal> {
    let start = old.start().ok_or(Refusal::NoStart)?.clone();
    if let Some(was) = old.end().filter(|was| was.time() < end) {
        return Err(Refusal::ClosedEarlier { was: was.to_string(), found: end.to_rfc3339() });
    }
    window(start, Some(end))
}

const SHORTEST_ID: usize = 8;
