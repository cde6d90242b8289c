//! A maker of repositories by hand: each file a value, signed by whoever is named, right or wrong.

use crate::people::Key;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tuffet_keys::{Sign, sha256, sha512};
use tuffet_metadata::{KeyidExceptions, json as tuf, parse_time, write_file};
use tuffet_repository::{Layout, Options, Source, Staging, Taken, TakeoverError, Tree, take};

pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Alice holds root and targets, Olga's key is online, Dora and Dan are delegated to.
pub(crate) fn key(name: &str) -> Key {
    Key::ed25519(name.as_bytes().iter().fold(7, |sum: u8, byte| sum.wrapping_mul(31).wrapping_add(*byte)))
}

/// A key's object as other tools write it, and its keyid.
pub(crate) fn key_object(name: &str) -> (String, Value) {
    let key = tuffet_metadata::Key::compose(key(name).public_key(), Some(name), None);
    let object = tuf::pretty(&key.object().into());
    (key.keyid().to_string(), serde_json::from_slice(&object).unwrap())
}

pub(crate) fn keys(names: &[&str]) -> Value {
    names.iter().map(|name| key_object(name)).collect::<serde_json::Map<_, _>>().into()
}

pub(crate) fn role(names: &[&str]) -> Value {
    json!({"keyids": names.iter().map(|name| key_object(name).0).collect::<Vec<_>>(), "threshold": 1})
}

/// A file of this `signed`, signed by these people.
pub(crate) fn file(signed: &Value, names: &[&str]) -> Vec<u8> {
    let value = tuf::parse(signed.to_string().as_bytes(), 32).unwrap();
    let payload = tuf::canonical(&value);
    let sign = |name: &&str| (tuffet_keys::KeyId::new(key_object(name).0), key(name).sign(&payload).unwrap());
    write_file(&value, &names.iter().map(sign).collect::<Vec<_>>())
}

pub(crate) fn root(version: u64, online: &str) -> Value {
    json!({
        "_type": "root", "spec_version": "1.0", "version": version, "expires": "2027-01-01T00:00:00Z",
        "consistent_snapshot": true,
        "keys": keys(&["@alice", online]),
        "roles": {
            "root": role(&["@alice"]), "targets": role(&["@alice"]), "snapshot": role(&[online]), "timestamp": role(&[online]),
        },
    })
}

pub(crate) fn targets(version: u64, listed: &[(&str, &[u8])]) -> Value {
    let entry = |(path, bytes): &(&str, &[u8])| {
        let hashes = json!({"sha256": sha256(bytes).to_string(), "sha512": sha512(bytes).to_string()});
        ((*path).to_owned(), json!({"length": bytes.len(), "hashes": hashes}))
    };
    let listed: serde_json::Map<_, _> = listed.iter().map(entry).collect();
    json!({
        "_type": "targets", "spec_version": "1.0", "version": version, "expires": "2027-01-01T00:00:00Z",
        "targets": listed,
    })
}

/// A delegation of `paths` to the role `name`, signed by `who`.
pub(crate) fn delegation(name: &str, who: &str) -> Value {
    let mut delegation = role(&[who]);
    delegation["name"] = name.into();
    delegation["paths"] = json!(["*"]);
    delegation["terminating"] = false.into();
    delegation
}

/// A repository under way.
pub(crate) struct Maker {
    pub(crate) root: Value,
    pub(crate) targets: Value,
    /// Delegated roles by name, each with who signs it.
    pub(crate) delegated: BTreeMap<String, (Value, &'static str)>,
    /// Entries of the snapshot beside those of the roles.
    pub(crate) listed: BTreeMap<String, u64>,
    /// Contents by path.
    pub(crate) contents: BTreeMap<String, Vec<u8>>,
    pub(crate) online: &'static str,
}

impl Maker {
    pub(crate) fn new(listed: &[(&str, &[u8])]) -> Self {
        Self {
            root: root(1, "@olga"),
            targets: targets(1, listed),
            delegated: BTreeMap::new(),
            listed: BTreeMap::new(),
            contents: listed.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect(),
            online: "@olga",
        }
    }

    /// Has the top-level role delegate to these.
    pub(crate) fn delegate(&mut self, people: &[&str], roles: &[Value]) {
        self.targets["delegations"] = json!({"keys": keys(people), "roles": roles});
    }

    pub(crate) fn add(&mut self, name: &str, signed: Value, by: &'static str) {
        self.delegated.insert(name.to_owned(), (signed, by));
    }

