//! A full disk. The file system is mounted in a namespace of its own, in which this test runs itself again.

use crate::site::{Site, first, key, signed, target, text};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::Command;

#[test]
fn x5_a_full_disk_publishes_nothing() {
    if let Some(dir) = std::env::var_os("TUFFET_DISK") {
        return full_disk(Path::new(&dir));
    }
    let dir = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=64k tmpfs \"$1\" && exec \"$2\" --exact \"$3\" --nocapture";
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", script, "sh"])
        .arg(dir.path())
        .arg(std::env::current_exe().unwrap())
        .arg("disk::x5_a_full_disk_publishes_nothing")
        .env("TUFFET_DISK", dir.path())
        .output();
    let (ok, said) = match output {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            (output.status.success(), String::from_utf8_lossy(&said).into_owned())
        }
        Err(error) => (false, error.to_string()),
    };
    if !ok && !said.contains("running 1 test") && std::env::var_os("CI").is_none() {
        let _ = writeln!(std::io::stderr(), "skipped: needs `unshare -rm` and mount: {said}");
        return;
    }
    assert!(ok && said.contains("1 passed"), "{said}");
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
    let before = crate::site::tree(dir);
    let mut refusals = BTreeMap::new();
    for i in 0..fillers {
        match site.publish(next.clone()) {
            Ok(_) => break,
            Err(error) => {
                *refusals.entry(text::<()>(Err(error))).or_insert(0) += 1;
                assert_eq!(crate::site::tree(&dir.join("repository")), site.tree());
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
