//! K6: who has signed, by person, and who is still needed.

use crate::table::{NAMES, drafted, key};
use tuffet_ceremony::Purpose;
use tuffet_keys::Sign;

#[test]
fn k6_the_status_names_people() {
    let laid = drafted();
    let show = || {
        let status = laid.open().status().unwrap();
        let seats = |r: &tuffet_ceremony::RoleStatus| -> String {
            r.seats.iter().map(|s| if s.signed { 'x' } else { '.' }).collect()
        };
        status.iter().map(|r| format!("{} v{} {:?} {}", r.role, r.version, r.counts, seats(r))).collect::<Vec<_>>()
    };
    let line = |role: &str, have: usize, seats: &str| format!("{role} v1 [(\"new root\", {have}, 3)] {seats}");
    assert_eq!(show(), [line("root", 0, "....."), line("targets", 0, ".....")]);
    laid.carry_out(&["@dave"]);
    assert_eq!(show(), [line("root", 1, "...x."), line("targets", 1, "...x.")]);
    // A person may sign one role only.
    let carol = laid.signed_by("@carol");
    laid.assemble(&carol[1..]).unwrap();
    assert_eq!(show(), [line("root", 1, "...x."), line("targets", 2, "..xx.")]);
    let seats = &laid.open().status().unwrap()[0].seats;
    for (seat, name) in seats.iter().zip(NAMES) {
        assert_eq!((seat.owner.as_str(), seat.fingerprint), (name, key(name).public_key().fingerprint()));
    }
}

#[test]
fn k6_the_online_key_and_strangers_have_no_role() {
    let laid = drafted();
    let roles =
        |name: &str| laid.open().roles_to_sign(&key(name).public_key().fingerprint(), Purpose::Ceremony).unwrap();
    assert!(roles(crate::table::URI).is_empty());
    assert!(roles("@mallory").is_empty());
    assert_eq!(roles("@erin").iter().map(ToString::to_string).collect::<Vec<_>>(), ["root", "targets"]);
}
