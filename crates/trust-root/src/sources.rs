//! What running services answer, turned into the PEM files that [`Compose`](crate::Compose) reads, and the fingerprints by
//! which a person who knows the service makes sure that it was the service that answered.

use crate::error::{ComposeError, ParseError};
use crate::json::Json;
use crate::node::Node;
use crate::parse::list;
use crate::pem_file;
use crate::refusal::Refusal;
use crate::shown::sha256;
use crate::{ParseProblem, chain};
use tuffet_certificates::Certificate;

/// The chains of Fulcio's `/api/v2/trustBundle`, each as a PEM file with the issuing certificate first.
///
/// # Errors
/// [`ParseError`] where the answer has another form.
pub fn chains_of_trust_bundle(answer: &[u8]) -> Result<Vec<String>, ParseError> {
    let json = Json::parse(answer).map_err(|e| ParseError::new("", ParseProblem::NotJson(e.to_string())));
    let read = |json: &Json| {
        let chains = Node::document(json).fields()?.required("chains")?;
        list(Some(chains), |chain| {
            let certificates = list(Some(chain.fields()?.required("certificates")?), |pem| match pem.json() {
                Json::Text(text) => Ok(format!("{}\n", text.trim_end())),
                other => Err(pem.refuse(ParseProblem::WrongType { expected: "a string", found: other.type_name() })),
            })?;
            Ok(certificates.concat())
        })
    };
    json.and_then(|json| read(&json)).map_err(ParseError::of_trust_bundle)
}

/// SHA-256 of the key in a PEM file, over its DER SubjectPublicKeyInfo; in hex.
///
/// # Errors
/// TR1.
pub fn key_fingerprint(label: &str, pem: &[u8]) -> Result<String, ComposeError> {
    let key = pem_file::public_key(pem).map_err(|refusal| ComposeError::new(label, refusal))?;
    Ok(sha256(key.der()))
}

/// SHA-256 of the first certificate of a PEM file, over its DER; in hex.
///
/// # Errors
/// TR1.
pub fn chain_fingerprint(label: &str, pem: &[u8]) -> Result<String, ComposeError> {
    let refuse = |refusal| ComposeError::new(label, refusal);
    let chain = pem_file::certificates(pem, chain::LONGEST_CHAIN).map_err(refuse)?;
    let none = || refuse(Refusal::Count { expected: "at least one certificate", found: 0 });
    chain.first().map(|first: &Certificate| hex::encode(first.sha256())).ok_or_else(none)
}
