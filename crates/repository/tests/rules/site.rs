//! A repository made for a test: three people of whom two sign, one online key.

use crate::people::Key;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tuffet_builder::{
    Change, Expiries, Given, Holder, OnlineKey, Pins, Seats, State, TargetPin, assemble, draft, payload,
};
use tuffet_keys::{Sign, sha256};
use tuffet_metadata::{Authority, RoleName, parse_time};
use tuffet_repository::{OnlineExpiries, Receipt, Repository, RepositoryError, Signed, Staged, stage};

pub(crate) const NAMES: [&str; 3] = ["@alice", "@bob", "@carol"];

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    parse_time(&format!("{text}T00:00:00Z")).unwrap()
}

pub(crate) fn at() -> DateTime<Utc> {
    time("2026-12-01")
}

pub(crate) fn expires() -> OnlineExpiries {
    OnlineExpiries { snapshot: time("2026-12-22"), timestamp: time("2026-12-08"), pins: Pins::Full }
}

/// Alice's key is P-256.
pub(crate) fn key(name: &str) -> Key {
    if name == "@alice" { Key::p256(1) } else { Key::ed25519(name.as_bytes()[1]) }
}

/// The online key is P-256 as well: line feeds in every file.
pub(crate) fn online() -> Key {
    Key::p256(9)
}

pub(crate) fn holder(name: &str) -> Holder {
    Holder { owner: name.into(), public: key(name).public_key().clone() }
}

pub(crate) fn establish() -> Change {
    let seats = Seats { holders: NAMES.map(holder).to_vec(), threshold: 2 };
    let online = OnlineKey { uri: "file:online.pem".into(), public: online().public_key().clone() };
    Change::Establish { root: seats.clone(), targets: seats, online }
}

pub(crate) fn target(path: &str, bytes: &[u8]) -> Change {
    let (length, sha256) = (bytes.len() as u64, sha256(bytes));
    let pin = TargetPin { path: path.into(), length, sha256, sha512: None, custom: None };
    Change::SetTarget { role: RoleName::Targets, pin }
}

/// What a ceremony brings that these people signed.
pub(crate) fn signed(state: Option<&State>, changes: &[Change], names: &[&str]) -> Signed {
    signed_until(state, changes, names, time("2027-06-01"))
}

pub(crate) fn signed_until(state: Option<&State>, changes: &[Change], names: &[&str], end: DateTime<Utc>) -> Signed {
    let expiries = Expiries::new(end, end);
    let draft = draft(state, changes, &expiries).unwrap();
    let give = |bytes: &[u8]| -> Vec<Given> {
        let one =
            |name: &&str| Given { by: key(name).public_key().fingerprint(), signature: key(name).sign(bytes).unwrap() };
        names.iter().map(one).collect()
    };
    let new = draft.root.as_deref().or(state.map(|s| &*s.root)).unwrap();
    let mut out = Signed::default();
    if let Some(root) = &draft.root {
        let old = state.map(|s| s.root.authority(&RoleName::Root));
        let authorities: Vec<Authority<'_>> = [root.authority(&RoleName::Root)].into_iter().chain(old).collect();
        out.root = Some(assemble(root, &authorities, &give(&payload(root).unwrap())));
    }
    if let Some(targets) = &draft.targets {
        let by = [new.authority(&RoleName::Targets)];
        out.targets = Some(assemble(targets, &by, &give(&payload(targets).unwrap())));
    }
    out
}

/// The first version: one nested target.
pub(crate) fn first() -> Signed {
    let mut signed = signed(None, &[establish(), target("logs/keys.json", b"{}")], &["@alice", "@bob"]);
    signed.files.insert("logs/keys.json".into(), b"{}".to_vec());
    signed
}

/// The second: Dave for Carol, who signed nothing, and another target.
pub(crate) fn second(state: &State) -> Signed {
    let outgoing = key("@carol").public_key().fingerprint();
    let replace = Change::ReplaceKeyholder { outgoing, incoming: holder("@dave") };
    let mut signed = signed(Some(state), &[replace, target("new.json", b"new")], &["@alice", "@bob"]);
    signed.files.insert("new.json".into(), b"new".to_vec());
    signed
}

pub(crate) struct Site {
    pub(crate) repository: Repository,
}

impl Site {
    pub(crate) fn at(dir: &Path) -> Self {
        Self { repository: Repository::open(dir) }
    }

    pub(crate) fn state(&self) -> State {
        self.repository.published().unwrap().unwrap().state()
    }

    pub(crate) fn stage(&self, signed: Signed) -> Result<Staged, RepositoryError> {
        stage(self.repository.published()?, signed, &online(), &expires())
    }

    pub(crate) fn publish(&self, signed: Signed) -> Result<Receipt, RepositoryError> {
        self.stage(signed)?.verify(at())?.publish(&self.repository)
    }

    pub(crate) fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        crate::tree::tree(self.repository.dir())
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.tree().into_keys().collect()
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.repository.dir().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

pub(crate) fn text<T>(result: Result<T, RepositoryError>) -> String {
    result.err().expect("expected a refusal").to_string()
}
