//! Paths from strangers: 4 patterns, 5 places on disk, 6 URLs.

use std::path::{Component, Path};
use tuffet_client::{HttpConfig, HttpTransport, Transport, target_names};
use tuffet_metadata::PathPattern;

/// 4: the matcher is the slow one's equal, and no star crosses a slash.
pub(crate) fn pattern(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (pattern, path) = text.split_once('\n').unwrap_or((text, ""));
    let matched = PathPattern::new(pattern).matches(path);
    if matched {
        assert_eq!(pattern.matches('/').count(), path.matches('/').count(), "{pattern:?} {path:?}");
    }
    // The slow one is exponential in the stars.
    if pattern.matches('*').count() <= 4 && path.len() <= 24 {
        assert_eq!(matched, slow(pattern, path), "{pattern:?} {path:?}");
    }
    if !pattern.contains(['*', '?']) {
        assert_eq!(matched, pattern == path);
    }
}

fn slow(pattern: &str, path: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => path.is_empty(),
        Some('*') => {
            let end = path.find('/').unwrap_or(path.len());
            let starts = path.char_indices().map(|(at, _)| at).chain([path.len()]).filter(|at| *at <= end);
            starts.into_iter().any(|at| slow(rest.as_str(), &path[at..]))
        }
        Some(want) => {
            let mut found = path.chars();
            let fits = match found.next() {
                Some('/') => want == '/',
                Some(c) => want == '?' || want == c,
                None => false,
            };
            fits && slow(rest.as_str(), found.as_str())
        }
    }
}

/// 5: a target's place is below the directory it was to go to.
pub(crate) fn destination(data: &[u8]) {
    let Ok(untrusted) = std::str::from_utf8(data) else { return };
    let Ok(names) = target_names(untrusted) else { return };
    let directory = Path::new("/srv/targets");
    let place = names.iter().fold(directory.to_owned(), |place, name| place.join(name));
    assert!(place.starts_with(directory) && place != directory, "{untrusted:?}");
    let below = place.strip_prefix(directory).unwrap();
    assert!(below.components().all(|part| matches!(part, Component::Normal(_))), "{untrusted:?}");
    assert_eq!(below.components().count(), names.len());
    assert_eq!(names.join("/"), untrusted, "nothing is renamed");
}

/// 6: a URL made of a base and a name begins with the base.
pub(crate) fn url(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (base, name) = text.split_once('\n').unwrap_or(("https://tuf.example.org/metadata/", text));
    let Ok(transport) = HttpTransport::new(base, HttpConfig::default()) else { return };
    let root = transport.locate("x");
    let root = root.strip_suffix('x').unwrap();
    assert!(root.ends_with('/') && (root.starts_with("https://") || root.starts_with("http://")), "{root}");
    if target_names(name).is_err() {
        return;
    }
    let url = transport.locate(name);
    let below = url.strip_prefix(root).unwrap_or_else(|| panic!("{url} is not below {root}"));
    assert!(!below.contains(['?', '#', '\\', ' ']), "{url}");
    assert!(below.split('/').all(|part| !part.is_empty() && part != "." && part != ".."), "{url}");
    assert_eq!(below.matches('/').count(), name.matches('/').count());
}
