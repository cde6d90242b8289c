//! A disk that is full or cannot be written.

use crate::k5_approval::{WITNESSES, approved_by, witness};
use crate::namespace::{again, inside};
use crate::table::{NAMES, Table, drafted, key, now, sitting, text};
use std::path::Path;
use tuffet_ceremony::{Ceremony, CeremonyError, Replay};
use tuffet_metadata::RoleName;

#[test]
fn x5_signing_on_a_full_disk_leaves_nothing() {
    if let Some((_, dir)) = inside() {
        return full_disk(&dir);
    }
    let (this, dir) = ("disk::x5_signing_on_a_full_disk_leaves_nothing", tempfile::tempdir().unwrap());
    again(this, "sign", dir.path(), "mount -t tmpfs -o size=128k tmpfs \"$1\"");
}

fn full_disk(dir: &Path) {
    for (name, bytes) in drafted().tree() {
        let path = dir.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::create_dir_all(dir.join("signatures/root")).unwrap();
    // Whatever room is left goes.
    let _ = std::fs::write(dir.join("filler"), vec![0; 1 << 20]);
    let before = crate::tree::tree(dir);
    let sign = || Ceremony::open(dir).unwrap().sign(&RoleName::Root, &key("@bob"), &sitting());
    let message = text(sign());
    assert!(message.starts_with("signatures/root/"), "{message}");
    assert!(message.ends_with(".json: No space left on device (os error 28)"), "{message}");
    assert_eq!(crate::tree::tree(dir), before);
    std::fs::remove_file(dir.join("filler")).unwrap();
    sign().unwrap();
}

#[test]
fn x5_no_step_on_a_full_disk_changes_the_record_and_each_succeeds_when_there_is_room() {
    if let Some((_, dir)) = inside() {
        return steps_on_a_full_disk(&dir);
    }
    let this = "disk::x5_no_step_on_a_full_disk_changes_the_record_and_each_succeeds_when_there_is_room";
    let dir = tempfile::tempdir().unwrap();
    again(this, "steps", dir.path(), "mount -t tmpfs -o size=512k tmpfs \"$1\"");
}

fn steps_on_a_full_disk(dir: &Path) {
    let laid = crate::k5_approval::drafted();
    let approvals: Vec<_> = WITNESSES.iter().map(|name| approved_by(&laid, name)).collect();
    for (name, bytes) in laid.tree() {
        let path = dir.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let ceremony = || Ceremony::open(dir).unwrap();
    let full = |step: &dyn Fn() -> Result<(), CeremonyError>| {
        let _ = std::fs::write(dir.join("filler"), vec![0; 1 << 20]);
        // What was put away for a draft that was not recorded is in nobody's way.
        let kept = || {
            let mut tree = crate::tree::tree(dir);
            tree.retain(|name, _| !name.starts_with("void/"));
            tree
        };
        let before = kept();
        let message = text(step());
        assert!(message.ends_with(": No space left on device (os error 28)"), "{message}");
        assert!(kept() == before, "{message}");
        std::fs::remove_file(dir.join("filler")).unwrap();
        step().unwrap();
    };
    full(&|| ceremony().assemble(&approvals, now()).map(|_| ()));
    for name in &NAMES[..2] {
        full(&|| ceremony().sign(&RoleName::Root, &key(name), &sitting()).map(|_| ()));
    }
    let plan = std::fs::read_to_string(dir.join("plan.toml")).unwrap().replacen("2027-06-01", "2027-05-01", 1);
    std::fs::write(dir.join("plan.toml"), plan).unwrap();
    full(&|| ceremony().draft_for(None, now(), &|_, _| Ok(()), true).map(|_| ()));
    full(&|| ceremony().approve(&witness("@walter"), "review", now(), None).map(|_| ()));
    full(&|| ceremony().abort("the disk is too small", now()).map(|_| ()));
    full(&|| ceremony().sign_statement(&witness("@walter"), None).map(|_| ()));
    assert_eq!(Replay::run(dir).unwrap().statement.unwrap(), ["@walter"]);
}

#[test]
fn x5_a_directory_that_is_read_only_is_named() {
    match inside() {
        Some((step, dir)) if step == "sign" => return read_only(&dir),
        Some((_, dir)) => return read_only_draft(&dir),
        None => {}
    }
    let this = "disk::x5_a_directory_that_is_read_only_is_named";
    let mount = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\"";
    let laid = drafted();
    laid.carry_out(&NAMES[..3]);
    again(this, "sign", laid.path(), mount);
    let fresh = Table::initial().lay();
    again(this, "draft", fresh.path(), mount);
}

fn read_only(dir: &Path) {
    let ceremony = Ceremony::open(dir).unwrap();
    let message = text(ceremony.sign(&RoleName::Root, &key("@dave"), &sitting()));
    assert!(message.starts_with("signatures/root/"), "{message}");
    assert!(message.ends_with(".json: Read-only file system (os error 30)"), "{message}");
    // What changes nothing needs no write: a copy on a read-only medium still tells where it stands.
    assert_eq!(ceremony.assemble(&[], now()).unwrap().complete.len(), 2);
    assert_eq!(ceremony.status().unwrap().len(), 2);
    assert!(!ceremony.draft(None, now()).unwrap().recorded);
}

fn read_only_draft(dir: &Path) {
    let ceremony = Ceremony::open(dir).unwrap();
    assert_eq!(text(ceremony.draft(None, now())), "payload/root.json: Read-only file system (os error 30)");
}
