//! Targets that say whom to trust, by their names.

use crate::{SigningConfig, TrustedRoot};

/// Why the reader of the target `path` refuses it: of `trusted_root*`, and of signing configs of version 0.2. `None` where it
/// reads, or the name is of neither. The first form of signing configs has another reader.
#[must_use]
pub fn refused_target(path: &str, bytes: &[u8]) -> Option<String> {
    let base = path.rsplit('/').next().unwrap_or(path);
    if base.starts_with("trusted_root") {
        return TrustedRoot::parse(bytes).err().map(|error| error.to_string());
    }
    let config = base.starts_with("signing_config") && base.contains("v0.2");
    config.then(|| SigningConfig::parse(bytes).err().map(|error| error.to_string())).flatten()
}
