//! threats.md, row by row, against a real client with a cache: each scenario of scenarios.toml is a test.
//!
//! A scenario says which keys are stolen, what the attacker then does, what the client must do at each refresh, and
//! how the repository recovers. The runner gives the attacker the network and the stolen keys, and nothing else: an
//! operation that needs another key is a fault of the scenario, and fails.

#[path = "../simulator/mod.rs"]
#[expect(dead_code, reason = "the client's other tests use all of it")]
mod simulator;

mod hybrid;
mod operations;
mod world;

use serde::Deserialize;
use std::collections::BTreeMap;
use world::World;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenarios {
    scenario: Vec<Scenario>,
}

/// One row of threats.md.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    id: String,
    title: String,
    /// Roles whose keys, up to their threshold, the attacker has.
    stolen: Vec<String>,
    /// Whether timestamp and snapshot pin by version alone, as some repositories do.
    #[serde(default)]
    version_only_pins: bool,
    /// Whether root lists a post-quantum key beside its classical ones.
    #[serde(default)]
    hybrid_root: bool,
    /// Whether timestamp and snapshot share one key, as in some repositories.
    #[serde(default)]
    shared_online_key: bool,
    step: Vec<Step>,
}

/// What is done, then what a client does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(rename = "do")]
    operations: Vec<String>,
    /// `accepted`, or the code of the refusal.
    client: String,
    /// A client that starts now from the pinned root, with an empty cache.
    #[serde(default)]
    fresh: Option<String>,
    /// Versions the client then trusts.
    #[serde(default)]
    trusts: BTreeMap<String, u64>,
    /// Targets the client can then have, by path: their content, or the code of the refusal.
    #[serde(default)]
    targets: BTreeMap<String, String>,
    /// Codes of what the client says beside its answer.
    #[serde(default)]
    says: Vec<String>,
}

fn run(id: &str) {
    let scenarios: Scenarios = toml::from_str(include_str!("scenarios.toml")).unwrap();
    let mut found = scenarios.scenario.into_iter().filter(|scenario| scenario.id == id);
    let scenario = found.next().unwrap_or_else(|| panic!("no scenario {id}"));
    assert!(found.next().is_none(), "two scenarios {id}");
    let mut world = World::new(&scenario);
    for (i, step) in scenario.step.iter().enumerate() {
        let place = format!("{id}, {}, step {}", scenario.title, i + 1);
        for operation in &step.operations {
            world.perform(operation).unwrap_or_else(|fault| panic!("{place}: `{operation}`: {fault}"));
        }
        world.check(step, &place);
    }
}

macro_rules! rows {
    ($($test:ident: $id:literal,)*) => {
        $(#[test]
        fn $test() {
            run($id);
        })*

        #[test]
        fn every_scenario_is_a_test() {
            let scenarios: Scenarios = toml::from_str(include_str!("scenarios.toml")).unwrap();
            let ids: Vec<String> = scenarios.scenario.into_iter().map(|scenario| scenario.id).collect();
            assert_eq!(ids, [$($id),*]);
        }
    };
}

rows! {
    t1_replay_of_old_files: "T1",
    t2_everything_withheld: "T2",
    t3_the_next_root_withheld: "T3",
    t4_two_generations_mixed: "T4",
    t5_bounded_whatever_is_sent: "T5",
    t6_targets_swapped: "T6",
    t7_one_role_served_as_another: "T7",
    t8_timestamp_key_freezes_until_snapshot_expires: "T8",
    t9_timestamp_key_cannot_roll_back: "T9",
    t10_timestamp_fast_forwarded: "T10",
    t11_snapshot_that_does_not_exist: "T11",
    t12a_snapshot_key_against_hash_pins: "T12a",
    t12b_snapshot_key_against_version_pins: "T12b",
    t13_online_keys_cannot_roll_targets_back: "T13",
    t14_online_keys_cannot_drop_a_role: "T14",
    t15_online_keys_freeze_targets: "T15",
    t16_targets_fast_forwarded: "T16",
    t17_old_and_new_roles_mixed: "T17",
    t18a_targets_key_against_hash_pins: "T18a",
    t18b_targets_key_against_version_pins: "T18b",
    t19_delegated_key_against_hash_pins: "T19",
    t20_online_and_delegated_keys: "T20",
    t21_online_and_targets_keys: "T21",
    t22_root_keys_below_the_threshold: "T22",
    t23_one_root_key_counted_twice: "T23",
    t24_root_keys_rotated_out: "T24",
    t25_threshold_of_root_keys: "T25",
    t26_new_root_keys_alone: "T26",
    t27_everything_by_root_keys: "T27",
    t28_repository_server: "T28",
    t29_online_key_and_one_of_two_root_keys: "T29",
    t32_cache_edited: "T32",
    t33_clock_set_back: "T33",
    t34_one_hash_broken: "T34",
    t35_classical_signatures_broken: "T35",
    t35_counted_by_the_threshold_alone: "T35-plain",
}
