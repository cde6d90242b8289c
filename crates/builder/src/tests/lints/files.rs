//! L34 to L48: files as they are served, and the names of targets.

use super::*;

#[test]
fn l34_a_target_lies_under_each_of_its_hashes() {
    let mut world = world();
    let hash = tuffet_keys::sha512(b"content").to_string();
    inside(&mut world.targets, &["targets", "a", "hashes"]).insert("sha512".into(), hash.as_str().into());
    let mut seen = world.publish();
    assert_eq!(lints(&seen), [""; 0]);
    seen.served.as_mut().unwrap().remove(&format!("{hash}.a"));
    let text = "expected a copy under each hash, found one missing for target a";
    assert_eq!(lints(&seen), [format!("error L34 5.targets.json: {text}")]);
}

#[test]
fn l35_a_target_is_served() {
    let mut seen = world().publish();
    seen.served = Some(BTreeMap::new());
    let text = "expected the file to be served, found none for target a";
    assert_eq!(lints(&seen), [format!("error L35 5.targets.json: {text}")]);
    seen.served = None;
    assert_eq!(lints(&seen), [""; 0], "nobody looked");
}

#[test]
fn l36_a_target_is_the_one_that_was_hashed() {
    let mut world = world();
    world.contents.insert("a".into(), b"CONTENT".to_vec());
    let text = "expected the bytes that are listed, found others for target a";
    assert_eq!(lints(&world.publish()), [format!("error L36 5.targets.json: {text}")]);
}

#[test]
fn l37_every_root_is_served() {
    let files = world().files();
    let pinned = files.get("2.root.json").cloned();
    let fetch =
        |name: &str| Ok::<_, std::convert::Infallible>(files.get(name).filter(|_| name != "1.root.json").cloned());
    let seen = Observed::walk("repository", None, pinned, fetch).unwrap();
    assert_eq!(lints(&seen), ["error L37 1.root.json: expected every root from 1 on, found none here"]);
}

#[test]
fn l38_every_file_that_is_asked_for_is_served() {
    let without = |name: &str| lints(&world().publish_with(|files| drop(files.remove(name))));
    let text = |asked: &str| format!("expected the file that {asked} asks for, found none");
    let found = without("5.targets.json");
    assert_eq!(found, [format!("error L38 5.targets.json: {}", text("6.snapshot.json"))]);
    let found = without("timestamp.json");
    assert_eq!(found, [format!("error L38 timestamp.json: {}", text("every client"))]);
}

#[test]
fn l39_a_file_is_laid_out_as_others_write_it() {
    let found = lints(&world().publish_with(|files| files.get_mut("2.root.json").unwrap().push(b'\n')));
    let text = "expected the layout of current writers, found another, with a newline at the end";
    assert_eq!(found, [format!("note L39 2.root.json: {text}")]);
}

#[test]
fn l40_tr8_no_file_comes_near_the_limits() {
    let sized = |bytes: usize| {
        let mut world = world();
        world.timestamp.insert("x-padding".into(), "x".repeat(bytes).into());
        of("L40", &lints(&world.publish()))
    };
    assert_eq!(sized(10_000), [""; 0]);
    let found = sized(13_000);
    assert!(found[0].starts_with("warning timestamp.json: expected less than 80 % of the 16384 bytes"), "{found:?}");
    assert!(sized(17_000)[0].starts_with("error timestamp.json: "));
}

#[test]
fn l41_tr8_no_client_needs_more_than_one_run() {
    let mut world = world();
    let first = world.roots[0].clone();
    let root = |version: u64| first.clone().into_iter().chain([("version".to_owned(), version.into())]).collect();
    world.roots = (1..=33).map(root).collect();
    assert_eq!(lints(&world.publish()), [""; 0]);
    world.roots.push(root(34));
    let text = "expected at most 32 roots after root 1, found 33";
    let seen = world.publish();
    assert_eq!(lints(&seen), [format!("warning L41 34.root.json: {text}")]);
    let found: Vec<String> = clients(&seen).iter().map(ToString::to_string).collect();
    let text = "python-tuf before July 2024: a client with a limit of 32 roots that pins root 1 needs 2 runs \
                (https://github.com/theupdateframework/python-tuf/pull/2675)";
    assert!(found.iter().any(|line| line == text), "{found:?}");
}

