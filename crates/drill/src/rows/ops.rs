//! The words of the rows: what thieves do, one word after the other, and what clients make of it.

use super::expect::{Did, Prize, ask};
use super::fork::fork;
use super::owners::Owners;
use super::stage::{ClientOf, Stage};
use super::table::{Entry, Expected};
use super::{Played, PlayedRow, RowOutcome, Told};
use crate::{Forger, MakeKey, Twin, TwinError};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;
use tuffet_builder::Observed;
use tuffet_client::{MemoryTransport, StoredFile};
use tuffet_keys::Fingerprint;
use tuffet_metadata::json::{Object, Value};
use tuffet_metadata::{Pinned, RoleName, keyid_of};
use tuffet_verifier::Bound;

/// Plays one row.
pub(super) fn play(stage: &Stage, entry: &Entry, make: &mut MakeKey<'_>) -> Result<PlayedRow, TwinError> {
    let (held, stolen) = stage.stolen(entry);
    let outcome = match entry.needs.iter().find_map(|need| stage.lacks(need)) {
        Some(why) => RowOutcome::NotPlayed(why),
        None => RowOutcome::Played(Box::new(played(stage, entry, &held, make)?)),
    };
    let Entry { id, case, does, design, helps, .. } = entry.clone();
    Ok(PlayedRow { id, case, stolen, does, design, helps, outcome })
}

fn played(
    stage: &Stage,
    entry: &Entry,
    held: &BTreeSet<Fingerprint>,
    make: &mut MakeKey<'_>,
) -> Result<Played, TwinError> {
    let mut scene = Scene {
        stage,
        owners: Owners::of(stage),
        thief: Forger::holding(&stage.now, held.iter().copied()),
        held: held.clone(),
        clients: stage.clients.clone(),
        at: stage.at,
        prize: None,
    };
    for op in &entry.thief {
        scene.does(op, make)?;
    }
    let mut differs = Vec::new();
    let mut told = Vec::new();
    let files = scene.thief.files.clone();
    for client in &mut scene.clients {
        let (expected, kept) = entry.expects(client);
        let did = ask(client, &files, scene.at, scene.prize.as_ref());
        note(client, &did, expected, kept, &mut differs);
        told.push(did.told(client));
    }
    let until = if entry.until { scene.until(&mut differs) } else { None };
    let after = scene.after(entry, &mut differs, make)?;
    Ok(Played { clients: told, until, after, differs })
}

fn note(client: &ClientOf, did: &Did, expected: &Expected, kept: &str, differs: &mut Vec<String>) {
    differs.extend(did.differs(expected, kept).map(|what| format!("{}: {what}", client.name)));
}

/// A row while it is played.
struct Scene<'a> {
    stage: &'a Stage,
    owners: Owners<'a>,
    thief: Forger<'a>,
    held: BTreeSet<Fingerprint>,
    clients: Vec<ClientOf>,
    at: DateTime<Utc>,
    prize: Option<Prize>,
}

