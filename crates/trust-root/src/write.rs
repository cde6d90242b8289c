//! `TrustedRoot` to trusted_root.json: one form, so that the same root has the same hash on every machine (TR6).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::authority::CertificateAuthority;
use crate::entries::EntryKind;
use crate::json::Json;
use crate::log::TransparencyLog;
use crate::time::Window;
use crate::trusted_root::TrustedRoot;

impl TrustedRoot {
    /// The bytes of trusted_root.json: camelCase names in the order of the format, two spaces a level, standard base64
    /// with padding, all four arrays, no nulls, a final newline. The published production file comes back byte for byte.
    pub fn to_json(&self) -> String {
        write(self, |_, entries| entries)
    }
}

/// The document; `with` may put entries between those that are known.
pub(crate) fn write(root: &TrustedRoot, with: impl Fn(EntryKind, Vec<Json>) -> Vec<Json>) -> String {
    let logs = |kind, logs: &[TransparencyLog]| Some(Json::List(with(kind, logs.iter().map(log).collect())));
    let authorities = |kind, authorities: &[CertificateAuthority]| {
        Some(Json::List(with(kind, authorities.iter().map(authority).collect())))
    };
    map(vec![
        ("mediaType", Some(Json::text(root.media_type.as_str()))),
        ("tlogs", logs(EntryKind::TransparencyLog, &root.tlogs)),
        ("certificateAuthorities", authorities(EntryKind::CertificateAuthority, &root.certificate_authorities)),
        ("ctlogs", logs(EntryKind::CtLog, &root.ctlogs)),
        ("timestampAuthorities", authorities(EntryKind::TimestampAuthority, &root.timestamp_authorities)),
    ])
    .to_pretty()
}

fn log(log: &TransparencyLog) -> Json {
    let key = &log.public_key;
    map(vec![
        ("baseUrl", Some(Json::text(&log.base_url))),
        ("hashAlgorithm", Some(Json::text(log.hash_algorithm.as_str()))),
        (
            "publicKey",
            Some(map(vec![
                ("rawBytes", Some(bytes(&key.raw_bytes))),
                ("keyDetails", Some(Json::text(key.key_details.as_str()))),
                ("validFor", Some(window(&key.valid_for))),
            ])),
        ),
        ("logId", Some(key_id(&log.log_id.0))),
        ("checkpointKeyId", log.checkpoint_key_id.as_deref().map(key_id)),
        ("operator", log.operator.as_ref().map(Json::text)),
    ])
}

fn authority(authority: &CertificateAuthority) -> Json {
    let subject = &authority.subject;
    let certificate = |der: &[u8]| map(vec![("rawBytes", Some(bytes(der)))]);
    map(vec![
        (
            "subject",
            Some(map(vec![
                ("organization", subject.organization.as_ref().map(Json::text)),
                ("commonName", subject.common_name.as_ref().map(Json::text)),
            ])),
        ),
        ("uri", authority.uri.as_ref().map(Json::text)),
        ("certChain", Some(map(vec![("certificates", list(&authority.chain, |c| certificate(c.der())))]))),
        ("validFor", Some(window(&authority.valid_for))),
        ("operator", authority.operator.as_ref().map(Json::text)),
    ])
}

fn key_id(id: &[u8]) -> Json {
    map(vec![("keyId", Some(bytes(id)))])
}

pub(crate) fn window(window: &Window) -> Json {
    map(vec![
        ("start", window.start().map(|time| Json::text(time.as_str()))),
        ("end", window.end().map(|time| Json::text(time.as_str()))),
    ])
}

fn bytes(bytes: &[u8]) -> Json {
    Json::Text(STANDARD.encode(bytes))
}

fn list<T>(items: &[T], write: impl Fn(&T) -> Json) -> Option<Json> {
    Some(Json::List(items.iter().map(write).collect()))
}

pub(crate) fn map(members: Vec<(&str, Option<Json>)>) -> Json {
    Json::Map(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}
