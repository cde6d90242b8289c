//! What every place promises (`Place`).

use tuffet_repository::{Created, Place, Replaced};

/// `one` and `other` are two ways to one place that is empty.
pub(crate) fn conforms(one: &dyn Place, other: &dyn Place) {
    assert_eq!(one.read("timestamp.json").unwrap(), None);
    assert_eq!(one.read("targets/a").unwrap(), None);
    assert!(one.names().unwrap().is_empty());

    // Made once.
    assert_eq!(one.create("1.root.json", b"first").unwrap(), Created::New);
    assert_eq!(one.create("1.root.json", b"second").unwrap(), Created::Exists);
    assert_eq!(other.create("1.root.json", b"third").unwrap(), Created::Exists);
    assert_eq!(other.read("1.root.json").unwrap().unwrap().bytes, b"first");

    // Replaced from what was seen only, in whichever way it was seen.
    assert_eq!(one.replace("timestamp.json", b"1", None).unwrap(), Replaced::Done);
    assert_eq!(other.replace("timestamp.json", b"2", None).unwrap(), Replaced::Changed);
    let seen = other.read("timestamp.json").unwrap().unwrap();
    assert_eq!(seen.bytes, b"1");
    assert_eq!(one.replace("timestamp.json", b"2", Some(&seen.tag)).unwrap(), Replaced::Done);
    let now = one.read("timestamp.json").unwrap().unwrap();
    assert_ne!(now.tag, seen.tag);
    for stale in [Some(&seen.tag), None] {
        assert_eq!(other.replace("timestamp.json", b"3", stale).unwrap(), Replaced::Changed);
    }
    assert_eq!(other.read("timestamp.json").unwrap().unwrap(), now);
    assert_eq!(one.replace("index.html", b"x", Some(&now.tag)).unwrap(), Replaced::Changed, "there is none");
    assert_eq!(other.read("index.html").unwrap(), None);

    // Names that repositories have, and sizes.
    let large: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let hash = "ab".repeat(32);
    let deep = format!("targets/deep/er/{hash}.a b+ü.txt");
    for (file, bytes) in [(deep.as_str(), &*large), ("2.a%2Fb.json", b"role"), ("3.empty.json", b"")] {
        assert_eq!(one.create(file, bytes).unwrap(), Created::New, "{file}");
        assert_eq!(other.read(file).unwrap().unwrap().bytes, bytes, "{file}");
        assert_eq!(other.create(file, bytes).unwrap(), Created::Exists, "{file}");
    }
    let mut names = other.names().unwrap();
    names.retain(|name| !name.contains('%'));
    names.sort_unstable();
    assert_eq!(names, ["1.root.json", "3.empty.json", "timestamp.json"], "and nothing of what lies deeper");
}
