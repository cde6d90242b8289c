//! Keys lost and stolen, below the threshold.

use crate::base::*;

const AT: &str = "2026-12-03T10:00:00Z";

#[test]
fn r16_a_lost_key_goes_and_every_client_follows() {
    let w = world();
    told(&w, AT, OLD_CLIENT, 0);
    let plan = "tuffet recover lost-key without-erin --key @erin $plain --date 2026-12-03T10:00:00Z";
    let screen = told(&w, AT, plan, 0);
    sees(
        &screen,
        &[
            "@erin, key",
            "signs root, targets",
            "root v1: 3 of 5 must sign; 4 are left: @alice, @bob, @carol, @dave",
            "now every client: follows: root 1, timestamp 2, snapshot 2, targets 2",
            "after this plan is published every client: follows: root 2, timestamp 3, snapshot 3, targets 2",
            "change = \"remove-keyholder\"",
        ],
    );
    told(&w, AT, "hold without-erin online alice bob carol", 0);
    clients_follow(&w, AT, 2);
    // Again, and it is planned.
    let screen = told(&w, AT, plan, 1);
    sees(&screen, &["found one: this recovery is planned", "hint: go on with it: `tuffet draft"]);
}

#[test]
fn r16_who_comes_takes_the_place_of_the_lost() {
    let w = world();
    told(&w, AT, "enrol frank-for-erin frank", 0);
    let screen = told(
        &w,
        AT,
        "tuffet recover lost-key frank-for-erin --key @erin --incoming ../frank-frank-for-erin $plain --date 2026-12-03T10:00:00Z",
        0,
    );
    sees(&screen, &["change = \"replace-keyholder\"", "outgoing = \"@erin\"", "incoming = \"@frank\""]);
    told(&w, AT, "hold frank-for-erin online alice bob carol frank", 0);
    clients_follow(&w, AT, 2);
}

#[test]
fn r16_down_to_the_threshold_everybody_left_must_sign_and_below_it_root_is_dead() {
    let w = world();
    let plain = "$plain --date 2026-12-03T10:00:00Z";
    let screen = told(&w, AT, &format!("tuffet recover lost-key two --key @dave --key @erin {plain}"), 0);
    sees(&screen, &["3 are left:", "each of them must sign, and one more loss ends root"]);
    let screen =
        told(&w, AT, &format!("tuffet recover lost-key three --key @carol --key @dave --key @erin {plain}"), 1);
    sees(
        &screen,
        &[
            "tuffet: error: root v1: expected 3 keys that are left for its threshold, found 2: no next root can be signed that \
             clients follow, whatever its version (R16, C10)",
            "hint: look for the keys again; if they are gone, `tuffet recover lost-threshold` prepares a new root",
        ],
    );
    let none = told(&w, AT, "ls ceremony", 0);
    assert!(!none.contains("three"), "a refused recovery leaves nothing: {none}");
}

#[test]
fn r16_a_stolen_key_is_listed_with_all_it_signed_and_removed() {
    let w = world();
    told(&w, AT, OLD_CLIENT, 0);
    // A ceremony that was given up, for which the key signed too.
    told(&w, AT, &format!("{IDLE}; tuffet abort ceremony/idle --reason 'a drill'"), 0);
    let screen = told(&w, AT, "tuffet recover stolen-key no-erin --key @erin $plain --date 2026-12-03T10:00:00Z", 0);
    sees(
        &screen,
        &[
            "if the thief signs the next root every client: refuses:",
            "after this plan is published every client: follows: root 2",
            "all they ever signed that was found here",
            "published 1.root.json",
            "published 1.targets.json",
            "published 2.targets.json",
            "ceremony first: root, given, at",
            "ceremony idle: root, given, at",
            "ceremony idle: root, never used, at",
        ],
    );
    told(&w, AT, "hold no-erin online alice bob carol", 0);
    clients_follow(&w, AT, 2);
}

#[test]
fn t25_a_stolen_threshold_is_not_mended_by_a_root() {
    let w = world();
    let keys = "--key @carol --key @dave --key @erin $plain --date 2026-12-03T10:00:00Z";
    let screen = told(&w, AT, &format!("tuffet recover stolen-key no {keys}"), 1);
    sees(
        &screen,
        &[
            "root v1: expected fewer stolen keys than its threshold 3, found 3",
            "and no root of yours takes that back (R16, T25)",
            "hint: `tuffet recover stolen-threshold` prepares a new root and the notice to everybody",
        ],
    );
    let screen = told(&w, AT, "tuffet recover stolen-key no --key @mallory $plain --date 2026-12-03T10:00:00Z", 2);
    sees(
        &screen,
        &[
            "expected a key of root v1 or of what targets delegate to, found `@mallory` (R16)",
            "they name @alice, @bob, @carol, @dave, @erin, file:online.pem",
        ],
    );
    let screen = told(&w, AT, "tuffet recover lost-key no --key file:online.pem $plain --date 2026-12-03T10:00:00Z", 1);
    sees(
        &screen,
        &[
            "file:online.pem: expected a key that a person holds, found one that signs timestamp (R14)",
            "`tuffet recover online-key CEREMONY --online DIR` puts another in its place, lost or stolen",
        ],
    );
}

#[test]
fn k16_an_interrupted_recovery_is_run_again() {
    let w = world();
    told(&w, AT, "enrol frank-for-erin frank", 0);
    let plan = "tuffet recover lost-key frank-for-erin --key @erin --incoming ../frank-frank-for-erin $plain \
                --date 2026-12-03T10:00:00Z";
    told(&w, AT, plan, 0);
    let whole = told(&w, AT, "cat ceremony/frank-for-erin/plan.toml; ls ceremony/frank-for-erin", 0);
    // The plan is written last: what a run that broke off leaves are the files it binds.
    told(&w, AT, "rm ceremony/frank-for-erin/plan.toml", 0);
    told(&w, AT, plan, 0);
    assert_eq!(told(&w, AT, "cat ceremony/frank-for-erin/plan.toml; ls ceremony/frank-for-erin", 0), whole);
}
