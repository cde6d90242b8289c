//! Domain prefixes of everything signed that is not TUF metadata: one table, so that no signature given for one
//! purpose can be shown as another.

/// What a signature outside TUF metadata is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Proof that the enrolled person's token holds the private key (ceremony.md K10).
    ProofOfPossession,
    /// A witness's approval of a plan and its draft (ceremony.md K5).
    Approve,
    /// A signature given in a rehearsal, worthless to every TUF client.
    Rehearsal,
}

impl Domain {
    /// The prefix, without its NUL.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::ProofOfPossession => "tuffet-pop-v1",
            Self::Approve => "tuffet-approve-v1",
            Self::Rehearsal => "tuffet-rehearsal-v1",
        }
    }

    /// The bytes to sign: prefix, NUL, body. They begin with a letter and hold a NUL, so they can never parse as
    /// metadata (JSON text starts with `{` there), and no prefix is a prefix of another up to the NUL.
    #[must_use]
    pub fn message(self, body: &[u8]) -> Vec<u8> {
        let mut out = self.prefix().as_bytes().to_vec();
        out.push(0);
        out.extend_from_slice(body);
        out
    }
}
