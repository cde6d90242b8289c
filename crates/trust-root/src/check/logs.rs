//! TR1 and TR5 of logs that are there already: ids, addresses, and keys that some client cannot use.

use super::{Findings, logs};
use crate::compose::is_base_url;
use crate::error::{Rule, quoted};
use crate::log::KeyIdRule;
use crate::names::{HashAlgorithm, KeyDetails};
use crate::trusted_root::TrustedRoot;

pub(super) fn check(root: &TrustedRoot, findings: &mut Findings) {
    for (place, log) in logs(root) {
        let ct = place.starts_with("ctlogs");
        match log.key_id_rule() {
            Some(KeyIdRule::SpkiSha256) => {}
            Some(KeyIdRule::SignedNote) if !ct => {}
            Some(KeyIdRule::SignedNote) => findings.error(
                Rule::Tr5,
                format!("{place}.logId"),
                "expected the SHA-256 of the key, as CT names its logs, found the id of a signed note",
            ),
            None => {
                let text = format!(
                    "expected an id that follows from the key, and from the origin {} if it is Rekor v2, found {}",
                    quoted(log.origin()),
                    log.log_id()
                );
                findings.error(Rule::Tr5, format!("{place}.logId"), text);
            }
        }
        if !is_base_url(log.base_url()) {
            let text =
                format!("expected a base URL such as https://log.example.org/path, found {}", quoted(log.base_url()));
            findings.error(Rule::Tr5, format!("{place}.baseUrl"), text);
        }
        if log.checkpoint_key_id().is_some() {
            let text = "expected none, since clients take it for the log's id where it is set, found one";
            findings.warning(Rule::Tr5, format!("{place}.checkpointKeyId"), text);
        }
        if log.hash_algorithm() != HashAlgorithm::Sha2_256 {
            let found = log.hash_algorithm().as_str();
            let text = format!("expected SHA2_256, without which some clients refuse the file, found {found}");
            findings.error(Rule::Tr5, format!("{place}.hashAlgorithm"), text);
        }
        key(&place, log.public_key(), findings);
    }
}

fn key(place: &str, key: &crate::LogKey, findings: &mut Findings) {
    match KeyDetails::of(key.algorithm()) {
        None => {
            let text = format!(
                "expected a P-256, P-384, P-521, Ed25519 or RSA 2048, 3072 or 4096 key, found {}",
                key.algorithm()
            );
            findings.error(Rule::Tr1, format!("{place}.publicKey"), text);
        }
        Some(details) if details == key.key_details() => {}
        Some(details) => {
            let text = format!(
                "expected {}, as a key of {} is written today, found {}",
                details.as_str(),
                key.algorithm(),
                key.key_details().as_str()
            );
            findings.note(Rule::Tr1, format!("{place}.publicKey.keyDetails"), text);
        }
    }
}
