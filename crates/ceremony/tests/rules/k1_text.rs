//! K1: the plan as a text. Every refusal in full.

use crate::table::{NAMES, Table, key};
use tuffet_ceremony::{Plan, PlannedChange, Waiver};

fn text_of(table: &Table) -> String {
    table.plan.to_toml()
}

fn refused(text: &str) -> String {
    Plan::parse(text.as_bytes()).expect_err("expected a refusal").to_string()
}

/// The refusal after one edit of the text.
fn edited(from: &str, to: &str) -> String {
    let text = text_of(&Table::initial());
    assert!(text.contains(from), "the plan has no {from}");
    refused(&text.replacen(from, to, 1))
}

fn changed(change: impl FnOnce(&mut Table)) -> String {
    let mut table = Table::initial();
    change(&mut table);
    refused(&text_of(&table))
}

#[test]
fn k1_a_plan_reads_back_as_it_was_written() {
    let table = Table::initial();
    assert_eq!(Plan::parse(text_of(&table).as_bytes()).unwrap(), table.plan);
}

#[test]
fn k1_an_unknown_key_is_refused() {
    assert_eq!(
        edited("ceremony =", "pin = \"1234\"\nceremony ="),
        "plan.toml: line 2: unknown field `pin`, expected one of `schema`, `ceremony`, `at`, `previous_root`, \
         `approvals`, `software_keys`, `tools`, `expires`, `online`, `online_keys`, `people`, `witnesses`, `attestation`, `changes`, \
         `waivers` (K1)"
    );
}

#[test]
fn k1_a_misspelt_key_is_refused_in_every_table() {
    assert_eq!(
        edited("[expires]\nroot", "[expires]\nroots"),
        "plan.toml: line 8: unknown field `roots`, expected one of `root`, `targets`, `snapshot`, `timestamp`, `delegated` (K1)"
    );
    assert!(edited("threshold =", "treshold =").contains("unknown field `treshold`"));
    assert!(edited("[[people]]\nname", "[[people]]\nnames").contains("unknown field `names`"));
    assert!(edited("uri =", "url =").contains("unknown field `url`"));
    assert!(edited("length =", "lenght =").contains("unknown field `lenght`"));
}

#[test]
fn k1_wrong_types_are_refused() {
    assert_eq!(
        edited("at = \"2026-12-01T00:00:00Z\"", "at = 2026-12-01T00:00:00Z"),
        "plan.toml: line 3: invalid type: map, expected a string (K1)"
    );
    assert!(edited("threshold = 3", "threshold = \"3\"").contains("invalid type: string \"3\", expected u64"));
    assert!(edited("threshold = 3", "threshold = -3").contains("invalid value: integer `-3`, expected u64"));
    assert!(edited("change = \"establish\"", "change = \"abolish\"").contains("unknown variant `abolish`"));
}

#[test]
fn k1_what_is_no_toml_is_refused() {
    assert_eq!(refused(""), "plan.toml: line 1: missing field `schema` (K1)");
    assert_eq!(Plan::parse(&[0xff, 0xfe]).unwrap_err().to_string(), "plan.toml: expected UTF-8 (K1)");
    assert!(refused("= = =").starts_with("plan.toml: line 1: "));
    assert!(refused(&"[".repeat(1 << 20)).starts_with("plan.toml: line 1: "));
    assert!(refused(&"a = [".repeat(1 << 16)).starts_with("plan.toml: line 1: "));
}

#[test]
fn k1_another_schema_is_refused() {
    assert_eq!(
        edited("tuffet-plan-v1", "tuffet-plan-v2"),
        "plan.toml: schema: expected tuffet-plan-v1, found `tuffet-plan-v2` (K1)"
    );
}

#[test]
fn k1_bad_dates_are_refused() {
    for place in ["at", "expires.root", "expires.targets", "expires.snapshot", "expires.timestamp"] {
        for bad in ["2026-12-01", "2026-13-01T00:00:00Z", "2026-12-01T00:00:00+01:00", "tomorrow", ""] {
            let message = changed(|table| {
                let plan = &mut table.plan;
                let field = match place {
                    "at" => &mut plan.at,
                    "expires.root" => &mut plan.expires.root,
                    "expires.targets" => &mut plan.expires.targets,
                    "expires.snapshot" => &mut plan.expires.snapshot,
                    _ => &mut plan.expires.timestamp,
                };
                *field = bad.into();
            });
            assert_eq!(message, format!("plan.toml: {place}: expected YYYY-MM-DDTHH:MM:SSZ, found `{bad}` (K1)"));
        }
    }
}

