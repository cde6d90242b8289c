//! What was looked at at one place is published at another, byte for byte (T31).

use crate::site::{at, first, text, time};
use crate::world::{Tree, publish, put, resign, seen, the_second, trees};
use tuffet_keys::sha256;
use tuffet_repository::{MemoryPlace, Place, Receipt, Repository, RepositoryError, promote};

/// The story at any two places: published to the first, copied to the second, step by step.
pub(crate) fn story<A: Place, B: Place>(preproduction: A, production: B) -> usize {
    let (from, to) = (Repository::at(preproduction), Repository::at(production));
    let mut written = 0;
    let mut step = |receipt: Receipt, versions: [u64; 4]| {
        assert_eq!(seen(from.place()), versions);
        let copied = copy(&from, &to).unwrap().expect("it is new there");
        assert_eq!(seen(to.place()), versions);
        // A copy has everything that clients ask for, an old version that none does ask for perhaps not.
        for (file, digest) in &receipt.files {
            assert_eq!(sha256(&to.read(file).unwrap().unwrap()).to_string(), *digest, "{file}");
        }
        assert!(copy(&from, &to).unwrap().is_none(), "it is there");
        written += receipt.files.len() + copied.files.len();
    };
    step(publish(&from, first()).unwrap(), [1, 1, 1, 1]);
    step(resign(&from, 1).unwrap(), [1, 1, 2, 2]);
    let state = from.published().unwrap().unwrap().state();
    step(publish(&from, crate::site::second(&state)).unwrap(), [2, 2, 3, 3]);
    step(resign(&from, 2).unwrap(), [2, 2, 4, 4]);
    written
}

fn copy<A: Place, B: Place>(from: &Repository<A>, to: &Repository<B>) -> Result<Option<Receipt>, RepositoryError> {
    match promote(from, to, None)? {
        None => Ok(None),
        Some(staged) => Ok(Some(staged.verify(at())?.publish(to)?)),
    }
}

fn memory(tree: &Tree) -> Repository<MemoryPlace> {
    Repository::at(tree.clone().into_iter().collect())
}

#[test]
fn r10_t31_what_is_published_at_one_place_is_copied_to_another() {
    let (memory, dir) = (MemoryPlace::default(), tempfile::tempdir().unwrap());
    assert_eq!(story(memory, tuffet_repository::FolderPlace::open(dir.path())), 28);
}

#[test]
fn r22_a_copy_of_two_versions_at_once_has_the_same_bytes() {
    let [_, two] = trees();
    let (from, to) = (memory(&two), memory(&Tree::new()));
    let staged = promote(&from, &to, None).unwrap().unwrap();
    let keys = format!("targets/logs/{}.keys.json", sha256(b"{}"));
    let new = format!("targets/{}.new.json", sha256(b"new"));
    let accepted = staged.verify(at()).unwrap();
    assert_eq!(
        accepted.files(),
        [&keys, &new, "2.targets.json", "2.snapshot.json", "1.root.json", "2.root.json", "timestamp.json"]
    );
    accepted.publish(&to).unwrap();
    for (file, bytes) in to.place().files() {
        assert_eq!(bytes, two[&file], "{file}");
    }
    assert_eq!(seen(to.place()), [2, 2, 2, 2]);
}

#[test]
fn t31_only_what_was_looked_at_is_taken() {
    let [one, two] = trees();
    let (from, to) = (memory(&two), memory(&one));
    let (right, wrong) = (sha256(&two["timestamp.json"]).to_string(), sha256(&one["timestamp.json"]).to_string());
    let error = promote(&from, &to, Some(&wrong)).err().unwrap();
    assert_eq!(error.hint(), Some("look at what is there now, and give the SHA-256 of its timestamp.json"));
    assert_eq!(error.to_string(), format!("memory: timestamp.json: expected SHA-256 {wrong}, found {right} (T31)"));
    assert!(promote(&from, &to, Some(&right.to_uppercase())).unwrap().is_some());
}

