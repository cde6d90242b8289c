//! The printed list, carried out: each command, in its order, through to a client that holds the keys.

use crate::{AT, LISTS, flat, run, services};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

/// A team of these keyholders, its workspace `i` beside the PEM files, and the report.
fn team(holders: &[&str], more: &str) -> (TempDir, Value) {
    let scratch = tempfile::tempdir().unwrap();
    services::write(scratch.path());
    let holders: Vec<_> = holders.iter().map(|name| format!("--keyholder @{name}")).collect();
    let script = format!(
        "tuffet --json init i --instance {LISTS} {} --operator example.org --oidc https://id.example.org {more}",
        holders.join(" ")
    );
    let screen = run(scratch.path(), AT, &script, 0);
    let report = serde_json::from_str(&screen[screen.find('{').unwrap()..]).unwrap();
    (scratch, report)
}

fn commands(report: &Value) -> Vec<String> {
    report["commands"].as_array().unwrap().iter().map(|command| command.as_str().unwrap().to_owned()).collect()
}

/// Types the list in the workspace; the last screen is the client's.
fn carried_out(scratch: &TempDir, commands: &[String]) -> String {
    run(scratch.path(), AT, &format!("cd i\n{}", commands.join("\n")), 0)
}

#[test]
fn the_list_of_a_team_leads_to_a_client_that_holds_its_keys() {
    // For one, two and three keyholders: the number of commands, and of signatures among them.
    for (holders, signatures, number) in
        [(&["alice"][..], 1, 12), (&["alice", "bob"], 2, 15), (&["alice", "bob", "carol"], 2, 17)]
    {
        let (scratch, report) = team(holders, "");
        let commands = commands(&report);
        assert_eq!(commands.len(), number, "{commands:#?}");
        assert_eq!(commands.iter().filter(|command| command.starts_with("tuffet sign ")).count(), signatures);
        let screen = flat(&carried_out(&scratch, &commands));
        for seen in ["published 6 files", "https://rekor.example.org", "https://tsa.example.org", "valid at 2026-12-01"]
        {
            assert!(screen.contains(seen), "expected `{seen}`, found:\n{screen}");
        }
        assert!(screen.contains("4 of 4 entries"), "{screen}");
        let calendar = fs::read_to_string(scratch.path().join("renewals.ics")).unwrap();
        for day in ["20261208T100000Z", "20261222T100000Z", "20270601T100000Z"] {
            assert!(calendar.contains(&format!("DTSTART:{day}")), "{day}:\n{calendar}");
        }
    }
}

#[test]
fn the_page_that_is_written_holds_the_same_commands() {
    let (scratch, report) = team(&["alice", "bob", "carol"], "");
    let page = fs::read_to_string(scratch.path().join("i/NEXT.md")).unwrap();
    let blocks = crate::pages::blocks(&page);
    let written: Vec<_> = blocks.iter().map(|block| flat(&block.script.replace(" \\\n", " "))).collect();
    assert_eq!(written, commands(&report));
    for line in page.lines().filter(|line| !line.starts_with("- ")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(page.contains("2 of 3: one key may be lost or stolen, and the other two go on"), "{page}");
}

#[test]
fn the_renewals_that_it_names_run_in_time() {
    let (scratch, report) = team(&["alice"], "");
    carried_out(&scratch, &commands(&report));
    assert_eq!(report["expires"]["timestamp"], "2026-12-08T10:00:00Z");
    assert_eq!(report["expires"]["root"], "2027-06-01T10:00:00Z");
    assert_eq!(report["renew_root_by"], "2027-05-02T10:00:00Z");
    let daily = "cd i\ntuffet online once --online-key file:../online.pem\ntuffet client refresh --cache ../cache --url repository";
    let screen = run(scratch.path(), "2026-12-07T10:00:00Z", daily, 0);
    assert!(
        screen.contains("published timestamp 2 until 2026-12-14T10:00:00Z, over snapshot 1 until 2026-12-22T10:00:00Z"),
        "{screen}"
    );
    let page = fs::read_to_string(scratch.path().join("i/NEXT.md")).unwrap();
    let renewal = page.split('`').find(|part| part.starts_with("tuffet plan change ")).unwrap();
    let script = format!(
        "cd i\n{renewal}\ntuffet draft ceremony/2027-05-02-renewal\n\
         tuffet sign ceremony/2027-05-02-renewal --key file:../alice.pem\n\
         tuffet publish ceremony/2027-05-02-renewal --online-key file:../online.pem\n\
         tuffet client refresh --cache ../cache --url repository"
    );
    let screen = flat(&run(scratch.path(), "2027-05-02T10:00:00Z", &script, 0));
    assert!(screen.contains("root 2, targets 2, snapshot 2, timestamp 3"), "{screen}");
    let late =
        run(scratch.path(), "2027-12-01T10:00:00Z", "cd i\ntuffet online once --online-key file:../online.pem", 1);
    let expected = "tuffet: error: root v2 expired at 2027-10-31T10:00:00Z: no timestamp is signed over it (R20)\n\
                    tuffet: hint: `tuffet recover expired-root CEREMONY` plans the ceremony that renews it\n";
    assert_eq!(late, expected);
}

#[test]
fn what_a_number_of_keyholders_means_is_said() {
    for (holders, threshold, said) in [
        (&["a"][..], "", "1 of 1: one keyholder: a copy of this key is all a thief needs"),
        (&["a", "b"], "", "2 of 2: nobody signs alone, and one lost key ends it"),
        (&["a", "b"], "--threshold 1", "1 of 2: any one of them signs alone"),
        (&["a", "b", "c"], "--threshold 3", "3 of 3: all of them sign, and one lost key ends it"),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        services::write(scratch.path());
        let holders: Vec<_> = holders.iter().map(|name| format!("--keyholder @{name}")).collect();
        let script = format!("tuffet init i --instance {LISTS} {} --operator o {threshold}", holders.join(" "));
        let screen = run(scratch.path(), AT, &script, 0);
        assert!(flat(&screen).contains(said), "expected `{said}`, found:\n{screen}");
    }
}

#[test]
fn a_log_that_states_no_time_wants_a_timestamp_authority() {
    let scratch = tempfile::tempdir().unwrap();
    services::write(scratch.path());
    let (lists, tsa) = LISTS.split_once(" --tsa ").unwrap();
    let init = |place: &str, more: &str| {
        let script = format!(
            "tuffet init {place} --instance {} --keyholder @a --operator o {more}",
            lists.replace("rekor-v1", "rekor-v2")
        );
        run(scratch.path(), AT, &script, 0)
    };
    let said = "tuffet: warning: a log of kind rekor-v2 states no time: without a timestamp authority (--tsa) no client \
                takes a signature\n";
    assert!(init("a", "").contains(said));
    assert!(!init("b", &format!("--tsa {tsa}")).contains("warning"));
}
