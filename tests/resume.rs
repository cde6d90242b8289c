//! `tuffet publish` run again after every place where it can break off: it finishes, and the record holds.

#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;
#[path = "support/workspace.rs"]
mod workspace;

use std::fs;
use std::path::Path;
use workspace::{AT, RIGHT, drafted};

fn run(folder: &Path, script: &str) -> String {
    let sitting = terminal::sit(folder, Some(AT), script, RIGHT);
    assert_eq!(sitting.code, 0, "{script}\n{}", sitting.screen);
    sitting.screen
}

/// Publishes ceremony `id` once; then again from every state that run passed through: the repository as `before`, the
/// first files in `order` there, and the transcript as it was assembled.
fn interrupted_everywhere(folder: &Path, id: &str, order: &[&str]) {
    let (repository, transcript) =
        (folder.join("w/repository"), folder.join(format!("w/ceremony/{id}/transcript.jsonl")));
    let (before, assembled) = (tree::tree(&repository), fs::read(&transcript).unwrap());
    let publish = format!(
        "tuffet publish w/ceremony/{id} --online-key file:online.pem
         tuffet ceremony verify w/ceremony/{id} --repository w/repository"
    );
    run(folder, &publish);
    let after = tree::tree(&repository);
    // The public page comes after everything.
    let place = |name: &String| order.iter().position(|part| name.contains(part)).unwrap_or(order.len());
    let changed = || after.iter().filter(|(name, bytes)| before.get(*name) != Some(*bytes));
    for files in 0..=order.len() {
        for (name, _) in changed() {
            let _ = fs::remove_file(repository.join(name));
        }
        for (name, bytes) in before.iter().chain(changed().filter(|(name, _)| place(name) < files)) {
            fs::write(repository.join(name), bytes).unwrap();
        }
        fs::write(&transcript, &assembled).unwrap();
        let screen = run(folder, &publish);
        assert!(screen.trim_end().ends_with("the record holds"), "{files} of {order:?}:\n{screen}");
        // Everything was there: only the record was missing, and it needs no key.
        assert_eq!(screen.contains("passphrase"), files < order.len(), "{files} of {order:?}:\n{screen}");
        let names = |tree: std::collections::BTreeMap<String, Vec<u8>>| tree.into_keys().collect::<Vec<_>>();
        assert_eq!(names(tree::tree(&repository)), names(after.clone()), "{files} of {order:?}");
    }
}

#[test]
fn r10_publish_finishes_what_it_began() {
    let scratch = drafted();
    let folder = scratch.path();
    run(
        folder,
        "for who in alice bob; do tuffet sign w/ceremony/c --key file:$who.pem; done
         tuffet assemble w/ceremony/c",
    );
    interrupted_everywhere(folder, "c", &["targets/", "1.targets", "1.snapshot", "1.root", "timestamp"]);
    run(
        folder,
        "cd w
         tuffet plan invite --ceremony d --owner @carol --out ../carol.invite
         tuffet key generate file:../carol.pem
         tuffet key enroll --key file:../carol.pem --invite ../carol.invite --out ../carol
         tuffet plan replace d --approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z --outgoing @bob --incoming ../carol
         tuffet draft ceremony/d
         for who in alice bob carol; do tuffet sign ceremony/d --key file:../$who.pem; done
         tuffet assemble ceremony/d",
    );
    interrupted_everywhere(folder, "d", &["2.targets", "2.snapshot", "2.root", "timestamp"]);
}

#[test]
fn k16_what_is_published_and_recorded_is_published_once() {
    let scratch = drafted();
    run(
        scratch.path(),
        "for who in alice bob; do tuffet sign w/ceremony/c --key file:$who.pem; done
         tuffet assemble w/ceremony/c
         tuffet publish w/ceremony/c --online-key file:online.pem",
    );
    let before = tree::tree(scratch.path());
    for command in [
        "publish w/ceremony/c --online-key file:online.pem",
        "sign w/ceremony/c --key file:alice.pem",
        "draft w/ceremony/c",
        "assemble w/ceremony/c",
    ] {
        let sitting = terminal::sit(scratch.path(), Some(AT), &format!("tuffet {command}"), RIGHT);
        assert_eq!(
            (sitting.code, sitting.screen.as_str()),
            (
                1,
                "tuffet: error: transcript.jsonl: expected an open ceremony, found `close` on line 9: nothing follows \
                 it (K16)\ntuffet: hint: run `tuffet ceremony verify w/ceremony/c` to replay it; for another change, \
                 plan a new ceremony\n"
            )
        );
    }
    // What only the published root can tell.
    let replace = "tuffet --workspace w plan replace e --date 2026-12-01T10:00:00Z --outgoing @zoe --incoming alice";
    let sitting = terminal::sit(scratch.path(), Some(AT), replace, RIGHT);
    assert_eq!(
        (sitting.code, sitting.screen.as_str()),
        (
            2,
            "tuffet: error: --outgoing: expected a keyholder of root v1 or of a delegation, found `@zoe` (K1)\n\
             tuffet: hint: it names @alice, @bob\n"
        )
    );
    assert_eq!(tree::tree(scratch.path()), before);
}
