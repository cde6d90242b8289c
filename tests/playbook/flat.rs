//! A repository as it was before consistent snapshots, for the entry that takes one over: that of entry 1, without
//! versions and hashes in names, and its root signed anew to say so.

use crate::run::PASSPHRASE;
use std::fs;
use std::path::Path;
use tuffet_keys::Sign as _;
use tuffet_metadata::json::{canonical, parse};
use tuffet_signers::{AskError, AskSecret, FileKey, Secret};

/// Lays it into `flat/` below the folder in which entry 1 was played.
pub(crate) fn beside(folder: &Path) {
    let (from, to) = (folder.join("root-of-trust/repository"), folder.join("flat"));
    fs::create_dir_all(to.join("targets")).unwrap();
    for (old, new) in
        [("1.targets.json", "targets.json"), ("1.snapshot.json", "snapshot.json"), ("timestamp.json", "timestamp.json")]
    {
        fs::copy(from.join(old), to.join(new)).unwrap();
    }
    fs::copy(folder.join("trusted_root.json"), to.join("targets/trusted_root.json")).unwrap();
    let root: serde_json::Value = serde_json::from_slice(&fs::read(from.join("1.root.json")).unwrap()).unwrap();
    let mut signed = root["signed"].clone();
    signed["consistent_snapshot"] = false.into();
    let payload = canonical(&parse(signed.to_string().as_bytes(), 100).unwrap());
    let keys = signed["keys"].as_object().unwrap().clone();
    let signatures: Vec<_> = ["alice", "bob", "carol"]
        .iter()
        .map(|who| {
            let key = FileKey::open(&folder.join(who).join(format!("{who}.pem")), &mut Typed).unwrap();
            let owner = |key: &serde_json::Value| key["x-tuf-on-ci-keyowner"] == format!("@{who}");
            let (keyid, _) = keys.iter().find(|(_, key)| owner(key)).unwrap();
            serde_json::json!({ "keyid": keyid, "sig": hex::encode(key.sign(&payload).unwrap()) })
        })
        .collect();
    let file = serde_json::json!({ "signatures": signatures, "signed": signed });
    fs::write(to.join("1.root.json"), serde_json::to_vec_pretty(&file).unwrap()).unwrap();
}

struct Typed;

impl AskSecret for Typed {
    fn ask(&mut self, _: &str) -> Result<Secret, AskError> {
        Ok(Secret::new(PASSPHRASE.to_owned()))
    }
}