impl Scene<'_> {
    fn does(&mut self, op: &str, make: &mut MakeKey<'_>) -> Result<(), TwinError> {
        let words: Vec<&str> = op.split(' ').collect();
        match words.as_slice() {
            ["owners", "renew", roles @ ..] => self.owners.renew(roles)?,
            ["owners", "online"] => self.owners.online()?,
            ["owners", "list", how @ ..] => {
                let prize = self.prize_at("drill.txt");
                self.owners.list(&prize.0, &prize.1, !how.is_empty())?;
            }
            ["serve", what] => self.serve(what),
            ["serve", "owners", "root"] => {
                let roots = self.owners.twin.roots().iter();
                let named = roots.map(|root| (RoleName::Root.versioned_file_name(root.common.version), root.bytes()));
                self.thief.files.files.extend(named.map(|(name, bytes)| (name, bytes.to_vec())));
            }
            ["withhold", "root"] => {
                let name = RoleName::Root.versioned_file_name(self.owners.twin.root().common.version);
                self.thief.files.files.remove(&name);
            }
            ["old", role] => {
                let role = RoleName::named(role);
                let (_, bytes) = current(&self.stage.now, &role);
                self.put(&role, bytes);
            }
            ["as", one, other] => {
                let (_, bytes) = current(&self.owners.twin, &RoleName::named(one));
                self.put(&RoleName::named(other), bytes);
            }
            ["garbage", role, kind] => self.garbage(&RoleName::named(role), kind),
            ["redate", "held"] => self.redate()?,
            ["next", role] => self.version(&self.role(role), 1),
            ["high", role] => drop(self.thief.version(&self.role(role), HIGH)),
            ["pin", by, role, which] => self.pin(&RoleName::named(by), &self.role(role), which),
            ["drop", role] => {
                let file = self.role(role).file_name();
                self.thief.edit(&RoleName::Snapshot, |signed| drop(meta(signed).and_then(|meta| meta.remove(&file))));
            }
            ["take", role] => {
                let role = self.role(role);
                let (version, bytes) = current(&self.owners.twin, &role);
                self.thief.files.files.insert(self.owners.twin.file_name(&role, version), bytes.clone());
                self.thief.pin(&RoleName::Snapshot, &role, version, &bytes);
            }
            ["touch", role] => {
                self.thief.edit(&self.role(role), |signed| drop(signed.insert("x-drill".to_owned(), 1_u64.into())));
            }
            ["evil", role] => self.evil(role, true),
            ["stray", role] => self.evil(role, false),
            ["sign", role] => drop(self.thief.sign(&self.role(role))?),
            ["publish", role] => self.publish(&self.role(role))?,
            ["repeat", "root"] => self.repeat(),
            ["alias", "root"] => self.alias(),
            ["fork", from] => {
                let prize = self.prize_at("drill.txt");
                let (oldest, signed) = (*from == "oldest", *from != "unsigned");
                self.thief.files = fork(self.stage, oldest, signed, &self.held, &prize, make)?;
            }
            ["cache", what] => self.cache(what)?,
            ["clock", "back"] => self.at = self.at.checked_sub_signed(Duration::days(1)).unwrap_or(self.at),
            _ => return Err(TwinError::Row(format!("{op}: not a word of the rows"))),
        }
        Ok(())
    }

    fn role(&self, name: &str) -> RoleName {
        match (name, &self.stage.delegated) {
            ("delegated", Some(delegated)) => delegated.role.clone(),
            (name, _) => RoleName::named(name),
        }
    }

    fn prize_at(&mut self, path: &str) -> Prize {
        self.prize.insert((path.to_owned(), b"the thief's file".to_vec())).clone()
    }

    fn serve(&mut self, what: &str) {
        self.thief.files = match what {
            "before" => self.stage.before.files.clone(),
            "owners" => self.owners.twin.files.clone(),
            _ => MemoryTransport::default(),
        };
    }

    /// Under the name that the owners' newest file of the role has.
    fn put(&mut self, role: &RoleName, bytes: Vec<u8>) {
        let (version, _) = current(&self.owners.twin, role);
        self.thief.files.files.insert(self.owners.twin.file_name(role, version), bytes);
    }

    fn garbage(&mut self, role: &RoleName, kind: &str) {
        let twin = &self.stage.now;
        let (version, own) = current(twin, role);
        let bytes = match kind {
            "endless" => vec![b' '; ENDLESS],
            "deep" => "[".repeat(DEEP).into_bytes(),
            _ => String::from_utf8_lossy(&own).replacen("\"version\":", "\"version\":1,\"version\":", 1).into_bytes(),
        };
        let next = if *role == RoleName::Root { version.saturating_add(1) } else { version };
        self.thief.files.files.insert(twin.file_name(role, next), bytes);
    }

    fn version(&mut self, role: &RoleName, add: u64) {
        let (version, _) = current(&self.stage.now, role);
        self.thief.version(role, version.saturating_add(add));
    }

    fn pin(&mut self, by: &RoleName, role: &RoleName, which: &str) {
        let (version, _) = current(&self.stage.now, role);
        match which {
            "next" => drop(self.thief.pin_version(by, role, version.saturating_add(1))),
            "high" => drop(self.thief.pin_version(by, role, HIGH)),
            _ => {
                let (version, bytes) = current(&self.stage.before, role);
                self.thief.files.files.insert(self.stage.now.file_name(role, version), bytes.clone());
                self.thief.pin(by, role, version, &bytes);
            }
        }
    }

    /// The next version of a role, pinned in the next of those above it.
    fn publish(&mut self, role: &RoleName) -> Result<(), TwinError> {
        self.version(role, 1);
        let bytes = self.thief.sign(role)?;
        let by = match role {
            RoleName::Root | RoleName::Timestamp => return Ok(()),
            RoleName::Snapshot => RoleName::Timestamp,
            RoleName::Targets | RoleName::Delegated(_) => RoleName::Snapshot,
        };
        let (version, _) = current(&self.stage.now, role);
        self.thief.pin(&by, role, version.saturating_add(1), &bytes);
        self.publish(&by)
    }

    /// Later dates on what the stolen keys sign, from the timestamp down as far as they go without a gap.
    fn redate(&mut self) -> Result<(), TwinError> {
        let root = self.stage.now.root();
        let order = [RoleName::Timestamp, RoleName::Snapshot, RoleName::Targets];
        let held: Vec<&RoleName> = order.iter().take_while(|role| root.authority(role).is_met_by(&self.held)).collect();
        for role in &held {
            self.thief.expires(role, self.stage.far());
        }
        match held.last() {
            Some(lowest) => self.publish(lowest),
            None => Ok(()),
        }
    }

    /// Lists the thief's file in a role: in its paths, or outside them.
    fn evil(&mut self, name: &str, inside: bool) {
        let delegated = self.stage.delegated.as_ref().filter(|_| name == "delegated");
        let path = delegated.and_then(|d| if inside { d.inside.clone() } else { d.outside.clone() });
        let (path, bytes) = self.prize_at(&path.unwrap_or_else(|| "drill.txt".to_owned()));
        let mut pin = Pinned::of(1, &bytes).to_object();
        pin.remove("version");
        self.thief.edit(&self.role(name), |signed| {
            if let Some(Value::Object(targets)) = signed.get_mut("targets") {
                targets.insert(path, pin.into());
            }
        });
    }

    /// The first signature of the next root a second time.
    fn repeat(&mut self) {
        let (version, _) = current(&self.stage.now, &RoleName::Root);
        let name = RoleName::Root.versioned_file_name(version.saturating_add(1));
        let Some(bytes) = self.thief.files.files.get_mut(&name) else { return };
        let Ok(Value::Object(mut file)) = tuffet_metadata::json::parse(bytes, DEPTH) else { return };
        if let Some(Value::Array(signatures)) = file.get_mut("signatures") {
            signatures.extend(signatures.first().cloned());
        }
        *bytes = tuffet_metadata::json::pretty(&file.into());
    }

    /// A stolen key of root under a second keyid in the next root.
    fn alias(&mut self) {
        let root = self.stage.now.root();
        let authority = root.authority(&RoleName::Root);
        let stolen =
            |key: &&tuffet_metadata::Key| key.public().is_some_and(|public| self.held.contains(&public.fingerprint()));
        let Some(mut other) = authority.keys().find(stolen).map(tuffet_metadata::Key::object) else { return };
        other.insert("x-drill".to_owned(), 1_u64.into());
        let keyid = keyid_of(&other).to_string();
        self.thief.edit(&RoleName::Root, |signed| {
            if let Some(Value::Object(keys)) = signed.get_mut("keys") {
                keys.insert(keyid.clone(), other.into());
            }
            let roles = signed.get_mut("roles").and_then(as_object).and_then(|roles| roles.get_mut("root"));
            if let Some(Value::Array(keyids)) = roles.and_then(as_object).and_then(|root| root.get_mut("keyids")) {
                keyids.push(keyid.into());
            }
        });
    }

    fn cache(&mut self, what: &str) -> Result<(), TwinError> {
        let forged = self.thief.sign(&RoleName::Targets)?;
        // Signed for the file alone: what is served is the owners'.
        self.thief.files = self.stage.now.files.clone();
        for client in &mut self.clients {
            let files = &mut client.reader.store.files;
            match what {
                "empty" => files.clear(),
                _ => drop(files.insert(StoredFile::Targets, forged.clone())),
            }
        }
        Ok(())
    }

    /// The first expiry of what is served, if clients go on one second before it and stop at it.
    fn until(&self, differs: &mut Vec<String>) -> Option<Bound> {
        let file = |name: &str| Ok::<_, TwinError>(self.thief.files.files.get(name).cloned());
        let seen = Observed::walk("what is served", None, None, file).ok()?;
        let all = [
            (RoleName::Root, seen.roots.last()?.signed.common.expires.clone()),
            (RoleName::Timestamp, seen.timestamp.as_ref()?.signed.common.expires.clone()),
            (RoleName::Snapshot, seen.snapshot.as_ref()?.signed.common.expires.clone()),
            (RoleName::Targets, seen.targets.as_ref()?.signed.common.expires.clone()),
        ];
        let (role, expires) = all.into_iter().min_by_key(|(_, expires)| expires.time())?;
        let end = expires.time();
        for client in &self.clients {
            let mut reader = client.reader.clone();
            let last = end.checked_sub_signed(Duration::seconds(1)).unwrap_or(end);
            for (at, follows) in [(last, true), (end, false)] {
                let answer = reader.refresh(&self.thief.files, at);
                if answer.follows() != follows || !(follows || answer.code() == Some("freeze")) {
                    differs
                        .push(format!("{}: expected it to stop when {role} expires, at {at}: {answer}", client.name));
                }
            }
        }
        Some(Bound { role, expires })
    }

    fn after(
        &mut self,
        entry: &Entry,
        differs: &mut Vec<String>,
        make: &mut MakeKey<'_>,
    ) -> Result<Option<Result<Vec<Told>, String>>, TwinError> {
        if entry.after.is_empty() {
            return Ok(None);
        }
        if let Some(expected) = &entry.between {
            let mut plain = Owners::of(self.stage);
            // The first may have the version of what the thief signed: whoever has that keeps it (C25).
            plain.online()?;
            plain.online()?;
            for client in self.clients.iter().filter(|client| !client.new) {
                let did = ask(&mut client.clone(), &plain.twin.files, self.at, None);
                note(client, &did, expected, "any", differs);
            }
        }
        if self.stage.now.root().authority(&RoleName::Root).is_met_by(&self.held) {
            return Ok(Some(Err("out of band: the stolen keys meet root's threshold, too".to_owned())));
        }
        for op in &entry.after {
            let words: Vec<&str> = op.split(' ').collect();
            match words.as_slice() {
                ["rotate", what @ ..] => self.owners.rotate(what, &self.held, make)?,
                ["replace", "stolen"] => self.owners.replace(&self.held, make)?,
                ["owners", "online"] => self.owners.online()?,
                _ => return Err(TwinError::Row(format!("{op}: not a word of recoveries"))),
            }
        }
        let mut told = Vec::new();
        for client in &mut self.clients {
            let did = ask(client, &self.owners.twin.files, self.at, self.prize.as_ref());
            if let Some(expected) = entry.expects_after(client) {
                note(client, &did, &Expected::Follows, "", differs);
                note(client, &did, expected, "", differs);
            }
            told.push(did.told(client));
        }
        Ok(Some(Ok(told)))
    }
}

