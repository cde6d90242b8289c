//! The newest commit of the branch, and one over it.

use super::command::Git;
use crate::place::{PlaceError, PlaceErrorKind};
use std::collections::BTreeMap;

/// The newest commit of the branch, or that there is no branch yet.
#[derive(Debug, Clone)]
pub(super) struct Tip {
    commit: Option<String>,
    blobs: BTreeMap<String, String>,
}

/// What came of a push.
pub(super) enum Pushed {
    /// The branch is here now.
    Done(Tip),
    /// The branch was no longer where the commit starts from.
    Refused(PlaceError),
}

impl Tip {
    /// Fetches it.
    pub(super) fn fetch(git: &Git) -> Result<Self, PlaceError> {
        let from = format!("+refs/heads/{}:{LOCAL}", git.branch());
        match git.run(&["fetch", "--quiet", "--depth", "1", "--no-tags", "--", git.remote(), &from]) {
            Ok(_) => {}
            Err(error) if error.reason.contains("find remote ref") => {
                return Ok(Self { commit: None, blobs: BTreeMap::new() });
            }
            Err(error) => return Err(error),
        }
        let commit = text(&git.run(&["rev-parse", "--verify", LOCAL])?);
        Self::at(git, commit)
    }

    fn at(git: &Git, commit: String) -> Result<Self, PlaceError> {
        let listed = git.run(&["ls-tree", "-r", "-z", "--full-tree", &commit])?;
        let mut blobs = BTreeMap::new();
        for line in listed.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            // MODE blob ID<tab>PATH; links and submodules are no files of a repository.
            let line = String::from_utf8_lossy(line);
            if let Some((about, path)) = line.split_once('\t')
                && let ["100644" | "100755", "blob", id] = about.split(' ').collect::<Vec<_>>()[..]
            {
                blobs.insert(path.to_owned(), id.to_owned());
            }
        }
        Ok(Self { commit: Some(commit), blobs })
    }

    /// What git calls the bytes of a file.
    pub(super) fn blob(&self, file: &str) -> Option<&str> {
        self.blobs.get(file).map(String::as_str)
    }

    /// The files directly below the base.
    pub(super) fn names(&self) -> Vec<String> {
        self.blobs.keys().filter(|file| !file.contains('/')).cloned().collect()
    }

    /// One commit with these files over this one, pushed if the branch is still here.
    pub(super) fn push(&self, git: &Git, files: &BTreeMap<String, Vec<u8>>) -> Result<Pushed, PlaceError> {
        let first = [self.commit.as_deref().unwrap_or("--empty")];
        git.run(&[&["read-tree"], &first[..]].concat())?;
        for (file, bytes) in files {
            let blob = text(&git.run_with(&["hash-object", "-w", "--stdin"], bytes)?);
            git.run(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{file}")])?;
        }
        let tree = text(&git.run(&["write-tree"])?);
        let message = format!("Publish {} files\n", files.len());
        let mut words = vec!["commit-tree", &tree];
        words.extend(self.commit.iter().flat_map(|parent| ["-p", parent]));
        let commit = text(&git.run_with(&words, message.as_bytes())?);
        let to = format!("{commit}:refs/heads/{}", git.branch());
        // Whoever pushed since has taken the place of what we built on.
        let lease =
            format!("--force-with-lease=refs/heads/{}:{}", git.branch(), self.commit.as_deref().unwrap_or_default());
        match git.run(&["push", "--quiet", &lease, "--", git.remote(), &to]) {
            Ok(_) => Ok(Pushed::Done(Self::at(git, commit)?)),
            Err(error) if REFUSED.iter().any(|said| error.reason.contains(said)) => {
                Ok(Pushed::Refused(PlaceError { kind: PlaceErrorKind::Passing, ..error }))
            }
            Err(error) => Err(error),
        }
    }
}

fn text(said: &[u8]) -> String {
    String::from_utf8_lossy(said).trim().to_owned()
}

/// What git says where the branch moved: it knew so, or the remote had locked the branch for another push.
const REFUSED: [&str; 6] = [
    "stale info",
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "failed to update ref",
    "reference already exists",
];

/// Where the fetched branch lies in the scratch repository.
const LOCAL: &str = "refs/tuffet/tip";
