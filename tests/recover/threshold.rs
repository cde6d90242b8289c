//! Root is dead, or somebody else's (scenarios 7 and 9).

use crate::base::*;
use std::fs;

const AT: &str = "2026-12-03T10:00:00Z";

#[test]
fn r16_a_dead_root_ends_in_a_new_one_that_people_are_told_of() {
    let w = world();
    told(&w, AT, OLD_CLIENT, 0);
    let screen = told(&w, AT, "tuffet recover lost-threshold --key @carol --key @dave --key @erin --into ../anew", 0);
    sees(
        &screen,
        &[
            "root v1: 3 of 5 must sign, 2 are left: root is dead",
            "clients go on until 2027-06-01T10:00:00Z at the latest",
            "now every client: follows: root 1",
            "if those who are left sign a next root (refused) every client: refuses:",
            "with a new root v1 served in the old one's place every client: refuses:",
            "after somebody has pinned the new root",
            "follows: root 1",
            "with the targets to take along in carried/ extra.json keys.json",
        ],
    );
    run(
        w.path(),
        AT,
        "cd anew
        enrol again alice frank gina online3
        tuffet plan new again $plain --date 2026-12-03T10:00:00Z --threshold 2 --target carried \
            --keyholder ../alice-again --keyholder ../frank-again --keyholder ../gina-again --online ../online3-again
        hold again online3 frank gina
        cd ../w
        tuffet recover notice --because lost --new ../anew/repository/1.root.json --old repository/1.root.json \
            --url https://tuf2.example.org --out ../NOTICE.md
        tuffet client init --cache ../new --root ../anew/repository/1.root.json
        tuffet client refresh --cache ../new --url ../anew/repository",
        0,
    );
    let notice = fs::read_to_string(w.path().join("NOTICE.md")).unwrap();
    let digest = tuffet_keys::sha256(&fs::read(w.path().join("anew/repository/1.root.json")).unwrap());
    assert!(notice.contains(&digest.to_string()), "{notice}");
    let words = tuffet_keys::words::encode(digest.as_bytes());
    let flat = notice.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(&words), "{notice}");
    // Who pinned the old root does not follow, and keeps what it has.
    let screen = told(&w, AT, "tuffet client refresh --cache ../old --url ../anew/repository", 1);
    sees(&screen, &["tuffet: error:"]);
    let again = told(&w, AT, "tuffet recover lost-threshold --key @carol --key @dave --key @erin --into ../anew", 1);
    sees(&again, &["expected no workspace yet, found its tuffet.toml"]);
}

#[test]
fn t25_a_stolen_threshold_is_said_for_what_it_is() {
    let w = world();
    let screen = told(&w, AT, "tuffet recover stolen-threshold --key @carol --key @dave --key @erin --into ../anew", 0);
    sees(
        &screen,
        &[
            "root v1: whoever has these 3 keys signs any next root, and every client follows it (T25)",
            "if the thief signs root v2: they follow the thief every client: follows: root 2",
            "say at once, everywhere, that the old root is not to be trusted",
        ],
    );
}

#[test]
fn r16_a_living_root_is_not_given_up() {
    let w = world();
    let screen = told(&w, AT, "tuffet recover lost-threshold --key @erin --into ../anew", 1);
    sees(
        &screen,
        &[
            "root v1: expected fewer keys left than its threshold 3, found 4: root lives, and nobody has to pin anew (R16)",
            "hint: `tuffet recover lost-key CEREMONY --key WHO` takes the lost keys out",
        ],
    );
    let screen = told(&w, AT, "tuffet recover stolen-threshold --key @erin --into ../anew", 1);
    sees(&screen, &["root v1: expected stolen keys that meet its threshold 3, found 1 of them: root holds"]);
    let screen = told(
        &w,
        AT,
        "tuffet recover notice --because lost --new repository/1.root.json --old repository/1.root.json --url u --out ../n",
        1,
    );
    sees(&screen, &["--new: expected other keys than those of root v1, found 5 of them (R16)"]);
    assert!(!w.path().join("anew").exists(), "a refused recovery leaves nothing");
}
