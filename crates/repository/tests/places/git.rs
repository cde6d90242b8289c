//! A branch of a git remote, as hosts of pages serve one.

use crate::conformance::conforms;
use crate::promote::story;
use crate::race::race;
use crate::site::first;
use crate::witness::{History, Witness};
use crate::world::{publish, resign, seen};
use std::path::Path;
use std::process::Command;
use tuffet_repository::{GitPlace, MemoryPlace, Place, Repository};

fn git(at: &Path, words: &[&str]) -> String {
    let output = Command::new("git").arg("-C").arg(at).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A bare repository, and a way to one of its branches.
struct Remote(tempfile::TempDir);

impl Remote {
    /// `None` without git, which is a failure in CI.
    fn new() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        match Command::new("git").args(["init", "--quiet", "--bare"]).arg(dir.path()).status() {
            Ok(done) => assert!(done.success()),
            Err(_) => {
                assert!(std::env::var_os("CI").is_none(), "needs git");
                eprintln!("skipped: needs git");
                return None;
            }
        }
        Some(Self(dir))
    }

    fn place(&self, branch: &str) -> GitPlace {
        GitPlace::open(&format!("git+file://{}#{branch}", self.0.path().display())).unwrap()
    }
}

#[test]
fn r5_x20_a_branch_keeps_what_places_promise() {
    let Some(remote) = Remote::new() else { return };
    conforms(&remote.place("pages"), &remote.place("pages"));
    let mode = git(remote.0.path(), &["ls-tree", "-r", "pages"]);
    assert!(mode.lines().all(|line| line.starts_with("100644 blob ")), "{mode}");
}

#[test]
fn r10_t31_a_publication_is_one_commit_that_clients_see_whole_or_not_at_all() {
    let Some(remote) = Remote::new() else { return };
    let place = remote.place("gh-pages");
    let memory = MemoryPlace::default();
    assert_eq!(story(memory, &place), 28);
    let log = git(remote.0.path(), &["log", "--format=%an <%ae>: %s", "gh-pages"]);
    let expected = ["Publish 2 files", "Publish 5 files", "Publish 2 files", "Publish 5 files"];
    let expected: Vec<String> = expected.iter().map(|line| format!("tuffet <tuffet@localhost>: {line}")).collect();
    assert_eq!(log.lines().collect::<Vec<_>>(), expected);
    // Every commit is a repository that a client reads.
    for (commit, versions) in git(remote.0.path(), &["rev-list", "--reverse", "gh-pages"]).lines().zip([
        [1, 1, 1, 1],
        [1, 1, 2, 2],
        [2, 2, 3, 3],
        [2, 2, 4, 4],
    ]) {
        git(remote.0.path(), &["branch", "--force", "then", commit]);
        assert_eq!(seen(&remote.place("then")), versions);
    }
}

#[test]
fn x20_pages_that_are_pushed_in_between_do_not_stop_a_publication() {
    let Some(remote) = Remote::new() else { return };
    let (ours, theirs) = (remote.place("pages"), remote.place("pages"));
    publish(&Repository::at(&ours), first()).unwrap();
    let ready = crate::world::anew(&Repository::at(&ours), 1).unwrap();
    theirs.create("index.html", b"<!doctype html>").unwrap();
    ready.publish(&Repository::at(&ours)).unwrap();
    assert_eq!(seen(&theirs), [1, 1, 2, 2]);
    assert_eq!(theirs.read("index.html").unwrap().unwrap().bytes, b"<!doctype html>");
    // A timestamp that moved does.
    let late = crate::world::anew(&Repository::at(&ours), 1).unwrap();
    resign(&Repository::at(&theirs), 2).unwrap();
    assert!(late.publish(&Repository::at(&ours)).is_err_and(|error| error.is_race()));
}

#[test]
fn x20_of_two_publishers_to_a_branch_one_wins_every_round() {
    let Some(remote) = Remote::new() else { return };
    let history = History::default();
    let way = || Witness::over(remote.place("pages"), history.clone()).whole();
    println!("git: {:?}", race(&[way(), way()], 6, &history));
}

#[test]
fn a_remote_that_cannot_be_reached_is_told_and_never_taken_for_an_empty_one() {
    let Some(_) = Remote::new() else { return };
    let place = GitPlace::open("git+file:///nowhere/at/all#pages").unwrap();
    let error = Repository::at(&place).published().err().unwrap();
    assert_eq!(
        error.to_string(),
        "git+file:///nowhere/at/all#pages: .: git: '/nowhere/at/all' does not appear to be a git repository"
    );
}
