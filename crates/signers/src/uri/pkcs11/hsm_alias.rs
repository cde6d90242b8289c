//! `hsm:`, the URIs that securesystemslib writes and tuf-on-ci keeps: `hsm:2?label=YubiKey+PIV+%2315835999`.

use super::{Part, Pkcs11Uri};
use crate::uri::{UriError, parameters};

/// An id in decimal (2, the PIV slot 9c, when there is none) and what the token has to be. The values are those of a web
/// form: `+` is a space.
pub(super) fn parse(rest: &str) -> Result<Pkcs11Uri, UriError> {
    let (id, query) = rest.split_once('?').unwrap_or((rest, ""));
    let names: Vec<&str> = FILTERS.iter().map(|(name, _)| *name).collect();
    let filters = parameters("hsm", query, &names, "label, manufacturerID, model or serialNumber")?;
    let wrong = |name: &str, expected, found: &str| UriError::Value {
        scheme: "hsm",
        name: name.to_owned(),
        expected,
        found: found.to_owned(),
    };
    let digits = id.bytes().all(|b| b.is_ascii_digit());
    let id = match id {
        "" => PIV_SIGNATURE,
        _ => id.parse().ok().filter(|_| digits).ok_or_else(|| wrong("key id", "a number from 0 to 255", id))?,
    };
    let mut uri = Pkcs11Uri { id: Some(vec![id]), ..Pkcs11Uri::default() };
    for (name, part) in FILTERS {
        if let Some((_, value)) = filters.iter().find(|(found, _)| *found == name) {
            let text = super::text(name, &value.replace('+', "%20"));
            uri.matching.push((part, text.map_err(|_| wrong(name, "text, encoded as in a web form", value))?));
        }
    }
    Ok(uri)
}

/// securesystemslib's names for what the token says of itself, in our order.
const FILTERS: [(&str, Part); 4] = [
    ("label", Part::Token),
    ("manufacturerID", Part::Manufacturer),
    ("model", Part::Model),
    ("serialNumber", Part::Serial),
];
const PIV_SIGNATURE: u8 = 2;