#[test]
fn l42_a_target_has_a_length() {
    let mut world = world();
    inside(&mut world.targets, &["targets", "a"]).remove("length");
    let text = "expected a length, found none for target a";
    assert_eq!(lints(&world.publish()), [format!("warning L42 5.targets.json: {text}")]);
}

/// The findings of a repository with one more target.
fn with_target(path: &str, content: &[u8]) -> Vec<String> {
    let mut world = world();
    world.target(path, content);
    lints(&world.publish())
}

#[test]
fn l43_a_target_is_not_empty() {
    let text = "expected content, found none in target b";
    assert_eq!(with_target("b", b""), [format!("warning L43 5.targets.json: {text}")]);
}

#[test]
fn l44_tr8_a_target_has_no_folder() {
    let text = "expected targets without a folder, found target b/c";
    assert_eq!(with_target("b/c", b"x"), [format!("warning L44 5.targets.json: {text}")]);
    // At the draft only what is new: the others every client has met.
    let draft = next(&[set("b/c", b"x")]);
    let found = check(Some(&state()), &draft, at(CEREMONY));
    assert_eq!((found.len(), found[0].lint.unwrap().id, found[0].place.as_str()), (1, "L44", "targets"));
}

#[test]
fn l45_a_name_stays_in_its_folder() {
    for (path, why) in [
        ("../a", "a part of it is no name"),
        ("/a", "it begins or ends with `/`, or is empty"),
        ("a//b", "a part of it is no name"),
        ("a\\..\\b", "a part of it is no name"),
        ("g\u{7}", "it holds a control character"),
    ] {
        let found = of("L45", &with_target(path, b"x"));
        let text = format!("error 5.targets.json: expected a plain name, found `{}`: {why}", path.escape_debug());
        assert_eq!(found, [text], "{path}");
    }
}

#[test]
fn l68_a_name_is_one_everywhere() {
    for (path, why) in [
        ("b\\c", "Windows has no such names"),
        ("c:d", "Windows has no such names"),
        ("e.", "Windows drops a last dot or space"),
        ("nul.txt", "it is a device's name on Windows"),
        ("COM1", "it is a device's name on Windows"),
        ("f%20", "a URL means something else by `%` and `#`"),
    ] {
        let found = of("L68", &with_target(path, b"x"));
        let text = format!("warning 5.targets.json: expected a plain name, found `{}`: {why}", path.escape_debug());
        assert_eq!(found, [text], "{path}");
    }
    assert_eq!(with_target("common.txt", b"x"), [""; 0]);
}

#[test]
fn l46_names_differ_in_more_than_case() {
    let text = "expected names that differ in more than case, found `A` and `a`";
    assert_eq!(with_target("A", b"x"), [format!("warning L46 5.targets.json: {text}")]);
}

#[test]
fn l47_every_client_makes_the_same_bytes() {
    let found = of("L47", &with_target("a b", b"x"));
    let text = "expected one canonical form, found two, which differ at signed.targets: the order of";
    assert!(found[0].starts_with(&format!("error 5.targets.json: {text}")), "{found:?}");
    let found = of("L47", &with_target("e\u{301}", b"x"));
    assert_eq!(found.len(), 1, "text that is not NFC: {found:?}");
}

#[test]
fn l48_text_has_line_ends_of_one_character() {
    let text = "expected line ends of one character, found CR LF in target b.txt";
    assert_eq!(with_target("b.txt", b"one\r\ntwo\r\n"), [format!("warning L48 5.targets.json: {text}")]);
    assert_eq!(with_target("b.bin", b"\x00\r\n"), [""; 0]);
}
