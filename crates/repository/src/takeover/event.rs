//! The signing event that a working tree of tuf-on-ci may be in the middle of.

use std::fmt;
use tuffet_builder::Partial;
use tuffet_metadata::json::{self, Value};
use tuffet_metadata::{Limits, Profile, Root};

/// An open signing event: nothing of it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenEvent {
    /// Who is invited, and the roles they are to hold.
    pub invites: Vec<(String, Vec<String>)>,
    /// The metadata that is not signed by enough people yet.
    pub unsigned: Vec<Unsigned>,
}

/// Metadata that waits for signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    /// The role.
    pub role: String,
    /// The version proposed.
    pub version: u64,
    /// For each root that has a say: its version, signatures there, signatures wanted, who has not signed.
    pub counts: Vec<(u64, usize, u64, Vec<String>)>,
}

impl fmt::Display for OpenEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let invited = self.invites.iter().map(|(who, roles)| format!("{who} is invited to {}", roles.join(", ")));
        let unsigned = self.unsigned.iter().flat_map(|open| {
            open.counts.iter().map(|(root, have, need, missing)| {
                let missing = if missing.is_empty() { "nobody".to_owned() } else { missing.join(", ") };
                format!(
                    "{} v{} has {have} of {need} signatures for root v{root}, missing {missing}",
                    open.role, open.version
                )
            })
        });
        let all: Vec<String> = invited.chain(unsigned).collect();
        f.write_str(&all.join("; "))
    }
}

/// The invitations in `.signing-event-state`: names by role, as tuf-on-ci writes them.
pub(super) fn invites(bytes: &[u8], depth: usize) -> Result<Vec<(String, Vec<String>)>, String> {
    let value = json::parse(bytes, depth).map_err(|error| error.to_string())?;
    let invites = value.as_object().and_then(|state| state.get("invites")).and_then(Value::as_object);
    let invites = invites.ok_or_else(|| "expected an object `invites`, found none".to_owned())?;
    let mut out = Vec::new();
    for (who, roles) in invites {
        let roles = roles.as_array().unwrap_or_default().iter().filter_map(Value::as_str).map(escaped).collect();
        out.push((escaped(who), roles));
    }
    Ok(out)
}

/// Where a root that is not signed by enough people stands.
pub(super) fn unsigned_root(bytes: &[u8], before: &Root, profile: &Profile, limits: &Limits) -> Option<Unsigned> {
    let partial = Partial::read(bytes, profile, limits).ok()?;
    let standing = partial.standing(Some(before)).ok()?;
    let counts = standing.counts.iter().map(|count| {
        let name = |who: &tuffet_builder::Who| match (&who.owner, who.keyids.first()) {
            (Some(owner), _) => escaped(owner),
            (None, Some(keyid)) => keyid.short().to_owned(),
            (None, None) => "a key without a name".to_owned(),
        };
        (count.root, count.tally.have(), count.tally.threshold, count.missing.iter().map(name).collect())
    });
    Some(Unsigned { role: partial.role().to_string(), version: partial.common().version, counts: counts.collect() })
}

fn escaped(text: &str) -> String {
    text.escape_debug().to_string()
}
