//! `pkcs11:` (RFC 7512): an object on a token behind a PKCS#11 module.

mod encoding;
mod hsm_alias;

use super::{UriError, is_secret};
use encoding::{bytes, encoded, text};
use std::fmt;
use std::path::PathBuf;
use tuffet_keys::Scheme;

/// A key on a PKCS#11 token: `pkcs11:token=alice;object=release?module-path=/usr/lib/softhsm/libsofthsm2.so`.
///
/// Every attribute of RFC 7512 is read, but `pin-value` and `pin-source`, which are refused as secrets, and the
/// attributes of vendors. One is ours: `scheme=rsassa-pss-sha384` (or `-sha512`), because an RSA key itself does not
/// say for which digest it signs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pkcs11Uri {
    /// What module, slot and token have to be, each part once, in the order they are written.
    pub(crate) matching: Vec<(Part, String)>,
    /// The key's label.
    pub(crate) object: Option<String>,
    /// The key's CKA_ID.
    pub(crate) id: Option<Vec<u8>>,
    pub(crate) module: ModuleName,
    /// One of the three of RSA-PSS.
    pub(crate) scheme: Option<Scheme>,
}

/// Which module drives the token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum ModuleName {
    /// One of those that are usual.
    #[default]
    Usual,
    /// At this path, which is absolute: the current directory must not decide what code runs.
    Path(PathBuf),
    /// Of this name, without `lib` and `.so`, where modules usually lie.
    Named(String),
}

/// What a URI can ask of module, slot and token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Token,
    Manufacturer,
    Model,
    Serial,
    SlotDescription,
    SlotManufacturer,
    SlotId,
    LibraryDescription,
    LibraryManufacturer,
    LibraryVersion,
}

impl Part {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Manufacturer => "manufacturer",
            Self::Model => "model",
            Self::Serial => "serial",
            Self::SlotDescription => "slot-description",
            Self::SlotManufacturer => "slot-manufacturer",
            Self::SlotId => "slot-id",
            Self::LibraryDescription => "library-description",
            Self::LibraryManufacturer => "library-manufacturer",
            Self::LibraryVersion => "library-version",
        }
    }

    const ALL: [Self; 10] = [
        Self::Token,
        Self::Manufacturer,
        Self::Model,
        Self::Serial,
        Self::SlotDescription,
        Self::SlotManufacturer,
        Self::SlotId,
        Self::LibraryDescription,
        Self::LibraryManufacturer,
        Self::LibraryVersion,
    ];
}

impl Pkcs11Uri {
    pub(super) fn parse(rest: &str) -> Result<Self, UriError> {
        // Looked for in the whole text, not among the names: RFC 7512 lets a value hold `&`, so that a PIN typed with
        // the wrong separator would become part of a label, and be shown with it.
        let lower = rest.to_ascii_lowercase();
        if let Some(name) = SECRETS.into_iter().find(|name| lower.contains(name)) {
            return Err(UriError::SecretInUri { scheme: SCHEME, name: name.to_owned() });
        }
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = pairs(path, ';', |name| PATH_NAMES.contains(&name), PATH_EXPECTED)?;
        let query = pairs(query, '&', |name| QUERY_NAMES.contains(&name), QUERY_EXPECTED)?;

        let mut uri = Self::default();
        for part in Part::ALL {
            if let Some(value) = find(&path, part.name()) {
                uri.matching.push((part, part_value(part, value)?));
            }
        }
        uri.object = find(&path, "object").map(|value| text("object", value)).transpose()?;
        uri.id = find(&path, "id").map(|value| bytes("id", value)).transpose()?;
        if let Some(value) = find(&path, "type").filter(|value| *value != "private") {
            return Err(wrong("type", "private, or no type", value));
        }
        uri.module = module(find(&query, "module-path"), find(&query, "module-name"))?;
        uri.scheme = find(&query, "scheme").map(scheme).transpose()?;
        Ok(uri)
    }

    /// `hsm:`, as tuf-on-ci's repositories carry it.
    pub(super) fn parse_alias(rest: &str) -> Result<Self, UriError> {
        hsm_alias::parse(rest)
    }
}

