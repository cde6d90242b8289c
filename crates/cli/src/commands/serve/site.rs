//! What a request is answered: a file of the folder or 404, with what caches may do with it.

use crate::CliError;
use std::path::{Path, PathBuf};
use tuffet_client::target_names;
use tuffet_keys::sha256;
use tuffet_repository::Headers;

/// A folder that is served.
#[derive(Debug)]
pub(super) struct Site {
    /// With every link in it resolved.
    base: PathBuf,
}

/// What of a request matters.
#[derive(Debug, Clone)]
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    /// Path and query, as they came.
    pub(super) target: &'a str,
    pub(super) if_none_match: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

impl Site {
    pub(super) fn open(dir: &Path) -> Result<Self, CliError> {
        let base = dir.canonicalize().map_err(|e| CliError::io(dir, &e))?;
        if !base.is_dir() {
            return Err(CliError::new("io", format!("{}: expected a folder, found a file", dir.display())));
        }
        Ok(Self { base })
    }

    pub(super) fn reply(&self, request: &Request<'_>) -> Reply {
        if !matches!(request.method, "GET" | "HEAD") {
            return Reply { status: 405, headers: vec![("Allow", "GET, HEAD".to_owned())], body: Vec::new() };
        }
        let path = request.target.split(['?', '#']).next().unwrap_or_default();
        let path = if path == "/" { "/index.html" } else { path };
        let Some((name, bytes)) = path.strip_prefix('/').and_then(|path| self.file(path)) else {
            // As a cache keeps it that there is no next root: as long as a file that changes.
            let headers = vec![("Cache-Control", Headers::of("").cache_control.to_owned())];
            return Reply { status: 404, headers, body: Vec::new() };
        };
        let etag = format!("\"{}\"", sha256(&bytes));
        let published = Headers::of(&name);
        let mut headers = vec![
            ("ETag", etag.clone()),
            ("Cache-Control", published.cache_control.to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
        ];
        if request.if_none_match.as_deref().is_some_and(|known| matches(known, &etag)) {
            return Reply { status: 304, headers, body: Vec::new() };
        }
        headers.push(("Content-Type", published.content_type.to_owned()));
        Reply { status: 200, headers, body: bytes }
    }

    /// The file that a path names: as it stands, since a delegated role's file is called `1.a%2Fb.json` on the disk and in
    /// the request, or with its escapes resolved once.
    fn file(&self, path: &str) -> Option<(String, Vec<u8>)> {
        let decoded = decoded(path);
        let candidates = [Some(path.to_owned()), decoded.filter(|decoded| decoded != path)];
        candidates.into_iter().flatten().find_map(|name| self.read(&name).map(|bytes| (name, bytes)))
    }

    /// A file below the base, by names that are names (C62, C63), whatever links lead to.
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        let names = target_names(name).ok()?;
        if names.iter().any(|name| name.starts_with('.')) {
            return None;
        }
        let path = self.base.join(names.iter().collect::<PathBuf>()).canonicalize().ok()?;
        (path.starts_with(&self.base) && path.is_file()).then(|| std::fs::read(path).ok()).flatten()
    }
}

/// `%41` is `A`, once; what is no escape is no path.
fn decoded(path: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut parts = path.split('%');
    out.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let code = part.get(..2).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()))?;
        out.push(u8::from_str_radix(code, 16).ok()?);
        out.extend_from_slice(part.get(2..)?.as_bytes());
    }
    String::from_utf8(out).ok()
}

/// Any of the tags in `known` is this one, or it is `*`. Weak ones count: the bytes are the same.
fn matches(known: &str, etag: &str) -> bool {
    known.trim() == "*" || known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(site: &Site, target: &str) -> u16 {
        site.reply(&Request { method: "GET", target, if_none_match: None }).status
    }

    #[test]
    fn c63_no_request_leaves_the_folder_or_lists_it() {
        let outer = tempfile::tempdir().unwrap();
        let dir = outer.path().join("served");
        std::fs::create_dir_all(dir.join("targets/deep")).unwrap();
        for (name, content) in [
            ("served/timestamp.json", "t"),
            ("served/1.a%2Fb.json", "escaped"),
            ("served/targets/a b", "space"),
            ("served/.hidden", "h"),
            ("secret", "s"),
        ] {
            std::fs::write(outer.path().join(name), content).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(outer.path().join("secret"), dir.join("link")).unwrap();
        let site = Site::open(&dir).unwrap();
        for target in ["/timestamp.json", "/timestamp.json?x=1", "/1.a%2Fb.json", "/targets/a%20b", "/%74imestamp.json"]
        {
            assert_eq!(asked(&site, target), 200, "{target}");
        }
        for target in [
            "",
            "/",
            "//timestamp.json",
            "/targets",
            "/targets/",
            "/../secret",
            "/%2e%2e/secret",
            "/%2e%2e%2fsecret",
            "/targets/../../secret",
            "/targets/%2e%2e/%2e%2e/secret",
            "/..%5csecret",
            "/..\\secret",
            "/link",
            "/.hidden",
            "/%2ehidden",
            "/%252e%252e/secret",
            "/timestamp.json/",
            "/./timestamp.json",
            "/%00",
            "/%",
            "/%zz",
            "/%ff",
            "http://127.0.0.1/timestamp.json",
            "/C:/secret",
            "/nul",
            "/2.root.json",
        ] {
            assert_eq!(asked(&site, target), 404, "{target}");
        }
        let post = site.reply(&Request { method: "POST", target: "/timestamp.json", if_none_match: None });
        assert_eq!(post.status, 405);
    }

    #[test]
    fn an_answer_says_what_caches_may_do_with_it() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["timestamp.json", "1.root.json"] {
            std::fs::write(dir.path().join(name), "{}").unwrap();
        }
        let site = Site::open(dir.path()).unwrap();
        let get = |target: &str, known: Option<&str>| {
            site.reply(&Request { method: "GET", target, if_none_match: known.map(str::to_owned) })
        };
        let etag = format!("\"{}\"", sha256(b"{}"));
        let header = |reply: &Reply, name: &str| {
            reply.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        };
        let timestamp = get("/timestamp.json", None);
        assert_eq!(
            (header(&timestamp, "ETag"), header(&timestamp, "Cache-Control")),
            (Some(etag.clone()), Some("public, max-age=60".into()))
        );
        assert_eq!(
            header(&get("/1.root.json", None), "Cache-Control").as_deref(),
            Some("public, max-age=31536000, immutable")
        );
        assert_eq!(header(&get("/2.root.json", None), "Cache-Control").as_deref(), Some("public, max-age=60"));
        for known in [etag.as_str(), "*", &format!("\"other\", {etag}"), &format!("W/{etag}")] {
            let reply = get("/timestamp.json", Some(known));
            assert_eq!((reply.status, reply.body.len()), (304, 0), "{known}");
        }
        assert_eq!(get("/timestamp.json", Some("\"other\"")).status, 200);
    }
}
