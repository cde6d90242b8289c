//! `TrustedRoot` to trusted_root.json: one form, so that the same root has the same hash on every machine (TR6).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::authority::CertificateAuthority;
use crate::json::Json;
use crate::log::TransparencyLog;
use crate::time::Window;
use crate::trusted_root::TrustedRoot;

impl TrustedRoot {
    /// The bytes of trusted_root.json: camelCase names in the order of the format, two spaces a level, standard base64
    /// with padding, all four arrays, no nulls, a final newline. The published production file comes back byte for byte.
    pub fn to_json(&self) -> String {
        map(vec![
            ("mediaType", Some(Json::text(self.media_type.as_str()))),
            ("tlogs", list(&self.tlogs, log)),
            ("certificateAuthorities", list(&self.certificate_authorities, authority)),
            ("ctlogs", list(&self.ctlogs, log)),
            ("timestampAuthorities", list(&self.timestamp_authorities, authority)),
        ])
        .to_pretty()
    }
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
