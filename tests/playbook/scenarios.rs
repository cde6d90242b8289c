//! One test for each scenario, so that one can be run alone: `scripts/test --test playbook scenario_14`.

use crate::run::{PAGE, played};

/// Plays it, and holds what the page says of its length to what was counted: commands to the one, seconds roughly, because
/// machines differ.
fn scenario(number: usize) {
    let played = played(number).unwrap_or_else(|why| panic!("{why}"));
    let (commands, seconds) = PAGE.entry(number).stated;
    if !played.clients.starts_with("skipped") {
        assert_eq!(played.commands, commands, "entry {number}: the page states {commands} commands");
        let took = played.took.as_secs_f64();
        let near = took < (seconds + 1.0) * 15.0 && took > (seconds - 1.0) / 15.0;
        assert!(near, "entry {number}: the page states about {seconds} s, and it took {took:.1} s");
    }
}

macro_rules! scenarios {
    ($($name:ident $number:literal)*) => {
        $(
            #[test]
            fn $name() {
                scenario($number);
            }
        )*
    };
}

scenarios! {
    scenario_01 1
    scenario_02 2
    scenario_03 3
    scenario_04 4
    scenario_05 5
    scenario_06 6
    scenario_07 7
    scenario_08 8
    scenario_09 9
    scenario_10 10
    scenario_11 11
    scenario_12 12
    scenario_13 13
    scenario_14 14
    scenario_15 15
    scenario_16 16
    scenario_17 17
    scenario_18 18
    scenario_19 19
    scenario_20 20
    scenario_21 21
    scenario_22 22
    scenario_23 23
    scenario_24 24
    scenario_25 25
    scenario_26 26
    scenario_27 27
    scenario_28 28
    scenario_29 29
    scenario_30 30
    scenario_31 31
    scenario_32 32
    scenario_33 33
    scenario_34 34
}
