//! How bad a finding is.

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// To be known: it cannot be mended any more, or need not be.
    Note,
    /// To be known, and to be waived with a reason or mended.
    Warning,
    /// It is refused.
    Error,
}

impl Severity {
    /// The word for it, as SARIF has it too.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}
