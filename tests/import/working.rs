//! Trees as the tests make them: by the documented rules of each tool, and by no code of the program.

use crate::tree::tree;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// The repository of this project: two roots, two targets, one keyholder replaced. Read at [`AT`].
pub(crate) fn golden() -> Tree {
    let mut tree = tree(&root().join("repository"));
    tree.retain(|name, _| !name.ends_with(".gitkeep") && !is_page(name));
    tree
}

/// The public page, which is no part of what is taken over.
fn is_page(name: &str) -> bool {
    ["index.html", "status.json"].contains(&name)
}

/// A time at which the golden repository is fresh.
pub(crate) const AT: &str = "2027-03-02T00:00:00Z";

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The working tree of tuf-on-ci for what is published: one file a role without its version, every root in
/// `root_history` and the newest once more, targets without hashes.
pub(crate) fn working_tree(published: &Tree) -> Tree {
    let version = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap()["signed"]["version"].as_u64().unwrap();
    let mut out = Tree::new();
    let mut newest = 0;
    for (name, bytes) in published.iter().filter(|(name, _)| !is_page(name)) {
        if let Some(path) = name.strip_prefix("targets/") {
            let (folder, file) = path.rsplit_once('/').map_or(("", path), |(folder, file)| (folder, file));
            let plain = file.split_once('.').unwrap().1;
            let slash = if folder.is_empty() { "" } else { "/" };
            let before = out.insert(format!("targets/{folder}{slash}{plain}"), bytes.clone());
            assert!(before.is_none_or(|before| before == *bytes), "{name}: two targets of one name");
        } else if name.ends_with(".root.json") {
            out.insert(format!("metadata/root_history/{name}"), bytes.clone());
            if version(bytes) > newest {
                newest = version(bytes);
                out.insert("metadata/root.json".into(), bytes.clone());
            }
        } else if name == "timestamp.json" {
            out.insert(format!("metadata/{name}"), bytes.clone());
        } else {
            let (number, role) = name.split_once('.').unwrap();
            let number: u64 = number.parse().unwrap();
            assert_eq!(number, version(bytes), "{name}");
            let known = out.get(&format!("metadata/{role}")).map_or(0, |bytes| version(bytes));
            if number > known {
                out.insert(format!("metadata/{role}"), bytes.clone());
            }
        }
    }
    out
}

/// tuftool's tree: metadata and targets side by side, a root beside them.
pub(crate) fn tuftool_tree(published: &Tree) -> Tree {
    let metadata = |name: &String| if name.starts_with("targets/") { name.clone() } else { format!("metadata/{name}") };
    let mut out: Tree = published.iter().map(|(name, bytes)| (metadata(name), bytes.clone())).collect();
    let roots = published.keys().filter_map(|name| name.strip_suffix(".root.json")?.parse::<u64>().ok());
    let newest = roots.max().unwrap();
    out.insert("root.json".into(), published[&format!("{newest}.root.json")].clone());
    out
}

/// Only what a client may ask for now: no version before the current one but roots.
pub(crate) fn current(published: &Tree) -> Tree {
    let mut newest: BTreeMap<String, u64> = BTreeMap::new();
    let split = |name: &str| -> Option<(u64, String)> {
        let (number, role) = name.split_once('.')?;
        let number = number.parse().ok().filter(|_| !name.starts_with("targets/"))?;
        (role != "root.json").then(|| (number, role.to_owned()))
    };
    for (number, role) in published.keys().filter_map(|name| split(name)) {
        let known = newest.entry(role).or_default();
        *known = number.max(*known);
    }
    let keep = |name: &String| split(name).is_none_or(|(number, role)| newest[&role] == number);
    published.iter().filter(|(name, _)| keep(name)).map(|(name, bytes)| (name.clone(), bytes.clone())).collect()
}

/// Writes a tree.
pub(crate) fn put(folder: &Path, tree: &Tree) {
    for (name, bytes) in tree {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// The repository of a workspace.
pub(crate) fn repository(workspace: &Path) -> Tree {
    tree(&workspace.join("repository"))
}

/// A scratch folder, and its names as arguments.
pub(crate) struct Scratch(pub(crate) tempfile::TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With the golden repository in `source`, laid out by `lay`.
    pub(crate) fn golden(lay: impl Fn(&Tree) -> Tree) -> Self {
        let this = Self::new();
        put(&this.path("source"), &lay(&golden()));
        this
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn at(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Nothing but these names, so no staging folder either.
    #[track_caller]
    pub(crate) fn holds(&self, names: &[&str]) {
        let mut found: Vec<String> =
            fs::read_dir(self.0.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        found.sort();
        assert_eq!(found, names);
    }
}