#[test]
fn k1_bad_hashes_and_names_are_refused() {
    let hex = "64 characters of lower-case hex";
    assert_eq!(
        changed(|t| t.plan.previous_root = "NONE".into()),
        format!("plan.toml: previous_root: expected `none` or {hex}, found `NONE` (K1)")
    );
    assert_eq!(
        changed(|t| t.plan.people[0].key = t.plan.people[0].key.to_uppercase()),
        format!(
            "plan.toml: key of @alice: expected {hex}, found `{}` (K1)",
            key("@alice").fingerprint().to_uppercase()
        )
    );
    assert_eq!(
        changed(|t| t.plan.people[1].enrolment = "ab".into()),
        format!("plan.toml: enrolment of @bob: expected {hex}, found `ab` (K1)")
    );
    assert_eq!(
        changed(|t| t.plan.ceremony = "../etc".into()),
        "plan.toml: ceremony: expected letters, digits and hyphens, found `../etc` (K1)"
    );
    let text = "text on one line without control characters";
    assert_eq!(
        changed(|t| t.plan.people[0].name = "@a\u{1b}[2J".into()),
        format!("plan.toml: people: expected {text}, found `@a\\u{{1b}}[2J` (K1)")
    );
    let waiver = Waiver { rule: "R16".into(), reason: "two\nlines".into() };
    assert_eq!(
        changed(|t| t.plan.waivers.push(waiver)),
        format!("plan.toml: waivers: expected {text}, found `two\\nlines` (K1)")
    );
}

#[test]
fn k1_a_target_path_that_leaves_its_folder_is_refused() {
    for bad in ["../x", "/etc/passwd", "a//b", "a/./b", "", "c:x", "a\\b", "a\nb", "a\0b"] {
        let message = changed(|table| table.target(bad, b""));
        assert_eq!(
            message,
            format!(
                "plan.toml: changes[2].path: expected a relative path without `..`, `:`, `\\` or control characters, \
                 found `{}` (K1)",
                bad.escape_debug()
            )
        );
    }
    assert_eq!(
        changed(|table| {
            let (path, sha256) = ("x", String::from("0"));
            table.plan.changes.push(crate::table::set_target(path, 0, sha256));
        }),
        "plan.toml: changes[2].sha256: expected 64 characters of lower-case hex, found `0` (K1)"
    );
    assert_eq!(
        changed(|table| table.target("logs/keys.json", b"other")),
        "plan.toml: changes: `logs/keys.json` is listed twice (K1)"
    );
}

#[test]
fn k1_people_and_online_keys_without_a_part_are_refused() {
    assert_eq!(
        changed(|table| table.person("@mallory", &key("@mallory"))),
        "plan.toml: people: expected only people whom a change names, found `@mallory` (K1)"
    );
    let mut table = Table::replacement(tuffet_keys::sha256(b"root"));
    table.plan.online = Table::initial().plan.online;
    assert_eq!(
        refused(&text_of(&table)),
        "plan.toml: online: expected no [online] table without `establish`, found `file:online.pem` (K1)"
    );
    assert_eq!(
        changed(|table| table.plan.online = None),
        "plan.toml: changes[0]: expected an [online] table beside `establish`, found `none` (K1)"
    );
}

fn seats(table: &mut Table) -> &mut tuffet_ceremony::PlannedSeats {
    let PlannedChange::Establish { root, .. } = &mut table.plan.changes[0] else { panic!("expected establish") };
    root
}

#[test]
fn k1_names_nobody_has_are_refused() {
    assert_eq!(
        changed(|table| seats(table).people[0] = "@alcie".into()),
        "plan.toml: changes[0].root.people: `@alcie` is not among the plan's people (K1)"
    );
    assert_eq!(
        changed(|table| seats(table).people[0] = "@bob".into()),
        "plan.toml: changes[0].root.people: `@bob` is listed twice (K1)"
    );
    assert_eq!(
        changed(|table| table.plan.people[1].name = "@alice".into()),
        "plan.toml: people: `@alice` is listed twice (K1)"
    );
}

#[test]
fn k5_a_threshold_above_the_number_of_people_is_refused() {
    for (threshold, people) in [(6, 5), (0, 5), (u64::MAX >> 1, 5), (1, 0)] {
        let message = changed(|table| {
            seats(table).threshold = threshold;
            seats(table).people.truncate(people);
        });
        assert_eq!(
            message,
            format!(
                "plan.toml: changes[0].root: expected a threshold from 1 to {people}, the number of people, found \
                 {threshold} (F10)"
            )
        );
    }
    assert_eq!(NAMES.len(), 5);
}

#[test]
fn f8_one_key_for_two_people_is_refused() {
    let alice = key("@alice").fingerprint();
    let message = |second: &str| {
        let short = &alice[..16];
        format!(
            "plan.toml: people: @alice and {second} have the same key {short}: one token cannot fill two seats (K5, F8)"
        )
    };
    assert_eq!(changed(|table| table.plan.people[4].key = alice.clone()), message("@erin"));
    // The online key is nobody's token either.
    assert_eq!(changed(|table| table.plan.online.as_mut().unwrap().key = alice.clone()), message("file:online.pem"));
}
