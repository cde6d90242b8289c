//! A full disk.

use crate::namespace::{again, inside};
use crate::site::{Site, first, key, signed, target, text};
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn x5_a_full_disk_publishes_nothing() {
    if let Some((_, dir)) = inside() {
        return full_disk(&dir);
    }
    let (this, dir) = ("disk::x5_a_full_disk_publishes_nothing", tempfile::tempdir().unwrap());
    again(this, "publish", dir.path(), "mount -t tmpfs -o size=64k tmpfs \"$1\"");
}

/// Leaves one page more in every round, so that each of the writes is the one that fails.
fn full_disk(dir: &Path) {
    let site = Site::at(&dir.join("repository"));
    site.publish(first()).unwrap();
    let page = [7; 4096];
    let mut next = signed(Some(&site.state()), &[target("deep/er/page", &page)], &["@alice", "@bob"]);
    next.files.insert("deep/er/page".into(), page.to_vec());
    let fillers = (0..).take_while(|i| std::fs::write(dir.join(format!("filler{i}")), page).is_ok()).count();
    assert!(fillers > 5, "{fillers}");
    let before = crate::tree::tree(dir);
    let mut refusals = BTreeMap::new();
    for i in 0..fillers {
        match site.publish(next.clone()) {
            Ok(_) => break,
            Err(error) => {
                *refusals.entry(text::<()>(Err(error))).or_insert(0) += 1;
                assert_eq!(crate::tree::tree(&dir.join("repository")), site.tree());
                for (name, bytes) in site.tree() {
                    assert_eq!(before[&format!("repository/{name}")], bytes, "{name}");
                }
                assert!(!site.repository.dir().join("targets/deep").exists());
            }
        }
        std::fs::remove_file(dir.join(format!("filler{i}"))).unwrap();
    }
    assert_eq!(site.state().targets.common.version, 2);
    let full = "No space left on device (os error 28): nothing was published, the repository is as it was";
    let page = format!("targets/deep/er/{}.page", tuffet_keys::sha256(&page));
    for file in [page.as_str(), "2.targets.json", "2.snapshot.json", "timestamp.json"] {
        assert!(refusals.contains_key(&format!("{file}: {full}")), "{file} in {refusals:?}");
    }
    assert_eq!(refusals.len(), 4, "{refusals:?}");
    assert!(dir.exists() && key("@bob").asked.get() == 0);
}
