//! The targets that clients from before trusted_root.json read: one key or one certificate a file, and in the TUF entry's
//! `custom` what it is for.

use chrono::{DateTime, Utc};

use crate::authority::CertificateAuthority;
use crate::legacy::LegacyTarget;
use crate::log::{KeyIdRule, TransparencyLog};
use crate::trusted_root::TrustedRoot;

/// A target for old clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyPem {
    /// Its path among the targets.
    pub path: String,
    /// Its content: PEM.
    pub bytes: Vec<u8>,
    /// What it is for: `Fulcio`, `Rekor`, `CTFE` or `TSA`.
    pub usage: &'static str,
    /// Whether its entry's window holds the time asked for.
    pub active: bool,
    /// The entry's address.
    pub uri: Option<String>,
}

impl LegacyPem {
    /// What stands under `custom` in targets.json, as canonical JSON.
    #[must_use]
    pub fn custom(&self) -> String {
        let status = if self.active { "Active" } else { "Expired" };
        let mut members = serde_json::Map::new();
        members.insert("status".to_owned(), status.into());
        members.extend(self.uri.as_deref().map(|uri| ("uri".to_owned(), uri.into())));
        members.insert("usage".to_owned(), self.usage.into());
        serde_json::json!({ "sigstore": members }).to_string()
    }
}

/// A file to be, before it has a name.
struct Piece {
    tag: &'static str,
    der: Vec<u8>,
    usage: &'static str,
    active: bool,
    uri: Option<String>,
    name: String,
}

impl TrustedRoot {
    /// The files that carry this trust root to old clients. A key or certificate that lies in a file of `known` (path and
    /// bytes) keeps path and bytes; the others get the names that old clients fall back to (`rekor.pub`, `ctfe.pub`,
    /// `fulcio_v1.crt.pem`), with a number from the second on.
    ///
    /// A log whose id is bound to its origin is left out: it is newer than any such client.
    #[must_use]
    pub fn legacy_files(&self, at: DateTime<Utc>, known: &[(String, Vec<u8>)]) -> Vec<LegacyPem> {
        let mut pieces = Vec::new();
        let rekor = self.tlogs.iter().filter(|log| log.key_id_rule() == Some(KeyIdRule::SpkiSha256));
        logs(rekor, "Rekor", "rekor", at, &mut pieces);
        logs(self.ctlogs.iter(), "CTFE", "ctfe", at, &mut pieces);
        for (number, ca) in (1usize..).zip(&self.certificate_authorities) {
            certificates(ca, "Fulcio", at, &mut pieces, |place, last| match (place, last) {
                (_, true) => format!("fulcio_v{number}.crt.pem"),
                (0, _) => format!("fulcio_intermediate_v{number}.crt.pem"),
                (place, _) => format!("fulcio_intermediate_v{number}_{place}.crt.pem"),
            });
        }
        for (number, tsa) in (1usize..).zip(&self.timestamp_authorities) {
            let prefix = if number == 1 { "tsa".to_owned() } else { format!("tsa_{number}") };
            certificates(tsa, "TSA", at, &mut pieces, |place, last| match (place, last) {
                (_, true) => format!("{prefix}_root.crt.pem"),
                (0, _) => format!("{prefix}_leaf.crt.pem"),
                (place, _) => format!("{prefix}_intermediate_{}.crt.pem", place.saturating_sub(1)),
            });
        }
        named(pieces, known)
    }
}

fn logs<'a>(
    logs: impl Iterator<Item = &'a TransparencyLog>,
    usage: &'static str,
    stem: &str,
    at: DateTime<Utc>,
    pieces: &mut Vec<Piece>,
) {
    for (number, log) in (1usize..).zip(logs) {
        pieces.push(Piece {
            tag: "PUBLIC KEY",
            der: log.public_key.spki.der().to_vec(),
            usage,
            active: log.valid_for().contains(at),
            uri: Some(log.base_url.clone()),
            name: if number == 1 { format!("{stem}.pub") } else { format!("{stem}_{number}.pub") },
        });
    }
}

fn certificates(
    authority: &CertificateAuthority,
    usage: &'static str,
    at: DateTime<Utc>,
    pieces: &mut Vec<Piece>,
    name: impl Fn(usize, bool) -> String,
) {
    let active = authority.is_valid_at(at);
    for (place, certificate) in authority.chain.iter().enumerate() {
        let last = place.saturating_add(1) == authority.chain.len();
        // A root of two intermediates is one file, in use as long as one of them is.
        let same = pieces.iter_mut().find(|piece| piece.usage == usage && piece.der == certificate.der());
        if let Some(piece) = same {
            piece.active |= active;
            continue;
        }
        let (der, uri) = (certificate.der().to_vec(), authority.uri.clone());
        pieces.push(Piece { tag: "CERTIFICATE", der, usage, active, uri, name: name(place, last) });
    }
}

fn named(pieces: Vec<Piece>, known: &[(String, Vec<u8>)]) -> Vec<LegacyPem> {
    let there: Vec<Option<Vec<u8>>> = known.iter().map(|(_, bytes)| only_content(bytes)).collect();
    let mut taken: Vec<String> = known.iter().map(|(path, _)| path.clone()).collect();
    let mut files = Vec::new();
    for Piece { tag, der, usage, active, uri, name } in pieces {
        let kept = known.iter().zip(&there).find(|(_, content)| content.as_ref() == Some(&der));
        let (path, bytes) = match kept {
            Some((file, _)) => file.clone(),
            None => {
                let path = free(&name, &taken);
                let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
                (path, pem::encode_config(&pem::Pem::new(tag, der), config).into_bytes())
            }
        };
        taken.push(path.clone());
        files.push(LegacyPem { path, bytes, usage, active, uri });
    }
    files
}

/// The DER of the one key or certificate of a file.
fn only_content(bytes: &[u8]) -> Option<Vec<u8>> {
    match LegacyTarget::parse(bytes)? {
        LegacyTarget::PublicKey(key) => Some(key.spki().der().to_vec()),
        LegacyTarget::Certificates(chain) => match chain.as_slice() {
            [certificate] => Some(certificate.der().to_vec()),
            _ => None,
        },
    }
}

/// `name`, or with the first number from 2 on that nobody has.
fn free(name: &str, taken: &[String]) -> String {
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    let numbered = (2usize..).map(|number| format!("{stem}_{number}.{ending}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}
