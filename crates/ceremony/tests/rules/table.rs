//! A ceremony directory made for a test, and what happens around it.

use crate::people::Key;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use tuffet_ceremony::{
    Assembled, Ceremony, CeremonyError, Enrolment, Invite, Online, Person, Plan, PlanExpiries, PlannedChange,
    PlannedSeats, Previous, Purpose, Sitting, TokenStatement, Transcript, Waiver,
};
use tuffet_keys::{Sha256, Sign, sha256};
use tuffet_metadata::{RoleName, parse_time};

pub(crate) const NAMES: [&str; 5] = ["@alice", "@bob", "@carol", "@dave", "@erin"];
pub(crate) const URI: &str = "file:online.pem";
pub(crate) const TARGET: &[u8] = b"{\"logs\": []}\n";

pub(crate) fn now() -> DateTime<Utc> {
    parse_time("2026-12-01T12:00:00Z").unwrap()
}

/// Somebody signs, now.
pub(crate) fn sitting() -> Sitting<'static> {
    Sitting { purpose: Purpose::Ceremony, review: "review", now: now(), out: None }
}

/// What a repository has published.
pub(crate) fn previous(root: &[u8], targets: &[u8]) -> Previous {
    Previous { root: root.to_vec(), targets: targets.to_vec(), ..Previous::default() }
}

/// Alice has a P-256 key, so that PEM with its line feeds is in every payload.
/// What the stations of these people say of their tokens.
pub(crate) fn token() -> TokenStatement {
    TokenStatement { kind: "test".to_owned(), ..TokenStatement::default() }
}

pub(crate) fn key(name: &str) -> Key {
    match name {
        "@alice" => Key::p256(1),
        URI => Key::ed25519(9),
        name => Key::ed25519(name.as_bytes()[1]),
    }
}

/// A plan with the files it binds, not yet on a disk.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) plan: Plan,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Table {
    fn new(ceremony: &str, previous: Option<Sha256>) -> Self {
        let date = |day: &str| format!("{day}T00:00:00Z");
        let plan = Plan {
            schema: "tuffet-plan-v1".into(),
            ceremony: ceremony.into(),
            at: date("2026-12-01"),
            previous_root: previous.map_or_else(|| "none".into(), |hash| hash.to_string()),
            expires: PlanExpiries {
                root: date("2027-06-01"),
                targets: date("2027-06-01"),
                snapshot: date("2026-12-22"),
                timestamp: date("2026-12-08"),
                delegated: BTreeMap::new(),
            },
            online: None,
            online_keys: Vec::new(),
            people: Vec::new(),
            attestation: None,
            approvals: 0,
            software_keys: false,
            tools: Vec::new(),
            witnesses: Vec::new(),
            changes: Vec::new(),
            waivers: vec![Waiver { rule: "K5".into(), reason: "a test of something else".into() }],
        };
        Self { plan, files: BTreeMap::new() }
    }

    /// Three of five sign root and targets; one target.
    pub(crate) fn initial() -> Self {
        let mut table = Self::new("2026-12-01-initial", None);
        for name in NAMES {
            table.person(name, &key(name));
        }
        let (key, enrolment) = table.enrol(URI, &key(URI));
        table.plan.online = Some(Online { key, uri: URI.into(), enrolment });
        let seats = PlannedSeats { threshold: 3, people: NAMES.map(str::to_owned).to_vec() };
        table.plan.changes.push(PlannedChange::Establish { root: seats.clone(), targets: seats });
        table.target("logs/keys.json", TARGET);
        table
    }

    /// Frank for Erin.
    pub(crate) fn replacement(previous: Sha256) -> Self {
        let mut table = Self::new("2027-03-01-replace-erin", Some(previous));
        table.person("@frank", &key("@frank"));
        let (outgoing, incoming) = ("@erin".into(), "@frank".into());
        table.plan.changes.push(PlannedChange::ReplaceKeyholder { outgoing, incoming });
        table
    }

    pub(crate) fn invite(&self, owner: &str) -> Invite {
        let previous = Sha256::from_hex(&self.plan.previous_root);
        Invite::new(&self.plan.ceremony, previous, owner, *sha256(owner.as_bytes()).as_bytes())
    }

    fn enrol(&mut self, owner: &str, key: &Key) -> (String, String) {
        self.enrol_on(owner, key, token())
    }

    fn enrol_on(&mut self, owner: &str, key: &Key, token: TokenStatement) -> (String, String) {
        let record = self.invite(owner).answer(key, token, None).unwrap();
        self.keep(&record)
    }

    /// Somebody of the plan, on another token.
    pub(crate) fn person_on(&mut self, name: &str, with: &Key, token: TokenStatement) {
        let enrolment = self.enrol_on(name, with, token).1;
        self.plan.people.iter_mut().find(|person| person.name == name).unwrap().enrolment = enrolment;
    }

    pub(crate) fn witness(&mut self, name: &str, with: &Key) {
        self.witness_on(name, with, token());
    }

    pub(crate) fn witness_on(&mut self, name: &str, with: &Key, token: TokenStatement) {
        let (key, enrolment) = self.enrol_on(name, with, token);
        self.plan.witnesses.push(Person { name: name.into(), key, enrolment });
    }

    /// Files a record under its own fingerprint: (fingerprint, SHA-256).
    pub(crate) fn keep(&mut self, record: &Enrolment) -> (String, String) {
        let text = record.to_json();
        self.files.insert(format!("keys/{}/enrolment.json", record.fingerprint), text.clone().into_bytes());
        (record.fingerprint.clone(), sha256(text.as_bytes()).to_string())
    }

    pub(crate) fn person(&mut self, name: &str, with: &Key) {
        let (key, enrolment) = self.enrol(name, with);
        self.plan.people.push(Person { name: name.into(), key, enrolment });
    }

    pub(crate) fn target(&mut self, path: &str, bytes: &[u8]) {
        self.files.insert(format!("targets/{path}"), bytes.to_vec());
        let (length, sha256) = (bytes.len() as u64, sha256(bytes).to_string());
        self.plan.changes.push(set_target(path, length, sha256));
    }

    /// The directory, in a folder that goes with the value.
    pub(crate) fn lay(&self) -> Laid {
        let dir = tempfile::tempdir().unwrap();
        let laid = Laid { dir };
        for (name, bytes) in &self.files {
            laid.put(name, bytes);
        }
        laid.put("plan.toml", self.plan.to_toml().as_bytes());
        laid
    }
}

