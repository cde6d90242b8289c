//! The full text of every message, expected before found (style.md rule 23).

use crate::simulator::at;
use std::time::Duration;
use tuffet_client::{ClientError, Event, FloorLoss, PathProblem, StoreError, TargetError, TransportError, UpdateError};
use tuffet_metadata::{MetadataError, Problem, RoleName};
use tuffet_verifier::Event as Said;

fn cause() -> MetadataError {
    let problem = Problem::Signature { have: 1, need: 2, missing: vec![], by: None, section: "TUF 5.3.4" };
    MetadataError { role: RoleName::Root, version: Some(7), problem }
}

#[test]
fn every_transport_error_says_the_file_and_what_was_expected() {
    let url = || "https://a/1.root.json".to_owned();
    let seconds = Duration::from_secs(20);
    for (error, code, text) in [
        (TransportError::NotFound { url: url() }, "not-found", "https://a/1.root.json: not found"),
        (
            TransportError::TooLarge { url: url(), limit: 9 },
            "endless-data",
            "https://a/1.root.json: expected at most 9 bytes, found more",
        ),
        (
            TransportError::Path { path: "../x".into(), problem: PathProblem::Dots },
            "path",
            "../x: expected names, found `.` or `..` (C63)",
        ),
        (
            TransportError::Status { url: url(), status: 500 },
            "http-status",
            "https://a/1.root.json: expected HTTP status 200, found 500",
        ),
        (
            TransportError::Redirect { url: url(), to: "http://a/".into(), rule: "https to stay https" },
            "redirect",
            "https://a/1.root.json: expected https to stay https, found a redirect to http://a/ (X16)",
        ),
        (
            TransportError::Encoded { url: url(), encoding: "gzip".into() },
            "content-encoding",
            "https://a/1.root.json: expected the file as it is, found Content-Encoding gzip (X8)",
        ),
        (
            TransportError::Incomplete { url: url(), expected: Some(9), found: 3 },
            "incomplete",
            "https://a/1.root.json: expected 9 bytes, the connection ended after 3 (X6)",
        ),
        (
            TransportError::Incomplete { url: url(), expected: None, found: 3 },
            "incomplete",
            "https://a/1.root.json: expected a whole file, the connection ended after 3 (X6)",
        ),
        (
            TransportError::Timeout { url: url(), what: "a byte", after: seconds },
            "timeout",
            "https://a/1.root.json: expected a byte within 20 s (X7)",
        ),
        (
            TransportError::Tls { url: url(), reason: "unknown issuer".into() },
            "tls",
            "https://a/1.root.json: no secure connection: unknown issuer",
        ),
        (
            TransportError::Failed { url: url(), reason: "host not found".into() },
            "unreachable",
            "https://a/1.root.json: host not found",
        ),
        (
            TransportError::Location { location: "ftp://a".into(), problem: "expected https://".into() },
            "location",
            "ftp://a: expected https://",
        ),
    ] {
        assert_eq!((error.to_string(), error.code()), (text.to_owned(), code));
    }
}

#[test]
fn every_client_error_has_its_text_its_code_and_its_hint() {
    let freeze = || UpdateError::Freeze {
        role: RoleName::Timestamp,
        version: 7,
        expires: "2026-05-01T00:00:00Z".into(),
        at: crate::simulator::now(),
        section: "TUF 5.4.4",
    };
    let not_found = || TransportError::NotFound { url: "https://a/x".into() };
    let url = || "https://a/x".to_owned();
    let network = Some("check the network and try again; what was trusted before is still in the cache");
    let question = Some("is this the repository's metadata URL?");
    for (error, code, text, hint) in [
        (
            ClientError::NoRoot { place: "the cache /c".into() },
            "no-root",
            "the cache /c: expected a trusted root.json to start from, found none (TUF 5.2)",
            Some("start from a root.json that reached you in a way you trust, not from the repository"),
        ),
        (
            ClientError::Pin(cause()),
            "pinned-root",
            "pinned root: root v7: 1 of 2 required signatures are valid (TUF 5.3.4)",
            Some("the file is damaged or no root.json: compare its SHA-256 with the one its owner announced"),
        ),
        (
            ClientError::StoredRoot { place: "the cache /c".into(), cause: cause().into() },
            "stored-root",
            "the cache /c: root v7: 1 of 2 required signatures are valid (TUF 5.3.4)",
            Some("the cache is damaged: start again from the pinned root.json"),
        ),
        (ClientError::Transport(not_found()), "not-found", "https://a/x: not found", None),
        (
            ClientError::Fetch { role: RoleName::Timestamp, cause: not_found() },
            "not-found",
            "cannot fetch timestamp: https://a/x: not found",
            question,
        ),
        (
            ClientError::Fetch {
                role: RoleName::Root,
                cause: TransportError::Failed { url: url(), reason: "connection refused".into() },
            },
            "unreachable",
            "cannot fetch root: https://a/x: connection refused",
            network,
        ),
        (
            ClientError::Refused { url: url(), cause: freeze(), web_page: false },
            "freeze",
            "https://a/x: timestamp v7: expired at 2026-05-01T00:00:00Z, and the update started at \
             2026-06-01T00:00:00Z (TUF 5.4.4)",
            Some("ask the repository's owner to publish, or check the clock of this machine"),
        ),
        (
            ClientError::Refused { url: url(), cause: cause().into(), web_page: true },
            "signature",
            "https://a/x: a web page, not metadata: root v7: 1 of 2 required signatures are valid (TUF 5.3.4)",
            question,
        ),
        (
            ClientError::Refused { url: url(), cause: UpdateError::Removed { name: "a.json".into() }, web_page: false },
            "rollback",
            "https://a/x: snapshot: expected an entry `a.json` as the trusted snapshot has, found none (TUF 5.5.5)",
            Some("an old copy of the repository, or an attack: try another mirror, and tell the repository's owner"),
        ),
        (
            ClientError::FinalRoot(freeze()),
            "freeze",
            "timestamp v7: expired at 2026-05-01T00:00:00Z, and the update started at 2026-06-01T00:00:00Z (TUF 5.4.4)",
            Some("ask the repository's owner to publish, or check the clock of this machine"),
        ),
        (
            StoreError { path: "/c/root.json".into(), verb: "write", reason: "no space left".into() }.into(),
            "store",
            "/c/root.json: cannot write: no space left",
            None,
        ),
        (
            ClientError::UnknownTarget(TargetError::Unknown { path: "x".into(), version: 3 }),
            "unknown-target",
            "target `x`: not listed by targets v3 (TUF 5.6.7)",
            None,
        ),
        (
            ClientError::FetchTarget { path: "x".into(), cause: not_found() },
            "not-found",
            "cannot fetch target `x`: https://a/x: not found",
            None,
        ),
        (
            ClientError::RefusedTarget { url: url(), cause: TargetError::Hash { path: "x".into() } },
            "target-hash",
            "https://a/x: target `x`: the file does not have the hash its metadata lists (TUF 5.7.3)",
            None,
        ),
        (
            ClientError::TargetPath { path: "a:b".into(), problem: PathProblem::Colon },
            "target-path",
            "target `a:b`: expected no colon, found one (C62)",
            None,
        ),
        (
            ClientError::Destination { path: "/o/a".into(), expected: "a directory", found: "a symbolic link" },
            "destination",
            "/o/a: expected a directory, found a symbolic link (C62)",
            Some("move it away, or give another directory"),
        ),
        (
            ClientError::Write { path: "/o/a".into(), reason: "permission denied".into() },
            "write",
            "/o/a: cannot write: permission denied",
            None,
        ),
    ] {
        assert_eq!((error.to_string(), error.code(), error.hint()), (text.to_owned(), code, hint));
    }
}

