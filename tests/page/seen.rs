//! What people see.

use crate::browser::{Browser, Seen};
use crate::server::Server;
use crate::{golden, hostile, page, production};
use std::fs;
use std::path::Path;
use tuffet_keys::{sha256, words};
use tuffet_page::Facts;

/// The page of `folder`, looked at.
fn look(folder: &Path, name: &str) -> Option<(Seen, Facts)> {
    let browser = Browser::find()?;
    let mut server = Server::start();
    server.serve(name, folder.to_owned());
    let url = server.url(&format!("{name}/index.html"));
    let seen = browser.look(&url, name);
    holds(&seen, &url, folder);
    let facts = serde_json::from_slice(&fs::read(folder.join("status.json")).unwrap()).unwrap();
    Some((seen, facts))
}

/// What holds of every page.
fn holds(seen: &Seen, url: &str, folder: &Path) {
    assert_eq!(seen.views.len(), 6, "three widths, two schemes");
    for view in &seen.views {
        let at = format!("{} {}", view.width, view.scheme);
        assert_eq!(view.requests, [url], "{at}: nothing is fetched but the page");
        assert_eq!(view.errors, [""; 0], "{at}");
        assert_eq!((view.overflow, &view.wide), (0, &Vec::new()), "{at}: the page does not scroll sideways");
        assert_eq!(view.violations, [""; 0], "{at}: axe");
        let other = seen.views.iter().find(|other| other.width == view.width && other.scheme != view.scheme).unwrap();
        assert_ne!(view.paper, other.paper, "{at}: light is not dark");
    }
    let wide = seen.views.iter().find(|view| view.width == 1280).unwrap();
    assert_eq!(seen.without_script, wide.words, "the same text without JavaScript");
    let tabs: Vec<&String> = seen.tabs.iter().map(|tab| &tab.name).collect();
    assert_eq!(tabs, seen.focusable.iter().collect::<Vec<_>>(), "the tabulator goes through the page in its order");
    let lost: Vec<&str> = seen.tabs.iter().filter(|tab| !tab.visible).map(|tab| tab.name.as_str()).collect();
    assert_eq!(lost, [""; 0], "focus is seen");
    assert_eq!(seen.focusable[0], "A #main");
    assert_eq!((seen.skipped.as_str(), seen.opens, seen.print.as_str()), ("main", true, "none"));
    let structure = &seen.structure;
    assert_eq!(structure.landmarks, ["header", "nav", "main", "footer"]);
    assert_eq!((structure.scripts, structure.injected), (0, 0));
    let mut level = 0;
    for (tag, text) in &structure.headings {
        let next: u32 = tag[1..].parse().unwrap();
        assert!(next <= level + 1, "{tag} {text}: a heading too deep");
        level = next;
    }
    assert_eq!(structure.headings.iter().filter(|(tag, _)| tag == "H1").count(), 1);
    assert!(!structure.pictures.is_empty());
    for picture in &structure.pictures {
        assert_eq!(picture.role.as_deref(), Some("img"));
        assert!(picture.name.len() > 40, "a picture has a name and its content in words: {}", picture.name);
    }
    for link in structure.links.iter().filter(|link| !link.starts_with('#') && !link.starts_with("https://")) {
        let file = link.trim_start_matches("./");
        assert!(folder.join(file).is_file(), "{link}: expected a file beside the page");
    }
}

/// The digests on the page are those of the files, in hex and in words, and every root has its row.
fn pins(seen: &Seen, facts: &Facts, folder: &Path, versions: u64) {
    let text = &seen.without_script;
    let ends = [versions, 1].map(|version| fs::read(folder.join(format!("{version}.root.json"))).unwrap());
    let digests = ends.each_ref().map(|bytes| sha256(bytes));
    assert_eq!(seen.structure.pins, digests.map(|digest| digest.to_string()));
    for digest in digests {
        let spoken = words::encode(digest.as_bytes());
        assert!(text.contains(&spoken), "{spoken}");
    }
    assert!(text.contains(&format!("--sha256 {}", digests[0])), "the command is whole");
    let mut rows: Vec<u64> = seen.structure.roots.iter().map(|row| row.parse().unwrap()).collect();
    rows.sort_unstable();
    assert_eq!(rows, (1..=versions).collect::<Vec<_>>());
    // The same for programs.
    assert_eq!(facts.roots.iter().map(|root| root.file.version).collect::<Vec<_>>(), rows);
    assert_eq!(facts.roots.last().map(|root| root.file.sha256.clone()), Some(digests[0].to_string()));
    for role in &facts.roles {
        let expiry = serde_json::to_value(role.file.expires).unwrap();
        assert!(text.contains(&expiry.as_str().unwrap()[..10]), "{} expires", role.role);
    }
    for owner in facts.keys.iter().filter_map(|key| key.owner.as_ref()).filter(|owner| owner.is_ascii()) {
        assert!(text.contains(owner), "{owner}");
    }
}

#[test]
fn the_golden_page_in_chromium() {
    let scratch = golden();
    let folder = scratch.path().join("repository");
    let Some((seen, facts)) = look(&folder, "golden") else { return };
    pins(&seen, &facts, &folder, 2);
    let text = &seen.without_script;
    for expected in [
        "2027-06-01",
        "3 of 5 must sign; 4 did.",
        "@erin leaves",
        "@frank comes",
        "ceremony 2027-03-01-replace-erin",
        "proves nothing by itself",
        "made from a fixed seed, for a rehearsal",
        "signed by @walter",
        "transparency log",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn the_page_of_production_in_chromium() {
    let Some(scratch) = production("the page of production") else { return };
    let folder = scratch.path().join("w/repository");
    let Some((seen, facts)) = look(&folder, "production") else { return };
    pins(&seen, &facts, &folder, 15);
    let text = &seen.without_script;
    for expected in [
        "Sigstore's root of trust",
        "https://tuf-repo-cdn.sigstore.dev",
        "@bobcallaway",
        "@lance",
        "registry.npmjs.org",
        "https://rekor.sigstore.dev",
        "certificate authority",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("Recorded ceremonies"), "what is not known is not spoken of");
}

#[test]
fn a_hostile_repository_keeps_its_page_whole() {
    let scratch = tempfile::tempdir().unwrap();
    hostile::write(scratch.path());
    page(scratch.path(), hostile::AT);
    let folder = scratch.path().join("repository");
    let Some((seen, facts)) = look(&folder, "hostile") else { return };
    pins(&seen, &facts, &folder, hostile::ROOTS);
    assert_eq!(facts.delegations.len(), hostile::DELEGATIONS);
    let text = &seen.without_script;
    for expected in ["<script>document.title='taken'</script>", "\"><img src=x onerror=alert(1)>", "@\\u{202e}ecila"] {
        assert!(text.contains(expected), "{expected} is shown as it is written");
    }
    assert!(text.contains("What could not be read"), "{text}");
    assert!(!seen.structure.links.iter().any(|link| link.starts_with("javascript")), "no text is a link that runs");
}
