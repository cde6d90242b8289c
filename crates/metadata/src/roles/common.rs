use crate::reading::{Node, Reading};
use crate::time::Expires;
use crate::{Finding, Problem, Profile};

/// What every role has: TUF §4.2.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    /// The version, from 1 (F13).
    pub version: u64,
    /// The expiry date (F14).
    pub expires: Expires,
    /// The version of the specification the file follows, as written (F15).
    pub spec_version: String,
}

impl Common {
    pub(super) fn read<const N: usize>(signed: &Node<'_, '_, N>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        Ok(Self {
            spec_version: spec_version(signed, reading)?,
            version: signed.positive("version", "F13")?,
            expires: expires(signed, reading)?,
        })
    }
}

fn expires<const N: usize>(signed: &Node<'_, '_, N>, reading: &mut Reading<'_>) -> Result<Expires, Problem> {
    let text = &*signed.string("expires", "F14")?;
    if let Some(expires) = Expires::strict(text) {
        return Ok(expires);
    }
    let expected = match reading.profile {
        Profile::Strict => "YYYY-MM-DDTHH:MM:SSZ",
        Profile::Deployed { .. } => "an RFC 3339 time",
    };
    let legacy = Expires::rfc3339(text)
        .ok_or_else(|| Problem::shape(signed.at("expires"), expected, format!("`{}`", text.escape_debug()), "F14"))?;
    reading.note(Finding::LegacyExpires { text: text.to_owned() })?;
    Ok(legacy)
}

/// `1.x.y`; `1.x` is what Sigstore's files still have.
fn spec_version<const N: usize>(signed: &Node<'_, '_, N>, reading: &mut Reading<'_>) -> Result<String, Problem> {
    let text = &*signed.string("spec_version", "F15")?;
    let parts: Vec<&str> = text.split('.').collect();
    let number = |part: &&str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && (part.len() == 1 || !part.starts_with('0'))
    };
    if parts.first() != Some(&"1") || !matches!(parts.len(), 2 | 3) || !parts.iter().all(number) {
        let found = format!("`{}`", text.escape_debug());
        return Err(Problem::shape(signed.at("spec_version"), "a version 1.x.y", found, "F15"));
    }
    if parts.len() == 2 {
        reading.note(Finding::ShortSpecVersion { text: text.to_owned() })?;
    }
    Ok(text.to_owned())
}