#[test]
fn t31_a_destination_that_signs_for_itself_is_nobodys_copy() {
    let [one, two] = trees();
    let (from, to) = (memory(&two), memory(&one));
    resign(&to, 1).unwrap();
    let error = promote(&from, &to, None).err().unwrap();
    assert_eq!(
        error.hint(),
        Some("publish the ceremony itself there: `tuffet publish CEREMONY --online-key KEY --to NAME`")
    );
    assert_eq!(
        error.to_string(),
        "memory: expected a timestamp older than the source's v2, found v2: online roles are signed there, and a copy would \
         take clients back (T31)"
    );
    resign(&to, 1).unwrap();
    assert!(
        text(promote(&from, &to, None))
            .starts_with("memory: expected a timestamp older than the source's v2, found v3")
    );
    // Back to what was published before is the same.
    assert!(text(promote(&memory(&one), &memory(&two), None)).contains("the source's v1, found v2"));
    // Further by timestamps alone.
    let old = memory(&one);
    (0..3).for_each(|_| drop(resign(&old, 1).unwrap()));
    let error = promote(&old, &memory(&two), None).err().unwrap();
    assert_eq!(error.to_string(), "memory: root: expected v2 or later from the source, found v1 (T31)");
    assert_eq!(error.hint(), Some("is it the right source? what clients have seen is never taken back"));
}

#[test]
fn t31_r4_another_repository_is_not_published_over_this_one() {
    let [one, two] = trees();
    let other = memory(&Tree::new());
    let mut signed = crate::site::signed(None, &[crate::site::establish()], &["@bob", "@carol"]);
    signed.files.clear();
    publish(&other, signed).unwrap();
    let error = promote(&other, &memory(&two), None).err().unwrap();
    assert_eq!(
        error.to_string(),
        "memory: 1.root.json: expected the source's bytes, found others: it is another repository (T31)"
    );
    assert_eq!(error.hint(), Some("is it the right destination? a repository is never turned into another one"));
    let error = promote(&memory(&Tree::new()), &memory(&one), None).err().unwrap();
    assert_eq!(error.to_string(), "memory: expected a published repository, found none (R11)");
    assert_eq!(error.hint(), Some("publish a ceremony there first"));
}

#[test]
fn r20_r21_what_has_expired_or_lost_a_signature_is_not_copied() {
    let [one, two] = trees();
    let staged = promote(&memory(&two), &memory(&one), None).unwrap().unwrap();
    assert_eq!(
        text(staged.verify(time("2026-12-08"))),
        "a client that starts from root v1 refuses the staged repository: timestamp.json: timestamp v2: expired at \
         2026-12-08T00:00:00Z, and the update started at 2026-12-08T00:00:00Z (TUF 5.4.4) (R21)"
    );
    let mut damaged = two.clone();
    let text_of = String::from_utf8(two["2.targets.json"].clone()).unwrap();
    let at = text_of.find("\"sig\": \"").map(|at| at + 8).unwrap();
    damaged.get_mut("2.targets.json").unwrap()[at] ^= 1;
    let error = text(promote(&memory(&damaged), &memory(&one), None));
    assert!(error.starts_with("2.targets.json: targets"), "{error}");
    let mut lacks = two;
    lacks.remove(&format!("targets/{}.new.json", sha256(b"new")));
    assert_eq!(
        text(promote(&memory(&lacks), &memory(&one), None)),
        format!(
            "targets/{}.new.json: expected the file, found none: every released version stays (R7)",
            sha256(b"new")
        )
    );
}

#[test]
fn r5_a_version_that_was_written_there_by_hand_stops_the_copy() {
    let [one, two] = trees();
    let (from, to) = (memory(&two), memory(&one));
    put(to.place(), "2.snapshot.json", b"by hand");
    let error = copy(&from, &to).err().unwrap();
    assert_eq!(error.hint(), Some("draft a new version; a published one is never replaced"));
    assert_eq!(
        error.to_string(),
        format!(
            "2.snapshot.json: expected the published bytes (SHA-256 {}), found others ({}): a published version never \
             changes (R5)",
            sha256(b"by hand"),
            sha256(&two["2.snapshot.json"])
        )
    );
    assert_eq!(seen(to.place()), [1, 1, 1, 1]);
    assert!(the_second(&one).root.is_some());
}
