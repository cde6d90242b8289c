//! A repository whose owners mean no good, and whose signatures are right: 60 roots, 40 delegations, and names that would be
//! markup, that turn the line, or that never end.

use ed25519_dalek::{Signer as _, SigningKey};
use std::fs;
use std::path::Path;
use tuffet_keys::{KeyId, PublicKey, Scheme, sha256};
use tuffet_metadata::json::{Object, Value, canonical, object};
use tuffet_metadata::{Key, write_file};

pub(crate) const ROOTS: u64 = 60;
pub(crate) const DELEGATIONS: usize = 40;
pub(crate) const AT: &str = "2026-12-01T10:00:00Z";

struct Person {
    key: Key,
    secret: SigningKey,
}

fn person(seed: u8, owner: &str) -> Person {
    let secret = SigningKey::from_bytes(&[seed; 32]);
    let public = PublicKey::from_raw(Scheme::Ed25519, secret.verifying_key().as_bytes()).unwrap();
    Person { key: Key::compose(&public, Some(owner), None), secret }
}

/// Names, each with its trick.
pub(crate) fn names() -> [String; 5] {
    [
        "<script>document.title='taken'</script>".to_owned(),
        "\"><img src=x onerror=alert(1)>".to_owned(),
        format!("@{}", "verylongname".repeat(40)),
        "@\u{202e}ecila\u{2066}</bdi></td></table>".to_owned(),
        "@שרה_بدر_王".to_owned(),
    ]
}

/// Writes the repository, and a workspace around it.
pub(crate) fn write(workspace: &Path) {
    let people: Vec<Person> = (1..).zip(names()).map(|(seed, name)| person(seed, &name)).collect();
    let online = person(99, "</style><svg onload=alert(1)>");
    let folder = workspace.join("repository");
    fs::create_dir_all(&folder).unwrap();
    fs::create_dir_all(workspace.join("ceremony/2026-12-01-<b>broken")).unwrap();
    fs::write(workspace.join("ceremony/2026-12-01-<b>broken/plan.toml"), "no plan: </main><script>").unwrap();
    let title = "</title><script>alert(1)</script> \u{202e}";
    let url = "javascript:alert(document.domain)";
    let settings = format!("schema = \"tuffet-workspace-v1\"\n[page]\nname = {title:?}\nurl = {url:?}\n");
    fs::write(workspace.join("tuffet.toml"), settings.replace("\\u{202e}", "\\u202e")).unwrap();
    let put = |name: String, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let mut before: Vec<&Person> = people.iter().take(3).collect();
    for version in 1..=ROOTS {
        // One leaves and one comes, again and again.
        let first = usize::try_from(version / 4).unwrap();
        let now: Vec<&Person> = people.iter().cycle().skip(first % people.len()).take(3).collect();
        put(format!("{version}.root.json"), &sign(&root(version, &now, &online), &[before, now.clone()].concat()));
        before = now;
    }
    let targets = sign(&targets(&people), &before);
    put("1.targets.json".to_owned(), &targets);
    let pin = |bytes: &[u8]| -> Value {
        let hashes = object([("sha256", sha256(bytes).to_string().as_str().into())]);
        let length = u64::try_from(bytes.len()).unwrap();
        object([("version", 1_u64.into()), ("length", length.into()), ("hashes", hashes.into())]).into()
    };
    let snapshot = file("snapshot", 1, [("meta", object([("targets.json", pin(&targets))]).into())]);
    let snapshot = sign(&snapshot, &[&online]);
    put("1.snapshot.json".to_owned(), &snapshot);
    let timestamp = file("timestamp", 1, [("meta", object([("snapshot.json", pin(&snapshot))]).into())]);
    put("timestamp.json".to_owned(), &sign(&timestamp, &[&online]));
}

fn root(version: u64, people: &[&Person], online: &Person) -> Value {
    let holders: Vec<&Person> = people.to_vec();
    let role = |people: &[&Person], threshold: u64| keys_of(people, threshold).into();
    let roles: Object = object([
        ("root", role(&holders, 2)),
        ("targets", role(&holders, 2)),
        ("snapshot", role(&[online], 1)),
        ("timestamp", role(&[online], 1)),
    ]);
    let keys: Object =
        holders.iter().chain([&online]).map(|p| (p.key.keyid().to_string(), p.key.object().into())).collect();
    let more = [("keys", keys.into()), ("roles", roles.into()), ("consistent_snapshot", true.into())];
    file("root", version, more)
}

fn targets(people: &[Person]) -> Value {
    let keys: Object = people.iter().map(|p| (p.key.keyid().to_string(), p.key.object().into())).collect();
    let everybody: Vec<&Person> = people.iter().collect();
    let roles: Vec<Value> = (0..DELEGATIONS)
        .map(|n| {
            let name = match n % 4 {
                0 => format!("<b>role {n}</b>"),
                1 => format!("role-{n}-{}", "long".repeat(55)),
                2 => format!("\u{202e}elor {n}"),
                _ => format!("team/{n}"),
            };
            let mut role = keys_of(&everybody, 3);
            let paths: Vec<Value> = (0..30).map(|p| format!("<i>{n}/{p}*\"'&").as_str().into()).collect();
            role.extend(object([
                ("name", name.as_str().into()),
                ("terminating", (n % 2 == 0).into()),
                ("paths", paths.into()),
            ]));
            role.into()
        })
        .collect();
    let delegations = object([("keys", keys.into()), ("roles", roles.into())]);
    file("targets", 1, [("targets", Object::new().into()), ("delegations", delegations.into())])
}

fn keys_of(people: &[&Person], threshold: u64) -> Object {
    let ids: Vec<Value> = people.iter().map(|p| p.key.keyid().as_str().into()).collect();
    object([("keyids", ids.into()), ("threshold", threshold.into())])
}

fn file<const N: usize>(kind: &str, version: u64, more: [(&str, Value); N]) -> Value {
    let mut members = object([
        ("_type", kind.into()),
        ("spec_version", "1.0.31".into()),
        ("version", version.into()),
        ("expires", "2027-06-01T00:00:00Z".into()),
    ]);
    members.extend(more.map(|(name, value)| (name.to_owned(), value)));
    members.into()
}

fn sign(signed: &Value, by: &[&Person]) -> Vec<u8> {
    let payload = canonical(signed);
    let mut signatures: Vec<(KeyId, Vec<u8>)> = Vec::new();
    for person in by {
        let keyid = person.key.keyid().clone();
        if signatures.iter().all(|(known, _)| *known != keyid) {
            signatures.push((keyid, person.secret.sign(&payload).to_bytes().to_vec()));
        }
    }
    write_file(signed, &signatures)
}
