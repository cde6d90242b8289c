//! trusted_root.json to `TrustedRoot`: strict about form, tolerant of what published files contain.

use std::collections::BTreeMap;

use crate::authority::{CertificateAuthority, Subject};
use crate::entries::EntryKind;
use crate::error::{ParseError, ParseProblem};
use crate::json::Json;
use crate::log::{LogId, LogKey, TransparencyLog};
use crate::names::{HashAlgorithm, KeyDetails, MediaType};
use crate::node::{Fields, Node};
use crate::time::{Window, WrittenTime};
use crate::trusted_root::TrustedRoot;
use tuffet_certificates::Certificate;
use tuffet_certificates::Spki;

impl TrustedRoot {
    /// Reads a trusted_root.json, v0.1 or v0.2.
    ///
    /// Refused: unknown or doubled fields, nulls, bytes that are not standard base64, keys and certificates that are
    /// not DER or do not fit their keyDetails, windows that end before they start, two logs with one id. Kept as they
    /// are: times with offsets and fractions, RSA keys in PKCS#1, addresses without a scheme, absent arrays, any order.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        read(bytes, &mut |_, _, error| Err(error))
    }
}

/// Reads a document. An entry that does not read goes to `fault`, which refuses the file or passes over the entry.
pub(crate) fn read(bytes: &[u8], fault: &mut Fault<'_>) -> Result<TrustedRoot, ParseError> {
    let json = Json::parse(bytes).map_err(|e| ParseError::new("", ParseProblem::NotJson(e.to_string())))?;
    let mut fields = Node::document(&json).fields()?;
    let media_type = fields.required("mediaType")?;
    let media_type = MediaType::from_name(media_type.text()?).ok_or_else(|| {
        let found = media_type.text().unwrap_or_default().to_owned();
        media_type.refuse(ParseProblem::MediaType(found))
    })?;
    let reader = Entries { media_type };
    let (log, ct) = (EntryKind::TransparencyLog, EntryKind::CtLog);
    let (ca, tsa) = (EntryKind::CertificateAuthority, EntryKind::TimestampAuthority);
    let root = TrustedRoot {
        media_type,
        tlogs: entries(fields.optional("tlogs"), log, |n| reader.log(n), fault)?,
        certificate_authorities: entries(
            fields.optional("certificateAuthorities"),
            ca,
            |n| reader.authority(n),
            fault,
        )?,
        ctlogs: entries(fields.optional("ctlogs"), ct, |n| reader.log(n), fault)?,
        timestamp_authorities: entries(fields.optional("timestampAuthorities"), tsa, |n| reader.authority(n), fault)?,
    };
    fields.finish()?;
    unique_log_ids(&root)?;
    Ok(root)
}

/// What becomes of an entry that does not read: its kind, itself and why.
pub(crate) type Fault<'a> = dyn FnMut(EntryKind, &Node<'_>, ParseError) -> Result<(), ParseError> + 'a;

