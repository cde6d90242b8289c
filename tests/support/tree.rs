//! A folder as a value: every file below it, by path.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut out, mut folders) = (BTreeMap::new(), vec![PathBuf::new()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap_or_else(|e| panic!("{}: {e}", root.display())) {
            let entry = entry.unwrap();
            let name = folder.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                folders.push(name);
            } else {
                out.insert(name.to_str().unwrap().to_owned(), fs::read(entry.path()).unwrap());
            }
        }
    }
    out
}
