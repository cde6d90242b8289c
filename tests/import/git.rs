//! From a git remote: one commit, byte for byte as it was committed.

use crate::real::{Said, tuffet};
use crate::working::{AT, Scratch, Tree, current, golden, put, repository, working_tree};
use std::path::Path;
use std::process::Command;

/// Runs git in `folder`, as somebody whose own settings are of no account.
pub(crate) fn git(folder: &Path, words: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"])
        .args(words)
        .output()
        .unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A bare remote whose branch `main` holds `tree`, and its commit.
pub(crate) fn remote(scratch: &Scratch, tree: &Tree) -> String {
    let work = scratch.path("work");
    put(&work, tree);
    git(&work, &["init", "--quiet", "-b", "main"]);
    git(&work, &["add", "--all"]);
    git(&work, &["commit", "--quiet", "-m", "published"]);
    git(scratch.0.path(), &["clone", "--quiet", "--bare", "work", "remote.git"]);
    git(&work, &["rev-parse", "HEAD"]).trim().to_owned()
}

fn import(scratch: &Scratch, source: &str, to: &str, more: &[&str]) -> Said {
    tuffet(&[&["import", source, &scratch.at(to), "--at", AT, "--json"], more].concat())
}

#[test]
fn a_git_remote_is_taken_over_byte_for_byte() {
    let scratch = Scratch::new();
    let mut tree = working_tree(&golden());
    // Attributes that would change what is checked out, were they heeded.
    tree.insert(".gitattributes".into(), b"* text eol=crlf\n*.json ident\n".to_vec());
    let work = scratch.path("work");
    std::fs::create_dir(&work).unwrap();
    git(&work, &["init", "--quiet", "-b", "main"]);
    std::fs::create_dir_all(work.join(".git/info")).unwrap();
    std::fs::write(work.join(".git/info/attributes"), "* -text -ident\n").unwrap();
    let commit = remote(&scratch, &tree);
    for (to, source, more) in [
        ("by-path", scratch.at("remote.git"), &[][..]),
        ("by-branch", scratch.at("remote.git"), &["--git-ref", "main"]),
        ("by-commit", scratch.at("work"), &["--git-ref", &commit]),
    ] {
        let report = import(&scratch, &source, to, more).done().json();
        assert_eq!((&report["layout"], &report["commit"]), (&"tuf-on-ci".into(), &commit.clone().into()), "{to}");
        assert_eq!(repository(&scratch.path(to)), current(&golden()), "{to}");
    }
    let url = format!("git+file://{}", scratch.at("remote.git"));
    let pin = scratch.at("work/metadata/root_history/1.root.json");
    import(&scratch, &url, "by-url", &["--root", &pin, "--git-ref", "refs/heads/main"]).done();
    assert_eq!(repository(&scratch.path("by-url")), current(&golden()));
    // Nobody sees the scratch folder of a clone again.
    scratch.holds(&["by-branch", "by-commit", "by-path", "by-url", "remote.git", "work"]);
}

#[test]
fn a_ref_that_is_not_there_is_named() {
    let scratch = Scratch::new();
    remote(&scratch, &working_tree(&golden()));
    let source = scratch.at("remote.git");
    let said = import(&scratch, &source, "w", &["--git-ref", "publish"]);
    let error = format!("{source}: expected a branch, tag or commit `publish`, found none");
    let hint = format!("`git ls-remote {source}` lists what there is");
    assert_eq!(said.code, 1);
    assert_eq!(said.stderr, format!("tuffet: error: {error}\ntuffet: hint: {hint}\n"));
    let code = said.json()["code"].clone();
    assert_eq!(code, "git-ref");
    scratch.holds(&["remote.git", "work"]);
}

#[test]
fn what_is_no_remote_is_refused_and_a_password_never_reaches_git() {
    let scratch = Scratch::new();
    let source = scratch.at("nothing.git");
    let said = import(&scratch, &source, "w", &["--git-ref", "main"]);
    let hint = "tuffet: hint: can git itself reach it? `git ls-remote` says why not\n";
    assert!(said.code == 2 && said.stderr.contains("expected --root"), "{said:?}");
    std::fs::create_dir(&source).unwrap();
    let said = import(&scratch, &source, "w", &["--git-ref", "main"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.starts_with("tuffet: error: git: ") && said.stderr.ends_with(hint), "{said:?}");
    let pin = scratch.at("pin.json");
    std::fs::write(&pin, &golden()["1.root.json"]).unwrap();
    for (source, error, hint) in [
        (
            "https://me:secret@git.example.org/root-signing.git",
            "expected a git remote without a password in it, found one",
            "tuffet: hint: give it to git's credential helper, and the URL without it to tuffet\n",
        ),
        ("-u:x.git", "expected a git remote and a ref that are no options, found one that is", ""),
        ("ext::sh -c id.git", "git: transport 'ext' not allowed", hint),
    ] {
        let said = tuffet(&["import", "--root", &pin, "--", source, &scratch.at("w")]);
        assert_eq!(said.stderr, format!("tuffet: error: {error}\n{hint}"));
        assert!(!said.stderr.contains("secret"));
    }
    scratch.holds(&["nothing.git", "pin.json"]);
}

#[test]
fn c62_a_link_in_git_is_not_followed() {
    let scratch = Scratch::new();
    let tree = working_tree(&golden());
    let work = scratch.path("work");
    put(&work, &tree);
    std::fs::rename(work.join("targets/trusted_root.json"), scratch.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(scratch.path("elsewhere"), work.join("targets/trusted_root.json")).unwrap();
    let rest: Tree = tree.into_iter().filter(|(name, _)| !name.starts_with("targets/")).collect();
    remote(&scratch, &rest);
    let said = import(&scratch, &scratch.at("remote.git"), "w", &[]);
    let error = "tuffet: error: targets/trusted_root.json: expected a file, found a symbolic link (C62)\n\
                 tuffet: hint: put the file itself there: a link or a device is not followed\n";
    assert_eq!((said.code, said.stderr.as_str()), (1, error));
}
