//! The two kinds of authority, told apart by purpose and not by form.

/// What an authority is trusted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorityKind {
    /// Issues short-lived code-signing certificates (Fulcio). Chain: issuing CA first, no end-entity certificate.
    CertificateAuthority,
    /// Signs RFC 3161 timestamps. Chain: the TSA's own certificate first.
    TimestampAuthority,
}
