//! The rows as people read them.

use super::*;

fn show(units: &[Unit], row: &Row) -> String {
    let part = |(number, of): &(u64, Vec<usize>)| {
        let names: Vec<&str> = of.iter().map(|unit| units[*unit].name.split(' ').next().unwrap()).collect();
        format!("{number} of {}", names.join(" "))
    };
    let sets: Vec<String> =
        row.sets.iter().map(|choice| choice.parts.iter().map(part).collect::<Vec<_>>().join(" + ")).collect();
    let out = row.verdict.out_of_band.map(|why| format!(" {why:?}")).unwrap_or_default();
    let reach: Vec<String> = row.verdict.reach.iter().map(|reach| format!(" {reach:?}")).collect();
    format!("{}: {:?}{out}{}", sets.join(" | "), row.verdict.outcome, reach.concat())
}

fn rows(keys: &Keys, pins: bool) -> (Vec<String>, Vec<String>, Subsets) {
    let roster = Roster::of(&keys.observed(pins)).unwrap();
    let units = roster.each_person();
    let found = subsets(&roster, &units);
    let shown = |rows: &[Row]| rows.iter().map(|row| show(&units, row)).collect();
    (shown(&found.losses), shown(&found.thefts), found)
}

const FIVE: &str = "3 of @alice @bob @carol @dave @erin";

#[test]
fn k18_sigstores_shape_in_a_few_rows() {
    let (losses, thefts, found) = rows(&sigstore(), true);
    assert_eq!(
        losses,
        ["1 of key: Recoverable".to_owned(), "1 of online: Recoverable".to_owned(), format!("{FIVE}: Dead RootLost")]
    );
    assert_eq!(
        thefts,
        [
            "1 of key: Compromised".to_owned(),
            "1 of online: Compromised Mix".to_owned(),
            "1 of online + 1 of key: Compromised Mix TargetsOf(4)".to_owned(),
            format!("{FIVE}: Compromised RootStolen Everything"),
        ]
    );
    // 2^7 subsets; 16 of the 32 of people leave three of five.
    let lost = SubsetTally { all: 128, operable: 16, recoverable: 48, dead: 64, ..SubsetTally::default() };
    assert_eq!(found.lost, Some(lost));
    let stolen = SubsetTally { all: 128, operable: 16, compromised: 48, stolen_root: 64, ..SubsetTally::default() };
    assert_eq!(found.stolen, Some(stolen));
    assert_eq!(found.mixed.unwrap().all, 2187, "3^7");
}

#[test]
fn t18b_what_is_not_pinned_is_forged_for_new_clients() {
    let (_, thefts, _) = rows(&sigstore(), false);
    assert_eq!(thefts[0], "1 of key: Compromised ForgeForNew(4)");
    let apart =
        Keys(vec![("root", 1, vec![1]), ("timestamp", 1, vec![6]), ("snapshot", 1, vec![7]), ("targets", 1, vec![2])]);
    let expected = [
        "1 of @bob: Compromised",
        "1 of online: Compromised Freeze",
        "1 of key: Compromised",
        "1 of online + 1 of key: Compromised Mix",
        "1 of online + 1 of key + 1 of @bob: Compromised AnyTarget",
        "1 of @alice: Compromised RootStolen Everything",
    ];
    let sorted = |mut rows: Vec<String>| {
        rows.sort();
        rows
    };
    assert_eq!(sorted(rows(&apart, true).1), sorted(expected.map(str::to_owned).to_vec()));
    let loose = [
        "1 of @bob: Compromised ForgeForNew(3)",
        "1 of online: Compromised Freeze",
        "1 of key: Compromised MixForNew",
        "1 of online + 1 of key: Compromised Mix",
        "1 of online + 1 of key + 1 of @bob: Compromised AnyTarget",
        "1 of @alice: Compromised RootStolen Everything",
    ];
    assert_eq!(sorted(rows(&apart, false).1), sorted(loose.map(str::to_owned).to_vec()));
}

#[test]
fn k18_somebody_with_two_keys_is_told_apart() {
    // Alice, with a key of root and the one of a delegation.
    let mut keys = sigstore();
    keys.0[4].2 = vec![8];
    let (losses, _, found) = rows(&keys, true);
    assert_eq!(
        losses,
        [
            "1 of @alice: Recoverable".to_owned(),
            "1 of online: Recoverable".to_owned(),
            "1 of @alice + 2 of @bob @carol @dave @erin | 3 of @bob @carol @dave @erin: Dead RootLost".to_owned(),
        ]
    );
    assert_eq!(found.lost.unwrap().all, 64, "of people, not of keys");
}

#[test]
fn k18_beyond_the_limit_each_role_is_looked_at_alone() {
    let mut keys = sigstore();
    // Eleven roles of one key each, all different: 6 * 2^13 cases are few enough; with two more they are not.
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
    keys.0.extend(names.iter().zip(11_u8..).map(|(name, seed)| (*name, 1, vec![seed])));
    let (losses, _, found) = rows(&keys, true);
    assert_eq!((found.lost.map(|tally| tally.all), found.mixed), (Some(1 << 18), None));
    assert_eq!(losses.len(), 14);
    keys.0.extend([("l", 1, vec![22]), ("m", 1, vec![23])]);
    let (losses, thefts, found) = rows(&keys, true);
    assert_eq!((found.lost, found.stolen, found.mixed), (None, None, None));
    assert_eq!(losses.last().unwrap(), &format!("{FIVE}: Dead RootLost"));
    assert_eq!(thefts.last().unwrap(), &format!("{FIVE}: Compromised RootStolen Everything"));
}
