//! A ceremony given up, and a publication that must go (scenarios 25 and 27).

use crate::base::*;

const AT: &str = "2026-12-03T10:00:00Z";

#[test]
fn k16_an_abandoned_ceremony_says_what_its_signatures_are_good_for() {
    let w = world();
    told(&w, AT, IDLE, 0);
    let screen = told(&w, AT, "tuffet recover abandoned ceremony/idle", 0);
    sees(
        &screen,
        &[
            "ceremony idle is open still",
            "root v2: 2 more would complete it for the new root",
            "below the threshold: no client accepts it",
            "what was signed root v2: signed by @erin, good until 2027-06-03T10:00:00Z",
            "`tuffet abort ceremony/idle --reason WHY`",
        ],
    );
    told(
        &w,
        AT,
        "for who in alice bob; do tuffet sign ceremony/idle --key file:../$who.pem; done
        tuffet assemble ceremony/idle; tuffet abort ceremony/idle --reason 'the wrong date'",
        0,
    );
    let screen = told(&w, AT, "tuffet recover abandoned ceremony/idle", 0);
    sees(
        &screen,
        &[
            "ceremony idle was given up: the wrong date",
            "root v2: complete. Whoever has these files can serve it, and every client follows (C10, C11)",
            "if somebody serves the abandoned root v2 every client: follows: root 2",
            "then you publish a root v2 that changes nobody",
            "then you publish a root v3 that changes nobody every client: follows: root 3",
            "either publish this very root v2 after all",
        ],
    );
    let screen = told(&w, AT, "tuffet recover abandoned ceremony/first", 1);
    sees(
        &screen,
        &[
            "ceremony/first: expected a ceremony that was not published, found one that was (K16)",
            "hint: what is published is taken back by `tuffet recover roll-forward`, never by a restored file",
        ],
    );
}

#[test]
fn c24_what_was_published_goes_under_the_next_version_and_never_by_an_old_file() {
    let w = world();
    told(&w, AT, OLD_CLIENT, 0);
    let plan = "$plain --date 2026-12-03T10:00:00Z";
    for (file, words) in [
        (
            "1.snapshot.json",
            "expected a targets file, found snapshot v1: it is never restored, because whoever has seen a later one refuses it as a rollback (C38)",
        ),
        (
            "timestamp.json",
            "expected a targets file, found timestamp v2: it is never restored, because whoever has seen a later one refuses it as a rollback (C24)",
        ),
    ] {
        let screen = told(&w, AT, &format!("tuffet recover roll-forward back --to repository/{file} {plan}"), 1);
        sees(&screen, &[&format!("--to repository/{file}: {words}")]);
    }
    let screen = told(&w, AT, &format!("tuffet recover roll-forward back --to repository/2.targets.json {plan}"), 2);
    sees(&screen, &["--to repository/2.targets.json: expected a targets file older than v2, found v2"]);
    let screen = told(&w, AT, &format!("tuffet recover roll-forward back --to repository/1.targets.json {plan}"), 0);
    sees(
        &screen,
        &[
            "targets v2 is published; the list of v1 comes back as v3",
            "keys.json: back to SHA-256",
            "extra.json: taken out; it was not there",
            "if the files of before were put back from git (refused) every client: refuses:",
            "expected version 2 or later, found 1 (TUF 5.4.3.1)",
            "after this plan is published every client: follows: root 1, timestamp 3, snapshot 3, targets 3",
        ],
    );
    told(&w, AT, "hold back online alice bob carol", 0);
    clients_follow(&w, AT, 1);
    let screen = told(
        &w,
        AT,
        "tuffet client download --cache ../old --url repository --out ../out keys.json; cat ../out/keys.json",
        0,
    );
    assert!(screen.contains("right"), "{screen}");
}

#[test]
fn r5_files_somebody_put_back_already_are_named() {
    let w = world();
    told(&w, AT, "cp repository/1.targets.json ../kept; rm repository/1.targets.json", 0);
    let plan = "tuffet recover roll-forward back --to ../kept $plain --date 2026-12-03T10:00:00Z";
    let screen = told(&w, AT, plan, 0);
    sees(
        &screen,
        &["1.targets.json: expected SHA-256", "as record first says, found none: put that very file back (R4, R5)"],
    );
}

#[test]
fn t21_abandoned_targets_wait_for_whoever_has_the_online_key() {
    let w = world();
    told(
        &w,
        AT,
        "tuffet plan change idle $plain --date 2026-12-03T10:00:00Z --target more.json=../other.json
        tuffet draft ceremony/idle
        for who in alice bob carol; do tuffet sign ceremony/idle --key file:../$who.pem; done
        tuffet assemble ceremony/idle; tuffet abort ceremony/idle --reason 'not now'",
        0,
    );
    let screen = told(&w, AT, "tuffet recover abandoned ceremony/idle", 0);
    sees(
        &screen,
        &[
            "ceremony idle was given up: not now",
            "targets v3: complete. The online key is all that keeps it from clients",
            "targets v3: signed by @alice, @bob, @carol, good until",
            "publish the next version of it soon",
        ],
    );
}
