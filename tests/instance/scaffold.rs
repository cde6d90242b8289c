//! What scaffolding's `tuf` job leaves behind, byte-shaped as go-tuf writes it: four single Ed25519 keys made for it and kept
//! open, six months for everything, hashes of SHA-512 alone, structs in their order and maps sorted, one blank a level.

use ring::digest::{SHA256, SHA512, digest};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// What differs between versions and forks.
#[derive(Clone, Copy)]
pub(crate) struct Variant {
    /// The job writes versions and hashes into names since 2024-08.
    pub(crate) consistent: bool,
    /// A numbered root beside root.json.
    pub(crate) numbered_root: bool,
    /// `custom.sigstore` in the entries.
    pub(crate) custom: bool,
    /// A file that lists what else lies there, or a date in the zone of the machine.
    pub(crate) expires: &'static str,
}

/// What every version of today writes.
pub(crate) const TODAY: Variant =
    Variant { consistent: true, numbered_root: true, custom: true, expires: "2027-05-01T10:00:00Z" };

/// The four roles and the byte their keys are made from.
const ROLES: [(&str, u8); 4] = [("root", 1), ("snapshot", 3), ("targets", 2), ("timestamp", 4)];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn public(seed: u8) -> String {
    hex(pair(seed).public_key().as_ref())
}

/// The object, in the order go-tuf writes it, and its keyid: over the whole of it, sorted.
fn key(seed: u8) -> (String, String) {
    let public = public(seed);
    let object = format!(
        r#"{{"keytype":"ed25519","scheme":"ed25519","keyid_hash_algorithms":["sha256","sha512"],"keyval":{{"public":"{public}"}}}}"#
    );
    let sorted = format!(
        r#"{{"keyid_hash_algorithms":["sha256","sha512"],"keytype":"ed25519","keyval":{{"public":"{public}"}},"scheme":"ed25519"}}"#
    );
    (hex(digest(&SHA256, sorted.as_bytes()).as_ref()), object)
}

/// Canonical JSON of what has no numbers but integers and no escapes.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            let inside: Vec<_> =
                names.iter().map(|name| format!("\"{name}\":{}", canonical(&members[*name]))).collect();
            format!("{{{}}}", inside.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// A file: `signed` as it stands, signed by the key of this byte, indented by one blank a level.
fn file(signed: &str, seed: u8) -> Vec<u8> {
    let value: Value = serde_json::from_str(signed).unwrap();
    let signature = hex(pair(seed).sign(canonical(&value).as_bytes()).as_ref());
    let keyid = key(seed).0;
    indented(&format!(r#"{{"signed":{signed},"signatures":[{{"keyid":"{keyid}","sig":"{signature}"}}]}}"#)).into_bytes()
}

/// As Go's `MarshalIndent` with a blank: members keep their order.
fn indented(compact: &str) -> String {
    let (mut out, mut depth, mut in_string) = (String::new(), 0, false);
    let line = |depth: usize| format!("\n{}", " ".repeat(depth));
    let mut chars = compact.chars().peekable();
    while let Some(c) = chars.next() {
        if in_string {
            in_string = c != '"';
            out.push(c);
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                if chars.peek().is_some_and(|next| matches!(next, '}' | ']')) {
                    out.extend(chars.next());
                } else {
                    depth += 1;
                    out += &line(depth);
                }
            }
            '}' | ']' => {
                depth -= 1;
                out += &line(depth);
                out.push(c);
            }
            ',' => out += &format!(",{}", line(depth)),
            ':' => out += ": ",
            c => {
                in_string = c == '"';
                out.push(c);
            }
        }
    }
    out
}

fn sha512(bytes: &[u8]) -> String {
    hex(digest(&SHA512, bytes).as_ref())
}

fn pinned(bytes: &[u8]) -> String {
    format!(r#"{{"length":{},"hashes":{{"sha512":"{}"}},"version":1}}"#, bytes.len(), sha512(bytes))
}

/// Writes `repository/` and `keys/` below `dir`, with these targets: name, usage, content.
pub(crate) fn write(dir: &Path, variant: Variant, targets: &[(&str, &str, Vec<u8>)]) {
    let Variant { consistent, expires, .. } = variant;
    let head = |kind: &str| format!(r#""_type":"{kind}","spec_version":"1.0","version":1,"expires":"{expires}""#);
    let mut keys: Vec<(String, String)> = ROLES.iter().map(|(_, seed)| key(*seed)).collect();
    keys.sort();
    let keys: Vec<_> = keys.iter().map(|(keyid, object)| format!("\"{keyid}\":{object}")).collect();
    let roles = ROLES.map(|(role, seed)| format!(r#""{role}":{{"keyids":["{}"],"threshold":1}}"#, key(seed).0));
    let root = format!(
        r#"{{{},"keys":{{{}}},"roles":{{{}}},"consistent_snapshot":{consistent}}}"#,
        head("root"),
        keys.join(","),
        roles.join(",")
    );
    let mut sorted: Vec<_> = targets.iter().collect();
    sorted.sort_by_key(|(name, ..)| *name);
    let entries: Vec<_> = sorted
        .iter()
        .map(|(name, usage, bytes)| {
            let custom = format!(r#","custom":{{"sigstore":{{"usage":"{usage}","status":"Active","uri":""}}}}"#);
            let custom = if variant.custom { custom } else { String::new() };
            format!(r#""{name}":{{"length":{},"hashes":{{"sha512":"{}"}}{custom}}}"#, bytes.len(), sha512(bytes))
        })
        .collect();
    let targets_json = file(&format!(r#"{{{},"targets":{{{}}}}}"#, head("targets"), entries.join(",")), 2);
    let meta = format!(r#"{{{},"meta":{{"targets.json":{}}}}}"#, head("snapshot"), pinned(&targets_json));
    let snapshot = file(&meta, 3);
    let meta = format!(r#"{{{},"meta":{{"snapshot.json":{}}}}}"#, head("timestamp"), pinned(&snapshot));
    let (root, timestamp) = (file(&root, 1), file(&meta, 4));

    let repository = dir.join("repository");
    fs::create_dir_all(repository.join("targets")).unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(repository.join(name), bytes).unwrap();
    put("root.json", &root);
    if variant.numbered_root {
        put("1.root.json", &root);
    }
    put("timestamp.json", &timestamp);
    for (name, bytes) in [("targets.json", &targets_json), ("snapshot.json", &snapshot)] {
        put(name, bytes);
        if consistent {
            put(&format!("1.{name}"), bytes);
        }
    }
    for (name, _, bytes) in targets {
        let name = if consistent { format!("{}.{name}", sha512(bytes)) } else { (*name).to_owned() };
        put(&format!("targets/{name}"), bytes);
    }
    fs::create_dir_all(dir.join("keys")).unwrap();
    for (role, seed) in ROLES {
        let private = hex(&[seed; 32]) + &public(seed);
        let key = json!({"encrypted": false, "data": [{
            "keytype": "ed25519", "scheme": "ed25519", "keyid_hash_algorithms": ["sha256", "sha512"],
            "keyval": {"public": public(seed), "private": private},
        }]});
        fs::write(dir.join(format!("keys/{role}.json")), format!("{key:#}\n")).unwrap();
    }
}
