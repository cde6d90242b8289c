//! Targets whose names say that they hold whom to trust, read as what they are called.

use crate::{SigningConfig, TrustedRoot};

/// Why `bytes`, a target called `path`, are refused by the reader of what it is called: a trust root or a signing config.
/// `None` where they read, or the name is neither's; the first form of signing configs has another reader.
#[must_use]
pub fn unread(path: &str, bytes: &[u8]) -> Option<String> {
    let base = path.rsplit('/').next().unwrap_or(path);
    if base.starts_with("trusted_root") {
        return TrustedRoot::parse(bytes).err().map(|error| error.to_string());
    }
    let v02 = base.contains("v0.2");
    v02.then(|| SigningConfig::parse(bytes).err().map(|error| error.to_string())).flatten()
}