/// The `name=value` pairs of one half, each name known and there once.
fn pairs<'a>(
    half: &'a str,
    separator: char,
    known: impl Fn(&str) -> bool,
    expected: &'static str,
) -> Result<Vec<(&'a str, &'a str)>, UriError> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for pair in half.split(separator).filter(|_| !half.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !known(name) {
            let name = name.to_owned();
            return Err(match is_secret(&name) {
                true => UriError::SecretInUri { scheme: SCHEME, name },
                false => UriError::Parameter { scheme: SCHEME, name, expected },
            });
        }
        if pairs.iter().any(|(earlier, _)| *earlier == name) {
            return Err(UriError::Repeated { scheme: SCHEME, name: name.to_owned() });
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn find<'a>(pairs: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(found, _)| *found == name).map(|(_, value)| *value)
}

/// Numbers in one spelling, so that equal URIs are equal.
fn part_value(part: Part, value: &str) -> Result<String, UriError> {
    let name = part.name();
    let number = |digits: &str, expected| {
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|_| plain).ok_or_else(|| wrong(name, expected, value))
    };
    match part {
        Part::SlotId => Ok(number(value, "a decimal number")?.to_string()),
        Part::LibraryVersion => {
            const EXPECTED: &str = "a version such as 2.40";
            let (major, minor) = value.split_once('.').unwrap_or((value, "0"));
            Ok(format!("{}.{}", number(major, EXPECTED)?, number(minor, EXPECTED)?))
        }
        _ => text(name, value),
    }
}

fn module(path: Option<&str>, name: Option<&str>) -> Result<ModuleName, UriError> {
    match (path, name) {
        (None, None) => Ok(ModuleName::Usual),
        (Some(_), Some(name)) => Err(wrong("module-name", "no module-path beside it", name)),
        (Some(path), None) => {
            let found = PathBuf::from(text("module-path", path)?);
            let absolute = found.is_absolute();
            if absolute { Ok(ModuleName::Path(found)) } else { Err(wrong("module-path", "an absolute path", path)) }
        }
        (None, Some(name)) => {
            let found = text("module-name", name)?;
            let bare = !found.contains('/') && !found.ends_with(".so");
            let expected = "a name without folder, `lib` and `.so`";
            if bare { Ok(ModuleName::Named(found)) } else { Err(wrong("module-name", expected, name)) }
        }
    }
}

fn scheme(value: &str) -> Result<Scheme, UriError> {
    RSA.into_iter()
        .find(|scheme| scheme.name() == value)
        .ok_or_else(|| wrong("scheme", "rsassa-pss-sha256, rsassa-pss-sha384 or rsassa-pss-sha512", value))
}

fn wrong(name: &str, expected: &'static str, found: &str) -> UriError {
    UriError::Value { scheme: SCHEME, name: name.to_owned(), expected, found: found.to_owned() }
}

impl fmt::Display for Pkcs11Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut path: Vec<String> =
            self.matching.iter().map(|(part, value)| format!("{}={}", part.name(), encoded(value))).collect();
        path.extend(self.object.as_ref().map(|label| format!("object={}", encoded(label))));
        // Every byte of an id is encoded, as RFC 7512 advises: it is no text.
        path.extend(
            self.id
                .as_ref()
                .map(|id| format!("id={}", id.iter().map(|byte| format!("%{byte:02x}")).collect::<String>())),
        );
        let mut query = Vec::new();
        match &self.module {
            ModuleName::Usual => {}
            ModuleName::Path(path) => query.push(format!("module-path={}", encoded(&path.to_string_lossy()))),
            ModuleName::Named(name) => query.push(format!("module-name={}", encoded(name))),
        }
        query.extend(self.scheme.map(|scheme| format!("scheme={}", scheme.name())));
        let mark = if query.is_empty() { "" } else { "?" };
        write!(f, "pkcs11:{}{mark}{}", path.join(";"), query.join("&"))
    }
}

const SCHEME: &str = "pkcs11";
const SECRETS: [&str; 2] = ["pin-value", "pin-source"];
const RSA: [Scheme; 3] = [Scheme::RsaPssSha256, Scheme::RsaPssSha384, Scheme::RsaPssSha512];
const PATH_NAMES: [&str; 13] = [
    "token",
    "manufacturer",
    "model",
    "serial",
    "slot-description",
    "slot-manufacturer",
    "slot-id",
    "library-description",
    "library-manufacturer",
    "library-version",
    "object",
    "id",
    "type",
];
const PATH_EXPECTED: &str = "token, serial, model, manufacturer, object, id, type, slot-... or library-...";
const QUERY_NAMES: [&str; 3] = ["module-path", "module-name", "scheme"];
const QUERY_EXPECTED: &str = "module-path, module-name or scheme";
