//! crates/cli/docs/import.md, executed: its commands on a working tree, the shell lines of its jobs on a bare remote.

use crate::git::{git, remote};
use crate::pages;
use crate::terminal::sit;
use crate::tree::tree;
use crate::working::{Scratch, golden, put, working_tree};
use crate::workspace::{AT, RIGHT, drafted};
use std::collections::BTreeMap;
use std::path::Path;

const PAGE: &str = include_str!("../../crates/cli/docs/import.md");

#[test]
fn the_page_on_import_runs() {
    let scratch = Scratch::new();
    let working = working_tree(&golden());
    remote(&scratch, &working);
    put(&scratch.path("root-signing"), &working);
    std::fs::rename(scratch.path("remote.git"), scratch.path("root-signing.git")).unwrap();
    std::fs::write(scratch.path("pinned.json"), &golden()["1.root.json"]).unwrap();
    let blocks = pages::blocks(PAGE);
    assert_eq!(blocks.len(), 4, "were they all read?");
    for block in &blocks {
        let sitting = sit(scratch.0.path(), block.now.as_deref(), &block.script, RIGHT);
        assert_eq!(sitting.code, 0, "{}: {}\n{}", block.heading, block.script, sitting.screen);
        block.assert_seen(&sitting.screen);
    }
}

/// The shell lines of each job in a `yaml` block: `run:` of steps, `script:` of jobs, in the order they stand.
fn jobs(yaml: &str) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    let (mut job, mut script_at, mut block_at) = (String::new(), None, None);
    for line in yaml.lines() {
        let (indent, text) = (line.len() - line.trim_start().len(), line.trim());
        if text.is_empty() {
            continue;
        }
        if block_at.is_some_and(|at| indent > at) {
            *out.entry(job.clone()).or_default() += &format!("{text}\n");
            continue;
        }
        block_at = None;
        let name = text.strip_suffix(':').filter(|name| ["check", "publish", "compare"].contains(name));
        if let Some(name) = name {
            job = name.to_owned();
        }
        if script_at.is_some_and(|at| indent <= at) {
            script_at = None;
        }
        let command = text.strip_prefix("- run: ").or(text.strip_prefix("- ").filter(|_| script_at.is_some()));
        match command {
            Some("|") => block_at = Some(indent),
            Some(command) => *out.entry(job.clone()).or_default() += &format!("{command}\n"),
            None if text == "script:" => script_at = Some(indent),
            None => {}
        }
    }
    out
}

fn yaml_blocks() -> Vec<&'static str> {
    PAGE.split("```yaml\n").skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

/// A script as a runner's shell runs it, in a fresh checkout, at a terminal that knows the passphrase of throw-away keys.
fn run(scratch: &Path, checkout: &str, script: &str) -> String {
    let prepare = format!(
        "git clone --quiet remote.git {checkout}\ncd {checkout}\n\
         git config user.name runner; git config user.email runner@example.org\n\
         export CEREMONY=c ONLINE_KEY=file:{}/online.pem UPSTREAM={}/upstream.git\n",
        scratch.display(),
        scratch.display()
    );
    let sitting = sit(scratch, Some(AT), &(prepare + script), RIGHT);
    assert_eq!(sitting.code, 0, "{script}\n{}", sitting.screen);
    sitting.screen
}

#[test]
fn the_jobs_of_both_forges_run_on_a_bare_remote() {
    let yaml = yaml_blocks();
    let jobs: Vec<_> = yaml.iter().map(|yaml| jobs(yaml)).collect();
    assert_eq!(jobs.len(), 2);
    for jobs in &jobs {
        assert_eq!(jobs.keys().collect::<Vec<_>>(), ["check", "compare", "publish"]);
        assert_eq!(jobs.values().map(|script| script.lines().count()).collect::<Vec<_>>(), [2, 2, 7]);
    }
    // One ceremony, signed by everybody and pushed.
    let signed = drafted();
    let everybody = "for who in alice bob; do tuffet sign w/ceremony/c --key file:$who.pem; done\n\
                     tuffet assemble w/ceremony/c";
    let sitting = sit(signed.path(), Some(AT), everybody, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    for jobs in jobs {
        let scratch = Scratch::new();
        let mut pushed = tree(&signed.path().join("w"));
        pushed.retain(|name, _| !name.ends_with(".lock"));
        remote(&scratch, &pushed);
        std::fs::copy(signed.path().join("online.pem"), scratch.path("online.pem")).unwrap();
        let at = scratch.0.path();
        let status = run(at, "one", &jobs["check"]);
        assert!(status.contains("root"), "{status}");
        run(at, "two", &jobs["publish"]);
        let published = tree(&scratch.path("two/repository"));
        assert!(published.contains_key("timestamp.json"));
        assert_eq!(tree(&scratch.path("two/public")), published);
        let names = git(&scratch.path("remote.git"), &["ls-tree", "-r", "--name-only", "main"]);
        for name in published.keys() {
            assert!(names.lines().any(|line| line == format!("repository/{name}")), "{name} was not pushed:\n{names}");
        }
        // What was pushed is what the next push checks.
        assert!(run(at, "three", &jobs["check"]).contains("accepted"));
        // And upstream, in another tool's tree, is compared with it.
        let upstream = Scratch::new();
        remote(&upstream, &working_tree(&published));
        std::fs::rename(upstream.path("remote.git"), scratch.path("upstream.git")).unwrap();
        run(at, "four", &jobs["compare"]);
    }
}
