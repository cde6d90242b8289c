//! Plain PEM, for programs that know keys and certificates and nothing of Sigstore.

use crate::authority::CertificateAuthority;
use crate::entries::{Entry, EntryKind};
use crate::log::TransparencyLog;
use crate::trusted_root::TrustedRoot;
use serde::Serialize;
use std::collections::BTreeMap;

/// A file of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PemFile {
    /// Its name: letters, digits, hyphens and a dot, whatever the trust root says.
    pub name: String,
    /// Its text.
    pub text: String,
}

#[derive(Serialize)]
struct Index {
    schema: &'static str,
    media_type: &'static str,
    entries: Vec<Indexed>,
}

#[derive(Serialize)]
struct Indexed {
    file: String,
    #[serde(flatten)]
    entry: Entry,
}

/// One PEM file an entry, and `index.json`, which says of each what it is and when it was valid: PEM has no place for that,
/// and a folder of keys without it would be trusted for ever.
///
/// A file is named by kind and id, which are computed from what is in it: the same key has the same name in every export,
/// and no address or subject of a stranger's becomes a path.
#[must_use]
pub fn pem_files(root: &TrustedRoot) -> Vec<PemFile> {
    let logs = |logs: &[TransparencyLog]| logs.iter().map(key).collect::<Vec<_>>();
    let chains = |authorities: &[CertificateAuthority]| authorities.iter().map(chain).collect::<Vec<_>>();
    // In the order of `entries`.
    let texts = [
        logs(root.tlogs()),
        chains(root.certificate_authorities()),
        logs(root.ctlogs()),
        chains(root.timestamp_authorities()),
    ];
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut entries = Vec::new();
    for (entry, text) in root.entries().into_iter().zip(texts.concat()) {
        let name = name(&entry, &text, &files);
        files.insert(name.clone(), text);
        entries.push(Indexed { file: name, entry });
    }
    let index = Index { schema: "tuffet-trust-root-pem-v1", media_type: root.media_type().as_str(), entries };
    // Strings and nothing else: it always serialises.
    let text = serde_json::to_string_pretty(&index).unwrap_or_default() + "\n";
    let files = files.into_iter().map(|(name, text)| PemFile { name, text });
    files.chain([PemFile { name: "index.json".to_owned(), text }]).collect()
}

/// Two windows for one chain share a file; another chain behind the same certificate has one of its own.
fn name(entry: &Entry, text: &str, files: &BTreeMap<String, String>) -> String {
    let kind = match entry.kind {
        EntryKind::TransparencyLog => "tlog",
        EntryKind::CertificateAuthority => "ca",
        EntryKind::CtLog => "ctlog",
        EntryKind::TimestampAuthority => "tsa",
    };
    let stem = format!("{kind}-{}", entry.id);
    let numbered = (2..=files.len().saturating_add(2)).map(|number| format!("{stem}-{number}.pem"));
    let free = |name: &String| files.get(name).is_none_or(|there| there == text);
    std::iter::once(format!("{stem}.pem")).chain(numbered).find(free).unwrap_or(stem)
}

pub(super) fn key(log: &TransparencyLog) -> String {
    armour("PUBLIC KEY", log.public_key().spki())
}

pub(super) fn chain(authority: &CertificateAuthority) -> String {
    authority.chain().iter().map(|certificate| armour("CERTIFICATE", certificate.der())).collect()
}

fn armour(label: &str, der: &[u8]) -> String {
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    pem::encode_config(&pem::Pem::new(label, der), config)
}