/// A ceremony directory.
#[derive(Debug)]
pub(crate) struct Laid {
    pub(crate) dir: TempDir,
}

impl Laid {
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn open(&self) -> Ceremony {
        Ceremony::open(self.path()).unwrap()
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }

    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.get(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        self.put(name, text.replacen(from, to, 1).as_bytes());
    }

    pub(crate) fn copy(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let copy = Self { dir };
        for (name, bytes) in self.tree() {
            copy.put(&name, &bytes);
        }
        copy
    }

    /// Every file with its bytes.
    pub(crate) fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        crate::tree::tree(self.path())
    }

    pub(crate) fn draft(&self) {
        assert!(self.open().draft(None, now()).unwrap().recorded);
    }

    /// The signature files `name` makes on a copy of the directory, on another machine.
    pub(crate) fn signed_by(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let copy = self.copy();
        let (ceremony, key) = (copy.open(), key(name));
        let roles = ceremony.roles_to_sign(&key.public_key().fingerprint(), Purpose::Ceremony).unwrap();
        let sign = |role: &RoleName| {
            let path = ceremony.sign(role, &key, &sitting()).unwrap().path();
            let bytes = copy.get(&path);
            (format!("{name}/{role}.json"), bytes)
        };
        roles.iter().map(sign).collect()
    }

    /// Puts an approval where the ceremony looks for it.
    pub(crate) fn put_approval(&self, bytes: &[u8]) {
        let approval: tuffet_ceremony::Approval = serde_json::from_slice(bytes).unwrap();
        self.put(&approval.path(), bytes);
    }

    pub(crate) fn assemble(&self, incoming: &[(String, Vec<u8>)]) -> Result<Assembled, CeremonyError> {
        self.open().assemble(incoming, now())
    }

    /// Drafted, signed by these people elsewhere, assembled.
    pub(crate) fn carry_out(&self, names: &[&str]) -> Assembled {
        let files: Vec<_> = names.iter().flat_map(|name| self.signed_by(name)).collect();
        self.assemble(&files).unwrap()
    }

    /// What a publication of version `n` of both roles would report.
    pub(crate) fn published(&self, n: u64) -> BTreeMap<String, String> {
        let mut out = BTreeMap::from([("timestamp.json".to_owned(), sha256(b"timestamp").to_string())]);
        for role in [RoleName::Root, RoleName::Targets] {
            if let Some(bytes) = self.open().assembled(&role).unwrap() {
                out.insert(role.versioned_file_name(n), sha256(&bytes).to_string());
            }
        }
        out
    }

    pub(crate) fn close(&self) -> Transcript {
        self.open().record_publication(self.published(1), now()).unwrap()
    }
}

/// A drafted initial ceremony.
pub(crate) fn drafted() -> Laid {
    let laid = Table::initial().lay();
    laid.draft();
    laid
}

/// An initial ceremony that Alice, Bob and Carol signed, closed.
pub(crate) fn closed() -> Laid {
    let laid = drafted();
    laid.carry_out(&NAMES[..3]);
    laid.close();
    laid
}

/// The full text of a refusal.
pub(crate) fn text<T>(result: Result<T, CeremonyError>) -> String {
    result.err().expect("expected a refusal").to_string()
}

/// SHA-256, hex.
pub(crate) fn hash(bytes: &[u8]) -> String {
    sha256(bytes).to_string()
}

/// A target of the top-level role, by SHA-256 alone.
pub(crate) fn set_target(path: &str, length: u64, sha256: String) -> PlannedChange {
    let path = path.to_owned();
    PlannedChange::SetTarget { role: None, path, length, sha256, sha512: None, custom: None }
}