/// The version and bytes of what the owners signed last for a role.
fn current(twin: &Twin, role: &RoleName) -> (u64, Vec<u8>) {
    match role {
        RoleName::Root => (twin.root().common.version, twin.root().bytes().to_vec()),
        RoleName::Timestamp => (twin.timestamp().common.version, twin.timestamp().bytes().to_vec()),
        RoleName::Snapshot => (twin.snapshot().common.version, twin.snapshot().bytes().to_vec()),
        RoleName::Targets => (twin.targets().common.version, twin.targets().bytes().to_vec()),
        RoleName::Delegated(name) => {
            twin.delegated().get(name).map_or((0, Vec::new()), |file| (file.common.version, file.bytes().to_vec()))
        }
    }
}

fn meta(signed: &mut Object) -> Option<&mut Object> {
    signed.get_mut("meta").and_then(as_object)
}

fn as_object(value: &mut Value) -> Option<&mut Object> {
    if let Value::Object(members) = value { Some(members) } else { None }
}

/// A version no owner reaches, and the last that most readers hold.
const HIGH: u64 = i64::MAX.unsigned_abs();
/// Bytes: more than any client takes of a timestamp or a root.
const ENDLESS: usize = 600_000;
const DEEP: usize = 4_000;
const DEPTH: usize = 32;