#[test]
fn hints_say_what_to_try() {
    let fetch = |cause| ClientError::Fetch { role: RoleName::Root, cause };
    let url = || "https://a/x".to_owned();
    let (role, by) = (RoleName::Snapshot, RoleName::Timestamp);
    let pin = UpdateError::Pin { role, by, what: "hash", section: "TUF 5.5.2" };
    for (error, hint) in [
        (
            ClientError::Refused { url: url(), cause: pin, web_page: false },
            Some("a copy caught in the middle of a publication, or an attack: try again in a minute"),
        ),
        (fetch(TransportError::Status { url: url(), status: 503 }), Some("the server has a fault: try again later")),
        (fetch(TransportError::Status { url: url(), status: 400 }), None),
        (
            fetch(TransportError::Redirect { url: url(), to: url(), rule: "the same host" }),
            Some("give the URL that the redirect leads to, if that host is right"),
        ),
        (
            fetch(TransportError::Tls { url: url(), reason: "unknown issuer".into() }),
            Some("check the clock of this machine, and whether a proxy reads its traffic"),
        ),
        (fetch(TransportError::TooLarge { url: url(), limit: 9 }), None),
    ] {
        assert_eq!(error.hint(), hint, "{error}");
    }
}

#[test]
fn every_event_has_its_text_and_its_code() {
    let role = || RoleName::Timestamp;
    for (event, code, text) in [
        (
            Event::Update(Said::FloorsPurged),
            "floors-purged",
            "online keys were rotated: cached timestamp and snapshot removed (TUF 5.3.11)",
        ),
        (
            Event::Update(Said::FloorLost { role: role(), why: FloorLoss::Missing, kept: None }),
            "floor-lost",
            "cached timestamp is missing: no floor against rollback (X3)",
        ),
        (
            Event::ChainBroken { version: 7, cause: cause().into() },
            "chain-broken",
            "cached root v7 is not used and asked for anew: root v7: 1 of 2 required signatures are valid (TUF 5.3.4) \
             (X3)",
        ),
        (
            Event::RootUnproved { found: 7, proved: 5 },
            "root-unproved",
            "cached root v7 does not lead back to the pinned root: starting again from v5 (T32)",
        ),
        (
            Event::RootLost { cause: cause() },
            "root-lost",
            "cached root does not verify, the one proved from the pinned root is used: root v7: 1 of 2 \
             required signatures are valid (TUF 5.3.4) (X3)",
        ),
        (
            Event::RootReplaced { version: 7 },
            "root-replaced",
            "cached root v7 is not the pinned root v7, which replaced it",
        ),
        (
            Event::RootOlder { remembered: 7, found: 5 },
            "root-older",
            "root: this cache has known version 7, the final root is version 5 (X3)",
        ),
        (
            Event::ClockBack { accepted: at("2026-06-02T00:00:00Z"), now: at("2026-06-01T00:00:00Z") },
            "clock-back",
            "the clock says 2026-06-01T00:00:00Z, and this cache was refreshed at 2026-06-02T00:00:00Z (X15)",
        ),
        (
            Event::StateLost { problem: "expected a member `schema`, found none".into() },
            "state-lost",
            "cached state.json: expected a member `schema`, found none (X3)",
        ),
    ] {
        assert_eq!((event.to_string(), event.code()), (text.to_owned(), code));
    }
}
