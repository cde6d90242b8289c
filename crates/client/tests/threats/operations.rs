//! What the repository and the attacker can do, one line each. An attacker's line names the key it takes.

use crate::simulator::{EXPIRES, at, sign};
use crate::world::World;
use std::collections::BTreeMap;
use tuffet_client::TransportError;
use tuffet_keys::{Sha512, sha256, sha512};
use tuffet_metadata::RoleName::{self, Root, Snapshot, Targets, Timestamp};
use tuffet_metadata::json::{Object, Value, object, parse};
use tuffet_metadata::{Hashes, PerClass};

/// Keys of the attacker's own, in no root of the repository.
const OWN: [u8; 2] = [66, 67];

type Done = Result<(), String>;

impl World {
    /// Does what the line says. Owners: `publish [ROLE]`, `rotate ROLE...`, `serve again`. The clock: `wait until T`.
    /// The network: `replay N [ROLE]`, `withhold NAME`, `send KIND`, `swap A B`, `pass timestamp as snapshot`. With a
    /// stolen key: `forge ...`.
    pub(crate) fn perform(&mut self, line: &str) -> Done {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["publish"] => self.owners(|world| world.sim.publish()),
            ["publish", "timestamp"] => self.owners(|world| world.sim.publish_timestamp()),
            ["publish", "root"] => self.owners(|world| {
                world.sim.publish_root();
            }),
            ["rotate", roles @ ..] => self.rotate(roles),
            ["recover", "versions"] => self.recover_versions(),
            ["serve", "again"] => self.serve_again(),
            ["wait", "until", time] => {
                self.now = at(time);
                Ok(())
            }
            ["replay", generation] => self.replay(generation, None),
            ["replay", generation, role] => self.replay(generation, Some(role)),
            ["withhold", name] => {
                self.sim.served.remove(name);
                Ok(())
            }
            ["send", kind] => self.send(kind),
            ["swap", one, other] => self.swap(one, other),
            ["pass", "timestamp", "as", "snapshot"] => self.pass_timestamp_as_snapshot(),
            ["forge", "hybrid", "root"] => self.hybrid_root(&[1, 2], false),
            ["publish", "hybrid", "root"] => self.hybrid_root(&[1, 2], true),
            ["forge", "root", how @ ..] => self.forge_root(&how.join(" ")),
            ["forge", role, fields @ ..] => self.forge(role, &read(fields)?),
            ["edit", "cache", how @ ..] => self.edit_cache(&how.join(" ")),
            ["break", "sha256"] => self.break_sha256(),
            ["demand", "a", "signature", "of", "each", "class"] => {
                let each = PerClass { post_quantum: 1, classical: 1 };
                self.policy.at_least.insert(Root, each);
                Ok(())
            }
            _ => Err("no such operation".into()),
        }
    }

    fn owners(&mut self, publish: impl FnOnce(&mut Self)) -> Done {
        publish(self);
        self.remember();
        Ok(())
    }

    /// New keys for the roles, in a new root; everything published again under them, versions going on.
    fn rotate(&mut self, roles: &[&str]) -> Done {
        for role in roles {
            match *role {
                "d" => {
                    let branch = &mut self.sim.branches[0];
                    (branch.seed, branch.signers) = (29, vec![29]);
                }
                name => {
                    let role = top_level(name)?;
                    let (seeds, threshold) = self.sim.keys[&role].clone();
                    self.sim.keys.insert(role, (seeds.iter().map(|seed| seed + 20).collect(), threshold));
                }
            }
        }
        self.owners(|world| {
            world.sim.publish_root();
            world.sim.publish();
        })
    }

    /// The owners go on from the versions they know, not from those the attacker made.
    fn recover_versions(&mut self) -> Done {
        self.sim.versions.extend([(Timestamp, 6), (Snapshot, 6), (Targets, 5)]);
        Ok(())
    }

    /// The network delivers what the owners published last.
    fn serve_again(&mut self) -> Done {
        let (_, newest) = self.generations.last_key_value().ok_or("nothing was published")?;
        self.sim.served.heal();
        newest.iter().for_each(|(name, bytes)| self.sim.served.put(name, bytes));
        Ok(())
    }

    fn replay(&mut self, generation: &str, role: Option<&str>) -> Done {
        let generation: u64 = generation.parse().map_err(|_| "a number")?;
        let old = self.generations.get(&generation).ok_or("no such generation")?.clone();
        for role in [Timestamp, Snapshot, Targets].into_iter().filter(|r| role.is_none_or(|only| only == r.as_str())) {
            let then = if role == Timestamp { role.file_name() } else { role.versioned_file_name(generation) };
            self.sim.served.put(&self.sim.name(&role), &old[&then]);
        }
        Ok(())
    }

    fn send(&mut self, kind: &str) -> Done {
        let name = "timestamp.json";
        match kind {
            "endless" => self.sim.served.put(name, &vec![b' '; 20_000]),
            "slow" => {
                let (url, after) = (name.to_owned(), std::time::Duration::from_secs(20));
                self.sim.served.break_file(name, TransportError::Timeout { url, what: "more bytes", after });
            }
            "compressed" => {
                let (url, encoding) = (name.to_owned(), "gzip".to_owned());
                self.sim.served.break_file(name, TransportError::Encoded { url, encoding });
            }
            "deep" => self.sim.served.put(name, &[b'['; 16_000]),
            "duplicate" => {
                let file = String::from_utf8(self.sim.served.take(name).ok_or("no timestamp")?).unwrap();
                let twice = file.replacen("\"version\"", "\"version\": 9,\n  \"version\"", 1);
                self.sim.served.put(name, twice.as_bytes());
            }
            other => return Err(format!("nothing called {other}")),
        }
        Ok(())
    }

    /// Serves two genuine targets under each other's names.
    fn swap(&mut self, one: &str, other: &str) -> Done {
        let place = |path: &str| {
            let files = self.sim.served.files();
            files.into_iter().find(|(name, _)| name.ends_with(&format!(".{path}"))).ok_or("no such target")
        };
        let ((one, first), (other, second)) = (place(one)?, place(other)?);
        self.sim.served.put(&one, &second);
        self.sim.served.put(&other, &first);
        Ok(())
    }

    /// Serves the timestamp where a snapshot should be: one key may sign both roles.
    fn pass_timestamp_as_snapshot(&mut self) -> Done {
        let timestamp = self.sim.served.take("timestamp.json").ok_or("no timestamp")?;
        self.sim.served.put(&self.sim.name(&Snapshot), &timestamp);
        Ok(())
    }

    fn needs(&self, role: &str) -> Done {
        if self.stolen.contains(role) { Ok(()) } else { Err(format!("the attacker has no key of {role}")) }
    }

    /// A role as its stolen key can sign it. `version`, `expires`; in a timestamp `snapshot=N`, in a snapshot
    /// `targets=N`, `d=N` pin that version alone, `without=d` drops an entry; in targets and `d`, `evil=PATH` lists a
    /// target of the attacker's.
    fn forge(&mut self, role: &str, fields: &BTreeMap<&str, &str>) -> Done {
        self.needs(role)?;
        let number = |name: &str| fields.get(name).map(|n| n.parse::<u64>().map_err(|_| format!("{name}: a number")));
        let version = number("version").ok_or("forge: version=N")??;
        let expires = fields.get("expires").copied().unwrap_or(EXPIRES);
        let (name, seeds, mut signed) = if role == "d" {
            let file = self.sim.branch_file("d");
            (
                RoleName::Delegated("d".into()).versioned_file_name(version),
                self.sim.branches[0].signers.clone(),
                signed(&file),
            )
        } else {
            let role = top_level(role)?;
            let name = if role == Timestamp { role.file_name() } else { role.versioned_file_name(version) };
            (name, self.sim.keys[&role].0.clone(), signed(&self.sim.file(&role)))
        };
        signed.insert("version".into(), version.into());
        signed.insert("expires".into(), expires.into());
        for (entry, file) in [("snapshot", "snapshot.json"), ("targets", "targets.json"), ("d", "d.json")] {
            if let Some(pinned) = number(entry) {
                let pin = object([("version", pinned?.into())]);
                member(&mut signed, "meta")?.insert(file.into(), pin.into());
            }
        }
        if let Some(gone) = fields.get("without") {
            member(&mut signed, "meta")?.remove(&format!("{gone}.json"));
        }
        if let Some(path) = fields.get("evil") {
            let entry = object([("length", 4.into()), ("hashes", Hashes::sha256_of(b"evil").to_object().into())]);
            member(&mut signed, "targets")?.insert((*path).to_owned(), entry.into());
            let prefix = sha256(b"evil").to_string();
            let place = match path.rsplit_once('/') {
                Some((folder, base)) => format!("targets/{folder}/{prefix}.{base}"),
                None => format!("targets/{prefix}.{path}"),
            };
            self.sim.served.put(&place, b"evil");
        }
        self.sim.served.put(&name, &sign(&signed.into(), &seeds));
        Ok(())
    }

    /// A root that makes the attacker's keys the keys of every role.
    fn forge_root(&mut self, how: &str) -> Done {
        let real = self.sim.keys[&Root].0.clone();
        let next = self.sim.versions[&Root] + 1;
        let mut theirs = self.sim.keys.clone();
        for (keys, threshold) in theirs.values_mut() {
            (*keys, *threshold) = (OWN.to_vec(), 2);
        }
        let signers = match how {
            "by one key and their own" => {
                self.needs("one of root")?;
                vec![real[0], OWN[0], OWN[1]]
            }
            "by one key twice and their own" => {
                self.needs("one of root")?;
                vec![real[0], real[0], OWN[0], OWN[1]]
            }
            "by their own" => OWN.to_vec(),
            "by the threshold" => {
                self.needs("root")?;
                [&real[..], &OWN[..]].concat()
            }
            "by keys rotated out" => {
                self.needs("old root")?;
                vec![1, 2, OWN[0], OWN[1]]
            }
            other => return Err(format!("no way called {other}")),
        };
        let honest = std::mem::replace(&mut self.sim.keys, theirs);
        let version = if how == "by keys rotated out" { 2 } else { next };
        let before = self.sim.versions.insert(Root, version);
        let file = self.sim.root_signed_by(&signers);
        self.sim.served.put(&Root.versioned_file_name(version), &file);
        if how == "by the threshold" || how == "by keys rotated out" {
            // And everything below, as the new keys may.
            self.sim.versions.extend([(Timestamp, 6), (Snapshot, 6), (Targets, 6)]);
            self.sim.targets.insert("app".into(), b"evil".to_vec());
            self.sim.publish();
        }
        self.sim.keys = honest;
        self.sim.versions.extend(before.map(|before| (Root, before)));
        Ok(())
    }

    /// The next root, by all the classical keys, and by the post-quantum one where its owner takes part.
    fn hybrid_root(&mut self, seeds: &[u8], with_lattice: bool) -> Done {
        if !with_lattice {
            self.needs("classical root")?;
        }
        self.sim.versions.insert(Root, 2);
        let root = crate::hybrid::root(&self.sim, seeds, with_lattice);
        self.sim.served.put("2.root.json", &root);
        Ok(())
    }

    /// Somebody who may write the cache, and has no key.
    fn edit_cache(&mut self, how: &str) -> Done {
        let file = |name: &str| self.cache.path().join(name);
        match how {
            "older timestamp" => std::fs::write(file("timestamp.json"), &self.generations[&4]["timestamp.json"]),
            "no timestamp" => std::fs::remove_file(file("timestamp.json")),
            "no notes" => std::fs::remove_file(file(".tuffet/state.json")),
            "garbage" => ["timestamp.json", "snapshot.json", "targets.json"]
                .iter()
                .try_for_each(|name| std::fs::write(file(name), b"garbage")),
            "own root" => {
                let honest = self.sim.keys.insert(Root, (OWN.to_vec(), 2)).ok_or("no root keys")?;
                let before = self.sim.versions.insert(Root, 2).ok_or("no root")?;
                let root = self.sim.root_signed_by(&OWN);
                self.sim.keys.insert(Root, honest);
                self.sim.versions.insert(Root, before);
                std::fs::write(file("root.json"), &root)
                    .and_then(|()| std::fs::write(file(".tuffet/roots/2.root.json"), &root))
            }
            other => return Err(format!("no edit called {other}")),
        }
        .map_err(|e| e.to_string())
    }

    /// SHA-256 no longer tells `evil` from the app; SHA-512, which the owners list as well, does. As nobody can make
    /// such a pair today, the owners' file says of the app what the attacker's bytes have.
    fn break_sha256(&mut self) -> Done {
        let mut signed = signed(&self.sim.file(&Targets));
        let honest: Sha512 = sha512(b"app of its owners");
        let hashes = object([("sha256", sha256(b"evil").to_string().into()), ("sha512", honest.to_string().into())]);
        let entry = object([("length", 4.into()), ("hashes", hashes.into())]);
        member(&mut signed, "targets")?.insert("app".into(), entry.into());
        signed.insert("version".into(), 6.into());
        self.sim.versions.insert(Targets, 6);
        self.sim.served.put("6.targets.json", &sign(&signed.into(), &self.sim.keys[&Targets].0));
        self.sim.served.put(&format!("targets/{}.app", sha256(b"evil")), b"evil");
        self.sim.publish_snapshot();
        self.sim.publish_timestamp();
        Ok(())
    }
}

fn top_level(name: &str) -> Result<RoleName, String> {
    RoleName::TOP_LEVEL.into_iter().find(|role| role.as_str() == name).ok_or_else(|| format!("no role {name}"))
}

fn read<'a>(fields: &[&'a str]) -> Result<BTreeMap<&'a str, &'a str>, String> {
    fields.iter().map(|field| field.split_once('=').ok_or_else(|| format!("{field}: NAME=VALUE"))).collect()
}

fn signed(file: &[u8]) -> Object {
    let Ok(Value::Object(file)) = parse(file, 32) else { panic!("a file") };
    file["signed"].as_object().unwrap().clone()
}

fn member<'a>(of: &'a mut Object, name: &str) -> Result<&'a mut Object, String> {
    match of.get_mut(name) {
        Some(Value::Object(members)) => Ok(members),
        _ => Err(format!("the role has no `{name}`")),
    }
}
