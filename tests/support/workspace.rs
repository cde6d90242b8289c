//! A workspace with a drafted ceremony, made at a terminal as people make it.
#![allow(dead_code, reason = "each test takes the part of the story it needs")]

use crate::terminal;
use std::fs;
use tempfile::TempDir;

/// The time of the ceremony.
pub(crate) const AT: &str = "2026-12-01T10:00:00Z";
/// What everyone answers.
pub(crate) const RIGHT: &[(&str, &str)] = &[("passphrase", "correct horse"), ("Type `sign`", "sign")];

/// Commands that make a workspace `w`, enrol `people` and the online key for the ceremony `c`, and stay in `w`.
pub(crate) fn enrolled(people: &str) -> String {
    format!(
        "
        tuffet init w
        cd w
        for who in {people} online; do
            owner=@$who; [ $who != online ] || owner=file:online.pem
            tuffet plan invite --ceremony c --owner $owner --out ../$who.invite
            scheme=ed25519; [ $who != online ] || scheme=p256
            tuffet key generate file:../$who.pem --scheme $scheme
            tuffet key enroll --key file:../$who.pem --invite ../$who.invite --out ../$who
        done"
    )
}

/// A workspace `w` with a drafted ceremony `w/ceremony/c` of @alice and @bob, two of two, their keys beside it.
pub(crate) fn drafted() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("readme.txt"), "a target\n").unwrap();
    let script = enrolled("alice bob")
        + "
        tuffet plan new c --approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z --threshold 2 \
            --keyholder ../alice --keyholder ../bob --online ../online --target ../readme.txt
        tuffet draft ceremony/c";
    let sitting = terminal::sit(scratch.path(), Some(AT), &script, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    scratch
}
