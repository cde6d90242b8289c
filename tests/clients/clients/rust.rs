//! The client that is a crate: its own TUF over HTTP, then its own verifier.

use super::From;
use crate::case::Case;
use sigstore_verify::trust_root::{TrustedRoot, TufBootstrap, TufConfig};
use sigstore_verify::{VerificationPolicy, Verifier};
use std::fs;

/// 0 where it verifies, 1 where anything on the way there refuses.
pub(super) fn verify(from: &From<'_>, case: &Case) -> (i32, String) {
    // The first of several that are installed stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pin = TufBootstrap::trusted(fs::read(from.pin).unwrap());
    let config = TufConfig::custom(from.url, pin).with_cache_dir(from.home.join("rust"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let verified = runtime.block_on(TrustedRoot::from_tuf(config)).map_err(|e| e.to_string()).and_then(|root| {
        let verifier = Verifier::new(&root).map_err(|e| e.to_string())?;
        let policy = VerificationPolicy::new(&case.signer.identity, case.signer.issuer.as_str());
        let artifact = fs::read(&case.artifact).unwrap();
        verifier.verify(artifact.as_slice(), &case.read(), &policy).map_err(|e| e.to_string())
    });
    match verified {
        Ok(_) => (0, String::new()),
        Err(said) => (1, said),
    }
}
