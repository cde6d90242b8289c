//! X5, X2: a disk that is full at each of the writes, and what a run leaves that was killed.

use crate::namespace::{again, inside};
use crate::real::tuffet;
use crate::tree::tree;
use crate::working::{AT, Scratch, current, golden, put, repository, working_tree};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn x5_a_full_disk_leaves_nothing_and_the_next_run_is_whole() {
    if let Some((_, dir)) = inside() {
        return full_disk(&dir);
    }
    let (this, dir) = ("disk::x5_a_full_disk_leaves_nothing_and_the_next_run_is_whole", tempfile::tempdir().unwrap());
    again(this, "import", dir.path(), "mount -t tmpfs -o size=128k tmpfs \"$1\"");
}

/// Leaves one page more in every round, so that each of the writes is the one that fails.
fn full_disk(dir: &Path) {
    let scratch = Scratch::golden(working_tree);
    let (source, w) = (scratch.at("source"), dir.join("w"));
    let page = [7; 4096];
    let fillers = (0..).take_while(|i| fs::write(dir.join(format!("filler{i}")), page).is_ok()).count();
    assert!(fillers > 5, "{fillers}");
    let mut failed = BTreeSet::new();
    for i in 0..fillers {
        let said = tuffet(&["import", &source, w.to_str().unwrap(), "--at", AT]);
        if said.code == 0 {
            break;
        }
        let place = said.stderr.strip_prefix("tuffet: error: ").unwrap_or_else(|| panic!("{said:?}"));
        let (place, rest) = place.split_once(": ").unwrap();
        let why = "No space left on device (os error 28): nothing was written\n\
                   tuffet: hint: make room, then run the same command again\n";
        assert_eq!(rest, why);
        failed.insert(place.strip_prefix(w.to_str().unwrap()).unwrap().to_owned());
        let there: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(there.iter().all(|name| name.to_string_lossy().starts_with("filler")), "{there:?}");
        fs::remove_file(dir.join(format!("filler{i}"))).unwrap();
    }
    assert_eq!(repository(&w), current(&golden()));
    let mut expected: BTreeSet<String> = ["", "/tuffet.toml"].map(str::to_owned).into();
    expected.extend(current(&golden()).into_keys().map(|name| format!("/repository/{name}")));
    // Each of the files was the one that failed, where it needs a page of its own.
    assert!(failed.is_subset(&expected), "{failed:?}");
    assert!(failed.len() >= 5, "{failed:?}");
}

#[test]
fn x2_what_a_killed_run_leaves_is_no_repository_and_in_nobodys_way() {
    let scratch = Scratch::golden(working_tree);
    let whole = {
        tuffet(&["import", &scratch.at("source"), &scratch.at("w"), "--at", AT]).done();
        tree(&scratch.path("w"))
    };
    fs::remove_dir_all(scratch.path("w")).unwrap();
    // At each prefix of what it writes it was killed: beside the destination lies a folder without a name.
    let files: Vec<_> = whole.iter().collect();
    for written in 0..=files.len() {
        let left = scratch.path(&format!(".tuffet-killed{written}"));
        put(&left, &files[..written].iter().map(|(name, bytes)| ((*name).clone(), (*bytes).clone())).collect());
        tuffet(&["import", &scratch.at("source"), &scratch.at("w"), "--at", AT]).done();
        assert_eq!(tree(&scratch.path("w")), whole);
        fs::remove_dir_all(scratch.path("w")).unwrap();
    }
}
