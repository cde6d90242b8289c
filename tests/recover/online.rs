//! An online key that somebody else has (scenario 12).

use crate::base::*;

const AT: &str = "2026-12-03T10:00:00Z";
const PLAN: &str = "tuffet recover online-key other --online ../online2-other $plain --date 2026-12-03T10:00:00Z";

#[test]
fn r14_clients_driven_far_ahead_come_back_with_another_key() {
    let w = world();
    told(&w, AT, OLD_CLIENT, 0);
    told(&w, AT, "enrol other online2", 0);
    let screen = told(&w, AT, PLAN, 0);
    sees(
        &screen,
        &[
            "one key signs snapshot and timestamp: both get the new one",
            "if the thief drives versions up to 2147483648 every client: refuses: cannot fetch targets: 2147483648.targets.json: not found",
            "and then you only sign snapshot and timestamp anew",
            "every client: refuses:",
            "expected version 2147483648 or later, found 3",
            "or rotate the key of timestamp alone (refused:",
            "after this plan is published every client: follows: root 2, timestamp 3, snapshot 3, targets 2",
            "change = \"set-online-keys\"",
            "next 1. take the old key out of every machine",
        ],
    );
    told(&w, AT, "hold other online2 alice bob carol", 0);
    clients_follow(&w, AT, 2);
}

#[test]
fn r14_half_a_rotation_and_the_stolen_key_itself_are_refused() {
    let w = world();
    told(&w, AT, "enrol other online online2", 0);
    let screen = told(&w, AT, &format!("{PLAN} --only timestamp"), 2);
    sees(&screen, &["--only: expected a key for each online role, found one that signs both", "(R14)"]);
    let same = PLAN.replace("online2-other", "online-other");
    let screen = told(&w, AT, &same, 2);
    sees(
        &screen,
        &["--online: expected another key, found file:online.pem, which signs snapshot or timestamp already"],
    );
    let screen = told(&w, AT, &format!("{PLAN} --seen repository/1.snapshot.json --seen repository/timestamp.json"), 2);
    sees(
        &screen,
        &["--seen repository/timestamp.json: expected a file you did not publish, found the published timestamp v2"],
    );
    let screen = told(&w, AT, &format!("{PLAN} --seen repository/1.root.json"), 1);
    sees(
        &screen,
        &["repository/1.root.json: expected a timestamp or snapshot signed by the keys of root v1, found neither"],
    );
}
