//! Every refusal has a text and a code.

use super::repo::{START, at};
use crate::UpdateError;
use tuffet_metadata::{MetadataError, Problem, RoleName};

#[test]
fn every_refusal_has_a_text_and_a_code() {
    let metadata = |problem| UpdateError::Metadata(MetadataError { role: RoleName::Root, version: Some(6), problem });
    let by = RoleName::Snapshot;
    let signature = |by| Problem::Signature { have: 1, need: 3, missing: vec![], by, section: "TUF 5.3.4" };
    for (error, code, text) in [
        (metadata(signature(None)), "signature", "root v6: 1 of 3 required signatures are valid (TUF 5.3.4)"),
        (
            metadata(signature(Some("root v5".into()))),
            "signature",
            "root v6: 1 of 3 required signatures are valid by the keys of root v5 (TUF 5.3.4)",
        ),
        (
            metadata(Problem::Limit { what: "keys", limit: 1, found: 2 }),
            "malformed",
            "root v6: keys: expected at most 1, found 2 (limit)",
        ),
        (
            UpdateError::RootVersion { expected: 6, found: 7 },
            "root-version",
            "root: expected version 6, found 7 (TUF 5.3.5)",
        ),
        (
            UpdateError::EndlessData { role: RoleName::Timestamp, limit: 1, found: 2, section: "TUF 5.4.1" },
            "endless-data",
            "timestamp: expected at most 1 bytes, found 2 (TUF 5.4.1)",
        ),
        (
            UpdateError::Rollback { role: "d\n".into(), trusted: 5, found: 4, section: "TUF 5.5.5" },
            "rollback",
            r"d\n: expected version 5 or later, found 4 (TUF 5.5.5)",
        ),
        (
            UpdateError::Removed { name: "d\n.json".into() },
            "rollback",
            r"snapshot: expected an entry `d\n.json` as the trusted snapshot has, found none (TUF 5.5.5)",
        ),
        (
            UpdateError::Pin { role: RoleName::Targets, by: by.clone(), what: "hash", section: "TUF 5.6.2" },
            "mix-and-match",
            "targets: the file is not the one that snapshot pins by hash (TUF 5.6.2)",
        ),
        (
            UpdateError::PinnedVersion { role: RoleName::Targets, by, expected: 5, found: 6, section: "TUF 5.6.4" },
            "mix-and-match",
            "targets: expected version 5 as snapshot says, found 6 (TUF 5.6.4)",
        ),
        (
            UpdateError::Freeze {
                role: RoleName::Root,
                version: 6,
                expires: "2026-01-01T00:00:00.5Z".into(),
                at: at(START),
                section: "TUF 5.3.10",
            },
            "freeze",
            "root v6: expired at 2026-01-01T00:00:00.5Z, and the update started at 2026-06-01T00:00:00Z (TUF 5.3.10)",
        ),
    ] {
        assert_eq!((error.to_string().as_str(), error.code()), (text, code));
    }
}