fn entries<T>(
    node: Option<Node<'_>>,
    kind: EntryKind,
    read: impl Fn(&Node<'_>) -> Result<T, ParseError>,
    fault: &mut Fault<'_>,
) -> Result<Vec<T>, ParseError> {
    let mut entries = Vec::new();
    for item in node.map(|node| node.items()).transpose()?.unwrap_or_default() {
        match read(&item) {
            Ok(entry) => entries.push(entry),
            Err(error) => fault(kind, &item, error)?,
        }
    }
    Ok(entries)
}

/// Go and Rust clients reject a root with a doubled id, or take one of the two keys unasked.
fn unique_log_ids(root: &TrustedRoot) -> Result<(), ParseError> {
    let mut seen = BTreeMap::new();
    for (name, logs) in [("tlogs", &root.tlogs), ("ctlogs", &root.ctlogs)] {
        for (index, log) in logs.iter().enumerate() {
            let path = format!("{name}[{index}]");
            if let Some(first) = seen.insert(&log.log_id, path.clone()) {
                let path = format!("{path}.logId.keyId");
                return Err(ParseError::new(&path, ParseProblem::DuplicateLogId { first }));
            }
        }
    }
    Ok(())
}

struct Entries {
    media_type: MediaType,
}

impl Entries {
    fn log(&self, node: &Node<'_>) -> Result<TransparencyLog, ParseError> {
        let mut fields = node.fields()?;
        let log = TransparencyLog {
            base_url: fields.required("baseUrl")?.text()?.to_owned(),
            hash_algorithm: name(&fields.required("hashAlgorithm")?, "HashAlgorithm", HashAlgorithm::from_name)?,
            public_key: log_key(&fields.required("publicKey")?)?,
            log_id: LogId(key_id(&fields.required("logId")?)?),
            checkpoint_key_id: fields.optional("checkpointKeyId").map(|n| key_id(&n)).transpose()?,
            operator: self.operator(&mut fields)?,
        };
        fields.finish()?;
        Ok(log)
    }

    fn authority(&self, node: &Node<'_>) -> Result<CertificateAuthority, ParseError> {
        let mut fields = node.fields()?;
        let authority = CertificateAuthority {
            subject: subject(&fields.required("subject")?)?,
            uri: optional_text(&mut fields, "uri")?,
            chain: chain(&fields.required("certChain")?)?,
            valid_for: window(&fields.required("validFor")?)?,
            operator: self.operator(&mut fields)?,
        };
        fields.finish()?;
        Ok(authority)
    }

    /// `operator` came with v0.2; in a v0.1 file it is a field old clients do not know.
    fn operator(&self, fields: &mut Fields<'_>) -> Result<Option<String>, ParseError> {
        match self.media_type {
            MediaType::V02 => optional_text(fields, "operator"),
            MediaType::V01 | MediaType::V01Json => Ok(None),
        }
    }
}

fn log_key(node: &Node<'_>) -> Result<LogKey, ParseError> {
    let mut fields = node.fields()?;
    let bytes = fields.required("rawBytes")?;
    let details = fields.required("keyDetails")?;
    let valid_for = window(&fields.required("validFor")?)?;
    fields.finish()?;
    let raw_bytes = bytes.bytes()?;
    let key_details = name(&details, "PublicKeyDetails", KeyDetails::from_name)?;
    let spki = if key_details.is_pkcs1() { Spki::from_pkcs1(&raw_bytes) } else { Spki::from_der(&raw_bytes) }
        .map_err(|reason| bytes.refuse(ParseProblem::Key(reason)))?;
    // keyDetails chooses the verification algorithm: a key that is read as another kind is a confusion to attack.
    if !key_details.fits(spki.algorithm()) {
        return Err(details
            .refuse(ParseProblem::KeyDetails { details: key_details.as_str(), found: spki.algorithm().to_string() }));
    }
    Ok(LogKey { raw_bytes, spki, key_details, valid_for })
}

fn key_id(node: &Node<'_>) -> Result<Vec<u8>, ParseError> {
    let mut fields = node.fields()?;
    let id = fields.required("keyId")?.bytes()?;
    fields.finish()?;
    Ok(id)
}

fn subject(node: &Node<'_>) -> Result<Subject, ParseError> {
    let mut fields = node.fields()?;
    let subject = Subject {
        organization: optional_text(&mut fields, "organization")?,
        common_name: optional_text(&mut fields, "commonName")?,
    };
    fields.finish()?;
    Ok(subject)
}

fn chain(node: &Node<'_>) -> Result<Vec<Certificate>, ParseError> {
    let mut fields = node.fields()?;
    let certificates = fields.required("certificates")?;
    fields.finish()?;
    let mut chain = Vec::new();
    for item in certificates.items()? {
        let mut fields = item.fields()?;
        let bytes = fields.required("rawBytes")?;
        fields.finish()?;
        chain.push(
            Certificate::from_der(&bytes.bytes()?).map_err(|reason| bytes.refuse(ParseProblem::Certificate(reason)))?,
        );
    }
    if chain.is_empty() {
        return Err(certificates.refuse(ParseProblem::EmptyChain));
    }
    Ok(chain)
}

fn window(node: &Node<'_>) -> Result<Window, ParseError> {
    let mut fields = node.fields()?;
    let window = window_of(node, &mut fields)?;
    fields.finish()?;
    Ok(window)
}

/// The window of an object whose other members the caller decides on.
pub(crate) fn window_of(node: &Node<'_>, fields: &mut Fields<'_>) -> Result<Window, ParseError> {
    let start = fields.optional("start").map(|n| time(&n)).transpose()?;
    let end = fields.optional("end").map(|n| time(&n)).transpose()?;
    let shown = |time: &Option<WrittenTime>| time.as_ref().map(ToString::to_string);
    let (start_text, end_text) = (shown(&start), shown(&end));
    Window::new(start, end).ok_or_else(|| {
        node.refuse(ParseProblem::Window { start: start_text.unwrap_or_default(), end: end_text.unwrap_or_default() })
    })
}

fn time(node: &Node<'_>) -> Result<WrittenTime, ParseError> {
    let text = node.text()?;
    WrittenTime::parse(text).ok_or_else(|| node.refuse(ParseProblem::Time(text.to_owned())))
}

pub(crate) fn name<T>(
    node: &Node<'_>,
    enumeration: &'static str,
    from_name: fn(&str) -> Option<T>,
) -> Result<T, ParseError> {
    let text = node.text()?;
    from_name(text).ok_or_else(|| node.refuse(ParseProblem::UnknownName { enumeration, found: text.to_owned() }))
}

pub(crate) fn optional_text(fields: &mut Fields<'_>, name: &str) -> Result<Option<String>, ParseError> {
    match fields.optional(name) {
        Some(node) => Ok(Some(node.text()?.to_owned())),
        None => Ok(None),
    }
}

pub(crate) fn list<T>(
    node: Option<Node<'_>>,
    read: impl Fn(&Node<'_>) -> Result<T, ParseError>,
) -> Result<Vec<T>, ParseError> {
    match node {
        Some(node) => node.items()?.iter().map(read).collect(),
        None => Ok(Vec::new()),
    }
}