    /// The tree as published; hashes are in names unless root says otherwise.
    pub(crate) fn published(&self) -> Files {
        let consistent = self.root["consistent_snapshot"] == true;
        let numbered = |version: &Value, name: &str| {
            if consistent { format!("{version}.{name}.json") } else { format!("{name}.json") }
        };
        let online = |kind: &str, meta: Value| {
            let signed = json!({
                "_type": kind, "spec_version": "1.0", "version": 3, "expires": "2027-01-01T00:00:00Z", "meta": meta,
            });
            file(&signed, &[self.online])
        };
        let mut meta = json!({"targets.json": {"version": self.targets["version"]}});
        let mut out = Files::new();
        out.insert("1.root.json".into(), file(&self.root, &["@alice"]));
        out.insert(numbered(&self.targets["version"], "targets"), file(&self.targets, &["@alice"]));
        for (name, (signed, by)) in &self.delegated {
            meta[format!("{name}.json")] = json!({"version": signed["version"]});
            let escaped = tuffet_metadata::RoleName::Delegated(name.clone()).request_name(None);
            out.insert(numbered(&signed["version"], escaped.strip_suffix(".json").unwrap()), file(signed, &[by]));
        }
        for (name, version) in &self.listed {
            meta[name] = json!({"version": version});
        }
        out.insert(numbered(&json!(3), "snapshot"), online("snapshot", meta));
        out.insert("timestamp.json".into(), online("timestamp", json!({"snapshot.json": {"version": 3}})));
        for (path, bytes) in &self.contents {
            let (folder, name) =
                path.rsplit_once('/').map_or((String::new(), path.as_str()), |(f, n)| (format!("{f}/"), n));
            if consistent {
                out.insert(format!("targets/{folder}{}.{name}", sha256(bytes)), bytes.clone());
                out.insert(format!("targets/{folder}{}.{name}", sha512(bytes)), bytes.clone());
            } else {
                out.insert(format!("targets/{path}"), bytes.clone());
            }
        }
        out
    }

    /// The tree as tuf-on-ci works on it.
    pub(crate) fn working(&self) -> Files {
        let mut out = Files::new();
        for (name, bytes) in self.published().iter().filter(|(name, _)| !name.starts_with("targets/")) {
            let role = name
                .split_once('.')
                .filter(|(number, _)| number.parse::<u64>().is_ok())
                .map_or(name.as_str(), |(_, role)| role);
            out.insert(format!("metadata/{role}"), bytes.clone());
        }
        out.insert("metadata/root_history/1.root.json".into(), out["metadata/root.json"].clone());
        out.extend(self.contents.iter().map(|(path, bytes)| (format!("targets/{path}"), bytes.clone())));
        out
    }
}

/// A source folder and what is made of it.
pub(crate) struct Scratch(pub(crate) TempDir);

impl Scratch {
    pub(crate) fn of(files: &Files) -> Self {
        let this = Self(tempfile::tempdir().unwrap());
        for (name, bytes) in files {
            this.put(name, bytes);
        }
        this
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.source().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn source(&self) -> PathBuf {
        self.0.path().join("source")
    }

    pub(crate) fn made(&self) -> PathBuf {
        self.0.path().join("made")
    }

    /// Takes the source over into `made`, laid out so.
    pub(crate) fn take_as(&self, layout: Layout) -> Result<Taken, TakeoverError> {
        copy(&self.source(), &self.made(), layout)
    }

    pub(crate) fn take(&self) -> Result<Taken, TakeoverError> {
        self.take_as(Layout::Published)
    }

    /// The refusal, after which nothing is there but the source.
    #[track_caller]
    pub(crate) fn refused(&self) -> String {
        let error = self.take().expect_err("expected a refusal").to_string();
        let there: Vec<_> = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(there, ["source"]);
        error
    }
}

pub(crate) fn copy(from: &Path, to: &Path, layout: Layout) -> Result<Taken, TakeoverError> {
    let options = Options::new(parse_time(AT).unwrap(), KeyidExceptions::Listed(Vec::new()));
    let mut staging = Staging::beside(to)?;
    let taken = take(&Source::folder(from), &options, Some(&mut Tree { staging: &mut staging, below: "", layout }))?;
    staging.finish(&[""])?;
    Ok(taken)
}

pub(crate) fn notes(taken: &Taken) -> Vec<String> {
    taken.notes.iter().filter(|note| note.code() != "unpinned-hashes").map(ToString::to_string).collect()
}

pub(crate) const AT: &str = "2026-12-01T00:00:00Z";
