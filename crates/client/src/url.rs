//! URLs, as far as this crate needs them: a base, a path below it, a redirect.

use std::path::PathBuf;

/// The directory a `file:///PATH` URL names; `None` for another host's or a bad escape.
pub(crate) fn file_path(url: &str) -> Option<PathBuf> {
    let (_, rest) = url.split_once("://")?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let decoded = if path.starts_with('/') { decode(path)? } else { return None };
    // file:///C:/x is C:/x there.
    let drive = cfg!(windows) && decoded.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if drive { decoded.get(1..)?.to_owned() } else { decoded }))
}

fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    out.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let code = part.get(..2).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()))?;
        out.push(u8::from_str_radix(code, 16).ok()?);
        out.extend_from_slice(part.get(2..)?.as_bytes());
    }
    String::from_utf8(out).ok().filter(|path| !path.contains('\0'))
}

#[cfg(feature = "http")]
mod http {
    use crate::path::{PathProblem, segments};
    use std::fmt;

    /// An `http` or `https` URL, in parts.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Url {
        pub(crate) secure: bool,
        /// Host in lower case, and the port unless it is the scheme's own.
        host: String,
        /// Begins with `/`.
        path: String,
    }

    impl Url {
        /// A repository's base: no query, no fragment, no password; ends in `/`.
        pub(crate) fn base(text: &str) -> Result<Self, &'static str> {
            if text.contains(['?', '#']) {
                return Err("expected a URL without `?` and `#`");
            }
            let mut url = Self::parse(text)?;
            if !url.path.ends_with('/') {
                url.path.push('/');
            }
            Ok(url)
        }

        /// A whole URL that is asked as it stands, with its query.
        pub(crate) fn whole(text: &str) -> Result<(), &'static str> {
            Self::parse(text).map(|_| ())
        }

        fn parse(text: &str) -> Result<Self, &'static str> {
            let (scheme, rest) = text.split_once("://").ok_or("expected https://HOST/PATH")?;
            let secure = match &*scheme.to_ascii_lowercase() {
                "https" => true,
                "http" => false,
                _ => return Err("expected https:// or http://"),
            };
            if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\' || !c.is_ascii()) {
                return Err("expected printable ASCII without spaces and backslashes");
            }
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (host, path) = rest.split_at(end);
            if host.contains('@') {
                return Err("expected no user name or password in the URL");
            }
            let host = host.to_ascii_lowercase();
            let host = host.strip_suffix(if secure { ":443" } else { ":80" }).unwrap_or(&host);
            if host.is_empty() || host.starts_with(':') {
                return Err("expected a host");
            }
            let path = path.split('#').next().unwrap_or_default();
            let slash = if path.starts_with('/') { "" } else { "/" };
            Ok(Self { secure, host: host.to_owned(), path: format!("{slash}{path}") })
        }

        /// The URL of a file below this base. Every character that is not plain is escaped, `%` too: `%2e%2e` in a
        /// target's path is a name of six characters (C63).
        pub(crate) fn join(&self, path: &str) -> Result<Self, PathProblem> {
            let names: Vec<String> = segments(path)?.into_iter().map(escape).collect();
            Ok(Self { path: format!("{}{}", self.path, names.join("/")), ..self.clone() })
        }

        /// The URL of a metadata file, whose name is escaped already: one name below this base, whatever it escapes.
        pub(crate) fn join_escaped(&self, name: &str) -> Result<Self, PathProblem> {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~%".contains(&b);
            match segments(name)?.as_slice() {
                [name] if name.bytes().all(plain) => Ok(Self { path: format!("{}{name}", self.path), ..self.clone() }),
                _ => self.join(name),
            }
        }

        /// Where a redirect leads, if it may be followed: the same host and port, never from https to http (X16).
        pub(crate) fn redirect(&self, to: &str) -> Result<Self, &'static str> {
            let scheme = if self.secure { "https:" } else { "http:" };
            let next = if to.contains("://") && !to.starts_with('/') {
                Self::parse(to)?
            } else if to.starts_with("//") {
                Self::parse(&format!("{scheme}{to}"))?
            } else if to.starts_with('/') {
                Self::parse(&format!("{scheme}//{}{to}", self.host))?
            } else {
                let folder = self.path.rfind('/').and_then(|at| self.path.get(..=at)).unwrap_or("/");
                Self::parse(&format!("{scheme}//{}{folder}{to}", self.host))?
            };
            if self.secure && !next.secure {
                return Err("https to stay https");
            }
            if self.host != next.host {
                return Err("the same host");
            }
            Ok(next)
        }
    }

    impl fmt::Display for Url {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "http{}://{}{}", if self.secure { "s" } else { "" }, self.host, self.path)
        }
    }

    fn escape(name: &str) -> String {
        let mut out = String::with_capacity(name.len());
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
        out
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn c63_the_url_stays_below_the_base_whatever_the_path() {
            let base = Url::base("HTTPS://Example.org:443/tuf").unwrap();
            assert_eq!(base.to_string(), "https://example.org/tuf/");
            for (path, url) in [
                ("timestamp.json", "timestamp.json"),
                ("targets/a b.txt", "targets/a%20b.txt"),
                ("%2e%2e/x", "%252e%252e/x"),
                ("a?b", "a%3Fb"),
                ("a#b", "a%23b"),
                ("http:x@evil", "http%3Ax%40evil"),
                ("é+", "%C3%A9%2B"),
            ] {
                assert_eq!(base.join(path).unwrap().to_string(), format!("https://example.org/tuf/{url}"));
            }
            for path in
                ["", "/x", "//evil/x", "https://evil/x", "../x", "a/../../x", "a/./b", "a\\..\\b", "a\0", "a\r\nb"]
            {
                assert!(base.join(path).is_err(), "{path:?}");
            }
        }

        #[test]
        fn c63_a_delegated_roles_name_is_one_name_below_the_base() {
            let base = Url::base("https://example.org/tuf").unwrap();
            for (name, url) in [
                ("1.targets.json", "1.targets.json"),
                ("1.%3F.json", "1.%3F.json"),
                ("1...%2Fd.json", "1...%2Fd.json"),
                ("a/b#.json", "a/b%23.json"),
            ] {
                assert_eq!(base.join_escaped(name).unwrap().to_string(), format!("https://example.org/tuf/{url}"));
            }
            assert_eq!(base.join_escaped("../x"), Err(PathProblem::Dots));
        }

        #[test]
        fn c63_a_base_is_a_plain_url() {
            for (text, why) in [
                ("https://a/b?c", "expected a URL without `?` and `#`"),
                ("https://a/b#c", "expected a URL without `?` and `#`"),
                ("https://me:secret@a/", "expected no user name or password in the URL"),
                ("ftp://a/", "expected https:// or http://"),
                ("https:///x", "expected a host"),
                ("https://a b/", "expected printable ASCII without spaces and backslashes"),
                ("a/b", "expected https://HOST/PATH"),
            ] {
                assert_eq!(Url::base(text), Err(why));
            }
            assert_eq!(Url::base("http://127.0.0.1:8080").unwrap().to_string(), "http://127.0.0.1:8080/");
        }

        #[test]
        fn x16_redirects_stay_on_the_host_and_never_leave_https() {
            let from = Url::base("https://a.org/tuf").unwrap().join("1.root.json").unwrap();
            for (to, url) in [
                ("/x/y", "https://a.org/x/y"),
                ("y?z=1", "https://a.org/tuf/y?z=1"),
                ("https://A.ORG:443/z", "https://a.org/z"),
                ("//a.org/z#f", "https://a.org/z"),
            ] {
                assert_eq!(from.redirect(to).unwrap().to_string(), url);
            }
            for (to, why) in [
                ("http://a.org/x", "https to stay https"),
                ("https://b.org/x", "the same host"),
                ("//b.org/x", "the same host"),
                ("https://a.org:8443/x", "the same host"),
                ("https://a.org@b.org/x", "expected no user name or password in the URL"),
                ("file:///etc/passwd", "expected https:// or http://"),
            ] {
                assert_eq!(from.redirect(to), Err(why), "{to}");
            }
            let plain = Url::base("http://a.org/").unwrap();
            assert_eq!(plain.redirect("https://a.org/x").unwrap().to_string(), "https://a.org/x");
        }
    }
}
#[cfg(feature = "http")]
pub(crate) use http::Url;

#[cfg(test)]
mod tests {
    use super::file_path;
    use std::path::PathBuf;

    #[test]
    fn file_urls_name_a_local_path() {
        for (url, path) in [("file:///srv/a%20b", Some("/srv/a b")), ("file://localhost/srv", Some("/srv"))] {
            assert_eq!(file_path(url), path.map(PathBuf::from));
        }
        for url in ["file://host/srv", "file://srv", "file:///a%2", "file:///a%zz", "file:///a%00", "file:///%ff"] {
            assert_eq!(file_path(url), None, "{url}");
        }
    }
}
