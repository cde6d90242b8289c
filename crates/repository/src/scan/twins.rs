//! Paths that are two here and one elsewhere: on systems that do not tell case apart, or that normalise text.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use unicode_normalization::UnicodeNormalization;

/// Paths that some system takes for one (F20): whoever downloads both there has one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twins {
    /// The paths, sorted: two or more, or a path and another that needs a folder in its place.
    pub paths: Vec<String>,
}

/// Groups of `paths`, which are sorted. By a hash of eight bytes a path, and compared again where two agree.
pub(super) fn find(paths: &[String]) -> Vec<Twins> {
    let mut keys: Vec<(u64, usize)> = Vec::with_capacity(paths.len());
    for (at, path) in paths.iter().enumerate() {
        keys.push((key(path), at));
    }
    keys.sort_unstable();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for run in keys.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        let numbers = run.iter().map(|(_, at)| *at);
        groups.extend(same(paths, numbers));
    }
    // A file and a folder, as in `a` and `A/b`.
    let mut last = "";
    for (at, path) in paths.iter().enumerate() {
        let Some((folder, _)) = path.rsplit_once('/') else { continue };
        if folder == last {
            continue;
        }
        last = folder;
        for folder in std::iter::successors(Some(folder), |folder| folder.rsplit_once('/').map(|(parent, _)| parent)) {
            let hash = key(folder);
            let from = keys.partition_point(|(other, _)| *other < hash);
            let file = keys[from..].iter().take_while(|(other, _)| *other == hash).map(|(_, at)| *at);
            groups.extend(file.filter(|file| folded(&paths[*file]) == folded(folder)).map(|file| vec![file, at]));
        }
    }
    let named = |group: Vec<usize>| {
        let mut paths: Vec<String> = group.into_iter().map(|at| paths[at].clone()).collect();
        paths.sort_unstable();
        Twins { paths }
    };
    let mut twins: Vec<Twins> = groups.into_iter().map(named).collect();
    twins.sort_by(|a, b| a.paths.cmp(&b.paths));
    twins
}

/// Those among paths of one hash whose folded form is the same.
fn same(paths: &[String], numbers: impl Iterator<Item = usize>) -> Vec<Vec<usize>> {
    let mut by_form: std::collections::BTreeMap<String, Vec<usize>> = std::collections::BTreeMap::new();
    for at in numbers {
        by_form.entry(folded(&paths[at])).or_default().push(at);
    }
    by_form.into_values().filter(|group| group.len() > 1).collect()
}

fn key(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    if path.is_ascii() {
        path.bytes().for_each(|byte| byte.to_ascii_lowercase().hash(&mut hasher));
    } else {
        folded(path).bytes().for_each(|byte| byte.hash(&mut hasher));
    }
    hasher.finish()
}

/// Composed, in lower case by way of upper case: so that the sharp s and the final sigma meet what they are taken for.
fn folded(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    let upper: String = path.nfc().flat_map(char::to_uppercase).collect();
    upper.chars().flat_map(char::to_lowercase).nfc().collect()
}
