//! The second version of the format, which names operators. It is a target of its own: a reader of the first version
//! refuses a file with a field it does not know, and takes all trust with it.

use crate::error::ComposeError;
use crate::names::MediaType;
use crate::refusal::Refusal;
use crate::trusted_root::TrustedRoot;

impl TrustedRoot {
    /// The same entries in media type v0.2; those without an operator get this one.
    ///
    /// # Errors
    /// TR7 where the operator has no name.
    pub fn to_v02(&self, operator: &str) -> Result<Self, ComposeError> {
        if operator.is_empty() || operator.chars().any(tuffet_certificates::is_hidden) {
            return Err(ComposeError::new("trusted_root.v0.2.json", Refusal::NoOperator));
        }
        let mut root = self.clone();
        root.media_type = MediaType::V02;
        let named = |found: &mut Option<String>| {
            found.get_or_insert_with(|| operator.to_owned());
        };
        root.tlogs.iter_mut().chain(&mut root.ctlogs).for_each(|log| named(&mut log.operator));
        let authorities = root.certificate_authorities.iter_mut().chain(&mut root.timestamp_authorities);
        authorities.for_each(|authority| named(&mut authority.operator));
        Ok(root)
    }
}
