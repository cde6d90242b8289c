//! Time ran out (scenarios 22 and 33).

use crate::base::*;

#[test]
fn c29_an_expired_timestamp_is_signed_anew_by_the_online_key_alone() {
    let w = world();
    told(&w, THEN, OLD_CLIENT, 0);
    let at = "2026-12-10T10:00:00Z";
    let screen = told(&w, at, "tuffet recover expired-timestamp --online-key file:../online.pem", 0);
    sees(
        &screen,
        &[
            "timestamp v2 expired at 2026-12-09T10:00:00Z",
            "now",
            "refuses: timestamp.json: timestamp v2: expired",
            "after it is signed anew every client: follows: root 1, timestamp 3",
            "published, and read back by a fresh client root 1, targets 2, snapshot 3, timestamp 3 until 2026-12-17T10:00:00Z",
        ],
    );
    clients_follow(&w, at, 1);
    let screen = told(&w, at, "tuffet recover expired-timestamp --online-key file:../online.pem", 1);
    sees(&screen, &["expected an expired timestamp or snapshot, found timestamp v3 valid until 2026-12-17T10:00:00Z"]);
}

#[test]
fn c15_an_expired_root_is_followed_by_the_next() {
    let w = world();
    told(&w, THEN, OLD_CLIENT, 0);
    let at = "2027-07-01T10:00:00Z";
    let screen = told(&w, at, "tuffet recover expired-timestamp --online-key file:../online.pem", 1);
    sees(
        &screen,
        &[
            "root v1 expired at 2027-06-01T10:00:00Z: no timestamp is signed over it (R20)",
            "hint: `tuffet recover expired-root CEREMONY`",
        ],
    );
    let screen = told(&w, at, "tuffet recover expired-root anew $plain --date 2027-07-01T10:00:00Z", 0);
    sees(
        &screen,
        &[
            "root v1 expired at 2027-06-01T10:00:00Z",
            "targets v2 expired at",
            "now every client: refuses: root v1: expired",
            "if root v1 were signed again with a later date (refused: one version, two files, R5) every client: refuses: root v1: expired",
            "if you started again at root v1 (refused: everybody must be reached in another way, R16) every client: refuses:",
            "after this plan is published every client: follows: root 2, timestamp 3, snapshot 3, targets 3",
        ],
    );
    told(&w, at, "hold anew online alice bob carol", 0);
    clients_follow(&w, at, 2);
}

#[test]
fn r18_what_has_not_expired_is_not_recovered() {
    let w = world();
    let screen = told(&w, THEN, "tuffet recover expired-root anew $plain --date 2026-12-02T10:00:00Z", 1);
    sees(
        &screen,
        &[
            "expected expired metadata at 2026-12-02T10:00:00Z, found root v1 valid until 2027-06-01T10:00:00Z (R18)",
            "hint: to renew it in time, run `tuffet plan change anew --renew root`",
        ],
    );
}
