//! What a web server says of a file: how long it may be kept, and what it is.

/// The headers of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headers {
    /// `Cache-Control`.
    pub cache_control: &'static str,
    /// `Content-Type`.
    pub content_type: &'static str,
}

impl Headers {
    /// Of the file with this path below a repository's base. A name with a version or a hash in it stands for the same bytes
    /// for ever; every other file is replaced in its place.
    #[must_use]
    pub fn of(file: &str) -> Self {
        let cache_control = if is_immutable(file) { FOR_EVER } else { A_MINUTE };
        Self { cache_control, content_type: content_type(file) }
    }
}

/// `N.NAME` directly below the base, and `HASH.NAME` below `targets/`.
pub(crate) fn is_immutable(file: &str) -> bool {
    let first = |name: &str| name.split_once('.').map(|(first, _)| first.to_owned()).unwrap_or_default();
    match file.strip_prefix("targets/") {
        Some(below) => {
            let hash = first(below.rsplit('/').next().unwrap_or(below));
            [64, 128].contains(&hash.len()) && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        None => {
            let version = first(file);
            // `404.html` and other pages begin with a number too; metadata is JSON.
            file.ends_with(".json")
                && !file.contains('/')
                && !version.is_empty()
                && version.bytes().all(|byte| byte.is_ascii_digit())
        }
    }
}

fn content_type(file: &str) -> &'static str {
    let name = file.rsplit('/').next().unwrap_or(file);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    if extension == "json" {
        return "application/json";
    }
    // Targets are what somebody signed, for programs; a browser that comes to one is not to run it beside our pages.
    if file.starts_with("targets/") {
        return "application/octet-stream";
    }
    match extension.as_str() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ics" => "text/calendar; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Whoever asks is at most a minute behind, which is what a revoked key costs beside the hours until clients ask again; and
/// a cache answers a million clients with one request a minute. No `no-cache`: every client would wait for the origin, and
/// an origin that is down for a minute would be down for everybody.
const A_MINUTE: &str = "public, max-age=60";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r6_r7_a_name_with_a_version_or_a_hash_is_kept_for_ever() {
        let hash = "a".repeat(64);
        let named = |path: &str| path.replace("HASH", &hash);
        for file in ["1.root.json", "18446744073709551615.snapshot.json", "3.a%2Fb.json", "targets/HASH.keys.json"] {
            assert_eq!(Headers::of(&named(file)).cache_control, FOR_EVER, "{file}");
        }
        for file in ["targets/deep/er/HASH.page", "targets/HASHHASH.sha512"] {
            assert_eq!(Headers::of(&named(file)).cache_control, FOR_EVER, "{file}");
        }
        for file in [
            "timestamp.json",
            "root.json",
            "index.html",
            "404.html",
            "status.json",
            "x/1.page.json",
            "targets/keys.json",
            "targets/abc.keys.json",
            ".json",
            "targets/",
            "",
        ] {
            assert_eq!(Headers::of(file).cache_control, A_MINUTE, "{file}");
        }
    }

    #[test]
    fn a_target_is_data_and_a_page_is_shown() {
        for (file, expected) in [
            ("timestamp.json", "application/json"),
            ("targets/a.JSON", "application/json"),
            ("targets/a.html", "application/octet-stream"),
            ("index.html", "text/html; charset=utf-8"),
            ("timeline.svg", "image/svg+xml"),
            ("ceremonies.ics", "text/calendar; charset=utf-8"),
            ("LICENSE", "application/octet-stream"),
        ] {
            assert_eq!(Headers::of(file).content_type, expected, "{file}");
        }
    }
}
